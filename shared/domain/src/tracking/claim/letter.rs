//! A claim in the words of the country whose post it goes to.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::{Claim, ClaimKind};
use crate::ids::CarrierId;
use crate::jalali::JalaliDate;

/// A letter ready to be signed: Russian, Korean or Persian, dates in the calendar of the post's seat. It
/// holds no personal data; the post has the recipient under the number.
pub fn letter(carrier: CarrierId, code: &str, claim: &Claim) -> String {
    match carrier {
        CarrierId::RussianPost => russian(code, claim),
        CarrierId::KoreaPost => korean(code, claim),
        CarrierId::IranPost => persian(code, claim),
    }
}

fn russian(code: &str, claim: &Claim) -> String {
    let posted = date(claim.posted_at, Offset::constant(3));
    let head = format!("Претензия. Отправление {code} принято к пересылке {posted}.");
    let last = last(claim, Offset::constant(3));
    let (days, allowed, silent) = (claim.days, claim.allowed_days, claim.silent_days);
    match claim.kind {
        ClaimKind::Lost => {
            format!("{head} Последняя операция: {last}. Прошу возместить ущерб за утраченное отправление.")
        }
        ClaimKind::Missing => format!(
            "{head} Последняя операция: {last}; с тех пор сведений нет, дней: {silent}. Прошу провести розыск, \
             а если отправление утрачено, возместить ущерб."
        ),
        ClaimKind::Late => format!(
            "{head} Срок пересылки в днях: {allowed}; прошло: {days}; просрочка: {}. Последняя операция: \
             {last}. Прошу подтвердить нарушение срока и выплатить неустойку.",
            days.saturating_sub(allowed)
        ),
    }
}

fn korean(code: &str, claim: &Claim) -> String {
    let posted = date(claim.posted_at, Offset::constant(9));
    let head = format!("손해배상 청구. 등기번호 {code}, 접수일 {posted}.");
    let last = last(claim, Offset::constant(9));
    let (days, allowed, silent) = (claim.days, claim.allowed_days, claim.silent_days);
    match claim.kind {
        ClaimKind::Lost => format!("{head} 최종 처리: {last}. 분실된 우편물의 손해배상을 청구합니다."),
        ClaimKind::Missing => format!(
            "{head} 최종 처리: {last}. 그 후 {silent}일 동안 배송 기록이 없습니다. 행방 조사와 분실 시 손해배상을 \
             청구합니다."
        ),
        ClaimKind::Late => format!(
            "{head} 송달 기준 {allowed}일, 실제 {days}일로 {}일 늦었습니다. 최종 처리: {last}. 지연에 따른 \
             손해배상을 청구합니다.",
            days.saturating_sub(allowed)
        ),
    }
}

fn persian(code: &str, claim: &Claim) -> String {
    // Half an hour more than three.
    let tehran = Offset::from_seconds(12_600).unwrap_or(Offset::UTC);
    let jalali = |at: Timestamp| {
        let day = tehran.to_datetime(at).date();
        JalaliDate::from_gregorian(day).map_or_else(|_| day.to_string(), |day| day.to_string())
    };
    let head = format!("شکایت. مرسوله {code} در تاریخ {} قبول شده است.", jalali(claim.posted_at));
    let last = words(claim, &jalali(claim.last_scan.happened_at));
    let (days, allowed, silent) = (claim.days, claim.allowed_days, claim.silent_days);
    match claim.kind {
        ClaimKind::Lost => format!("{head} آخرین وضعیت: {last}. درخواست جبران خسارت مرسوله مفقود را دارم."),
        ClaimKind::Missing => format!(
            "{head} آخرین وضعیت: {last}. پس از آن {silent} روز خبری نیست. درخواست پیگیری و در صورت مفقود شدن \
             جبران خسارت را دارم."
        ),
        ClaimKind::Late => format!(
            "{head} مهلت {allowed} روز بوده و {days} روز گذشته است؛ تأخیر {} روز. آخرین وضعیت: {last}. \
             درخواست رسیدگی به تأخیر را دارم.",
            days.saturating_sub(allowed)
        ),
    }
}

fn last(claim: &Claim, offset: Offset) -> String {
    words(claim, &date(claim.last_scan.happened_at, offset))
}

/// The last scan in the post's own words: a clerk finds it by them.
fn words(claim: &Claim, day: &str) -> String {
    let scan = &claim.last_scan;
    let told = if scan.raw.text.is_empty() { &scan.raw.code } else { &scan.raw.text };
    let place = scan.office.as_ref().map(|office| {
        let parts = [&office.index, &office.name].into_iter().flatten();
        parts.map(String::as_str).collect::<Vec<_>>().join(" ")
    });
    match place.filter(|place| !place.is_empty()) {
        Some(place) => format!("{day}, {place}, {told}"),
        None => format!("{day}, {told}"),
    }
}

fn date(at: Timestamp, offset: Offset) -> String {
    offset.to_datetime(at).date().to_string()
}

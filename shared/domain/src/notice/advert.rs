//! Texts that read like advertising where advertising has rules of its own (notifications notes, section 7; the Korean
//! rules are marked a guess there). A lint, no refusal: what a text is, its shop knows.

/// What a text lacks as advertising.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdvertFault {
    /// It does not say so at its head.
    #[error(
        "this reads like advertising: in Korea such a text begins with (광고); leave the offer out, or mark it and send it \
         to those only who agreed"
    )]
    Unmarked,
    /// It names no way out that costs nothing.
    #[error("advertising in Korea ends with a way out that costs nothing: 무료수신거부 and a number or link")]
    NoWayOut,
}

impl AdvertFault {
    /// Stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            AdvertFault::Unmarked => "advert_unmarked",
            AdvertFault::NoWayOut => "advert_no_way_out",
        }
    }
}

const MARK: &str = "(광고)";
const WAYS_OUT: [&str; 3] = ["무료수신거부", "무료거부", "수신거부"];
/// Words of offers. "무료" alone is none: free storage is no offer.
const OFFERS: [&str; 14] = [
    "할인",
    "세일",
    "특가",
    "쿠폰",
    "이벤트",
    "사은품",
    "적립",
    "경품",
    "프로모션",
    "신상품",
    "1+1",
    "무료배송",
    "추천상품",
    "혜택",
];

/// What is to be said about a text to buyers in `country`.
#[must_use]
pub fn lint(text: &str, country: &str) -> Vec<AdvertFault> {
    if country != "KR" {
        return vec![];
    }
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let marked = plain.starts_with(MARK);
    if !marked && !OFFERS.iter().any(|word| plain.contains(word)) {
        return vec![];
    }
    let way_out = WAYS_OUT.iter().any(|word| plain.contains(word));
    let faults = [(!marked, AdvertFault::Unmarked), (!way_out, AdvertFault::NoWayOut)];
    faults.into_iter().filter_map(|(lacks, fault)| lacks.then_some(fault)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::display::Locale;
    use crate::notice::{Audience, Channel, template};

    #[test]
    fn an_offer_without_its_mark_is_told() {
        use AdvertFault::{NoWayOut, Unmarked};
        for (text, faults) in [
            ("데모상점: 상품이 도착했습니다. 다음 주문 10% 할인!", &[Unmarked, NoWayOut][..]),
            ("(광고) 데모상점 쿠폰 도착 무료수신거부 080-000-0000", &[]),
            ("( 광고 ) 데모상점 특가", &[NoWayOut]),
            ("데모상점: 무료 보관 기간이 끝났습니다", &[]),
            ("데모상점: 이벤트 상품 발송 수신 거부 080", &[Unmarked]),
        ] {
            assert_eq!(lint(text, "KR"), faults, "{text}");
            assert_eq!(lint(text, "RU"), []);
        }
    }

    #[test]
    fn the_default_texts_are_no_advertising() {
        for kind in template::kinds_with_defaults() {
            for channel in [Channel::Sms, Channel::Call] {
                if let Some(text) = template::default_text(Locale::Ko, Audience::Buyer, channel, kind) {
                    assert_eq!(lint(text, "KR"), [], "{text}");
                }
            }
        }
    }
}

//! What `InsertOrder` wants to know, and what is wrong with what it is told (sections 3.3 and 9.3).

use jiff::civil::Date;

use super::reg_data::Fields;
use super::reply::Refused;
use super::settings::Settings;
use crate::korea_post::areas;

/// Digits of a phone number.
pub(super) const PHONE: std::ops::RangeInclusive<usize> = 9..=12;
const MOST_KILOGRAMS: i64 = 30;
const MOST_CENTIMETRES: i64 = 160;
/// A micro parcel.
const MICRO: (i64, i64) = (2, 60);
/// What a client means that names neither.
const USUAL: (i64, i64) = (2, 60);

/// An order that can be carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    /// Kilograms.
    pub(super) weight: i64,
    /// Centimetres of length, width and height together.
    pub(super) volume: i64,
    pub(super) is_micro: bool,
    pub(super) recipient_pays: bool,
    /// Won, if it is insured.
    pub(super) insured: Option<i64>,
}

const ALWAYS: [&str; 13] = [
    "custNo",
    "apprNo",
    "payType",
    "reqType",
    "officeSer",
    "microYn",
    "orderNo",
    "recNm",
    "recZip",
    "recAddr1",
    "recAddr2",
    "contCd",
    "goodsNm",
];
/// Of a return, whose orderer is the shop's receiving site.
const OF_RETURNS: [&str; 5] = ["ordNm", "ordZip", "ordAddr1", "retReason", "retVisitYmd"];
const PHONES: [&str; 5] = ["recTel", "recMob", "ordTel", "ordMob", "inqTelCn"];

pub(super) fn is_digits(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Checks in the service's order: what is missing, forms, codes, limits.
pub(super) fn check(fields: &Fields, settings: &Settings) -> Result<Order, Refused> {
    missing(fields).map_or(Ok(()), |name| Err(Refused::new("ERR-311", name)))?;
    malformed(fields, settings).map_or(Ok(()), |name| Err(Refused::new("ERR-522", name)))?;
    unknown_code(fields).map_or(Ok(()), |name| Err(Refused::new("ERR-523", name)))?;
    let (weight, volume) = (number(fields, "weight", USUAL.0), number(fields, "volume", USUAL.1));
    let is_micro = fields.get("microYn") == "Y";
    let (most_weight, most_volume) = if is_micro { MICRO } else { (MOST_KILOGRAMS, MOST_CENTIMETRES) };
    for (name, value, most) in [("weight", weight, most_weight), ("volume", volume, most_volume)] {
        if !(1..=most).contains(&value) {
            return Err(Refused::new(&settings.codes.limit, name));
        }
    }
    let insured = (fields.get("insuYn") == "Y").then(|| number(fields, "insuAmt", 0));
    Ok(Order { weight, volume, is_micro, recipient_pays: fields.get("payType") == "2", insured })
}

fn number(fields: &Fields, name: &str, usual: i64) -> i64 {
    fields.get(name).parse().unwrap_or(usual)
}

fn is_return(fields: &Fields) -> bool {
    fields.get("reqType") == "2"
}

fn missing(fields: &Fields) -> Option<&'static str> {
    let empty = |name: &&&str| fields.get(name).is_empty();
    if let Some(name) = ALWAYS.iter().find(empty) {
        return Some(name);
    }
    if fields.get("recTel").is_empty() && fields.get("recMob").is_empty() {
        return Some("recTel");
    }
    if is_return(fields)
        && let Some(name) = OF_RETURNS.iter().find(empty)
    {
        return Some(name);
    }
    (fields.get("insuYn") == "Y" && fields.get("insuAmt").is_empty()).then_some("insuAmt")
}

fn malformed(fields: &Fields, settings: &Settings) -> Option<&'static str> {
    let order_no = fields.get("orderNo");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !is_digits(fields.get("custNo"), 10..=10) {
        return Some("custNo");
    }
    if fields.get("apprNo").len() != 10
        || !fields.get("apprNo").bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        return Some("apprNo");
    }
    if order_no.len() > 50 || !order_no.bytes().all(plain) {
        return Some("orderNo");
    }
    if !areas::is_zip(fields.get("recZip")) {
        return Some("recZip");
    }
    let given = |name: &&&str| !fields.get(name).is_empty();
    if let Some(name) = PHONES.iter().filter(given).find(|name| !is_digits(fields.get(name), PHONE)) {
        return Some(name);
    }
    if given(&&"ordZip") && !areas::is_zip(fields.get("ordZip")) {
        return Some("ordZip");
    }
    for name in ["weight", "volume", "insuAmt"] {
        if given(&&name) && !is_digits(fields.get(name), 1..=9) {
            return Some(name);
        }
    }
    for (name, most) in [("goodsNm", 400), ("ordCompNm", 100)] {
        if fields.get(name).chars().count() > most {
            return Some(name);
        }
    }
    if is_return(fields) {
        if Date::strptime("%Y%m%d", fields.get("retVisitYmd")).is_err() {
            return Some("retVisitYmd");
        }
        if settings.strict_return_detail && !names_a_place(fields.get("recAddr2")) {
            return Some("recAddr2");
        }
    }
    None
}

/// `제3층` and `201호` do; `3층`, a filler or a single sign do not.
fn names_a_place(detail: &str) -> bool {
    let floor =
        detail.strip_suffix('층').is_some_and(|floor| floor.bytes().all(|byte| byte.is_ascii_digit()));
    detail.chars().count() >= 2 && !floor && detail != "없음"
}

fn unknown_code(fields: &Fields) -> Option<&'static str> {
    let one_of = |name: &str, known: &[&str]| {
        let value = fields.get(name);
        value.is_empty() || known.contains(&value)
    };
    for name in ["payType", "reqType"] {
        if !one_of(name, &["1", "2"]) {
            return Some(name);
        }
    }
    for name in ["microYn", "insuYn", "printYn", "printAreaCdYn", "testYn"] {
        if !one_of(name, &["Y", "N"]) {
            return Some(name);
        }
    }
    let contents = fields.get("contCd");
    let known = contents.len() == 3 && matches!(contents.parse(), Ok(21..=29));
    (!known).then_some("contCd")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detail_addresses_of_pick_ups_name_a_place() {
        assert!(names_a_place("제3층") && names_a_place("201호"));
        assert!(!names_a_place("3층") && !names_a_place(".") && !names_a_place("없음"));
    }
}

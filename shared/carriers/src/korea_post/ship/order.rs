//! A consignment as `InsertOrder` wants it, in the manual's order of fields (protocol notes, section 3.3),
//! and what it would refuse, said before a call is spent on it.

use yam_domain::korea::{ContentCode, day};
use yam_domain::money::{Currency, Money};
use yam_domain::phone::{NumberClass, Phone};
use yam_domain::postal_code::PostalCode;
use yam_domain::text::{ascii_digits, clean};
use yam_domain::weight::Grams;

use super::reg_data::Fields;
use crate::consignment::{Consignee, Consignment};
use crate::errors::own;
use crate::korea_post::KoreaPostSettings;
use crate::korea_post::limits::{self, MICRO};
use crate::outcome::{OperatorError, RefusalKind};

/// Longest first address line, as the most patient client of the notes sends it.
const LONGEST_ADDRESS: usize = 140;
const LONGEST_GOODS: usize = 400;
const LONGEST_NOTE: usize = 100;
/// Stands where the wire wants a second address line and the buyer gave none.
const NO_DETAIL: &str = "-";

/// Goods of a value that the operator is to collect: it cannot (section 8).
pub(in crate::korea_post) fn no_cod() -> OperatorError {
    let words = "Korea Post does not collect the goods' value at the door; let the buyer pay before (its postage \
                 alone can be paid on delivery)";
    own("cod_not_supported", words, RefusalKind::CodNotSupported)
}

/// The fields of a registration.
pub(super) fn fields(
    contract: &KoreaPostSettings,
    consignment: &Consignment,
    order_no: &str,
) -> Result<Fields, OperatorError> {
    if consignment.cod {
        return Err(no_cod());
    }
    let micro = limits::is_micro(contract, &consignment.service)?;
    let girth = consignment.size().map_or(contract.usual_girth_cm, |size| size.girth_sum_cm());
    let girth = if micro && consignment.size().is_none() { girth.min(MICRO.girth_cm) } else { girth };
    limits::check(consignment.weight, consignment.size(), micro)?;
    let to = &consignment.consignee;
    let (tel, mob) = phones(to)?;
    let yes = |yes: bool| if yes { "Y" } else { "N" };
    let insured = insured(consignment)?;
    let fields = Fields::default()
        .add("custNo", &contract.customer_number)
        .add("apprNo", &contract.approval_number)
        .add("payType", if consignment.postage_on_delivery { "2" } else { "1" })
        .add("reqType", super::NORMAL)
        .add("officeSer", &contract.office)
        .add("weight", kilograms(consignment.weight).to_string())
        .add("volume", girth.to_string())
        .add("microYn", yes(micro))
        .add("orderNo", order_no)
        .add("insuYn", yes(insured.is_some()))
        .add("insuAmt", insured.map(|won| won.to_string()).unwrap_or_default())
        .add("ordCompNm", clean(&contract.shop_name))
        .add("inqTelCn", contract.inquiry_phone.as_deref().unwrap_or_default())
        .add("recNm", name(to)?)
        .add("recZip", postal_code(to)?)
        .add("recAddr1", address(to)?)
        .add("recAddr2", detail(to))
        .add("recTel", tel)
        .add("recMob", mob)
        .add("contCd", content(contract, consignment)?.to_string())
        .add("goodsNm", goods(consignment)?)
        .add("qty", consignment.items.iter().fold(0_u32, |n, i| n.saturating_add(i.quantity)).to_string())
        .add("delivMsg", cut(consignment.delivery_note.as_deref().unwrap_or_default(), LONGEST_NOTE))
        .add("printYn", yes(contract.own_labels))
        .add("testYn", if contract.test { "Y" } else { "" });
    Ok(fields)
}

/// Whole kilograms, a begun one counted.
fn kilograms(weight: Grams) -> u32 {
    weight.get().div_ceil(1_000).max(1)
}

fn insured(consignment: &Consignment) -> Result<Option<i64>, OperatorError> {
    match consignment.declared_value {
        Some(value) if value.currency() != Currency::Krw => {
            let words = format!("Korea Post counts in KRW; {} was given", value.currency());
            Err(own("declared_value", words, RefusalKind::Goods))
        }
        declared => Ok(declared.map(Money::amount).filter(|amount| *amount > 0)),
    }
}

/// Korean names stand without a blank, family name first.
fn name(to: &Consignee) -> Result<String, OperatorError> {
    let (first, last) = (clean(&to.first_name), clean(&to.last_name));
    let hangul = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
    let whole = match (first.is_empty(), last.is_empty()) {
        (false, false) if hangul(&last) => format!("{last}{first}"),
        _ => format!("{first} {last}").trim().to_owned(),
    };
    if whole.is_empty() {
        return Err(own("name", "the receiver's name is empty", RefusalKind::Consignee));
    }
    Ok(whole)
}

/// Both numbers are sent, one standing for the other where there is only one (section 3.3).
fn phones(to: &Consignee) -> Result<(String, String), OperatorError> {
    let given = [&to.phone, &to.phone2].into_iter().flatten().filter(|phone| !phone.is_placeholder());
    let usable: Vec<(bool, String)> = given.filter_map(korean).collect();
    let words = "a Korean phone number of the receiver with 9 to 12 digits is needed";
    let (_, first) = usable.first().ok_or_else(|| own("phone", words, RefusalKind::Consignee))?;
    let mobile = usable.iter().find(|(mobile, _)| *mobile).map_or(first, |(_, number)| number);
    let other = usable.iter().map(|(_, number)| number).find(|number| *number != mobile);
    Ok((other.unwrap_or(mobile).clone(), mobile.clone()))
}

fn korean(phone: &Phone) -> Option<(bool, String)> {
    Some((phone.class() == NumberClass::Mobile, phone.national_korea()?))
}

fn postal_code(to: &Consignee) -> Result<String, OperatorError> {
    if to.country != "KR" {
        let words = "this contract carries parcels inside Korea only";
        return Err(own("country", words, RefusalKind::Country));
    }
    let text = to.postal_code.as_deref().unwrap_or_default();
    let parsed = PostalCode::parse("KR", text);
    parsed.map(|p| p.code.to_string()).map_err(|e| own("postal_code", e.to_string(), RefusalKind::PostalCode))
}

/// Province and city before the street, unless the street's line begins with them already.
fn address(to: &Consignee) -> Result<String, OperatorError> {
    let street = clean(&ascii_digits(&to.address));
    if street.is_empty() {
        return Err(own("address", "the receiver's address is empty", RefusalKind::Consignee));
    }
    // Region and city come first and once, whether the address repeats them or not.
    let mut places: Vec<String> =
        [&to.region, &to.city].into_iter().flatten().map(|place| clean(place)).collect();
    places.retain(|place| !place.is_empty());
    places.dedup();
    let mut rest = street.as_str();
    for place in &places {
        let behind = rest.strip_prefix(place.as_str());
        rest = behind.filter(|behind| behind.starts_with(' ')).map_or(rest, str::trim_start);
    }
    let line = [places.join(" ").as_str(), rest].join(" ").trim().to_owned();
    let length = line.chars().count();
    if length > LONGEST_ADDRESS {
        let words = format!("the address is {length} characters long; at most {LONGEST_ADDRESS} are allowed");
        return Err(own("address", words, RefusalKind::Consignee));
    }
    Ok(line)
}

fn detail(to: &Consignee) -> String {
    let detail = cut(to.address2.as_deref().unwrap_or_default(), LONGEST_ADDRESS);
    if detail.is_empty() { NO_DETAIL.to_owned() } else { detail }
}

/// The class all goods share, else the account's.
fn content(contract: &KoreaPostSettings, consignment: &Consignment) -> Result<ContentCode, OperatorError> {
    let mut classes = Vec::new();
    for item in &consignment.items {
        let words = "use one of Korea Post's content codes, 021 to 029";
        classes.push(match item.content_code.as_deref() {
            Some(code) => {
                ContentCode::parse(code).ok_or_else(|| own("content_code", words, RefusalKind::Goods))?
            }
            None => contract.content_code,
        });
    }
    let first = classes.first().copied().unwrap_or(contract.content_code);
    Ok(if classes.iter().all(|class| *class == first) { first } else { contract.content_code })
}

fn goods(consignment: &Consignment) -> Result<String, OperatorError> {
    let named = consignment.items.iter().map(|item| (clean(&item.name), item.quantity));
    let lines: Vec<String> =
        named.filter(|(name, _)| !name.is_empty()).map(|(name, n)| format!("{name} x{n}")).collect();
    if lines.is_empty() {
        return Err(own("items", "the parcel holds no named products", RefusalKind::Goods));
    }
    Ok(cut(&lines.join(", "), LONGEST_GOODS))
}

/// A text of at most so many bytes, cut between letters.
fn cut(text: &str, most: usize) -> String {
    let mut text = clean(text);
    while text.len() > most {
        text.pop();
    }
    text
}

/// A day as the wire writes it.
pub(super) fn ymd(day: jiff::civil::Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

/// Today in Korea.
pub(super) fn today(clock: &dyn yam_platform::Clock) -> jiff::civil::Date {
    day(clock.now())
}

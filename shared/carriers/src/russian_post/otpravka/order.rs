//! An order as the backlog takes it (protocol notes, section 4.4).

use serde_json::{Map, Value, json};
use yam_domain::text::clean;

use super::clean::{self, Address, Name};
use crate::carrier::Prepared;
use crate::consignment::Consignment;
use crate::errors::own;
use crate::outcome::{OperatorError, RefusalKind};
use crate::russian_post::RussianPostSettings;
use crate::russian_post::products::{self, Category, Product};
use crate::russian_post::value::{Value as Worth, kopecks};
use crate::russian_post::vat::VatRate;

/// Names of what preparation gathered.
pub(super) const ADDRESS: &str = "address";
pub(super) const NAME: &str = "name";
/// ISO number of Russia.
const RUSSIA: u32 = 643;
/// Longest description of goods on a receipt.
const LONGEST_GOODS: usize = 128;

/// The service of a consignment, if it can be ordered.
pub(super) fn product(consignment: &Consignment) -> Result<(&'static Product, &'static str), OperatorError> {
    let product = products::find(&consignment.service);
    let ordered = product.and_then(|product| Some((product, product.name?)));
    let words = || format!("{:?} cannot be ordered from Otpravka", consignment.service);
    ordered.ok_or_else(|| own("service", words(), RefusalKind::Service))
}

/// What can be said against a consignment without a call.
pub(super) fn check(settings: &RussianPostSettings, consignment: &Consignment) -> Result<(), OperatorError> {
    let (product, _) = product(consignment)?;
    if consignment.consignee.country != "RU" {
        return Err(own("country", "this contract carries parcels inside Russia only", RefusalKind::Country));
    }
    if consignment.weight.get() == 0 {
        return Err(own("weight_under_carrier_limit", "the parcel has no weight", RefusalKind::Weight));
    }
    if clean::name_text(&consignment.consignee).is_empty() {
        return Err(own("name", "the receiver's name is empty", RefusalKind::Consignee));
    }
    if clean(&consignment.consignee.address).is_empty() {
        return Err(own("address", "the receiver's address is empty", RefusalKind::Consignee));
    }
    clean::phone_digits(&consignment.consignee)?;
    let worth = Worth::of_consignment(settings, product, consignment)?;
    receipt(settings, consignment, &worth).map(|_| ())
}

/// The order.
pub(super) fn order(
    settings: &RussianPostSettings,
    consignment: &Consignment,
    prepared: &Prepared,
    order_num: &str,
) -> Result<Value, OperatorError> {
    check(settings, consignment)?;
    let (product, mail_type) = product(consignment)?;
    let worth = Worth::of_consignment(settings, product, consignment)?;
    let address: Address = gathered(prepared, ADDRESS)?;
    let name: Name = gathered(prepared, NAME)?;
    let mut order = Map::new();
    let mut put = |key: &str, value: Value| {
        if !value.is_null() {
            order.insert(key.to_owned(), value);
        }
    };
    put("order-num", json!(order_num));
    put("mail-type", json!(mail_type));
    put("mail-category", json!(worth.category.name()));
    put("mail-direct", json!(RUSSIA));
    put("mass", json!(consignment.weight.get()));
    put("postoffice-code", json!(settings.from_index));
    put("fragile", json!(false));
    put("tariff-count", json!(1));
    if worth.declared > 0 {
        put("insr-value", json!(worth.declared));
    }
    if worth.category == Category::CashOnDelivery {
        put("payment", json!(worth.collected));
    }
    if let Some([length, width, height]) = consignment.size().map(|size| size.centimetres()) {
        put("dimension", json!({ "length": length, "width": width, "height": height }));
    }
    if let Some(days) = settings.shelf_life_days {
        put("shelf-life-days", json!(days));
    }
    if settings.sms_notice {
        put("sms-notice-recipient", json!(1));
    }
    for (key, value) in place(&address)? {
        put(&key, value);
    }
    for (key, value) in recipient(&name, consignment)? {
        put(&key, value);
    }
    for (key, value) in receipt(settings, consignment, &worth)? {
        put(&key, value);
    }
    Ok(Value::Object(order))
}

fn gathered<T: serde::de::DeserializeOwned>(prepared: &Prepared, name: &str) -> Result<T, OperatorError> {
    let text = prepared.0.get(name).and_then(|text| serde_json::from_str(text).ok());
    text.ok_or_else(|| own(name, "was not read by the operator before", RefusalKind::Consignee))
}

type Parts = Vec<(String, Value)>;

fn place(address: &Address) -> Result<Parts, OperatorError> {
    let index = address.index.as_deref().filter(|index| index.len() == 6).and_then(|i| i.parse::<u32>().ok());
    let index = index.ok_or_else(|| {
        own("postal_code", "the operator finds no index for this address", RefusalKind::PostalCode)
    })?;
    let text =
        |value: &Option<String>| value.as_deref().filter(|v| !v.is_empty()).map_or(Value::Null, |v| json!(v));
    // Moscow and Saint Petersburg are regions of their own: cleaning may name them as the place alone, and the
    // order needs both (protocol notes, section 4.4; the repetition is our reading).
    let region = address.region.clone().filter(|region| !region.is_empty());
    let parts = [
        ("region-to", text(&region.or_else(|| address.place.clone()))),
        ("area-to", text(&address.area)),
        ("place-to", text(&address.place)),
        ("location-to", text(&address.location)),
        ("street-to", text(&address.street)),
        ("house-to", text(&address.house)),
        ("slash-to", text(&address.slash)),
        ("letter-to", text(&address.letter)),
        ("building-to", text(&address.building)),
        ("corpus-to", text(&address.corpus)),
        ("room-to", text(&address.room)),
        ("hotel-to", text(&address.hotel)),
        ("office-to", text(&address.office)),
        ("vladenie-to", text(&address.vladenie)),
        ("num-address-type-to", text(&address.num_address_type)),
        ("address-type-to", json!(address.address_type.as_deref().unwrap_or("DEFAULT"))),
        ("index-to", json!(index)),
    ];
    Ok(parts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn recipient(name: &Name, consignment: &Consignment) -> Result<Parts, OperatorError> {
    let to = &consignment.consignee;
    let part = |read: &Option<String>, typed: &str| {
        read.as_deref().map(clean).filter(|part| !part.is_empty()).unwrap_or_else(|| clean(typed))
    };
    let surname = part(&name.surname, &to.last_name);
    let given = part(&name.name, &to.first_name);
    let middle = part(&name.middle_name, to.middle_name.as_deref().unwrap_or_default());
    let whole = [surname.as_str(), given.as_str(), middle.as_str()];
    let whole = whole.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let optional = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
    Ok(vec![
        ("surname".to_owned(), json!(surname)),
        ("given-name".to_owned(), json!(given)),
        ("middle-name".to_owned(), optional(&middle)),
        ("recipient-name".to_owned(), json!(whole)),
        ("tel-address".to_owned(), json!(clean::phone_digits(to)?)),
    ])
}

/// Goods with their VAT and whom the receipt goes to, where money is collected and the account asks for
/// receipts.
fn receipt(
    settings: &RussianPostSettings,
    consignment: &Consignment,
    worth: &Worth,
) -> Result<Parts, OperatorError> {
    let (Some(usual), Category::CashOnDelivery) = (settings.fiscal_vat, worth.category) else {
        return Ok(Vec::new());
    };
    let mut items = Vec::new();
    let mut total = 0_i64;
    for item in &consignment.items {
        let rate = match item.vat_code.as_deref() {
            None => usual,
            Some(code) => VatRate::parse(code).ok_or_else(|| {
                own("vat_code", "use none, 0, 10, 20, 22, 110, 120 or 122", RefusalKind::Goods)
            })?,
        };
        let price = kopecks("price", item.price)?;
        total = total.saturating_add(price.saturating_mul(i64::from(item.quantity)));
        let description: String = clean(&item.name).chars().take(LONGEST_GOODS).collect();
        items.push(json!({
            "description": description, "quantity": item.quantity, "value": price, "vat-rate": rate.code(),
        }));
    }
    if total != worth.collected {
        let words = format!(
            "the goods of the receipt cost {total} kop., but {} kop. are collected; spread the discount over the lines",
            worth.collected
        );
        return Err(own("fiscal_total", words, RefusalKind::Goods));
    }
    let to = &consignment.consignee;
    let phone = clean::phone_digits(to)?;
    let mut buyer = json!({ "customer-phone": phone, "payment-amount": worth.collected });
    if let (Some(email), Some(members)) = (&to.email, buyer.as_object_mut()) {
        members.insert("customer-email".to_owned(), json!(email));
    }
    Ok(vec![("goods".to_owned(), json!({ "items": items })), ("fiscal-data".to_owned(), buyer)])
}

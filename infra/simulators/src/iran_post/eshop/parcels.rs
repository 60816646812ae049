//! `AddParcel`, `AddParcelWithDiscount`, `ReadyToShip`, `GetStatus`, `Billing`.

use rusqlite::Connection;
use serde_json::{Value as Json, json};

use super::Outcome;
use super::errors::{BAD_POSTAL_CODE, NO_PRODUCTS, NO_SUCH_PRODUCT, OK, Refusal};
use super::params::{Members, Unreadable};
use super::prices::{login, pay, price, service};
use super::soap::Value;
use crate::error::Result;
use crate::iran_post::jalali::JalaliDate;
use crate::iran_post::tariff::Price;
use crate::iran_post::{billing as bills, history, parcels, postal_code, products, status as codes};
use crate::ledger;
use crate::pipeline::View;
use crate::xml::Element;

pub(super) const ADD: &[&str] = &[
    "username",
    "password",
    "productsId",
    "cityCode",
    "serviceType",
    "payType",
    "registerFirstName",
    "registerLastName",
    "registerAddress",
    "registerPhoneNumber",
    "registerMobile",
    "registerPostalCode",
];
pub(super) const ADD_WITH_DISCOUNT: &[&str] = &[
    "username",
    "password",
    "productsId",
    "cityCode",
    "serviceType",
    "payType",
    "registerFirstName",
    "registerLastName",
    "registerAddress",
    "registerPhoneNumber",
    "registerMobile",
    "registerPostalCode",
    "discount",
];
const ITEM: &[&str] = &["Count", "DisCount", "Discount", "Id"];

/// One line of an order.
struct Line {
    id: i64,
    count: i64,
    percent: i64,
}

/// A parcel as asked for, all numbers read.
struct Wanted {
    lines: Vec<Line>,
    city: i64,
    service: i64,
    pay: i64,
    discount: Option<i64>,
}

fn wanted(members: &Members<'_>, strict: bool, element: &Element) -> Result<Wanted, Unreadable> {
    let items = members.element("productsId").map_or(&[][..], |list| list.children.as_slice());
    let lines = items.iter().map(|item| {
        let item = Members::read(item, ITEM, strict);
        let percent =
            if item.element("DisCount").is_some() { item.int("DisCount")? } else { item.int("Discount")? };
        Ok(Line { id: item.int("Id")?, count: item.int("Count")?, percent })
    });
    Ok(Wanted {
        lines: lines.collect::<Result<_, Unreadable>>()?,
        city: members.int("cityCode")?,
        service: members.int("serviceType")?,
        pay: members.int("payType")?,
        discount: if element.name == "AddParcelWithDiscount" {
            Some(coupon(members, element)?)
        } else {
            None
        },
    })
}

/// The coupon; the guide does not name the parameter, so any that speaks of a discount is taken.
fn coupon(members: &Members<'_>, element: &Element) -> Result<i64, Unreadable> {
    let named = |child: &&Element| child.name.to_ascii_lowercase().contains("discount");
    match element.children.iter().find(named) {
        Some(child) if members.element("discount").is_none() => {
            let text = child.text.trim();
            text.parse::<i32>()
                .map(i64::from)
                .map_err(|_| Unreadable(format!("The value '{text}' is no Int32.")))
        }
        _ => members.int("discount"),
    }
}

pub(super) fn add(
    view: &View<'_>,
    connection: &Connection,
    members: &Members<'_>,
    strict: bool,
    element: &Element,
) -> Result<Outcome> {
    let wanted = match wanted(members, strict, element) {
        Ok(wanted) => wanted,
        Err(unreadable) => return Ok(Err(unreadable)),
    };
    Ok(Ok(match register(view, connection, members, &wanted, element)? {
        Ok((code, price)) => parcel(Refusal::new(OK), &code, price),
        Err(refusal) => parcel(refusal, "", Price { postage: 0, vat: 0 }),
    }))
}

fn parcel(refusal: Refusal, code: &str, price: Price) -> Value {
    Value::Object(vec![
        ("Description", Value::Text(refusal.text.to_owned())),
        ("ErrorCode", Value::Int(refusal.code)),
        ("ParcelCode", Value::Text(code.to_owned())),
        ("PostDeliveryPrice", Value::Int(price.postage)),
        ("VatTax", Value::Int(price.vat)),
    ])
}

/// The service's checks in its order, then the parcel.
fn register(
    view: &View<'_>,
    connection: &Connection,
    members: &Members<'_>,
    wanted: &Wanted,
    element: &Element,
) -> Result<Result<(String, Price), Refusal>> {
    let account = match login(view, members) {
        Ok(account) => account,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if wanted.lines.is_empty() {
        return Ok(Err(Refusal::new(NO_PRODUCTS)));
    }
    let (mut weight, mut goods) = (0_i64, 0_i64);
    for line in &wanted.lines {
        let product = products::get(connection, &account.username, line.id)?;
        let Some(product) = product.filter(|_| line.count > 0) else {
            return Ok(Err(Refusal::new(NO_SUCH_PRODUCT)));
        };
        // A coupon for the whole order sets the items' percentages aside.
        let percent = if wanted.discount.is_some() { 0 } else { line.percent.clamp(0, 100) };
        weight = weight.saturating_add(product.weight.saturating_mul(line.count));
        let price = product.price.saturating_mul(line.count);
        goods = goods.saturating_add(price.saturating_sub(price.saturating_mul(percent) / 100));
    }
    let goods = goods.saturating_sub(wanted.discount.unwrap_or(0).max(0)).max(0);
    let priced = pay(wanted.pay).and_then(|pay| {
        let service = service(wanted.service, view.shared.iran_post.settings().tariff)?;
        if !postal_code::valid(&members.text("registerPostalCode")) {
            return Err(Refusal::new(BAD_POSTAL_CODE));
        }
        let (city, price) = price(view, &account, wanted.city, service, pay, (weight, goods))?;
        Ok((pay, service, city, price))
    });
    let (pay, service, city, price) = match priced {
        Ok(priced) => priced,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (code, _) = parcels::register(
        connection,
        &parcels::Order {
            system: view.call.system,
            account: &account,
            our_id: None,
            city,
            service,
            pay,
            weight,
            goods,
            price,
            recipient: &recipient(members),
            text_hash: &ledger::text_hash(element.content().as_bytes()),
            received: view.call.received,
            now: view.now,
        },
    )?;
    Ok(Ok((code, price)))
}

fn recipient(members: &Members<'_>) -> Json {
    let name = format!("{} {}", members.text("registerFirstName"), members.text("registerLastName"));
    json!({
        "name": name.trim(),
        "address": members.text("registerAddress"),
        "postal_code": members.text("registerPostalCode"),
        "phone": members.text("registerPhoneNumber"),
        "mobile": members.text("registerMobile"),
        "city_code": members.text("cityCode"),
    })
}

/// Counts the bodies of what cannot be taken back.
pub(super) fn note(
    view: &View<'_>,
    connection: &Connection,
    members: &Members<'_>,
    element: &Element,
) -> Result<()> {
    let (our_id, recipient) = match element.name.as_str() {
        "AddParcel" | "AddParcelWithDiscount" => (None, Some(recipient(members))),
        "ReadyToShip" => (Some(members.text("parcelCode")), None),
        _ => return Ok(()),
    };
    ledger::receive(
        connection,
        &ledger::Body {
            system: view.call.system,
            operation: &element.name,
            account: &members.text("username"),
            our_id: our_id.as_deref(),
            text_hash: &ledger::text_hash(element.content().as_bytes()),
            recipient: recipient.as_ref(),
            received: view.call.received,
        },
    )
}

pub(super) fn ready_to_ship(
    view: &View<'_>,
    connection: &Connection,
    members: &Members<'_>,
    element: &Element,
) -> Result<Outcome> {
    let result = |code: i64, text: &str| {
        Ok(Ok(Value::Object(vec![
            ("Description", Value::Text(text.to_owned())),
            ("ErrorCode", Value::Int(code)),
        ])))
    };
    let account = match login(view, members) {
        Ok(account) => account,
        Err(refusal) => return result(refusal.code, refusal.text),
    };
    // Only 0 and 3 are documented; 1 and 2 are ours.
    let date = members.text("datereadyforPost");
    let parsed = JalaliDate::parse(&date);
    let today = JalaliDate::in_tehran(view.now);
    if !date.is_empty() && (parsed.is_none() || parsed < today) {
        return result(1, "تاریخ آماده ارسال نامعتبر است");
    }
    let code = members.text("parcelCode");
    let Some(parcel) = parcels::find(connection, &account.username, &code, view.visible_until)? else {
        return result(2, "مرسوله یافت نشد");
    };
    if parcel.status != codes::WAITING_FOR_SHOP {
        return result(3, "وضعیت این بارکد قبلا تغییر کرده است");
    }
    let date = (!date.is_empty()).then_some(date);
    parcels::set_ready_date(connection, &code, date.as_deref())?;
    parcels::set_status(connection, &parcel, codes::READY, view.now)?;
    ledger::add(
        connection,
        &ledger::Entry {
            system: view.call.system,
            kind: "ready",
            account: &account.username,
            our_id: Some(&code),
            its_id: Some(&code),
            amount: None,
            text_hash: &ledger::text_hash(element.content().as_bytes()),
            recipient: None,
            received: view.call.received,
            committed: view.now,
            detail: json!({"date": date}),
        },
    )?;
    result(0, "")
}

pub(super) fn status(view: &View<'_>, connection: &Connection, members: &Members<'_>) -> Result<Outcome> {
    let account = match login(view, members) {
        Ok(account) => account,
        Err(refusal) => return Ok(Ok(Value::Int(refusal.code))),
    };
    let code = members.text("parcelCode");
    let status = history::status(view, connection, &account, &code)?;
    Ok(Ok(Value::Int(status.unwrap_or(codes::NOT_FOUND))))
}

/// The member names of this answer are not documented; these are ours.
pub(super) fn billing(view: &View<'_>, connection: &Connection, members: &Members<'_>) -> Result<Outcome> {
    let account = match login(view, members) {
        Ok(account) => account,
        Err(_) => return Ok(Ok(Value::List("Bill", Vec::new()))),
    };
    let bills = bills::list(connection, &account.username)?.into_iter().map(|bill| {
        Value::Object(vec![
            ("Amount", Value::Int(bill.amount)),
            ("Date", Value::Text(ledger::moment(bill.at))),
            ("Id", Value::Int(bill.id)),
            ("ParcelCode", Value::Text(bill.code)),
            ("Postage", Value::Int(bill.postage)),
            ("Price", Value::Int(bill.goods)),
            ("RegistrationFee", Value::Int(bill.registration_fee)),
            ("VatTax", Value::Int(bill.vat)),
        ])
    });
    Ok(Ok(Value::List("Bill", bills.collect())))
}

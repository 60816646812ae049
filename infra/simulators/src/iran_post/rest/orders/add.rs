//! `Order/AddParcel`.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::super::Asked;
use super::super::checks::{Carried, PRICES, carried, client_order_id, int, is_picked_up, text};
use super::super::envelope::{Outcome, Refused, errors};
use crate::error::Result;
use crate::iran_post::{parcels, postal_code, products};
use crate::ledger;

/// Registers the parcels of a batch, each item for itself.
pub(crate) fn add(asked: &Asked<'_>, connection: &Connection) -> Result<Outcome> {
    let items = match asked.items() {
        Ok(items) if !items.is_empty() => items,
        _ => return Ok(Err(Refused(13))),
    };
    let mut ids = Vec::new();
    for item in items {
        match client_order_id(item) {
            Ok(id) => ids.push(id),
            Err(refused) => return Ok(Err(refused)),
        }
    }
    if !asked.account.gateway {
        return Ok(Err(Refused(14)));
    }
    let mut out = Vec::new();
    for (item, id) in items.iter().zip(&ids) {
        out.push(match one(asked, connection, item, id)? {
            Ok((code, shenase, carried)) => json!({
                "ClientOrderId": item["ClientOrderId"], "Shenase": shenase, "ParcelCode": code,
                "ShippingCost": carried.price.postage, "ShippingCostTax": carried.price.vat, "Errors": [],
            }),
            Err(codes) => json!({
                "ClientOrderId": item["ClientOrderId"], "Shenase": null, "ParcelCode": null, "ShippingCost": 0,
                "ShippingCostTax": 0, "Errors": errors(&codes),
            }),
        });
    }
    Ok(Ok(Value::Array(out)))
}

type Registered = (String, String, Carried);

fn one(
    asked: &Asked<'_>,
    connection: &Connection,
    item: &Value,
    our_id: &str,
) -> Result<std::result::Result<Registered, Vec<i64>>> {
    let account = &asked.account;
    if parcels::find_by_our_id(connection, &account.username, our_id, None)?.is_some() {
        return Ok(Err(vec![9505]));
    }
    let (weight, goods, mut codes) = contents(asked, connection, item)?;
    codes.splice(0..0, recipient_errors(item));
    let carried = match carried(&asked.view.shared.iran_post, account, item, weight, goods) {
        Ok(carried) if codes.is_empty() => carried,
        Ok(_) => return Ok(Err(codes)),
        Err(more) => {
            codes.extend(more);
            return Ok(Err(codes));
        }
    };
    let (code, shenase) = parcels::register(
        connection,
        &parcels::Order {
            system: asked.view.call.system,
            account,
            our_id: Some(our_id),
            city: carried.city,
            service: carried.service,
            pay: carried.pay,
            weight,
            goods,
            price: carried.price,
            recipient: &recipient(item),
            text_hash: &ledger::text_hash(item.to_string().as_bytes()),
            received: asked.view.call.received,
            now: asked.view.now,
        },
    )?;
    Ok(Ok((code, shenase, carried)))
}

/// Weight and price of what is in the parcel, and what is wrong with it.
fn contents(asked: &Asked<'_>, connection: &Connection, item: &Value) -> Result<(i64, i64, Vec<i64>)> {
    let lines = item.get("Products").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut weight = int(item, "PackingWeight").unwrap_or(0).max(0);
    let (mut goods, mut codes) = (0_i64, Vec::new());
    if lines.is_empty() {
        codes.push(2209);
    }
    for line in lines {
        let id = int(line, "EbazaarProductID").unwrap_or(0);
        let (count, one) = (int(line, "Count").unwrap_or(0), int(line, "Weight").unwrap_or(0));
        let (price, percent) = (int(line, "Price").unwrap_or(0), int(line, "DisCountPercent").unwrap_or(0));
        let wrong = if products::get(connection, &asked.account.username, id)?.is_none() {
            Some(2212)
        } else if count <= 0 {
            Some(2213)
        } else if one <= 0 || price <= 0 {
            Some(2214)
        } else if !(0..=100).contains(&percent) {
            Some(2215)
        } else {
            None
        };
        codes.extend(wrong.filter(|code| !codes.contains(code)));
        weight = weight.saturating_add(one.saturating_mul(count));
        let sum = price.saturating_mul(count);
        goods = goods.saturating_add(sum.saturating_sub(sum.saturating_mul(percent) / 100));
    }
    goods = goods.saturating_sub(int(item, "DiscountAmount").unwrap_or(0).max(0)).max(0);
    if codes.is_empty() && !PRICES.contains(&goods) {
        codes.push(1105);
    }
    Ok((weight, goods, codes))
}

fn recipient_errors(item: &Value) -> Vec<i64> {
    let picked_up = is_picked_up(item);
    let empty = |name| text(item, name).is_empty();
    let postal_code = text(item, "RegisterPostalCode");
    let checks = [
        (empty("RegisterFirstName"), 2201),
        (empty("RegisterLastName"), 2202),
        (!picked_up && empty("RegisterAddress"), 2203),
        (empty("RegisterPhoneNumber"), 2204),
        (empty("RegisterMobile"), 2205),
        (empty("RegisterEmail"), 2206),
        (empty("RegisterIp"), 2207),
        (!(postal_code::valid(postal_code) || picked_up && postal_code.is_empty()), 2208),
    ];
    checks.into_iter().filter(|(wrong, _)| *wrong).map(|(_, code)| code).collect()
}

/// The consignee as received.
pub(super) fn recipient(item: &Value) -> Value {
    let name = format!("{} {}", text(item, "RegisterFirstName"), text(item, "RegisterLastName"));
    json!({
        "name": name.trim(),
        "address": text(item, "RegisterAddress"),
        "postal_code": text(item, "RegisterPostalCode"),
        "phone": text(item, "RegisterPhoneNumber"),
        "mobile": text(item, "RegisterMobile"),
        "city_code": int(item, "CityID").or_else(|| int(item, "CityCode")).map(|code| code.to_string()),
    })
}

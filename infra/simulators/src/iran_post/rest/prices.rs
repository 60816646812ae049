//! `Order/DeliveryPrice`.

use serde_json::{Value, json};

use super::Asked;
use super::checks::{PRICES, carried, int};
use super::envelope::{Outcome, Refused, errors};

pub(super) fn delivery_price(asked: &Asked<'_>) -> Outcome {
    let items = asked.items()?;
    if items.is_empty() {
        return Err(Refused(12));
    }
    Ok(items.iter().map(|item| one(asked, item)).collect())
}

fn one(asked: &Asked<'_>, item: &Value) -> Value {
    let (weight, goods) = (int(item, "Weight").unwrap_or(0), int(item, "Price").unwrap_or(0));
    let priced = if PRICES.contains(&goods) {
        carried(&asked.view.shared.iran_post, &asked.account, item, weight, goods)
    } else {
        Err(vec![1105])
    };
    let id = item.get("ClientOrderId").cloned().unwrap_or(Value::Null);
    match priced {
        Ok(carried) => json!({
            "ClientOrderId": id, "ShippingCost": carried.price.postage, "ShippingTax": carried.price.vat,
            "ReturnShippingCost": carried.back.postage, "Errors": [],
        }),
        Err(codes) => json!({
            "ClientOrderId": id, "ShippingCost": 0, "ShippingTax": 0, "ReturnShippingCost": 0,
            "Errors": errors(&codes),
        }),
    }
}

//! Requests the tests start from; all persons and places are invented or public place names.

use serde_json::{Value, json};

/// A quote for a parcel to Shiraz.
#[must_use]
pub fn quote_to_shiraz(weight_g: u32, cod: bool) -> Value {
    json!({
        "destination": {"country": "IR", "city": "شیراز", "postal_code": "7134467891"},
        "items": [{"name": "کتاب", "quantity": 1, "weight_g": weight_g, "price": {"amount": 900_000, "currency": "IRR"}}],
        "goods_total": {"amount": 900_000, "currency": "IRR"},
        "cod": cod,
    })
}

/// An order to Shiraz that is dispatched at once.
#[must_use]
pub fn order_to_shiraz(number: &str) -> Value {
    json!({
        "number": number,
        "cod": true,
        "goods_total": {"amount": 900_000, "currency": "IRR"},
        "carrier": "iran_post",
        "service": "pishtaz",
        "recipient": {
            "first_name": "مینا", "last_name": "آزمایشی", "phone": "۰۹۱۷۰۰۰۰۰۰۰", "email": "mina@shop.example",
            "country": "IR", "city": "شیراز", "postal_code": "7134467891",
            "address": "خیابان نمونه، پلاک ۱"
        },
        "buyer_ip": "192.0.2.10",
        "items": [{"line_id": "1", "sku": "BOOK-1", "name": "کتاب", "quantity": 1, "weight_g": 800,
                   "price": {"amount": 900_000, "currency": "IRR"}}],
        "dispatch": "on_created"
    })
}

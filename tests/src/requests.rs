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

/// A contract at Korea Post; each vendor has one of its own.
#[must_use]
pub fn korean_contract(vendor: Option<&str>) -> Value {
    let (auth_key, security_key, customer, approval) = match vendor {
        None => ("demoshipkey0000000000000000001", "demoSecurityKey01", "0001234567", "1234567890"),
        Some(_) => ("demoshipkey0000000000000000002", "otherSecurityKey2", "0007654321", "7654321098"),
    };
    json!({
        "carrier": "korea_post", "wire": "ship", "vendor_id": vendor,
        "credentials": {"auth_key": auth_key, "security_key": security_key},
        "korea_post": {
            "customer_number": customer, "approval_number": approval, "office": "01", "shop_name": "예시상점",
            "inquiry_phone": "0200000000",
        },
    })
}

/// An order in Seoul that waits for its release: three cups of the shop's and two pots of the vendor `clay`.
#[must_use]
pub fn order_to_seoul(number: &str) -> Value {
    json!({
        "number": number,
        "cod": false,
        "paid": true,
        "goods_total": {"amount": 70_000, "currency": "KRW"},
        "carrier": "korea_post",
        "service": "parcel",
        "recipient": {
            "name": "김예시", "phone": "010-0000-0000", "country": "KR", "postal_code": "04526",
            "city": "서울특별시", "address": "서울특별시 중구 보기로 1", "address2": "101호"
        },
        "items": [
            {"line_id": "cup", "name": "찻잔", "quantity": 3, "weight_g": 400, "content_code": "025",
             "price": {"amount": 10_000, "currency": "KRW"}},
            {"line_id": "pot", "name": "주전자", "quantity": 2, "weight_g": 900, "content_code": "025",
             "price": {"amount": 20_000, "currency": "KRW"}, "vendor_id": "clay"},
        ],
        "dispatch": "on_released",
    })
}

/// A contract of Russian Post's sending service, with batch tracking.
#[must_use]
pub fn russian_sender() -> Value {
    json!({
        "carrier": "russian_post", "wire": "otpravka", "tracking": "batch",
        "credentials": {
            "access_token": "demo-otpravka-token", "username": "demo-send", "password": "demo-pass",
            "tracking_login": "demo-track", "tracking_password": "demo-pass",
        },
        "russian_post": {"from_index": "101000"},
    })
}

/// An order to Saint Petersburg whose price is collected at the door.
#[must_use]
pub fn order_to_petersburg(number: &str) -> Value {
    json!({
        "number": number,
        "cod": true,
        "goods_total": {"amount": 150_000, "currency": "RUB"},
        "carrier": "russian_post",
        "service": "online_parcel",
        "recipient": {
            "last_name": "Примерова", "first_name": "Анна", "phone": "+7 912 000-00-01", "country": "RU",
            "postal_code": "190000", "region": "г Санкт-Петербург", "city": "г Санкт-Петербург",
            "address": "ул Примерная, д 1, кв 2"
        },
        "items": [{"line_id": "1", "name": "Чайник", "quantity": 1, "weight_g": 1_200,
                   "price": {"amount": 150_000, "currency": "RUB"}}],
        "dispatch": "on_created"
    })
}

//! What the buyers order: at Iran Post on both wires, at Korea Post from two vendors' contracts and in parts, at
//! Russian Post with cash on delivery.

use serde_json::{Value, json};

/// Products, so that few are registered anew with the post.
const PRODUCTS: u64 = 20;

/// Who carries an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Post {
    /// Iran Post's wire without ids.
    Eshop,
    /// Its wire with numbers of ours.
    Rest,
    Korea,
    Russia,
}

impl Post {
    pub(super) const ALL: [Post; 4] = [Post::Eshop, Post::Rest, Post::Korea, Post::Russia];

    /// Of the order with this number.
    pub(super) fn of(number: u64) -> Self {
        match number % 4 {
            0 => Post::Rest,
            1 => Post::Eshop,
            2 => Post::Korea,
            _ => Post::Russia,
        }
    }

    /// The simulated system whose ledger judges.
    pub(super) fn system(self) -> &'static str {
        match self {
            Post::Eshop => "iran_post_eshop",
            Post::Rest => "iran_post_rest",
            Post::Korea => "korea_post_ship",
            Post::Russia => "russian_post_otpravka",
        }
    }

    /// Its operation that registers.
    pub(super) fn register(self) -> &'static str {
        match self {
            Post::Eshop | Post::Rest => "AddParcel",
            Post::Korea => "InsertOrder",
            Post::Russia => "create",
        }
    }
}

/// How an order is called, also where the post can see it.
pub(super) fn mark(number: u64) -> String {
    format!("K{number:05}")
}

/// The number of an order that a ledger's row is about: its mark in the address, or its receiver's phone.
pub(super) fn number_in(row: &Value) -> u64 {
    let phone = row["recipient"]["phone"].as_str().and_then(|phone| phone.strip_prefix(PHONES));
    if let Some(number) = phone.and_then(|digits| digits.parse().ok()) {
        return number;
    }
    let text = row.to_string();
    let digits = |at: usize| text.get(at + 1..at + 6).and_then(|mark| mark.parse().ok());
    let found = text.match_indices('K').find_map(|(at, _)| digits(at));
    found.unwrap_or_else(|| panic!("no order's mark in {text}"))
}

/// Invented numbers, told apart by their end.
const PHONES: &str = "7912";

/// What a buyer sends.
pub(super) fn order(number: u64) -> Value {
    match Post::of(number) {
        Post::Eshop => iranian(number, "iran-post"),
        Post::Rest => iranian(number, "rest"),
        Post::Korea => korean(number),
        Post::Russia => russian(number),
    }
}

/// Whether the buyer thinks better of it.
pub(super) fn is_called_off(number: u64) -> bool {
    (number / 4).is_multiple_of(5)
}

/// What the shop packs, one release after the other: nothing named is all that is left.
pub(super) fn releases(number: u64) -> Vec<Value> {
    let cups = |quantity: u64| json!({"line_id": "cup", "quantity": quantity});
    let pots = |quantity: u64| json!({"line_id": "pot", "quantity": quantity});
    let all = json!({});
    match (Post::of(number), number / 4 % 4) {
        (Post::Korea, 0) => vec![all],
        (Post::Korea, 1) => vec![json!({"items": [cups(2)]}), all],
        (Post::Korea, 2) => vec![json!({"items": [cups(1), pots(1)]}), json!({"items": [cups(2), pots(1)]})],
        (Post::Korea, _) => vec![json!({"items": [pots(2)]}), json!({"items": [cups(1)]}), all],
        _ => vec![],
    }
}

/// The pieces a Korean order is made of, by line.
pub(super) const KOREAN: [(&str, u64); 2] = [("cup", 3), ("pot", 2)];
/// The shop's own contract and the one of the vendor of the pots: account here, customer there.
pub(super) const CONTRACTS: [(&str, &str); 2] =
    [("korea-post", "0001234567"), ("korea-post-clay", "0007654321")];

fn iranian(number: u64, account: &str) -> Value {
    let product = number % PRODUCTS;
    let price = json!({"amount": 500_000 + product * 10_000, "currency": "IRR"});
    json!({
        "number": mark(number),
        "cod": true,
        "goods_total": price,
        "carrier": "iran_post",
        "service": "pishtaz",
        "account_id": account,
        "recipient": {
            "first_name": "مینا", "last_name": "آزمایشی", "phone": "09170000000", "country": "IR",
            "region": "فارس", "city": "شیراز", "postal_code": "7134467891",
            "address": format!("خیابان نمونه، پلاک {}", mark(number)),
        },
        "items": [{"line_id": "1", "sku": format!("P-{product}"), "name": format!("کتاب {product}"),
                   "quantity": 1, "weight_g": 800, "price": price}],
        "dispatch": "on_created",
    })
}

fn korean(number: u64) -> Value {
    json!({
        "number": mark(number),
        "cod": false,
        "paid": true,
        "goods_total": {"amount": 70_000, "currency": "KRW"},
        "carrier": "korea_post",
        "service": "parcel",
        "recipient": {
            "name": "김예시", "phone": "01000000000", "country": "KR", "postal_code": "04526",
            "city": "서울특별시", "address": "서울특별시 중구 보기로 1", "address2": format!("101호 {}", mark(number)),
        },
        "items": [
            {"line_id": "cup", "name": "찻잔", "quantity": 3, "weight_g": 400,
             "price": {"amount": 10_000, "currency": "KRW"}},
            {"line_id": "pot", "name": "주전자", "quantity": 2, "weight_g": 900, "vendor_id": "clay",
             "price": {"amount": 20_000, "currency": "KRW"}},
        ],
        "dispatch": "on_released",
    })
}

fn russian(number: u64) -> Value {
    json!({
        "number": mark(number),
        "cod": true,
        "goods_total": {"amount": 150_000, "currency": "RUB"},
        "carrier": "russian_post",
        "service": "online_parcel",
        "recipient": {
            "last_name": "Примерова", "first_name": "Анна", "phone": format!("+{PHONES}{number:07}"),
            "country": "RU", "postal_code": "190000", "region": "г Санкт-Петербург", "city": "г Санкт-Петербург",
            "address": "ул Примерная, д 1, кв 2",
        },
        "items": [{"line_id": "1", "name": "Чайник", "quantity": 1, "weight_g": 1_200,
                   "price": {"amount": 150_000, "currency": "RUB"}}],
        "dispatch": "on_created",
    })
}

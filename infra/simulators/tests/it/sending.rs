//! A small client of Russian Post's sending service.

use http::Method;
use serde_json::{Value, json};

use crate::support::World;

pub(crate) const TOKEN: &str = "demo-otpravka-token";
/// `demo-send:demo-pass`
pub(crate) const USER: &str = "ZGVtby1zZW5kOmRlbW8tcGFzcw==";

/// A request with both headers.
pub(crate) fn request(world: &World, method: &str, path: &str, body: &Value) -> reqwest::RequestBuilder {
    let method: Method = method.parse().unwrap();
    let request = world
        .client()
        .request(method, format!("{}/russian_post/otpravka{path}", world.base))
        .header("authorization", format!("AccessToken {TOKEN}"))
        .header("x-user-authorization", format!("Basic {USER}"))
        .header("accept", "application/json;charset=UTF-8");
    if body.is_null() { request } else { request.json(body) }
}

/// Status and JSON of an answer.
pub(crate) async fn call(world: &World, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let response = request(world, method, path, body).send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// The JSON of a success.
pub(crate) async fn done(world: &World, method: &str, path: &str, body: &Value) -> Value {
    let (status, answer) = call(world, method, path, body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// The protocol's example.
pub(crate) fn order(order_num: &str) -> Value {
    json!({
        "order-num": order_num, "mail-type": "POSTAL_PARCEL",
        "mail-category": "WITH_DECLARED_VALUE_AND_CASH_ON_DELIVERY", "mail-direct": 643, "mass": 1250,
        "insr-value": 150_000, "payment": 150_000, "address-type-to": "DEFAULT", "index-to": 630_099,
        "region-to": "обл Новосибирская", "place-to": "г Новосибирск", "street-to": "ул Примерная",
        "house-to": "7", "room-to": "12", "surname": "Сидоров", "given-name": "Петр",
        "recipient-name": "Сидоров Петр", "tel-address": 79_000_000_000_i64, "postoffice-code": "101000",
        "fragile": false, "tariff-count": 1,
    })
}

/// An order with one member replaced, or left out if it is null.
pub(crate) fn order_with(order_num: &str, name: &str, value: Value) -> Value {
    let mut order = order(order_num);
    if value.is_null() {
        order.as_object_mut().unwrap().remove(name);
    } else {
        order[name] = value;
    }
    order
}

/// Makes orders by version 2.0; gives id and barcode of the first.
pub(crate) async fn make(world: &World, orders: &[Value]) -> (i64, String) {
    let answer = done(world, "PUT", "/2.0/user/backlog", &json!(orders)).await;
    let first = &answer["orders"][0];
    (first["result-id"].as_i64().unwrap(), first["barcode"].as_str().unwrap().to_owned())
}

/// Puts orders into batches; gives the name of the first batch.
pub(crate) async fn batch(world: &World, ids: &[i64]) -> String {
    let answer = done(world, "POST", "/1.0/user/shipment", &json!(ids)).await;
    answer["batches"][0]["batch-name"].as_str().unwrap().to_owned()
}

/// Codes of the first error of a creation.
pub(crate) fn codes(answer: &Value) -> Vec<&str> {
    let codes = answer["errors"][0]["error-codes"].as_array().map(Vec::as_slice).unwrap_or_default();
    codes.iter().map(|code| code["code"].as_str().unwrap()).collect()
}

/// Changes switches of the service.
pub(crate) async fn switch(world: &World, change: Value) {
    let (status, answer) = world.post("/_local/simulators/russian_post_otpravka/settings", &change).await;
    assert_eq!(status, 200, "{answer}");
}

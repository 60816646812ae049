//! The other two posts: a Korean order that leaves in two parcels from two vendors' contracts, and a Russian one
//! whose money is collected at the door.

use anyhow::{Context as _, ensure};
use http::StatusCode;
use serde_json::{Value, json};

use super::say;
use crate::caller::Caller;

/// Released when packed: each vendor's goods travel on its own contract, the waybills are there at once.
pub(super) async fn korea(caller: &Caller) -> anyhow::Result<()> {
    let order = json!({
        "number": "2001", "cod": false, "paid": true, "carrier": "korea_post", "service": "parcel",
        "goods_total": { "amount": 70_000, "currency": "KRW" },
        "recipient": {
            "name": "김예시", "phone": "01000000000", "country": "KR", "postal_code": "04526",
            "city": "서울특별시", "address": "서울특별시 중구 보기로 1", "address2": "101호",
        },
        "items": [
            { "line_id": "cup", "name": "찻잔", "quantity": 3, "weight_g": 400,
              "price": { "amount": 10_000, "currency": "KRW" } },
            { "line_id": "pot", "name": "주전자", "quantity": 2, "weight_g": 900, "vendor_id": "clay",
              "price": { "amount": 20_000, "currency": "KRW" } },
        ],
        "dispatch": "on_released",
    });
    let placed = caller.post("/v1/orders", order, StatusCode::ACCEPTED).await?;
    let id = placed["order_id"].as_str().context("no order_id")?;
    caller.post(&format!("/v1/orders/{id}/release"), json!({}), StatusCode::ACCEPTED).await?;
    caller.drain().await?;
    let parcels = caller.parcels("2001").await?;
    ensure!(parcels.len() == 2, "order 2001 left in {} parcels", parcels.len());
    for parcel in &parcels {
        ensure!(parcel["state"] == "registered", "a parcel of 2001 is {}", parcel["state"]);
        say(&format!(
            "split       2001: waybill {} from Korea Post on the contract {}",
            parcel["tracking_code"].as_str().context("no waybill")?,
            parcel["account_id"].as_str().context("no account")?
        ))?;
    }
    ensure!(parcels[0]["account_id"] != parcels[1]["account_id"], "both parcels left on one contract");
    Ok(())
}

/// Cash on delivery: due, collected at the door, paid out to the shop.
pub(super) async fn russia(caller: &Caller) -> anyhow::Result<()> {
    let order = json!({
        "number": "3001", "cod": true, "carrier": "russian_post", "service": "online_parcel",
        "goods_total": { "amount": 150_000, "currency": "RUB" },
        "recipient": {
            "last_name": "Примерова", "first_name": "Анна", "phone": "+79120000001", "country": "RU",
            "postal_code": "190000", "region": "Санкт-Петербург", "city": "Санкт-Петербург",
            "address": "ул Примерная, д. 1, кв. 2",
        },
        "items": [
            { "line_id": "1", "name": "Чайник", "quantity": 1, "weight_g": 1_200,
              "price": { "amount": 150_000, "currency": "RUB" } },
        ],
        "dispatch": "on_created",
    });
    caller.post("/v1/orders", order, StatusCode::ACCEPTED).await?;
    caller.drain().await?;
    let parcel = caller.parcel("3001").await?;
    ensure!(parcel["state"] == "registered", "the parcel of 3001 is {parcel}");
    let code = parcel["tracking_code"].as_str().context("no number")?.to_owned();
    say(&format!("cod         3001: {code} from Russian Post, {}", money(&parcel)))?;
    let id = parcel["parcel_id"].as_str().context("no parcel_id")?;
    caller.post(&format!("/v1/parcels/{id}/ready"), json!({}), StatusCode::ACCEPTED).await?;
    caller.drain().await?;
    for status in ["accepted", "arrived", "delivered"] {
        let path = format!("/_local/simulators/russian_post/parcels/{code}/events");
        caller.post(&path, json!({ "status": status }), StatusCode::OK).await?;
        caller.post("/_local/clock", json!({ "advance": "13h" }), StatusCode::OK).await?;
    }
    for kind in [1, 3] {
        let path = format!("/_local/simulators/russian_post/parcels/{code}/money_orders");
        caller.post(&path, json!({ "type": kind, "sum": 150_000 }), StatusCode::OK).await?;
        caller.post("/_local/clock", json!({ "advance": "1d" }), StatusCode::OK).await?;
    }
    let parcel = caller.parcel("3001").await?;
    ensure!(parcel["cod"]["state"] == "paid_out", "the money is {}", parcel["cod"]);
    say(&format!("cod         3001: handed over, {}", money(&parcel)))?;
    Ok(())
}

fn money(parcel: &Value) -> String {
    let cod = &parcel["cod"];
    format!("money {} {}", cod["amount"]["amount"], cod["state"].as_str().unwrap_or("unknown"))
}

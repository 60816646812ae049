//! Another post: a Korean order that leaves in two parcels from two vendors' contracts.

use anyhow::{Context as _, ensure};
use http::StatusCode;
use serde_json::json;

use super::caller::Caller;
use super::say;

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

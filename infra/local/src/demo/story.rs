//! The story.

use anyhow::{Context as _, ensure};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{journeys, messages, payments, posts, say};
use crate::caller::Caller;
use crate::ready::{ORDER, RATES};

/// Plays every step in order; the first that does not hold ends it.
pub(super) async fn tell(caller: &Caller) -> anyhow::Result<()> {
    let rate = quote(caller).await.context("quote")?;
    order_and_barcode(caller, &rate).await.context("order")?;
    signed_webhook(caller).await.context("webhook")?;
    lost_answer(caller).await.context("lost answer")?;
    settled_by_hand(caller).await.context("settling")?;
    on_its_way(caller).await.context("ready and confirmed")?;
    nothing_doubled(caller).await.context("ledger")?;
    posts::korea(caller).await.context("Korea Post")?;
    posts::russia(caller).await.context("Russian Post")?;
    journeys::follow(caller, "1001").await.context("tracking")?;
    messages::parcels(caller).await.context("messages")?;
    let since = caller.now().await?;
    payments::pay(caller).await.context("payment")?;
    messages::receipts(caller, since).await.context("receipts")
}

async fn quote(caller: &Caller) -> anyhow::Result<Value> {
    let answer = caller.post("/v1/rates", serde_json::from_str(RATES)?, StatusCode::OK).await?;
    let rates = answer["rates"].as_array().filter(|r| !r.is_empty()).context("no rates")?;
    for rate in rates {
        say(&format!(
            "quote       {} {} ({})",
            text(rate, "service")?,
            rate["total"]["amount"],
            text(rate, "source")?
        ))?;
    }
    let pishtaz = rates.iter().find(|r| r["service"] == "pishtaz");
    pishtaz.cloned().context("no rate for pishtaz")
}

fn order(number: &str) -> anyhow::Result<Value> {
    let mut order: Value = serde_json::from_str(ORDER)?;
    order["number"] = json!(number);
    Ok(order)
}

async fn order_and_barcode(caller: &Caller, rate: &Value) -> anyhow::Result<()> {
    let mut order = order("1001")?;
    order["rate_id"] = rate["rate_id"].clone();
    let placed = caller.post("/v1/orders", order, StatusCode::ACCEPTED).await?;
    say(&format!("order       1001 taken as {}", text(&placed, "order_id")?))?;
    caller.drain().await?;
    let parcel = caller.parcel("1001").await?;
    ensure!(parcel["state"] == "registered", "the parcel is {}", parcel["state"]);
    say(&format!("barcode     {} from Iran Post", text(&parcel, "tracking_code")?))?;
    Ok(())
}

async fn signed_webhook(caller: &Caller) -> anyhow::Result<()> {
    let told = caller.webhooks("parcel.registered").await?;
    ensure!(told.len() == 1, "{} webhooks parcel.registered instead of one", told.len());
    say("webhook     parcel.registered reached the shop, its signature is good")?;
    Ok(())
}

async fn lost_answer(caller: &Caller) -> anyhow::Result<()> {
    let fault = json!({ "mode": "lost_answer", "operation": "AddParcel", "times": 1 });
    caller.post("/_local/simulators/iran_post_eshop/faults", fault, StatusCode::CREATED).await?;
    caller.post("/v1/orders", order("1002")?, StatusCode::ACCEPTED).await?;
    caller.drain().await?;
    let parcel = caller.parcel("1002").await?;
    ensure!(parcel["state"] == "outcome_unknown", "the parcel is {}", parcel["state"]);
    say("lost answer 1002: the post registered it, the answer never came: outcome_unknown")?;
    caller.post("/_local/clock", json!({ "advance": "3h" }), StatusCode::OK).await?;
    let parcel = caller.parcel("1002").await?;
    ensure!(parcel["state"] == "outcome_unknown", "the parcel is {} three hours later", parcel["state"]);
    let at_the_post = registered(caller).await?.len();
    ensure!(at_the_post == 2, "the post has {at_the_post} parcels instead of two");
    say("three hours later: nothing was sent a second time, a person is asked")?;
    Ok(())
}

/// What the post registered, oldest first.
async fn registered(caller: &Caller) -> anyhow::Result<Vec<Value>> {
    let ledger = caller.get("/_local/simulators/iran_post/ledger").await?;
    let items = ledger["items"].as_array().context("no ledger")?;
    Ok(items.iter().filter(|entry| entry["kind"] == "parcel").cloned().collect())
}

async fn settled_by_hand(caller: &Caller) -> anyhow::Result<()> {
    let parcel = caller.parcel("1002").await?;
    let id = text(&parcel, "parcel_id")?;
    let entries = registered(caller).await?;
    let code = entries.last().map(|entry| text(entry, "its_id")).context("nothing at the post")??;
    let path = format!("/v1/parcels/{id}/tracking-code");
    caller.call(Method::PUT, &path, Some(json!({ "tracking_code": code })), StatusCode::OK).await?;
    caller.drain().await?;
    let parcel = caller.parcel("1002").await?;
    ensure!(parcel["state"] == "registered", "the parcel is {}", parcel["state"]);
    say(&format!("settled     1002: a person found {code} in the post's panel and typed it in"))?;
    Ok(())
}

async fn on_its_way(caller: &Caller) -> anyhow::Result<()> {
    for number in ["1001", "1002"] {
        let parcel = caller.parcel(number).await?;
        let (id, order) = (text(&parcel, "parcel_id")?, text(&parcel, "order_id")?);
        caller.post(&format!("/v1/parcels/{id}/ready"), json!({}), StatusCode::ACCEPTED).await?;
        caller.drain().await?;
        let parcel = caller.parcel(number).await?;
        ensure!(parcel["state"] == "ready", "parcel of {number} is {}", parcel["state"]);
        say(&format!("ready       {number}: the post collects it"))?;
        caller.post(&format!("/v1/orders/{order}/confirm"), json!({}), StatusCode::OK).await?;
        say(&format!("confirmed   {number}"))?;
    }
    Ok(())
}

async fn nothing_doubled(caller: &Caller) -> anyhow::Result<()> {
    caller.post("/_local/clock", json!({ "advance": "3d" }), StatusCode::OK).await?;
    let entries = registered(caller).await?;
    ensure!(entries.len() == 2, "the post has {} parcels instead of two", entries.len());
    let told = caller.webhooks("parcel.registered").await?;
    ensure!(told.len() == 2, "{} webhooks parcel.registered instead of two", told.len());
    let queues = caller.get("/_local/queues").await?;
    let dead = queues["items"].as_array().into_iter().flatten().any(|q| q["dead"] != 0);
    ensure!(!dead, "there are dead letters: {queues}");
    let costs = caller.get("/_local/costs").await?;
    say("ledger      three days later: two parcels, two webhooks, nothing lost, nothing doubled")?;
    say(&format!(
        "cost        {} read units, {} write units, {} SQS requests",
        costs["total"]["read_units"], costs["total"]["write_units"], costs["total"]["sqs_requests"]
    ))?;
    Ok(())
}

fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    value[name].as_str().map(str::to_owned).with_context(|| format!("no {name} in {value}"))
}

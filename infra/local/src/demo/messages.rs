//! What buyers of three shops are told, in which words, by whom and when: one parcel of each post, and two payments.

use anyhow::{Context as _, ensure};
use http::StatusCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::say;
use crate::caller::Caller;
use crate::ready::ORDER;

/// A shop with one parcel, whose buyer is told of it.
struct Shop {
    caller: Caller,
    zone: TimeZone,
    carrier: &'static str,
    code: String,
    parcel: String,
    /// The buyer's number as the providers have it.
    buyer: &'static str,
}

/// Plays a fortnight of three parcels: news in the window, a reminder to who does not come, silence afterwards.
pub(super) async fn parcels(caller: &Caller) -> anyhow::Result<()> {
    let since = caller.now().await?;
    let shops = [iran(caller).await?, korea(caller).await?, russia(caller).await?];
    for (status, pause) in [("accepted", "12h"), ("arrived", "2d")] {
        for shop in &shops {
            scan(caller, shop, status).await?;
        }
        caller.post("/_local/clock", json!({ "advance": pause }), StatusCode::OK).await?;
    }
    for shop in &shops {
        let told = told(caller, shop, since).await?;
        ensure!(!told.is_empty(), "nobody told {} that the parcel arrived", shop.buyer);
        for message in &told {
            show(shop, message)?;
            in_the_window(shop, message)?;
        }
    }
    let [late, punctual, slow] = &shops;
    let now = caller.now().await?;
    scan(caller, punctual, "delivered").await?;
    caller.post("/_local/clock", json!({ "advance": "5d" }), StatusCode::OK).await?;
    for shop in &shops {
        for message in told(caller, shop, now).await? {
            show(shop, &message)?;
            in_the_window(shop, &message)?;
        }
    }
    for (shop, expected) in [(late, 1), (punctual, 0), (slow, 1)] {
        let reminders = sent(shop, "not_collected").await?;
        ensure!(reminders == expected, "{reminders} reminders of {} instead of {expected}", shop.code);
    }
    for shop in [late, slow] {
        scan(caller, shop, "delivered").await?;
    }
    caller.post("/_local/clock", json!({ "advance": "2d" }), StatusCode::OK).await?;
    for shop in &shops {
        let thanks = sent(shop, "delivered").await?;
        ensure!(thanks == 1, "{thanks} texts tell that {} was handed over", shop.code);
    }
    let thanked = count(caller, &shops, since).await?;
    caller.post("/_local/clock", json!({ "advance": "6d" }), StatusCode::OK).await?;
    ensure!(count(caller, &shops, since).await? == thanked, "somebody was told something after collection");
    say("silence     six days after collection: no reminder, nothing twice")?;
    for shop in &shops {
        kept_back(shop).await?;
    }
    Ok(())
}

/// Receipts wait for no window: each payment's left within a minute.
pub(super) async fn receipts(caller: &Caller, since: Timestamp) -> anyhow::Result<()> {
    let all = outbox(caller, "989131234567", since).await?;
    let thanks = |message: &&Value| text(message, "text").is_ok_and(|text| text.contains("received"));
    let receipts: Vec<&Value> = all.iter().filter(thanks).collect();
    ensure!(receipts.len() == 2, "{} receipts instead of two: {all:?}", receipts.len());
    for receipt in receipts {
        let at: Timestamp = text(receipt, "sent_at")?.parse()?;
        say(&format!(
            "receipt     {} by {}: {}",
            at.to_zoned(TimeZone::get("Europe/Moscow")?).strftime("%F %R"),
            text(receipt, "provider")?,
            text(receipt, "text")?
        ))?;
    }
    Ok(())
}

async fn iran(caller: &Caller) -> anyhow::Result<Shop> {
    let caller = caller.of_shop("demo-ir")?;
    let mut order: Value = serde_json::from_str(ORDER)?;
    order["number"] = json!("4001");
    order["recipient"]["phone"] = json!("09170000001");
    caller.post("/v1/orders", order, StatusCode::ACCEPTED).await?;
    caller.drain().await?;
    let parcel = caller.parcel("4001").await?;
    let id = text(&parcel, "parcel_id")?.to_owned();
    caller.post(&format!("/v1/parcels/{id}/ready"), json!({}), StatusCode::ACCEPTED).await?;
    caller.drain().await?;
    let code = text(&parcel, "tracking_code")?.to_owned();
    let zone = TimeZone::get("Asia/Tehran")?;
    Ok(Shop { caller, zone, carrier: "iran_post", code, parcel: id, buyer: "989170000001" })
}

async fn korea(caller: &Caller) -> anyhow::Result<Shop> {
    let to = json!({ "name": "김예시", "phone": "01000000002", "country": "KR" });
    let caller = caller.of_shop("demo-kr")?;
    entered(caller, "Asia/Seoul", ("korea_post", "6012300045690"), to, "821000000002").await
}

async fn russia(caller: &Caller) -> anyhow::Result<Shop> {
    let to = json!({ "name": "Anna Primerova", "phone": "+79120000002", "country": "RU" });
    let caller = caller.of_shop("demo")?;
    entered(caller, "Europe/Moscow", ("russian_post", "80082240994529"), to, "79120000002").await
}

/// A parcel sent elsewhere, whose number is entered with its buyer.
async fn entered(
    caller: Caller,
    zone: &str,
    (carrier, code): (&'static str, &str),
    recipient: Value,
    buyer: &'static str,
) -> anyhow::Result<Shop> {
    let body = json!({
        "carrier": carrier, "tracking_code": code, "order_number": "4001", "recipient": recipient,
    });
    let made = caller.post("/v1/parcels", body, StatusCode::CREATED).await?;
    let parcel = text(&made, "parcel_id")?.to_owned();
    Ok(Shop { caller, zone: TimeZone::get(zone)?, carrier, code: code.to_owned(), parcel, buyer })
}

async fn scan(caller: &Caller, shop: &Shop, status: &str) -> anyhow::Result<()> {
    let path = format!("/_local/simulators/{}/parcels/{}/events", shop.carrier, shop.code);
    caller.post(&path, json!({ "status": status }), StatusCode::OK).await.map(|_| ())
}

/// What reached a number since then, oldest first.
async fn outbox(caller: &Caller, number: &str, since: Timestamp) -> anyhow::Result<Vec<Value>> {
    let shown = caller.get("/_local/outbox").await?;
    let mut found = Vec::new();
    for message in shown["items"].as_array().context("no outbox")? {
        let to: String = text(message, "to")?.chars().filter(char::is_ascii_digit).collect();
        let at: Timestamp = text(message, "sent_at")?.parse()?;
        // Providers write a number in their country's own way.
        let same = to == number || to.strip_prefix('0').is_some_and(|to| number.ends_with(to));
        if same && at >= since {
            found.push(message.clone());
        }
    }
    Ok(found)
}

async fn told(caller: &Caller, shop: &Shop, since: Timestamp) -> anyhow::Result<Vec<Value>> {
    outbox(caller, shop.buyer, since).await
}

async fn count(caller: &Caller, shops: &[Shop], since: Timestamp) -> anyhow::Result<usize> {
    let mut all = 0_usize;
    for shop in shops {
        all = all.saturating_add(told(caller, shop, since).await?.len());
    }
    Ok(all)
}

fn show(shop: &Shop, message: &Value) -> anyhow::Result<()> {
    let at: Timestamp = text(message, "sent_at")?.parse()?;
    say(&format!(
        "told        {} {} by {}: {}",
        at.to_zoned(shop.zone.clone()).strftime("%F %R %Z"),
        text(message, "channel")?,
        text(message, "provider")?,
        text(message, "text")?
    ))?;
    Ok(())
}

fn in_the_window(shop: &Shop, message: &Value) -> anyhow::Result<()> {
    let at: Timestamp = text(message, "sent_at")?.parse()?;
    let hour = at.to_zoned(shop.zone.clone()).hour();
    ensure!((10..12).contains(&hour), "news left outside the window: {message}");
    Ok(())
}

/// How many texts of a kind a provider took.
async fn sent(shop: &Shop, event: &str) -> anyhow::Result<usize> {
    let log = shop.caller.get(&format!("/v1/notifications?channel=sms&parcel_id={}", shop.parcel)).await?;
    let items = log["items"].as_array().context("no log")?;
    Ok(items.iter().filter(|item| item["event"] == event && !item["accepted_at"].is_null()).count())
}

/// What was planned and not sent, and why.
async fn kept_back(shop: &Shop) -> anyhow::Result<()> {
    let log = shop.caller.get(&format!("/v1/notifications?parcel_id={}", shop.parcel)).await?;
    for message in log["items"].as_array().context("no log")? {
        if let Some(words) = message["why"]["words"].as_str() {
            say(&format!(
                "not told    {} by {} of {}: {words}",
                text(message, "event")?,
                text(message, "channel")?,
                shop.code
            ))?;
        }
    }
    Ok(())
}

fn text<'a>(value: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    value[name].as_str().with_context(|| format!("no {name} in {value}"))
}

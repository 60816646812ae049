//! Three parcels of three posts on their way, as a timeline.

use anyhow::{Context as _, ensure};
use http::StatusCode;
use serde_json::{Value, json};

use super::say;
use crate::caller::Caller;

/// A parcel on its way.
struct Traveller {
    carrier: &'static str,
    code: String,
    id: String,
}

/// What the posts scan, and how long nothing happens afterwards.
const DAYS: [(&str, &[(&str, &str)]); 5] = [
    ("12h", &[("iran_post", "accepted"), ("korea_post", "accepted"), ("russian_post", "accepted")]),
    ("1d", &[("iran_post", "in_transit"), ("korea_post", "in_transit"), ("russian_post", "in_transit")]),
    (
        "6h",
        &[("iran_post", "out_for_delivery"), ("korea_post", "out_for_delivery"), ("russian_post", "arrived")],
    ),
    ("3d", &[("iran_post", "delivered"), ("korea_post", "delivered")]),
    ("1d", &[("russian_post", "delivered")]),
];

/// Follows the parcel of an order and two numbers registered elsewhere to their buyers.
pub(super) async fn follow(caller: &Caller, order: &str) -> anyhow::Result<()> {
    let own = caller.parcel(order).await?;
    let mut travellers = vec![traveller("iran_post", &own)?];
    for (carrier, code) in [("korea_post", "6012300045678"), ("russian_post", "80082240994512")] {
        let body =
            json!({ "carrier": carrier, "tracking_code": code, "order_number": format!("T-{carrier}") });
        travellers.push(traveller(carrier, &caller.post("/v1/parcels", body, StatusCode::CREATED).await?)?);
    }
    for (pause, scans) in DAYS {
        for (carrier, status) in scans {
            let one = travellers.iter().find(|t| t.carrier == *carrier).context("no such parcel")?;
            let path = format!("/_local/simulators/{carrier}/parcels/{}/events", one.code);
            caller.post(&path, json!({ "status": status }), StatusCode::OK).await?;
        }
        caller.post("/_local/clock", json!({ "advance": pause }), StatusCode::OK).await?;
        if pause == "3d" {
            waiting(caller, &travellers).await?;
        }
    }
    for one in &travellers {
        timeline(caller, one).await.with_context(|| one.carrier.to_owned())?;
    }
    Ok(())
}

fn traveller(carrier: &'static str, parcel: &Value) -> anyhow::Result<Traveller> {
    let text = |name: &str| parcel[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"));
    Ok(Traveller { carrier, code: text("tracking_code")?, id: text("parcel_id")? })
}

async fn waiting(caller: &Caller, travellers: &[Traveller]) -> anyhow::Result<()> {
    let one = travellers.iter().find(|t| t.carrier == "russian_post").context("no such parcel")?;
    let parcel = caller.get(&format!("/v1/parcels/{}", one.id)).await?;
    let days = parcel["waiting_days"].as_u64().context("it does not wait")?;
    ensure!(days >= 2, "it has waited for {days} days only");
    let until = parcel["storage_deadline"].as_str().unwrap_or("nobody knows when");
    say(&format!(
        "waiting     {} has been at its office for {days} days; it is kept until {until}",
        one.code
    ))?;
    Ok(())
}

async fn timeline(caller: &Caller, one: &Traveller) -> anyhow::Result<()> {
    let parcel = caller.get(&format!("/v1/parcels/{}", one.id)).await?;
    say(&format!("journey     {} of {}", one.code, one.carrier))?;
    for event in parcel["events"].as_array().context("no events")? {
        let at = event["happened_at"].as_str().unwrap_or_default();
        let status = event["status"].as_str().unwrap_or("-");
        let raw = &event["raw"];
        let (code, words) =
            (raw["code"].as_str().unwrap_or_default(), raw["text"].as_str().unwrap_or_default());
        say(&format!("            {:.16}  {status:<16}  {code} {words}", at.replace('T', " ")))?;
    }
    ensure!(parcel["status"] == "delivered", "it is {} at the end", parcel["status"]);
    Ok(())
}

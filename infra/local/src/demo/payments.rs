//! A link is made, paid at a bank's page, and told to the shop; another payer's browser never comes back.

use anyhow::{Context as _, ensure};
use http::StatusCode;
use serde_json::{Value, json};

use super::say;
use crate::caller::Caller;

/// Plays both payments.
pub(super) async fn pay(caller: &Caller) -> anyhow::Result<()> {
    let (link, number) = leave(caller, "zarinpal").await?;
    say(&format!("link        {link}"))?;
    let paid = at_bank(caller, "zarinpal", &number).await?;
    let page = caller.browse(paid["return"]["url"].as_str().context("no way back")?, None).await?;
    let code = between(&page, "id=\"code\">", "<").context("no tracking code")?;
    ensure!(between(&page, "data-state=\"", "\"") == Some("paid"), "the page says {page}");
    say(&format!("paid        through Zarinpal, the payer's tracking code is {code}"))?;
    let (_, number) = leave(caller, "zibal").await?;
    at_bank(caller, "zibal", &number).await?;
    say("lost        another payer paid at Zibal, and the browser never came back")?;
    caller.post("/_local/clock", json!({ "advance": "10m" }), StatusCode::OK).await?;
    let newest = caller.get("/v1/payments?limit=1").await?;
    ensure!(newest["items"][0]["status"] == "paid", "ten minutes later it is {newest}");
    let told = caller.webhooks("payment.paid").await?;
    ensure!(told.len() == 2, "{} webhooks payment.paid instead of two", told.len());
    say("found       the sweep asked Zibal and verified it; two webhooks payment.paid")?;
    Ok(())
}

/// A payer goes from a new link to a gateway; the link, and our number there.
async fn leave(caller: &Caller, gateway: &str) -> anyhow::Result<(String, String)> {
    let wish = json!({
        "amount": { "amount": 2_500_000, "currency": "IRR" }, "description": "Support fee", "single_use": true,
    });
    let link = caller.post("/v1/payment-links", wish, StatusCode::CREATED).await?;
    let url = link["url"].as_str().context("no url")?;
    let first = caller.browse(url, None).await?;
    let details = [
        ("form", form(&first, "details")?),
        ("step", "details"),
        ("name", "Sara Karimi"),
        ("mobile", "09131234567"),
        ("phone", "03132000000"),
    ];
    let ways = caller.browse(url, Some(&details)).await?;
    let choice = [("form", form(&ways, "pay")?), ("step", "pay"), ("gateway", gateway)];
    caller.browse(url, Some(&choice)).await?;
    let newest = caller.get("/v1/payments?limit=1").await?;
    Ok((url.to_owned(), newest["items"][0]["gateway_order"].to_string()))
}

async fn at_bank(caller: &Caller, gateway: &str, number: &str) -> anyhow::Result<Value> {
    let path = format!("/_local/simulators/{gateway}/payments/{number}");
    caller.post(&path, json!({ "action": "pay" }), StatusCode::OK).await
}

fn form<'a>(page: &'a str, step: &str) -> anyhow::Result<&'a str> {
    let at = page
        .find(&format!("name=\"step\" value=\"{step}\""))
        .with_context(|| format!("no form {step}: {page}"))?;
    let before = page.get(..at).unwrap_or_default();
    let start = before.rfind("name=\"form\" value=\"").context("no sealed field")?;
    between(before.get(start..).unwrap_or_default(), "value=\"", "\"").context("no sealed field")
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let start = text.find(from)?.checked_add(from.len())?;
    let rest = text.get(start..)?;
    rest.get(..rest.find(to)?)
}

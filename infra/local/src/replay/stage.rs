//! A case on the simulators' stage.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yam_domain::ids::CarrierId;

use super::case::{Case, Scan};
use crate::caller::Caller;
use crate::start::{Options, start};

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Polls are as close as they may be, also at night, so that what was seen apart is seen apart again.
const POLLS: [(&str, &str); 5] = [
    ("YAM_TRACK_EVERY_MINUTES_IRAN_POST", "15"),
    ("YAM_TRACK_EVERY_MINUTES_KOREA_POST", "15"),
    ("YAM_TRACK_EVERY_MINUTES_RUSSIAN_POST", "15"),
    ("YAM_TRACK_NIGHT_FROM", "0"),
    ("YAM_TRACK_NIGHT_UNTIL", "0"),
];
/// The buyer of every replay: nobody.
const PHONES: [(&str, &str); 3] = [("IR", "09170000000"), ("KR", "01012345678"), ("RU", "+79161234567")];

/// Plays a case in a hub of its own; answers with what that hub explains.
pub(super) async fn play(case: &Case, mut environment: BTreeMap<String, String>) -> anyhow::Result<Value> {
    environment.extend(POLLS.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let running = Box::pin(start(Options::alone(environment))).await?;
    let caller = Caller::new(running.ready())?;
    let explained = Box::pin(Stage { caller, case }.act()).await;
    running.stop().await;
    explained
}

struct Stage<'a> {
    caller: Caller,
    case: &'a Case,
}

impl Stage<'_> {
    async fn act(&self) -> anyhow::Result<Value> {
        self.set_up().await?;
        let case = self.case;
        let later = self.weeks(self.caller.now().await?);
        self.go_to(case.entered_at, later).await?;
        let carrier = case.carrier.as_str();
        let parcel = json!({
            "carrier": carrier, "tracking_code": case.tracking_code, "order_number": "replay",
            "recipient": self.buyer(),
        });
        let parcel = self.caller.post("/v1/parcels", parcel, StatusCode::CREATED).await?;
        let id = parcel["parcel_id"].as_str().context("the parcel has no id")?;
        let mut withdrawn = Vec::new();
        for scan in &case.scans {
            let event = self.tell(scan, later).await?;
            withdrawn.extend(scan.withdrawn_at.map(|at| (at, event)));
        }
        withdrawn.sort();
        for (at, event) in withdrawn {
            self.go_to(at.checked_sub(self.lead())?, later).await?;
            let path = format!("/_local/simulators/{carrier}/parcels/{}/events/{event}", case.tracking_code);
            self.caller.call(Method::DELETE, &path, None, StatusCode::NO_CONTENT).await?;
        }
        self.go_to(case.taken_at, later).await?;
        self.caller.get(&format!("/v1/parcels/{id}/explain")).await
    }

    /// The shop as it was set up, with a text for every rule: what it says decides nothing.
    async fn set_up(&self) -> anyhow::Result<()> {
        let kept = |value: &Value, names: &[&str]| -> Value {
            names.iter().map(|name| ((*name).to_owned(), value[*name].clone())).collect()
        };
        let case = self.case;
        let shop = ["country", "currency_unit", "time_zone", "calendar", "locale"];
        self.put("/v1/settings/shop", kept(&case.shop, &shop)).await?;
        self.put("/v1/settings/window", kept(&case.window, &["start", "end", "buyer_zone"])).await?;
        for channel in ["sms", "call", "email", "kakao"] {
            let subject = if channel == "email" { json!("Replay") } else { Value::Null };
            let approved = if channel == "kakao" { json!("replay") } else { Value::Null };
            let text = json!({
                "channel": channel, "subject": subject, "text": "Replay {track}", "provider_template": approved,
            });
            self.put(&format!("/v1/settings/templates/replay-{channel}"), text).await?;
        }
        let now = self.caller.get("/v1/settings/rules").await?;
        let mut rules = case.rules["rules"].as_array().context("no rules")?.clone();
        for rule in rules.iter_mut().filter_map(Value::as_object_mut) {
            let channel = rule.get("channel").and_then(Value::as_str).unwrap_or("sms");
            let text = json!(format!("replay-{channel}"));
            rule.insert("template_id".into(), text);
        }
        let enabled = case.rules["service_enabled"].as_bool().unwrap_or(true);
        let body = json!({"version": now["version"], "rules": rules, "service_enabled": enabled});
        self.put("/v1/settings/rules", body).await.map(|_| ())
    }

    async fn put(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.caller.call(Method::PUT, path, Some(body), StatusCode::OK).await
    }

    fn buyer(&self) -> Value {
        let country = self.case.shop["country"].as_str().unwrap_or("RU");
        let phone = PHONES.iter().find(|(of, _)| *of == country).map_or("+79161234567", |(_, phone)| phone);
        json!({
            "name": "Replay", "phone": phone, "email": "replay@shop.example", "country": country,
            "postal_code": self.case.postal_code, "call_consent": true,
        })
    }

    /// How many weeks the case is moved, as a span.
    fn weeks(&self, now: Timestamp) -> SignedDuration {
        let ago = now.duration_since(self.case.entered_at).as_secs().max(0);
        let weeks = ago.checked_div(WEEK.as_secs()).unwrap_or(0).saturating_add(1);
        SignedDuration::from_secs(weeks.saturating_mul(WEEK.as_secs()))
    }

    /// How long before it was seen a scan begins to show: a poll is that far away at most, and a ticket gets ready.
    fn lead(&self) -> SignedDuration {
        SignedDuration::from_mins(if self.case.carrier == CarrierId::RussianPost { 31 } else { 16 })
    }

    /// Has the post tell a scan; answers with the name the simulator gave it.
    async fn tell(&self, scan: &Scan, later: SignedDuration) -> anyhow::Result<String> {
        let carrier = self.case.carrier;
        let shown = scan.seen_at.checked_sub(self.lead())?.max(scan.happened_at);
        let event = json!({
            "raw": scan.told(carrier)?, "at": scan.happened_at.checked_add(later)?,
            "visible_at": shown.checked_add(later)?, "office": scan.office(),
        });
        let path =
            format!("/_local/simulators/{}/parcels/{}/events", carrier.as_str(), self.case.tracking_code);
        let told = self.caller.post(&path, event, StatusCode::OK).await?;
        let id = &told["id"];
        Ok(id.as_str().map_or_else(|| id.to_string(), str::to_owned))
    }

    /// Lets time pass, in days: each is one answer of the clock.
    async fn go_to(&self, at: Timestamp, later: SignedDuration) -> anyhow::Result<()> {
        let target = at.checked_add(later)?;
        loop {
            let now = self.caller.now().await?;
            if now >= target {
                return Ok(());
            }
            let next = now.checked_add(SignedDuration::from_hours(24))?.min(target);
            let set = self.caller.post("/_local/clock", json!({"set": next.to_string()}), StatusCode::OK);
            let shown = set.await?;
            ensure!(shown["now"].is_string(), "the clock does not move: {shown}");
        }
    }
}

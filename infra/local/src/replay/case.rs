//! What a hub tells of a parcel, and of how its shop was set up.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use yam_domain::ids::CarrierId;

/// A parcel's history and what was decided. Everything but the scans is kept as the API tells it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// When it was taken: the replay ends there.
    pub(super) taken_at: Timestamp,
    /// When the parcel was entered.
    pub(super) entered_at: Timestamp,
    /// The post.
    pub(super) carrier: CarrierId,
    /// Its number.
    pub(super) tracking_code: String,
    /// The scans, in the order in which they happened.
    pub(super) scans: Vec<Scan>,
    /// Where the buyer lives, where messages keep the buyer's hours; to be filled in by hand.
    #[serde(default)]
    pub(super) postal_code: Option<String>,
    /// `GET /v1/parcels/{id}/explain`.
    pub(super) explain: Value,
    /// `GET /v1/settings/rules`.
    pub(super) rules: Value,
    /// `GET /v1/settings/window`.
    pub(super) window: Value,
    /// `GET /v1/settings/shop`.
    pub(super) shop: Value,
}

/// One scan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Scan {
    /// When it happened.
    pub(super) happened_at: Timestamp,
    /// When the hub first saw it.
    pub(super) seen_at: Timestamp,
    /// Since when the post does not show it any more.
    pub(super) withdrawn_at: Option<Timestamp>,
    office: Option<Office>,
    raw: Raw,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Office {
    index: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Raw {
    code: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    detail: String,
}

impl Scan {
    /// The scan in the words of a simulator's control surface.
    pub(super) fn told(&self, carrier: CarrierId) -> anyhow::Result<Value> {
        let raw = &self.raw;
        Ok(match carrier {
            CarrierId::RussianPost => {
                let (kind, attribute) = raw.code.split_once('/').context("a code is type/attribute")?;
                json!({"type": kind.parse::<u16>()?, "attr": attribute.parse::<u16>()?})
            }
            CarrierId::KoreaPost if raw.detail.is_empty() => json!({"status": raw.code}),
            CarrierId::KoreaPost => json!({"status": raw.code, "detail": raw.detail}),
            CarrierId::IranPost => match raw.code.parse::<i64>() {
                Ok(status) => json!({"status": status}),
                Err(_) => json!({"text": raw.text}),
            },
        })
    }

    /// Its office as people write it: index, then name.
    pub(super) fn office(&self) -> Option<String> {
        let office = self.office.as_ref()?;
        let parts: Vec<&str> =
            [&office.index, &office.name].into_iter().filter_map(|part| part.as_deref()).collect();
        Some(parts.join(" ")).filter(|text| !text.is_empty())
    }
}

/// Takes a case from a hub.
pub(super) async fn fetch(hub: &str, key: &str, parcel: &str) -> anyhow::Result<Case> {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
    let get = async |path: String| {
        let answer = http.get(format!("{}{path}", hub.trim_end_matches('/'))).bearer_auth(key).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "GET {path}: {status}: {}", text.chars().take(500).collect::<String>());
        Ok(serde_json::from_str::<Value>(&text)?)
    };
    ensure!(!parcel.contains(['/', '?', '#']), "{parcel} is no parcel's id");
    let shown = get(format!("/v1/parcels/{parcel}")).await?;
    Ok(Case {
        explain: get(format!("/v1/parcels/{parcel}/explain")).await?,
        rules: get("/v1/settings/rules".to_owned()).await?,
        window: get("/v1/settings/window".to_owned()).await?,
        shop: get("/v1/settings/shop".to_owned()).await?,
        // The hub's own time: a hub of the laptop has its own.
        taken_at: match get("/_local/clock".to_owned()).await {
            Ok(clock) => clock["now"].as_str().context("the clock shows nothing")?.parse()?,
            Err(_) => yam_platform::Clock::now(&yam_platform::SystemClock),
        },
        entered_at: shown["created_at"].as_str().context("the parcel has no beginning")?.parse()?,
        carrier: serde_json::from_value(shown["carrier"].clone()).context("the parcel has no post")?,
        tracking_code: shown["tracking_code"].as_str().context("the parcel has no number yet")?.to_owned(),
        scans: serde_json::from_value(shown["events"].clone()).context("the parcel's scans")?,
        postal_code: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_are_told_in_each_posts_own_codes() {
        let scan = |code: &str, text: &str, detail: &str| -> Scan {
            serde_json::from_value(json!({
                "happened_at": "2026-11-20T08:00:00Z", "seen_at": "2026-11-20T10:00:00Z", "withdrawn_at": null,
                "office": {"index": "630099", "name": "Новосибирск 99"},
                "raw": {"code": code, "text": text, "detail": detail},
            }))
            .unwrap()
        };
        let told = |carrier, scan: Scan| scan.told(carrier).unwrap();
        assert_eq!(told(CarrierId::RussianPost, scan("8/2", "Прибыло", "")), json!({"type": 8, "attr": 2}));
        assert_eq!(told(CarrierId::KoreaPost, scan("접수", "", "")), json!({"status": "접수"}));
        assert_eq!(
            told(CarrierId::KoreaPost, scan("미배달", "", "폐문부재")),
            json!({"status": "미배달", "detail": "폐문부재"})
        );
        assert_eq!(told(CarrierId::IranPost, scan("7", "تحویل", "")), json!({"status": 7}));
        assert_eq!(told(CarrierId::IranPost, scan("", "رهسپار", "")), json!({"text": "رهسپار"}));
        assert_eq!(scan("8/2", "", "").office().as_deref(), Some("630099 Новосибирск 99"));
        assert!(scan("arrived", "", "").told(CarrierId::RussianPost).is_err());
    }
}

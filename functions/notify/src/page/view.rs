//! What a buyer sees of a parcel.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};
use yam_api::html::Html;
use yam_api::put_html as put;
use yam_domain::jalali::JalaliDate;
use yam_domain::money::display::Locale;
use yam_domain::notice::titles;
use yam_domain::parcel::ParcelStatus;
use yam_domain::tracking::{Meaning, Scan};
use yam_store::items::{Parcel, Track};

use super::words::Words;

/// Most steps of the way that are shown, the newest first.
const STEPS: usize = 30;

/// A parcel, as it is now.
pub(super) struct Seen<'a> {
    pub(super) shop: &'a str,
    pub(super) parcel: &'a Parcel,
    pub(super) track: Option<&'a Track>,
    pub(super) locale: Locale,
    pub(super) now: Timestamp,
}

impl Seen<'_> {
    fn steps(&self) -> Vec<(&Scan, ParcelStatus)> {
        let told = |scan| meaning(scan).map(|status| (scan, status));
        let mut steps: Vec<_> =
            self.track.map(|track| track.history.live().filter_map(told).collect()).unwrap_or_default();
        steps.reverse();
        steps.truncate(STEPS);
        steps
    }

    /// Does it wait for its buyer, who has not said to have it?
    fn may_be_had(&self) -> bool {
        self.parcel.collected_told_at.is_none()
            && self.parcel.tracking_code.is_some()
            && !self.parcel.whereabouts.is_final()
    }

    pub(super) fn json(&self) -> Value {
        let tracked = self.parcel.tracked.as_ref();
        let events: Vec<Value> = self
            .steps()
            .into_iter()
            .map(|(scan, status)| {
                json!({
                    "happened_at": scan.happened_at,
                    "status": status,
                    "status_text": titles::of_one(status, self.locale),
                    "office": scan.office,
                })
            })
            .collect();
        json!({
            "shop": self.shop,
            "carrier": self.parcel.carrier,
            "tracking_code": self.parcel.tracking_code,
            "status": self.parcel.whereabouts,
            "status_text": titles::of_one(self.parcel.whereabouts, self.locale),
            "office": tracked.and_then(|tracked| tracked.office.as_ref()),
            "waiting_days": tracked.and_then(|tracked| tracked.waiting_days(self.now)),
            "storage_deadline": tracked.and_then(|tracked| tracked.storage_deadline),
            "collected_told_at": self.parcel.collected_told_at,
            "events": events,
        })
    }

    pub(super) fn html(&self, token: &str) -> Html {
        let words = Words::of(self.locale);
        let tracked = self.parcel.tracked.as_ref();
        let mut page = Html::new();
        put!(
            page,
            "<p>",
            (self.shop),
            "</p><h1>",
            (titles::of_one(self.parcel.whereabouts, self.locale)),
            "</h1><dl>"
        );
        let mut fact = |label: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                put!(page, "<dt>", (label), "</dt><dd><bdi>", (value), "</bdi></dd>");
            }
        };
        fact(words.code, self.parcel.tracking_code.as_ref().map(|code| code.as_str().to_owned()));
        fact(words.office, tracked.and_then(|tracked| tracked.office.clone()));
        fact(words.deadline, tracked.and_then(|tracked| tracked.storage_deadline).map(|day| self.day(day)));
        fact(words.waits, tracked.and_then(|t| t.waiting_days(self.now)).map(|days| days.to_string()));
        put!(page, "</dl>");
        if self.parcel.collected_told_at.is_some() {
            put!(page, "<p class=\"done\" role=\"status\">", (words.had), "</p>");
        } else if self.may_be_had() {
            put!(
                page,
                "<form method=\"post\" action=\"/t/",
                (token),
                "/collected\"><button>",
                (words.have),
                "</button></form><p><small>",
                (words.hint),
                "</small></p>",
            );
        }
        put!(page, "<ol>");
        for (scan, status) in self.steps() {
            let place =
                scan.office.as_ref().and_then(|office| office.name.as_deref().or(office.index.as_deref()));
            put!(
                page,
                "<li>",
                (titles::of_one(status, self.locale)),
                "<small><bdi>",
                (self.moment(scan.happened_at)),
                "</bdi> <bdi>",
                (place.unwrap_or("")),
                "</bdi></small></li>",
            );
        }
        put!(
            page,
            "</ol><form method=\"get\" action=\"/t/",
            (token),
            "/unsubscribe\"><button class=\"soft\">",
            (words.leave),
            "</button></form>",
        );
        page
    }

    fn day(&self, day: jiff::civil::Date) -> String {
        match self.locale {
            Locale::Fa => {
                JalaliDate::from_gregorian(day).map_or_else(|_| day.to_string(), |day| day.to_string())
            }
            Locale::Ru => day.strftime("%d.%m.%Y").to_string(),
            Locale::En | Locale::Ko => day.to_string(),
        }
    }

    /// In the calendar of the office where it waits, else of the post.
    fn moment(&self, at: Timestamp) -> String {
        let minutes = self.parcel.tracked.as_ref().map_or(0, |tracked| tracked.offset_min);
        let zone = Offset::from_seconds(minutes.saturating_mul(60)).map_or(TimeZone::UTC, TimeZone::fixed);
        let local = zone.to_datetime(at);
        format!("{} {}", self.day(local.date()), local.strftime("%H:%M"))
    }
}

/// What a scan tells a buyer; nothing for what only clerks read.
fn meaning(scan: &Scan) -> Option<ParcelStatus> {
    match scan.reading.meaning {
        Meaning::Status(status) => Some(status),
        Meaning::Unknown | Meaning::Info | Meaning::CancelsPrevious | Meaning::Renumbered => None,
    }
}

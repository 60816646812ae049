//! Iran Post as one of the posts of the control surface.

use jiff::Timestamp;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::scan::Scan;
use super::settings::Settings;
use super::{IranPost, journey, network, parcels, status};
use crate::dossier::{Dossier, Kind};
use crate::error::Result;
use crate::journey::{Ends, Network, Step};
use crate::post::{Departure, Post, Told, departure};
use crate::state::Shared;
use crate::switches::Switches;
use crate::system::System;

/// What is told of a parcel that no shop registered.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Facts {
    /// When a journey begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    posted_at: Option<Timestamp>,
}

impl Post for IranPost {
    type Scan = Scan;
    type Facts = Facts;
    type Settings = Settings;

    const CARRIER: System = System::IranPost;

    fn switches(shared: &Shared) -> &Switches<Settings> {
        &shared.iran_post.settings
    }

    /// Twenty to twenty-four digits.
    fn accepts(code: &str) -> bool {
        (20..=24).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn network() -> &'static Network {
        &network::NETWORK
    }

    fn ends(code: &str) -> Ends {
        journey::ends(code)
    }

    fn scan_of(step: &Step, _code: &str) -> Option<Scan> {
        journey::scan(step)
    }

    fn posted_at(facts: &Facts) -> Option<Timestamp> {
        facts.posted_at
    }

    fn words() -> Vec<&'static str> {
        status::words().collect()
    }

    fn from_word(word: &str, office: Option<&str>) -> Option<Scan> {
        let scan = Scan::of(status::from_word(word)?);
        Some(match office {
            Some(office) => scan.moved(office),
            None => scan,
        })
    }

    fn from_raw(raw: Value, office: Option<&str>) -> std::result::Result<Told<Scan>, String> {
        Scan::from_raw(raw, office)
    }

    fn moved(scan: Scan, office: &str) -> Scan {
        scan.moved(office)
    }

    fn shown(scan: &Scan) -> Value {
        scan.shown()
    }

    /// A registered parcel travels from the moment its shop has it ready.
    fn departure(connection: &Connection, dossier: &Dossier, facts: Option<&Facts>) -> Result<Departure> {
        let Some(parcel) = parcels::by_code(connection, &dossier.code)? else {
            return Ok(departure(dossier, facts.map(Self::posted_at)));
        };
        if parcel.status != status::READY {
            return Ok(Departure::Never);
        }
        let scans = dossier.all::<Scan>(Kind::Scan)?;
        let ready = scans.iter().rev().find(|kept| kept.value.status == Some(status::READY));
        Ok(ready.map_or(Departure::Never, |kept| Departure::At(kept.at)))
    }

    fn registered(connection: &Connection, code: &str) -> Result<Option<Value>> {
        let parcel = parcels::by_code(connection, code)?;
        Ok(parcel.map(|parcel| {
            json!({
                "account": parcel.account, "our_id": parcel.our_id, "shenase": parcel.shenase,
                "city": parcel.city, "service": parcel.service, "pay": parcel.pay, "weight_g": parcel.weight,
                "goods": parcel.goods, "postage": parcel.postage, "vat": parcel.vat,
                "collect": parcel.collect, "status": parcel.status, "label": status::label(parcel.status),
                "ready_date": parcel.ready_date, "recipient": parcel.recipient,
            })
        }))
    }

    fn follow(connection: &Connection, code: &str, scan: &Scan, at: Timestamp) -> Result<()> {
        match (scan.status, parcels::by_code(connection, code)?) {
            (Some(to), Some(parcel)) => parcels::follow(connection, &parcel, to, at),
            _ => Ok(()),
        }
    }

    /// The status goes back to that of the latest scan that is left.
    fn recede(connection: &Connection, code: &str) -> Result<()> {
        let left = Dossier::read(connection, System::IranPost, code)?.all::<Scan>(Kind::Scan)?;
        let latest = left.iter().rev().filter(|kept| kept.gone.is_none()).find_map(|kept| kept.value.status);
        parcels::put_status(connection, code, latest.unwrap_or(status::WAITING_FOR_SHOP))
    }
}

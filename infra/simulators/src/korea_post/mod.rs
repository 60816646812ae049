//! Korea Post (우정사업본부).

mod areas;
mod euc_kr;
mod facts;
mod journey;
pub(crate) mod keys;
mod kst;
mod maintenance;
mod network;
mod row;
mod settings;
mod sheet;
pub(crate) mod ship;
pub(crate) mod trace;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::Value;

pub(crate) use euc_kr::is_syllable;

use facts::Facts;
use keys::Key;
use row::Row;
use settings::Settings;
use ship::{Desk, reservations};

use crate::dossier::{Dossier, Kind};
use crate::error::Result;
use crate::journey::{Ends, Network, Step};
use crate::post::{Departure, Post, Told, departure};
use crate::registry::Registry;
use crate::state::Shared;
use crate::store::Store;
use crate::switches::Switches;
use crate::system::System;

/// The operator's standing data; items live in the store.
pub(crate) struct KoreaPost {
    pub(crate) keys: Registry<Key>,
    pub(crate) ship: Desk,
    settings: Switches<Settings>,
}

impl KoreaPost {
    /// Reads keys and settings, and seeds the demo keys.
    pub(crate) fn load(store: &Store) -> Result<Self> {
        Ok(Self {
            keys: Registry::load(store, System::KoreaPost, keys::seeds())?,
            ship: Desk::load(store)?,
            settings: Switches::load(store, "korea_post_settings")?,
        })
    }
}

/// How long after its registration a parcel's journey begins.
const PICK_UP: SignedDuration = SignedDuration::from_hours(5);

/// Thirteen digits.
fn is_domestic(code: &str) -> bool {
    code.len() == 13 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// Two capitals, nine digits, two capitals.
fn is_international(code: &str) -> bool {
    match code.as_bytes() {
        [a, b, digits @ .., c, d] => {
            digits.len() == 9
                && digits.iter().all(u8::is_ascii_digit)
                && [a, b, c, d].iter().all(|letter| letter.is_ascii_uppercase())
        }
        _ => false,
    }
}

impl Post for KoreaPost {
    type Scan = Row;
    type Facts = Facts;
    type Settings = Settings;

    const CARRIER: System = System::KoreaPost;

    fn switches(shared: &Shared) -> &Switches<Settings> {
        &shared.korea_post.settings
    }

    fn accepts(code: &str) -> bool {
        is_domestic(code) || is_international(code)
    }

    fn network() -> &'static Network {
        &network::NETWORK
    }

    fn ends(code: &str) -> Ends {
        journey::ends(code)
    }

    fn scan_of(step: &Step, _code: &str) -> Option<Row> {
        journey::row(step)
    }

    fn posted_at(facts: &Facts) -> Option<Timestamp> {
        facts.posted_at
    }

    fn words() -> Vec<&'static str> {
        row::words()
    }

    fn from_word(word: &str, office: Option<&str>) -> Option<Row> {
        Row::from_word(word, office)
    }

    fn from_raw(raw: Value, office: Option<&str>) -> std::result::Result<Told<Row>, String> {
        Row::from_raw(raw, office)
    }

    fn moved(scan: Row, office: &str) -> Row {
        Row { office: office.to_owned(), ..scan }
    }

    fn shown(scan: &Row) -> Value {
        scan.shown()
    }

    /// A registered parcel travels from its pick-up on, a cancelled one never.
    fn departure(connection: &Connection, dossier: &Dossier, facts: Option<&Facts>) -> Result<Departure> {
        let told = departure(dossier, facts.map(Self::posted_at));
        match reservations::of_waybill(connection, &dossier.code)? {
            Some(known) if told == Departure::Known && known.is_live() => {
                Ok(Departure::At(known.committed.checked_add(PICK_UP).unwrap_or(Timestamp::MAX)))
            }
            Some(known) if !known.is_live() || dossier.has(Kind::Scan) => Ok(Departure::Never),
            _ => Ok(told),
        }
    }

    fn registered(connection: &Connection, code: &str) -> Result<Option<Value>> {
        Ok(reservations::of_waybill(connection, code)?.map(|known| known.shown()))
    }
}

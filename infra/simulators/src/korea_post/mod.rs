//! Korea Post (우정사업본부).

mod euc_kr;
mod facts;
mod journey;
pub(crate) mod keys;
mod kst;
mod network;
mod row;
mod settings;
pub(crate) mod trace;

use jiff::Timestamp;
use serde_json::Value;

use facts::Facts;
use keys::Key;
use row::Row;
use settings::Settings;

use crate::error::Result;
use crate::journey::{Ends, Network, Step};
use crate::post::{Post, Told};
use crate::registry::Registry;
use crate::state::Shared;
use crate::store::Store;
use crate::switches::Switches;
use crate::system::System;

/// The operator's standing data; items live in the store.
pub(crate) struct KoreaPost {
    pub(crate) keys: Registry<Key>,
    settings: Switches<Settings>,
}

impl KoreaPost {
    /// Reads keys and settings, and seeds the demo keys.
    pub(crate) fn load(store: &Store) -> Result<Self> {
        Ok(Self {
            keys: Registry::load(store, System::KoreaPost, keys::seeds())?,
            settings: Switches::load(store, "korea_post_settings")?,
        })
    }
}

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
}

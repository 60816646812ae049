//! Russian Post (Почта России).

pub(crate) mod accounts;
mod facts;
mod journey;
pub(crate) mod money;
mod names;
mod offices;
mod operation;
pub(crate) mod otpravka;
mod pricing;
mod settings;
pub(crate) mod tariff;
pub(crate) mod tracking;

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::Value;

use accounts::Account;
use facts::Facts;
use operation::Operation;
use otpravka::{Desk, orders};
use settings::Settings;

use crate::dossier::{self, Dossier, Kind};
use crate::error::Result;
use crate::journey::{Ends, Journey, Network, Step};
use crate::post::{Departure, Found, Post, Seen, Told, departure, find};
use crate::registry::Registry;
use crate::state::Shared;
use crate::store::Store;
use crate::switches::Switches;
use crate::system::System;

/// The operator's standing data; items live in the store.
pub(crate) struct RussianPost {
    pub(crate) accounts: Registry<Account>,
    /// Prices, for the calculator and for contracts.
    pub(crate) tariff: Switches<pricing::settings::Settings>,
    pub(crate) otpravka: Desk,
    settings: Switches<Settings>,
}

impl RussianPost {
    /// Reads accounts and settings, and seeds the demo accounts.
    pub(crate) fn load(store: &Store) -> Result<Self> {
        Ok(Self {
            accounts: Registry::load(store, System::RussianPost, accounts::seeds())?,
            tariff: Switches::load(store, "russian_post_tariff_settings")?,
            otpravka: Desk::load(store)?,
            settings: Switches::load(store, "russian_post_settings")?,
        })
    }
}

/// An item as of a moment.
pub(crate) struct Item {
    /// None if nobody has said what it is.
    facts: Option<Facts>,
    operations: Vec<Seen<Operation>>,
    dossier: Dossier,
    journey: Option<Journey>,
}

impl Item {
    /// Looks an item up by any number it bears or bore.
    fn find(shared: &Shared, connection: &Connection, code: &str, asked: Timestamp) -> Result<Self> {
        let Found { dossier, facts, scans, journey } = find::<RussianPost>(shared, connection, code, asked)?;
        let seed = shared.journeys.get(System::RussianPost).map_or(0, |journeys| journeys.seed);
        let facts =
            facts.or_else(|| journey.as_ref().map(|journey| Facts::of_journey(&dossier.code, seed, journey)));
        Ok(Self { facts, operations: scans, dossier, journey })
    }
}

impl Post for RussianPost {
    type Scan = Operation;
    type Facts = Facts;
    type Settings = Settings;

    const CARRIER: System = System::RussianPost;

    fn switches(shared: &Shared) -> &Switches<Settings> {
        &shared.russian_post.settings
    }

    /// Fourteen digits, or the form of an international number; check digits are not looked at, since
    /// the operator's own examples have wrong ones.
    fn accepts(code: &str) -> bool {
        match code.as_bytes() {
            digits if digits.len() == 14 => digits.iter().all(u8::is_ascii_digit),
            [a, b, digits @ .., c, d] if digits.len() == 9 => {
                [a, b, c, d].iter().all(|letter| letter.is_ascii_uppercase())
                    && digits.iter().all(u8::is_ascii_digit)
            }
            _ => false,
        }
    }

    fn network() -> &'static Network {
        &offices::NETWORK
    }

    fn ends(code: &str) -> Ends {
        journey::ends(code)
    }

    fn scan_of(step: &Step, code: &str) -> Option<Operation> {
        Some(journey::operation(step, code))
    }

    fn posted_at(facts: &Facts) -> Option<Timestamp> {
        facts.posted_at
    }

    fn words() -> Vec<&'static str> {
        operation::words()
    }

    fn from_word(word: &str, office: Option<&str>) -> Option<Operation> {
        Operation::from_word(word, office)
    }

    fn from_raw(raw: Value, office: Option<&str>) -> std::result::Result<Told<Operation>, String> {
        Operation::from_raw(raw, office)
    }

    fn moved(scan: Operation, office: &str) -> Operation {
        scan.moved(office)
    }

    fn shown(scan: &Operation) -> Value {
        scan.shown()
    }

    /// An order travels once its batch was checked in; before that, and deleted, never.
    fn departure(connection: &Connection, dossier: &Dossier, facts: Option<&Facts>) -> Result<Departure> {
        let told = departure(dossier, facts.map(Self::posted_at));
        Ok(match orders::of_barcode(connection, &dossier.code)? {
            Some(order) if told == Departure::Known => match order.handed_over {
                Some(at) if order.deleted.is_none() => Departure::At(at),
                _ => Departure::Never,
            },
            _ => told,
        })
    }

    fn registered(connection: &Connection, code: &str) -> Result<Option<Value>> {
        Ok(orders::of_barcode(connection, code)?.map(|order| order.shown()))
    }

    /// A new number is filed under the old one.
    fn follow(connection: &Connection, code: &str, scan: &Operation, at: Timestamp) -> Result<()> {
        if let Some(number) = scan.barcode.as_deref().filter(|number| *number != code) {
            dossier::add(connection, (System::RussianPost, number, Kind::Alias), (at, at), &code)?;
        }
        Ok(())
    }
}

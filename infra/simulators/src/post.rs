//! What all simulated posts have in common: codes with scans, told by the control surface or lived
//! through by journeys.

use jiff::Timestamp;
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::dossier::{Dossier, Kind};
use crate::error::Result;
use crate::journey::{Ends, Journey, Network, Step, plan};
use crate::state::Shared;
use crate::switches::Switches;
use crate::system::System;

/// A scan as the control surface tells it.
pub(crate) struct Told<T> {
    pub(crate) scan: T,
    /// When it happened, if the post's own codes said so.
    pub(crate) at: Option<Timestamp>,
}

/// A scan as the post shows it.
#[derive(Debug, Clone)]
pub(crate) struct Seen<T> {
    pub(crate) at: Timestamp,
    pub(crate) scan: T,
}

/// Whether and since when a parcel travels by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Departure {
    /// It does not: its scans are told, or the post does not have it yet.
    Never,
    At(Timestamp),
    /// The post knows it; the code says when it set out.
    Known,
    /// The post has never heard of it.
    Unknown,
}

/// One operator.
pub(crate) trait Post: Send + Sync + 'static {
    /// A scan in the post's own codes.
    type Scan: Serialize + DeserializeOwned + Send;
    /// What a parcel is.
    type Facts: Default + Serialize + DeserializeOwned + Send;
    /// The operator's switches.
    type Settings: Default + Serialize + DeserializeOwned + Send + Sync;

    const CARRIER: System;

    fn switches(shared: &Shared) -> &Switches<Self::Settings>;

    /// Whether a code has the post's format.
    fn accepts(code: &str) -> bool;

    /// The places that journeys pass through.
    fn network() -> &'static Network;

    /// Where a code's journey starts and ends.
    fn ends(code: &str) -> Ends;

    /// A journey's step in the post's own codes, if the post scans such a thing.
    fn scan_of(step: &Step, code: &str) -> Option<Self::Scan>;

    /// When the parcel was posted, if its facts say so.
    fn posted_at(facts: &Self::Facts) -> Option<Timestamp>;

    /// The words of the control surface that the post has codes for.
    fn words() -> Vec<&'static str>;

    fn from_word(word: &str, office: Option<&str>) -> Option<Self::Scan>;

    /// Reads the post's own codes; the error says what is wrong.
    fn from_raw(raw: Value, office: Option<&str>) -> std::result::Result<Told<Self::Scan>, String>;

    /// The same scan at another office.
    fn moved(scan: Self::Scan, office: &str) -> Self::Scan;

    /// How the control surface shows a scan.
    fn shown(scan: &Self::Scan) -> Value;

    /// Whether and since when the parcel travels by itself.
    fn departure(
        _connection: &Connection,
        dossier: &Dossier,
        facts: Option<&Self::Facts>,
    ) -> Result<Departure> {
        Ok(departure(dossier, facts.map(Self::posted_at)))
    }

    /// What the post knows beside scans and facts.
    fn registered(_connection: &Connection, _code: &str) -> Result<Option<Value>> {
        Ok(None)
    }

    /// What follows from a scan that was told.
    fn follow(_connection: &Connection, _code: &str, _scan: &Self::Scan, _at: Timestamp) -> Result<()> {
        Ok(())
    }

    /// What follows from a scan's vanishing.
    fn recede(_connection: &Connection, _code: &str) -> Result<()> {
        Ok(())
    }
}

/// The departure of a parcel that only its dossier knows: told scans leave no room for a journey.
/// `posted` is there if there are facts.
pub(crate) fn departure(dossier: &Dossier, posted: Option<Option<Timestamp>>) -> Departure {
    if dossier.has(Kind::Scan) {
        return Departure::Never;
    }
    match posted {
        None => Departure::Unknown,
        Some(None) => Departure::Known,
        Some(Some(at)) => Departure::At(at),
    }
}

/// What a post shows of a code at a moment.
pub(crate) struct Found<P: Post> {
    pub(crate) dossier: Dossier,
    pub(crate) facts: Option<P::Facts>,
    /// In the order in which things happened.
    pub(crate) scans: Vec<Seen<P::Scan>>,
    pub(crate) journey: Option<Journey>,
}

/// Looks a code up as of a moment.
pub(crate) fn find<P: Post>(
    shared: &Shared,
    connection: &Connection,
    code: &str,
    asked: Timestamp,
) -> Result<Found<P>> {
    let dossier = Dossier::read(connection, P::CARRIER, code)?;
    let facts = dossier.latest::<P::Facts>(Kind::Facts)?;
    let journey = journey::<P>(shared, connection, &dossier, facts.as_ref())?;
    let told = dossier.shown::<P::Scan>(Kind::Scan, asked)?;
    let mut scans: Vec<_> = told.into_iter().map(|kept| Seen { at: kept.at, scan: kept.value }).collect();
    if let Some(journey) = &journey {
        let steps = journey.shown(asked);
        scans.extend(
            steps.filter_map(|step| Some(Seen { at: step.at, scan: P::scan_of(step, &dossier.code)? })),
        );
        scans.sort_by_key(|seen| seen.at);
    }
    Ok(Found { dossier, facts, scans, journey })
}

/// The journey of a code, if its post's parcels travel and this one does.
pub(crate) fn journey<P: Post>(
    shared: &Shared,
    connection: &Connection,
    dossier: &Dossier,
    facts: Option<&P::Facts>,
) -> Result<Option<Journey>> {
    let Some(settings) = shared.journeys.get(P::CARRIER) else { return Ok(None) };
    if !P::accepts(&dossier.code) {
        return Ok(None);
    }
    let network = P::network();
    let start = match P::departure(connection, dossier, facts)? {
        Departure::At(at) => at,
        Departure::Known => settings.start_of(network.name, &dossier.code),
        Departure::Unknown if settings.per_code => settings.start_of(network.name, &dossier.code),
        Departure::Unknown | Departure::Never => return Ok(None),
    };
    Ok(Some(plan(network, &settings, &dossier.code, P::ends(&dossier.code), start)))
}

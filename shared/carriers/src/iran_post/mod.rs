//! Iran Post's e-commerce services: EShop SOAP and Ebazaar REST (protocol notes, sections 3 and 4).
//!
//! An account says which wire it speaks. The two have codes of their own and differ in what is known
//! after a lost answer: EShop has no id of ours, so a person decides; REST is asked for our order id.

mod check;
mod errors;
pub mod eshop;
mod place;
mod policy;
mod product;
mod receiver;
pub mod rest;
#[cfg(test)]
mod samples;
pub mod tariff;
mod track;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use yam_domain::effect::Policy;
use yam_domain::ids::{CarrierId, Service};
use yam_domain::iran;
use yam_domain::money::Currency;
use yam_platform::{Clock, Platform};

use self::eshop::EShop;
use self::policy::Deadlines;
use self::rest::Rest;
use self::tariff::Tariff;
pub use self::track::{IranPostTracking, read_page};
use crate::account::{Account, AccountSettings, CredentialField};
use crate::capabilities::{Capabilities, ClientId, QuoteSource, Support};
use crate::carrier::{Carrier, OperatorRate, Prepared, References};
use crate::consignment::{Consignment, Quote, RegisteredParcel};
use crate::our_id::OurId;
use crate::outcome::{CallOutcome, LookUpOutcome, OperatorError, ProbeReport, RefusalKind, Registered};

/// What both wires carry; vizhe is in neither's codes.
const SERVICES: &[&str] = &[Service::PISHTAZ, Service::SEFARESHI];
/// Asia/Tehran since 2022: no daylight saving (protocol notes, section 14).
const TEHRAN_SECONDS: i32 = 12_600;

/// One of the two wires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    Eshop,
    Rest,
}

impl Wire {
    fn of(settings: &AccountSettings) -> Result<Self, OperatorError> {
        Self::named(&settings.wire)
    }

    fn named(wire: &str) -> Result<Self, OperatorError> {
        match wire {
            "eshop" => Ok(Wire::Eshop),
            "rest" => Ok(Wire::Rest),
            other => {
                let words = format!("the account's wire is {other:?}; use eshop or rest");
                Err(errors::own("wire", words, RefusalKind::Other))
            }
        }
    }
}

/// The adapter; stateless but for access tokens.
#[derive(Debug, Clone)]
pub struct IranPost {
    /// The SOAP wire.
    pub eshop: EShop,
    /// The REST wire.
    pub rest: Rest,
    deadlines: Deadlines,
    clock: Arc<dyn Clock>,
}

impl IranPost {
    /// Over the function's clients, addresses and clock; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let deadlines = Deadlines::new(&platform.config);
        let (http, config) = (&platform.http, &platform.config);
        IranPost {
            eshop: EShop::new(http.clone(), config, deadlines),
            rest: Rest::new(http.clone(), config, platform.clock.clone(), deadlines),
            deadlines,
            clock: platform.clock.clone(),
        }
    }
}

/// What the account's wire can do.
pub(crate) fn capabilities(settings: &AccountSettings) -> Capabilities {
    let (client_id, cancel, ready_date) = match Wire::of(settings) {
        Ok(Wire::Rest) => (ClientId::Counter, Support::Yes, false),
        Ok(Wire::Eshop) | Err(_) => (ClientId::None, Support::BeforeRegistration, true),
    };
    Capabilities {
        client_id,
        cod: true,
        own_cod_amount: false,
        cancel,
        label: Support::No("print the label in Iran Post's panel"),
        ready_date,
        services: SERVICES,
        quotes: QuoteSource::Operator,
        currency: Currency::Irr,
    }
}

#[async_trait::async_trait]
impl Carrier for IranPost {
    fn id(&self) -> CarrierId {
        CarrierId::IranPost
    }

    fn name(&self, language: &str) -> &'static str {
        match language.split(['-', '_']).next().unwrap_or("") {
            "fa" => "شرکت ملی پست",
            "ru" => "Почта Ирана",
            "ko" => "이란 우정",
            _ => "Iran Post",
        }
    }

    fn panel_url(&self) -> &'static str {
        "http://ebazar.post.ir/"
    }

    fn support(&self) -> &'static str {
        "the e-commerce unit of your provincial post office, or a ticket in the panel at ebazar.post.ir"
    }

    fn wires(&self) -> &'static [&'static str] {
        &["eshop", "rest"]
    }

    fn credential_fields(&self, _settings: &AccountSettings) -> &'static [CredentialField] {
        const FIELDS: &[CredentialField] = &[
            CredentialField::required("username", "user name of the e-commerce panel"),
            CredentialField::required("password", "its password"),
        ];
        FIELDS
    }

    fn check_settings(&self, settings: &AccountSettings) -> Vec<(String, String)> {
        let mut wrong = Vec::new();
        let mut say = |field: &str, reason: &str| wrong.push((field.to_owned(), reason.to_owned()));
        if Wire::of(settings).is_err() {
            say("wire", "use eshop or rest");
        }
        let state = settings.origin_state.map(known_state);
        if state == Some(None) {
            say("origin_state", "use one of Iran Post's state codes, 1 to 31");
        }
        if let Some(code) = settings.origin_city {
            match (iran::city(code), state.flatten()) {
                (None, _) => say("origin_city", "Iran Post has no city of this code"),
                (Some(city), Some(state)) if city.state != state => {
                    say("origin_city", "this city is not in the state of origin");
                }
                (Some(_), _) => {}
            }
        }
        match settings.tariff.as_deref().map(str::parse::<Tariff>) {
            None => {}
            Some(Err(reason)) => say("tariff", &reason),
            Some(Ok(tariff)) => match origin_state(settings) {
                None => say("origin_state", "a tariff table needs the state the parcels leave from"),
                Some(state)
                    if tariff == Tariff::T4
                        && tariff::t4::is_border_state(state, today(&*self.clock)) == Ok(true) =>
                {
                    say("tariff", "t4 has no published prices from a border province; use t2 or none");
                }
                Some(_) => {}
            },
        }
        wrong
    }

    fn canonical_destination(&self, quote: &Quote) -> Result<String, OperatorError> {
        place::of_quote(&quote.destination).map(|city| format!("ir:{}", city.code))
    }

    async fn quote(&self, account: &Account, quote: &Quote) -> Result<Vec<OperatorRate>, CallOutcome<()>> {
        let ask = async {
            let wire = Wire::of(&account.settings).map_err(CallOutcome::<()>::Refused)?;
            check::quote(wire, &account.settings, quote).map_err(CallOutcome::<()>::Refused)?;
            let services = check::services(wire, quote).map_err(CallOutcome::<()>::Refused)?;
            let city = place::of_quote(&quote.destination).map_err(CallOutcome::<()>::Refused)?;
            match wire {
                Wire::Eshop => self.eshop.quote(account, quote, city, &services).await,
                Wire::Rest => self.rest.quote(account, quote, city, &services).await,
            }
        };
        ask.await.map_err(|failure| errors::finish("quote", failure, &account.credentials))
    }

    fn table_rates(
        &self,
        settings: &AccountSettings,
        quote: &Quote,
    ) -> Result<Vec<OperatorRate>, OperatorError> {
        let other = |words: String| errors::own("tariff", words, RefusalKind::Other);
        let Some(name) = settings.tariff.as_deref() else { return Ok(Vec::new()) };
        let tariff: Tariff = name.parse().map_err(other)?;
        let wire = Wire::of(settings)?;
        check::quote(wire, settings, quote)?;
        let services = check::services(wire, quote)?;
        let parcel = tariff::Parcel {
            origin_state: origin_state(settings)
                .ok_or_else(|| other("a tariff table needs the state the parcels leave from".into()))?,
            destination: place::of_quote(&quote.destination)?,
            weight: quote.weight,
            value: quote.goods_total,
            cod: quote.cod,
            day: today(&*self.clock),
        };
        tariff::rates(tariff, &parcel, &services).map_err(|error| other(error.to_string()))
    }

    fn check(&self, settings: &AccountSettings, consignment: &Consignment) -> Result<(), OperatorError> {
        check::consignment(Wire::of(settings)?, settings, consignment).map(|_| ())
    }

    async fn prepare(
        &self,
        account: &Account,
        consignment: &Consignment,
        references: &dyn References,
    ) -> CallOutcome<Prepared> {
        let outcome = match Wire::of(&account.settings) {
            Ok(Wire::Eshop) => self.eshop.prepare(account, consignment, references).await,
            Ok(Wire::Rest) => self.rest.prepare(account, consignment, references).await,
            Err(error) => CallOutcome::Refused(error),
        };
        errors::finish("prepare", outcome, &account.credentials)
    }

    fn registration_policy(&self, wire: &str) -> Policy {
        match Wire::named(wire) {
            Ok(Wire::Rest) => self.deadlines.rest(),
            // Without a known wire nothing can be asked either.
            Ok(Wire::Eshop) | Err(_) => self.deadlines.eshop(),
        }
    }

    async fn register(
        &self,
        account: &Account,
        consignment: &Consignment,
        prepared: &Prepared,
        ours: &OurId,
    ) -> CallOutcome<Registered> {
        let checked = Wire::of(&account.settings)
            .and_then(|wire| Ok((wire, check::consignment(wire, &account.settings, consignment)?)));
        let outcome = match (checked, ours.number) {
            (Err(error), _) => CallOutcome::Refused(error),
            (Ok((Wire::Eshop, receiver)), _) => {
                self.eshop.register(account, consignment, receiver, prepared).await
            }
            (Ok((Wire::Rest, receiver)), Some(id)) if is_client_id(id) => {
                self.rest.register(account, consignment, receiver, prepared, id).await
            }
            (Ok((Wire::Rest, _)), _) => CallOutcome::NotSent("no order id below 2^31 was given".into()),
        };
        errors::finish("register", outcome, &account.credentials)
    }

    async fn look_up(&self, account: &Account, ours: &OurId) -> LookUpOutcome<Registered> {
        let outcome = match (Wire::of(&account.settings), ours.number) {
            (Ok(Wire::Rest), Some(id)) if is_client_id(id) => self.rest.look_up(account, id).await,
            (Ok(Wire::Rest), _) => LookUpOutcome::Failed("no order id below 2^31 was given".into()),
            (Ok(Wire::Eshop), _) => LookUpOutcome::Failed("Iran Post's EShop service has no look-up".into()),
            (Err(error), _) => LookUpOutcome::Failed(error.message),
        };
        errors::finish_look_up(outcome, &account.credentials)
    }

    fn reference_postal_code(&self, consignment: &Consignment) -> Option<String> {
        receiver::reference(consignment)
    }

    async fn ready(
        &self,
        account: &Account,
        parcel: &RegisteredParcel,
        pickup: Option<Date>,
    ) -> CallOutcome<String> {
        let outcome = match Wire::of(&account.settings) {
            Ok(Wire::Eshop) => self.eshop.ready(account, parcel, pickup).await,
            Ok(Wire::Rest) => self.rest.ready(account, parcel).await,
            Err(error) => CallOutcome::Refused(error),
        };
        errors::finish("ready", outcome, &account.credentials)
    }

    async fn cancel(&self, account: &Account, parcel: &RegisteredParcel) -> CallOutcome<String> {
        let outcome = match Wire::of(&account.settings) {
            Ok(Wire::Eshop) => CallOutcome::Refused(eshop::no_cancel()),
            Ok(Wire::Rest) => self.rest.cancel(account, parcel).await,
            Err(error) => CallOutcome::Refused(error),
        };
        errors::finish("cancel", outcome, &account.credentials)
    }

    async fn verify(&self, account: &Account) -> CallOutcome<()> {
        let outcome = match Wire::of(&account.settings) {
            Ok(Wire::Eshop) => self.eshop.verify(account).await,
            Ok(Wire::Rest) => self.rest.verify(account).await,
            Err(error) => CallOutcome::Refused(error),
        };
        errors::finish("verify", outcome, &account.credentials)
    }

    async fn probe(&self, account: Option<&Account>) -> Vec<ProbeReport> {
        match account.map(|account| (account, Wire::of(&account.settings))) {
            Some((account, Ok(Wire::Eshop))) => vec![self.eshop.probe(Some(account)).await],
            Some((account, Ok(Wire::Rest))) => vec![self.rest.probe(Some(account)).await],
            Some((_, Err(_))) | None => {
                let (eshop, rest) = tokio::join!(self.eshop.probe(None), self.rest.probe(None));
                vec![eshop, rest]
            }
        }
    }
}

/// Our order ids are counters below 2^31, the largest the wire's integer holds.
fn is_client_id(id: u32) -> bool {
    (1..=i32::MAX.unsigned_abs()).contains(&id)
}

fn known_state(code: u32) -> Option<u8> {
    u8::try_from(code).ok().filter(|code| iran::state(*code).is_some())
}

/// The state parcels leave from: as set, or the state of the city they leave from.
fn origin_state(settings: &AccountSettings) -> Option<u8> {
    let of_city = || settings.origin_city.and_then(iran::city).map(|city| city.state);
    settings.origin_state.and_then(known_state).or_else(of_city)
}

fn today(clock: &dyn Clock) -> Date {
    tehran_day(clock.now())
}

fn tehran_day(at: Timestamp) -> Date {
    tehran().to_datetime(at).date()
}

fn tehran() -> Offset {
    Offset::from_seconds(TEHRAN_SECONDS).unwrap_or(Offset::UTC)
}

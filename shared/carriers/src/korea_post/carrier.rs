//! Contract parcels as a [`Carrier`]; accounts of a tracking key only have nothing to register with.

use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use yam_domain::effect::Policy;
use yam_domain::ids::CarrierId;
use yam_domain::korea;
use yam_domain::money::{Currency, Money};
use yam_domain::postal_code::PostalCode;
use yam_domain::weight::{Bound, WeightLimits};
use yam_platform::Platform;

use super::ship::{self, Reach, Ship};
use super::{
    COMBINED, DOMESTIC, KoreaPostSettings, KoreaPostTracking, MICRO_PARCEL, PARCEL, PORTAL, SHIP, TRACE_KEY,
    limits, tariff,
};
use crate::account::{Account, AccountSettings, CredentialField, Credentials};
use crate::capabilities::{Capabilities, ClientId, QuoteSource, Support};
use crate::carrier::{Carrier, OperatorRate, Prepared, References, not_offered};
use crate::consignment::{Consignment, Quote, RegisteredParcel};
use crate::errors::{outline, own};
use crate::finish::{finish, finish_look_up};
use crate::our_id::OurId;
use crate::outcome::{
    CallOutcome, LookUpOutcome, OperatorError, ProbeReport, RefusalKind, Registered, SenderPlace, Surplus,
};
use crate::tracker::{Tracker, verified};

const SERVICES: &[&str] = &[PARCEL, MICRO_PARCEL];
const ID: CarrierId = CarrierId::KoreaPost;

/// The adapter; stateless.
#[derive(Debug, Clone)]
pub struct KoreaPost {
    ship: Ship,
    tracking: KoreaPostTracking,
}

impl KoreaPost {
    /// Over the function's client, addresses and clock; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let ship = Ship::new(platform.http.clone(), &platform.config, platform.clock.clone());
        KoreaPost { ship, tracking: KoreaPostTracking::new(platform) }
    }

    /// The customer number behind the account's member id, which saves a merchant from looking it up.
    pub async fn customer_number(&self, account: &Account) -> CallOutcome<Option<String>> {
        finish(ID, "customer_number", self.ship.customer_number(account).await, &account.credentials)
    }

    /// The operator's words on why nothing is delivered to a postal code at present; empty where all is well.
    pub async fn closed_area(&self, account: &Account, postal_code: &str) -> CallOutcome<Vec<String>> {
        finish(ID, "closed_area", self.ship.closed_area(account, postal_code).await, &account.credentials)
    }
}

/// The contract of an account that registers parcels.
fn contract(settings: &AccountSettings) -> Result<&KoreaPostSettings, OperatorError> {
    if settings.wire != SHIP {
        let words = "this account only tracks parcels; registering needs an account of the wire ship";
        return Err(own("wire", words, RefusalKind::Service));
    }
    let words = "the account has no contract: set korea_post with customer and approval number";
    settings.korea_post.as_ref().ok_or_else(|| own("korea_post", words, RefusalKind::AccountInactive))
}

fn postal_code(quote: &Quote) -> Result<PostalCode, OperatorError> {
    let to = &quote.destination;
    if to.country != "KR" {
        let words = "this contract carries parcels inside Korea only";
        return Err(own("country", words, RefusalKind::Country));
    }
    let text = to.postal_code.as_deref().unwrap_or_default();
    let parsed = PostalCode::parse("KR", text);
    parsed.map(|p| p.code).map_err(|e| own("postal_code", e.to_string(), RefusalKind::PostalCode))
}

/// Prices of the services asked for that carry the parcel; the refusal of the first when none does.
fn rates(settings: &AccountSettings, quote: &Quote, day: Date) -> Result<Vec<OperatorRate>, OperatorError> {
    let contract = contract(settings)?;
    if quote.cod {
        return Err(ship::no_cod());
    }
    let postal_code = postal_code(quote)?;
    let area = korea::area(postal_code.as_str(), &contract.rates.islands).unwrap_or(korea::Area::Mainland);
    let wanted = |service: &&&str| match quote.services.as_slice() {
        [] => **service == PARCEL || contract.rates.micro_price.is_some(),
        asked => asked.iter().any(|id| id == **service),
    };
    let mut rates = Vec::new();
    let mut refused = None;
    for service in SERVICES.iter().filter(wanted) {
        match price(contract, quote, service, area, day) {
            Ok(won) => rates.push(OperatorRate {
                service: (*service).to_owned(),
                postage: won,
                vat: Money::zero(Currency::Krw),
                cod_fee: None,
                insurance: None,
                transit_days: Some(if area == korea::Area::Mainland { (1, 2) } else { (1, 3) }),
            }),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    let unknown = || own("service", "Korea Post carries parcel and micro_parcel", RefusalKind::Service);
    if rates.is_empty() { Err(refused.unwrap_or_else(unknown)) } else { Ok(rates) }
}

fn price(
    contract: &KoreaPostSettings,
    quote: &Quote,
    service: &str,
    area: korea::Area,
    day: Date,
) -> Result<Money, OperatorError> {
    let micro = limits::is_micro(contract, service)?;
    limits::check(quote.weight, quote.dimensions, micro)?;
    let girth_cm = quote.dimensions.map_or(contract.usual_girth_cm, |size| size.girth_sum_cm());
    let none = || own("tariff", "the account's price list has no step for this parcel", RefusalKind::Service);
    if micro {
        let won = contract.rates.micro_price.ok_or_else(none)?;
        return Ok(Money::new(i64::from(won), Currency::Krw));
    }
    let parcel = tariff::Parcel { weight: quote.weight, girth_cm, area, day };
    tariff::price(&contract.rates, &parcel).ok_or_else(none)
}

/// What the account's wire can do.
pub(crate) fn capabilities(settings: &AccountSettings) -> Capabilities {
    let ships = settings.wire == SHIP;
    Capabilities {
        client_id: if ships { ClientId::Text } else { ClientId::None },
        cod: false,
        own_cod_amount: false,
        cancel: if ships { Support::Yes } else { Support::No("this account only tracks parcels") },
        label: Support::No("print the label in the contract customers' pages of Korea Post"),
        ready_date: false,
        services: if ships { SERVICES } else { &[] },
        quotes: QuoteSource::Table,
        currency: Currency::Krw,
    }
}

#[async_trait::async_trait]
impl Carrier for KoreaPost {
    fn id(&self) -> CarrierId {
        ID
    }

    fn name(&self, language: &str) -> &'static str {
        match language.split(['-', '_']).next().unwrap_or("") {
            "ko" => "우체국택배",
            "fa" => "پست کره",
            "ru" => "Почта Кореи",
            _ => "Korea Post",
        }
    }

    fn panel_url(&self) -> &'static str {
        "https://biz.epost.go.kr/"
    }

    fn support(&self) -> &'static str {
        "the post office that holds the contract, or the call centre 1588-1300"
    }

    fn wires(&self) -> &'static [&'static str] {
        &[SHIP, COMBINED, DOMESTIC, PORTAL]
    }

    fn credential_fields(&self, settings: &AccountSettings) -> &'static [CredentialField] {
        const TRACE: &[CredentialField] = &[
            CredentialField::required("password", "key of the tracking service"),
            CredentialField::optional(TRACE_KEY, "the same key under its own name"),
        ];
        if settings.wire == SHIP { ship::CREDENTIALS } else { TRACE }
    }

    fn check_credentials(
        &self,
        settings: &AccountSettings,
        credentials: &Credentials,
    ) -> Vec<(String, String)> {
        let missing = |field: &&CredentialField| field.required && !credentials.has(field);
        let fields = self.credential_fields(settings).iter().filter(missing);
        let missing = fields.map(|f| (f.name.to_owned(), format!("is needed: {}", f.meaning)));
        let keys = if settings.wire == SHIP { ship::check_keys(credentials) } else { Vec::new() };
        missing.chain(keys).collect()
    }

    fn usual_limits(&self) -> WeightLimits {
        WeightLimits::same(Bound::inclusive(1), Bound::inclusive(limits::PARCEL_MOST.weight.get()))
    }

    fn filing_day(&self, at: Timestamp) -> Option<Date> {
        Some(korea::day(at))
    }

    fn lapses_unused(&self, settings: &AccountSettings, used: Timestamp) -> Option<(Timestamp, Timestamp)> {
        (settings.wire == SHIP).then(|| korea::key_moments(used))
    }

    fn check_settings(&self, settings: &AccountSettings) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut say = |field: &str, reason: &str| faults.push((field.to_owned(), reason.to_owned()));
        if !self.wires().contains(&settings.wire.as_str()) {
            say("wire", "use ship, combined, domestic or portal");
        }
        if settings.tracking.as_deref().is_some_and(|wire| !self.tracking.wires().contains(&wire)) {
            say("tracking", "use combined, domestic or portal");
        }
        if settings.tariff.is_some() {
            say("tariff", "Korea Post's prices are set in korea_post/rates");
        }
        match (&settings.korea_post, settings.wire.as_str()) {
            (None, SHIP) => {
                say("korea_post", "is needed: customer number, approval number, office, shop name")
            }
            (Some(contract), _) => faults.extend(contract.faults()),
            (None, _) => {}
        }
        faults
    }

    fn canonical_destination(&self, quote: &Quote) -> Result<String, OperatorError> {
        let size = quote.dimensions.map(|size| format!(":{}", size.girth_sum_cm())).unwrap_or_default();
        postal_code(quote).map(|code| format!("kr:{code}{size}"))
    }

    async fn quote(&self, account: &Account, quote: &Quote) -> Result<Vec<OperatorRate>, CallOutcome<()>> {
        rates(&account.settings, quote, self.ship.today()).map_err(CallOutcome::Refused)
    }

    fn table_rates(
        &self,
        settings: &AccountSettings,
        quote: &Quote,
    ) -> Result<Vec<OperatorRate>, OperatorError> {
        rates(settings, quote, self.ship.today())
    }

    fn check(&self, settings: &AccountSettings, consignment: &Consignment) -> Result<(), OperatorError> {
        self.ship.check(contract(settings)?, consignment)
    }

    async fn prepare(
        &self,
        account: &Account,
        _consignment: &Consignment,
        _references: &dyn References,
    ) -> CallOutcome<Prepared> {
        match contract(&account.settings) {
            Ok(_) => CallOutcome::Done(Prepared::default()),
            Err(error) => CallOutcome::Refused(error),
        }
    }

    fn registration_policy(&self, _wire: &str) -> Policy {
        self.ship.policy()
    }

    async fn register(
        &self,
        account: &Account,
        consignment: &Consignment,
        _prepared: &Prepared,
        ours: &OurId,
    ) -> CallOutcome<Registered> {
        let outcome = match contract(&account.settings) {
            Ok(contract) => self.ship.register(account, contract, consignment, ours).await,
            Err(error) => CallOutcome::Refused(error),
        };
        finish(ID, "register", outcome, &account.credentials)
    }

    async fn look_up(&self, account: &Account, ours: &OurId) -> LookUpOutcome<Registered> {
        let outcome = match contract(&account.settings) {
            Ok(contract) => self.ship.look_up(account, contract, ours).await,
            Err(error) => LookUpOutcome::Failed(error.message),
        };
        finish_look_up(outcome, &account.credentials)
    }

    async fn cancel_surplus(
        &self,
        account: &Account,
        ours: &OurId,
        surplus: &Surplus,
    ) -> CallOutcome<String> {
        let outcome = match (contract(&account.settings), &surplus.code) {
            (Ok(contract), Some(code)) => {
                let reference = surplus.reference.as_deref();
                self.ship.cancel(account, contract, code, reference, ours, Reach::Copy).await
            }
            (Ok(_), None) => {
                CallOutcome::Refused(not_offered("a copy without its number cannot be called off"))
            }
            (Err(error), _) => CallOutcome::Refused(error),
        };
        finish(ID, "cancel_surplus", outcome, &account.credentials)
    }

    fn reference_postal_code(&self, _consignment: &Consignment) -> Option<String> {
        None
    }

    async fn ready(
        &self,
        _account: &Account,
        _parcel: &RegisteredParcel,
        _pickup: Option<Date>,
    ) -> CallOutcome<String> {
        // A waybill is a booked collection here; there is nothing more to tell.
        CallOutcome::Done("the waybill is the booking".to_owned())
    }

    async fn sender_places(&self, account: &Account) -> CallOutcome<Vec<SenderPlace>> {
        let outcome = match contract(&account.settings) {
            Ok(contract) => self.ship.offices(account, contract).await,
            Err(error) => CallOutcome::Refused(error),
        };
        finish(ID, "sender_places", outcome, &account.credentials)
    }

    async fn cancel(&self, account: &Account, parcel: &RegisteredParcel) -> CallOutcome<String> {
        let outcome = match contract(&account.settings) {
            Ok(contract) => {
                let reference = parcel.reference.as_deref();
                self.ship
                    .cancel(account, contract, &parcel.code, reference, &parcel.ours, Reach::Parcel)
                    .await
            }
            Err(error) => CallOutcome::Refused(error),
        };
        finish(ID, "cancel", outcome, &account.credentials)
    }

    async fn verify(&self, account: &Account) -> CallOutcome<()> {
        if account.settings.wire != SHIP {
            return verified(self.tracking.probe(Some(account)).await);
        }
        let outcome = match contract(&account.settings) {
            Ok(contract) => self.ship.verify(account, contract).await,
            Err(error) => CallOutcome::Refused(error),
        };
        finish(ID, "verify", outcome, &account.credentials)
    }

    async fn probe(&self, account: Option<&Account>) -> Vec<ProbeReport> {
        let started = Instant::now();
        let (operation, works, seen) = match account {
            Some(account) if account.settings.wire != SHIP => {
                return self.tracking.probe(Some(account)).await;
            }
            Some(account) => {
                let outcome = self.verify(account).await;
                ("api.GetApprNo.jparcel", matches!(outcome, CallOutcome::Done(())), outcome.describe())
            }
            None => match self.ship.trial().await {
                Ok(answer) => {
                    let speaks = ship::speaks(&answer);
                    let seen = if speaks {
                        "a call without a key is refused as it should be"
                    } else {
                        "no such service"
                    };
                    ("api.GetCustNo.jparcel", speaks, outline(&answer, seen))
                }
                Err(failure) => ("api.GetCustNo.jparcel", false, failure.to_string()),
            },
        };
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let url = self.ship.address();
        let mut reports = vec![ProbeReport { wire: "korea_post_ship", url, operation, works, seen, took_ms }];
        if account.is_none() {
            reports.extend(self.tracking.probe(None).await);
        }
        reports
    }
}

#[cfg(test)]
mod tests;

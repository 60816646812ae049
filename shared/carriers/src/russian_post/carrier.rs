//! Sending with Russian Post as a [`Carrier`]: by contract through Otpravka, or public prices only; accounts
//! of a tracking login only have nothing to send with.

use std::sync::Arc;
use std::time::Instant;

use http::StatusCode;
use jiff::civil::Date;
use yam_domain::effect::Policy;
use yam_domain::ids::CarrierId;
use yam_domain::money::Currency;
use yam_domain::postal_code::PostalCode;
use yam_domain::weight::{Bound, WeightLimits};
use yam_platform::{Clock, Platform};

use super::otpravka::{self, Otpravka};
use super::tariff::{self, Calculator};
use super::zones::MOSCOW;
use super::{
    BATCH, OTPRAVKA, RussianPostSettings, RussianPostTracking, SINGLE, TARIFF, TRACKING_LOGIN,
    TRACKING_PASSWORD, products,
};
use crate::account::{Account, AccountSettings, CredentialField};
use crate::capabilities::{Capabilities, ClientId, QuoteSource, Support};
use crate::carrier::{Carrier, OperatorRate, Prepared, References, not_offered};
use crate::consignment::{Consignment, Quote, RegisteredParcel};
use crate::errors::{outline, own};
use crate::finish::{finish, finish_look_up};
use crate::our_id::OurId;
use crate::outcome::{
    CallOutcome, Label, LookUpOutcome, OperatorError, ProbeReport, RefusalKind, Registered, SenderPlace,
    Surplus,
};
use crate::tracker::{Tracker, verified};

const ID: CarrierId = CarrierId::RussianPost;
/// The heaviest parcel of any service.
const HEAVIEST: u32 = 50_000;

/// The adapter; stateless.
#[derive(Debug, Clone)]
pub struct RussianPost {
    otpravka: Otpravka,
    calculator: Calculator,
    tracking: RussianPostTracking,
    clock: Arc<dyn Clock>,
}

impl RussianPost {
    /// Over the function's client, addresses and clock; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let (http, config) = (&platform.http, &platform.config);
        RussianPost {
            otpravka: Otpravka::new(http.clone(), config, platform.clock.clone()),
            calculator: Calculator::new(http.clone(), config),
            tracking: RussianPostTracking::new(platform),
            clock: platform.clock.clone(),
        }
    }

    /// The list of a batch (form 103) as the operator made it.
    pub async fn batch_list(&self, account: &Account, batch: &str) -> CallOutcome<Label> {
        finish(ID, "batch_list", self.otpravka.batch_list(account, batch).await, &account.credentials)
    }

    /// The account's calls of today: allowed, spent.
    pub async fn limit(&self, account: &Account) -> CallOutcome<(u64, u64)> {
        finish(ID, "limit", self.otpravka.limit(account).await, &account.credentials)
    }

    fn today(&self) -> Date {
        MOSCOW.to_datetime(self.clock.now()).date()
    }

    async fn try_price(&self) -> CallOutcome<()> {
        match self.calculator.trial(self.today()).await {
            Ok(answer) if tariff::speaks(&answer) => CallOutcome::Done(()),
            Ok(answer) => CallOutcome::Unknown(outline(&answer, "no price")),
            Err(failure) => CallOutcome::Unknown(failure.to_string()),
        }
    }
}

/// The settings of an account that sends or asks for prices.
fn posting(settings: &AccountSettings) -> Result<&RussianPostSettings, OperatorError> {
    if !matches!(settings.wire.as_str(), OTPRAVKA | TARIFF) {
        let words = "this account only tracks parcels; sending needs an account of the wire otpravka";
        return Err(own("wire", words, RefusalKind::Service));
    }
    let words = "the account has no place parcels leave from: set russian_post with from_index";
    settings.russian_post.as_ref().ok_or_else(|| own("russian_post", words, RefusalKind::AccountInactive))
}

/// The settings of an account that sends.
fn sending(settings: &AccountSettings) -> Result<&RussianPostSettings, OperatorError> {
    let posting = posting(settings)?;
    if settings.wire == TARIFF {
        let words = "this account has public prices only; sending needs a contract (wire otpravka)";
        return Err(own("wire", words, RefusalKind::Service));
    }
    Ok(posting)
}

fn index(quote: &Quote) -> Result<PostalCode, OperatorError> {
    let to = &quote.destination;
    if to.country != "RU" {
        return Err(own("country", "this account carries parcels inside Russia only", RefusalKind::Country));
    }
    let text = to.postal_code.as_deref().unwrap_or_default();
    let parsed = PostalCode::parse("RU", text);
    parsed.map(|p| p.code).map_err(|e| own("postal_code", e.to_string(), RefusalKind::PostalCode))
}

/// What the account's wire can do.
pub(crate) fn capabilities(settings: &AccountSettings) -> Capabilities {
    let (sends, asks) = (settings.wire == OTPRAVKA, posting(settings).is_ok());
    let only_tracks = Support::No("only an account with a contract sends parcels");
    Capabilities {
        client_id: if sends { ClientId::Text } else { ClientId::None },
        cod: sends,
        own_cod_amount: sends,
        cancel: if sends { Support::Yes } else { only_tracks },
        label: if sends { Support::Yes } else { only_tracks },
        ready_date: sends,
        services: if asks { products::IDS } else { &[] },
        quotes: QuoteSource::Operator,
        currency: Currency::Rub,
    }
}

#[async_trait::async_trait]
impl Carrier for RussianPost {
    fn id(&self) -> CarrierId {
        ID
    }

    fn name(&self, language: &str) -> &'static str {
        match language.split(['-', '_']).next().unwrap_or("") {
            "ru" => "Почта России",
            "fa" => "پست روسیه",
            "ko" => "러시아 우정",
            _ => "Russian Post",
        }
    }

    fn panel_url(&self) -> &'static str {
        "https://otpravka.pochta.ru/"
    }

    fn support(&self) -> &'static str {
        "the manager named in the contract, or support of otpravka.pochta.ru"
    }

    fn wires(&self) -> &'static [&'static str] {
        &[OTPRAVKA, TARIFF, BATCH, SINGLE]
    }

    fn credential_fields(&self, settings: &AccountSettings) -> &'static [CredentialField] {
        const TRACKING: &[CredentialField] = &[
            CredentialField::required("username", "login of the tracking API"),
            CredentialField::required("password", "its password"),
        ];
        const NONE: &[CredentialField] = &[
            CredentialField::optional(TRACKING_LOGIN, "login of the tracking API named in `tracking`"),
            CredentialField::optional(TRACKING_PASSWORD, "its password"),
        ];
        match settings.wire.as_str() {
            OTPRAVKA => otpravka::CREDENTIALS,
            TARIFF => NONE,
            _ => TRACKING,
        }
    }

    fn usual_limits(&self) -> WeightLimits {
        WeightLimits::same(Bound::inclusive(1), Bound::inclusive(HEAVIEST))
    }

    fn check_settings(&self, settings: &AccountSettings) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut say = |field: &str, reason: &str| faults.push((field.to_owned(), reason.to_owned()));
        if !self.wires().contains(&settings.wire.as_str()) {
            say("wire", "use otpravka, tariff, batch or single");
        }
        if settings.tracking.as_deref().is_some_and(|wire| !self.tracking.wires().contains(&wire)) {
            say("tracking", "use batch or single");
        }
        if settings.tariff.is_some() {
            say("tariff", "Russian Post's prices come from the operator");
        }
        match (&settings.russian_post, settings.wire.as_str()) {
            (None, OTPRAVKA | TARIFF) => say("russian_post", "is needed: from_index"),
            (Some(posting), _) => faults.extend(posting.faults()),
            (None, _) => {}
        }
        faults
    }

    fn canonical_destination(&self, quote: &Quote) -> Result<String, OperatorError> {
        let size = quote.dimensions.map(|size| size.centimetres());
        let size = size.map(|[a, b, c]| format!(":{a}x{b}x{c}")).unwrap_or_default();
        let declared = quote.declared_value.map(|value| format!(":{}", value.amount())).unwrap_or_default();
        index(quote).map(|index| format!("ru:{index}{size}{declared}"))
    }

    async fn quote(&self, account: &Account, quote: &Quote) -> Result<Vec<OperatorRate>, CallOutcome<()>> {
        let ask = async {
            let settings = posting(&account.settings).map_err(CallOutcome::<()>::Refused)?;
            let to = index(quote).map_err(CallOutcome::<()>::Refused)?;
            if account.settings.wire == OTPRAVKA && settings.contract_prices {
                self.otpravka.quote(account, settings, quote, to.as_str()).await
            } else {
                self.calculator.quote(settings, quote, to.as_str(), self.today()).await
            }
        };
        ask.await.map_err(|failure| finish(ID, "quote", failure, &account.credentials))
    }

    fn table_rates(
        &self,
        _settings: &AccountSettings,
        _quote: &Quote,
    ) -> Result<Vec<OperatorRate>, OperatorError> {
        Ok(Vec::new())
    }

    fn check(&self, settings: &AccountSettings, consignment: &Consignment) -> Result<(), OperatorError> {
        self.otpravka.check(sending(settings)?, consignment)
    }

    async fn prepare(
        &self,
        account: &Account,
        consignment: &Consignment,
        _references: &dyn References,
    ) -> CallOutcome<Prepared> {
        let outcome = match sending(&account.settings) {
            Ok(_) => self.otpravka.prepare(account, consignment).await,
            Err(error) => CallOutcome::Refused(error),
        };
        finish(ID, "prepare", outcome, &account.credentials)
    }

    fn registration_policy(&self, _wire: &str) -> Policy {
        self.otpravka.policy()
    }

    async fn register(
        &self,
        account: &Account,
        consignment: &Consignment,
        prepared: &Prepared,
        ours: &OurId,
    ) -> CallOutcome<Registered> {
        let outcome = match sending(&account.settings) {
            Ok(settings) => self.otpravka.register(account, settings, consignment, prepared, ours).await,
            Err(error) => CallOutcome::Refused(error),
        };
        finish(ID, "register", outcome, &account.credentials)
    }

    async fn look_up(&self, account: &Account, ours: &OurId) -> LookUpOutcome<Registered> {
        let outcome = match sending(&account.settings) {
            Ok(_) => self.otpravka.look_up(account, ours).await,
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
        let outcome = match (sending(&account.settings), surplus.reference.as_deref()) {
            (Ok(_), Some(id)) => self.otpravka.cancel(account, Some(id), ours).await,
            (Ok(_), None) => CallOutcome::Refused(not_offered("a copy without its id cannot be called off")),
            (Err(error), _) => CallOutcome::Refused(error),
        };
        finish(ID, "cancel_surplus", outcome, &account.credentials)
    }

    fn reference_postal_code(&self, _consignment: &Consignment) -> Option<String> {
        None
    }

    async fn ready(
        &self,
        account: &Account,
        parcel: &RegisteredParcel,
        pickup: Option<Date>,
    ) -> CallOutcome<String> {
        let outcomes = self.ready_all(account, std::slice::from_ref(parcel), pickup).await;
        let none = || CallOutcome::NotSent("nothing was asked".to_owned());
        outcomes.into_iter().next().unwrap_or_else(none)
    }

    async fn ready_all(
        &self,
        account: &Account,
        parcels: &[RegisteredParcel],
        pickup: Option<Date>,
    ) -> Vec<CallOutcome<String>> {
        let outcomes = match sending(&account.settings) {
            Ok(settings) => self.otpravka.hand_over(account, settings, parcels, pickup).await,
            Err(error) => vec![CallOutcome::Refused(error); parcels.len()],
        };
        outcomes.into_iter().map(|outcome| finish(ID, "ready", outcome, &account.credentials)).collect()
    }

    async fn label(&self, account: &Account, parcel: &RegisteredParcel) -> CallOutcome<Label> {
        let outcome = match sending(&account.settings) {
            Ok(settings) => {
                self.otpravka.label(account, settings, parcel.reference.as_deref(), &parcel.ours).await
            }
            Err(error) => CallOutcome::Refused(error),
        };
        finish(ID, "label", outcome, &account.credentials)
    }

    async fn sender_places(&self, account: &Account) -> CallOutcome<Vec<SenderPlace>> {
        let outcome = match sending(&account.settings) {
            Ok(_) => self.otpravka.shipping_points(account).await,
            Err(error) => CallOutcome::Refused(error),
        };
        finish(ID, "sender_places", outcome, &account.credentials)
    }

    async fn cancel(&self, account: &Account, parcel: &RegisteredParcel) -> CallOutcome<String> {
        let outcome = match sending(&account.settings) {
            Ok(_) => self.otpravka.cancel(account, parcel.reference.as_deref(), &parcel.ours).await,
            Err(error) => CallOutcome::Refused(error),
        };
        finish(ID, "cancel", outcome, &account.credentials)
    }

    async fn verify(&self, account: &Account) -> CallOutcome<()> {
        let outcome = match (account.settings.wire.as_str(), posting(&account.settings)) {
            (OTPRAVKA, Ok(settings)) => self.otpravka.verify(account, settings).await,
            (TARIFF, Ok(_)) => self.try_price().await,
            (OTPRAVKA | TARIFF, Err(error)) => CallOutcome::Refused(error),
            _ => return verified(self.tracking.probe(Some(account)).await),
        };
        finish(ID, "verify", outcome, &account.credentials)
    }

    async fn probe(&self, account: Option<&Account>) -> Vec<ProbeReport> {
        let report = |wire, url, operation, works, seen, started: Instant| ProbeReport {
            wire,
            url,
            operation,
            works,
            seen,
            took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        let started = Instant::now();
        if let Some(account) = account.filter(|account| account.settings.wire == OTPRAVKA) {
            let outcome = self.verify(account).await;
            let works = matches!(outcome, CallOutcome::Done(()));
            let url = self.otpravka.address();
            return vec![report(
                "russian_post_otpravka",
                url,
                "settings/limit",
                works,
                outcome.describe(),
                started,
            )];
        }
        if let Some(account) = account.filter(|account| account.settings.wire != TARIFF) {
            return self.tracking.probe(Some(account)).await;
        }
        let price = self.try_price().await;
        let works = matches!(price, CallOutcome::Done(()));
        let url = self.calculator.address();
        let calculator = report("russian_post_tariff", url, "calculate", works, price.describe(), started);
        if account.is_some() {
            return vec![calculator];
        }
        let started = Instant::now();
        let (works, seen) = match self.otpravka.trial().await {
            Ok(answer) => {
                let refused = matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
                let seen = if refused {
                    "a call without a token is refused as it should be"
                } else {
                    "no such service"
                };
                (refused, outline(&answer, seen))
            }
            Err(failure) => (false, failure.to_string()),
        };
        let url = self.otpravka.address();
        let otpravka = report("russian_post_otpravka", url, "settings/limit", works, seen, started);
        let tracking = self.tracking.probe(None).await;
        [calculator, otpravka].into_iter().chain(tracking).collect()
    }
}

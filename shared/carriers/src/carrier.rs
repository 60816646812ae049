//! The trait.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yam_domain::effect::Policy;
use yam_domain::ids::CarrierId;
use yam_domain::money::Money;
use yam_domain::weight::WeightLimits;

use crate::account::{Account, AccountSettings, CredentialField, Credentials};
use crate::capabilities::{Capabilities, Support, capabilities};
use crate::consignment::{Consignment, Quote, RegisteredParcel};
use crate::errors::own;
use crate::our_id::OurId;
use crate::outcome::{
    CallOutcome, Label, LookUpOutcome, OperatorError, ProbeReport, RefusalKind, Registered, SenderPlace,
    Surplus,
};

/// A price from an operator or from a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorRate {
    /// Service id.
    pub service: String,
    /// Postage without VAT.
    pub postage: Money,
    /// VAT on the postage.
    pub vat: Money,
    /// Fee for collecting cash, where it is told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cod_fee: Option<Money>,
    /// Insurance, where it is told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insurance: Option<Money>,
    /// Working days under way, least and most, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transit_days: Option<(u32, u32)>,
}

/// Ids that must outlive a call, kept by the caller under the account: product ids at EShop.
#[async_trait::async_trait]
pub trait References: Send + Sync {
    /// The id stored under `key`.
    async fn get(&self, key: &str) -> Result<Option<String>, String>;
    /// Stores `value` unless another is there already; answers with the one that stays.
    async fn put_if_absent(&self, key: &str, value: &str) -> Result<String, String>;
}

/// What preparation gathered, one entry per reference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prepared(pub BTreeMap<String, String>);

/// One postal operator.
#[async_trait::async_trait]
pub trait Carrier: Send + Sync + std::fmt::Debug {
    /// Its fixed id.
    fn id(&self) -> CarrierId;

    /// Its name in the language of a tag (`en`, `fa`, `ru`, `ko`).
    fn name(&self, language: &str) -> &'static str;

    /// Where a merchant sees the parcels at the operator (S0-25).
    fn panel_url(&self) -> &'static str;

    /// Whom a merchant asks (S0-31, S0-32).
    fn support(&self) -> &'static str;

    /// The wires an account's settings may name, the usual one first.
    fn wires(&self) -> &'static [&'static str];

    /// What a wire asks of an account's credentials.
    fn credential_fields(&self, settings: &AccountSettings) -> &'static [CredentialField];

    /// What is wrong with credentials, before any is tried: pairs of field name and reason.
    fn check_credentials(
        &self,
        settings: &AccountSettings,
        credentials: &Credentials,
    ) -> Vec<(String, String)> {
        let missing = |field: &&CredentialField| field.required && !credentials.has(field);
        let fields = self.credential_fields(settings).iter().filter(missing);
        fields.map(|field| (field.name.to_owned(), format!("is needed: {}", field.meaning))).collect()
    }

    /// Bounds of products and parcels where an account sets none.
    fn usual_limits(&self) -> WeightLimits {
        WeightLimits::default()
    }

    /// The operator's day of an instant, where a look-up needs the days on which sends were begun: to be
    /// stored into [`OurId::days`] when a send is claimed.
    fn filing_day(&self, _at: Timestamp) -> Option<Date> {
        None
    }

    /// Where the account's credentials lapse when they are left alone: the moments at which, after a use at `used`,
    /// that is to be told and has happened.
    fn lapses_unused(&self, _settings: &AccountSettings, _used: Timestamp) -> Option<(Timestamp, Timestamp)> {
        None
    }

    /// What the account's wire can do.
    fn capabilities(&self, settings: &AccountSettings) -> Capabilities {
        capabilities(self.id(), settings)
    }

    /// What is wrong with an account's settings: pairs of field name and reason.
    fn check_settings(&self, settings: &AccountSettings) -> Vec<(String, String)>;

    /// The destination in a canonical form for quote keys, or why the operator cannot find it.
    fn canonical_destination(&self, quote: &Quote) -> Result<String, OperatorError>;

    /// Live prices. One entry per service that can carry it; a service that cannot is left out, an
    /// error means none.
    async fn quote(&self, account: &Account, quote: &Quote) -> Result<Vec<OperatorRate>, CallOutcome<()>>;

    /// Prices from the account's tariff table; empty when none is set.
    fn table_rates(
        &self,
        settings: &AccountSettings,
        quote: &Quote,
    ) -> Result<Vec<OperatorRate>, OperatorError>;

    /// Checks a consignment against what the operator is known to refuse, without a call.
    fn check(&self, settings: &AccountSettings, consignment: &Consignment) -> Result<(), OperatorError>;

    /// Effects a registration needs first, each harmless when repeated (product ids at EShop).
    async fn prepare(
        &self,
        account: &Account,
        consignment: &Consignment,
        references: &dyn References,
    ) -> CallOutcome<Prepared>;

    /// How a registration is carried out and settled on a wire (the one the account spoke when the
    /// intent was submitted, which settling must ask too).
    fn registration_policy(&self, wire: &str) -> Policy;

    /// Registers a parcel under our id.
    ///
    /// [`CallOutcome::Busy`] with [`RefusalKind::Credentials`] stops the account, not the parcel.
    async fn register(
        &self,
        account: &Account,
        consignment: &Consignment,
        prepared: &Prepared,
        ours: &OurId,
    ) -> CallOutcome<Registered>;

    /// Asks whether the operator knows our id.
    async fn look_up(&self, account: &Account, ours: &OurId) -> LookUpOutcome<Registered>;

    /// After a second send: the copies beside the stored one. A miss means that there are none (reliability
    /// notes, section 1: two minutes after a later success look again and cancel surplus copies).
    async fn audit(&self, account: &Account, stored: &RegisteredParcel) -> LookUpOutcome<Vec<Surplus>> {
        let beside = |copy: &Surplus| copy.code.as_ref() != Some(&stored.code);
        let copies = match self.look_up(account, &stored.ours).await {
            LookUpOutcome::Hit(found) => vec![Surplus::from(found)],
            LookUpOutcome::Several { kept, surplus } => {
                std::iter::once(Surplus::from(kept)).chain(surplus).collect()
            }
            LookUpOutcome::Miss => {
                return LookUpOutcome::Failed("the stored copy is not there either".into());
            }
            LookUpOutcome::Failed(why) => return LookUpOutcome::Failed(why),
        };
        let surplus: Vec<Surplus> = copies.into_iter().filter(beside).collect();
        if surplus.is_empty() { LookUpOutcome::Miss } else { LookUpOutcome::Hit(surplus) }
    }

    /// Calls a surplus copy off; repeating is harmless.
    async fn cancel_surplus(
        &self,
        _account: &Account,
        _ours: &OurId,
        _surplus: &Surplus,
    ) -> CallOutcome<String> {
        CallOutcome::Refused(not_offered("a copy cannot be called off by a call"))
    }

    /// The postal code to try once more with after the operator refused one (EShop -6).
    fn reference_postal_code(&self, consignment: &Consignment) -> Option<String>;

    /// Tells the operator that the parcel may be collected; repeating is harmless.
    async fn ready(
        &self,
        account: &Account,
        parcel: &RegisteredParcel,
        pickup: Option<Date>,
    ) -> CallOutcome<String>;

    /// The same for several parcels that leave together; one outcome each, in their order.
    async fn ready_all(
        &self,
        account: &Account,
        parcels: &[RegisteredParcel],
        pickup: Option<Date>,
    ) -> Vec<CallOutcome<String>> {
        let mut outcomes = Vec::with_capacity(parcels.len());
        for parcel in parcels {
            outcomes.push(self.ready(account, parcel, pickup).await);
        }
        outcomes
    }

    /// The label and what belongs to it, as the operator made them.
    async fn label(&self, account: &Account, _parcel: &RegisteredParcel) -> CallOutcome<Label> {
        let words = match self.capabilities(&account.settings).label {
            Support::No(words) => words,
            Support::Yes | Support::BeforeRegistration => "the label is printed in the operator's panel",
        };
        CallOutcome::Refused(not_offered(words))
    }

    /// The places of the account's contract that parcels may leave from; none where the operator keeps none.
    async fn sender_places(&self, _account: &Account) -> CallOutcome<Vec<SenderPlace>> {
        CallOutcome::Done(Vec::new())
    }

    /// Calls a parcel off; repeating is harmless.
    async fn cancel(&self, account: &Account, parcel: &RegisteredParcel) -> CallOutcome<String>;

    /// A harmless call that shows whether the credentials work (S0-16).
    async fn verify(&self, account: &Account) -> CallOutcome<()>;

    /// The safest real call, with or without an account.
    async fn probe(&self, account: Option<&Account>) -> Vec<ProbeReport>;
}

/// A step that an operator does not offer.
pub(crate) fn not_offered(words: &str) -> OperatorError {
    own("not_supported_by_operator", words, RefusalKind::NotOffered)
}

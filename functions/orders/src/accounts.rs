//! Which account and service carry an order.

use std::sync::Arc;

use yam_api::{RateToken, store_problem};
use yam_carriers::account::AccountSettings;
use yam_carriers::{Carrier, Quote, QuoteDestination};
use yam_domain::enrolment::takes_orders;
use yam_domain::ids::{AccountId, MerchantId, Service};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_platform::secrets::Cipher;
use yam_store::Key;
use yam_store::Read;
use yam_store::items::{AccountState, CarrierAccount, ChosenRate, Parcel, ShippingMethod};
use yam_store::keys::{merchant_partition, sk};

use crate::OrdersState;
use crate::order_request::Draft;

/// How an order is carried.
#[derive(Debug, Clone)]
pub(crate) struct Carriage {
    pub(crate) rate: ChosenRate,
    pub(crate) settings: AccountSettings,
    pub(crate) carrier: Arc<dyn Carrier>,
    pub(crate) token: Option<RateToken>,
}

fn not_ready(text: impl Into<String>) -> Problem {
    Problem::new(Kind::AccountNotReady).with(text)
}

/// An account's settings, without its secrets.
pub(crate) async fn settings(
    state: &OrdersState,
    merchant: &MerchantId,
    account: &AccountId,
) -> Result<AccountSettings, Problem> {
    let key = yam_store::keys::of_merchant(merchant, sk::account(account.as_str()));
    let stored: Option<CarrierAccount> =
        state.store.table.get(&key, Read::Eventual).await.map_err(store_problem)?;
    let stored =
        stored.ok_or_else(|| not_ready(format!("The carrier account {account} does not exist any more.")))?;
    serde_json::from_value(stored.settings)
        .map_err(|_| not_ready(format!("Save the carrier account {account} again in /v1/settings/carriers.")))
}

/// All accounts of a shop.
pub(crate) async fn accounts_of(
    state: &OrdersState,
    merchant: &MerchantId,
) -> Result<Vec<CarrierAccount>, Problem> {
    let pk = merchant_partition(merchant);
    let stored: Vec<(Key, CarrierAccount)> =
        state.store.table.query_all(&pk, sk::ACCOUNTS, Read::Eventual).await.map_err(store_problem)?;
    Ok(stored.into_iter().map(|(_, account)| account).collect())
}

/// The account that sends a vendor's goods: the vendor's own at the order's operator, else the one the order
/// was placed with (S3-23).
pub(crate) fn vendors_account(
    accounts: &[CarrierAccount],
    vendor: Option<&str>,
    rate: &ChosenRate,
) -> AccountId {
    let own = |a: &&CarrierAccount| {
        vendor.is_some() && a.vendor_id.as_deref() == vendor && a.carrier == rate.carrier
    };
    accounts.iter().find(own).map_or_else(|| rate.account.clone(), |account| account.id.clone())
}

/// The carriage of a parcel, with its account's settings as they are today.
pub(crate) async fn carriage_for(
    state: &OrdersState,
    merchant: &MerchantId,
    parcel: &Parcel,
) -> Result<Carriage, Problem> {
    let settings = settings(state, merchant, &parcel.account).await?;
    let carrier = state.carriers.get(parcel.carrier).cloned();
    let carrier = carrier.ok_or_else(|| not_ready("This hub does not speak with the operator."))?;
    let rate = ChosenRate {
        carrier: parcel.carrier,
        account: parcel.account.clone(),
        service: parcel.service.clone(),
        quoted: false,
    };
    Ok(Carriage { rate, settings, carrier, token: None })
}

/// Decides account, operator and service: the quoted rate's, else what the request names, else the
/// shop's only shipping method or account.
pub(crate) async fn choose(
    state: &OrdersState,
    merchant: &MerchantId,
    draft: &Draft,
    accounts: &[CarrierAccount],
    cipher: &Cipher,
) -> Result<Carriage, Problem> {
    let token = draft.rate_id.as_deref().map(|text| open_rate(state, text, draft, cipher)).transpose()?;
    let (account, service) = match &token {
        Some(token) => (by_id(accounts, &token.account)?, token.service.clone()),
        None => named(state, merchant, draft, accounts).await?,
    };
    if !takes_orders(account.is_reviewed(), account.account_state) {
        let reason = account.state_reason.clone().unwrap_or_default();
        return Err(not_ready(match account.account_state {
            AccountState::CredentialsWrong => {
                format!("The operator refuses the credentials of account {}: {reason}", account.id)
            }
            state => format!("The carrier account {} is {}: {reason}", account.id, state.as_str()),
        }));
    }
    let carrier = state.carriers.get(account.carrier).cloned();
    let carrier =
        carrier.ok_or_else(|| not_ready(format!("This hub does not speak with {}.", account.carrier)))?;
    let settings: AccountSettings = serde_json::from_value(account.settings.clone()).map_err(|_| {
        not_ready(format!("Save the carrier account {} again in /v1/settings/carriers.", account.id))
    })?;
    let quoted = token.is_some();
    let rate = ChosenRate { carrier: account.carrier, account: account.id.clone(), service, quoted };
    Ok(Carriage { rate, settings, carrier, token })
}

fn by_id<'a>(accounts: &'a [CarrierAccount], id: &AccountId) -> Result<&'a CarrierAccount, Problem> {
    let found = accounts.iter().find(|a| a.id == *id);
    found.ok_or_else(|| {
        not_ready(format!("The carrier account {id} does not exist; see /v1/settings/carriers."))
    })
}

async fn named<'a>(
    state: &OrdersState,
    merchant: &MerchantId,
    draft: &Draft,
    accounts: &'a [CarrierAccount],
) -> Result<(&'a CarrierAccount, Service), Problem> {
    let fits = |a: &&CarrierAccount| {
        draft.account.as_ref().is_none_or(|id| a.id == *id) && draft.carrier.is_none_or(|c| a.carrier == c)
    };
    let fitting: Vec<&CarrierAccount> = accounts.iter().filter(fits).collect();
    // The shop's own account places the order; vendors' accounts only send what is theirs.
    let shops = |a: &&&CarrierAccount| draft.account.is_some() || a.vendor_id.is_none();
    let own: Vec<&CarrierAccount> = fitting.iter().filter(shops).copied().collect();
    let candidates = if own.is_empty() { fitting } else { own };
    let account = match candidates.as_slice() {
        [] => return Err(not_ready("Add a carrier account by PUT /v1/settings/carriers/{id} first.")),
        [only] => *only,
        [..] => {
            let fault = Fault::Other("several accounts fit: give rate_id, account_id or carrier".into());
            return Err(Problem::validation(vec![FieldError::new("/account_id", fault)]));
        }
    };
    if let Some(service) = &draft.service {
        return Ok((account, service.clone()));
    }
    let methods: Vec<(Key, ShippingMethod)> = state
        .store
        .table
        .query_all(&merchant_partition(merchant), sk::METHODS, Read::Eventual)
        .await
        .map_err(store_problem)?;
    let mut services = methods.into_iter().map(|(_, m)| m).filter(|m| m.enabled && m.account == account.id);
    match (services.next(), services.next()) {
        (Some(only), None) => Ok((account, only.service)),
        _ => Err(Problem::validation(vec![FieldError::new("/service", Fault::Required)])),
    }
}

/// A `rate_id` is binding only for what it was quoted for.
fn open_rate(state: &OrdersState, text: &str, draft: &Draft, cipher: &Cipher) -> Result<RateToken, Problem> {
    let invalid = |reason: &str| {
        Problem::new(Kind::RateNotValid)
            .with(reason)
            .at(FieldError::new("/rate_id", Fault::Other(reason.to_owned())))
    };
    let token = RateToken::open(text, cipher).map_err(|_| invalid("It is not a rate of this shop."))?;
    if token.expires_at <= state.store.clock.now() {
        return Err(invalid("It has expired."));
    }
    if token.cod != draft.cod {
        return Err(invalid("It was quoted for another way of payment."));
    }
    if token.goods_total != draft.amounts.goods {
        return Err(invalid("It was quoted for another goods_total."));
    }
    let weight = draft.parcels.iter().try_fold(0_u32, |sum, p| sum.checked_add(p.weight.get()));
    if weight != Some(token.weight.get()) {
        return Err(invalid("It was quoted for another weight."));
    }
    if let Some(carrier) = state.carriers.get(token.carrier)
        && carrier.canonical_destination(&question(draft, &token.service)).ok().as_ref()
            != Some(&token.destination)
    {
        return Err(invalid("It was quoted for another destination."));
    }
    Ok(token)
}

/// The order as a question for a price: what decides the destination's canonical form.
pub(crate) fn question(draft: &Draft, service: &Service) -> Quote {
    let to = &draft.recipient;
    Quote {
        destination: QuoteDestination {
            country: to.country.clone(),
            region: to.region.clone(),
            city: to.city.clone(),
            postal_code: to.postal_code.clone(),
        },
        weight: draft.parcels.first().map_or(yam_domain::weight::Grams::new(0), |p| p.weight),
        dimensions: draft.size(),
        goods_total: draft.amounts.goods,
        declared_value: draft.declared_value,
        cod: draft.cod,
        services: vec![service.as_str().to_owned()],
    }
}

//! An account as it comes, checked and sealed.

use std::collections::BTreeMap;

use serde::Deserialize;
use yam_carriers::account::{AccountSettings, KoreaPostSettings, RussianPostSettings};
use yam_domain::ids::{AccountId, CarrierId};
use yam_domain::iran;
use yam_domain::text::clean;
use yam_domain::weight::WeightLimits;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_platform::secrets::Cipher;
use yam_store::enrolment::contract_claim;
use yam_store::items::{CarrierAccount, StoredCredentials};

use crate::operator::Operator;
use crate::{ConsoleState, checklist};

/// An account as it comes.
#[derive(Debug, Deserialize)]
pub(crate) struct AccountRequest {
    pub(super) carrier: CarrierId,
    wire: Option<String>,
    credentials: Option<CredentialsRequest>,
    #[serde(default)]
    sender: Sender,
    limits: Option<WeightLimits>,
    tariff: Option<String>,
    address_marker: Option<bool>,
    track_every_minutes: Option<u16>,
    tracking: Option<String>,
    korea_post: Option<KoreaPostSettings>,
    russian_post: Option<RussianPostSettings>,
    vendor_id: Option<String>,
    #[serde(default)]
    checklist: Vec<String>,
}

#[derive(Deserialize)]
struct CredentialsRequest {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(flatten)]
    secrets: BTreeMap<String, String>,
}

impl std::fmt::Debug for CredentialsRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CredentialsRequest(..)")
    }
}

#[derive(Debug, Default, Deserialize)]
struct Sender {
    region: Option<String>,
    city: Option<String>,
    postal_code: Option<String>,
}

/// The account that a request makes of the one that is known.
pub(super) fn build(
    state: &ConsoleState,
    id: AccountId,
    request: AccountRequest,
    known: Option<CarrierAccount>,
    operator: &Operator,
    cipher: &Cipher,
) -> Result<CarrierAccount, Problem> {
    let mut faults = Vec::new();
    if known.as_ref().is_some_and(|k| k.carrier != request.carrier) {
        faults.push(FieldError::new(
            "/carrier",
            Fault::Other("an account stays with its operator; add another".into()),
        ));
    }
    let (origin_state, origin_city) = origin(&request, &mut faults);
    let settings = AccountSettings {
        tracking: request.tracking,
        origin_state,
        origin_city,
        limits: request.limits.unwrap_or_else(|| operator.usual_limits()),
        tariff: request.tariff.map(|t| t.to_ascii_lowercase()),
        address_marker: request.address_marker.unwrap_or(true),
        track_every_minutes: request.track_every_minutes,
        korea_post: request.korea_post,
        russian_post: request.russian_post,
        ..AccountSettings::of_wire(request.wire.unwrap_or_else(|| operator.usual_wire().into()))
    };
    if request.track_every_minutes.is_some_and(|minutes| !(15..=1_440).contains(&minutes)) {
        let fault = Fault::OutOfRange("15 min".into(), "1440 min".into());
        faults.push(FieldError::new("/track_every_minutes", fault));
    }
    for (field, reason) in operator.check_settings(&settings) {
        faults.push(FieldError::new(format!("/{field}"), Fault::Other(reason)));
    }
    for (i, slug) in request.checklist.iter().enumerate() {
        if !checklist::is_step(request.carrier, slug) {
            faults.push(FieldError::new(
                format!("/checklist/{i}"),
                Fault::Other("is not a step of this operator".into()),
            ));
        }
    }
    let sealed = match (&request.credentials, &known) {
        (Some(c), _) => {
            let plain = StoredCredentials {
                username: clean(&c.username),
                password: c.password.clone(),
                secrets: c.secrets.clone(),
            };
            let wrong = credential_faults(operator, &settings, &plain);
            let sealed = wrong
                .is_empty()
                .then(|| cipher.seal(&CarrierAccount::purpose(&id), &plain, state.store.ids.as_ref()).ok());
            faults.extend(wrong);
            sealed.flatten()
        }
        (None, Some(known)) => Some(known.credentials.clone()),
        (None, None) => {
            faults.push(FieldError::new("/credentials", Fault::Required));
            None
        }
    };
    let (Some(credentials), true) = (sealed, faults.is_empty()) else {
        return Err(Problem::validation(faults));
    };
    let contract = settings.exclusive_contract().map(|numbers| contract_claim(request.carrier, &numbers));
    let settings = serde_json::to_value(settings).map_err(|_| Problem::new(Kind::Internal))?;
    let known = known.unwrap_or_else(|| CarrierAccount::draft(id, request.carrier));
    Ok(CarrierAccount {
        credentials,
        settings,
        contract,
        checklist_done: request.checklist,
        vendor_id: request.vendor_id,
        rev: known.rev.saturating_add(1),
        ..known
    })
}

/// What is missing, too long or impossible among credentials.
fn credential_faults(
    operator: &Operator,
    settings: &AccountSettings,
    plain: &StoredCredentials,
) -> Vec<FieldError> {
    const LONGEST: usize = 200;
    let all = [("username", &plain.username), ("password", &plain.password)].into_iter();
    let all = all.chain(plain.secrets.iter().map(|(name, secret)| (name.as_str(), secret)));
    let long = all.filter(|(name, value)| value.len() > LONGEST || name.len() > 40);
    let long = long.map(|(name, _)| FieldError::new(format!("/credentials/{name}"), Fault::TooLong(LONGEST)));
    let wrong = operator.check_credentials(settings, &yam_accounts::open_credentials(plain.clone()));
    let wrong = wrong.into_iter().map(|(name, reason)| {
        let fault = if reason.starts_with("is needed") { Fault::Required } else { Fault::Other(reason) };
        FieldError::new(format!("/credentials/{name}"), fault)
    });
    long.chain(wrong).collect()
}

/// The place parcels leave from, in the operator's numbering.
fn origin(request: &AccountRequest, faults: &mut Vec<FieldError>) -> (Option<u32>, Option<u32>) {
    let Sender { region, city, postal_code } = &request.sender;
    if request.carrier != CarrierId::IranPost || (region.is_none() && city.is_none() && postal_code.is_none())
    {
        return (None, None);
    }
    match iran::resolve_city(region.as_deref(), city.as_deref(), postal_code.as_deref()) {
        Ok(city) => (Some(u32::from(city.state)), Some(city.code)),
        Err(error) => {
            faults.push(FieldError::new("/sender/city", Fault::UnknownCity(error.to_string())));
            (None, None)
        }
    }
}

//! `/v1/settings/voice`: how calls are made (S4-22, S4-26).

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, Operator, existing};
use yam_domain::notice::speech::{Substitution, check};
use yam_domain::phone::{NumberClass, Phone};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::items::Scope;
use yam_store::items::notices::{CallSpeaker, CallerId, VoiceSettings};

use crate::NoticesState;
use crate::shop::{Answer, ShopNotices, fault, refuse};

/// The number as it comes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
enum CallerIdRequest {
    Pool,
    Own { phone: String },
}

/// Settings as they come; what is absent is as usual.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VoiceRequest {
    allow: Option<bool>,
    caller_id: Option<CallerIdRequest>,
    speaker: Option<CallSpeaker>,
    ring_seconds: Option<u8>,
    attempts: Option<u8>,
    between_seconds: Option<u16>,
    #[serde(default)]
    substitutions: Vec<Substitution>,
    /// Calls need the buyer's recorded consent.
    consent_needed: Option<bool>,
}

/// Which number was seen to be the shop's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerifyRequest {
    phone: String,
}

/// `GET`.
pub(crate) async fn read(State(state): State<NoticesState>, caller: Caller) -> Answer {
    caller.require(Scope::Settings)?;
    Ok(Json(view(&ShopNotices::load(&state, &caller.merchant).await?)))
}

/// `PUT`. A new own number is shown to nobody before hub staff have verified it.
pub(crate) async fn write(
    State(state): State<NoticesState>,
    caller: Caller,
    body: Body<VoiceRequest>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let mut shop = ShopNotices::load(&state, &caller.merchant).await?;
    let (request, usual) = (body.value, VoiceSettings::default());
    let mut faults = Vec::new();
    let voice = VoiceSettings {
        allow: request.allow.unwrap_or(usual.allow),
        speaker: request.speaker.unwrap_or_default(),
        ring_seconds: request.ring_seconds.unwrap_or(usual.ring_seconds),
        attempts: request.attempts.unwrap_or(usual.attempts),
        between_seconds: request.between_seconds.unwrap_or(usual.between_seconds),
        substitutions: request.substitutions,
        caller_id: CallerId::Pool,
    };
    for (field, value, least, most) in [
        ("/ring_seconds", u16::from(voice.ring_seconds), 10, 35),
        ("/attempts", u16::from(voice.attempts), 1, 9),
        ("/between_seconds", voice.between_seconds, 10, 3_600),
    ] {
        if !(least..=most).contains(&value) {
            faults.push(FieldError::new(field, Fault::OutOfRange(least.to_string(), most.to_string())));
        }
    }
    if let Err(wrong) = check(&voice.substitutions) {
        faults.push(fault("/substitutions", wrong.to_string()));
    }
    let caller_id = match request.caller_id {
        None | Some(CallerIdRequest::Pool) => CallerId::Pool,
        Some(CallerIdRequest::Own { phone }) => own(&shop, &phone).unwrap_or_else(|wrong| {
            faults.push(wrong);
            CallerId::Pool
        }),
    };
    refuse(faults)?;
    shop.settings.voice = VoiceSettings { caller_id, ..voice };
    if let Some(needed) = request.consent_needed {
        if shop.merchant.country == "RU" && !needed {
            let words = "robot calls in Russia need the buyer's consent by law; it cannot be left out";
            return Err(Problem::validation(vec![fault("/consent_needed", words)]));
        }
        shop.settings.consent_needed.call = needed;
    }
    shop.save(&state).await?;
    Ok(Json(view(&shop)))
}

fn own(shop: &ShopNotices, typed: &str) -> Result<CallerId, FieldError> {
    let phone =
        Phone::parse(typed, shop.country()).map_err(|_| FieldError::new("/caller_id/phone", Fault::Phone))?;
    if phone.is_placeholder() || phone.class() == NumberClass::Other {
        return Err(fault("/caller_id/phone", "must be a number of the shop that people can call back"));
    }
    let verified = matches!(
        &shop.settings.voice.caller_id,
        CallerId::Own { phone: known, verified: true } if *known == phone
    );
    Ok(CallerId::Own { phone, verified })
}

/// `POST /v1/operator/merchants/{merchant}/caller-id/verify`: the number is the shop's.
pub(crate) async fn verify(
    State(state): State<NoticesState>,
    _operator: Operator,
    Path(merchant): Path<String>,
    body: Body<VerifyRequest>,
) -> Answer {
    let merchant = existing(&state.store, &merchant).await?;
    let mut shop = ShopNotices::load(&state, &merchant).await?;
    let given = Phone::parse(&body.value.phone, shop.country())
        .map_err(|_| Problem::validation(vec![FieldError::new("/phone", Fault::Phone)]))?;
    match &mut shop.settings.voice.caller_id {
        CallerId::Own { phone, verified } if *phone == given => *verified = true,
        _ => {
            let words = "the shop has not entered this number as its caller id";
            return Err(Problem::new(Kind::NotInThisState).with("other_number").with(words));
        }
    }
    shop.save(&state).await?;
    Ok(Json(view(&shop)))
}

fn view(shop: &ShopNotices) -> Value {
    let mut view = json!(shop.settings.voice);
    if let Some(object) = view.as_object_mut() {
        object.insert("consent_needed".into(), json!(shop.settings.consent_needed.call));
    }
    view
}

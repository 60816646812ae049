//! `/v1/settings/window`, `/phones` and `/contacts`: when news leave, which numbers count, who is told.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, store_problem};
use yam_domain::money::Money;
use yam_domain::notice::{PhoneSettings, Window};
use yam_domain::phone::{NumberClass, Phone};
use yam_messengers::mail::EmailAddress;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError};
use yam_store::items::Scope;
use yam_store::items::notices::{NoticeBalance, NoticeContacts, balance_currency};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, Txn};

use crate::NoticesState;
use crate::shop::{Answer, ShopNotices, fault, refuse};

/// Most addresses, and most numbers, of a shop's people.
const MOST_CONTACTS: usize = 5;

/// A window as it comes: times of day such as `10:00`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WindowRequest {
    start: jiff::civil::Time,
    end: jiff::civil::Time,
    #[serde(default)]
    buyer_zone: bool,
}

/// Contacts as they come; phones in any national form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactsRequest {
    #[serde(default)]
    emails: Vec<String>,
    #[serde(default)]
    phones: Vec<String>,
    /// Below this balance they are warned; null: never.
    low_balance: Option<Money>,
}

/// `GET /v1/settings/window`.
pub(crate) async fn read_window(State(state): State<NoticesState>, caller: Caller) -> Answer {
    caller.require(Scope::Settings)?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    Ok(Json(window_view(&shop)))
}

/// `PUT /v1/settings/window` (S4-06). Messages that were planned keep their slot.
pub(crate) async fn write_window(
    State(state): State<NoticesState>,
    caller: Caller,
    body: Body<WindowRequest>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let mut shop = ShopNotices::load(&state, &caller.merchant).await?;
    let window = Window::new(body.value.start, body.value.end)
        .map_err(|wrong| Problem::validation(vec![fault("/end", wrong.to_string())]))?;
    (shop.settings.window, shop.settings.buyer_zone) = (window, body.value.buyer_zone);
    shop.save(&state).await?;
    Ok(Json(window_view(&shop)))
}

fn window_view(shop: &ShopNotices) -> Value {
    let mut view = serde_json::to_value(shop.settings.window).unwrap_or_default();
    if let Some(object) = view.as_object_mut() {
        object.insert("buyer_zone".into(), json!(shop.settings.buyer_zone));
        object.insert("time_zone".into(), json!(shop.zone().iana_name()));
    }
    view
}

/// `GET /v1/settings/phones`.
pub(crate) async fn read_phones(State(state): State<NoticesState>, caller: Caller) -> Answer {
    caller.require(Scope::Settings)?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    Ok(Json(json!(shop.settings.phones)))
}

/// `PUT /v1/settings/phones` (S4-38, S4-39).
pub(crate) async fn write_phones(
    State(state): State<NoticesState>,
    caller: Caller,
    body: Body<PhoneSettings>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let mut shop = ShopNotices::load(&state, &caller.merchant).await?;
    shop.settings.phones = body.value;
    shop.save(&state).await?;
    Ok(Json(json!(shop.settings.phones)))
}

/// `GET /v1/settings/contacts`.
pub(crate) async fn read_contacts(State(state): State<NoticesState>, caller: Caller) -> Answer {
    caller.require(Scope::Settings)?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    Ok(Json(contacts_view(&shop)))
}

/// `PUT /v1/settings/contacts` (S4-37).
pub(crate) async fn write_contacts(
    State(state): State<NoticesState>,
    caller: Caller,
    body: Body<ContactsRequest>,
) -> Answer {
    caller.require(Scope::Settings)?;
    let mut shop = ShopNotices::load(&state, &caller.merchant).await?;
    let mut faults = Vec::new();
    for (field, count) in [("/emails", body.value.emails.len()), ("/phones", body.value.phones.len())] {
        if count > MOST_CONTACTS {
            faults.push(FieldError::new(field, Fault::TooLong(MOST_CONTACTS)));
        }
    }
    refuse(std::mem::take(&mut faults))?;
    let mut contacts = NoticeContacts::default();
    for (at, email) in body.value.emails.iter().enumerate() {
        match EmailAddress::parse(email) {
            Ok(address) => contacts.emails.push(address.as_str().to_owned()),
            Err(wrong) => faults.push(fault(format!("/emails/{at}"), wrong.to_string())),
        }
    }
    for (at, phone) in body.value.phones.iter().enumerate() {
        match Phone::parse(phone, shop.country()) {
            Ok(phone) if phone.class() == NumberClass::Mobile && !phone.is_placeholder() => {
                contacts.phones.push(phone);
            }
            Ok(_) => faults.push(fault(format!("/phones/{at}"), "must be a mobile number that takes texts")),
            Err(_) => faults.push(FieldError::new(format!("/phones/{at}"), Fault::Phone)),
        }
    }
    let currency = balance_currency(&shop.merchant.country);
    if let Some(threshold) = body.value.low_balance {
        if threshold.currency() != currency {
            faults.push(FieldError::new("/low_balance/currency", Fault::Currency(currency.to_string())));
        } else if threshold.is_negative() {
            faults.push(FieldError::new("/low_balance/amount", Fault::Negative));
        }
    }
    refuse(faults)?;
    shop.settings.contacts = contacts;
    shop.settings.low_balance = body.value.low_balance;
    let mut txn = Txn::new();
    shop.write(&state, &mut txn);
    let key = of_merchant(&caller.merchant, sk::BALANCE);
    let balance: Option<NoticeBalance> =
        state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    if let Some(mut balance) = balance {
        let rev = balance.rev;
        balance.rev = rev.saturating_add(1);
        // Whether it rings is found out by the next movement of money.
        balance.alarm.threshold = body.value.low_balance.unwrap_or(Money::zero(currency));
        txn.replace("balance", &state.store.table, &key, &balance, rev);
    }
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    Ok(Json(contacts_view(&shop)))
}

fn contacts_view(shop: &ShopNotices) -> Value {
    let contacts = &shop.settings.contacts;
    json!({
        "emails": contacts.emails, "phones": contacts.phones, "low_balance": shop.settings.low_balance,
    })
}

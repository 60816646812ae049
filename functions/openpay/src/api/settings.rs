//! `/v1/settings/openpay`: the pay page's own address, accounts for bank slips, help.

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use http::{HeaderMap, Method};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use yam_api::{Body, Caller, store_problem};
use yam_domain::payment::slip::BANKS;
use yam_platform::Problem;
use yam_platform::http::{Deadline, Outbound};
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::Read;
use yam_store::items::{BankAccount, OpenPaySettings, Scope};
use yam_store::keys::{of_merchant, sk};

use crate::PayState;

/// Most bank accounts of a shop.
const MOST_ACCOUNTS: usize = 10;

/// Settings as they come.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SettingsRequest {
    public_base_url: Option<String>,
    bank_accounts: Vec<BankAccount>,
    approve_matched_slips: bool,
    help_url: Option<String>,
}

async fn load(state: &PayState, caller: &Caller) -> Result<OpenPaySettings, Problem> {
    let key = of_merchant(&caller.merchant, sk::OPENPAY);
    let stored = state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    Ok(stored.unwrap_or_default())
}

fn view(state: &PayState, caller: &Caller, settings: &OpenPaySettings) -> Value {
    let mut shown = json!(settings);
    if let Value::Object(members) = &mut shown {
        let page = format!("{}/openpay/{}", state.public_url, caller.merchant);
        members.insert("page_url".into(), json!(page));
        let proxy = format!("location /openpay/ {{ proxy_pass {page}/; }}");
        members.insert("proxy_example".into(), json!(proxy));
    }
    shown
}

/// `GET`.
pub(crate) async fn read(State(state): State<PayState>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let settings = load(&state, &caller).await?;
    Ok(Json(view(&state, &caller, &settings)))
}

/// `PUT`: replaces the settings. An address of the shop's own is used only once it was verified.
pub(crate) async fn write(
    State(state): State<PayState>,
    caller: Caller,
    body: Body<SettingsRequest>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let known = load(&state, &caller).await?;
    let request = body.value;
    let mut faults = Vec::new();
    let mut wrong = |pointer: String, words: &str| {
        faults.push(FieldError::new(pointer, Fault::Other(words.to_owned())));
    };
    let is_web = |url: &str| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
    if request.help_url.as_deref().is_some_and(|url| !is_web(url)) {
        wrong("/help_url".into(), "must be an https address");
    }
    let base = request.public_base_url.map(|url| url.trim().trim_end_matches('/').to_owned());
    if base.as_deref().is_some_and(|url| !is_web(url) || url.contains(['?', '#'])) {
        wrong(
            "/public_base_url".into(),
            "must be an https address without a query, such as https://shop.example",
        );
    }
    if request.bank_accounts.len() > MOST_ACCOUNTS {
        wrong("/bank_accounts".into(), "at most 10 accounts");
    }
    for (n, account) in request.bank_accounts.iter().enumerate() {
        if !BANKS.iter().any(|bank| bank.slug == account.bank) {
            wrong(format!("/bank_accounts/{n}/bank"), "is not a bank of the list");
        }
        let id_fits = (1..=30).contains(&account.id.len())
            && account.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !id_fits {
            wrong(format!("/bank_accounts/{n}/id"), "1 to 30 letters, digits and hyphens");
        }
        if account.number.trim().is_empty() || account.number.chars().count() > 40 {
            wrong(format!("/bank_accounts/{n}/number"), "1 to 40 characters");
        }
    }
    if !faults.is_empty() {
        return Err(Problem::validation(faults));
    }
    let settings = OpenPaySettings {
        public_base_verified: base.is_some() && base == known.public_base_url && known.public_base_verified,
        public_base_url: base,
        bank_accounts: request.bank_accounts,
        approve_matched_slips: request.approve_matched_slips,
        help_url: request.help_url,
    };
    let key = of_merchant(&caller.merchant, sk::OPENPAY);
    state.store.table.put(&key, &settings).await.map_err(store_problem)?;
    Ok(Json(view(&state, &caller, &settings)))
}

/// `POST /v1/settings/openpay/verify`: asks the shop's own address for its pay page; only the shop's page carries
/// the mark that is looked for.
pub(crate) async fn verify(State(state): State<PayState>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Settings)?;
    let mut settings = load(&state, &caller).await?;
    let refused =
        |words: String| Problem::validation(vec![FieldError::new("/public_base_url", Fault::Other(words))]);
    let base = settings.public_base_url.clone().ok_or_else(|| refused("is not set".into()))?;
    let url = Url::parse(&format!("{base}/openpay/")).map_err(|error| refused(error.to_string()))?;
    let limits = Deadline::after(std::time::Duration::from_secs(8)).limits();
    let limits = limits.map_err(|_| Problem::new(Kind::Internal))?;
    let asked = Outbound {
        system: "webhooks",
        operation: "verify_address",
        method: Method::GET,
        url,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        limits,
    };
    let answer =
        state.http.send_guarded(asked).await.map_err(|error| refused(format!("no answer: {error}")))?;
    let mark = mark(&caller.merchant);
    let found = answer.status.is_success() && String::from_utf8_lossy(&answer.body).contains(&mark);
    if !found {
        let words = "this address does not lead to the shop's pay page; see proxy_example";
        return Err(refused(words.to_owned()));
    }
    settings.public_base_verified = true;
    let key = of_merchant(&caller.merchant, sk::OPENPAY);
    state.store.table.put(&key, &settings).await.map_err(store_problem)?;
    Ok(Json(view(&state, &caller, &settings)))
}

/// What the pay page of a shop carries, so that it can be told from another's.
pub(crate) fn mark(merchant: &yam_domain::ids::MerchantId) -> String {
    format!("data-shop=\"{merchant}\"")
}

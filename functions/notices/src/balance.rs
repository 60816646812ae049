//! `GET /v1/account` and the operator's credits: a shop's money for messages (S4-37; reliability notes, M5).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{
    Body, Caller, IdempotencyKey, Idempotent, Operator, PageQuery, Query, existing, merchant, store_problem,
};
use yam_domain::limits;
use yam_domain::money::Money;
use yam_domain::notice::LowBalance;
use yam_domain::text::clean;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::items::notices::{Credit, NoticeBalance, balance_currency};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Range, Read, StoreError, Txn};

use crate::NoticesState;
use crate::shop::{Answer, ShopNotices, fault, refuse};

/// Largest credit, in minor units: a slip of the finger is not a fortune.
const LARGEST_CREDIT: i64 = 100_000_000_000;
/// How often a credit is tried anew against workers that move money.
const TRIES: usize = 5;

/// A credit as it comes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreditRequest {
    amount: Money,
    note: Option<String>,
}

/// `GET /v1/account`.
pub(crate) async fn account(State(state): State<NoticesState>, caller: Caller) -> Answer {
    let merchant = merchant(&state.store, &caller.merchant, Read::Eventual).await?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let balance = yam_store::notices::balance(&state.store, &caller.merchant).await.map_err(store_problem)?;
    let mut shown = money(&balance);
    if let Some(object) = shown.as_object_mut() {
        object.insert("merchant".into(), json!(merchant.id));
        object.insert("since".into(), json!(merchant.created_at));
        object.insert("state".into(), json!("active"));
        object.insert("low_balance".into(), json!(shop.settings.low_balance));
        object.insert("notifications".into(), json!({"enabled": shop.settings.rules.service_enabled}));
    }
    Ok(Json(shown))
}

fn money(balance: &NoticeBalance) -> Value {
    let account = &balance.account;
    json!({
        "balance": account.balance, "reserved": account.reserved, "spent": account.spent,
        "balance_is_low": balance.alarm.rung,
    })
}

/// `GET /v1/operator/merchants/{merchant}/credits`, newest first.
pub(crate) async fn list(
    State(state): State<NoticesState>,
    _operator: Operator,
    Path(merchant): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer {
    let merchant = existing(&state.store, &merchant).await?;
    let cipher = state.store.vault.cipher(&merchant).await.map_err(store_problem)?;
    let range = Range {
        pk: merchant_partition(&merchant),
        prefix: sk::CREDITS,
        after: query.after(&cipher, "credits")?,
        backwards: true,
        limit: query.limit(),
    };
    let page = state.store.table.query::<Credit>(range, Read::Eventual).await.map_err(store_problem)?;
    let items: Vec<Value> = page.items.iter().map(|(_, credit)| json!(credit)).collect();
    Ok(Json(PageQuery::answer(items, page.next, &cipher, "credits", state.store.ids.as_ref())))
}

/// `POST /v1/operator/merchants/{merchant}/credit`: adds money. Takes an `Idempotency-Key`, without which it is
/// refused: money must not be added twice by a repeated request.
pub(crate) async fn credit(
    State(state): State<NoticesState>,
    _operator: Operator,
    Path(merchant): Path<String>,
    key: IdempotencyKey,
    body: Body<CreditRequest>,
) -> Result<Response, Problem> {
    let merchant = existing(&state.store, &merchant).await?;
    if key.0.is_none() {
        return Err(Problem::new(Kind::IdempotencyRequired));
    }
    let shop = ShopNotices::load(&state, &merchant).await?;
    let note = check(&shop, &body.value)?;
    let path = format!("/v1/operator/merchants/{merchant}/credit");
    let amount = body.value.amount;
    for _ in 0..TRIES {
        let earlier = Idempotent::begin(&state.store, &merchant, "POST", &path, &key, &body.json).await;
        let record = match earlier {
            Ok(record) => record,
            Err(answer) => return answer,
        };
        let mut balance =
            yam_store::notices::balance(&state.store, &merchant).await.map_err(store_problem)?;
        let rev = balance.rev;
        balance.rev = rev.saturating_add(1);
        balance.account = balance
            .account
            .credit(amount)
            .map_err(|wrong| Problem::validation(vec![fault("/amount", wrong.to_string())]))?;
        let threshold = shop.settings.low_balance.unwrap_or(Money::zero(amount.currency()));
        let alarm = LowBalance { threshold, ..balance.alarm }.after(balance.account.balance);
        // More money never makes the balance fall, so the alarm can only be set again here; a shop whose first
        // credit is below its threshold has never been above it and hears of it by the next movement.
        balance.alarm = match alarm {
            Ok((alarm, true)) => LowBalance { rung: false, ..alarm },
            Ok((alarm, false)) => alarm,
            Err(_) => return Err(Problem::new(Kind::Internal)),
        };
        let now = state.store.clock.now();
        let booked = Credit {
            amount,
            note: note.clone(),
            by: "operator".to_owned(),
            at: now,
            balance: balance.account.balance,
        };
        let (table, mut txn) = (&state.store.table, Txn::new());
        let at = of_merchant(&merchant, sk::BALANCE);
        if rev == 0 {
            txn.insert("balance", table, &at, &balance);
        } else {
            txn.replace("balance", table, &at, &balance, rev);
        }
        let id = state.store.ids.token(8);
        txn.insert("credit", table, &of_merchant(&merchant, sk::credit(now, &id)), &booked);
        let answer = money(&balance);
        record.finish(&mut txn, &state.store, StatusCode::OK, &answer);
        match txn.commit(table).await {
            Ok(()) => return Ok(Json(answer).into_response()),
            Err(StoreError::Condition { .. } | StoreError::Conflict) => {}
            Err(error) => return Err(store_problem(error)),
        }
    }
    Err(Problem::new(Kind::Overtaken).retry_after(1))
}

fn check(shop: &ShopNotices, request: &CreditRequest) -> Result<String, Problem> {
    let mut faults = Vec::new();
    let currency = balance_currency(&shop.merchant.country);
    if request.amount.currency() != currency {
        faults.push(FieldError::new("/amount/currency", Fault::Currency(currency.to_string())));
    }
    if !(1..=LARGEST_CREDIT).contains(&request.amount.amount()) {
        let bounds = Fault::OutOfRange("1".into(), LARGEST_CREDIT.to_string());
        faults.push(FieldError::new("/amount/amount", bounds));
    }
    let note = request.note.as_deref().map(clean).unwrap_or_default();
    if note.chars().count() > limits::MAX_NOTE {
        faults.push(FieldError::new("/note", Fault::TooLong(limits::MAX_NOTE)));
    }
    refuse(faults)?;
    Ok(note)
}

//! `/_local/simulators/{gateway}/payments/{id}`: a payer without a browser.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use rusqlite::Transaction;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::problem::{Problem, body};
use crate::error::Error;
use crate::gateways::payer::{self, Choice};
use crate::gateways::scripts::{self, Claim, Mode, Script, What};
use crate::gateways::{Gateway, Payment, WayBack, card, notices, postman, vault};
use crate::late;
use crate::state::Shared;

/// The routes of one gateway.
pub(super) fn router<G: Gateway>() -> Router<Arc<Shared>> {
    let path = format!("/_local/simulators/{}/payments", G::SYSTEM.name());
    Router::new().route(&path, get(list::<G>)).route(&format!("{path}/{{id}}"), get(show::<G>).post(act::<G>))
}

/// What the payer, or somebody in their name, does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Pay,
    Cancel,
    Fail,
    Expire,
    /// Sends the money a virtual account waits for.
    Deposit,
    /// Nothing but the way back.
    Return,
    /// The gateway's notice once more, or a forged one.
    Notice,
}

/// Whether and how the payer's browser returns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Returns {
    /// It is told where it would go, and stays.
    #[default]
    None,
    Once,
    Twice,
    Late,
    Swap,
    Forge,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    action: Action,
    card: Option<String>,
    /// For `fail`: one of the gateway's words or codes.
    #[serde(default)]
    reason: String,
    /// For `pay` at Toss: `virtual_account`.
    method: Option<String>,
    #[serde(default, rename = "return")]
    returns: Returns,
    /// For `late`: after so much simulated time.
    seconds: Option<u32>,
    /// For `swap`: the other payment.
    with: Option<String>,
    /// For `forge`, and for `notice`: what is claimed.
    claim: Option<Claim>,
}

impl Act {
    fn script(&self, mode: Mode) -> Script {
        Script {
            mode,
            what: What::Return,
            times: 1,
            seconds: self.seconds.unwrap_or(1_500),
            with: self.with.clone(),
            claim: self.claim.unwrap_or_default(),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Which {
    our_id: Option<String>,
    state: Option<String>,
}

fn shown(payment: &Payment, way: Option<&WayBack>) -> Value {
    let mut shown = json!(payment);
    if let Some(way) = way {
        let fields: serde_json::Map<String, Value> =
            way.fields.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let method = if way.post { "POST" } else { "GET" };
        shown["return"] = json!({"method": method, "url": way.target(), "fields": fields});
    }
    shown
}

/// The newest hundred.
async fn list<G: Gateway>(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
) -> Result<Json<Value>, Problem> {
    late::settle(&shared)?;
    let fits = |payment: &Payment| {
        which.our_id.as_ref().is_none_or(|our_id| payment.our_id == *our_id)
            && which.state.as_ref().is_none_or(|state| json!(payment.state) == *state)
    };
    let found = shared.store.read(|connection| vault::newest(connection, G::SYSTEM, 100, fits))?;
    Ok(Json(json!({"items": found})))
}

fn missing() -> Problem {
    Problem::not_found("no payment has this id, receipt or order number here")
}

async fn show<G: Gateway>(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    late::settle(&shared)?;
    let found = shared.store.read(|connection| vault::find(connection, G::SYSTEM, &id))?;
    let payment = found.ok_or_else(missing)?;
    let way = G::way_back(&shared, &payment);
    Ok(Json(shown(&payment, Some(&way))))
}

/// What a transaction found and did.
enum Done {
    Missing,
    /// The payment is not the payer's to decide any more.
    Closed(Payment),
    Yes(Payment, Option<WayBack>),
}

async fn act<G: Gateway>(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let act: Act = body(&bytes)?;
    late::settle(&shared)?;
    let number = act.card.as_deref().map_or_else(|| card::DEMO.to_owned(), card::digits);
    if act.action == Action::Pay && !card::is_valid(&number) {
        return Err(Problem::invalid("card has 16 digits that pass Luhn's test"));
    }
    match shared.store.write(|tx| carry_out::<G>(&shared, tx, &id, &act, number))? {
        Done::Missing => Err(missing()),
        Done::Closed(payment) => {
            Err(Problem::invalid(format!("the payment is {} already", json!(payment.state))))
        }
        Done::Yes(payment, way) => {
            postman::deliver(&shared).await?;
            let sent = shared.store.read(|connection| notices::list(connection, G::SYSTEM))?;
            let own = |item: &&Value| item["payment"] == json!(payment.id);
            let mut answer = shown(&payment, way.as_ref());
            answer["sent"] = sent.iter().filter(own).cloned().collect();
            Ok(Json(answer))
        }
    }
}

fn carry_out<G: Gateway>(
    shared: &Shared,
    tx: &Transaction<'_>,
    id: &str,
    act: &Act,
    card: String,
) -> Result<Done, Error> {
    let now = shared.clock.now();
    let Some(mut payment) = vault::find(tx, G::SYSTEM, id)? else { return Ok(Done::Missing) };
    if let Some(method) = act.method.as_deref().filter(|_| act.action == Action::Pay) {
        payment.detail["method"] = json!(method);
    }
    let choice = match act.action {
        Action::Pay => Some(Choice::Pay { card }),
        Action::Cancel => Some(Choice::Cancel),
        Action::Fail => Some(Choice::Fail { code: payer::failure::<G>(&act.reason) }),
        Action::Expire => Some(Choice::Expire),
        Action::Deposit | Action::Return | Action::Notice => None,
    };
    let done = match (choice, act.action) {
        (Some(choice), _) => payer::decide::<G>(shared, tx, &mut payment, choice, now)?,
        (None, Action::Deposit) => G::deposit(shared, tx, &mut payment, now)?,
        (None, Action::Notice) => {
            match act.claim {
                Some(claim) => {
                    G::announce(shared, tx, &scripts::pretend::<G>(shared, &payment, claim, now)?, now)?
                }
                None => G::announce(shared, tx, &payment, now)?,
            }
            true
        }
        _ => true,
    };
    if !done {
        return Ok(Done::Closed(payment));
    }
    let script = match act.returns {
        Returns::None | Returns::Once | Returns::Twice => None,
        Returns::Late => Some(act.script(Mode::Late)),
        Returns::Swap => Some(act.script(Mode::Swap)),
        Returns::Forge => Some(act.script(Mode::Forge)),
    };
    let way = scripts::way_back::<G>(shared, tx, &payment, script.as_ref(), now)?;
    let times = match act.returns {
        Returns::None | Returns::Late => 0,
        Returns::Twice => 2,
        _ => 1,
    };
    for _ in 0..times {
        if let Some(way) = &way {
            notices::send_browser(shared, tx, &payment, way, now)?;
        }
    }
    Ok(Done::Yes(payment, way))
}

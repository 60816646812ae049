//! Otpravka: orders of contract customers (protocol notes, section 4; reliability notes, section 4.4).

mod clean;
mod client;
mod contract;
mod errors;
mod find;
mod forms;
mod hand_over;
mod order;
mod policy;
mod quote;
mod withdraw;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use http::Method;
use serde::Serialize;
use serde_json::{Value, json};
use yam_domain::effect::Policy;
use yam_domain::money::{Currency, Money};
use yam_platform::http::{Answer, Deadline, EffectClient, SendFailure};
use yam_platform::{Clock, Config};

use self::client::{Ask, Client};
use self::errors::{answered, entries};
use self::find::Found;
use self::policy::Deadlines;
use super::RussianPostSettings;
use super::products::Product;
use super::tariff::{asked, collect};
use crate::account::{Account, CredentialField};
use crate::carrier::{OperatorRate, Prepared};
use crate::consignment::{Consignment, Quote};
use crate::finish::unanswered;
use crate::our_id::OurId;
use crate::outcome::{CallOutcome, LookUpOutcome, OperatorError, Registered, Surplus};

/// Name of the application's token among an account's secrets.
pub const ACCESS_TOKEN: &str = "access_token";

/// What an account of this service holds.
pub(super) const CREDENTIALS: &[CredentialField] = &[
    CredentialField::required(ACCESS_TOKEN, "application token of Otpravka, from its settings"),
    CredentialField::required("username", "login of Otpravka"),
    CredentialField::required("password", "its password"),
    CredentialField::optional(super::TRACKING_LOGIN, "login of the tracking API named in `tracking`"),
    CredentialField::optional(super::TRACKING_PASSWORD, "its password"),
];

/// The service and how long we wait for it.
#[derive(Debug, Clone)]
pub(super) struct Otpravka {
    client: Client,
    deadlines: Deadlines,
    clock: Arc<dyn Clock>,
}

impl Otpravka {
    pub(super) fn new(http: EffectClient, config: &Config, clock: Arc<dyn Clock>) -> Self {
        Otpravka { client: Client::new(http, config), deadlines: Deadlines::new(config), clock }
    }

    pub(super) fn policy(&self) -> Policy {
        self.deadlines.policy()
    }

    pub(super) fn address(&self) -> String {
        self.client.address()
    }

    pub(super) fn check(
        &self,
        settings: &RussianPostSettings,
        consignment: &Consignment,
    ) -> Result<(), OperatorError> {
        order::check(settings, consignment)
    }

    /// Contract prices of the services asked for.
    pub(super) async fn quote(
        &self,
        account: &Account,
        settings: &RussianPostSettings,
        quote: &Quote,
        to: &str,
    ) -> Result<Vec<OperatorRate>, CallOutcome<()>> {
        let products = asked(settings, quote).map_err(CallOutcome::<()>::Refused)?;
        let deadline = Deadline::after(self.deadlines.quote);
        let calls =
            products.iter().map(|product| self.price(account, settings, product, quote, to, deadline));
        collect(join_all(calls).await)
    }

    async fn price(
        &self,
        account: &Account,
        settings: &RussianPostSettings,
        product: &Product,
        quote: &Quote,
        to: &str,
        deadline: Deadline,
    ) -> CallOutcome<OperatorRate> {
        let question = match quote::question(settings, product, quote, to) {
            Ok(question) => question,
            Err(error) => return CallOutcome::Refused(error),
        };
        let ask = Ask::new("tariff", Method::POST, "1.0/tariff");
        let body = match self.tell(ask, account, &question, deadline).await {
            Ok(body) => body,
            Err(other) => return other,
        };
        match quote::price(&body, product.id) {
            Ok(rate) => CallOutcome::Done(rate),
            Err(Some(error)) => CallOutcome::Refused(error),
            Err(None) => CallOutcome::Unknown("a tariff without its amounts".to_owned()),
        }
    }

    /// Has address, name and phone read by the operator; what it doubts is refused by field.
    pub(super) async fn prepare(
        &self,
        account: &Account,
        consignment: &Consignment,
    ) -> CallOutcome<Prepared> {
        let to = &consignment.consignee;
        let (address, name) = (clean::address_text(to), clean::name_text(to));
        let phone = match clean::phone_digits(to) {
            Ok(phone) => phone.to_string(),
            Err(error) => return CallOutcome::Refused(error),
        };
        let deadline = Deadline::after(self.deadlines.other);
        let (address, name, phone) = tokio::join!(
            self.clean(account, "clean/address", "original-address", &address, clean::address, deadline),
            self.clean(account, "clean/physical", "original-fio", &name, clean::name, deadline),
            self.clean(account, "clean/phone", "original-phone", &phone, clean::phone, deadline),
        );
        let gather = || -> Result<Prepared, CallOutcome<Prepared>> {
            let (address, name) = (address.done::<Prepared>()?, name.done::<Prepared>()?);
            phone.done::<Prepared>()?;
            let written = |name: &str, value: serde_json::Result<String>| {
                let value = value.map_err(|e| CallOutcome::NotSent(format!("{name}: {e}")))?;
                Ok::<_, CallOutcome<Prepared>>((name.to_owned(), value))
            };
            Ok(Prepared(BTreeMap::from([
                written(order::ADDRESS, serde_json::to_string(&address))?,
                written(order::NAME, serde_json::to_string(&name))?,
            ])))
        };
        gather().map_or_else(|other| other, CallOutcome::Done)
    }

    async fn clean<T>(
        &self,
        account: &Account,
        operation: &'static str,
        field: &str,
        text: &str,
        read: impl FnOnce(&Value) -> Option<Result<T, OperatorError>>,
        deadline: Deadline,
    ) -> CallOutcome<T> {
        let ask = Ask::new(operation, Method::POST, format!("1.0/{operation}"));
        match self.tell(ask, account, &clean::question(field, text), deadline).await {
            Ok(body) => match read(&body) {
                Some(Ok(found)) => CallOutcome::Done(found),
                Some(Err(doubt)) => CallOutcome::Refused(doubt),
                None => CallOutcome::Unknown(format!("{operation}: an answer about something else")),
            },
            Err(other) => other,
        }
    }

    /// Puts one order into the backlog. One whose barcode follows is not proven yet: it is looked up until it
    /// has one.
    pub(super) async fn register(
        &self,
        account: &Account,
        settings: &RussianPostSettings,
        consignment: &Consignment,
        prepared: &Prepared,
        ours: &OurId,
    ) -> CallOutcome<Registered> {
        let order_num = ours.text();
        let order = match order::order(settings, consignment, prepared, &order_num) {
            Ok(order) => order,
            Err(error) => return CallOutcome::Refused(error),
        };
        let ask = Ask::new("create", Method::PUT, "2.0/user/backlog");
        let deadline = Deadline::after(self.deadlines.register);
        let body = match self.tell(ask, account, &[order], deadline).await {
            Ok(body) => body,
            Err(other) => return other,
        };
        match created(&body, &order_num) {
            Created::With(found) => self.with_barcode(account, found, deadline).await,
            Created::Refused(error) => CallOutcome::Refused(error),
            Created::Unclear(seen) => CallOutcome::Unknown(seen.to_owned()),
        }
    }

    async fn with_barcode(
        &self,
        account: &Account,
        found: Found,
        deadline: Deadline,
    ) -> CallOutcome<Registered> {
        let id = found.id;
        if let Some(registered) = registered(&found) {
            return CallOutcome::Done(registered);
        }
        let ask = Ask::new("backlog", Method::GET, format!("1.0/backlog/{id}"));
        let told = match self.ask::<Registered>(ask, account, deadline).await {
            Ok(body) => Found::of(&body).as_ref().and_then(registered),
            Err(_) => None,
        };
        let pending = || CallOutcome::Unknown(format!("accepted as order {id}; its barcode is to follow"));
        told.map_or_else(pending, CallOutcome::Done)
    }

    /// Searches the backlog and the shipments; only both together prove absence.
    pub(super) async fn look_up(&self, account: &Account, ours: &OurId) -> LookUpOutcome<Registered> {
        let found = match self.found(account, ours).await {
            Ok(found) => found,
            Err(other) => return LookUpOutcome::Failed(other.describe()),
        };
        let Some((kept, rest)) = found.split_first() else { return LookUpOutcome::Miss };
        let Some(kept) = registered(kept) else {
            return LookUpOutcome::Failed(format!("order {} is there; its barcode is to follow", kept.id));
        };
        if rest.is_empty() {
            LookUpOutcome::Hit(kept)
        } else {
            LookUpOutcome::Several { kept, surplus: rest.iter().map(Surplus::from).collect() }
        }
    }

    /// Our orders, the one to keep first.
    async fn found(&self, account: &Account, ours: &OurId) -> Result<Vec<Found>, CallOutcome<()>> {
        let order_num = ours.text();
        let deadline = Deadline::after(self.deadlines.other);
        let search = |operation: &'static str, path: &str| {
            Ask::new(operation, Method::GET, path).with(&[("query", &order_num)])
        };
        let (backlog, shipped) = tokio::join!(
            self.ask::<()>(search("backlog/search", "1.0/backlog/search"), account, deadline),
            self.ask::<()>(search("shipment/search", "1.0/shipment/search"), account, deadline),
        );
        let exact = |body: Value| {
            let other = || CallOutcome::<()>::Unknown("a search that answers with no list".to_owned());
            find::exact(&body, &order_num).ok_or_else(other)
        };
        Ok(find::sorted(exact(backlog?)?, exact(shipped?)?))
    }

    /// A call without credentials, which a service that speaks as expected refuses.
    pub(super) async fn trial(&self) -> Result<Answer, SendFailure> {
        let ask = Ask::new("settings/limit", Method::GET, "1.0/settings/limit");
        self.client.anonymous(ask, self.deadline()).await
    }

    async fn ask<T>(&self, ask: Ask, account: &Account, deadline: Deadline) -> Result<Value, CallOutcome<T>> {
        let answer = self.client.ask(ask, account, deadline).await.map_err(unanswered::<T>)?;
        answered(&answer, self.clock.now())
    }

    async fn tell<T>(
        &self,
        ask: Ask,
        account: &Account,
        body: &(impl Serialize + Sync + ?Sized),
        deadline: Deadline,
    ) -> Result<Value, CallOutcome<T>> {
        let answer = self.client.tell(ask, account, body, deadline).await.map_err(unanswered::<T>)?;
        answered(&answer, self.clock.now())
    }

    fn deadline(&self) -> Deadline {
        Deadline::after(self.deadlines.other.min(Duration::from_secs(20)))
    }
}

/// How a creation ended.
enum Created {
    With(Found),
    Refused(OperatorError),
    Unclear(&'static str),
}

/// The answer to one order: `orders` of version 2, `result-ids` of version 1, `errors` of both.
fn created(body: &Value, order_num: &str) -> Created {
    let orders = body.get("orders").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let refused = entries(body).into_iter().next();
    let number = |order: &Value| order.get("order-num").and_then(Value::as_str).map(str::to_owned);
    let plain = match (orders, ids(body).as_slice()) {
        ([], []) => None,
        ([order], _) if number(order).is_some_and(|other| other != order_num) => {
            return Created::Unclear("an order of another number");
        }
        ([order], _) => Some(json!({ "id": order.get("result-id"), "barcode": order.get("barcode") })),
        ([], [id]) => Some(json!({ "id": id })),
        (_, _) => return Created::Unclear("more than one order for one"),
    };
    match (plain, refused) {
        (None, Some((_, error))) => Created::Refused(error),
        (Some(plain), None) => match Found::of(&plain) {
            Some(found) => Created::With(found),
            None => Created::Unclear("an order without its id"),
        },
        (Some(_), Some(_)) => Created::Unclear("an order beside an error"),
        (None, None) => Created::Unclear("neither an order nor an error"),
    }
}

/// `result-ids`
fn ids(body: &Value) -> Vec<u64> {
    let ids = body.get("result-ids").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    ids.iter().filter_map(find::id).collect()
}

fn registered(found: &Found) -> Option<Registered> {
    let rub = |kopecks: i64| Money::new(kopecks, Currency::Rub);
    Some(Registered {
        code: found.code.clone()?,
        postage: found.charge.map(|(postage, _)| rub(postage)),
        vat: found.charge.map(|(_, vat)| rub(vat)),
        reference: Some(found.id.to_string()),
        told: BTreeMap::new(),
    })
}

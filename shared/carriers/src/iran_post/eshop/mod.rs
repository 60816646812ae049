//! The EShop SOAP wire: neither an id of ours nor a look-up, so a lost answer is never repeated.

pub mod client;
pub mod codes;
pub mod envelope;
pub mod map;
pub mod wire;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Instant;

use futures_util::future::join_all;
use jiff::civil::Date;
use yam_domain::iran::City;
use yam_domain::money::{Currency, Money};
use yam_domain::text::clean;
use yam_platform::Config;
use yam_platform::http::{Answer, Deadline, EffectClient};

use self::client::Client;
use self::codes::{PayType, ServiceType};
use self::envelope::Parameter;
use self::map::{DeliveryPrice, Named};
use self::wire::{NewParcel, NewStuff, Operation, PriceRequest, TempProduct};
use super::errors::{describe, error, outline, own, then, unanswered};
use super::policy::Deadlines;
use super::product::{self, Product};
use super::receiver::Receiver;
use crate::account::Account;
use crate::carrier::{OperatorRate, Prepared, References};
use crate::consignment::{Consignment, Quote, RegisteredParcel};
use crate::outcome::{CallOutcome, OperatorError, ProbeReport, RefusalKind, Registered};

/// Stock to register a product with: the post would refuse to sell more than it thinks there is.
const STOCK: i64 = 1_000_000;
/// `AddStuff` calls at a time.
const AT_ONCE: usize = 4;
/// Destination, value and weight of the parcel whose price is asked to verify an account.
const TRIAL: (u32, i64, u32) = (1, 500_000, 500);

/// The service and how long we wait for it.
#[derive(Debug, Clone)]
pub struct EShop {
    client: Client,
    deadlines: Deadlines,
}

impl EShop {
    pub(super) fn new(http: EffectClient, config: &Config, deadlines: Deadlines) -> Self {
        EShop { client: Client::new(http, config), deadlines }
    }

    /// `GetStates`.
    pub async fn states(&self, account: &Account) -> CallOutcome<Vec<Named>> {
        let operation = Operation::GetStates;
        self.ask(operation, account, Vec::new(), |answer| map::places(operation, answer)).await
    }

    /// `GetCities` of a state.
    pub async fn cities(&self, account: &Account, state: u8) -> CallOutcome<Vec<Named>> {
        let operation = Operation::GetCities;
        let parameters = vec![("stateId", i64::from(state).into())];
        self.ask(operation, account, parameters, |answer| map::places(operation, answer)).await
    }

    /// `GetDeliveryPrice`.
    pub async fn delivery_price(
        &self,
        account: &Account,
        request: &PriceRequest,
    ) -> CallOutcome<DeliveryPrice> {
        let deadline = Deadline::after(self.deadlines.quote);
        let parameters = request.parameters();
        self.exchange(Operation::GetDeliveryPrice, account, parameters, deadline, map::price).await
    }

    /// `DeliveryMultiPrice`: figures by the names the operator gives them.
    pub async fn delivery_multi_price(
        &self,
        account: &Account,
        request: &PriceRequest,
    ) -> CallOutcome<Vec<(String, i64)>> {
        self.ask(Operation::DeliveryMultiPrice, account, request.multi_parameters(), map::multi_price).await
    }

    /// `AddStuff`: repeating it leaves a spare product, nothing worse.
    pub async fn add_stuff(&self, account: &Account, stuff: &NewStuff) -> CallOutcome<i64> {
        self.ask(Operation::AddStuff, account, stuff.parameters(), map::stuff_id).await
    }

    /// `AddStuffs`.
    pub async fn add_stuffs(&self, account: &Account, stuffs: &[NewStuff]) -> CallOutcome<Vec<Named>> {
        let rows = stuffs.iter().map(NewStuff::row).collect();
        let parameters = vec![("stuffs", Parameter::Rows { element: "Stuff", rows })];
        self.ask(Operation::AddStuffs, account, parameters, map::stuffs).await
    }

    /// `AddParcel`, or `AddParcelWithDiscount`. **Not repeatable.**
    pub async fn add_parcel(&self, account: &Account, parcel: &NewParcel) -> CallOutcome<Registered> {
        let operation = parcel.operation();
        let deadline = Deadline::after(self.deadlines.register);
        let read = |answer: &_| map::parcel(operation, answer);
        self.exchange(operation, account, parcel.parameters(), deadline, read).await
    }

    /// `ReadyToShip`, with a Jalali date where there is one.
    pub async fn ready_to_ship(
        &self,
        account: &Account,
        code: &str,
        date: Option<Date>,
    ) -> CallOutcome<String> {
        let mut parameters = vec![("parcelCode", Parameter::from(code))];
        if let Some(date) = date.and_then(map::jalali) {
            parameters.push(("datereadyforPost", date.as_str().into()));
        }
        self.ask(Operation::ReadyToShip, account, parameters, map::ready).await
    }

    /// `GetStatus`.
    pub async fn status(&self, account: &Account, code: &str) -> CallOutcome<i64> {
        self.ask(Operation::GetStatus, account, vec![("parcelCode", code.into())], map::status).await
    }

    pub(super) async fn quote(
        &self,
        account: &Account,
        quote: &Quote,
        city: City,
        services: &[&'static str],
    ) -> Result<Vec<OperatorRate>, CallOutcome<()>> {
        let request = |service| PriceRequest {
            city_code: city.code,
            price: quote.goods_total.amount(),
            weight: quote.weight.get(),
            service,
            pay: PayType::of(quote.cod, false),
        };
        let asked = services.iter().filter_map(|id| Some((*id, request(ServiceType::of(id)?))));
        let calls =
            asked.map(|(id, request)| async move { (id, self.delivery_price(account, &request).await) });
        let mut rates = Vec::new();
        let mut failure = None;
        for (service, outcome) in join_all(calls).await {
            match outcome {
                CallOutcome::Done(price) => rates.push(rate(service, price)),
                other => failure = failure.or(Some(then(other, |_| ()))),
            }
        }
        match failure {
            Some(failure) if rates.is_empty() => Err(failure),
            Some(_) | None => Ok(rates),
        }
    }

    pub(super) async fn prepare(
        &self,
        account: &Account,
        consignment: &Consignment,
        references: &dyn References,
    ) -> CallOutcome<Prepared> {
        let (mut known, missing) = match product::known(account, consignment, references).await {
            Ok(found) => found,
            Err(why) => return CallOutcome::NotSent(why),
        };
        for chunk in missing.chunks(AT_ONCE) {
            let added =
                join_all(chunk.iter().map(|product| self.register_product(account, product, references)));
            for (product, outcome) in chunk.iter().zip(added.await) {
                match outcome {
                    CallOutcome::Done(id) => known.insert(product.key.clone(), id),
                    other => return then(other, |_| Prepared::default()),
                };
            }
        }
        CallOutcome::Done(Prepared(known))
    }

    async fn register_product(
        &self,
        account: &Account,
        product: &Product,
        references: &dyn References,
    ) -> CallOutcome<String> {
        let stuff = NewStuff {
            name: product.name.clone(),
            price: product.price,
            weight: product.weight.get(),
            count: STOCK,
        };
        match self.add_stuff(account, &stuff).await {
            CallOutcome::Done(id) => match references.put_if_absent(&product.key, &id.to_string()).await {
                Ok(stays) => CallOutcome::Done(stays),
                Err(why) => CallOutcome::NotSent(format!("the product's id could not be stored: {why}")),
            },
            other => then(other, |id| id.to_string()),
        }
    }

    pub(super) async fn register(
        &self,
        account: &Account,
        consignment: &Consignment,
        receiver: Receiver,
        prepared: &Prepared,
    ) -> CallOutcome<Registered> {
        match new_parcel(account, consignment, receiver, &prepared.0) {
            Ok(parcel) => self.add_parcel(account, &parcel).await,
            Err(why) => CallOutcome::NotSent(why),
        }
    }

    pub(super) async fn ready(
        &self,
        account: &Account,
        parcel: &RegisteredParcel,
        pickup: Option<Date>,
    ) -> CallOutcome<String> {
        self.ready_to_ship(account, parcel.code.as_str(), pickup).await
    }

    /// The list of states shows that the service answers, a price tells a wrong password (-1) from a
    /// gateway that does not serve the shop (-10).
    pub(super) async fn verify(&self, account: &Account) -> CallOutcome<()> {
        match self.states(account).await {
            CallOutcome::Done(_) => {}
            other => return then(other, |_| ()),
        }
        let (city_code, price, weight) = TRIAL;
        let request =
            PriceRequest { city_code, price, weight, service: ServiceType::Pishtaz, pay: PayType::Online };
        let deadline = Deadline::after(self.deadlines.other);
        let parameters = request.parameters();
        match self.exchange(Operation::GetDeliveryPrice, account, parameters, deadline, map::price).await {
            CallOutcome::Busy { retry_after, error: seen } => {
                CallOutcome::Busy { retry_after, error: gateway_inactive(&seen) }
            }
            other => then(other, |_| ()),
        }
    }

    pub(super) async fn probe(&self, account: Option<&Account>) -> ProbeReport {
        let started = Instant::now();
        let (operation, works, seen) = match account {
            Some(account) => match self.states(account).await {
                CallOutcome::Done(states) => {
                    ("GetStates", !states.is_empty(), format!("{} states", states.len()))
                }
                other => ("GetStates", false, describe(&other)),
            },
            None => match self.client.description(Deadline::after(self.deadlines.other)).await {
                Ok(answer) => {
                    let body = String::from_utf8_lossy(&answer.body);
                    let described = answer.status.is_success() && body.contains("AddParcel");
                    let seen = if described {
                        "a service description with AddParcel"
                    } else {
                        "no service description"
                    };
                    ("WSDL", described, outline(&answer, seen))
                }
                Err(failure) => ("WSDL", false, failure.to_string()),
            },
        };
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        ProbeReport { wire: "iran_post_eshop", url: self.client.address(), operation, works, seen, took_ms }
    }

    async fn ask<T>(
        &self,
        operation: Operation,
        account: &Account,
        parameters: Vec<(&'static str, Parameter)>,
        read: impl FnOnce(&Answer) -> CallOutcome<T>,
    ) -> CallOutcome<T> {
        let deadline = Deadline::after(self.deadlines.other);
        self.exchange(operation, account, parameters, deadline, read).await
    }

    async fn exchange<T>(
        &self,
        operation: Operation,
        account: &Account,
        parameters: Vec<(&'static str, Parameter)>,
        deadline: Deadline,
        read: impl FnOnce(&Answer) -> CallOutcome<T>,
    ) -> CallOutcome<T> {
        match self.client.call(operation, &account.credentials, parameters, deadline).await {
            Ok(answer) => read(&answer),
            Err(failure) => unanswered(failure),
        }
    }
}

/// What `AddParcel` is sent, or why the preparation does not fit the consignment.
fn new_parcel(
    account: &Account,
    consignment: &Consignment,
    receiver: Receiver,
    ids: &BTreeMap<String, String>,
) -> Result<NewParcel, String> {
    let id_of = |item| {
        let id = ids.get(&product::key(account, item)).and_then(|id| id.parse().ok());
        id.ok_or_else(|| format!("the product {:?} was not prepared", clean(&item.name)))
    };
    let products = consignment
        .items
        .iter()
        .map(|item| Ok(TempProduct { id: id_of(item)?, count: item.quantity }))
        .collect::<Result<_, String>>()?;
    Ok(NewParcel {
        products,
        city_code: receiver.city.code,
        service: ServiceType::of(&consignment.service).ok_or("the service is not on this wire")?,
        pay: PayType::of(consignment.cod, consignment.postage_by_merchant),
        first_name: receiver.first_name,
        last_name: receiver.last_name,
        address: receiver.address,
        phone: receiver.phone,
        mobile: receiver.mobile,
        postal_code: receiver.postal_code,
        discount: consignment.discount.amount(),
    })
}

fn rate(service: &str, price: DeliveryPrice) -> OperatorRate {
    let rial = |amount| Money::new(amount, Currency::Irr);
    OperatorRate {
        service: service.to_owned(),
        postage: rial(price.postage),
        vat: rial(price.vat),
        cod_fee: None,
        insurance: None,
        transit_days: None,
    }
}

/// -10 after a list of states was served: the login is right, the gateway is what fails (S0-16).
fn gateway_inactive(seen: &OperatorError) -> OperatorError {
    let words = format!(
        "the user name and password are right, but the post's gateway gives no price: either it is down, or \
         this shop has not been activated at the gateway; ask the post's e-commerce unit if it lasts ({})",
        seen.message
    );
    error(&seen.code, &words, "", RefusalKind::AccountInactive)
}

/// EShop has no call for it.
pub(super) fn no_cancel() -> OperatorError {
    let words = "Iran Post's EShop service has no cancel call; withdraw the parcel in the panel";
    own("no_cancel", words, RefusalKind::State)
}

//! The Ebazaar REST wire: each parcel carries our own id, and a lost answer is looked up by it.

pub mod client;
pub mod codes;
pub mod map;
mod status;
pub mod token;
pub mod wire;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde::Serialize;
use serde_json::json;
use yam_domain::iran::City;
use yam_domain::money::Money;
use yam_domain::text::clean;
use yam_domain::weight::Grams;
use yam_platform::http::{Answer, Deadline, EffectClient};
use yam_platform::{Clock, Config};

use self::client::Client;
use self::codes::{NewStatus, PayType, ServiceType};
use self::map::Change;
use self::wire::{Method, NewProduct, ParcelItem, PriceItem, ProductLine};
use super::errors::{describe, outline, then, without_result};
use super::policy::Deadlines;
use super::product::{self, Product};
use super::receiver::Receiver;
use crate::account::Account;
use crate::carrier::{OperatorRate, Prepared, References};
use crate::consignment::{Consignment, Quote, RegisteredParcel};
use crate::outcome::{CallOutcome, LookUpOutcome, ProbeReport, Registered};

/// Stock to register a product with.
const STOCK: i64 = 1_000_000;
/// Above this a package is not standard.
const STANDARD_MAX: Grams = Grams::new(2_600);
/// Stand where the wire wants an e-mail and an internet address and the buyer gave none.
const NO_EMAIL: &str = "none@example.com";
const NO_IP: &str = "127.0.0.1";

/// The service and how long we wait for it.
#[derive(Debug, Clone)]
pub struct Rest {
    client: Client,
    deadlines: Deadlines,
}

impl Rest {
    pub(super) fn new(
        http: EffectClient,
        config: &Config,
        clock: Arc<dyn Clock>,
        deadlines: Deadlines,
    ) -> Self {
        Rest { client: Client::new(http, config, clock), deadlines }
    }

    pub(super) async fn quote(
        &self,
        account: &Account,
        quote: &Quote,
        city: City,
        services: &[&'static str],
    ) -> Result<Vec<OperatorRate>, CallOutcome<()>> {
        let asked = services.iter().filter_map(|id| Some((*id, ServiceType::of(id)?)));
        let calls = asked.map(|(id, service)| async move {
            let items = [price_item(quote, city, service)];
            let outcome = self.ask(Method::DeliveryPrice, account, &items, self.deadlines.quote, map::price);
            (id, outcome.await)
        });
        let mut rates = Vec::new();
        let mut failure = None;
        for (service, outcome) in join_all(calls).await {
            match outcome {
                CallOutcome::Done((postage, vat)) => rates.push(rate(service, postage, vat)),
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
        if missing.is_empty() {
            return CallOutcome::Done(Prepared(known));
        }
        let products: Vec<NewProduct> = missing.iter().map(new_product).collect();
        let numbers: Vec<u32> = products.iter().map(|product| product.client_product_id).collect();
        let read = |answer: &Answer| map::products(answer, &numbers);
        let ids = match self.ask(Method::AddProduct, account, &products, self.deadlines.other, read).await {
            CallOutcome::Done(ids) => ids,
            other => return then(other, |_| Prepared::default()),
        };
        for (product, id) in missing.into_iter().zip(ids) {
            match references.put_if_absent(&product.key, &id).await {
                Ok(stays) => known.insert(product.key, stays),
                Err(why) => {
                    return CallOutcome::NotSent(format!("the product's id could not be stored: {why}"));
                }
            };
        }
        CallOutcome::Done(Prepared(known))
    }

    pub(super) async fn register(
        &self,
        account: &Account,
        consignment: &Consignment,
        receiver: Receiver,
        prepared: &Prepared,
        client_id: u32,
    ) -> CallOutcome<Registered> {
        let item = match parcel_item(account, consignment, receiver, &prepared.0, client_id) {
            Ok(item) => item,
            Err(why) => return CallOutcome::NotSent(why),
        };
        let read = |answer: &Answer| map::parcel(answer, client_id);
        self.ask(Method::AddParcel, account, &[item], self.deadlines.register, read).await
    }

    pub(super) async fn look_up(&self, account: &Account, client_id: u32) -> LookUpOutcome<Registered> {
        let body = json!({ "ClientOrderId": client_id });
        let deadline = Deadline::after(self.deadlines.other);
        match self.client.call(Method::Inquiry, account, &body, deadline).await {
            Ok(answer) => map::inquiry(&answer),
            Err(failure) => LookUpOutcome::Failed(describe(&failure)),
        }
    }

    pub(super) async fn ready(&self, account: &Account, parcel: &RegisteredParcel) -> CallOutcome<String> {
        self.change(account, parcel, NewStatus::Ready).await
    }

    pub(super) async fn cancel(&self, account: &Account, parcel: &RegisteredParcel) -> CallOutcome<String> {
        self.change(account, parcel, NewStatus::Cancel).await
    }

    /// 9003 says only that the status cannot change: the parcel's own status tells whether because the
    /// change was made before.
    async fn change(
        &self,
        account: &Account,
        parcel: &RegisteredParcel,
        to: NewStatus,
    ) -> CallOutcome<String> {
        let codes = [parcel.code.as_str()];
        let body = json!({ "NewStatus": to.code(), "ParcelCodes": codes });
        match self.ask(Method::ChangeStatus, account, &body, self.deadlines.other, map::change).await {
            CallOutcome::Done(Change::Done(words)) => CallOutcome::Done(words),
            CallOutcome::Done(Change::Fixed(refused)) => {
                let read = |answer: &Answer| map::settled_change(answer, to, refused);
                self.ask(Method::ParcelStatus, account, &codes, self.deadlines.other, read).await
            }
            other => then(other, |_| String::new()),
        }
    }

    /// A fresh token, so that a changed password shows at once, then a harmless call with it.
    pub(super) async fn verify(&self, account: &Account) -> CallOutcome<()> {
        use yam_platform::secrets::ExposeSecret as _;
        let deadline = Deadline::after(self.deadlines.other);
        let credentials = &account.credentials;
        match self.client.log_in(&credentials.username, credentials.password.expose_secret(), deadline).await
        {
            CallOutcome::Done(_) => then(self.provinces(account).await, |_| ()),
            other => then(other, |_| ()),
        }
    }

    pub(super) async fn probe(&self, account: Option<&Account>) -> ProbeReport {
        let started = Instant::now();
        let (operation, works, seen) = match account {
            Some(account) => match self.provinces(account).await {
                CallOutcome::Done(count) => ("BaseInfo/Province", true, format!("{count} provinces")),
                other => ("BaseInfo/Province", false, describe(&other)),
            },
            None => {
                let deadline = Deadline::after(self.deadlines.other);
                match self.client.log_in_answer("", "", deadline).await {
                    Ok(answer) => {
                        let body =
                            serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap_or_default();
                        let refused = answer.status.is_client_error() && body.get("error").is_some();
                        let seen = if refused {
                            "an empty login is refused as it should be"
                        } else {
                            "no login service"
                        };
                        ("token", refused, outline(&answer, seen))
                    }
                    Err(failure) => ("token", false, failure.to_string()),
                }
            }
        };
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        ProbeReport { wire: "iran_post_rest", url: self.client.address(), operation, works, seen, took_ms }
    }

    async fn provinces(&self, account: &Account) -> CallOutcome<usize> {
        self.ask(Method::Province, account, &json!({}), self.deadlines.other, map::provinces).await
    }

    async fn ask<T>(
        &self,
        method: Method,
        account: &Account,
        body: &(impl Serialize + Sync + ?Sized),
        total: Duration,
        read: impl FnOnce(&Answer) -> CallOutcome<T>,
    ) -> CallOutcome<T> {
        match self.client.call(method, account, &body, Deadline::after(total)).await {
            Ok(answer) => read(&answer),
            Err(failure) => without_result::<T>(failure),
        }
    }
}

fn price_item(quote: &Quote, city: City, service: ServiceType) -> PriceItem {
    PriceItem {
        client_order_id: 1,
        city_id: city.code,
        price: quote.goods_total.amount(),
        weight: quote.weight.get(),
        service_type: service.code(),
        pay_type: PayType::of(quote.cod, false).code(),
        non_standard_package: quote.weight > STANDARD_MAX,
        sms_service: false,
        pod: false,
    }
}

/// Our number for a product comes from its key, so that repeating the call repeats the number.
fn new_product(product: &Product) -> NewProduct {
    let digits = product.key.rsplit('/').next().and_then(|hex| hex.get(..8));
    let number = digits.and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0) >> 1;
    NewProduct {
        client_product_id: number.max(1),
        name: product.name.clone(),
        price: product.price,
        percent_discount: 0,
        weight: product.weight.get(),
        count: STOCK,
        enabled: true,
        visible: false,
        is_standard: true,
        is_pocket: false,
        description: product.name.clone(),
    }
}

fn parcel_item(
    account: &Account,
    consignment: &Consignment,
    receiver: Receiver,
    ids: &BTreeMap<String, String>,
    client_id: u32,
) -> Result<ParcelItem, String> {
    let line = |item| {
        let id = ids.get(&product::key(account, item)).and_then(|id| id.parse().ok());
        Ok(ProductLine {
            ebazaar_product_id: id
                .ok_or_else(|| format!("the product {:?} was not prepared", clean(&item.name)))?,
            count: item.quantity,
            weight: item.weight.get(),
            price: item.price.amount(),
            dis_count_percent: 0,
        })
    };
    let contents = consignment.items.iter().filter_map(|item| item.weight.checked_mul(item.quantity));
    let contents = Grams::sum(contents).unwrap_or(consignment.weight);
    let given = |text: &Option<String>, stand_in: &str| {
        text.as_deref().map(clean).filter(|text| !text.is_empty()).unwrap_or_else(|| stand_in.to_owned())
    };
    Ok(ParcelItem {
        client_order_id: client_id,
        city_id: receiver.city.code,
        service_type: ServiceType::of(&consignment.service).ok_or("the service is not on this wire")?.code(),
        pay_type: PayType::of(consignment.cod, consignment.postage_by_merchant).code(),
        register_first_name: receiver.first_name,
        register_last_name: receiver.last_name,
        register_address: receiver.address,
        register_phone_number: receiver.phone,
        register_mobile: receiver.mobile,
        register_email: given(&consignment.consignee.email, NO_EMAIL),
        register_ip: given(&consignment.buyer_ip, NO_IP),
        register_postal_code: receiver.postal_code,
        discount_amount: consignment.discount.amount(),
        packing_weight: consignment.weight.get().saturating_sub(contents.get()),
        pre_paid_amount: 0,
        non_standard_package: consignment.weight > STANDARD_MAX,
        sms_service: false,
        pod: false,
        products: consignment.items.iter().map(line).collect::<Result<_, String>>()?,
    })
}

fn rate(service: &str, postage: Money, vat: Money) -> OperatorRate {
    let (service, cod_fee, insurance, transit_days) = (service.to_owned(), None, None, None);
    OperatorRate { service, postage, vat, cod_fee, insurance, transit_days }
}

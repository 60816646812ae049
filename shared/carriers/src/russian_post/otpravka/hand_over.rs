//! Parcels that leave together: a batch with its day, and its check-in (protocol notes, section 4.5;
//! reliability notes, section 4.4). Repeating is harmless: what is in a batch is found there, and a batch
//! that is past its making was checked in before.

use std::collections::BTreeMap;

use http::Method;
use jiff::civil::Date;
use serde_json::Value;

use super::client::Ask;
use super::errors::{entries, own_error, refusal};
use super::forms::segment;
use super::{Otpravka, find, ids};
use crate::account::Account;
use crate::consignment::RegisteredParcel;
use crate::outcome::{CallOutcome, OperatorError};
use crate::russian_post::RussianPostSettings;
use crate::russian_post::zones::MOSCOW;

/// Where a parcel stands on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// In a batch that is still to be checked in, or may be.
    Batch(String),
    /// At the post.
    Sent(String),
    /// Nowhere to go on from.
    Ended(CallOutcome<String>),
}

impl Otpravka {
    /// Batches and checks in; one outcome per parcel.
    pub(in crate::russian_post) async fn hand_over(
        &self,
        account: &Account,
        settings: &RussianPostSettings,
        parcels: &[RegisteredParcel],
        day: Option<Date>,
    ) -> Vec<CallOutcome<String>> {
        let places = self.batched(account, settings, parcels, day).await;
        let mut checked: BTreeMap<String, CallOutcome<String>> = BTreeMap::new();
        for place in &places {
            if let Place::Batch(batch) = place
                && !checked.contains_key(batch)
            {
                checked.insert(batch.clone(), self.check_in(account, settings, batch).await);
            }
        }
        let outcome = |place: Place| match place {
            Place::Batch(batch) => checked
                .get(&batch)
                .cloned()
                .unwrap_or_else(|| CallOutcome::NotSent(format!("batch {batch} was not checked in"))),
            Place::Sent(batch) => CallOutcome::Done(format!("batch {batch} is at the post")),
            Place::Ended(outcome) => outcome,
        };
        places.into_iter().map(outcome).collect()
    }

    /// Where each parcel stands after it was put into a batch; those that cannot be are searched, as an
    /// earlier call may have done it.
    async fn batched(
        &self,
        account: &Account,
        settings: &RussianPostSettings,
        parcels: &[RegisteredParcel],
        day: Option<Date>,
    ) -> Vec<Place> {
        let mut places: Vec<Option<Place>> = vec![None; parcels.len()];
        let known: Vec<(usize, u64)> = parcels
            .iter()
            .enumerate()
            .filter_map(|(at, parcel)| Some((at, parcel.reference.as_deref()?.parse().ok()?)))
            .collect();
        if !known.is_empty() {
            let asked: Vec<u64> = known.iter().map(|(_, id)| *id).collect();
            match self.batch(account, settings, &asked, day).await {
                Ok(body) => {
                    let names = batches(&body);
                    let refused = entries(&body);
                    for (position, (at, id)) in known.iter().enumerate() {
                        let no = refused.iter().find(|(entry, _)| *entry == position).map(|(_, error)| error);
                        let place = match (no, names.as_slice()) {
                            (None, [only]) if ids(&body).contains(id) => Some(Place::Batch(only.clone())),
                            (Some(error), _) if error.code != "NOT_FOUND" => {
                                Some(Place::Ended(CallOutcome::Refused(error.clone())))
                            }
                            // In one of several batches, or not in the backlog: a search says where.
                            _ => None,
                        };
                        if let Some(slot) = places.get_mut(*at) {
                            *slot = place;
                        }
                    }
                }
                Err(other) => {
                    let ended = Place::Ended(other);
                    return vec![ended; parcels.len()];
                }
            }
        }
        let mut found = Vec::with_capacity(parcels.len());
        for (place, parcel) in places.into_iter().zip(parcels) {
            found.push(match place {
                Some(place) => place,
                None => self.place(account, parcel).await,
            });
        }
        found
    }

    async fn batch(
        &self,
        account: &Account,
        settings: &RussianPostSettings,
        ids: &[u64],
        day: Option<Date>,
    ) -> Result<Value, CallOutcome<String>> {
        let day = day.unwrap_or_else(|| MOSCOW.to_datetime(self.clock.now()).date()).to_string();
        let offset = MOSCOW.seconds().to_string();
        let online = settings.online_balance.to_string();
        let ask = Ask::new("batch", Method::POST, "1.0/user/shipment").with(&[
            ("sending-date", &day),
            ("timezone-offset", &offset),
            ("use-online-balance", &online),
        ]);
        self.tell(ask, account, ids, self.deadline()).await
    }

    /// Where a parcel stands by the operator's own searches.
    async fn place(&self, account: &Account, parcel: &RegisteredParcel) -> Place {
        let found = match self.found(account, &parcel.ours).await {
            Ok(found) => found,
            Err(other) => return Place::Ended(other.map(|()| String::new())),
        };
        match found.into_iter().find(|found| found.code.as_ref().is_none_or(|code| *code == parcel.code)) {
            Some(found) if found.is_sent() => Place::Sent(found.batch.unwrap_or_default()),
            Some(find::Found { batch: Some(batch), .. }) => Place::Batch(batch),
            Some(_) => Place::Ended(CallOutcome::Unknown("the order is still in the backlog".to_owned())),
            None => Place::Ended(CallOutcome::Refused(refusal("NOT_FOUND", ""))),
        }
    }

    /// Gives a batch to the post.
    async fn check_in(
        &self,
        account: &Account,
        settings: &RussianPostSettings,
        batch: &str,
    ) -> CallOutcome<String> {
        let online = settings.online_balance.to_string();
        let path = format!("1.0/batch/{}/checkin", segment(batch));
        let ask =
            Ask::new("checkin", self.client.check_in_method(), path).with(&[("useOnlineBalance", &online)]);
        let body = match self.ask(ask, account, self.deadline()).await {
            Ok(body) => body,
            Err(CallOutcome::Refused(error)) if was_sent(&error) => {
                return CallOutcome::Done(format!("batch {batch} was checked in before"));
            }
            Err(other) => return other,
        };
        match own_error(&body) {
            None if body.get("f103-sent").and_then(Value::as_bool) == Some(true) => {
                CallOutcome::Done(format!("batch {batch} is checked in"))
            }
            Some(error) if was_sent(&error) => {
                CallOutcome::Done(format!("batch {batch} was checked in before"))
            }
            Some(error) => CallOutcome::Refused(error),
            None => CallOutcome::Unknown(format!("no word on the check-in of batch {batch}")),
        }
    }
}

fn was_sent(error: &OperatorError) -> bool {
    matches!(error.code.as_str(), "READONLY_STATE" | "ALL_SHIPMENTS_SENT")
}

/// Names of the batches that were made.
fn batches(body: &Value) -> Vec<String> {
    let batches = body.get("batches").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let name = |batch: &Value| match batch.get("batch-name")? {
        Value::String(name) => Some(name.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    batches.iter().filter_map(name).collect()
}

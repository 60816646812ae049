//! What the account's contract has: its offices, and today's calls; read to see whether credentials work.

use http::Method;
use serde_json::Value;

use super::Otpravka;
use super::client::Ask;
use crate::account::Account;
use crate::errors::own;
use crate::outcome::{CallOutcome, RefusalKind, SenderPlace};
use crate::russian_post::RussianPostSettings;

impl Otpravka {
    /// The offices the contract hands in at.
    pub(in crate::russian_post) async fn shipping_points(
        &self,
        account: &Account,
    ) -> CallOutcome<Vec<SenderPlace>> {
        let ask = Ask::new("user-shipping-points", Method::GET, "1.0/user-shipping-points");
        let body = match self.ask(ask, account, self.deadline()).await {
            Ok(body) => body,
            Err(other) => return other,
        };
        let Some(points) = body.as_array() else {
            return CallOutcome::Unknown("a list of offices that is none".to_owned());
        };
        let text = |point: &Value, name: &str| {
            point.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let open = points.iter().filter(|point| point.get("enabled").and_then(Value::as_bool) != Some(false));
        let places = open.map(|point| SenderPlace {
            code: text(point, "operator-postcode"),
            name: text(point, "ops-address"),
            address: String::new(),
        });
        CallOutcome::Done(places.filter(|place| !place.code.is_empty()).collect())
    }

    /// The day's calls, which shows that the credentials work, then the office that parcels are handed in at.
    pub(in crate::russian_post) async fn verify(
        &self,
        account: &Account,
        settings: &RussianPostSettings,
    ) -> CallOutcome<()> {
        match self.checked(account, settings).await {
            Ok(()) => CallOutcome::Done(()),
            // Here nothing waits for the account: wrong credentials are a plain no.
            Err(CallOutcome::Busy { error, .. }) if error.kind == RefusalKind::Credentials => {
                CallOutcome::Refused(error)
            }
            Err(other) => other,
        }
    }

    async fn checked(
        &self,
        account: &Account,
        settings: &RussianPostSettings,
    ) -> Result<(), CallOutcome<()>> {
        self.limit(account).await.done::<()>()?;
        let places = self.shipping_points(account).await.done::<()>()?;
        if places.iter().any(|place| place.code == settings.from_index) {
            return Ok(());
        }
        let known: Vec<String> = places.into_iter().map(|place| place.code).collect();
        let office = &settings.from_index;
        let words = format!("{office} is not one of the contract's offices ({})", known.join(", "));
        Err(CallOutcome::Refused(own("from_index", words, RefusalKind::AccountInactive)))
    }

    /// Calls allowed and spent today.
    pub(in crate::russian_post) async fn limit(&self, account: &Account) -> CallOutcome<(u64, u64)> {
        let ask = Ask::new("settings/limit", Method::GET, "1.0/settings/limit");
        let body = match self.ask(ask, account, self.deadline()).await {
            Ok(body) => body,
            Err(other) => return other,
        };
        let count = |name: &str| body.get(name).and_then(Value::as_u64);
        match count("allowed-count").zip(count("current-count")) {
            Some(counts) => CallOutcome::Done(counts),
            None => CallOutcome::Unknown("no counts in the answer".to_owned()),
        }
    }
}

//! The judge of money: what the gateways' ledgers say against what the hub says (reliability notes, section 6,
//! P1 to P5).
//!
//! It knows nothing of how the hub works: rows of ledgers, payments as the API shows them, events as the shop got
//! them. What it finds wrong it names; silence is an acquittal, so its tests show that it can speak.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// Everything a run left behind, after its faults have stopped and three days have passed.
#[derive(Debug, Clone, Default)]
pub struct Books {
    /// Rows of the gateways' ledgers.
    pub ledger: Vec<Value>,
    /// Payments, as `GET /v1/payments` shows them.
    pub payments: Vec<Value>,
    /// How often `payment.paid` was told, by payment.
    pub told: BTreeMap<String, usize>,
    /// Links, as `GET /v1/payment-links/{id}` shows them.
    pub links: Vec<Value>,
    /// Within which time Mellat has to be settled.
    pub settle_within: SignedDuration,
    /// The hub was up and every gateway could be reached.
    pub attended: bool,
}

/// What one payment is at its gateway.
#[derive(Debug, Default)]
struct Money {
    taken: i64,
    verified: i64,
    back: i64,
    refunds: usize,
    returned: bool,
    verified_at: Option<Timestamp>,
    settled_at: Option<Timestamp>,
    settled_by_us: bool,
    reversed_by_us: bool,
}

/// States in which money may lie with either side, while somebody is still at it.
const OPEN: [&str; 8] = [
    "verifying",
    "verify_unknown",
    "paid_unsettled",
    "mismatch",
    "overpaid",
    "refund_unknown",
    "refunding",
    "reversing",
];

/// Gateway and the gateway's id.
type Place = (String, String);

fn text(value: &Value, name: &str) -> String {
    match &value[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn amount(value: &Value) -> i64 {
    value["amount"].as_i64().unwrap_or(0)
}

impl Books {
    /// What is wrong; nothing when the money is all there, once.
    #[must_use]
    pub fn judge(&self) -> Vec<String> {
        let money = self.money();
        let mut wrong = Vec::new();
        let mut owned: BTreeMap<Place, Vec<String>> = BTreeMap::new();
        for payment in &self.payments {
            for attempt in payment["attempts"].as_array().into_iter().flatten() {
                let place = self.place(attempt);
                let found = place.as_ref().and_then(|place| money.get(place));
                let who = format!("{} {}", text(payment, "payment_id"), text(attempt, "order"));
                self.attempt(payment, attempt, found, &who, &mut wrong);
                if let Some(place) = place {
                    owned.entry(place).or_default().push(format!("{who} ({})", text(attempt, "status")));
                }
            }
            self.payment(payment, &mut wrong);
        }
        for (place, owners) in owned.iter().filter(|(_, owners)| owners.len() > 1) {
            wrong.push(format!("P2: one payment at a gateway, {place:?}, belongs to several: {owners:?}"));
        }
        for (place, money) in &money {
            if money.held() > 0 && !owned.contains_key(place) {
                wrong.push(format!("P1: {} at {place:?} is held and nobody knows of it", money.held()));
            }
        }
        self.links(&mut wrong);
        wrong
    }

    fn money(&self) -> BTreeMap<Place, Money> {
        let mut all: BTreeMap<Place, Money> = BTreeMap::new();
        for row in &self.ledger {
            let money = all.entry((text(row, "system"), text(row, "its_id"))).or_default();
            let (sum, at) = (amount(row), text(row, "committed_at").parse().ok());
            let by_us = row["detail"]["by"] == "shop";
            match text(row, "kind").as_str() {
                "taken" => money.taken += sum,
                "verified" => {
                    money.verified += sum;
                    money.verified_at = at;
                }
                "settled" => {
                    money.settled_at = at;
                    money.settled_by_us |= by_us;
                }
                "reversed" => {
                    money.back += sum;
                    money.reversed_by_us |= by_us;
                }
                "refunded" => {
                    money.back += sum;
                    money.refunds += 1;
                }
                "returned" => {
                    money.returned = true;
                    if money.verified > 0 {
                        money.back += sum;
                    }
                }
                _ => {}
            }
        }
        all
    }

    /// Where an attempt's money is: by the gateway's id, or by our number where the gateway has no other.
    fn place(&self, attempt: &Value) -> Option<Place> {
        let (gateway, id, order) =
            (text(attempt, "gateway"), text(attempt, "gateway_id"), text(attempt, "order"));
        let mine = |row: &&Value| {
            text(row, "system") == gateway
                && if id.is_empty() { text(row, "our_id") == order } else { text(row, "its_id") == id }
        };
        let by_number = |row: &&Value| text(row, "system") == gateway && text(row, "our_id") == order;
        let kind = |kind: &'static str| move |row: &&Value| row["kind"] == kind;
        let rows = || self.ledger.iter().filter(by_number);
        // A payer who loads Toss's page again begins anew under the same number: the one that was paid counts.
        let row = (self.ledger.iter().find(mine))
            .or_else(|| rows().find(kind("verified")))
            .or_else(|| rows().find(kind("taken")))
            .or_else(|| rows().next())?;
        Some((gateway, text(row, "its_id")))
    }

    fn attempt(
        &self,
        payment: &Value,
        attempt: &Value,
        found: Option<&Money>,
        who: &str,
        wrong: &mut Vec<String>,
    ) {
        let nothing = Money::default();
        let money = found.unwrap_or(&nothing);
        let (status, frozen) = (text(attempt, "status"), amount(&attempt["amount"]));
        let refunds = attempt["refunds"].as_array().map(Vec::as_slice).unwrap_or_default();
        let went_back: i64 =
            refunds.iter().filter(|back| back["went_back"] == true).map(|back| amount(&back["amount"])).sum();
        let held = money.held();
        let open = OPEN.contains(&status.as_str());
        let least_most = match status.as_str() {
            "paid" => (frozen - went_back, frozen - went_back),
            _ if open => (0, frozen),
            _ => (0, 0),
        };
        if !(least_most.0..=least_most.1).contains(&held) {
            wrong.push(format!("P1: {who} is {status} over {frozen} (back {went_back}), and {held} is held"));
        }
        if open && payment["task"].is_null() && payment["next_at"].is_null() {
            wrong.push(format!("P1: {who} is {status}, and nobody is at it"));
        }
        if status == "paid" && money.verified != frozen {
            wrong.push(format!("P2: {who} is paid over {frozen}, and {} was verified", money.verified));
        }
        if status == "paid" && attempt["gateway"] == "mellat" && !money.settled_within(self.settle_within) {
            wrong.push(format!("P2: {who} is paid and was not settled in time"));
        }
        let timed_out = money.taken > 0 && money.verified == 0 && money.returned;
        let can_be_asked = !["sep", "mellat"].contains(&text(attempt, "gateway").as_str());
        if self.attended && timed_out && can_be_asked && attempt["unwanted"].is_null() && !open {
            wrong.push(format!("P3: {who} was wanted, and timed out to its payer"));
        }
        if money.refunds > refunds.len() {
            wrong.push(format!("P5: {who} was refunded {} times, asked {}", money.refunds, refunds.len()));
        }
        if money.back > money.verified {
            wrong.push(format!("P5: of {who} {} went back, of {}", money.back, money.verified));
        }
        if money.settled_by_us && money.reversed_by_us {
            wrong.push(format!("P5: {who} was both settled and reversed by us"));
        }
    }

    fn payment(&self, payment: &Value, wrong: &mut Vec<String>) {
        let id = text(payment, "payment_id");
        let told = self.told.get(&id).copied().unwrap_or(0);
        let paid = usize::from(!payment["paid_amount"].is_null());
        if told != paid {
            wrong.push(format!("P4: {id} was paid {paid} times, and payment.paid was told {told} times"));
        }
        let attempts = payment["attempts"].as_array().into_iter().flatten();
        let twice = attempts.filter(|attempt| attempt["status"] == "paid").count();
        if twice > 1 {
            wrong.push(format!("P4: {id} was paid by {twice} attempts"));
        }
        if payment["status"] == "paid" && paid == 0 {
            wrong.push(format!("P4: {id} is paid, and was never told to be"));
        }
    }

    fn links(&self, wrong: &mut Vec<String>) {
        for link in self.links.iter().filter(|link| link["single_use"] == true) {
            let id = text(link, "link_id");
            let of_link = |payment: &&Value| payment["link_id"] == link["link_id"];
            let paid: BTreeSet<String> = self
                .payments
                .iter()
                .filter(of_link)
                .filter(|payment| !payment["paid_amount"].is_null())
                .map(|payment| text(payment, "payment_id"))
                .collect();
            if paid.len() > 1 {
                wrong.push(format!("P4: the single-use link {id} was paid by {paid:?}"));
            }
            if link["paid"].as_u64() != u64::try_from(paid.len()).ok() {
                wrong.push(format!("P4: {id} counts {} uses, and has {}", link["paid"], paid.len()));
            }
        }
    }
}

impl Money {
    fn held(&self) -> i64 {
        if self.verified > 0 { self.verified - self.back } else { 0 }
    }

    fn settled_within(&self, limit: SignedDuration) -> bool {
        self.verified_at.zip(self.settled_at).is_some_and(|(from, to)| to.duration_since(from) <= limit)
    }
}

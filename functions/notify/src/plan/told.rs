//! Reading an event of the outbox as something that may be told to people.

use jiff::Timestamp;
use serde_json::Value;
use yam_domain::ids::{CarrierId, LinkId, MerchantId, OrderId, ParcelId, PaymentId};
use yam_domain::notice::{Audience, Channel, Event, Kind, Macro, Notice, Subject, Values};
use yam_domain::parcel::ParcelStatus;
use yam_domain::tracking::Verdict;
use yam_store::items::notices::About;

/// Something that may be told, with what its event alone knows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    /// For the rules.
    pub(crate) event: Event,
    /// For the message.
    pub(crate) about: About,
    /// Values that may have changed by the time it is told; none of a person.
    pub(crate) values: Values,
    /// Told to these alone.
    pub(crate) only: Option<Audience>,
    /// Asked for by name: told by these means, ticked or not.
    pub(crate) asked: Option<Vec<Channel>>,
    /// Planned as if it were this moment, not now.
    pub(crate) from: Option<Timestamp>,
}

/// What an event tells; nothing for kinds that no rule asks for.
pub(crate) fn told(merchant: &MerchantId, event: &yam_store::Event) -> Vec<Told> {
    match event.kind.as_str() {
        "parcel.registered" | "parcel.status_changed" => parcel(merchant, event).into_iter().collect(),
        "payment_link.created" => link(merchant, event).into_iter().collect(),
        "account.on_hold" => account(merchant, event, Notice::CarrierOnHold, "account_id"),
        "account.messenger_stopped" => account(merchant, event, Notice::MessengerStopped, "account_id"),
        "account.balance_low" => account(merchant, event, Notice::BalanceLow, "account"),
        kind => match kind.strip_prefix("payment.") {
            Some(what) => payment(merchant, event, what),
            None => vec![],
        },
    }
}

fn text<'a>(data: &'a Value, name: &str) -> Option<&'a str> {
    data.get(name).and_then(Value::as_str)
}

fn parcel(merchant: &MerchantId, event: &yam_store::Event) -> Option<Told> {
    let data = &event.data;
    let carrier: CarrierId = text(data, "carrier")?.parse().ok()?;
    let code = text(data, "tracking_code")?;
    let subject = Subject { merchant: merchant.clone(), carrier: Some(carrier), reference: code.to_owned() };
    let mut values = Values::new();
    let told = if event.kind == "parcel.registered" {
        Event::of_registration(subject, event.at)
    } else {
        let change = data.get("change").filter(|change| change.is_object())?;
        let status: ParcelStatus = text(change, "status")?.parse().ok()?;
        let office = change.get("office").and_then(|office| text(office, "name").or(text(office, "index")));
        values.extend(office.map(|office| (Macro::Office, office.to_owned())));
        let flag = |name: &str| change.get(name).and_then(Value::as_bool).unwrap_or(false);
        let verdict = match (flag("late"), flag("superseded")) {
            (true, _) => Verdict::Late,
            (_, true) => Verdict::Superseded,
            _ => Verdict::News,
        };
        Event {
            subject,
            kind: Kind::Parcel(status),
            epoch: text(change, "epoch")?.to_owned(),
            happened_at: text(change, "happened_at").and_then(|at| at.parse().ok()).unwrap_or(event.at),
            verdict,
        }
    };
    let about = About {
        carrier: Some(carrier),
        reference: code.to_owned(),
        epoch: told.epoch.clone(),
        parcel: text(data, "parcel_id").and_then(|id| ParcelId::parse(id).ok()),
        order: text(data, "order_id").and_then(|id| OrderId::parse(id).ok()),
        ..About::default()
    };
    Some(Told { event: told, about, values, only: None, asked: None, from: None })
}

fn account(merchant: &MerchantId, event: &yam_store::Event, notice: Notice, name: &str) -> Vec<Told> {
    let reference = text(&event.data, name).unwrap_or(notice.as_str()).to_owned();
    let mut values = Values::from([(Macro::Account, reference.clone())]);
    values.extend(text(&event.data, "balance_text").map(|sum| (Macro::Sum, sum.to_owned())));
    vec![of_notice(merchant, notice, &reference, event.sequence.to_string(), event.at, values)]
}

/// A message about an account, or the report of a day.
pub(crate) fn of_notice(
    merchant: &MerchantId,
    notice: Notice,
    reference: &str,
    epoch: String,
    at: Timestamp,
    values: Values,
) -> Told {
    let subject = Subject { merchant: merchant.clone(), carrier: None, reference: reference.to_owned() };
    let about = About { reference: reference.to_owned(), epoch: epoch.clone(), ..About::default() };
    Told {
        event: Event::of_notice(subject, notice, epoch, at),
        about,
        values,
        only: None,
        asked: None,
        from: None,
    }
}

/// A link goes to whom its maker named, once by each means (S2-07).
fn link(merchant: &MerchantId, event: &yam_store::Event) -> Option<Told> {
    let id = LinkId::parse(text(&event.data, "link_id")?).ok()?;
    let via = event.data.get("send_via")?.as_array()?;
    let via = via.iter().filter_map(|channel| crate::words::read(channel.as_str()?)).collect();
    let url = text(&event.data, "url")?.to_owned();
    let values = Values::from([(Macro::Link, url)]);
    let told = of_notice(merchant, Notice::PaymentLink, id.as_str(), "1".to_owned(), event.at, values);
    let order = text(&event.data, "order_id").and_then(|id| OrderId::parse(id).ok());
    let about = About { link: Some(id), order, ..told.about };
    Some(Told { about, only: Some(Audience::Buyer), asked: Some(via), ..told })
}

/// A payment is paid once; each attempt may fail once, each sum that went back is told once, and each question to a
/// person is a new one.
fn payment(merchant: &MerchantId, event: &yam_store::Event, what: &str) -> Vec<Told> {
    let data = &event.data;
    let Some(id) = text(data, "payment_id").and_then(|id| PaymentId::parse(id).ok()) else { return vec![] };
    let word = |name: &str| data.get(name).map(Value::to_string).unwrap_or_default();
    let slip = text(data, "method") == Some("slip");
    let kinds: &[(Notice, Option<Audience>, String)] = &match what {
        "paid" if slip => vec![
            (Notice::SlipApproved, Some(Audience::Buyer), "1".to_owned()),
            (Notice::PaymentPaid, Some(Audience::Admin), "1".to_owned()),
        ],
        "paid" => vec![(Notice::PaymentPaid, None, "1".to_owned())],
        "failed" => vec![(Notice::PaymentFailed, None, word("gateway_order"))],
        "refunded" => vec![(Notice::PaymentRefunded, None, word("refunded_amount"))],
        "rejected" => vec![(Notice::SlipRejected, None, event.sequence.to_string())],
        "needs_review" => vec![(Notice::PaymentNeedsReview, None, event.sequence.to_string())],
        _ => vec![],
    };
    let order = text(data, "order_id").and_then(|id| OrderId::parse(id).ok());
    let told = |(notice, only, epoch): &(Notice, Option<Audience>, String)| {
        let reference = id.as_str();
        let told = of_notice(merchant, *notice, reference, epoch.clone(), event.at, Values::new());
        let about = About { payment: Some(id.clone()), order: order.clone(), ..told.about };
        Told { about, only: *only, ..told }
    };
    kinds.iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(kind: &str, data: Value) -> yam_store::Event {
        let at = "2026-11-21T06:30:00Z".parse().unwrap();
        yam_store::Event { kind: kind.into(), at, sequence: 7, data, expires_at: 0 }
    }

    fn read(kind: &str, data: Value) -> Vec<Told> {
        told(&MerchantId::parse("demo").unwrap(), &event(kind, data))
    }

    #[test]
    fn a_change_of_status_is_told_with_its_epoch_and_office() {
        let mut data = json!({
            "parcel_id": "01k.1", "order_id": null, "carrier": "russian_post",
            "tracking_code": "80083741236541",
            "change": {"epoch": "arrived.1", "status": "arrived", "happened_at": "2026-11-20T07:00:00Z",
                "office": {"index": "101000", "name": "Moscow 101000"}, "late": false, "superseded": false},
        });
        let told = read("parcel.status_changed", data.clone()).remove(0);
        assert_eq!(told.event.kind, Kind::Parcel(ParcelStatus::Arrived));
        assert_eq!((told.event.epoch.as_str(), told.event.verdict), ("arrived.1", Verdict::News));
        assert_eq!(told.values.get(&Macro::Office).map(String::as_str), Some("Moscow 101000"));
        data["change"]["late"] = json!(true);
        assert_eq!(read("parcel.status_changed", data.clone()).remove(0).event.verdict, Verdict::Late);
        data["change"] = Value::Null;
        assert_eq!(read("parcel.status_changed", data), []);
    }

    #[test]
    fn a_link_is_told_to_its_payer_by_the_means_its_maker_named() {
        let data = json!({"link_id": "9m0rt6e07b0msv2n3t3qveqvbccxjyt6", "url": "https://hub.example/openpay/demo/9m0rt6e07b0msv2n3t3qveqvbccxjyt6", "send_via": ["sms"]});
        let told = read("payment_link.created", data).remove(0);
        assert_eq!((told.asked, told.only), (Some(vec![Channel::Sms]), Some(Audience::Buyer)));
        assert_eq!(told.about.link.as_ref().map(LinkId::as_str), Some("9m0rt6e07b0msv2n3t3qveqvbccxjyt6"));
        assert!(told.values[&Macro::Link].ends_with("/demo/9m0rt6e07b0msv2n3t3qveqvbccxjyt6"));
    }

    #[test]
    fn a_slip_is_told_to_payer_and_shop_in_words_of_their_own() {
        let data =
            |method: &str| json!({"payment_id": "demo.01kabcdefg", "method": method, "order_id": null});
        let kinds = |told: Vec<Told>| -> Vec<(&str, Option<Audience>)> {
            told.iter().map(|told| (told.event.kind.as_str(), told.only)).collect()
        };
        assert_eq!(
            kinds(read("payment.paid", data("slip"))),
            [("slip_approved", Some(Audience::Buyer)), ("payment_paid", Some(Audience::Admin))]
        );
        assert_eq!(kinds(read("payment.paid", data("gateway"))), [("payment_paid", None)]);
        assert_eq!(kinds(read("payment.reversed", data("gateway"))), []);
    }
}

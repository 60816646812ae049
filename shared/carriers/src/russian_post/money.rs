//! Cash on delivery: `PostalOrderEventsForMail` of the single wire (protocol notes, sections 1.5 and 7),
//! and the operation that says the buyer paid.

use jiff::Timestamp;
use yam_domain::money::{Currency, Money};
use yam_domain::tracking::{CodMoney, Scan};
use yam_domain::waybill::WaybillNumber;
use yam_platform::http::Answer;
use yam_platform::xml::{Pull, Tag, Token, escaped, mended};

use super::errors::{Fault, Part};
use super::{envelope, zones};
use crate::account::Credentials;
use crate::tracker::{TrackOutcome, no_document, unreadable, words};
use crate::wire_time;

/// Events of one parcel that are read; a money order has two.
const MOST_EVENTS: usize = 100;

/// The request for the events of a parcel's money order. The login comes first here.
#[must_use]
pub fn request(code: &WaybillNumber, credentials: &Credentials) -> String {
    let (code, login) = (escaped(code.as_str()), envelope::single_login(credentials));
    envelope::single(&format!(
        "<oper:PostalOrderEventsForMail>{login}<d1:PostalOrderEventsForMailInput \
         xmlns:d1=\"http://www.russianpost.org/RTM/DataExchangeESPP/Data\" \
         Barcode=\"{code}\" Language=\"RUS\"/></oper:PostalOrderEventsForMail>"
    ))
}

/// The answer to it; an empty list where there is no money order.
#[must_use]
pub fn read(answer: &Answer) -> TrackOutcome<Vec<CodMoney>> {
    if let Some(outcome) = no_document(answer) {
        return outcome;
    }
    let mut events = Events::of(&answer.body);
    if events.stopped.is_some()
        && let Some(body) = mended(&answer.body)
    {
        events = Events::of(&body);
    }
    if !answer.complete {
        return unreadable(answer, "a list of money orders that is not whole");
    }
    if let Some(why) = events.stopped {
        return unreadable(answer, why);
    }
    if let Some(outcome) = events.fault.outcome() {
        return outcome;
    }
    if !events.seen {
        return unreadable(answer, "no money orders in the answer");
    }
    events.read.sort_by_key(|(at, _)| *at);
    TrackOutcome::Answer(events.read.into_iter().map(|(_, money)| money).collect())
}

/// Operation 63, `НП оплачен`: the buyer paid; how much is not said.
pub(super) fn of_scan(scan: &Scan) -> Option<CodMoney> {
    let paid = scan.raw.code.split('/').next() == Some("63");
    paid.then_some(CodMoney::Collected { amount: None, at: Some(scan.happened_at) })
}

#[derive(Debug, Default)]
struct Events {
    seen: bool,
    read: Vec<(Option<Timestamp>, CodMoney)>,
    fault: Fault,
    stopped: Option<&'static str>,
}

impl Events {
    fn of(body: &[u8]) -> Self {
        let mut events = Events::default();
        let mut pull = Pull::new(body);
        let mut path: Vec<Option<Part>> = Vec::with_capacity(8);
        loop {
            match pull.token() {
                Token::Open(tag) => {
                    events.begin(&tag);
                    path.push(Part::of(tag.name()));
                }
                Token::Close(text) => {
                    if let Some(part) = path.pop().flatten() {
                        events.fault.add(part, &text);
                    }
                }
                Token::End => return events,
                Token::Stop(why) => {
                    events.stopped = Some(why);
                    return events;
                }
            }
        }
    }

    fn begin(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            // The missing letter is real.
            "PostalOrderEventsForMaiOutput" | "PostalOrderEventsForMailOutput" => self.seen = true,
            "PostalOrderEvent" if self.read.len() < MOST_EVENTS => self.read.extend(event(tag)),
            "Fault" | "PostalOrderEventsForMailFault" => self.fault.begin(),
            "PostalOrderEventsForMailError" => {
                let mut id = String::new();
                tag.each_attribute(|name, value| {
                    if name == "ErrorID" {
                        id = value.into_owned();
                    }
                });
                self.fault.identify(&id);
            }
            _ => {}
        }
    }
}

/// 1 is the buyer's payment, 3 the payment to the sender; what others mean is not known.
fn event(tag: &Tag<'_>) -> Option<(Option<Timestamp>, CodMoney)> {
    let (mut kind, mut amount, mut at) = (String::new(), None, None);
    let whole = tag.each_attribute(|name, value| match name {
        "EventType" => kind = words(&value),
        "SumPaymentForward" => amount = value.trim().parse::<i64>().ok(),
        "EventDateTime" => at = wire_time::iso(&value, zones::MOSCOW),
        _ => {}
    });
    let amount = amount.filter(|kopecks| *kopecks >= 0).map(|kopecks| Money::new(kopecks, Currency::Rub));
    match kind.as_str() {
        "1" => Some((at, CodMoney::Collected { amount, at })),
        "3" => Some((at, CodMoney::PaidOut { amount, at })),
        other => {
            tracing::info!(target: "yam::carrier", carrier = "russian_post", event_type = other, whole, "money-order event of unknown type");
            None
        }
    }
}

//! `OpStateExt`: XML with a result and a state (gateway notes, sections 6.1 and 13).

use std::collections::BTreeMap;

use yam_domain::money::Money;
use yam_platform::xml::{Pull, Token};

use crate::attempt::{Inquiry, MoneyTold, Standing};
use crate::decimal::kopecks;
use crate::errors::error;
use crate::outcome::{CallOutcome, RefusalKind as K};

/// `Result/Code`.
pub(super) const RESULTS: &[(i64, Option<K>, &str)] = &[
    (0, None, "found"),
    (1, Some(K::Account), "the signature does not fit"),
    (2, Some(K::Account), "the shop was not found"),
    (3, Some(K::NotFound), "the operation was not found"),
    (4, Some(K::Duplicate), "two operations have this number"),
];

/// `State/Code`.
pub(super) const STATES: &[(i64, Standing, &str)] = &[
    (5, Standing::Open, "initiated"),
    (10, Standing::Cancelled, "cancelled, or its time is over"),
    (20, Standing::Open, "held"),
    (50, Standing::Open, "received, being credited"),
    (60, Standing::Returned, "crediting was refused and the money went back"),
    (80, Standing::Open, "suspended for a check"),
    (100, Standing::Verified, "paid"),
];

/// The document's texts by the path of their element below the outermost one.
fn texts(body: &[u8]) -> Result<BTreeMap<String, String>, &'static str> {
    let mut found = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    let mut pull = Pull::new(body);
    loop {
        match pull.token() {
            Token::Open(tag) if path.is_empty() && tag.name() != "OperationStateResponse" => {
                return Err("no answer of OpStateExt");
            }
            Token::Open(tag) => path.push(tag.name().to_owned()),
            Token::Close(text) => {
                let name = path.get(1..).unwrap_or_default().join("/");
                if !text.trim().is_empty() {
                    found.entry(name).or_insert_with(|| text.trim().to_owned());
                }
                path.pop();
            }
            Token::End => return Ok(found),
            Token::Stop(why) => return Err(why),
        }
    }
}

/// Reads an answer. An operation that is not found is a payment nobody has begun.
pub(super) fn read(body: &[u8], requested: Money) -> CallOutcome<Inquiry> {
    let texts = match texts(body) {
        Ok(texts) => texts,
        Err(why) => return CallOutcome::Unknown(why.to_owned()),
    };
    let code = |name: &str| texts.get(name).and_then(|text| text.parse::<i64>().ok());
    let Some(result) = code("Result/Code") else {
        return CallOutcome::Unknown("no result in the answer".into());
    };
    match RESULTS.iter().find(|(known, ..)| *known == result) {
        None => return CallOutcome::Unknown(format!("result {result}")),
        Some((_, Some(K::NotFound), _)) => return CallOutcome::Done(Inquiry::bare(Standing::Open)),
        Some((_, Some(kind), meaning)) => {
            let words = texts.get("Result/Description").map_or("", String::as_str);
            return CallOutcome::Refused(error(result, words, meaning, *kind));
        }
        Some((_, None, _)) => {}
    }
    let state = code("State/Code");
    let Some((_, standing, _)) = STATES.iter().find(|(known, ..)| Some(*known) == state) else {
        return CallOutcome::Unknown(format!("a state that is not documented: {state:?}"));
    };
    let key = texts.get("Info/OpKey").cloned();
    CallOutcome::Done(Inquiry {
        standing: *standing,
        money: MoneyTold::of(requested, texts.get("Info/OutSum").and_then(|sum| kopecks(sum))),
        reference: key.clone(),
        receipt: key,
        card: None,
    })
}

//! Messages as they stand on the wire (gateway notes, section 4); its misspellings are real names.

use serde_json::{Value, json};
use yam_domain::money::{Currency, Money};

use super::codes;
use crate::account::Account;
use crate::answer::{integer, text};
use crate::attempt::{Attempt, MoneyTold, Reversed, Start, Verified};
use crate::card::MaskedCard;
use crate::errors::error;
use crate::mobile::iranian;
use crate::outcome::{CallOutcome, RefusalKind};

/// What the guide allows as the life of a token, in minutes; it clamps what lies outside.
const SHORTEST: i64 = 20;
const LONGEST: i64 = 3_600;
/// Longest RefNum.
const LONGEST_REF_NUM: usize = 50;

pub(super) fn token_request(account: &Account, start: &Start) -> Value {
    let mut body = json!({
        "action": "token",
        "TerminalId": account.credentials.get("terminal_id"),
        "Amount": start.amount.amount(),
        "ResNum": start.order.to_string(),
        "RedirectUrl": start.return_url.as_str(),
        "TokenExpiryInMin": start.payable_for.as_mins().clamp(SHORTEST, LONGEST),
    });
    if let (Some(mobile), Some(fields)) = (iranian(&start.payer), body.as_object_mut()) {
        fields.insert("CellNumber".into(), json!(mobile.trim_start_matches('0')));
    }
    body
}

pub(super) fn token(value: &Value) -> CallOutcome<String> {
    match integer(value.get("status")) {
        Some(1) => match text(value.get("token")) {
            Some(token) => CallOutcome::Done(token),
            None => CallOutcome::Unknown("a success without a token".into()),
        },
        Some(-1) => {
            let code = integer(value.get("errorCode")).unwrap_or(-1);
            let words = text(value.get("errorDesc")).unwrap_or_default();
            let known = codes::STATUSES.iter().find(|(number, ..)| *number == code);
            let (meaning, kind) =
                known.map_or(("refused", RefusalKind::Other), |(_, name, _, kind)| (*name, *kind));
            CallOutcome::Refused(error(code, &words, meaning, kind))
        }
        _ => CallOutcome::Unknown("a token answer with another status".into()),
    }
}

/// Verify and reverse.
pub(super) fn by_ref_num(account: &Account, ref_num: &str) -> Value {
    json!({ "RefNum": ref_num, "TerminalNumber": terminal(account) })
}

fn terminal(account: &Account) -> Value {
    let text = account.credentials.get("terminal_id");
    text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
}

/// A RefNum is base64-like; anything else came from somebody else.
pub(super) fn is_ref_num(text: &str) -> bool {
    (1..=LONGEST_REF_NUM).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Reads a verify. SEP itself lets one RefNum be verified for two orders, so 2 ("repeated") is ours only
/// after an earlier verify of this payment, and -6 after an unanswered one proves nothing
/// (reliability notes, section 4.6).
pub(super) fn verified(
    value: &Value,
    attempt: &Attempt,
    ref_num: &str,
    account: &Account,
) -> CallOutcome<Verified> {
    let Some(code) = integer(value.get("ResultCode")) else {
        return CallOutcome::Unknown("no ResultCode in the answer".into());
    };
    let tried_before = attempt.verify_sends > 0;
    match code {
        codes::DONE if value.get("Success").and_then(Value::as_bool) == Some(true) => {
            details(value, attempt, ref_num, account, false)
        }
        codes::DONE => CallOutcome::Unknown("ResultCode 0 without Success".into()),
        codes::REPEATED if tried_before => details(value, attempt, ref_num, account, true),
        codes::REPEATED => CallOutcome::Refused(error(
            code,
            "",
            "this RefNum was verified before, not by this payment",
            RefusalKind::Foreign,
        )),
        codes::TOO_LATE if tried_before => {
            CallOutcome::Unknown("-6 after an unanswered verify: look in the bank's panel".into())
        }
        _ => refused(code, value),
    }
}

fn refused<T>(code: i64, value: &Value) -> CallOutcome<T> {
    let words = text(value.get("ResultDescription")).unwrap_or_default();
    match codes::RESULTS.iter().find(|(known, ..)| *known == code) {
        Some((_, kind, meaning)) => CallOutcome::Refused(error(code, &words, meaning, *kind)),
        None => CallOutcome::Unknown(format!("ResultCode {code} is not documented")),
    }
}

/// Both amounts have to be ours, where both are told, and the terminal too. A repeated verify may come
/// without them; then nothing is proved.
fn details(
    value: &Value,
    attempt: &Attempt,
    ref_num: &str,
    account: &Account,
    before: bool,
) -> CallOutcome<Verified> {
    let Some(detail) = value.get("TransactionDetail").filter(|d| d.is_object()) else {
        return CallOutcome::Unknown("a success without TransactionDetail".into());
    };
    let rial = |name: &str| integer(detail.get(name)).map(|amount| Money::new(amount, Currency::Irr));
    let Some(original) = rial("OrginalAmount") else {
        return CallOutcome::Unknown("a success without OrginalAmount".into());
    };
    let other_terminal = integer(detail.get("TerminalNumber"))
        .is_some_and(|number| account.credentials.get("terminal_id") != number.to_string());
    if other_terminal {
        let meaning = "the transaction is another terminal's";
        return CallOutcome::Refused(error("terminal", "", meaning, RefusalKind::Foreign));
    }
    let money = match (MoneyTold::of(attempt.amount, Some(original)), rial("AffectiveAmount")) {
        (MoneyTold::Equal, Some(taken)) => MoneyTold::of(attempt.amount, Some(taken)),
        (told, _) => told,
    };
    CallOutcome::Done(Verified {
        before,
        money,
        reference: text(detail.get("RRN")).or_else(|| text(detail.get("StraceNo"))),
        receipt: Some(ref_num.to_owned()),
        card: text(detail.get("MaskedPan")).and_then(|pan| MaskedCard::read(&pan)),
        unsettled: false,
    })
}

/// Reads a reverse; 5 is done (reliability notes, section 4.8).
pub(super) fn reversed(value: &Value) -> CallOutcome<Reversed> {
    match integer(value.get("ResultCode")) {
        None => CallOutcome::Unknown("no ResultCode in the answer".into()),
        Some(codes::DONE) => CallOutcome::Done(Reversed { before: false }),
        Some(codes::REVERSED | codes::REPEATED) => CallOutcome::Done(Reversed { before: true }),
        // Not "returned": that the time is over says nothing about where the money is.
        Some(codes::TOO_LATE) => {
            let meaning = "the time for a reversal is over";
            CallOutcome::Refused(error(codes::TOO_LATE, "", meaning, RefusalKind::Expired))
        }
        Some(code) => refused(code, value),
    }
}

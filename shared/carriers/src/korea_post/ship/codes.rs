//! Error codes of the contract-parcel service (protocol notes, section 3.8), with what a merchant can do.

use crate::errors::error;
use crate::outcome::{OperatorError, RefusalKind};

/// What a code proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A mistake of the caller's: nothing was done.
    No,
    /// There is no such reservation.
    Nothing,
    /// Blocked for load; whether anything was done is not said.
    Load,
    /// Not in the table: taken for a no, but looked up first (section 12.6).
    Unlisted,
}

/// The verdict of a code.
pub(super) fn verdict(code: &str) -> Verdict {
    match code.trim() {
        "ERR-123" | "ERR-125" | "ERR-225" => Verdict::Nothing,
        "ERR-131" => Verdict::Load,
        "ERR-111" | "ERR-226" | "ERR-311" | "ERR-511" | "ERR-522" | "ERR-523" => Verdict::No,
        _ => Verdict::Unlisted,
    }
}

/// The refusal in words: our meaning, then the operator's own text.
pub(super) fn refusal(code: &str, told: &str) -> OperatorError {
    let code = code.trim();
    let (kind, meaning) = reading(code, told);
    let words = if told.is_empty() { meaning.to_owned() } else { format!("{meaning} (\"{told}\")") };
    error(code, &words, meaning, kind)
}

fn reading(code: &str, told: &str) -> (RefusalKind, &'static str) {
    if told.contains("보안키") {
        return (
            RefusalKind::Credentials,
            "Korea Post does not take the security key: it lapses after 30 days without use; make a new one in \
             the contract customers' pages and save it in the account",
        );
    }
    match code {
        "ERR-111" if about_keys(told) => (
            RefusalKind::Credentials,
            "Korea Post misses the authentication key or the enciphered data: check both keys of the account",
        ),
        "ERR-511" => (
            RefusalKind::Credentials,
            "Korea Post cannot read the enciphered data: the security key does not belong to the authentication \
             key, or has lapsed",
        ),
        "ERR-111" | "ERR-311" => (field(told), "Korea Post misses a mandatory field"),
        "ERR-522" => (field(told), "Korea Post does not take the form of a field"),
        "ERR-523" => (field(told), "Korea Post does not know a code in a field"),
        "ERR-123" | "ERR-125" | "ERR-225" => {
            (RefusalKind::State, "Korea Post has no reservation for this order number, day and contract")
        }
        "ERR-226" => (RefusalKind::DuplicateId, "Korea Post has a site under this code already"),
        "ERR-131" => (RefusalKind::Other, "Korea Post is overloaded; it is asked again"),
        _ => (RefusalKind::Other, "Korea Post refuses with a code that its documents do not list"),
    }
}

fn about_keys(told: &str) -> bool {
    let told = told.to_ascii_lowercase();
    told.is_empty() || ["key", "regdata", "인증키"].iter().any(|part| told.contains(part))
}

/// Fields that the words may name, and whose affair they are.
const FIELDS: &[(&str, RefusalKind)] = &[
    ("reczip", RefusalKind::PostalCode),
    ("rec", RefusalKind::Consignee),
    ("weight", RefusalKind::Weight),
    ("volume", RefusalKind::Size),
    ("contcd", RefusalKind::Goods),
    ("goods", RefusalKind::Goods),
    ("insu", RefusalKind::Goods),
    ("micro", RefusalKind::Service),
    ("paytype", RefusalKind::Service),
    ("custno", RefusalKind::AccountInactive),
    ("apprno", RefusalKind::AccountInactive),
    ("officeser", RefusalKind::AccountInactive),
];

fn field(told: &str) -> RefusalKind {
    let told = told.to_ascii_lowercase();
    let named = FIELDS.iter().find(|(name, _)| told.contains(name));
    named.map_or(RefusalKind::Other, |(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_what_the_table_says() {
        for (code, expected) in [
            ("ERR-111", Verdict::No),
            ("ERR-123", Verdict::Nothing),
            ("ERR-125", Verdict::Nothing),
            ("ERR-131", Verdict::Load),
            ("ERR-225", Verdict::Nothing),
            ("ERR-226", Verdict::No),
            ("ERR-311", Verdict::No),
            ("ERR-511", Verdict::No),
            (" ERR-522 ", Verdict::No),
            ("ERR-523", Verdict::No),
            ("ERR-999", Verdict::Unlisted),
            ("", Verdict::Unlisted),
        ] {
            assert_eq!(verdict(code), expected, "{code}");
        }
    }

    #[test]
    fn a_refusal_says_whose_affair_it_is() {
        for (code, told, kind) in [
            ("ERR-311", "recAddr2 필수", RefusalKind::Consignee),
            ("ERR-311", "recZip", RefusalKind::PostalCode),
            ("ERR-522", "recMob", RefusalKind::Consignee),
            ("ERR-522", "volume", RefusalKind::Size),
            ("ERR-522", "orderNo", RefusalKind::Other),
            ("ERR-523", "contCd", RefusalKind::Goods),
            ("ERR-111", "", RefusalKind::Credentials),
            ("ERR-111", "apprNo", RefusalKind::AccountInactive),
            ("ERR-511", "", RefusalKind::Credentials),
            ("ERR-777", "보안키가 만료되었습니다", RefusalKind::Credentials),
            ("ERR-777", "", RefusalKind::Other),
        ] {
            let refused = refusal(code, told);
            assert_eq!((refused.kind, refused.code.as_str()), (kind, code), "{told}");
            assert!(refused.message.contains(told) && refused.message.len() > told.len(), "{code}");
        }
    }
}

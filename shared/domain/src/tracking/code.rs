//! Is this a number worth polling? Asked before the first poll.
//!
//! A poll of a mistyped number costs quota and time and ends in "not known", which looks like a parcel
//! that was not handed over yet. So check digits are tried where the scheme has one, and what scanners
//! and keyboards do is mended ([`crate::waybill`], S4-66).

use serde::Serialize;

use crate::ids::CarrierId;
use crate::waybill::{WaybillError, WaybillNumber, validate};

/// What a typed or scanned text is to a carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeVerdict {
    /// One of the carrier's numbers, as typed: blanks, hyphens and letter case aside.
    Valid(WaybillNumber),
    /// One of the carrier's numbers after mending: show it before it is used.
    Repaired {
        /// The number.
        number: WaybillNumber,
        /// What was mended.
        mended: Mended,
    },
    /// Not one of the carrier's numbers.
    Invalid {
        /// Why.
        reason: WaybillError,
        /// Carriers whose number it would be.
        fits: Vec<CarrierId>,
    },
}

/// What was wrong with a number that could be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mended {
    /// Letters of another alphabet: look-alikes, or the wrong keyboard layout.
    Letters,
    /// Digits of another script.
    Digits,
    /// A scanner's marks around it.
    Marks,
}

impl CodeVerdict {
    /// The number to poll, if it is one.
    pub fn number(&self) -> Option<&WaybillNumber> {
        match self {
            CodeVerdict::Valid(number) | CodeVerdict::Repaired { number, .. } => Some(number),
            CodeVerdict::Invalid { .. } => None,
        }
    }
}

/// Judges a text that a person typed or scanned as one of `carrier`'s numbers. Total: any text has a
/// verdict.
pub fn check_code(carrier: CarrierId, typed: &str) -> CodeVerdict {
    match validate(carrier, typed) {
        Ok(number) => match mended(typed, number.as_str()) {
            None => CodeVerdict::Valid(number),
            Some(mended) => CodeVerdict::Repaired { number, mended },
        },
        Err(reason) => {
            let others = CarrierId::ALL.into_iter().filter(|other| *other != carrier);
            let fits = others.filter(|other| validate(*other, typed).is_ok()).collect();
            CodeVerdict::Invalid { reason, fits }
        }
    }
}

/// How the text differs from the number, if it does.
fn mended(typed: &str, number: &str) -> Option<Mended> {
    let spelled: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if spelled.eq_ignore_ascii_case(number) {
        None
    } else if typed.chars().any(|c| c.is_alphabetic() && !c.is_ascii()) {
        Some(Mended::Letters)
    } else if typed.chars().any(|c| c.is_numeric() && !c.is_ascii()) {
        Some(Mended::Digits)
    } else {
        Some(Mended::Marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_as_typed() {
        for (carrier, typed, number) in [
            (CarrierId::RussianPost, "80082240994512", "80082240994512"),
            (CarrierId::RussianPost, " 800822 40 99451 2\n", "80082240994512"),
            (CarrierId::RussianPost, "ra223547577ru", "RA223547577RU"),
            (CarrierId::KoreaPost, "68651-0939-4355", "6865109394355"),
            (CarrierId::IranPost, "21292000411901545180", "21292000411901545180"),
        ] {
            match check_code(carrier, typed) {
                CodeVerdict::Valid(found) => assert_eq!(found.as_str(), number),
                other => panic!("{typed:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn numbers_that_were_mended() {
        for (carrier, typed, number, mended) in [
            (CarrierId::RussianPost, "КФ223547577КГ", "RA223547577RU", Mended::Letters),
            (CarrierId::RussianPost, "СР000000076RU", "CP000000076RU", Mended::Letters),
            (CarrierId::RussianPost, "]C1RA223547577RU\r\n", "RA223547577RU", Mended::Marks),
            (CarrierId::RussianPost, "*80082240994512*", "80082240994512", Mended::Marks),
            (CarrierId::IranPost, "۰۵۱۸۰۰۵۰۶۴۰۰۰۸۱۱۶۰۸۳۹۱۰۲", "051800506400081160839102", Mended::Digits),
        ] {
            match check_code(carrier, typed) {
                CodeVerdict::Repaired { number: found, mended: how } => {
                    assert_eq!((found.as_str(), how), (number, mended));
                }
                other => panic!("{typed:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn numbers_that_are_none() {
        for (carrier, typed, reason) in [
            (CarrierId::RussianPost, "", WaybillError::Empty),
            (CarrierId::RussianPost, "80000000000000", WaybillError::CheckDigit { expected: 6 }),
            (CarrierId::RussianPost, "EA123456789RU", WaybillError::CheckDigit { expected: 5 }),
            (CarrierId::KoreaPost, "TESTREGINOAPI", WaybillError::TestValue),
            (CarrierId::IranPost, "09121234567", WaybillError::PostalCodeOrPhone),
        ] {
            let verdict = check_code(carrier, typed);
            assert_eq!(verdict, CodeVerdict::Invalid { reason, fits: Vec::new() }, "{typed}");
            assert_eq!(verdict.number(), None);
        }
    }

    #[test]
    fn a_number_of_another_carrier_is_named() {
        match check_code(CarrierId::RussianPost, "6865109394355") {
            CodeVerdict::Invalid { fits, .. } => assert_eq!(fits, [CarrierId::KoreaPost]),
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_text_has_a_verdict(typed in "[\\]A-Za-zА-Яа-я0-9۰-۹ *-]{0,30}") {
            for carrier in CarrierId::ALL {
                if let Some(number) = check_code(carrier, &typed).number() {
                    let again = check_code(carrier, number.as_str());
                    prop_assert_eq!(again, CodeVerdict::Valid(number.clone()));
                }
            }
        }
    }
}

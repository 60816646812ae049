//! Phone numbers: any national form in, E.164 out.
//!
//! Numbering plans come from libphonenumber's data, with one exception: Iranian mobiles are `9` and
//! nine digits, whatever operator prefix (Iran Post notes, section 11: do not keep a list).

use crate::text::ascii_digits;
use rlibphonenumber::enums::Region;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType};
use serde::{Deserialize, Serialize};

/// Longest input that is looked at, in characters.
const MAX_INPUT: usize = 40;

/// The number that stands for "no usable number" (S4-38, S4-39). Nothing is ever sent to it.
pub const PLACEHOLDER: &str = "+79000000000";

/// What a number can be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberClass {
    /// Takes SMS and calls.
    Mobile,
    /// Takes calls only.
    Landline,
    /// Internet telephony; takes calls only.
    Voip,
    /// Toll-free, premium, service and personal numbers.
    Other,
}

/// A valid phone number in E.164.
///
/// Serialised as its E.164 text. `Debug` shows only the last two digits, so that a logged struct does
/// not give a buyer away; there is no `Display` for the same reason.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone {
    e164: String,
}

/// Why a text is not a phone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// No digits at all.
    #[error("the phone number is empty")]
    Empty,
    /// Letters, an extension, or other signs that no dial pad has.
    #[error("the phone number may hold digits, +, -, ., /, brackets and spaces only; leave out extensions")]
    Characters,
    /// The country is not an ISO 3166 alpha-2 code.
    #[error("the country of the phone number must be an ISO 3166 alpha-2 code such as IR")]
    Country,
    /// No such number can exist.
    #[error("no such phone number exists; give it with its country code, for example +989121234567")]
    Invalid,
}

impl Phone {
    /// Reads a number in international form, or in the national form of `country` (ISO alpha-2).
    /// Persian and Arabic digits are taken.
    ///
    /// # Errors
    /// When the text holds other signs than a dial pad's, or no such number exists.
    pub fn parse(input: &str, country: &str) -> Result<Phone, PhoneError> {
        let region = Region::from_code(country).map_err(|_| PhoneError::Country)?;
        Self::parse_in(input, Some(region))
    }

    /// Reads a number in international form (`+…`).
    ///
    /// # Errors
    /// As [`Phone::parse`]; also when the `+` and country code are missing.
    pub fn parse_international(input: &str) -> Result<Phone, PhoneError> {
        Self::parse_in(input, None)
    }

    fn parse_in(input: &str, region: Option<Region>) -> Result<Phone, PhoneError> {
        let dialled = dial_pad(input)?;
        let number = PHONE_NUMBER_UTIL.parse(&dialled, region).map_err(|_| PhoneError::Invalid)?;
        if !(is_iranian_mobile(&number) || number.is_valid()) {
            return Err(PhoneError::Invalid);
        }
        Ok(Phone { e164: number.format_as(PhoneNumberFormat::E164).into_owned() })
    }

    /// The number as `+` and digits.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// What the number can be used for.
    pub fn class(&self) -> NumberClass {
        let Some(number) = self.number() else { return NumberClass::Other };
        if is_iranian_mobile(&number) {
            return NumberClass::Mobile;
        }
        match number.get_type() {
            PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile => NumberClass::Mobile,
            PhoneNumberType::FixedLine => NumberClass::Landline,
            PhoneNumberType::VoIP => NumberClass::Voip,
            PhoneNumberType::TollFree
            | PhoneNumberType::PremiumRate
            | PhoneNumberType::SharedCost
            | PhoneNumberType::PersonalNumber
            | PhoneNumberType::Pager
            | PhoneNumberType::UAN
            | PhoneNumberType::VoiceMail
            | PhoneNumberType::Unknown => NumberClass::Other,
        }
    }

    /// Country as ISO alpha-2; `ZZ` for numbers of no country.
    pub fn country(&self) -> String {
        match self.number() {
            Some(number) if is_iranian_mobile(&number) => "IR".to_owned(),
            Some(number) => number.get_region_code().map_or_else(|| "ZZ".to_owned(), |r| r.to_string()),
            None => "ZZ".to_owned(),
        }
    }

    /// Is this the number that stands for "none" (S4-39)?
    pub fn is_placeholder(&self) -> bool {
        self.e164 == PLACEHOLDER
    }

    /// Iran's wire form: `0` and ten digits (`09123456789`, `02112345678`); none for other countries.
    ///
    /// Source: Iran Post notes, section 11.
    pub fn national_iran(&self) -> Option<String> {
        self.national("+98")
    }

    /// Korea's wire form: digits with the leading 0 (`01012345678`); none for other countries and for
    /// service numbers, which the operator refuses (Korea Post notes, section 7.3).
    pub fn national_korea(&self) -> Option<String> {
        self.national("+82").filter(|digits| (9..=12).contains(&digits.len()))
    }

    fn national(&self, country_code: &str) -> Option<String> {
        self.e164.strip_prefix(country_code).map(|rest| format!("0{rest}"))
    }

    fn number(&self) -> Option<PhoneNumber> {
        PHONE_NUMBER_UTIL.parse(&self.e164, None).ok()
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tail = self.e164.get(self.e164.len().saturating_sub(2)..).unwrap_or_default();
        write!(f, "Phone(…{tail})")
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, PhoneError> {
        Phone::parse_international(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.e164
    }
}

/// Keeps `+` and digits; anything a person may put between them is dropped.
fn dial_pad(input: &str) -> Result<String, PhoneError> {
    if input.chars().count() > MAX_INPUT {
        return Err(PhoneError::Invalid);
    }
    let mut dialled = String::new();
    for c in ascii_digits(input).chars() {
        match c {
            '0'..='9' => dialled.push(c),
            '+' | '＋' if dialled.is_empty() => dialled.push('+'),
            '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            c if c.is_whitespace() => {}
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            _ => return Err(PhoneError::Characters),
        }
    }
    if dialled.trim_start_matches('+').is_empty() { Err(PhoneError::Empty) } else { Ok(dialled) }
}

fn is_iranian_mobile(number: &PhoneNumber) -> bool {
    number.country_code == 98 && (9_000_000_000..=9_999_999_999).contains(&number.national_number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn e164(input: &str, country: &str) -> Option<String> {
        Phone::parse(input, country).ok().map(String::from)
    }

    #[test]
    fn iranian_mobiles_in_every_spelling() {
        for input in [
            "+989121234567",
            "00989121234567",
            "989121234567",
            "09121234567",
            "9121234567",
            "0912 123 45 67",
            "(0912) 123-4567",
            "۰۹۱۲۱۲۳۴۵۶۷",
            "٠٩١٢١٢٣٤٥٦٧",
            "\u{202a}+98 912 123 4567\u{202c}",
        ] {
            let phone = Phone::parse(input, "IR").unwrap();
            assert_eq!(phone.e164(), "+989121234567", "{input}");
            assert_eq!(phone.national_iran().as_deref(), Some("09121234567"));
            assert_eq!((phone.class(), phone.country().as_str()), (NumberClass::Mobile, "IR"));
        }
    }

    #[test]
    fn iranian_operator_prefixes_are_not_whitelisted() {
        for prefix in 900..=999 {
            let phone = Phone::parse(&format!("0{prefix}1234567"), "IR").unwrap();
            assert_eq!(phone.class(), NumberClass::Mobile, "{prefix}");
        }
    }

    #[test]
    fn iranian_landline() {
        let phone = Phone::parse("021-88123456", "IR").unwrap();
        assert_eq!(phone.e164(), "+982188123456");
        assert_eq!(phone.national_iran().as_deref(), Some("02188123456"));
        assert_eq!(phone.class(), NumberClass::Landline);
    }

    #[test]
    fn korean_numbers() {
        for input in ["010-1234-5678", "+82 10-1234-5678", "+82 010 1234 5678", "1012345678"] {
            let phone = Phone::parse(input, "KR").unwrap();
            assert_eq!(phone.national_korea().as_deref(), Some("01012345678"), "{input}");
            assert_eq!(phone.class(), NumberClass::Mobile);
        }
        assert_eq!(Phone::parse("02-2195-1114", "KR").unwrap().class(), NumberClass::Landline);
        assert_eq!(Phone::parse("070-1234-5678", "KR").unwrap().class(), NumberClass::Voip);
        assert_eq!(Phone::parse("09121234567", "IR").unwrap().national_korea(), None);
    }

    #[test]
    fn russian_numbers() {
        for input in ["89161234567", "8 (916) 123-45-67", "+7 916 123-45-67", "79161234567", "9161234567"] {
            assert_eq!(e164(input, "RU").as_deref(), Some("+79161234567"), "{input}");
        }
        // toll-free numbers begin with 8 twice; the trunk 8 goes, the area's 8 stays
        let toll_free = Phone::parse("8 800 100-00-00", "RU").unwrap();
        assert_eq!((toll_free.e164(), toll_free.class()), ("+78001000000", NumberClass::Other));
        assert_eq!(Phone::parse("8 495 123-45-67", "RU").unwrap().class(), NumberClass::Landline);
        assert_eq!(Phone::parse("+7 701 123 4567", "RU").unwrap().country(), "KZ");
    }

    /// Notification notes, section 10.2, beside the numbers above.
    #[test]
    fn vectors_of_the_notes() {
        use NumberClass::{Landline, Mobile, Other, Voip};
        for (country, input, expected, class) in [
            ("IR", "00989123456789", "+989123456789", Mobile),
            ("IR", "۰۹۱۲۳۴۵۶۷۸۹", "+989123456789", Mobile),
            ("IR", "02188001234", "+982188001234", Landline),
            ("RU", "88121234567", "+78121234567", Landline),
            ("RU", "8121234567", "+78121234567", Landline),
            ("RU", "78121234567", "+78121234567", Landline),
            ("RU", "+77011234567", "+77011234567", Mobile),
            ("KR", "02-312-3456", "+8223123456", Landline),
            ("KR", "070-1234-5678", "+827012345678", Voip),
            ("KR", "0505-123-4567", "+825051234567", Other),
            ("KR", "1588-1234", "+8215881234", Other),
        ] {
            let phone = Phone::parse(input, country).unwrap();
            assert_eq!((phone.e164(), phone.class()), (expected, class), "{input}");
        }
        assert_eq!(e164("0000000000", "RU"), None);
        assert_eq!(e164("0082-10-1234-5678", "KR"), None, "00 alone is no prefix in Korea");
        // An extension is nothing a message can go to: it has to be taken out by whoever typed it.
        assert_eq!(Phone::parse("8 916 123 45 67 доб. 12", "RU"), Err(PhoneError::Characters));
    }

    #[test]
    fn the_placeholder_is_known() {
        assert!(Phone::parse("79000000000", "RU").unwrap().is_placeholder());
        assert!(!Phone::parse("89161234567", "RU").unwrap().is_placeholder());
    }

    #[test]
    fn junk_is_named() {
        assert_eq!(Phone::parse("", "IR"), Err(PhoneError::Empty));
        assert_eq!(Phone::parse("+", "IR"), Err(PhoneError::Empty));
        assert_eq!(Phone::parse("0912123456x", "IR"), Err(PhoneError::Characters));
        assert_eq!(Phone::parse("1-800-FLOWERS", "US"), Err(PhoneError::Characters));
        assert_eq!(Phone::parse("09121234567", "Iran"), Err(PhoneError::Country));
        for short in ["1", "0912", "091212345678901234567890"] {
            assert_eq!(Phone::parse(short, "IR"), Err(PhoneError::Invalid), "{short}");
        }
    }

    #[test]
    fn debug_hides_all_but_two_digits() {
        let phone = Phone::parse("09121234567", "IR").unwrap();
        assert_eq!(format!("{phone:?}"), "Phone(…67)");
    }

    #[test]
    fn serde_is_e164() {
        let phone: Phone = serde_json::from_str("\"+989121234567\"").unwrap();
        assert_eq!(serde_json::to_string(&phone).unwrap(), "\"+989121234567\"");
        assert!(serde_json::from_str::<Phone>("\"09121234567\"").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(s in ".*", country in "[A-Za-z]{0,3}") {
            let _ = Phone::parse(&s, &country);
        }

        #[test]
        fn digits_of_any_length_never_panic(s in "[+]?[0-9۰-۹ ()-]{0,45}", country in "IR|KR|RU|US|ZZ|XX") {
            if let Ok(phone) = Phone::parse(&s, &country) {
                prop_assert_eq!(Phone::parse_international(phone.e164()), Ok(phone.clone()));
                phone.class();
                phone.country();
            }
        }

        #[test]
        fn iranian_mobiles_round_trip(n in 9_000_000_000u64..10_000_000_000) {
            let phone = Phone::parse(&format!("0{n}"), "IR").unwrap();
            let wire = phone.national_iran().unwrap();
            prop_assert_eq!(wire.len(), 11);
            prop_assert_eq!(Phone::parse(&wire, "IR").unwrap(), phone);
        }
    }
}

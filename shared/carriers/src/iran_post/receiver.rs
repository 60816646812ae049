//! A consignee as both wires want it: two names, two Iranian phone numbers, one address line with the
//! marker at its end, a postal code.

use yam_domain::iran::{City, reference_postal_code};
use yam_domain::limits::MAX_ADDRESS;
use yam_domain::phone::{NumberClass, Phone};
use yam_domain::postal_code::PostalCode;
use yam_domain::text::{ascii_digits, clean};

use crate::account::AccountSettings;
use crate::consignment::{Consignee, Consignment};
use crate::outcome::{OperatorError, RefusalKind};

use super::errors::own;
use super::place;

/// Stands where the wire wants a name part and the buyer has only one.
const NO_NAME: &str = "-";

/// What goes on the wire about the receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receiver {
    /// Given name.
    pub(super) first_name: String,
    /// Family name.
    pub(super) last_name: String,
    /// Address with the marker.
    pub(super) address: String,
    /// Land line or other number.
    pub(super) phone: String,
    /// Mobile number.
    pub(super) mobile: String,
    /// Ten digits.
    pub(super) postal_code: String,
    /// Destination.
    pub(super) city: City,
}

impl Receiver {
    /// Reads the consignee, or says what the operator would refuse about it.
    ///
    /// # Errors
    /// A city it does not serve, no name, no address, no Iranian phone, an impossible postal code.
    pub(super) fn of(settings: &AccountSettings, consignment: &Consignment) -> Result<Self, OperatorError> {
        let to = &consignment.consignee;
        let city = place::of_consignee(to)?;
        let (first_name, last_name) = names(to)?;
        let (phone, mobile) = phones(to)?;
        let marker = consignment.marker.as_deref().filter(|_| settings.address_marker);
        Ok(Receiver {
            first_name,
            last_name,
            address: address(&to.address, marker)?,
            phone,
            mobile,
            postal_code: postal_code(to, city)?,
            city,
        })
    }
}

/// The postal code that stands for a whole city.
pub(super) fn reference(consignment: &Consignment) -> Option<String> {
    let city = place::of_consignee(&consignment.consignee).ok()?;
    Some(reference_postal_code(city).to_string())
}

fn names(to: &Consignee) -> Result<(String, String), OperatorError> {
    let (first, last) = (clean(&to.first_name), clean(&to.last_name));
    match (first.is_empty(), last.is_empty()) {
        (true, true) => Err(own("name", "the receiver's name is empty", RefusalKind::Consignee)),
        (false, false) => Ok((first, last)),
        (false, true) => Ok(halves(&first)),
        (true, false) => Ok(halves(&last)),
    }
}

/// A whole name given in one field: its first word, and the rest.
fn halves(name: &str) -> (String, String) {
    let (first, rest) = name.split_once(' ').unwrap_or((NO_NAME, name));
    (first.to_owned(), rest.to_owned())
}

/// The land line (or whatever second number there is) and the mobile, which gets the operator's texts.
fn phones(to: &Consignee) -> Result<(String, String), OperatorError> {
    let given = [&to.phone, &to.phone2].into_iter().flatten().filter(|phone| !phone.is_placeholder());
    let usable: Vec<(bool, String)> = given.filter_map(iranian).collect();
    let words = "an Iranian phone number of the receiver is needed, best a mobile one";
    let (_, first) = usable.first().ok_or_else(|| own("phone", words, RefusalKind::Consignee))?;
    let mobile = usable.iter().find(|(mobile, _)| *mobile).map_or(first, |(_, number)| number);
    let other = usable.iter().map(|(_, number)| number).find(|number| *number != mobile);
    Ok((other.unwrap_or(mobile).clone(), mobile.clone()))
}

fn iranian(phone: &Phone) -> Option<(bool, String)> {
    Some((phone.class() == NumberClass::Mobile, phone.national_iran()?))
}

/// The address, then ` [marker]` where that still fits: a whole address matters more than a search term.
fn address(text: &str, marker: Option<&str>) -> Result<String, OperatorError> {
    let text = clean(&ascii_digits(text));
    let length = text.chars().count();
    if text.is_empty() {
        return Err(own("address", "the receiver's address is empty", RefusalKind::Consignee));
    }
    if length > MAX_ADDRESS {
        let words = format!("the address is {length} characters long; at most {MAX_ADDRESS} are allowed");
        return Err(own("address", words, RefusalKind::Consignee));
    }
    let marked = marker.map(clean).filter(|m| !m.is_empty()).map(|marker| format!("{text} [{marker}]"));
    Ok(marked.filter(|marked| marked.chars().count() <= MAX_ADDRESS).unwrap_or(text))
}

/// The buyer's code by the official rule, or the city's reference code when none was given.
fn postal_code(to: &Consignee, city: City) -> Result<String, OperatorError> {
    let Some(text) = to.postal_code.as_deref().map(clean).filter(|text| !text.is_empty()) else {
        return Ok(reference_postal_code(city).to_string());
    };
    let parsed = PostalCode::parse("IR", &text);
    parsed.map(|p| p.code.to_string()).map_err(|e| own("postal_code", e.to_string(), RefusalKind::PostalCode))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iran_post::samples::{consignment, settings};

    fn receiver(edit: impl FnOnce(&mut Consignment)) -> Result<Receiver, OperatorError> {
        let mut consignment = consignment();
        edit(&mut consignment);
        Receiver::of(&settings("eshop"), &consignment)
    }

    fn phone(text: &str) -> Option<Phone> {
        Some(Phone::parse(text, "IR").unwrap())
    }

    #[test]
    fn the_marker_is_put_at_the_end_while_it_fits() {
        let with = |address: String| receiver(|c| c.consignee.address = address).unwrap().address;
        assert_eq!(with("خیابان نمونه، پلاک ۱".into()), "خیابان نمونه، پلاک 1 [Y-7K2M]");
        let long = "ب".repeat(MAX_ADDRESS - 9);
        assert_eq!(with(long.clone()), format!("{long} [Y-7K2M]"));
        let longer = "ب".repeat(MAX_ADDRESS - 8);
        assert_eq!(with(longer.clone()), longer);
        let unmarked = receiver(|c| c.marker = None).unwrap();
        assert!(!unmarked.address.contains('['));
    }

    #[test]
    fn the_marker_obeys_the_accounts_setting() {
        let mut settings = settings("eshop");
        settings.address_marker = false;
        let receiver = Receiver::of(&settings, &consignment()).unwrap();
        assert!(!receiver.address.contains('['));
    }

    #[test]
    fn one_name_becomes_two() {
        let named = |first: &str, last: &str| {
            let receiver = receiver(|c| {
                c.consignee.first_name = first.into();
                c.consignee.last_name = last.into();
            });
            receiver.map(|r| (r.first_name, r.last_name)).map_err(|e| e.kind)
        };
        let pair = |a: &str, b: &str| Ok((a.to_owned(), b.to_owned()));
        assert_eq!(named("نام", "آزمایشی"), pair("نام", "آزمایشی"));
        assert_eq!(named("", "نام آزمایشی بلند"), pair("نام", "آزمایشی بلند"));
        assert_eq!(named("", "آزمایشی"), pair("-", "آزمایشی"));
        assert_eq!(named(" ", "\u{200b}"), Err(RefusalKind::Consignee));
    }

    #[test]
    fn the_mobile_is_found_whichever_field_holds_it() {
        let wire = |first, second| {
            let receiver = receiver(|c| {
                c.consignee.phone = first;
                c.consignee.phone2 = second;
            });
            receiver.map(|r| (r.phone, r.mobile)).map_err(|e| e.kind)
        };
        let (mobile, line) = ("09170000000", "07136000000");
        let both = Ok((line.to_owned(), mobile.to_owned()));
        assert_eq!(wire(phone(mobile), phone(line)), both);
        assert_eq!(wire(phone(line), phone(mobile)), both);
        assert_eq!(wire(phone(mobile), None), Ok((mobile.to_owned(), mobile.to_owned())));
        assert_eq!(wire(phone(line), None), Ok((line.to_owned(), line.to_owned())));
        assert_eq!(wire(phone("+82 10 1234 5678"), None), Err(RefusalKind::Consignee));
        assert_eq!(wire(None, None), Err(RefusalKind::Consignee));
    }

    #[test]
    fn postal_codes_follow_the_official_rule_and_fall_back_to_the_citys() {
        let code = |text: Option<&str>| {
            receiver(|c| c.consignee.postal_code = text.map(Into::into))
                .map(|r| r.postal_code)
                .map_err(|e| e.kind)
        };
        assert_eq!(code(Some("۷۱۳۴۴-۶۷۸۹۱")), Ok("7134467891".into()));
        assert_eq!(code(Some("3134685265")), Ok("3134685265".into()), "rule B only warns");
        assert_eq!(code(None), Ok("7111111111".into()));
        for bad in ["1234567890", "1011511111", "713446789"] {
            assert_eq!(code(Some(bad)), Err(RefusalKind::PostalCode), "{bad}");
        }
    }

    #[test]
    fn an_empty_or_endless_address_is_refused() {
        for address in ["", "  ", &"x".repeat(501)] {
            let error = receiver(|c| c.consignee.address = address.into()).unwrap_err();
            assert_eq!(error.kind, RefusalKind::Consignee);
        }
    }
}

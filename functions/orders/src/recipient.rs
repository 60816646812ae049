//! The recipient of an order, checked and normalised.

use serde::Deserialize;
use yam_domain::limits;
use yam_domain::phone::Phone;
use yam_domain::postal_code::PostalCode;
use yam_domain::text::clean;
use yam_platform::problem::{Fault, FieldError};
use yam_store::items::Recipient;

/// The recipient as it comes.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct RecipientRequest {
    name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    middle_name: Option<String>,
    phone: Option<String>,
    phone2: Option<String>,
    email: Option<String>,
    country: Option<String>,
    region: Option<String>,
    city: Option<String>,
    postal_code: Option<String>,
    address: Option<String>,
    address2: Option<String>,
    street: Option<String>,
    house: Option<String>,
    flat: Option<String>,
    delivery_note: Option<String>,
    locale: Option<String>,
    call_consent: Option<bool>,
}

const ABSENT: &str = "–";

struct Checker<'a> {
    at: &'a str,
    faults: &'a mut Vec<FieldError>,
}

impl Checker<'_> {
    fn fault(&mut self, field: &str, fault: Fault) {
        self.faults.push(FieldError::new(format!("{}/{field}", self.at), fault));
    }

    fn text(&mut self, field: &str, value: Option<&String>, max: usize) -> Option<String> {
        let value = clean(value?);
        if value.is_empty() {
            return None;
        }
        if value.chars().count() > max {
            self.fault(field, Fault::TooLong(max));
        }
        Some(value)
    }

    fn phone(&mut self, field: &str, value: Option<&String>, country: &str) -> Option<Phone> {
        let value = self.text(field, value, 40)?;
        Phone::parse(&value, country).map_err(|_| self.fault(field, Fault::Phone)).ok()
    }
}

impl RecipientRequest {
    /// Checks all fields under `at`, collecting faults; starts from `known` when it mends an earlier
    /// recipient.
    pub(crate) fn check(
        &self,
        at: &str,
        known: Option<Recipient>,
        buyer_ip: Option<String>,
        faults: &mut Vec<FieldError>,
    ) -> Option<Recipient> {
        let before = faults.len();
        let mut check = Checker { at, faults };
        let country = check.text("country", self.country.as_ref(), 2).map(|c| c.to_ascii_uppercase());
        let country = country.or_else(|| known.as_ref().map(|k| k.country.clone())).unwrap_or_default();
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            check.fault("country", Fault::Other("must be a country code of two letters, e.g. IR".into()));
        }
        let (first_name, last_name) = self.names(&mut check, known.as_ref());
        if first_name.is_empty() && last_name.is_empty() {
            check.fault("name", Fault::Required);
        }
        let address = self.address(&mut check).or_else(|| known.as_ref().map(|k| k.address.clone()));
        let address = address.unwrap_or_default();
        if address.is_empty() {
            check.fault("address", Fault::Required);
        } else if address.chars().count() > limits::MAX_ADDRESS {
            check.fault("address", Fault::TooLong(limits::MAX_ADDRESS));
        }
        let phone = check.phone("phone", self.phone.as_ref(), &country);
        let phone2 = check.phone("phone2", self.phone2.as_ref(), &country);
        let email = check.text("email", self.email.as_ref(), limits::MAX_EMAIL);
        if email.as_ref().is_some_and(|e| !e.contains('@') || e.contains(' ')) {
            check.fault("email", Fault::Other("is not an e-mail address".into()));
        }
        let postal_code = check.text("postal_code", self.postal_code.as_ref(), 20);
        let postal_code = postal_code.and_then(|text| match PostalCode::parse(&country, &text) {
            Ok(parsed) => Some(parsed.code.as_str().to_owned()),
            Err(error) => {
                check.fault("postal_code", Fault::PostalCode(error.to_string()));
                None
            }
        });
        let region = check.text("region", self.region.as_ref(), limits::MAX_PLACE);
        let city = check.text("city", self.city.as_ref(), limits::MAX_PLACE);
        let known = known.as_ref();
        let recipient = Recipient {
            first_name,
            last_name,
            middle_name: check
                .text("middle_name", self.middle_name.as_ref(), limits::MAX_NAME)
                .or_else(|| known?.middle_name.clone()),
            phone: phone.or_else(|| known?.phone.clone()),
            phone2: phone2.or_else(|| known?.phone2.clone()),
            email: email.or_else(|| known?.email.clone()),
            region: region.or_else(|| known?.region.clone()),
            city: city.or_else(|| known?.city.clone()),
            postal_code: postal_code.or_else(|| known?.postal_code.clone()),
            address,
            delivery_note: check
                .text("delivery_note", self.delivery_note.as_ref(), limits::MAX_NOTE)
                .or_else(|| known?.delivery_note.clone()),
            locale: check.text("locale", self.locale.as_ref(), 16).or_else(|| known?.locale.clone()),
            call_consent: self.call_consent.or_else(|| Some(known?.call_consent)).unwrap_or(false),
            buyer_ip: buyer_ip.or_else(|| known?.buyer_ip.clone()),
            country,
        };
        (faults.len() == before).then_some(recipient)
    }

    /// The recipient of a parcel that is only tracked: whatever there is to reach them by. Nothing is
    /// required.
    pub(crate) fn contact(&self, at: &str, country: &str, faults: &mut Vec<FieldError>) -> Option<Recipient> {
        // Stand-ins for what an order needs and a message does not.
        let known = Recipient {
            last_name: ABSENT.into(),
            address: ABSENT.into(),
            country: country.into(),
            ..Recipient::default()
        };
        let mut contact = self.check(at, Some(known), None, faults)?;
        for field in [&mut contact.last_name, &mut contact.address] {
            if field == ABSENT {
                field.clear();
            }
        }
        Some(contact)
    }

    /// One name field is split at its last space: given names first, as shops write it.
    fn names(&self, check: &mut Checker<'_>, known: Option<&Recipient>) -> (String, String) {
        let first = check.text("first_name", self.first_name.as_ref(), limits::MAX_NAME);
        let last = check.text("last_name", self.last_name.as_ref(), limits::MAX_NAME);
        let whole = check.text("name", self.name.as_ref(), limits::MAX_NAME);
        if let (None, None, Some(whole)) = (&first, &last, whole) {
            return match whole.rsplit_once(' ') {
                Some((first, last)) => (first.to_owned(), last.to_owned()),
                None => (String::new(), whole),
            };
        }
        (
            first.or_else(|| Some(known?.first_name.clone())).unwrap_or_default(),
            last.or_else(|| Some(known?.last_name.clone())).unwrap_or_default(),
        )
    }

    fn address(&self, check: &mut Checker<'_>) -> Option<String> {
        let whole = check.text("address", self.address.as_ref(), limits::MAX_ADDRESS);
        let mut parts = Vec::new();
        match whole {
            Some(whole) => parts.push(whole),
            None => {
                parts.extend(check.text("street", self.street.as_ref(), limits::MAX_ADDRESS));
                parts.extend(check.text("house", self.house.as_ref(), 40));
                parts.extend(check.text("flat", self.flat.as_ref(), 40));
            }
        }
        parts.extend(check.text("address2", self.address2.as_ref(), limits::MAX_ADDRESS));
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

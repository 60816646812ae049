//! The destination as the operator numbers it. Always resolved before a call, because the wire's
//! answer to an unknown city is the same -10 as "gateway not reached" (protocol notes, section 17.3).

use yam_domain::iran::{self, City, CityError};

use crate::consignment::{Consignee, QuoteDestination};
use crate::outcome::{OperatorError, RefusalKind};

use super::errors::own;

const HOME: &str = "IR";
/// Cities named in an error, so that a merchant can pick one.
const MOST_NAMED: usize = 6;

/// Where a quote goes.
pub(super) fn of_quote(to: &QuoteDestination) -> Result<City, OperatorError> {
    resolve(&to.country, to.region.as_deref(), to.city.as_deref(), to.postal_code.as_deref())
}

/// Where a parcel goes.
pub(super) fn of_consignee(to: &Consignee) -> Result<City, OperatorError> {
    resolve(&to.country, to.region.as_deref(), to.city.as_deref(), to.postal_code.as_deref())
}

fn resolve(
    country: &str,
    region: Option<&str>,
    city: Option<&str>,
    postal_code: Option<&str>,
) -> Result<City, OperatorError> {
    if !country.eq_ignore_ascii_case(HOME) {
        let words = "Iran Post's shop service delivers inside Iran only";
        return Err(own("country", words, RefusalKind::Country));
    }
    iran::resolve_city(region, city, postal_code).map_err(|error| not_found(&error))
}

fn not_found(error: &CityError) -> OperatorError {
    let candidates = error.candidates().iter().take(MOST_NAMED).map(|city| {
        let state = iran::state(city.state).map_or("", |state| state.name);
        format!("{} ({state}, {})", city.name, city.code)
    });
    let named = candidates.collect::<Vec<_>>().join(", ");
    let hint = if named.is_empty() { String::new() } else { format!(": {named}") };
    own("city", format!("{error}{hint}"), RefusalKind::City)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(country: &str, region: Option<&str>, city: &str) -> QuoteDestination {
        QuoteDestination {
            country: country.into(),
            region: region.map(Into::into),
            city: Some(city.into()),
            postal_code: None,
        }
    }

    #[test]
    fn spellings_of_one_city_are_one_code() {
        for city in ["شیراز", "شيراز", "شیراز-فارس", "Shiraz"] {
            assert_eq!(of_quote(&to("IR", Some("فارس"), city)).map(|c| c.code), Ok(71), "{city}");
        }
    }

    #[test]
    fn an_unknown_city_and_another_country_are_typed_refusals() {
        for (country, city, kind) in [
            ("IR", "Atlantis", RefusalKind::City),
            ("KR", "شیراز", RefusalKind::Country),
            ("", "شیراز", RefusalKind::Country),
        ] {
            let error = of_quote(&to(country, None, city)).unwrap_err();
            assert_eq!(error.kind, kind, "{country} {city}");
        }
    }
}

//! One name for equal questions: the canonical key of a quote (trap 8 of the requirements).
//!
//! A cache is worth nothing when an irrelevant field changes its key, and dangerous when a relevant
//! one does not. What decides a price is the places, the weight, the value, cash on delivery and the
//! services asked for; names and the order of items are not even part of [`QuoteRequest`].

use crate::ids::{CarrierId, Service};
use crate::money::Money;
use crate::text::fold_persian;
use crate::weight::Grams;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Version of the key's recipe; raise it when the meaning of a field changes.
const RECIPE: &str = "quote-1";

/// One end of a carriage, as far as it decides the price.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QuotePlace {
    /// ISO 3166 alpha-2.
    pub country: String,
    /// Province code, where the carrier has one (Iran Post).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<u8>,
    /// City code, where the carrier has one (Iran Post). When given, names and postal code do not
    /// count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city_code: Option<u32>,
    /// Region name, where no code is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// City name, where no code is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// As much of the postal code as decides the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_prefix: Option<String>,
}

/// A question about a price, reduced to what decides it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteRequest {
    /// From where, if not from the account's own address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<QuotePlace>,
    /// Where to.
    pub destination: QuotePlace,
    /// Weight of the whole parcel.
    pub weight_g: Grams,
    /// Value of the goods.
    pub goods_total: Money,
    /// Is the value collected at the door?
    pub cod: bool,
    /// Carriers asked for; empty means all.
    #[serde(default)]
    pub carriers: BTreeSet<CarrierId>,
    /// Services asked for; empty means all.
    #[serde(default)]
    pub services: BTreeSet<Service>,
}

impl QuoteRequest {
    /// The same key for equal questions, another for others: SHA-256 as 64 hexadecimal digits.
    ///
    /// Letter case, letter and digit variants, spaces of the place names, and the order of wishes do
    /// not count. The key says nothing about the merchant: the caller adds the account whose contract
    /// sets the price.
    pub fn canonical_key(&self) -> String {
        let mut recipe = Recipe::new();
        recipe.place(self.origin.as_ref());
        recipe.place(Some(&self.destination));
        recipe.part(&self.weight_g.get().to_string());
        recipe.part(&self.goods_total.amount().to_string());
        recipe.part(self.goods_total.currency().as_str());
        recipe.part(if self.cod { "cod" } else { "prepaid" });
        recipe.list(self.carriers.iter().map(|carrier| carrier.as_str()));
        recipe.list(self.services.iter().map(Service::as_str));
        recipe.finish()
    }
}

/// Hashes parts with their lengths, so that no two lists of parts meet in one text.
struct Recipe(Sha256);

impl Recipe {
    fn new() -> Self {
        let mut recipe = Self(Sha256::new());
        recipe.part(RECIPE);
        recipe
    }

    fn part(&mut self, text: &str) {
        self.0.update(text.len().to_string());
        self.0.update(":");
        self.0.update(text);
    }

    fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.part(text),
            None => self.0.update("-"),
        }
    }

    fn list<'a>(&mut self, texts: impl ExactSizeIterator<Item = &'a str>) {
        self.part(&texts.len().to_string());
        texts.for_each(|text| self.part(text));
    }

    fn place(&mut self, place: Option<&QuotePlace>) {
        let Some(place) = place else {
            self.optional(None);
            return;
        };
        self.part(&place.country.to_ascii_uppercase());
        if let Some(code) = place.city_code {
            self.part(&code.to_string());
            return;
        }
        self.optional(None);
        self.optional(place.state.map(|state| state.to_string()).as_deref());
        for name in [&place.region, &place.city, &place.postal_prefix] {
            self.optional(name.as_deref().map(plain).filter(|text| !text.is_empty()).as_deref());
        }
    }

    fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A name without what people write differently: letter case, letter and digit variants, spaces,
/// hyphens.
fn plain(name: &str) -> String {
    fold_persian(name).to_lowercase().chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn to_city(city: &str, postal: &str) -> QuotePlace {
        QuotePlace {
            country: "IR".to_owned(),
            city: Some(city.to_owned()),
            postal_prefix: Some(postal.to_owned()),
            ..QuotePlace::default()
        }
    }

    fn request(destination: QuotePlace) -> QuoteRequest {
        QuoteRequest {
            origin: None,
            destination,
            weight_g: Grams::new(800),
            goods_total: Money::new(2_500_000, Currency::Irr),
            cod: true,
            carriers: BTreeSet::new(),
            services: BTreeSet::from([Service::pishtaz()]),
        }
    }

    #[test]
    fn spelling_does_not_count() {
        let key = request(to_city("اسلام شهر", "33131")).canonical_key();
        for (city, postal) in [("اسلام\u{200c}شهر", "۳۳۱۳۱"), ("  اسلام  شهر ", "33-131"), ("اسلامشهر", "٣٣١٣١")]
        {
            assert_eq!(request(to_city(city, postal)).canonical_key(), key, "{city}");
        }
        let key = request(to_city("كرج", "31")).canonical_key();
        assert_eq!(request(to_city("کرج", "31")).canonical_key(), key);
    }

    #[test]
    fn a_city_code_settles_the_place() {
        let coded = |city: &str| QuotePlace { city_code: Some(71), state: Some(5), ..to_city(city, "71") };
        assert_eq!(request(coded("شیراز")).canonical_key(), request(coded("Shiraz")).canonical_key());
    }

    #[test]
    fn everything_that_decides_a_price_counts() {
        let base = request(to_city("کرج", "31"));
        let others = [
            request(to_city("قم", "31")),
            request(to_city("کرج", "32")),
            request(QuotePlace { country: "RU".to_owned(), ..base.destination.clone() }),
            request(QuotePlace { state: Some(31), ..base.destination.clone() }),
            request(QuotePlace { city_code: Some(31), ..base.destination.clone() }),
            request(QuotePlace { city: None, region: Some("کرج".to_owned()), ..base.destination.clone() }),
            QuoteRequest { weight_g: Grams::new(801), ..base.clone() },
            QuoteRequest { goods_total: Money::new(2_500_001, Currency::Irr), ..base.clone() },
            QuoteRequest { goods_total: Money::new(2_500_000, Currency::Krw), ..base.clone() },
            QuoteRequest { cod: false, ..base.clone() },
            QuoteRequest { services: BTreeSet::new(), ..base.clone() },
            QuoteRequest { services: BTreeSet::from([Service::pishtaz(), Service::vizhe()]), ..base.clone() },
            QuoteRequest { carriers: BTreeSet::from([CarrierId::IranPost]), ..base.clone() },
            QuoteRequest { origin: Some(to_city("کرج", "31")), ..base.clone() },
        ];
        let mut keys: BTreeSet<String> = others.iter().map(QuoteRequest::canonical_key).collect();
        keys.insert(base.canonical_key());
        assert_eq!(keys.len(), others.len() + 1);
    }

    #[test]
    fn the_key_is_stable() {
        let key = request(to_city("کرج", "31")).canonical_key();
        assert_eq!(key.len(), 64);
        assert_eq!(key, "82d008160e0318f35167f9de0da185e6bc143c518e89d72dd58b7b21ab39d276");
    }

    proptest! {
        #[test]
        fn no_two_names_meet(a in "[a-z|:0-9]{0,6}", b in "[a-z|:0-9]{0,6}", c in "[a-z|:0-9]{0,6}", d in "[a-z|:0-9]{0,6}") {
            let one = request(to_city(&a, &b)).canonical_key();
            let two = request(to_city(&c, &d)).canonical_key();
            prop_assert_eq!(one == two, a == c && b == d);
        }
    }
}

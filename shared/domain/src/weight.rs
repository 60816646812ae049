//! Weights in whole grams, and the carrier's bounds on them.

use serde::{Deserialize, Serialize};

/// A weight in grams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grams(u32);

impl Grams {
    /// A weight in grams.
    pub const fn new(grams: u32) -> Self {
        Self(grams)
    }

    /// The number of grams.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Sum of two weights; none on overflow.
    pub fn checked_add(self, other: Grams) -> Option<Grams> {
        self.0.checked_add(other.0).map(Grams)
    }

    /// The weight of `count` pieces; none on overflow.
    pub fn checked_mul(self, count: u32) -> Option<Grams> {
        self.0.checked_mul(count).map(Grams)
    }

    /// Sum of many weights; none on overflow.
    pub fn sum(weights: impl IntoIterator<Item = Grams>) -> Option<Grams> {
        weights.into_iter().try_fold(Grams(0), Grams::checked_add)
    }
}

impl std::fmt::Display for Grams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} g", self.0)
    }
}

/// One end of an allowed range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// Where the bound lies.
    pub grams: Grams,
    /// Is a weight of exactly `grams` still allowed?
    pub inclusive: bool,
}

impl Bound {
    /// The bound itself is allowed.
    pub const fn inclusive(grams: u32) -> Self {
        Self { grams: Grams(grams), inclusive: true }
    }

    /// The bound itself is not allowed.
    pub const fn exclusive(grams: u32) -> Self {
        Self { grams: Grams(grams), inclusive: false }
    }

    fn allows_from_below(self, weight: Grams) -> bool {
        weight > self.grams || (self.inclusive && weight == self.grams)
    }

    fn allows_from_above(self, weight: Grams) -> bool {
        weight < self.grams || (self.inclusive && weight == self.grams)
    }
}

/// The range of weights that a carrier account takes, for products and for the parcel.
///
/// Settings of the account, since the operator's own layers disagree (Iran Post notes, section 2). The
/// default is S0-30: above 250 g and below 50,000 g for both, bounds exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WeightLimits {
    /// Lower bound of each product.
    pub product_min: Bound,
    /// Upper bound of each product.
    pub product_max: Bound,
    /// Lower bound of the parcel.
    pub parcel_min: Bound,
    /// Upper bound of the parcel.
    pub parcel_max: Bound,
}

impl WeightLimits {
    /// The same range for products and parcels.
    pub const fn same(min: Bound, max: Bound) -> Self {
        Self { product_min: min, product_max: max, parcel_min: min, parcel_max: max }
    }
}

impl Default for WeightLimits {
    fn default() -> Self {
        Self::same(Bound::exclusive(250), Bound::exclusive(50_000))
    }
}

/// What was weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighed {
    /// The product at this place in the list, from 0; the weight of one piece.
    Product(usize),
    /// The whole parcel.
    Parcel,
}

impl std::fmt::Display for Weighed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Weighed::Product(index) => write!(f, "product {}", index + 1),
            Weighed::Parcel => f.write_str("the parcel"),
        }
    }
}

/// A weight outside the carrier's range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeightError {
    /// Too light.
    #[error("{what} weighs {weight}; it must weigh {}", lower(.min))]
    UnderLimit {
        /// What was weighed.
        what: Weighed,
        /// Its weight.
        weight: Grams,
        /// The lower bound.
        min: Bound,
    },
    /// Too heavy; heavier goods go through the carrier's support (S0-31).
    #[error("{what} weighs {weight}; it must weigh {}; for heavier goods call the carrier's support", upper(.max))]
    OverLimit {
        /// What was weighed.
        what: Weighed,
        /// Its weight.
        weight: Grams,
        /// The upper bound.
        max: Bound,
    },
}

impl WeightError {
    /// Stable slug of the problem document (S0-31).
    pub const fn slug(&self) -> &'static str {
        match self {
            WeightError::UnderLimit { .. } => "weight_under_carrier_limit",
            WeightError::OverLimit { .. } => "weight_over_carrier_limit",
        }
    }

    /// What was weighed.
    pub const fn what(&self) -> Weighed {
        match self {
            WeightError::UnderLimit { what, .. } | WeightError::OverLimit { what, .. } => *what,
        }
    }
}

/// Checks one piece of every product, and the parcel (S0-30).
///
/// # Errors
/// All weights out of range, products first.
pub fn check_weights(items: &[Grams], parcel: Grams, limits: &WeightLimits) -> Result<(), Vec<WeightError>> {
    let products = items.iter().enumerate().filter_map(|(index, weight)| {
        violation(Weighed::Product(index), *weight, limits.product_min, limits.product_max)
    });
    let whole = violation(Weighed::Parcel, parcel, limits.parcel_min, limits.parcel_max);
    let found: Vec<WeightError> = products.chain(whole).collect();
    if found.is_empty() { Ok(()) } else { Err(found) }
}

fn lower(bound: &Bound) -> String {
    format!("{} {}", if bound.inclusive { "at least" } else { "more than" }, bound.grams)
}

fn upper(bound: &Bound) -> String {
    format!("{} {}", if bound.inclusive { "at most" } else { "less than" }, bound.grams)
}

fn violation(what: Weighed, weight: Grams, min: Bound, max: Bound) -> Option<WeightError> {
    if !min.allows_from_below(weight) {
        Some(WeightError::UnderLimit { what, weight, min })
    } else if !max.allows_from_above(weight) {
        Some(WeightError::OverLimit { what, weight, max })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn passes(weight: u32, limits: &WeightLimits) -> bool {
        check_weights(&[Grams(weight)], Grams(weight), limits).is_ok()
    }

    #[test]
    fn default_bounds_are_exclusive() {
        let limits = WeightLimits::default();
        let verdicts: Vec<bool> =
            [249, 250, 251, 49_999, 50_000, 50_001].iter().map(|w| passes(*w, &limits)).collect();
        assert_eq!(verdicts, [false, false, true, true, false, false]);
    }

    #[test]
    fn bounds_are_data() {
        let limits = WeightLimits::same(Bound::inclusive(250), Bound::inclusive(50_000));
        let verdicts: Vec<bool> =
            [249, 250, 251, 49_999, 50_000, 50_001].iter().map(|w| passes(*w, &limits)).collect();
        assert_eq!(verdicts, [false, true, true, true, true, false]);
        let text = r#"{"parcel_max":{"grams":30000,"inclusive":true}}"#;
        let limits: WeightLimits = serde_json::from_str(text).unwrap();
        assert_eq!(limits.product_min, Bound::exclusive(250));
        assert_eq!(limits.parcel_max, Bound::inclusive(30_000));
    }

    #[test]
    fn products_and_parcel_are_each_reported() {
        let limits = WeightLimits::default();
        let errors = check_weights(&[Grams(300), Grams(100)], Grams(50_000), &limits).unwrap_err();
        let found: Vec<_> = errors.iter().map(|e| (e.what(), e.slug())).collect();
        assert_eq!(
            found,
            [
                (Weighed::Product(1), "weight_under_carrier_limit"),
                (Weighed::Parcel, "weight_over_carrier_limit")
            ]
        );
        assert_eq!(errors[0].to_string(), "product 2 weighs 100 g; it must weigh more than 250 g");
        assert!(errors[1].to_string().contains("less than 50000 g"));
    }

    #[test]
    fn sums_do_not_wrap() {
        assert_eq!(Grams(u32::MAX).checked_add(Grams(1)), None);
        assert_eq!(Grams(u32::MAX).checked_mul(2), None);
        assert_eq!(Grams::sum([Grams(1), Grams(2)]), Some(Grams(3)));
        assert_eq!(serde_json::to_string(&Grams(5)).unwrap(), "5");
        assert!(serde_json::from_str::<Grams>("-1").is_err());
        assert!(serde_json::from_str::<Grams>("1.5").is_err());
    }

    proptest! {
        #[test]
        fn default_rule_is_an_open_interval(w in any::<u32>()) {
            prop_assert_eq!(passes(w, &WeightLimits::default()), w > 250 && w < 50_000);
        }
    }
}

//! What the operator is known to refuse, said before a call is spent on it.

use yam_domain::money::{Currency, Money};
use yam_domain::weight::{Bound, Grams, WeightLimits, check_weights};

use crate::account::AccountSettings;
use crate::consignment::{Consignment, Quote};
use crate::outcome::{OperatorError, RefusalKind};

use super::errors::own;
use super::receiver::Receiver;
use super::{SERVICES, Wire};

/// Both wires end here, below the shop builder's own bound of 50 kg (protocol notes, section 2).
const WIRE_MAX: Grams = Grams::new(30_000);
/// Above this the REST wire takes pishtaz only (item error 2109).
const SEFARESHI_MAX: Grams = Grams::new(5_000);
/// Prices of one product that the REST wire takes (item error 1105).
const REST_PRICES: std::ops::RangeInclusive<i64> = 50_000..=1_000_000_000;
/// Amounts and counts are 32-bit integers in the SOAP service's schema.
const LARGEST_INT: i64 = i32::MAX as i64;

/// The services to ask a price for: those wanted that the wire has and that carry the weight.
pub(super) fn services(wire: Wire, quote: &Quote) -> Result<Vec<&'static str>, OperatorError> {
    let wanted = |service: &&str| quote.services.is_empty() || quote.services.iter().any(|w| w == service);
    let named: Vec<&str> = SERVICES.iter().copied().filter(wanted).collect();
    if named.is_empty() {
        return Err(unknown_service());
    }
    let carried: Vec<&str> = named.into_iter().filter(|s| carries(wire, s, quote.weight)).collect();
    if carried.is_empty() { Err(too_heavy_for_sefareshi(quote.weight)) } else { Ok(carried) }
}

/// A quote's weight and amount.
pub(super) fn quote(wire: Wire, settings: &AccountSettings, quote: &Quote) -> Result<(), OperatorError> {
    weights(&[], quote.weight, &settings.limits)?;
    amount("goods_total", quote.goods_total, wire)
}

/// A whole consignment; gives back the receiver as the wire wants it.
pub(super) fn consignment(
    wire: Wire,
    settings: &AccountSettings,
    consignment: &Consignment,
) -> Result<Receiver, OperatorError> {
    if !SERVICES.contains(&consignment.service.as_str()) {
        return Err(unknown_service());
    }
    goods(wire, consignment)?;
    let items: Vec<Grams> = consignment.items.iter().map(|item| item.weight).collect();
    weights(&items, consignment.weight, &settings.limits)?;
    if !carries(wire, &consignment.service, consignment.weight) {
        return Err(too_heavy_for_sefareshi(consignment.weight));
    }
    Receiver::of(settings, consignment)
}

fn goods(wire: Wire, consignment: &Consignment) -> Result<(), OperatorError> {
    let refuse = |words: &str| Err(own("items", words, RefusalKind::Goods));
    if consignment.items.is_empty() {
        return refuse("the parcel holds no products");
    }
    let mut total = Money::zero(Currency::Irr);
    for item in &consignment.items {
        amount("price", item.price, wire)?;
        if item.quantity == 0 || i64::from(item.quantity) > LARGEST_INT {
            return refuse("a product's quantity is out of range");
        }
        if yam_domain::text::clean(&item.name).is_empty() {
            return refuse("a product has no name");
        }
        if wire == Wire::Rest && !REST_PRICES.contains(&item.price.amount()) {
            return refuse("a product's price must be 50,000 to 1,000,000,000 rial on this wire");
        }
        let line = item.price.checked_mul(u64::from(item.quantity)).and_then(|line| total.checked_add(line));
        total = line.map_err(|e| own("items", e.to_string(), RefusalKind::Goods))?;
    }
    amount("goods_total", total, wire)?;
    amount("discount", consignment.discount, wire)?;
    if consignment.discount > total {
        return refuse("the discount is larger than the goods' value");
    }
    Ok(())
}

fn amount(field: &str, amount: Money, wire: Wire) -> Result<(), OperatorError> {
    let refuse = |words: String| Err(own(field, words, RefusalKind::Goods));
    if amount.currency() != Currency::Irr {
        return refuse(format!("Iran Post counts in IRR; {} was given", amount.currency()));
    }
    if amount.is_negative() {
        return refuse("the amount is below zero".into());
    }
    if wire == Wire::Eshop && amount.amount() > LARGEST_INT {
        return refuse(format!("the amount is above {LARGEST_INT} rial, the largest this wire can carry"));
    }
    Ok(())
}

/// The account's limits first, then the wire's, so that each violation names the bound that broke.
fn weights(items: &[Grams], parcel: Grams, limits: &WeightLimits) -> Result<(), OperatorError> {
    let wire_top = Bound::inclusive(WIRE_MAX.get());
    let wire = WeightLimits::same(Bound::inclusive(1), wire_top);
    let own_limits = check_weights(items, parcel, limits);
    let violations = own_limits.and_then(|()| check_weights(items, parcel, &wire)).err().unwrap_or_default();
    let Some(first) = violations.first() else { return Ok(()) };
    let words = violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let limits = format!("limits of the account: {}; of this wire: at most {WIRE_MAX}", range(limits));
    Err(own(first.slug(), format!("{words} ({limits})"), RefusalKind::Weight))
}

fn range(limits: &WeightLimits) -> String {
    let low = if limits.parcel_min.inclusive { "at least" } else { "more than" };
    let high = if limits.parcel_max.inclusive { "at most" } else { "less than" };
    format!("{low} {}, {high} {}", limits.parcel_min.grams, limits.parcel_max.grams)
}

fn carries(wire: Wire, service: &str, weight: Grams) -> bool {
    match wire {
        Wire::Eshop => true,
        Wire::Rest => service == "pishtaz" || weight <= SEFARESHI_MAX,
    }
}

fn unknown_service() -> OperatorError {
    own("service", format!("Iran Post's services are {}", SERVICES.join(", ")), RefusalKind::Service)
}

fn too_heavy_for_sefareshi(weight: Grams) -> OperatorError {
    let words = format!("sefareshi carries at most {SEFARESHI_MAX}, the parcel weighs {weight}; use pishtaz");
    own("2109", words, RefusalKind::Service)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iran_post::samples;

    fn weigh(wire: Wire, grams: u32) -> Result<(), RefusalKind> {
        let mut consignment = samples::consignment();
        consignment.weight = Grams::new(grams);
        for item in &mut consignment.items {
            item.weight = Grams::new(grams);
        }
        super::consignment(wire, &samples::settings("x"), &consignment).map(|_| ()).map_err(|e| e.kind)
    }

    #[test]
    fn weights_at_their_bounds() {
        for (grams, fits) in [
            (249, false),
            (250, false),
            (251, true),
            (30_000, true),
            (30_001, false),
            (49_999, false),
            (50_000, false),
            (50_001, false),
        ] {
            let expected = if fits { Ok(()) } else { Err(RefusalKind::Weight) };
            assert_eq!(weigh(Wire::Eshop, grams), expected, "{grams} g");
            assert_eq!(weigh(Wire::Rest, grams), expected, "{grams} g");
        }
    }

    #[test]
    fn a_refused_weight_names_both_limits() {
        let mut quote = samples::quote();
        quote.weight = Grams::new(30_001);
        let error = super::quote(Wire::Eshop, &samples::settings("eshop"), &quote).unwrap_err();
        assert_eq!(error.code, "weight_over_carrier_limit");
        for part in ["30001 g", "50000 g", "30000 g"] {
            assert!(error.message.contains(part), "{part}: {}", error.message);
        }
        quote.weight = Grams::new(250);
        let error = super::quote(Wire::Rest, &samples::settings("rest"), &quote).unwrap_err();
        assert_eq!(error.code, "weight_under_carrier_limit");
    }

    #[test]
    fn sefareshi_above_five_kilograms_is_left_out_on_rest() {
        let mut quote = samples::quote();
        quote.weight = Grams::new(5_001);
        assert_eq!(services(Wire::Rest, &quote), Ok(vec!["pishtaz"]));
        assert_eq!(services(Wire::Eshop, &quote), Ok(vec!["pishtaz", "sefareshi"]));
        quote.services = vec!["sefareshi".into()];
        assert_eq!(services(Wire::Rest, &quote).map_err(|e| e.kind), Err(RefusalKind::Service));
        quote.services = vec!["vizhe".into()];
        assert_eq!(services(Wire::Eshop, &quote).map_err(|e| e.kind), Err(RefusalKind::Service));
    }

    #[test]
    fn goods_that_no_wire_takes() {
        let refused = |wire, edit: &dyn Fn(&mut Consignment)| {
            let mut consignment = samples::consignment();
            edit(&mut consignment);
            super::consignment(wire, &samples::settings("x"), &consignment).map(|_| ()).map_err(|e| e.kind)
        };
        let goods = Err(RefusalKind::Goods);
        let irr = |amount| Money::new(amount, Currency::Irr);
        assert_eq!(refused(Wire::Eshop, &|c| c.items.clear()), goods);
        assert_eq!(refused(Wire::Eshop, &|c| c.items[0].price = Money::new(5, Currency::Usd)), goods);
        assert_eq!(refused(Wire::Eshop, &|c| c.items[0].price = irr(-1)), goods);
        assert_eq!(refused(Wire::Eshop, &|c| c.items[0].price = irr(3_000_000_000)), goods);
        assert_eq!(refused(Wire::Rest, &|c| c.items[0].price = irr(49_999)), goods);
        assert_eq!(refused(Wire::Rest, &|c| c.items[0].price = irr(50_000)), Ok(()));
        assert_eq!(refused(Wire::Eshop, &|c| c.items[0].quantity = 0), goods);
        assert_eq!(refused(Wire::Eshop, &|c| c.items[0].name = "\u{200b}".into()), goods);
        assert_eq!(refused(Wire::Eshop, &|c| c.discount = irr(100_000_000)), goods);
        assert_eq!(refused(Wire::Eshop, &|c| c.service = "vizhe".into()), Err(RefusalKind::Service));
    }
}

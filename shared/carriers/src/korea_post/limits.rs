//! What Korea Post carries: 30 kg, 160 cm of length, width and height together, 100 cm on the longest side;
//! a micro parcel 2 kg and 60 cm (protocol notes, section 8).

use yam_domain::dimensions::Dimensions;
use yam_domain::weight::Grams;

use super::{KoreaPostSettings, MICRO_PARCEL, PARCEL};
use crate::errors::own;
use crate::outcome::{OperatorError, RefusalKind};

/// Bounds of one kind of parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Most {
    /// Weight.
    pub(super) weight: Grams,
    /// Length, width and height together.
    pub(super) girth_cm: u32,
}

pub(super) const PARCEL_MOST: Most = Most { weight: Grams::new(30_000), girth_cm: 160 };
pub(super) const MICRO: Most = Most { weight: Grams::new(2_000), girth_cm: 60 };
const LONGEST_CM: u32 = 100;

/// Whether a service is the micro parcel, which a contract may or may not have.
pub(super) fn is_micro(contract: &KoreaPostSettings, service: &str) -> Result<bool, OperatorError> {
    match service {
        PARCEL => Ok(false),
        MICRO_PARCEL if contract.micro => Ok(true),
        MICRO_PARCEL => {
            Err(own("service", "this contract has no micro parcels (korea_post/micro)", RefusalKind::Service))
        }
        _ => Err(own("service", "Korea Post carries parcel and micro_parcel", RefusalKind::Service)),
    }
}

/// Weight and size, where a size is known.
pub(super) fn check(weight: Grams, size: Option<Dimensions>, micro: bool) -> Result<(), OperatorError> {
    let most = if micro { MICRO } else { PARCEL_MOST };
    if weight > most.weight {
        let words = format!("the parcel weighs {weight}; Korea Post takes at most {} here", most.weight);
        return Err(own("weight_over_carrier_limit", words, RefusalKind::Weight));
    }
    if weight == Grams::new(0) {
        return Err(own("weight_under_carrier_limit", "the parcel has no weight", RefusalKind::Weight));
    }
    let Some(size) = size else { return Ok(()) };
    let (girth, longest) = (size.girth_sum_cm(), size.longest_cm());
    if girth > most.girth_cm {
        let words = format!(
            "length, width and height are {girth} cm together; Korea Post takes at most {} cm here",
            most.girth_cm
        );
        return Err(own("size_over_carrier_limit", words, RefusalKind::Size));
    }
    if longest > LONGEST_CM {
        let words = format!("the longest side is {longest} cm; Korea Post takes at most {LONGEST_CM} cm");
        return Err(own("size_over_carrier_limit", words, RefusalKind::Size));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_of_weight_and_size() {
        let kind = |grams, size, micro| check(Grams::new(grams), size, micro).map_err(|error| error.kind);
        let size = |a, b, c| Some(Dimensions::new(a, b, c));
        assert_eq!(kind(30_000, None, false), Ok(()));
        assert_eq!(kind(30_001, None, false), Err(RefusalKind::Weight));
        assert_eq!(kind(0, None, false), Err(RefusalKind::Weight));
        assert_eq!(kind(1_000, size(1_000, 300, 300), false), Ok(()));
        assert_eq!(kind(1_000, size(1_000, 300, 301), false), Err(RefusalKind::Size));
        assert_eq!(kind(1_000, size(1_001, 100, 100), false), Err(RefusalKind::Size));
        assert_eq!(kind(2_000, size(200, 200, 200), true), Ok(()));
        assert_eq!(kind(2_001, None, true), Err(RefusalKind::Weight));
        assert_eq!(kind(2_000, size(200, 200, 201), true), Err(RefusalKind::Size));
    }

    #[test]
    fn micro_parcels_need_a_contract_for_them() {
        let mut contract = KoreaPostSettings::new("0001234567", "1234567890", "01", "s");
        let kind = |c: &KoreaPostSettings, service: &str| is_micro(c, service).map_err(|error| error.kind);
        assert_eq!(kind(&contract, "parcel"), Ok(false));
        assert_eq!(kind(&contract, "micro_parcel"), Err(RefusalKind::Service));
        assert_eq!(kind(&contract, "pishtaz"), Err(RefusalKind::Service));
        contract.micro = true;
        assert_eq!(kind(&contract, "micro_parcel"), Ok(true));
    }
}

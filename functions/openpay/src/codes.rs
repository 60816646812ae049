//! Ids and codes of payments and links.

use jiff::Timestamp;
use yam_domain::ids::{LinkId, MerchantId, PaymentId};
use yam_domain::payment::tracking_code::TrackingCode;
use yam_platform::IdGen;

/// Letters and digits that stand in ids and are not mistaken for each other when one is read out.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn random(ids: &dyn IdGen, count: usize) -> String {
    let mut bytes = vec![0; count];
    ids.fill(&mut bytes);
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// A payment's id: its merchant, then time (44 bits of milliseconds), then 60 random bits. The merchant stands
/// in it because a gateway's callback brings nothing else that leads to the merchant's items.
pub(crate) fn payment_id(merchant: &MerchantId, now: Timestamp, ids: &dyn IdGen) -> Option<PaymentId> {
    let millis = now.as_millisecond().max(0);
    PaymentId::parse(&format!("{merchant}.{millis:011x}{}", random(ids, 12))).ok()
}

/// The merchant of a payment's id.
pub(crate) fn merchant_of(payment: &PaymentId) -> Option<MerchantId> {
    let (merchant, _) = payment.as_str().split_once('.')?;
    MerchantId::parse(merchant).ok()
}

/// A link's id: 160 random bits are the right to pay by it.
pub(crate) fn link_id(ids: &dyn IdGen) -> Option<LinkId> {
    LinkId::parse(&random(ids, 32)).ok()
}

/// A tracking code.
pub(crate) fn tracking_code(ids: &dyn IdGen) -> TrackingCode {
    TrackingCode::from_random(ids.number())
}

#[cfg(test)]
mod tests {
    use super::*;
    use yam_platform::SeededIds;

    #[test]
    fn ids_lead_back_to_their_merchant_and_sort_by_time() {
        let ids = SeededIds::new(3);
        let longest = MerchantId::parse(&"m".repeat(40)).unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        let early = payment_id(&longest, at(1_790_000_000), &ids).unwrap();
        let late = payment_id(&longest, at(1_790_000_001), &ids).unwrap();
        assert_eq!(merchant_of(&early), Some(longest));
        assert!(early < late);
        assert_eq!(link_id(&ids).unwrap().as_str().len(), 32);
    }
}

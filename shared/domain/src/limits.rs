//! How much the API takes in one request. Anything larger is refused by name, not cut.

/// Most different items in one order or quote.
pub const MAX_ITEMS: usize = 200;
/// Most pieces of one item.
pub const MAX_QUANTITY: u32 = 10_000;
/// Most parcels in one order, those called off included: all of them change in one transaction.
pub const MAX_PARCELS: usize = 19;
/// Largest request body, in bytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;
/// Longest `Idempotency-Key`, in characters.
pub const MAX_IDEMPOTENCY_KEY: usize = 255;
/// Longest order number, in characters.
pub const MAX_ORDER_NUMBER: usize = 64;
/// Longest product name, in characters.
pub const MAX_ITEM_NAME: usize = 200;
/// Longest stock-keeping unit, in characters.
pub const MAX_SKU: usize = 64;
/// Longest full name, or part of one, in characters.
pub const MAX_NAME: usize = 100;
/// Longest address, in characters.
pub const MAX_ADDRESS: usize = 500;
/// Longest region or city name, in characters.
pub const MAX_PLACE: usize = 100;
/// Longest e-mail address, in characters (RFC 5321).
pub const MAX_EMAIL: usize = 254;
/// Longest note for the carrier, in characters.
pub const MAX_NOTE: usize = 500;
/// Longest web address, in characters.
pub const MAX_URL: usize = 2_000;
/// Most carriers or services that one quote may name.
pub const MAX_CHOICES: usize = 20;
/// Largest amount of one field, in minor units; sums of [`MAX_ITEMS`] such amounts cannot overflow.
pub const MAX_AMOUNT: i64 = 10_000_000_000_000_000;
/// Page size of lists when none is asked for.
pub const DEFAULT_PAGE: usize = 50;
/// Largest page of a list.
pub const MAX_PAGE: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_order_does_not_overflow() {
        let items = i64::try_from(MAX_ITEMS).unwrap();
        assert!(MAX_AMOUNT.checked_mul(items).is_some());
    }
}

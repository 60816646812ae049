//! The operations and their parameters, in the order of the WSDL (gateway notes, section 3).

use jiff::tz::{Offset, TimeZone};
use yam_domain::payment::order_number::OrderNumber;

use crate::account::Account;
use crate::attempt::{Refund, Start};

/// +03:30; Iran has had no summer time since 2022.
const TEHRAN_SECONDS: i32 = 12_600;

pub(super) type Parameters = Vec<(&'static str, String)>;

fn login(account: &Account) -> Parameters {
    let secret = |name: &str| account.credentials.get(name).to_owned();
    vec![
        ("terminalId", secret("terminal_id")),
        ("userName", secret("username")),
        ("userPassword", secret("password")),
    ]
}

pub(super) fn pay(account: &Account, start: &Start) -> Parameters {
    let local =
        start.at.to_zoned(TimeZone::fixed(Offset::from_seconds(TEHRAN_SECONDS).unwrap_or(Offset::UTC)));
    let mut all = login(account);
    all.extend([
        ("orderId", start.order.to_string()),
        ("amount", start.amount.amount().to_string()),
        ("localDate", local.strftime("%Y%m%d").to_string()),
        ("localTime", local.strftime("%H%M%S").to_string()),
        ("additionalData", String::new()),
        ("callBackUrl", start.return_url.to_string()),
        ("payerId", "0".to_owned()),
    ]);
    all
}

/// Verify, settle, inquiry and reversal.
pub(super) fn of_sale(account: &Account, order: OrderNumber, sale_reference: &str) -> Parameters {
    let mut all = by_order(account, order);
    all.push(("saleReferenceId", sale_reference.to_owned()));
    all
}

/// What is asked when the reference was lost with the return.
pub(super) fn by_order(account: &Account, order: OrderNumber) -> Parameters {
    let mut all = login(account);
    all.extend([("orderId", order.to_string()), ("saleOrderId", order.to_string())]);
    all
}

pub(super) fn refund(
    account: &Account,
    order: OrderNumber,
    sale_reference: &str,
    refund: &Refund,
) -> Parameters {
    let mut all = login(account);
    all.extend([
        ("orderId", refund.order.to_string()),
        ("saleOrderId", order.to_string()),
        ("saleReferenceId", sale_reference.to_owned()),
        ("refundAmount", refund.amount.amount().to_string()),
    ]);
    all
}

pub(super) fn refund_inquiry(account: &Account, refund: &Refund) -> Parameters {
    let mut all = login(account);
    all.extend([
        ("orderId", refund.order.to_string()),
        ("refundOrderId", refund.order.to_string()),
        ("refundReferenceId", refund.refund_id.clone().unwrap_or_else(|| "0".to_owned())),
    ]);
    all
}

/// A reference is a number of up to 19 digits; anything else came from somebody else.
pub(super) fn is_reference(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

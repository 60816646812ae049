//! The operations, their parameters, and who may call them (section 3).

use rusqlite::Connection;

use super::{Account, Element, envelope, refunds, requests, sales, soap};
use crate::error::Result;
use crate::pipeline::{Answer, View};

/// One operation.
pub(super) struct Operation {
    pub(super) name: &'static str,
    /// Parameters after the login, in the order of the WSDL.
    pub(super) parameters: &'static [&'static str],
    /// Parameters that newer guides add and that may be missing.
    pub(super) optional: &'static [&'static str],
    pub(super) looks_up: bool,
}

/// What every operation begins with.
pub(super) const LOGIN: [&str; 3] = ["terminalId", "userName", "userPassword"];

const SALE: &[&str] = &["orderId", "saleOrderId", "saleReferenceId"];
const REFUND: &[&str] = &["orderId", "refundOrderId", "refundReferenceId"];
const EXTRAS: &[&str] = &["mobileNo", "encPan", "panHiddenMode", "cartItem", "enc"];

const fn effect(name: &'static str, parameters: &'static [&'static str]) -> Operation {
    Operation { name, parameters, optional: &[], looks_up: false }
}

const fn lookup(name: &'static str, parameters: &'static [&'static str]) -> Operation {
    Operation { name, parameters, optional: &[], looks_up: true }
}

pub(super) const OPERATIONS: [Operation; 12] = [
    Operation { optional: EXTRAS, ..effect("bpPayRequest", requests::PAY) },
    Operation { optional: EXTRAS, ..effect("bpDynamicPayRequest", requests::DYNAMIC) },
    effect("bpCumulativeDynamicPayRequest", requests::CUMULATIVE),
    effect("bpVerifyRequest", SALE),
    effect("bpSettleRequest", SALE),
    effect("bpVerifySettleRequest", SALE),
    effect("bpReversalRequest", SALE),
    lookup("bpInquiryRequest", SALE),
    lookup("bpSaleReferenceIdRequest", &["orderId", "saleOrderId"]),
    effect("bpRefundRequest", &["orderId", "saleOrderId", "saleReferenceId", "refundAmount"]),
    effect("bpRefundVerifyRequest", REFUND),
    lookup("bpRefundInquiryRequest", REFUND),
];

/// The operation of this name.
pub(super) fn known(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// A call that has been read: its parameters and whose it is.
pub(super) struct Asked<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) element: Element,
    pub(super) account: std::sync::Arc<Account>,
}

impl Asked<'_> {
    /// A parameter as text; empty if there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.element.text_of(name)
    }

    /// A `long`; the service has refused the message if it is none.
    pub(super) fn long(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or(0)
    }
}

/// A refusal by code, or a message that cannot be read.
enum Unread {
    Code(i32),
    Fault(String),
}

fn read<'a>(view: &'a View<'a>) -> std::result::Result<Asked<'a>, Unread> {
    let element = envelope::open(&view.call.body).map_err(Unread::Fault)?.operation;
    let desk = &view.shared.gateways.mellat;
    let settings = desk.settings();
    let operation = known(&element.name)
        .filter(|operation| operation.name != "bpSaleReferenceIdRequest" || settings.sale_reference_lookup)
        .ok_or_else(|| Unread::Fault(format!("unexpected element {}", element.name)))?;
    if settings.strict {
        check_order(&element, operation).map_err(Unread::Fault)?;
    }
    check_numbers(&element).map_err(Unread::Fault)?;
    let account = desk.account(element.text_of("terminalId")).ok_or(Unread::Code(21))?;
    match (account.ip_allowed, account.active) {
        (false, _) => return Err(Unread::Code(421)),
        (_, false) => return Err(Unread::Code(21)),
        _ => {}
    }
    if account.username != element.text_of("userName") || account.password != element.text_of("userPassword")
    {
        return Err(Unread::Code(24));
    }
    Ok(Asked { view, element, account })
}

/// The operation stands in the service's namespace, its parameters in none, in the WSDL's order.
fn check_order(element: &Element, operation: &Operation) -> std::result::Result<(), String> {
    if element.namespace != soap::NAMESPACE {
        return Err(format!(
            "unexpected element (uri:\"{}\", local:\"{}\")",
            element.namespace, element.name
        ));
    }
    if let Some(qualified) = element.children.iter().find(|child| !child.namespace.is_empty()) {
        return Err(format!(
            "unexpected element (uri:\"{}\", local:\"{}\")",
            qualified.namespace, qualified.name
        ));
    }
    let needed: Vec<&str> = LOGIN.iter().chain(operation.parameters).copied().collect();
    let mut given = element.children.iter().map(|child| child.name.as_str());
    for name in needed {
        if given.next() != Some(name) {
            return Err(format!("expected element is {name}"));
        }
    }
    let mut optional = operation.optional.iter();
    for name in given {
        if !optional.any(|known| *known == name) {
            return Err(format!("unexpected element {name}"));
        }
    }
    Ok(())
}

/// The parameters of type `long` are numbers.
fn check_numbers(element: &Element) -> std::result::Result<(), String> {
    const LONGS: [&str; 9] = [
        "terminalId",
        "orderId",
        "amount",
        "saleOrderId",
        "saleReferenceId",
        "refundAmount",
        "refundOrderId",
        "refundReferenceId",
        "subServiceId",
    ];
    let wrong =
        |child: &&Element| LONGS.contains(&child.name.as_str()) && child.text.trim().parse::<i64>().is_err();
    match element.children.iter().find(wrong) {
        Some(child) => Err(format!("Not a number: {} in {}", child.text.trim(), child.name)),
        None => Ok(()),
    }
}

/// Answers a call of the service.
pub(super) fn work(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let asked = match read(view) {
        Ok(asked) => asked,
        Err(Unread::Code(code)) => return Ok(soap::answer(&view.call.operation, &code.to_string())),
        Err(Unread::Fault(text)) => return Ok(soap::fault(&text)),
    };
    let value = match view.call.operation.as_str() {
        "bpPayRequest" | "bpDynamicPayRequest" | "bpCumulativeDynamicPayRequest" => {
            requests::create(&asked, connection)?
        }
        "bpVerifyRequest" => sales::verify(&asked, connection)?.to_string(),
        "bpSettleRequest" => sales::settle(&asked, connection)?.to_string(),
        "bpVerifySettleRequest" => sales::verify_and_settle(&asked, connection)?.to_string(),
        "bpReversalRequest" => sales::reverse(&asked, connection)?.to_string(),
        "bpInquiryRequest" => sales::inquiry(&asked, connection)?.to_string(),
        "bpSaleReferenceIdRequest" => sales::reference(&asked, connection)?,
        "bpRefundRequest" => refunds::create(&asked, connection)?,
        _ => refunds::inquiry(&asked, connection)?.to_string(),
    };
    Ok(soap::answer(&view.call.operation, &value))
}

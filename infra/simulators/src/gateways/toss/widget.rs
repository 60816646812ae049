//! Where payments begin: the browser's library, the page it leads to, and the way back.
//!
//! In reality the library draws a widget into the shop's page. Here it leads to `widget`, which takes
//! the same names by link or form, so that a page without scripts gets there too.

use http::StatusCode;
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::{
    Account, Payment, Settings, State, Toss, WayBack, book, ids, json as read, local_time, minutes, payer,
    shape, till, timers, vault,
};
use crate::error::Result;
use crate::form;
use crate::gateways::{pages, way_back as way};
use crate::pipeline::{Answer, View};
use crate::system::System;

/// The library of the browser, as far as pages use it.
pub(super) fn sdk() -> Answer {
    Answer { status: StatusCode::OK, content_type: "text/javascript; charset=utf-8", body: SDK.into() }
}

const SDK: &str = r#"(() => {
  const base = new URL(document.currentScript.src).origin + "/toss/widget?";
  window.TossPayments = (clientKey) => {
    const go = (asked) => {
      const amount = asked.amount && typeof asked.amount === "object" ? asked.amount.value : asked.amount;
      const fields = { clientKey, amount };
      for (const name of ["orderId", "orderName", "successUrl", "failUrl"]) fields[name] = asked[name] ?? "";
      location.href = base + new URLSearchParams(fields);
      return new Promise(() => {});
    };
    const widgets = () => {
      let amount;
      const drawn = async () => ({ on() {} });
      return {
        setAmount: async (told) => { amount = told; },
        renderPaymentMethods: drawn, renderAgreement: drawn,
        requestPayment: (asked) => go({ amount, ...asked }),
      };
    };
    return { payment: () => ({ requestPayment: go }), widgets, requestPayment: (method, asked) => go(asked) };
  };
  window.TossPayments.ANONYMOUS = "ANONYMOUS";
})();
"#;

/// What a payment is asked for with.
struct Order {
    id: String,
    name: String,
    amount: Option<i64>,
    success: String,
    fail: String,
}

impl Order {
    /// Section 6.3: 6 to 64 characters of a small alphabet, whole won.
    fn problem(&self) -> Option<&'static str> {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"_=-".contains(&byte);
        if !(6..=64).contains(&self.id.len()) || !self.id.bytes().all(letters) {
            return Some("INVALID_ORDER_ID");
        }
        if self.name.is_empty() || self.name.chars().count() > 100 {
            return Some("INVALID_ORDER_NAME");
        }
        if self.amount.is_none_or(|amount| amount <= 0) {
            return Some("INVALID_AMOUNT");
        }
        let urls = [&self.success, &self.fail].iter().all(|url| way::host_of(url).is_some());
        (!urls).then_some("INVALID_URL")
    }

    fn payment(self, view: &View<'_>, account: &Account, settings: &Settings) -> Result<Payment> {
        let day = local_time::seoul(view.now, "%Y%m%d%H%M%S");
        let key = format!("tgen_{day}{}", ids::random(ids::MIXED, 5)?);
        let open = Payment::open(System::Toss, key, view.now, minutes(settings.page_minutes));
        Ok(Payment {
            account: account.mid.clone(),
            our_id: self.id,
            amount: self.amount.unwrap_or(0),
            currency: "KRW".to_owned(),
            callback: self.success,
            detail: json!({
                "description": self.name, "fail": self.fail, "shop": account.title,
                "secret": format!("ps_{}", ids::random(ids::MIXED, 20)?), "base": till::base_of(view.call),
            }),
            ..open
        })
    }
}

/// An order that has been paid already takes no second payment.
fn is_taken(connection: &Connection, account: &Account, order: &str) -> Result<bool> {
    let known = vault::by_order(connection, System::Toss, &account.mid, order)?;
    Ok(known.is_some_and(|payment| payment.verified.is_some()))
}

fn keep(view: &View<'_>, connection: &Connection, payment: &Payment) -> Result<()> {
    timers::keep(view.shared, connection, payment)?;
    book::row(connection, payment, "request", payment.amount, &book::Cause::shop(view))
}

/// The page to which the library leads.
pub(super) fn open(view: &View<'_>, connection: &Connection) -> Result<Answer> {
    let mut fields = till::query_of(view.call);
    fields.extend(form::parse(&view.call.body));
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let desk = &view.shared.gateways.toss;
    let mut accounts = desk.accounts.list().into_iter();
    let refused = |code: &str| Ok(pages::refused::<Toss>(StatusCode::BAD_REQUEST, code));
    let Some(account) = accounts.find(|account| account.client_key == field("clientKey")) else {
        return refused("INVALID_CLIENT_KEY");
    };
    let order = Order {
        id: field("orderId"),
        name: field("orderName"),
        amount: field("amount").parse().ok(),
        success: field("successUrl"),
        fail: field("failUrl"),
    };
    if let Some(problem) = order.problem() {
        return refused(problem);
    }
    if is_taken(connection, &account, &order.id)? {
        let told = failure(&order.fail, "DUPLICATED_ORDER_ID", &order.id);
        return Ok(payer::redirect(told.target()));
    }
    let payment = order.payment(view, &account, &desk.settings())?;
    keep(view, connection, &payment)?;
    Ok(payer::page::<Toss>(view.shared, &payment))
}

/// `POST /v1/payments`: the same by the shop's server, which then leads the browser to `checkout.url`.
pub(super) fn create(
    view: &View<'_>,
    connection: &Connection,
    account: &Account,
    members: &Map<String, Value>,
) -> Result<Answer> {
    let text = |name: &str| read::text(members, name);
    let (success, fail) = (text("successUrl"), text("failUrl"));
    let amount = read::number(members, "amount");
    let order = Order { id: text("orderId"), name: text("orderName"), amount, success, fail };
    if let Some(problem) = order.problem() {
        return Ok(shape::error(problem));
    }
    if is_taken(connection, account, &order.id)? {
        return Ok(shape::error("DUPLICATED_ORDER_ID"));
    }
    let payment = order.payment(view, account, &view.shared.gateways.toss.settings())?;
    keep(view, connection, &payment)?;
    Ok(read::ok(&shape::payment(&payment)))
}

fn failure(url: &str, code: &str, order: &str) -> WayBack {
    let message = shape::message(code).to_owned();
    WayBack::get(url, [("code", code.to_owned()), ("message", message), ("orderId", order.to_owned())])
}

/// `successUrl` once the payer agreed, else `failUrl` with a code.
pub(super) fn way_back(payment: &Payment) -> WayBack {
    let code = match payment.state {
        State::Failed => payment.reason.as_deref().unwrap_or("PAY_PROCESS_ABORTED"),
        State::Cancelled => "PAY_PROCESS_CANCELED",
        _ if payment.paid.is_none() => "EXPIRED_PAYMENT",
        _ => {
            let fields = [
                ("paymentKey", payment.id.clone()),
                ("orderId", payment.our_id.clone()),
                ("amount", payment.amount.to_string()),
                ("paymentType", "NORMAL".to_owned()),
            ];
            return WayBack::get(&payment.callback, fields);
        }
    };
    failure(payment.text("fail"), code, &payment.our_id)
}

/// A moment with Korea's offset.
pub(super) fn moment(at: Timestamp) -> String {
    local_time::seoul(at, "%Y-%m-%dT%H:%M:%S+09:00")
}

//! Gateways at an address, with an account, an attempt and a good answer each.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use url::Url;
use yam_domain::ids::{AccountId, GatewayId, MerchantId};
use yam_domain::money::Money;
use yam_domain::payment::order_number::OrderNumber;
use yam_domain::phone::Phone;
use yam_gateways::mellat::Mellat;
use yam_gateways::robokassa::Robokassa;
use yam_gateways::sep::Sep;
use yam_gateways::toss::Toss;
use yam_gateways::yookassa::Yookassa;
use yam_gateways::zarinpal::Zarinpal;
use yam_gateways::zibal::Zibal;
use yam_gateways::{Account, AccountSettings, Attempt, Credentials, Payer, PaymentGateway, Refund, Start};
use yam_platform::Config;
use yam_platform::http::EffectClient;

use crate::server::{Act, json as answer, xml};

/// Long enough for a busy machine; only an act that hangs waits for it.
pub(crate) const WITHIN: Duration = Duration::from_secs(10);
pub(crate) const AUTHORITY: &str = "A000000000000000000000000000ydq5y838";
pub(crate) const PAYMENT: &str = "2d5f1b7c-000f-5000-8000-1a2b3c4d5e6f";
pub(crate) const SECRET: &str = "demo-secret-value";

/// The gateway with every address at `base`, behind `proxy` if there is one.
pub(crate) fn gateway(id: GatewayId, base: &str, proxy: Option<&str>) -> Arc<dyn PaymentGateway> {
    let lookup = |name: &str| match name {
        _ if name.starts_with("YAM_URL_") => Some(base.to_owned()),
        _ if name.starts_with("YAM_PROXY_") => proxy.map(str::to_owned),
        _ => None,
    };
    let config = Config::from_lookup(lookup).unwrap();
    let http = EffectClient::new(&config);
    match id {
        GatewayId::Zarinpal => Arc::new(Zarinpal::new(http, &config)),
        GatewayId::Zibal => Arc::new(Zibal::new(http, &config)),
        GatewayId::Mellat => Arc::new(Mellat::new(http, &config)),
        GatewayId::Sep => Arc::new(Sep::new(http, &config)),
        GatewayId::Robokassa => Arc::new(Robokassa::new(http, &config)),
        GatewayId::Yookassa => Arc::new(Yookassa::new(http, &config)),
        GatewayId::Toss => Arc::new(Toss::new(http, &config)),
    }
}

pub(crate) fn account(id: GatewayId) -> Account {
    let fields: &[(&str, &str)] = match id {
        GatewayId::Zarinpal => &[("merchant_id", SECRET), ("access_token", SECRET)],
        GatewayId::Zibal => &[("merchant", SECRET), ("api_key", SECRET)],
        GatewayId::Mellat => &[("terminal_id", "1234"), ("username", "demo"), ("password", SECRET)],
        GatewayId::Sep => &[("terminal_id", "2015")],
        GatewayId::Robokassa => &[
            ("merchant_login", "demo"),
            ("password1", "pass1_demo"),
            ("password2", SECRET),
            ("password3", SECRET),
        ],
        GatewayId::Yookassa => &[("shop_id", "100500"), ("secret_key", SECRET)],
        GatewayId::Toss => &[("secret_key", SECRET), ("client_key", "test_ck")],
    };
    Account {
        merchant: MerchantId::parse("demo").unwrap(),
        id: AccountId::parse("a-1").unwrap(),
        gateway: id,
        credentials: Credentials::new(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))),
        settings: AccountSettings::default(),
    }
}

pub(crate) fn amount(id: GatewayId) -> Money {
    Money::new(250_000, id.currency())
}

pub(crate) fn order(id: GatewayId, count: u64) -> OrderNumber {
    OrderNumber::nth(id, 0, count).unwrap()
}

pub(crate) fn start(id: GatewayId) -> Start {
    Start {
        order: order(id, 1),
        amount: amount(id),
        description: "هزینهٔ پشتیبانی".into(),
        return_url: Url::parse("https://shop.example/openpay/callback/x/p-1?order=100001").unwrap(),
        payer: Payer { phone: Phone::parse_international("+989121234567").ok(), ..Payer::default() },
        receipt: None,
        language: "fa",
        at: "2026-03-20T10:00:00Z".parse().unwrap(),
        payable_for: SignedDuration::from_mins(20),
        idempotency_key: "attempt-1".into(),
    }
}

pub(crate) fn attempt(id: GatewayId) -> Attempt {
    let (gateway_id, receipt) = match id {
        GatewayId::Zarinpal => (AUTHORITY, None),
        GatewayId::Zibal => ("1533727744287", None),
        GatewayId::Mellat => ("AF82041a2Bf6989c7fF9", Some("127926981246")),
        GatewayId::Sep => ("2c3c1fefac5a48fcb00a9e3f4d1e1a5b", Some("jJnBmy/IojtTemplUH5ke9ULCGtDtb")),
        GatewayId::Robokassa => ("100001", Some("KEY-1")),
        GatewayId::Yookassa => (PAYMENT, None),
        GatewayId::Toss => ("100001", Some("pk_1")),
    };
    Attempt {
        order: order(id, 1),
        gateway_id: gateway_id.into(),
        amount: amount(id),
        receipt: receipt.map(str::to_owned),
        verify_sends: 0,
    }
}

pub(crate) fn refund(id: GatewayId) -> Refund {
    Refund {
        key: "rf-1".into(),
        order: order(id, 2),
        amount: Money::new(100_000, id.currency()),
        reason: "return".into(),
        receipt: None,
        panel_id: Some("580868147".into()),
        refund_id: None,
    }
}

/// A SOAP answer of Mellat.
pub(crate) fn soap(operation: &str, text: &str) -> String {
    format!(
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><ns2:{operation}Response \
         xmlns:ns2=\"http://interfaces.core.sw.bps.com/\"><return>{text}</return></ns2:{operation}Response></soap:Body></soap:Envelope>"
    )
}

/// An answer of Robokassa's OpStateExt.
pub(crate) fn op_state(state: u32, sum: &str) -> String {
    format!(
        "<OperationStateResponse xmlns=\"http://merchant.roboxchange.com/WebService/\"><Result><Code>0</Code></Result>\
         <State><Code>{state}</Code></State><Info><OutSum>{sum}</OutSum><OpKey>KEY-1</OpKey></Info></OperationStateResponse>"
    )
}

/// The answer that makes a verify done.
pub(crate) fn verified(id: GatewayId) -> Act {
    match id {
        GatewayId::Zarinpal => {
            answer(json!({"data": {"code": 100, "message": "Paid", "ref_id": 201_000_000_001_i64,
            "card_pan": "502229******5995"}, "errors": []}))
        }
        GatewayId::Zibal => {
            answer(json!({"result": 100, "amount": 250_000, "status": 1, "refNumber": "123456789012",
            "orderId": "100001", "message": "success"}))
        }
        GatewayId::Mellat => xml(soap("bpVerifyRequest", "0")),
        GatewayId::Sep => {
            answer(json!({"ResultCode": 0, "Success": true, "TransactionDetail": {"RRN": "14220000017",
            "TerminalNumber": 2015, "OrginalAmount": 250_000, "AffectiveAmount": 250_000}}))
        }
        GatewayId::Robokassa => xml(op_state(100, "2500.000000")),
        GatewayId::Yookassa => answer(json!({"id": PAYMENT, "status": "succeeded", "paid": true,
            "amount": {"value": "2500.00", "currency": "RUB"}, "metadata": {"order_number": "100001"}})),
        GatewayId::Toss => answer(json!({"paymentKey": "pk_1", "orderId": "100001", "status": "DONE",
            "currency": "KRW", "totalAmount": 250_000})),
    }
}

/// The body of an act that answers.
pub(crate) fn body(act: &Act) -> (&'static str, String) {
    match act {
        Act::Answer { media, body, .. } => (media, body.clone()),
        other => panic!("{other:?} has no body"),
    }
}

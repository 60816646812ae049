//! Behpardakht Mellat: messages, requests, verify, settle, refunds.

use serde_json::json;

use super::shop::CARD;
use crate::support::{World, tag};

/// Parameters of a pay request, some replaced.
pub(super) fn pay_request(order: i64, changes: &[(&str, &str)]) -> String {
    let order = order.to_string();
    let parameters = [
        ("terminalId", "1234"),
        ("userName", "demo"),
        ("userPassword", "demo"),
        ("orderId", order.as_str()),
        ("amount", "250000"),
        ("localDate", "20250612"),
        ("localTime", "093005"),
        ("additionalData", "openpay"),
        ("callBackUrl", "http://shop.example/cb"),
        ("payerId", "0"),
    ];
    elements(&parameters, changes)
}

pub(super) fn elements(parameters: &[(&str, &str)], changes: &[(&str, &str)]) -> String {
    let value = |name: &str, value: &str| {
        changes
            .iter()
            .find(|(changed, _)| *changed == name)
            .map_or(value.to_owned(), |(_, new)| (*new).to_owned())
    };
    parameters.iter().map(|(name, old)| format!("<{name}>{}</{name}>", value(name, old))).collect()
}

impl World {
    pub(super) async fn mellat_raw(&self, operation: &str, inner: &str) -> (u16, String) {
        let body = format!(
            "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:int=\"http://interfaces.core.sw.bps.com/\"><soapenv:Body><int:{operation}>{inner}</int:{operation}>\
             </soapenv:Body></soapenv:Envelope>"
        );
        let url = format!("{}/mellat/pgwchannel/services/pgw", self.base);
        let request = self.client().post(url).header("content-type", "text/xml;charset=UTF-8").body(body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub(super) async fn mellat(&self, operation: &str, inner: &str) -> String {
        let (status, text) = self.mellat_raw(operation, inner).await;
        assert_eq!(status, 200, "{text}");
        assert!(text.contains(&format!(
            "<ns2:{operation}Response xmlns:ns2=\"http://interfaces.core.sw.bps.com/\">"
        )));
        tag(&text, "return")
    }

    pub(super) async fn ref_id(&self, order: i64) -> String {
        let answer = self.mellat("bpPayRequest", &pay_request(order, &[])).await;
        let (code, id) = answer.split_once(',').unwrap();
        assert_eq!((code, id.len()), ("0", 20), "{answer}");
        id.to_owned()
    }

    /// A paid sale: its `SaleReferenceId`.
    pub(super) async fn sale(&self, order: i64) -> String {
        let id = self.ref_id(order).await;
        let paid = self.pay("mellat", &id).await;
        paid["return"]["fields"]["SaleReferenceId"].as_str().unwrap().to_owned()
    }

    pub(super) async fn mellat_of(&self, operation: &str, order: i64, sale: &str) -> String {
        self.mellat_with(operation, order, sale, &[]).await
    }

    async fn mellat_with(&self, operation: &str, order: i64, sale: &str, more: &[(&str, &str)]) -> String {
        let order = order.to_string();
        let mut parameters = vec![
            ("terminalId", "1234"),
            ("userName", "demo"),
            ("userPassword", "demo"),
            ("orderId", order.as_str()),
            ("saleOrderId", order.as_str()),
            ("saleReferenceId", sale),
        ];
        parameters.extend(more);
        self.mellat(operation, &elements(&parameters, &[])).await
    }
}

#[tokio::test]
async fn a_sale_is_verified_then_settled() {
    let world = World::in_memory().await;
    let id = world.ref_id(700_001).await;
    let (status, _, page) = world.submit("/mellat/pgwchannel/startpay.mellat", &[("RefId", &id)]).await;
    assert_eq!((status, page.contains("id=\"pay\"")), (200, true));
    let pay = [("action", "pay"), ("card", CARD)];
    let (status, _, page) = world.submit(&format!("/mellat/payer/{id}"), &pay).await;
    assert_eq!(status, 200, "Mellat returns by form");
    for part in [
        "<form method=\"post\" action=\"http://shop.example/cb\">",
        "name=\"ResCode\" value=\"0\"",
        "name=\"SaleOrderId\" value=\"700001\"",
        "name=\"CardHolderPan\" value=\"610433******1233\"",
        "name=\"FinalAmount\" value=\"250000\"",
        "document.forms[0].submit()",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let shown = world.get(&format!("/_local/simulators/mellat/payments/{id}")).await;
    let sale = shown["receipt"].as_str().unwrap().to_owned();
    let of = async |operation: &str| world.mellat_of(operation, 700_001, &sale).await;
    assert_eq!(
        (of("bpInquiryRequest").await, of("bpSettleRequest").await),
        ("44".to_owned(), "44".to_owned())
    );
    assert_eq!((of("bpVerifyRequest").await, of("bpVerifyRequest").await), ("0".to_owned(), "43".to_owned()));
    assert_eq!(of("bpInquiryRequest").await, "0");
    assert_eq!((of("bpSettleRequest").await, of("bpSettleRequest").await), ("0".to_owned(), "45".to_owned()));
    assert_eq!(of("bpVerifyRequest").await, "43");
    assert_eq!(of("bpReversalRequest").await, "45", "what was settled is not reversed");
    assert_eq!(world.mellat_of("bpVerifyRequest", 700_002, &sale).await, "42");
    assert_eq!(world.mellat_of("bpVerifyRequest", 700_001, "1").await, "42");
    let rows = world.rows("mellat").await;
    assert_eq!(rows, ["request", "taken", "verified", "settled"].map(|kind| (kind.to_owned(), 250_000)));
}

#[tokio::test]
async fn refusals_bring_no_sale_reference() {
    let world = World::in_memory().await;
    for (order, act, code) in [
        (1, json!({"action": "cancel"}), "17"),
        (2, json!({"action": "fail", "reason": "insufficient_funds"}), "12"),
        (3, json!({"action": "fail", "reason": "114"}), "114"),
        (4, json!({"action": "expire"}), "415"),
    ] {
        let id = world.ref_id(order).await;
        let fields = world.act("mellat", &id, act).await["return"].clone();
        assert_eq!((&fields["method"], &fields["fields"]["ResCode"]), (&json!("POST"), &json!(code)));
        assert_eq!(fields["fields"].get("SaleReferenceId"), None);
        assert_eq!(fields["fields"]["RefId"], id);
    }
    assert_eq!(world.entries("mellat", "taken").await.len(), 0);
}

#[tokio::test]
async fn messages_in_the_wrong_shape_are_faults() {
    let world = World::in_memory().await;
    let right = pay_request(1, &[]);
    let swapped = right.replace(
        "<orderId>1</orderId><amount>250000</amount>",
        "<amount>250000</amount><orderId>1</orderId>",
    );
    let qualified = right.replace("<orderId>1</orderId>", "<int:orderId>1</int:orderId>");
    let missing = right.replace("<payerId>0</payerId>", "");
    let words = pay_request(1, &[("amount", "a lot")]);
    for inner in [swapped.clone(), qualified, missing, words] {
        let (status, text) = world.mellat_raw("bpPayRequest", &inner).await;
        assert_eq!(status, 500, "{inner}");
        assert!(text.contains("<faultcode>soap:Client</faultcode>"), "{text}");
    }
    for operation in ["bpNothing", "x"] {
        assert_eq!(world.mellat_raw(operation, &right).await.0, 500);
    }
    let url = format!("{}/mellat/pgwchannel/services/pgw", world.base);
    let other = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
                 <bpPayRequest xmlns=\"http://tempuri.org/\"/></s:Body></s:Envelope>";
    for body in [other, "", "not xml", "<a>"] {
        assert_eq!(world.client().post(&url).body(body).send().await.unwrap().status(), 500, "{body}");
    }
    // A lax service, as a switch, takes what stands in the wrong order.
    world.switch("mellat", json!({"strict": false, "space": true})).await;
    assert!(world.mellat("bpPayRequest", &swapped).await.starts_with("0, "));
    let optional = format!("{}<mobileNo>989170000000</mobileNo><enc>00</enc>", pay_request(2, &[]));
    world.switch("mellat", json!({"strict": true})).await;
    assert!(world.mellat("bpPayRequest", &optional).await.starts_with("0,"));
    let wsdl = world.client().get(format!("{url}?wsdl")).send().await.unwrap().text().await.unwrap();
    assert!(wsdl.contains("elementFormDefault=\"unqualified\"") && wsdl.contains("bpSaleReferenceIdRequest"));
}

#[tokio::test]
async fn requests_that_are_wrong_have_their_codes() {
    let world = World::in_memory().await;
    let account = |terminal: &str| json!({"terminal": terminal, "username": "demo", "password": "demo"});
    let mut far = account("2");
    far["ip_allowed"] = json!(false);
    let mut small = account("3");
    small["max_amount"] = json!(249_999);
    small["domain"] = json!("home.example");
    world.account("mellat", far).await;
    world.account("mellat", small).await;
    world.ref_id(7).await;
    for (order, changes, code) in [
        (7, vec![], "41"),
        (8, vec![("terminalId", "9")], "21"),
        (8, vec![("terminalId", "2")], "421"),
        (8, vec![("userPassword", "x")], "24"),
        (8, vec![("amount", "999")], "25"),
        (8, vec![("amount", "-1")], "25"),
        (8, vec![("terminalId", "3")], "19"),
        (8, vec![("terminalId", "3"), ("amount", "1000")], "62"),
        (8, vec![("localDate", "2025612")], "35"),
        (8, vec![("localTime", "9305")], "35"),
        (8, vec![("callBackUrl", "x")], "62"),
    ] {
        assert_eq!(world.mellat("bpPayRequest", &pay_request(order, &changes)).await, code, "{changes:?}");
    }
    let rows = pay_request(9, &[("additionalData", "88,140000,108;74,110000,;")])
        .replace("<payerId>0</payerId>", "");
    assert!(world.mellat("bpCumulativeDynamicPayRequest", &rows).await.starts_with("0,"));
    let rows = pay_request(10, &[("additionalData", "88,140000,108;")]).replace("<payerId>0</payerId>", "");
    assert_eq!(world.mellat("bpCumulativeDynamicPayRequest", &rows).await, "25");
}

#[tokio::test]
async fn the_page_wants_the_exact_ref_id_by_post() {
    let world = World::in_memory().await;
    let id = world.ref_id(1).await;
    let start = "/mellat/pgwchannel/startpay.mellat";
    let mirrored: String = id
        .chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    assert_eq!(world.submit(start, &[("RefId", &mirrored)]).await.0, 404);
    assert_eq!(world.page(&format!("{start}?RefId={id}")).await.0, 405);
    world.switch("mellat", json!({"check_referer": true})).await;
    assert_eq!(world.submit(start, &[("RefId", &id)]).await.0, 403);
    let request = world.client().post(format!("{}{start}", world.base)).form(&[("RefId", &id)]);
    let response = request.header("referer", "http://shop.example/pay").send().await.unwrap();
    assert_eq!(response.status(), 200);
}

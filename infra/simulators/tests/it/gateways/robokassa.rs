//! Robokassa.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::shop::{CARD, Shop};
use crate::support::{World, tag};

/// The protocol's own vectors.
const START: &str = "7875d73ce788cfb1cb06f6ad1567667f";
const STATE: &str = "534a0d76acc9ca105a75528330a27517";
const PATH: &str = "/robokassa/Merchant/Index.aspx?MerchantLogin=demo&OutSum=100.00&InvId=450001&Description=openpay\
                    &Shp_user=7&Shp_link=lk42&SignatureValue=";
const PAYER: &str = "/robokassa/payer/demo.450001";

pub(super) fn account(shop: &Shop) -> Value {
    json!({
        "login": "demo", "password1": "pass1_demo", "password2": "pass2_demo", "password3": "pass3_demo",
        "result_url": shop.url("/result"), "success_url": shop.url("/success"), "fail_url": shop.url("/fail"),
    })
}

impl World {
    /// A shop whose payment 450001 of 100 roubles is open.
    pub(super) async fn robokassa(&self) -> Shop {
        let shop = Shop::open().await;
        shop.answer(200, "OK450001");
        self.account("robokassa", account(&shop)).await;
        let (status, page) = self.page(&format!("{PATH}{START}")).await;
        assert_eq!((status, page.contains("data-amount=\"10000\"")), (200, true), "{page}");
        shop
    }

    pub(super) async fn op_state(&self) -> String {
        let path =
            "/robokassa/Merchant/WebService/Service.asmx/OpStateExt?MerchantLogin=demo&InvoiceID=450001";
        self.page(&format!("{path}&Signature={STATE}")).await.1
    }

    async fn robokassa_refund(&self, password: &str, payload: &Value) -> Value {
        let head = URL_SAFE_NO_PAD.encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(payload.to_string()));
        let mac = Hmac::<Sha256>::new_from_slice(password.as_bytes()).unwrap().chain_update(&signed);
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
        let url = format!("{}/robokassa/RefundService/Refund/Create", self.base);
        self.client().post(url).body(token).send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test]
async fn the_notice_is_signed_and_repeated_until_it_is_taken() {
    let world = World::in_memory().await;
    let shop = world.robokassa().await;
    shop.answer(500, "no");
    world.switch("robokassa", json!({"result_first": true})).await;
    assert!(world.op_state().await.contains("<State><Code>5</Code>"));
    let (status, target, _) = world.submit(PAYER, &[("action", "pay"), ("card", CARD)]).await;
    assert_eq!(status, 303);
    // The protocol's vector of SuccessURL.
    assert!(target.contains("SignatureValue=dae34a6b4230ae20240d206f2cfae75c"), "{target}");
    assert!(target.starts_with(&shop.url("/success?OutSum=100.00&InvId=450001")), "{target}");
    let seen = shop.seen();
    assert_eq!((seen.len(), seen[0].path.as_str()), (1, "/result"));
    // The protocol's vector of ResultURL.
    assert!(seen[0].body.contains("OutSum=100.000000&"), "{}", seen[0].body);
    assert!(seen[0].body.contains("SignatureValue=41B1C823B1EB157EC1C95CAD2D142334"));
    assert!(seen[0].body.contains("Shp_link=lk42&Shp_user=7"));
    world.advance("40s").await;
    world.deliver("robokassa").await;
    assert_eq!(shop.seen().len(), 1);
    shop.answer(200, "OK450002");
    world.advance("21s").await;
    world.deliver("robokassa").await;
    assert_eq!(shop.seen().len(), 2, "another number is no answer");
    shop.answer(200, "OK450001");
    world.advance("61s").await;
    let notices = world.deliver("robokassa").await;
    assert_eq!((&notices[0]["state"], &notices[0]["attempts"]), (&json!("taken"), &json!(3)));
    world.advance("2m").await;
    world.deliver("robokassa").await;
    assert_eq!(shop.seen().len(), 3);
    assert!(world.op_state().await.contains("<State><Code>100</Code>"));
    assert_eq!(world.rows("robokassa").await.len(), 3, "request, taken, verified");
}

#[tokio::test]
async fn refused_and_forgotten_payments_lead_to_fail_url() {
    let world = World::in_memory().await;
    let shop = world.robokassa().await;
    let (status, target, _) = world.submit(PAYER, &[("action", "cancel")]).await;
    assert_eq!(status, 303);
    assert!(target.starts_with(&shop.url("/fail?OutSum=100.00&InvId=450001")));
    assert!(!target.contains("SignatureValue"), "unsigned");
    assert!(world.op_state().await.contains("<State><Code>10</Code>"));
    world.deliver("robokassa").await;
    assert!(shop.seen().is_empty(), "nothing is told");
}

#[tokio::test]
async fn signatures_and_numbers_are_checked() {
    let world = World::in_memory().await;
    let shop = world.robokassa().await;
    for (path, why) in [
        (format!("{PATH}0000"), "29"),
        (PATH.replace("=demo", "=nobody") + START, "26"),
        (PATH.replace("100.00", "1.00") + START, "29"),
        (PATH.replace("lk42", "lk43") + START, "29"),
    ] {
        let (status, page) = world.page(&path).await;
        assert_eq!((status, page.contains(&format!("Ошибка {why}"))), (400, true), "{path}: {page}");
    }
    let ask = "/robokassa/Merchant/WebService/Service.asmx/OpStateExt?MerchantLogin=";
    for (query, code) in [("demo&InvoiceID=450001&Signature=0", "1"), ("nobody&InvoiceID=1&Signature=0", "2")]
    {
        assert_eq!(tag(&world.page(&format!("{ask}{query}")).await.1, "Code"), code);
    }
    // The same number once more is the same payment, with either hash.
    let mut sha = account(&shop);
    sha["hash"] = json!("sha256");
    world.account("robokassa", sha).await;
    let form = [
        ("MerchantLogin", "demo"),
        ("OutSum", "100.00"),
        ("InvId", "450001"),
        ("SignatureValue", "3D19C19C374DD0AFD5A07F53BFDBBF5BDC97923839F6252C1E0D656A57633B21"),
    ];
    let (status, _, page) = world.submit("/robokassa/Merchant/Index.aspx", &form).await;
    assert_eq!((status, page.contains("id=\"pay\"")), (200, true), "{page}");
    assert_eq!(world.kinds("robokassa").await, ["request"]);
}

#[tokio::test]
async fn refunds_are_signed_with_the_third_password() {
    let world = World::in_memory().await;
    world.robokassa().await;
    let paid = world.pay("robokassa", "450001").await;
    let key = paid["receipt"].as_str().unwrap();
    assert_eq!(tag(&world.op_state().await, "OpKey"), key);
    let ask = |sum: &str| json!({"OpKey": key, "RefundSum": sum});
    assert_eq!(world.robokassa_refund("pass2_demo", &ask("40.00")).await["success"], false);
    let part = world.robokassa_refund("pass3_demo", &ask("40.00")).await;
    assert_eq!(part["success"], true, "{part}");
    assert_eq!(world.robokassa_refund("pass3_demo", &ask("60.01")).await["success"], false);
    let rest = world.robokassa_refund("pass3_demo", &json!({"OpKey": key})).await;
    assert_eq!(rest["success"], true);
    let path = format!("/robokassa/RefundService/Refund/GetState?id={}", part["requestId"].as_str().unwrap());
    assert_eq!(world.get(&path).await["label"], "processing");
    world.advance("6m").await;
    assert_eq!(
        world.get(&path).await,
        json!({"requestId": part["requestId"], "amount": 40.0, "label": "finished"})
    );
    let refunds: Vec<i64> = world
        .entries("robokassa", "refunded")
        .await
        .iter()
        .map(|row| row["amount"].as_i64().unwrap())
        .collect();
    assert_eq!(refunds, [4_000, 6_000]);
    assert!(world.op_state().await.contains("<State><Code>100</Code>"), "refunds need not show");
}

#[tokio::test]
async fn an_expired_page_takes_no_money() {
    let world = World::in_memory().await;
    world.robokassa().await;
    world.advance("61m").await;
    let (_, _, page) = world.submit(PAYER, &[("action", "pay"), ("card", CARD)]).await;
    assert!(page.contains(">expired</output>"), "{page}");
    assert!(world.op_state().await.contains("<State><Code>10</Code>"));
}

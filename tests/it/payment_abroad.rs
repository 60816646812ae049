//! Roubles and won: notices that are signed, notices that only make us ask, and receipts.

use http::StatusCode;
use serde_json::{Value, json};
use yam_tests::{Browser, HUB, Options, Page, World};

async fn shop(unit: &str, country: &str, gateway: &str) -> World {
    let world = World::new(Options::default()).await;
    let setting = json!({"country": country, "currency_unit": unit, "time_zone": "UTC", "locale": "ru"});
    let (status, _) = world.call("PUT", "/v1/settings/shop", Some(setting)).await;
    assert_eq!(status, StatusCode::OK);
    world.gateways(&[gateway]).await;
    world
}

async fn leave(world: &World, path: &str, gateway: &str) -> Page {
    let browser = Browser::new(world);
    let form = browser.get(path).await.form("details").expect("the form for details");
    let phone = if gateway == "toss" { "01012345678" } else { "+7 912 345-67-89" };
    let fields = [
        ("form", form.as_str()),
        ("step", "details"),
        ("name", "Анна Примерова"),
        ("mobile", phone),
        ("phone", phone),
        ("email", "anna@shop.example"),
    ];
    let ways = browser.post(path, &fields).await;
    assert_eq!(ways.status, StatusCode::OK, "{}", ways.text);
    browser.choose(&ways, gateway).await
}

/// YooKassa: the payer comes back with nothing; the payment is read.
#[tokio::test]
async fn yookassa_is_asked_when_the_payer_comes_back() {
    let world = shop("RUB", "RU", "yookassa").await;
    let page = leave(&world, "/openpay/demo/?price=1500,50&description=book", "yookassa").await;
    assert!(page.text.contains("id=\"go\""), "{}", page.text);
    let payment = world.newest_payment().await;
    let id = payment["attempts"][0]["gateway_id"].as_str().unwrap();
    let paid = world.at_gateway("yookassa", id, json!({"action": "pay"})).await;
    let browser = Browser::new(&world);
    let page = browser.follow(&browser.come_back(&paid["return"]).await).await;
    assert_eq!(page.state(), "paid", "{}", page.text);
    assert_eq!(world.payment(&payment).await["paid_amount"], json!({"amount": 150_050, "currency": "RUB"}));
}

/// P4: roubles are ours at once, so a second payment of a single link is refunded without anybody's help.
#[tokio::test]
async fn roubles_that_nothing_wants_are_refunded() {
    let world = shop("RUB", "RU", "yookassa").await;
    let wish = json!({"amount": {"amount": 150_000, "currency": "RUB"}, "single_use": true});
    let link = world.link(wish).await;
    let path = link["url"].as_str().unwrap().strip_prefix(HUB).unwrap().to_owned();
    let browser = Browser::new(&world);
    let mut open = Vec::new();
    for _ in 0..2 {
        world.clock.advance(jiff::SignedDuration::from_millis(1));
        leave(&world, &path, "yookassa").await;
        open.push(world.newest_payment().await);
    }
    let mut states = Vec::new();
    for payment in &open {
        let id = payment["attempts"][0]["gateway_id"].as_str().unwrap();
        let paid = world.at_gateway("yookassa", id, json!({"action": "pay"})).await;
        states.push(browser.follow(&browser.come_back(&paid["return"]).await).await.state());
    }
    assert_eq!(states, ["paid", "overpaid"]);
    world.advance(jiff::SignedDuration::from_mins(5)).await;
    assert_eq!(world.payment(&open[1]).await["status"], "refunded");
    assert_eq!(world.sum("yookassa", "refunded").await, 150_000);
    assert_eq!(world.told("payment.paid").await.len(), 1);
}

/// P5: a shop may count the refunds of each payment from one; the gateway knows a key once for all of the shop's.
#[tokio::test]
async fn refunds_of_two_payments_may_have_one_id() {
    let world = shop("RUB", "RU", "yookassa").await;
    let link = world.link(json!({"amount": {"amount": 150_000, "currency": "RUB"}})).await;
    let path = link["url"].as_str().unwrap().strip_prefix(HUB).unwrap().to_owned();
    for _ in 0..2 {
        world.clock.advance(jiff::SignedDuration::from_millis(1));
        leave(&world, &path, "yookassa").await;
        let payment = world.newest_payment().await;
        let id = payment["attempts"][0]["gateway_id"].as_str().unwrap();
        let paid = world.at_gateway("yookassa", id, json!({"action": "pay"})).await;
        Browser::new(&world).come_back(&paid["return"]).await;
        let refund = format!("/v1/payments/{}/refund", payment["payment_id"].as_str().unwrap());
        let (status, answer) = world.call("POST", &refund, Some(json!({"refund_id": "r-1"}))).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        world.advance(jiff::SignedDuration::from_mins(5)).await;
        assert_eq!(world.payment(&payment).await["status"], "refunded");
    }
    assert_eq!(world.sum("yookassa", "refunded").await, 300_000);
}

/// Robokassa: its signed notice is the payment; a forged one is not, and the answer ends its retries.
#[tokio::test]
async fn robokassas_signed_notice_is_the_payment() {
    let world = shop("RUB", "RU", "robokassa").await;
    let page = leave(&world, "/openpay/demo/?price=700&description=book", "robokassa").await;
    assert!(page.text.contains("name=\"SignatureValue\""), "{}", page.text);
    let payment = world.newest_payment().await;
    let number = World::number_of(&payment);
    let (_, settings) = world.call("GET", "/v1/settings/gateways/robokassa", None).await;
    let address = settings["notice_url"].as_str().unwrap().strip_prefix(HUB).unwrap().to_owned();
    let browser = Browser::new(&world);
    let forged = [("OutSum", "700.00"), ("InvId", number.as_str()), ("SignatureValue", "0000")];
    let refused = browser.post(&address, &forged).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    assert_eq!(world.payment(&payment).await["status"], "redirected");
    let sum = "700.00";
    let signature = format!("{:x}", md5_of(&format!("{sum}:{number}:pass2_demo")));
    let signed = [("OutSum", sum), ("InvId", number.as_str()), ("SignatureValue", signature.as_str())];
    for _ in 0..2 {
        let taken = browser.post(&address, &signed).await;
        assert_eq!((taken.status, taken.text.as_str()), (StatusCode::OK, format!("OK{number}").as_str()));
    }
    world.drain().await;
    assert_eq!(world.payment(&payment).await["status"], "paid");
    assert_eq!(world.told("payment.paid").await.len(), 1);
    // Another account's address does not lead here.
    let elsewhere = address.replace("demo~robokassa~", "demo~robokassa~x");
    assert_eq!(browser.post(&elsewhere, &signed).await.status, StatusCode::NOT_FOUND);
}

fn md5_of(text: &str) -> md5::Digest {
    md5::compute(text)
}

/// Toss: nothing is charged before our confirm, and the amount in the address has to be the frozen one.
#[tokio::test]
async fn toss_is_confirmed_with_the_frozen_amount_only() {
    let world = shop("KRW", "KR", "toss").await;
    let page = leave(&world, "/openpay/demo/?price=12000&description=book", "toss").await;
    assert!(page.policy.contains("script-src 'nonce-"), "{}", page.policy);
    let widget = |name: &str| page.between(&format!("data-{name}=\""), "\"").unwrap();
    let origin = &world.simulators;
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("clientKey", &widget("clientkey"))
        .append_pair("orderId", &widget("orderid"))
        .append_pair("orderName", &widget("ordername"))
        .append_pair("amount", &widget("amount"))
        .append_pair("successUrl", &widget("successurl").replace("&amp;", "&"))
        .append_pair("failUrl", &widget("failurl").replace("&amp;", "&"))
        .finish();
    let opened = reqwest::get(format!("{origin}/toss/widget?{query}")).await.unwrap();
    assert!(opened.status().is_success(), "{}", opened.text().await.unwrap());
    let payment = world.newest_payment().await;
    let paid = world.at_gateway("toss", &World::number_of(&payment), json!({"action": "pay"})).await;
    let browser = Browser::new(&world);
    let mut cheap: Value = paid["return"].clone();
    cheap["url"] = json!(cheap["url"].as_str().unwrap().replace("amount=12000", "amount=120"));
    let page = browser.follow(&browser.come_back(&cheap).await).await;
    assert_ne!(page.state(), "paid");
    let page = browser.follow(&browser.come_back(&paid["return"]).await).await;
    assert_eq!(page.state(), "paid", "{}", page.text);
}

//! What somebody asks for by name, and news of the shop's own accounts: at once, at any hour, once (S2-07, S3-10).

use super::*;
use yam_domain::phone::Phone;
use yam_tests::{OPERATOR_KEY, korean_contract};

const LINKS: &str = "/v1/payment-links";

fn request() -> Value {
    json!({
        "amount": {"amount": 250_000, "currency": "RUB"}, "description": "Support", "single_use": true,
        "payer": {"name": "Ivan Petrov", "phone": PHONE, "email": EMAIL}, "send_via": ["sms", "email", "sms"],
    })
}

/// In the evening in Moscow, outside every window.
fn evening() -> Options {
    let beginning = Some("2026-11-21T19:30:00Z".parse().expect("an instant"));
    Options { beginning, doubled: true, ..Options::default() }
}

#[tokio::test]
async fn a_link_is_sent_to_its_payer_once_by_each_means() {
    let shop = Box::pin(Shop::open(evening(), Choices::default())).await;
    let once = [("idempotency-key", "link-1")];
    let mut urls = Vec::new();
    for _ in 0..2 {
        let (status, link) = shop.world.call_as(&shop.world.key, "POST", LINKS, &once, Some(request())).await;
        assert_eq!((status, &link["send_via"]), (StatusCode::CREATED, &json!(["sms", "email"])), "{link}");
        urls.push(link["url"].as_str().expect("a url").to_owned());
    }
    assert_eq!(urls[0], urls[1]);
    shop.world.drain().await;
    shop.world.travel(hours(30)).await;
    let (texts, mails) = (shop.reached("sms").await, shop.reached("email").await);
    assert_eq!((texts.len(), mails.len()), (1, 1), "{:?}", shop.log().await);
    assert_eq!((texts[0]["to"].as_str(), mails[0]["to"].as_str()), (Some("79161234567"), Some(EMAIL)));
    let words = texts[0]["text"].as_str().expect("a text");
    assert!(words.contains(&urls[0]) && words.contains("2 500"), "{words}");
    assert_eq!(mails[0]["subject"], "Оплата: 2 500,00 ₽");
    assert!(mails[0]["html"].as_str().expect("html").contains(&urls[0]));
    let at: Timestamp = texts[0]["sent_at"].as_str().unwrap().parse().unwrap();
    assert!(at < "2026-11-21T19:45:00Z".parse().unwrap(), "{at}: a link waits for no window");
    // The shop is told without the payer's number and address.
    let told = shop.world.told("payment_link.created").await;
    assert_eq!((told.len(), &told[0]["data"]["url"]), (1, &json!(urls[0])));
    assert!(
        !told[0].to_string().contains("9161234567") && !told[0].to_string().contains(EMAIL),
        "{}",
        told[0]
    );
}

#[tokio::test]
async fn a_payer_who_cannot_be_reached_is_said_at_once() {
    let shop = Box::pin(Shop::open(Options::default(), Choices::default())).await;
    for (payer, via, pointer) in [
        (json!({"name": "Ivan"}), json!(["sms"]), "#/payer/phone"),
        (json!({"phone": PHONE}), json!(["email"]), "#/payer/email"),
        (json!({"phone": PHONE, "email": "nobody"}), json!(["email"]), "#/payer/email"),
        (json!({"phone": "12"}), json!(["sms"]), "#/payer/phone"),
        (json!({"phone": PHONE}), json!(["pigeon"]), "#/send_via/0"),
    ] {
        let mut body = request();
        body["payer"] = payer;
        body["send_via"] = via;
        let (status, answer) = shop.world.call("POST", LINKS, Some(body)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        let at: Vec<_> = answer["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
        assert_eq!(at, [json!(pointer)], "{answer}");
    }
    shop.world.drain().await;
    assert_eq!(shop.log().await, []);
}

#[tokio::test]
async fn a_link_that_was_revoked_before_it_left_is_not_sent() {
    let shop = Box::pin(Shop::open(evening(), Choices::default())).await;
    let busy = json!({"mode": "status", "status": 429, "times": 1});
    for provider in ["smsc", "ses"] {
        shop.world.fault(provider, busy.clone()).await;
    }
    let (_, link) = shop.world.call("POST", LINKS, Some(request())).await;
    shop.world.drain().await;
    let path = format!("{LINKS}/{}", link["link_id"].as_str().expect("an id"));
    let (status, _) = shop.world.call("DELETE", &path, None).await;
    assert_eq!(status, StatusCode::OK);
    shop.world.travel(hours(30)).await;
    assert_eq!(shop.world.outbox().await, Vec::<Value>::new());
    let log = shop.log().await;
    assert!(
        log.iter().all(|(_, state, why)| (state.as_str(), why.as_str()) == ("suppressed", "stopped")),
        "{log:?}"
    );
}

/// A contract that the post holds back is told to the shop by text and by mail, also at night.
#[tokio::test]
async fn a_hold_reaches_the_merchant_by_text() {
    let edit = |settings: &mut NoticeSettings| {
        settings.rules = RuleSet { version: 2, ..RuleSet::usual() };
        settings.contacts.phones = vec![Phone::parse("+79169876543", "RU").expect("a phone")];
        settings.contacts.emails = vec!["shop@romashka.example".to_owned()];
    };
    let shop = Box::pin(Shop::open(evening(), Choices { edit, ..Choices::default() })).await;
    let world = &shop.world;
    let (status, answer) =
        world.call("PUT", "/v1/settings/carriers/seoul", Some(korean_contract(None))).await;
    assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!("under_review")), "{answer}");
    let held = json!({"reason": "numbers_do_not_match", "note": "the number belongs to another business"});
    let path = "/v1/operator/merchants/demo/carriers/seoul/hold";
    let (status, answer) = world.call_as(OPERATOR_KEY, "POST", path, &[], Some(held)).await;
    assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!("on_hold")), "{answer}");
    world.drain().await;
    let texts = shop.reached("sms").await;
    assert_eq!(texts.len(), 1, "{:?}", shop.log().await);
    assert_eq!(texts[0]["to"], "79169876543");
    let words = texts[0]["text"].as_str().expect("a text");
    assert!(words.contains("seoul") && words.contains("приостановлен"), "{words}");
    world.travel(hours(30)).await;
    assert_eq!((shop.reached("sms").await.len(), shop.reached("email").await.len()), (1, 1), "once each");
}

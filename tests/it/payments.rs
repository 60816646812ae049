//! Payments by link, through the pages, the gateways' simulators and the API (S2).

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_tests::{Browser, HUB, Options, World, order_to_shiraz};

const PRICE: i64 = 2_500_000;

fn price() -> Value {
    json!({"amount": PRICE, "currency": "IRR"})
}

async fn shop(gateways: &[&str]) -> World {
    let world = World::new(Options::default()).await;
    world.gateways(gateways).await;
    world
}

async fn once(world: &World) -> String {
    let link =
        world.link(json!({"amount": price(), "description": "هزینهٔ پشتیبانی", "single_use": true})).await;
    link["url"].as_str().expect("an address").strip_prefix(HUB).expect("at the hub").to_owned()
}

/// S2-01, S2-13, S2-16, S2-17, S2-18, S2-20: through every Iranian gateway, with the return taken twice.
#[tokio::test]
async fn a_link_is_paid_through_each_iranian_gateway_and_counted_once() {
    for gateway in ["zarinpal", "zibal", "mellat", "sep"] {
        let world = shop(&[gateway]).await;
        let browser = Browser::new(&world);
        let path = once(&world).await;
        browser.leave(&path, gateway).await;
        let payment = world.newest_payment().await;
        assert_eq!(payment["status"], "redirected", "{gateway}");
        let number = World::number_of(&payment);
        let paid = world.at_gateway(gateway, &number, json!({"action": "pay"})).await;
        let back = browser.come_back(&paid["return"]).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER, "{gateway}: {}", back.text);
        let page = browser.follow(&back).await;
        assert_eq!(page.state(), "paid", "{gateway}: {}", page.text);
        browser.come_back(&paid["return"]).await;
        world.drain().await;
        assert_eq!(world.sum(gateway, "verified").await, PRICE, "{gateway}");
        let settled = if gateway == "mellat" { PRICE } else { 0 };
        assert_eq!(world.sum(gateway, "settled").await, settled, "{gateway}");
        let told = world.told("payment.paid").await;
        assert_eq!(told.len(), 1, "{gateway}");
        assert_eq!(told[0]["data"]["paid_amount"], price());
        // The payer reads the code out, in lower case and with a space.
        let spoken = page.code().to_lowercase().replace('-', "%20");
        let (_, found) = world.call("GET", &format!("/v1/payments?code={spoken}"), None).await;
        assert_eq!(found["items"][0]["payment_id"], payment["payment_id"], "{gateway}");
        assert!(found["items"][0]["bank_reference"].is_string(), "{gateway}: {found}");
        assert_eq!(found["items"][0]["payer"]["mobile"], "+989170000000");
        // The link is used up: nobody pays it twice.
        let closed = browser.get(&path).await;
        assert!(closed.form("details").is_none(), "{gateway}: {}", closed.text);
    }
}

/// S2-23, P3: the payer's browser never comes back.
#[tokio::test]
async fn a_lost_return_is_found_by_the_sweep_inside_the_gateways_window() {
    for gateway in ["zarinpal", "zibal"] {
        let world = shop(&[gateway]).await;
        let browser = Browser::new(&world);
        browser.leave(&once(&world).await, gateway).await;
        let payment = world.newest_payment().await;
        world.advance(SignedDuration::from_mins(11)).await;
        world.at_gateway(gateway, &World::number_of(&payment), json!({"action": "pay"})).await;
        world.advance(SignedDuration::from_mins(8)).await;
        assert_eq!(world.payment(&payment).await["status"], "paid", "{gateway}");
        assert_eq!(world.sum(gateway, "verified").await, PRICE, "{gateway}");
        assert_eq!(world.told("payment.paid").await.len(), 1, "{gateway}");
    }
}

/// Two payers on a single-use link; the one whose browser never came back is found when the link is used up. Its money
/// goes back by itself, and the payment says why.
#[tokio::test]
async fn money_that_is_found_for_a_used_up_link_says_why_it_goes_back() {
    let world = shop(&["zarinpal", "zibal"]).await;
    let browser = Browser::new(&world);
    let path = once(&world).await;
    browser.leave(&path, "zarinpal").await;
    let late = world.newest_payment().await;
    browser.leave(&path, "zibal").await;
    let first = world.newest_payment().await;
    assert_ne!(late["payment_id"], first["payment_id"]);
    world.at_gateway("zarinpal", &World::number_of(&late), json!({"action": "pay"})).await;
    let paid = world.at_gateway("zibal", &World::number_of(&first), json!({"action": "pay"})).await;
    let page = browser.follow(&browser.come_back(&paid["return"]).await).await;
    assert_eq!(page.state(), "paid", "{}", page.text);
    world.advance(SignedDuration::from_mins(50)).await;
    let late = world.payment(&late).await;
    let attempt = &late["attempts"][0];
    assert_eq!(
        (&attempt["status"], &attempt["unwanted"]),
        (&json!("reversed"), &json!("link_used_up")),
        "{late}"
    );
    assert_eq!(world.sum("zarinpal", "verified").await, 0);
    assert_eq!(world.told("payment.paid").await.len(), 1);
}

/// S2-23: giving up, being refused, and paying after that.
#[tokio::test]
async fn a_cancelled_payment_may_be_tried_again_on_the_same_page() {
    let world = shop(&["zarinpal"]).await;
    let browser = Browser::new(&world);
    let path = once(&world).await;
    let ways = browser.details(&path).await;
    browser.choose(&ways, "zarinpal").await;
    let payment = world.newest_payment().await;
    let gone = world.at_gateway("zarinpal", &World::number_of(&payment), json!({"action": "cancel"})).await;
    let page = browser.follow(&browser.come_back(&gone["return"]).await).await;
    assert!(["cancelled", "failed"].contains(&page.state().as_str()), "{}", page.text);
    assert!(page.text.contains("id=\"again\""));
    // The same form again: another attempt of the same payment, under another number.
    browser.choose(&ways, "zarinpal").await;
    let again = world.payment(&payment).await;
    assert_eq!(again["attempts"].as_array().unwrap().len(), 2);
    assert_ne!(again["attempts"][0]["order"], again["attempts"][1]["order"]);
    let paid = world.at_gateway("zarinpal", &World::number_of(&again), json!({"action": "pay"})).await;
    let page = browser.follow(&browser.come_back(&paid["return"]).await).await;
    assert_eq!(page.state(), "paid", "{}", page.text);
    world.drain().await;
    assert_eq!(world.told("payment.paid").await.len(), 1);
}

/// Accounts count apart, so the first numbers of two gateways are the same: the second choice is still an attempt of
/// its own, and its return finds it.
#[tokio::test]
async fn a_payer_who_goes_on_to_another_gateway_has_an_attempt_there() {
    let world = shop(&["zarinpal", "zibal"]).await;
    let browser = Browser::new(&world);
    let ways = browser.details(&once(&world).await).await;
    browser.choose(&ways, "zarinpal").await;
    browser.choose(&ways, "zibal").await;
    let payment = world.newest_payment().await;
    let attempts = payment["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 2, "{payment}");
    assert_ne!(attempts[0]["order"], attempts[1]["order"]);
    let paid = world.at_gateway("zibal", &World::number_of(&payment), json!({"action": "pay"})).await;
    let page = browser.follow(&browser.come_back(&paid["return"]).await).await;
    assert_eq!(page.state(), "paid", "{}", page.text);
    assert_eq!(world.sum("zibal", "verified").await, PRICE);
}

/// F10: what a browser claims moves nothing.
#[tokio::test]
async fn forged_and_foreign_returns_change_nothing() {
    for gateway in ["zarinpal", "zibal", "mellat", "sep"] {
        let world = shop(&[gateway]).await;
        let browser = Browser::new(&world);
        browser.leave(&once(&world).await, gateway).await;
        let honest = world.newest_payment().await;
        browser.leave(&once(&world).await, gateway).await;
        let thief = world.newest_payment().await;
        let paid = world.at_gateway(gateway, &World::number_of(&honest), json!({"action": "pay"})).await;
        // The paid return of one payment, sent to the address of the other.
        let (mine, theirs) = (honest["payment_id"].as_str().unwrap(), thief["payment_id"].as_str().unwrap());
        let (from, to) = (World::number_of(&honest), World::number_of(&thief));
        let mut stolen = paid["return"].clone();
        let url = stolen["url"].as_str().unwrap().replace(mine, theirs);
        stolen["url"] = json!(url.replace(&format!("order={from}"), &format!("order={to}")));
        let page = browser.follow(&browser.come_back(&stolen).await).await;
        assert_ne!(page.state(), "paid", "{gateway}");
        assert_eq!(world.payment(&thief).await["status"], "redirected", "{gateway}");
        // The rightful one still works.
        let page = browser.follow(&browser.come_back(&paid["return"]).await).await;
        assert_eq!(page.state(), "paid", "{gateway}: {}", page.text);
        assert_eq!(world.sum(gateway, "verified").await, PRICE, "{gateway}");
    }
}

/// SEP verifies a RefNum for anybody at its terminal, and says "repeated": that is no payment of who shows it second,
/// here by another account at the same terminal.
#[tokio::test]
async fn a_receipt_that_was_verified_elsewhere_pays_nothing() {
    let world = shop(&["sep"]).await;
    let mut twin = yam_tests::gateway_account("sep");
    twin["settings"] = json!({"order_offset": 500});
    let (status, answer) = world.call("PUT", "/v1/settings/gateways/sep-twin", Some(twin)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let browser = Browser::new(&world);
    browser.leave(&once(&world).await, "sep").await;
    let honest = world.newest_payment().await;
    let paid = world.at_gateway("sep", &World::number_of(&honest), json!({"action": "pay"})).await;
    let page = browser.follow(&browser.come_back(&paid["return"]).await).await;
    assert_eq!(page.state(), "paid", "{}", page.text);
    browser.leave(&once(&world).await, "sep-twin").await;
    let thief = world.newest_payment().await;
    let mut stolen = paid["return"].clone();
    let id = |payment: &Value| payment["payment_id"].as_str().unwrap().to_owned();
    let (from, to) = (World::number_of(&honest), World::number_of(&thief));
    let url = stolen["url"].as_str().unwrap().replace(&id(&honest), &id(&thief));
    stolen["url"] = json!(url.replace(&format!("order={from}"), &format!("order={to}")));
    stolen["fields"]["ResNum"] = json!(to);
    stolen["fields"]["Token"] = thief["attempts"][0]["gateway_id"].clone();
    browser.come_back(&stolen).await;
    assert_eq!(world.payment(&thief).await["status"], "mismatch");
    world.drain().await;
    assert_eq!(world.told("payment.paid").await.len(), 1);
}

/// F13, P4: two tabs on a link that may be paid once.
#[tokio::test]
async fn the_second_payment_of_a_single_link_goes_back() {
    let world = shop(&["zibal"]).await;
    let browser = Browser::new(&world);
    let path = once(&world).await;
    browser.leave(&path, "zibal").await;
    let first = world.newest_payment().await;
    browser.leave(&path, "zibal").await;
    let second = world.newest_payment().await;
    assert_ne!(first["payment_id"], second["payment_id"]);
    let mut pages = Vec::new();
    for payment in [&first, &second] {
        let paid = world.at_gateway("zibal", &World::number_of(payment), json!({"action": "pay"})).await;
        pages.push(browser.follow(&browser.come_back(&paid["return"]).await).await);
    }
    assert_eq!(pages[0].state(), "paid");
    assert_eq!(pages[1].state(), "reversing", "{}", pages[1].text);
    world.advance(SignedDuration::from_mins(60)).await;
    assert_eq!(world.payment(&second).await["status"], "reversed");
    assert_eq!(world.sum("zibal", "verified").await, PRICE, "the second was never taken");
    assert_eq!(world.sum("zibal", "returned").await, PRICE);
    assert_eq!(world.told("payment.paid").await.len(), 1);
}

/// P4: a page that was still open when its payment was paid, and refunded, takes no second payment in silence.
#[tokio::test]
async fn money_that_comes_after_a_refund_is_not_taken() {
    let world = shop(&["zibal"]).await;
    let browser = Browser::new(&world);
    let ways = browser.details(&once(&world).await).await;
    browser.choose(&ways, "zibal").await;
    let first = world.newest_payment().await;
    browser.choose(&ways, "zibal").await;
    let second = world.payment(&first).await;
    let paid = world.at_gateway("zibal", &World::number_of(&first), json!({"action": "pay"})).await;
    browser.come_back(&paid["return"]).await;
    let path = format!("/v1/payments/{}/refund", first["payment_id"].as_str().unwrap());
    let (status, answer) = world.call("POST", &path, Some(json!({"refund_id": "r-1"}))).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    world.advance(SignedDuration::from_mins(1)).await;
    assert_eq!(world.payment(&first).await["status"], "refunded");
    let late = world.at_gateway("zibal", &World::number_of(&second), json!({"action": "pay"})).await;
    browser.come_back(&late["return"]).await;
    assert_eq!(world.payment(&first).await["attempts"][1]["status"], "reversing");
    assert_eq!(world.sum("zibal", "verified").await, PRICE, "the late one was never taken");
}

/// Two payers on one reusable link never meet.
#[tokio::test]
async fn payers_of_a_reusable_link_have_payments_of_their_own() {
    let world = shop(&["zarinpal"]).await;
    let browser = Browser::new(&world);
    let link = world.link(json!({"amount": price(), "description": "membership"})).await;
    let path = link["url"].as_str().unwrap().to_owned();
    let mut seen = Vec::new();
    for _ in 0..2 {
        browser.leave(&path, "zarinpal").await;
        seen.push(world.newest_payment().await);
    }
    assert_ne!(seen[0]["payment_id"], seen[1]["payment_id"]);
    let paid = world.at_gateway("zarinpal", &World::number_of(&seen[1]), json!({"action": "pay"})).await;
    let page = browser.follow(&browser.come_back(&paid["return"]).await).await;
    assert_eq!(page.state(), "paid");
    assert_eq!(world.payment(&seen[0]).await["status"], "redirected");
    assert_ne!(seen[0]["code"], seen[1]["code"]);
    let id = link["link_id"].as_str().unwrap();
    let (_, shown) = world.call("GET", &format!("/v1/payment-links/{id}"), None).await;
    assert_eq!((&shown["paid"], &shown["open"]), (&json!(1), &json!(true)));
}

/// S2-27: a link for an order marks it paid, and its dispatch starts; once, whatever comes twice.
#[tokio::test]
async fn paying_for_an_order_marks_it_paid_and_starts_its_dispatch() {
    let world = shop(&["zarinpal"]).await;
    let mut order = order_to_shiraz("PAY-1");
    order["cod"] = json!(false);
    let order = world.place(order).await;
    assert_eq!(world.parcel_of(&order).await["state"], "draft");
    let id = order["order_id"].as_str().unwrap();
    let link = world.link(json!({"order_id": id, "description": "order PAY-1"})).await;
    assert_eq!(link["amount"], order["invoice"]["total"]);
    pay_by_zarinpal(&world, &link).await;
    let (_, shown) = world.call("GET", &format!("/v1/orders/{id}"), None).await;
    assert_eq!(shown["paid"], true, "{shown}");
    assert_eq!(world.parcel_of(&order).await["state"], "registered");
    assert_eq!(world.ledger("iran_post").await.len(), 1);
    // A second link for it is not made.
    let (status, _) = world.call("POST", "/v1/payment-links", Some(json!({"order_id": id}))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn pay_by_zarinpal(world: &World, link: &Value) {
    let browser = Browser::new(world);
    browser.leave(link["url"].as_str().expect("an address"), "zarinpal").await;
    let payment = world.newest_payment().await;
    let paid = world.at_gateway("zarinpal", &World::number_of(&payment), json!({"action": "pay"})).await;
    browser.come_back(&paid["return"]).await;
    world.drain().await;
}

/// S3-23: what vendors send leaves from their own accounts and wires, also when a payment starts it.
#[tokio::test]
async fn a_paid_order_leaves_from_the_accounts_of_its_vendors() {
    let world = shop(&["zarinpal"]).await;
    let account = json!({
        "carrier": "iran_post", "wire": "rest", "vendor_id": "clay",
        "credentials": {"username": "demo-kit", "password": "demo-pass"},
        "sender": {"region": "تهران", "city": "تهران"},
    });
    let (status, answer) = world.call("PUT", "/v1/settings/carriers/clay", Some(account)).await;
    assert_eq!((status, &answer["state"]), (StatusCode::OK, &json!("in_use")), "{answer}");
    let mut order = order_to_shiraz("PAY-2");
    order["cod"] = json!(false);
    order["goods_total"]["amount"] = json!(1_500_000);
    order["items"].as_array_mut().unwrap().push(json!({
        "line_id": "2", "sku": "POT-1", "name": "کوزه", "quantity": 1, "weight_g": 700, "vendor_id": "clay",
        "price": {"amount": 600_000, "currency": "IRR"},
    }));
    let order = world.place(order).await;
    let id = order["order_id"].as_str().unwrap();
    let link = world.link(json!({"order_id": id})).await;
    pay_by_zarinpal(&world, &link).await;
    let (_, shown) = world.call("GET", &format!("/v1/orders/{id}"), None).await;
    let parcels = shown["parcels"].as_array().unwrap();
    let left: Vec<_> = parcels.iter().map(|parcel| (&parcel["account_id"], &parcel["state"])).collect();
    let registered = json!("registered");
    assert_eq!(left, [(&json!("post"), &registered), (&json!("clay"), &registered)], "{shown}");
    assert_eq!(world.ledger("iran_post").await.len(), 2);
}

/// The rule of `payment::health`, as the payer sees it.
#[tokio::test]
async fn a_gateway_that_fails_is_hidden_and_comes_back() {
    let world = shop(&["zarinpal", "zibal"]).await;
    let browser = Browser::new(&world);
    world.fault("zibal", json!({"mode": "http_500", "times": 3})).await;
    for _ in 0..3 {
        let ways = browser.details(&once(&world).await).await;
        let page = browser.choose(&ways, "zibal").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text);
        // Nothing is lost: the same page offers the others.
        assert!(page.form("pay").is_some());
    }
    let hidden = browser.details(&once(&world).await).await;
    assert!(!hidden.text.contains("value=\"zibal\"") && hidden.text.contains("value=\"zarinpal\""));
    world.clock.advance(SignedDuration::from_mins(5));
    let path = once(&world).await;
    assert!(browser.details(&path).await.text.contains("value=\"zibal\""));
    browser.leave(&path, "zibal").await;
}

/// Amount limits at their edges: a gateway is offered exactly for what it takes.
#[tokio::test]
async fn gateways_are_offered_inside_their_limits_only() {
    let world = shop(&["zarinpal", "zibal"]).await;
    let browser = Browser::new(&world);
    for (amount, zarinpal, zibal) in [
        (999, false, false),
        (1_000, true, false),
        (1_001, true, true),
        (1_000_000_000, true, true),
        (1_000_000_001, false, true),
        (2_000_000_000, false, true),
        (2_000_000_001, false, false),
    ] {
        let page = browser.details(&format!("/openpay/demo/?price={amount}")).await;
        assert_eq!(page.text.contains("value=\"zarinpal\""), zarinpal, "{amount}");
        assert_eq!(page.text.contains("value=\"zibal\""), zibal, "{amount}");
    }
}

/// P5: refunds by a request's id, a part and the rest, and never more than was paid.
#[tokio::test]
async fn refunds_are_made_once_and_never_beyond_what_was_paid() {
    let world = shop(&["zibal"]).await;
    let browser = Browser::new(&world);
    browser.leave(&once(&world).await, "zibal").await;
    let payment = world.newest_payment().await;
    let paid = world.at_gateway("zibal", &World::number_of(&payment), json!({"action": "pay"})).await;
    browser.come_back(&paid["return"]).await;
    let path = format!("/v1/payments/{}/refund", payment["payment_id"].as_str().unwrap());
    let part = |id: &str, amount: i64| json!({"refund_id": id, "amount": {"amount": amount, "currency": "IRR"}, "reason": "one item"});
    world.fault("zibal", json!({"mode": "lost_answer", "operation": "refund", "times": 1})).await;
    for _ in 0..2 {
        let (status, answer) = world.call("POST", &path, Some(part("r-1", 500_000))).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    }
    world.drain().await;
    // Its answer was lost, and of a part Zibal's inquiry says nothing: it is not made again, a person looks.
    world.advance(SignedDuration::from_mins(60)).await;
    let after = world.payment(&payment).await;
    assert_eq!(after["status"], "refund_unknown", "{after}");
    assert_eq!(world.sum("zibal", "refunded").await, 500_000);
    let settle = format!("/v1/payments/{}/refunds/r-1/settle", payment["payment_id"].as_str().unwrap());
    let (status, after) = world.call("POST", &settle, Some(json!({"found": "refunded"}))).await;
    assert_eq!((status, &after["status"]), (StatusCode::OK, &json!("paid")), "{after}");
    assert_eq!(after["refunded_amount"]["amount"], 500_000, "{after}");
    let (status, _) = world.call("POST", &path, Some(part("r-2", PRICE))).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (status, answer) = world.call("POST", &path, Some(json!({"refund_id": "r-3"}))).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    world.advance(SignedDuration::from_mins(10)).await;
    assert_eq!(world.payment(&payment).await["status"], "refunded");
    assert_eq!(world.sum("zibal", "refunded").await, PRICE);
}

/// P5: of a second refund whose answer was lost, Zibal's inquiry says nothing; a person is asked.
#[tokio::test]
async fn a_lost_refund_after_an_earlier_one_is_not_taken_for_done() {
    let world = shop(&["zibal"]).await;
    let browser = Browser::new(&world);
    browser.leave(&once(&world).await, "zibal").await;
    let payment = world.newest_payment().await;
    let paid = world.at_gateway("zibal", &World::number_of(&payment), json!({"action": "pay"})).await;
    browser.come_back(&paid["return"]).await;
    let path = format!("/v1/payments/{}/refund", payment["payment_id"].as_str().unwrap());
    let part = |id: &str| json!({"refund_id": id, "amount": {"amount": 500_000, "currency": "IRR"}});
    let (status, answer) = world.call("POST", &path, Some(part("r-1"))).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    world.fault("zibal", json!({"mode": "lost_answer", "operation": "refund", "times": 1})).await;
    let (status, answer) = world.call("POST", &path, Some(part("r-2"))).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    world.advance(SignedDuration::from_mins(60)).await;
    let after = world.payment(&payment).await;
    assert_eq!(
        (&after["status"], &after["task"]["reason"]),
        (&json!("refund_unknown"), &json!("back_unknown"))
    );
    assert_eq!(after["refunded_amount"]["amount"], 500_000, "{after}");
}

/// S2-25: a change of the unit changes what later pages show, never what was paid.
#[tokio::test]
async fn the_unit_setting_rewrites_no_old_payment() {
    let world = shop(&["zarinpal"]).await;
    let browser = Browser::new(&world);
    browser.leave("/openpay/demo/?price=2500000", "zarinpal").await;
    let before = world.newest_payment().await;
    let setting =
        json!({"country": "IR", "currency_unit": "IRT", "time_zone": "Asia/Tehran", "locale": "fa"});
    let (status, _) = world.call("PUT", "/v1/settings/shop", Some(setting)).await;
    assert_eq!(status, StatusCode::OK);
    let after = world.payment(&before).await;
    assert_eq!((&after["amount"], &after["currency_unit"]), (&price(), &json!("IRR")));
    let ways = browser.details("/openpay/demo/?price=250000").await;
    assert!(ways.text.contains("۲۵۰٬۰۰۰ تومان"), "{}", ways.text);
    browser.choose(&ways, "zarinpal").await;
    let toman = world.newest_payment().await;
    assert_eq!((&toman["amount"], &toman["currency_unit"]), (&price(), &json!("IRT")));
}

//! What cannot be found out is settled by the merchant, once, by the same rules as the gateway's own word
//! (reliability notes, sections 4.6 and 4.8).

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_tests::{Browser, HUB, Options, World, order_to_shiraz};

const PRICE: i64 = 2_500_000;

async fn shop(gateway: &str) -> World {
    let world = World::new(Options::default()).await;
    world.gateways(&[gateway]).await;
    world
}

async fn single_link(world: &World) -> Value {
    world.link(json!({"amount": {"amount": PRICE, "currency": "IRR"}, "single_use": true})).await
}

fn path_of(link: &Value) -> String {
    link["url"].as_str().expect("an address").strip_prefix(HUB).expect("at the hub").to_owned()
}

fn id(payment: &Value) -> &str {
    payment["payment_id"].as_str().expect("a payment")
}

fn attempt_path(payment: &Value) -> String {
    format!("/v1/payments/{}/attempts/{}/settle", id(payment), World::number_of(payment))
}

fn refund_path(payment: &Value, refund: &str) -> String {
    format!("/v1/payments/{}/refunds/{refund}/settle", id(payment))
}

/// A payment that is paid at its gateway and came back.
async fn pay(world: &World, path: &str, gateway: &str) -> Value {
    let browser = Browser::new(world);
    browser.leave(path, gateway).await;
    let payment = world.newest_payment().await;
    let paid = world.at_gateway(gateway, &World::number_of(&payment), json!({"action": "pay"})).await;
    browser.come_back(&paid["return"]).await;
    payment
}

/// A payment at SEP whose verify is never answered; the fault's mode says whether it arrives.
async fn unanswered(world: &World, path: &str, mode: &str) -> Value {
    world.fault("sep", json!({"mode": mode, "operation": "VerifyTransaction", "times": 60})).await;
    pay(world, path, "sep").await
}

/// Until SEP is not asked any more.
async fn wait(world: &World) {
    world.advance(SignedDuration::from_mins(40)).await;
}

fn step(payment: &Value, event: &str) -> Value {
    let steps = payment["steps"].as_array().expect("steps");
    steps.iter().find(|step| step["event"] == event).cloned().unwrap_or_default()
}

async fn says(world: &World, path: &str, finding: Value) -> (StatusCode, Value) {
    world.call("POST", path, Some(finding)).await
}

/// S2-23, S2-27: counted once, its order marked, told once, with who decided it.
#[tokio::test]
async fn what_a_person_finds_paid_is_paid_like_any_other() {
    let world = shop("sep").await;
    let mut order = order_to_shiraz("FOUND-1");
    order["cod"] = json!(false);
    let order = world.place(order).await;
    let link = world.link(json!({"order_id": order["order_id"], "single_use": true})).await;
    let payment = unanswered(&world, &path_of(&link), "lost_answer").await;
    let path = attempt_path(&payment);
    let paid = json!({"found": "paid", "bank_reference": "۷۷۸۸۹۹", "note": "in the panel, 10:05"});
    let (status, problem) = says(&world, &path, paid.clone()).await;
    assert_eq!(status, StatusCode::CONFLICT, "the gateway still answers: {problem}");
    assert!(problem["detail"].as_str().unwrap().contains("until 2026-11-21T06:5"), "{problem}");
    wait(&world).await;
    let before = world.payment(&payment).await;
    assert_eq!(
        (&before["status"], &before["task"]["reason"]),
        (&json!("verify_unknown"), &json!("outcome_unknown"))
    );
    for _ in 0..2 {
        let (status, answer) = says(&world, &path, paid.clone()).await;
        assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("paid")), "{answer}");
    }
    world.drain().await;
    let after = world.payment(&payment).await;
    assert_eq!((&after["bank_reference"], &after["task"]), (&json!("778899"), &json!(null)), "{after}");
    let (_, me) = world.call("GET", "/v1/me", None).await;
    let decided = step(&after, "found_paid");
    assert_eq!((&decided["by"], &decided["words"]), (&me["key_id"], &json!("in the panel, 10:05")));
    assert_eq!(after["attempts"][0]["settled"]["found"], "paid");
    assert_eq!(world.told("payment.paid").await.len(), 1);
    let (_, order) =
        world.call("GET", &format!("/v1/orders/{}", order["order_id"].as_str().unwrap()), None).await;
    assert_eq!(order["paid"], true, "{order}");
    let link = format!("/v1/payment-links/{}", link["link_id"].as_str().unwrap());
    let (_, link) = world.call("GET", &link, None).await;
    assert_eq!(link["paid"], 1, "{link}");
    for other in [json!({"found": "not_paid"}), json!({"found": "paid", "bank_reference": "778800"})] {
        let (status, problem) = says(&world, &path, other).await;
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    }
    assert_eq!(world.payment(&payment).await["status"], "paid");
}

/// The call never arrived: whoever looked says so, and the link is free again.
#[tokio::test]
async fn what_a_person_finds_unpaid_may_be_paid_again() {
    let world = shop("sep").await;
    let path = path_of(&single_link(&world).await);
    let payment = unanswered(&world, &path, "cut_request").await;
    wait(&world).await;
    let settle = attempt_path(&payment);
    for _ in 0..2 {
        let (status, answer) = says(&world, &settle, json!({"found": "not_paid"})).await;
        assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("failed")), "{answer}");
    }
    let (status, problem) = says(&world, &settle, json!({"found": "paid", "bank_reference": "1"})).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    world.heal("sep").await;
    let again = pay(&world, &path, "sep").await;
    assert_ne!(again["payment_id"], payment["payment_id"]);
    assert_eq!(world.payment(&again).await["status"], "paid");
    world.drain().await;
    assert_eq!(world.sum("sep", "verified").await, PRICE);
    assert_eq!((world.told("payment.paid").await.len(), world.told("payment.failed").await.len()), (1, 1));
}

/// P4: a person's word makes no money wanted.
#[tokio::test]
async fn money_found_for_a_revoked_link_goes_back() {
    let world = shop("sep").await;
    let link = single_link(&world).await;
    let payment = unanswered(&world, &path_of(&link), "lost_answer").await;
    wait(&world).await;
    let revoke = format!("/v1/payment-links/{}", link["link_id"].as_str().unwrap());
    let (status, answer) = world.call("DELETE", &revoke, None).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let paid = json!({"found": "paid", "bank_reference": "778899"});
    let (status, answer) = says(&world, &attempt_path(&payment), paid).await;
    assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("overpaid")), "{answer}");
    world.advance(SignedDuration::from_mins(2)).await;
    assert_eq!(world.payment(&payment).await["status"], "reversed");
    assert_eq!(world.sum("sep", "reversed").await, PRICE);
    assert!(world.told("payment.paid").await.is_empty());
}

/// P2: the same line of the panel is not money twice.
#[tokio::test]
async fn one_number_of_the_panel_pays_one_payment() {
    let world = shop("sep").await;
    let first = unanswered(&world, &path_of(&single_link(&world).await), "lost_answer").await;
    let second = unanswered(&world, &path_of(&single_link(&world).await), "lost_answer").await;
    wait(&world).await;
    let paid = |number: &str| json!({"found": "paid", "bank_reference": number});
    let (status, answer) = says(&world, &attempt_path(&first), paid("778899")).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let (status, problem) = says(&world, &attempt_path(&second), paid("778899")).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    assert_eq!(world.payment(&second).await["status"], "verify_unknown");
    let (status, answer) = says(&world, &attempt_path(&second), paid("778900")).await;
    assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("paid")), "{answer}");
}

/// Nothing that is known, and nothing of another shop; each wrong field is named.
#[tokio::test]
async fn only_what_is_unknown_is_settled_and_wrong_fields_are_named() {
    let world = shop("sep").await;
    let known = pay(&world, &path_of(&single_link(&world).await), "sep").await;
    let paid = json!({"found": "paid", "bank_reference": "778899"});
    let (status, problem) = says(&world, &attempt_path(&known), paid).await;
    assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("/problems/not-in-this-state")));
    let unknown = unanswered(&world, &path_of(&single_link(&world).await), "lost_answer").await;
    wait(&world).await;
    let path = attempt_path(&unknown);
    for (finding, field) in [
        (json!({}), "/found"),
        (json!({"found": "perhaps"}), "/found"),
        (json!({"found": "paid"}), "/bank_reference"),
        (json!({"found": "paid", "bank_reference": "77 88"}), "/bank_reference"),
        (json!({"found": "paid", "bank_reference": "7".repeat(101)}), "/bank_reference"),
        (json!({"found": "not_paid", "bank_reference": "778899"}), "/bank_reference"),
        (json!({"found": "not_paid", "note": "ن".repeat(201)}), "/note"),
    ] {
        let (status, problem) = says(&world, &path, finding).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert_eq!(problem["errors"][0]["pointer"], format!("#{field}"), "{problem}");
    }
    let other = world.merchant("other").await;
    for path in [path.clone(), refund_path(&unknown, "r-1")] {
        let (status, _) = world.call_as(&other, "POST", &path, &[], Some(json!({}))).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        let (status, _) = world.call_as("", "POST", &path, &[], Some(json!({}))).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path} without a key");
    }
    for path in [format!("/v1/payments/{}/attempts/1/settle", id(&unknown)), refund_path(&unknown, "r-1")] {
        let (status, _) = says(&world, &path, json!({})).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(world.payment(&unknown).await["status"], "verify_unknown");
}

/// A payment at Zibal of which one part is refunded, and another part's refund `r-2` went unanswered.
async fn unanswered_refund(world: &World, mode: &str) -> Value {
    let payment = pay(world, &path_of(&single_link(world).await), "zibal").await;
    let refund = format!("/v1/payments/{}/refund", id(&payment));
    for part in ["r-1", "r-2"] {
        if part == "r-2" {
            world.fault("zibal", json!({"mode": mode, "operation": "refund", "times": 1})).await;
        }
        let body = json!({"refund_id": part, "amount": {"amount": 500_000, "currency": "IRR"}});
        let (status, answer) = says(world, &refund, body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        world.drain().await;
    }
    payment
}

#[tokio::test]
async fn a_refund_that_a_person_finds_done_is_done() {
    let world = shop("zibal").await;
    let payment = unanswered_refund(&world, "lost_answer").await;
    let done = json!({"found": "refunded", "gateway_refund_id": "900", "note": "in the panel"});
    for refund in ["r-1", "r-2"] {
        let (status, problem) = says(&world, &refund_path(&payment, refund), done.clone()).await;
        assert_eq!(status, StatusCode::CONFLICT, "{refund}: {problem}");
    }
    world.advance(SignedDuration::from_mins(60)).await;
    assert_eq!(world.payment(&payment).await["status"], "refund_unknown");
    for _ in 0..2 {
        let (status, answer) = says(&world, &refund_path(&payment, "r-2"), done.clone()).await;
        assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("paid")), "{answer}");
    }
    let after = world.payment(&payment).await;
    assert_eq!((&after["refunded_amount"]["amount"], &after["task"]), (&json!(1_000_000), &json!(null)));
    let back = &after["attempts"][0]["refunds"][1];
    assert_eq!((&back["went_back"], &back["gateway_refund_id"]), (&json!(true), &json!("900")), "{back}");
    assert_eq!(
        (&back["settled"]["found"], &back["settled"]["note"]),
        (&json!("refunded"), &json!("in the panel"))
    );
    let (status, problem) =
        says(&world, &refund_path(&payment, "r-2"), json!({"found": "not_refunded"})).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    world.drain().await;
    assert_eq!(world.told("payment.refunded").await.len(), 2);
}

#[tokio::test]
async fn a_refund_that_a_person_does_not_find_may_be_made_again() {
    let world = shop("zibal").await;
    let payment = unanswered_refund(&world, "cut_request").await;
    world.advance(SignedDuration::from_mins(60)).await;
    let settle = refund_path(&payment, "r-2");
    let (status, problem) =
        says(&world, &settle, json!({"found": "not_refunded", "gateway_refund_id": "900"})).await;
    assert_eq!(
        (status, &problem["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("#/gateway_refund_id"))
    );
    let (status, answer) = says(&world, &settle, json!({"found": "not_refunded"})).await;
    assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("paid")), "{answer}");
    assert_eq!(answer["refunded_amount"]["amount"], 500_000);
    let refund = format!("/v1/payments/{}/refund", id(&payment));
    let (status, answer) = says(&world, &refund, json!({"refund_id": "r-3"})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    world.advance(SignedDuration::from_mins(10)).await;
    assert_eq!(world.payment(&payment).await["status"], "refunded");
    assert_eq!(world.sum("zibal", "refunded").await, PRICE);
    assert_eq!(world.told("payment.refund_refused").await.len(), 1);
}

/// SEP repeats a reversal while its time lasts; after that nobody can tell.
#[tokio::test]
async fn a_reversal_that_nobody_can_tell_about_is_settled_too() {
    let world = shop("sep").await;
    let payment = pay(&world, &path_of(&single_link(&world).await), "sep").await;
    world.fault("sep", json!({"mode": "cut_request", "operation": "ReverseTransaction", "times": 200})).await;
    let refund = format!("/v1/payments/{}/refund", id(&payment));
    let (status, answer) = says(&world, &refund, json!({"refund_id": "r-1"})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    world.drain().await;
    world.advance(SignedDuration::from_mins(60)).await;
    let before = world.payment(&payment).await;
    assert_eq!(
        (&before["status"], &before["task"]["reason"]),
        (&json!("reversing"), &json!("back_unknown")),
        "{before}"
    );
    let (status, answer) =
        says(&world, &refund_path(&payment, "r-1"), json!({"found": "not_refunded"})).await;
    assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("paid")), "{answer}");
    world.drain().await;
    assert_eq!(world.told("payment.paid").await.len(), 1);
    assert_eq!(world.told("payment.refund_refused").await.len(), 1);
}

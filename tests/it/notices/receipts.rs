//! What providers tell later, and people who want to hear no more (F18): receipts that come before our own outcome, twice,
//! out of order, forged, or to another's address.

use reqwest::Method;

use super::*;

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];
const HOOK: &str = "/hooks/smsc/demo~smsc~hook-smsc";

fn texts() -> Choices {
    Choices { rules: vec![rule(ARRIVED, Channel::Sms, 0)], ..Choices::default() }
}

impl Shop {
    /// A shop whose parcel has arrived; the simulator keeps its pushes for the test to deliver.
    async fn with_arrival(choices: Choices) -> Shop {
        let shop = Shop::open(Options::default(), choices).await;
        // Nobody listens there: the test delivers what stands in the list.
        let kept = json!({"receipt_url": "http://127.0.0.1:9/kept"});
        shop.world.simulator(Method::POST, "smsc/settings", Some(kept)).await;
        shop.scan("arrived").await;
        shop
    }

    /// The provider's pushes so far, as they would come.
    async fn pushes(&self) -> Vec<String> {
        let listed = self.world.simulator(Method::GET, "smsc/notices", None).await;
        let items = listed["items"].as_array().expect("items").iter();
        items.map(|item| item["body"].as_str().expect("a body").to_owned()).collect()
    }

    async fn push(&self, to: &str, body: &str) -> StatusCode {
        self.world.raw("", "POST", to, &FORM, body.as_bytes().to_vec()).await.0
    }

    async fn states(&self) -> Vec<String> {
        self.log().await.into_iter().map(|(_, state, _)| state).collect()
    }
}

#[tokio::test]
async fn a_receipt_is_joined_once_and_never_sets_a_message_back() {
    let shop = Box::pin(Shop::with_arrival(texts())).await;
    shop.until("2026-11-22T03:00:00Z").await;
    assert_eq!(shop.states().await, ["accepted"]);
    let pushes = shop.pushes().await;
    let delivered = pushes.last().expect("a push").clone();

    for stranger in
        ["/hooks/smsc/demo~smsc~another", "/hooks/smsc/demo-ir~smsc~hook-smsc", "/hooks/smsc/x", "/hooks/x/y"]
    {
        assert_eq!(shop.push(stranger, &delivered).await, StatusCode::NOT_FOUND, "{stranger}");
    }
    let forged = delivered.replace("status=1", "status=20");
    assert_ne!(forged, delivered, "{delivered}");
    assert_eq!(shop.push(HOOK, &forged).await, StatusCode::BAD_REQUEST);
    assert_eq!(shop.push(HOOK, "id=x&status=y&phone=z").await, StatusCode::BAD_REQUEST);
    assert_eq!(shop.states().await, ["accepted"], "nothing of that was believed");

    for _ in 0..3 {
        assert_eq!(shop.push(HOOK, &delivered).await, StatusCode::OK);
        assert_eq!(shop.states().await, ["delivered"]);
    }
    let id = shop.reached("sms").await[0]["provider_message_id"].as_str().expect("an id").to_owned();
    let again = format!("smsc/messages/{id}/receipts");
    shop.world.simulator(Method::POST, &again, Some(json!({"receipt": "reversed"}))).await;
    for push in shop.pushes().await {
        assert_eq!(shop.push(HOOK, &push).await, StatusCode::OK);
    }
    assert_eq!(shop.states().await, ["delivered"], "an older state came last");
    assert_eq!(shop.world.told("notification.failed").await.len(), 0);
}

#[tokio::test]
async fn a_message_that_did_not_arrive_is_told_to_the_shop_once() {
    let shop = Box::pin(Shop::with_arrival(texts())).await;
    let script = json!({"outcome": "failed", "times": 5});
    shop.world.simulator(Method::POST, "smsc/scripts", Some(script)).await;
    shop.until("2026-11-22T03:00:00Z").await;
    let push = shop.pushes().await.pop().expect("a push");
    for _ in 0..2 {
        assert_eq!(shop.push(HOOK, &push).await, StatusCode::OK);
    }
    assert_eq!(shop.states().await, ["failed"]);
    shop.world.advance(mins(2)).await;
    let told = shop.world.told("notification.failed").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(!told[0].to_string().contains("79161234567"), "{told:?}");
    // What was taken is paid for, whether it arrived or not.
    let account = shop.books_balance(100_000).await;
    assert!(account.spent.amount() > 0 && account.reserved.is_zero(), "{account:?}");
}

#[tokio::test]
async fn a_receipt_settles_what_nobody_could_be_asked_about() {
    let shop = Box::pin(Shop::with_arrival(texts())).await;
    shop.world.fault("smsc", json!({"mode": "lost_answer", "operation": "send", "times": 1})).await;
    shop.world.fault("smsc", json!({"mode": "http_500", "operation": "status", "times": 500})).await;
    shop.until("2026-11-22T03:00:00Z").await;
    let before = shop.states().await;
    assert_ne!(before, ["delivered"], "the look-ups fail");
    let push = shop.pushes().await.pop().expect("a push");
    assert_eq!(shop.push(HOOK, &push).await, StatusCode::OK);
    assert_eq!(shop.states().await, ["delivered"], "it was {before:?}");
    shop.world.travel(hours(80)).await;
    assert_eq!(shop.reached("sms").await.len(), 1);
    let account = shop.books_balance(100_000).await;
    assert!(account.spent.amount() > 0 && account.reserved.is_zero(), "{account:?}");
}

#[tokio::test]
async fn a_receipt_that_comes_before_our_outcome_waits_for_it() {
    let shop = Box::pin(Shop::with_arrival(texts())).await;
    shop.until("2026-11-22T03:00:00Z").await;
    let push = shop.pushes().await.pop().expect("a push");
    // As it would have been, had the receipt been faster than our own booking: the hub knows no such id yet.
    let id = shop.reached("sms").await[0]["provider_message_id"].as_str().expect("an id").to_owned();
    let store = shop.world.store();
    let joined = of_merchant(&demo(), sk::message_id("smsc", &id));
    store.table.delete(&joined).await.expect("table");
    assert_eq!(shop.push(HOOK, &push).await, StatusCode::OK, "it is kept, so it need not come again");
    assert_eq!(shop.states().await, ["accepted"]);
    let kept = of_merchant(&demo(), sk::early_receipt("smsc", &id));
    let kept: Option<Value> = store.table.get(&kept, Read::Consistent).await.expect("table");
    assert_eq!(kept.expect("kept")["receipt"]["state"], "delivered");
}

#[tokio::test]
async fn whoever_says_stop_hears_no_more() {
    let rules = vec![rule(ARRIVED, Channel::Email, 0), rule(NOT_COLLECTED, Channel::Email, 5)];
    let shop = Box::pin(Shop::with_arrival(Choices { rules, ..Choices::default() })).await;
    shop.until("2026-11-22T03:00:00Z").await;
    let mails = shop.reached("email").await;
    assert_eq!(mails.len(), 1);
    let written = mails[0].to_string();
    let end = written.find("/unsubscribe").unwrap_or_else(|| panic!("no way out in {written}"));
    let from = written[..end].rfind("/t/demo.").expect("an address of ours");
    let path: String = written[from..].chars().take_while(|c| !"\"\\<> )".contains(*c)).collect();

    let (status, headers, page) =
        shop.world.exchange("", "GET", &path, &[("accept-language", "ru")], vec![]).await;
    let page = String::from_utf8(page).expect("text");
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(
        page.contains("lang=\"ru\"") && page.contains("method=\"post\"") && !page.contains("<script"),
        "{page}"
    );
    let policy = headers["content-security-policy"].to_str().expect("text");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let forged = format!("{}x/unsubscribe", path.trim_end_matches("/unsubscribe"));
    assert_eq!(shop.world.raw("", "POST", &forged, &FORM, vec![]).await.0, StatusCode::NOT_FOUND);

    for _ in 0..2 {
        let click = b"List-Unsubscribe=One-Click".to_vec();
        assert_eq!(shop.world.raw("", "POST", &path, &FORM, click).await.0, StatusCode::OK);
    }
    shop.world.travel(hours(7 * 24)).await;
    assert_eq!(shop.reached("email").await.len(), 1, "{:?}", shop.log().await);
    let log = shop.log().await;
    assert!(log.iter().any(|(_, state, reason)| state == "suppressed" && reason == "opted_out"), "{log:?}");
}

#[tokio::test]
async fn a_stop_word_in_an_answer_ends_what_goes_to_its_number() {
    let rules = vec![rule(ARRIVED, Channel::Sms, 0), rule(NOT_COLLECTED, Channel::Sms, 5)];
    let shop = Box::pin(Shop::with_arrival(Choices { rules, ..Choices::default() })).await;
    shop.until("2026-11-22T03:00:00Z").await;
    assert_eq!(shop.reached("sms").await.len(), 1);
    let said = |body: Vec<u8>| serde_json::from_slice::<Value>(&body).expect("JSON");
    let hook = "/hooks/inbound/demo~smsc~hook-smsc";
    let json = [("content-type", "application/json")];
    let thanks = json!({"from": "8 916 123-45-67", "text": "спасибо, заберу"});
    let (status, answer) = shop.world.raw("", "POST", hook, &json, thanks.to_string().into_bytes()).await;
    let answer = said(answer);
    assert_eq!((status, &answer["result"]), (StatusCode::OK, &json!("ignored")), "{answer}");
    // As a form, and twice.
    for _ in 0..2 {
        let text = "phone=79161234567&mes=%D0%A1%D1%82%D0%BE%D0%BF%21".as_bytes().to_vec();
        let (status, answer) = shop.world.raw("", "POST", hook, &FORM, text).await;
        let answer = said(answer);
        assert_eq!((status, &answer["result"]), (StatusCode::OK, &json!("stopped")), "{answer}");
    }
    let (_, known) = shop.world.call("POST", "/v1/opt-outs/check", Some(json!({"phone": PHONE}))).await;
    assert!(known.to_string().contains("stop_word"), "{known}");
    shop.world.travel(hours(7 * 24)).await;
    assert_eq!(shop.reached("sms").await.len(), 1, "{:?}", shop.log().await);
    // Faults are named, strangers are not listened to.
    let (status, answer) = shop.world.raw("", "POST", hook, &json, b"{\"text\":\"stop\"}".to_vec()).await;
    let answer = said(answer);
    assert_eq!(
        (status, &answer["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("#/from"))
    );
    let forged = "/hooks/inbound/demo~smsc~hook-other";
    assert_eq!(shop.world.raw("", "POST", forged, &FORM, vec![]).await.0, StatusCode::NOT_FOUND);
    let again = json!({"from": PHONE, "text": "СТАРТ"});
    let (_, answer) = shop.world.raw("", "POST", hook, &json, again.to_string().into_bytes()).await;
    let answer = said(answer);
    assert_eq!(answer["result"], "started");
}

//! The parcel's page for its buyer: where it is, "I have it" (S4-53), no more messages.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_tests::{Browser, Options, World};

const CODE: &str = "80082240994512";

async fn world_with_parcel() -> (World, Value, String) {
    let world = Box::pin(World::new(Options::default())).await;
    world.tracking_account("russian_post", "single").await;
    let body = json!({
        "carrier": "russian_post", "tracking_code": CODE, "order_number": "1024",
        "recipient": {
            "name": "Ivan Petrov", "phone": "+79161234567", "email": "ivan@example.org", "country": "RU",
            "postal_code": "690000",
        },
    });
    let (status, parcel) = world.call("POST", "/v1/parcels", Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{parcel}");
    world.advance(SignedDuration::from_mins(3)).await;
    let scan = json!({"status": "arrived", "office": "690000"});
    world.scan("russian_post", CODE, scan).await;
    world.clock.advance(SignedDuration::from_hours(5));
    world.poll().await;
    world.tick().await;
    let path = format!("/v1/parcels/{}", parcel["parcel_id"].as_str().expect("an id"));
    let (_, parcel) = world.call("GET", &path, None).await;
    let page = parcel["buyer_page"].as_str().expect("a page").to_owned();
    (world, parcel, page)
}

async fn parcel_now(world: &World, parcel: &Value) -> Value {
    let path = format!("/v1/parcels/{}", parcel["parcel_id"].as_str().expect("an id"));
    world.call("GET", &path, None).await.1
}

#[tokio::test]
async fn a_buyer_sees_where_the_parcel_is_and_nothing_of_a_person() {
    let (world, _, page) = world_with_parcel().await;
    let browser = Browser::new(&world);
    let seen = browser.ask("GET", &page, String::new(), &[("accept-language", "ru")]).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    for part in [CODE, "Ждёт вас в отделении", "690000", "Посылка у меня", "lang=\"ru\""]
    {
        assert!(seen.text.contains(part), "{part}: {}", seen.text);
    }
    let persian = browser.ask("GET", &page, String::new(), &[("accept-language", "fa")]).await;
    assert!(persian.text.contains("dir=\"rtl\"") && persian.text.contains("تحویل گرفتم"), "{}", persian.text);
    let json = browser.ask("GET", &format!("{page}.json"), String::new(), &[("accept-language", "en")]).await;
    let answer: Value = serde_json::from_str(&json.text).expect("JSON");
    assert_eq!((&answer["status"], &answer["tracking_code"]), (&json!("arrived"), &json!(CODE)), "{answer}");
    assert_eq!(answer["status_text"], "Waiting for you at the office");
    assert!(!answer["events"].as_array().expect("events").is_empty(), "{answer}");
    for text in [&seen.text, &json.text] {
        assert!(
            !text.contains("Petrov") && !text.contains("9161234567") && !text.contains("ivan@"),
            "{text}"
        );
        assert!(!text.contains("<script"), "{text}");
    }
    for wrong in
        [format!("{page}x"), page.replace("/t/demo.", "/t/other."), "/t/demo.01kabc.1.AAAA".to_owned()]
    {
        let answer = browser.get(&wrong).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_buyer_who_has_it_says_so_once() {
    let (world, parcel, page) = world_with_parcel().await;
    let browser = Browser::new(&world);
    // Reading, as scanners of mails do, says nothing.
    browser.get(&page).await;
    assert_eq!(parcel_now(&world, &parcel).await["collected_told_at"], Value::Null);
    let path = format!("{page}/collected");
    let done = browser.ask("POST", &path, String::new(), &[("accept-language", "en")]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(done.text.contains("Thank you") && !done.text.contains("/collected"), "{}", done.text);
    let told = parcel_now(&world, &parcel).await;
    assert!(told["collected_told_at"].is_string() && told["status"] == "arrived", "{told}");
    world.clock.advance(SignedDuration::from_mins(5));
    browser.post(&path, &[]).await;
    assert_eq!(parcel_now(&world, &parcel).await["collected_told_at"], told["collected_told_at"]);
    let wrong = browser.post(&format!("{page}x/collected"), &[]).await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_leaves_by_the_page_leaves_every_channel() {
    let (world, _, page) = world_with_parcel().await;
    let browser = Browser::new(&world);
    let asked = browser.get(&format!("{page}/unsubscribe")).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    let check = |who: Value| {
        let world = &world;
        async move { world.call("POST", "/v1/opt-outs/check", Some(who)).await.1 }
    };
    let phone = json!({"phone": "+79161234567"});
    let before = check(phone.clone()).await;
    let done = browser.post(&format!("{page}/unsubscribe"), &[]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let (after, mail) = (check(phone).await, check(json!({"email": "ivan@example.org"})).await);
    assert_ne!(before, after);
    for channel in ["sms", "call"] {
        assert!(after.to_string().contains(channel), "{after}");
    }
    assert!(mail.to_string().contains("email"), "{mail}");
}

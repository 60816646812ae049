//! Russian Post's sending service: batches, forms, returns, places.

use serde_json::{Value, json};

use crate::posts::{history, set_clock, tell};
use crate::sending::{TOKEN, batch, call, done, make, order, order_with, request, switch};
use crate::support::World;

const SYSTEM: &str = "russian_post_otpravka";
const NOTHING: Value = Value::Null;

fn ordinary(order_num: &str) -> Value {
    let mut order = order_with(order_num, "mail-category", json!("ORDINARY"));
    for name in ["insr-value", "payment"] {
        order.as_object_mut().unwrap().remove(name);
    }
    order
}

#[tokio::test]
async fn orders_of_different_kinds_come_into_different_batches() {
    let world = World::in_memory().await;
    set_clock(&world, "2190-03-14T10:00:00Z").await;
    let (first, barcode) = make(&world, &[order("A-1")]).await;
    let (second, _) = make(&world, &[ordinary("A-2")]).await;
    let (third, _) = make(&world, &[order("A-3")]).await;
    let path = "/1.0/user/shipment?sending-date=2190-03-15&timezone-offset=10800&use-online-balance=true";
    let answer = done(&world, "POST", path, &json!([first, second, third, 5])).await;
    let batches = answer["batches"].as_array().unwrap();
    assert_eq!((batches.len(), &answer["result-ids"]), (2, &json!([first, second, third])));
    assert_eq!(
        answer["errors"][0],
        json!({"error-code": "NOT_FOUND", "error-description": "Отправление не найдено", "error-details": "Отправление не найдено", "position": 3})
    );
    assert_eq!(
        (&batches[0]["batch-status"], &batches[0]["shipment-count"], &batches[0]["shipment-mass"]),
        (&json!("CREATED"), &json!(2), &json!(2_500))
    );
    assert_eq!(
        (&batches[0]["list-number-date"], &batches[0]["postoffice-code"]),
        (&json!("2190-03-15"), &json!("101000"))
    );
    assert_eq!(batches[1]["mail-category"], "ORDINARY");
    let again = done(&world, "POST", path, &json!([first])).await;
    assert_eq!((&again["errors"][0]["error-code"], again.get("batches")), (&json!("NOT_FOUND"), None));
    assert_eq!(done(&world, "GET", "/1.0/backlog/search?query=A-1", &NOTHING).await, json!([]));
    let found = done(&world, "GET", &format!("/1.0/shipment/search?query={barcode}"), &NOTHING).await;
    assert_eq!((&found[0]["order-num"], &found[0]["batch-name"]), (&json!("A-1"), &batches[0]["batch-name"]));
    let all = done(&world, "GET", "/1.0/batch?mailCategory=ORDINARY", &NOTHING).await;
    assert_eq!((all.as_array().unwrap().len(), &all[0]["batch-name"]), (1, &batches[1]["batch-name"]));
    let name = batches[0]["batch-name"].as_str().unwrap();
    let page = done(&world, "GET", &format!("/1.0/batch/{name}/shipment?size=1&page=1"), &NOTHING).await;
    assert_eq!((page.as_array().unwrap().len(), &page[0]["order-num"]), (1, &json!("A-3")));
    let (fourth, _) = make(&world, &[order("A-4")]).await;
    let past = done(&world, "POST", "/1.0/user/shipment?sending-date=2190-03-13", &json!([fourth])).await;
    assert_eq!(past["errors"][0]["error-code"], "PAST_DUE_DATE");
    assert_eq!(world.entries(SYSTEM, "batch").await.len(), 2);
}

#[tokio::test]
async fn a_batch_lives_until_its_items_are_sent() {
    let world = World::in_memory().await;
    let (id, barcode) = make(&world, &[order("A-1")]).await;
    let name = batch(&world, &[id]).await;
    let (path, checkin) =
        (format!("/1.0/batch/{name}"), format!("/1.0/batch/{name}/checkin?useOnlineBalance=true"));
    let status =
        async || done(&world, "GET", &path, &NOTHING).await["batch-status"].as_str().unwrap().to_owned();
    assert_eq!(status().await, "CREATED");
    switch(&world, json!({"checkin_verb": "get"})).await;
    assert_eq!(call(&world, "POST", &checkin, &NOTHING).await.0, 405);
    assert_eq!(done(&world, "GET", &checkin, &NOTHING).await, json!({"f103-sent": true}));
    assert_eq!(status().await, "FROZEN");
    let again = done(&world, "GET", &checkin, &NOTHING).await;
    assert_eq!((&again["error-code"], &again["f103-sent"]), (&json!("READONLY_STATE"), &json!(false)));
    for (method, path) in [("POST", "/1.0/user/backlog"), ("DELETE", "/1.0/shipment")] {
        let answer = done(&world, method, path, &json!([id])).await;
        assert_eq!(answer["errors"][0]["error-code"], "READONLY_STATE", "{path}");
    }
    tell(&world, "russian_post", &barcode, json!({"status": "accepted"})).await;
    assert_eq!(status().await, "ACCEPTED");
    tell(&world, "russian_post", &barcode, json!({"status": "left_sorting_centre"})).await;
    assert_eq!(status().await, "SENT");
    let sent = done(&world, "GET", &format!("/1.0/shipment/{id}"), &NOTHING).await;
    assert_eq!(
        (&sent["last-oper-type"], &sent["human-operation-name"]),
        (&json!("PROCESSING"), &json!("Обработка"))
    );
    assert_eq!(done(&world, "PUT", "/1.0/archive", &json!([name])).await, json!([{"batch-name": name}]));
    assert_eq!(done(&world, "GET", "/1.0/batch", &NOTHING).await, json!([]));
    assert_eq!(done(&world, "GET", "/1.0/archive", &NOTHING).await[0]["batch-status"], "ARCHIVED");
    done(&world, "POST", "/1.0/archive/revert", &json!([name])).await;
    assert_eq!(status().await, "SENT");
    let row = &world.entries(SYSTEM, "checkin").await[0];
    assert_eq!(
        (&row["its_id"], &row["bodies_received"], &row["detail"]["barcodes"]),
        (&json!(name), &json!(3), &json!([barcode]))
    );
}

#[tokio::test]
async fn orders_come_into_batches_and_out_again() {
    let world = World::in_memory().await;
    let (first, _) = make(&world, &[order("A-1")]).await;
    let (second, barcode) = make(&world, &[order("A-2")]).await;
    let (other, _) = make(&world, &[ordinary("A-3")]).await;
    let name = batch(&world, &[first]).await;
    let path = format!("/1.0/batch/{name}/shipment");
    let answer = done(&world, "POST", &path, &json!([second, other])).await;
    assert_eq!(
        (&answer["result-ids"], &answer["errors"][0]["error-code"]),
        (&json!([second]), &json!("DIFFERENT_MAIL_CATEGORY"))
    );
    let added = done(&world, "PUT", &path, &json!([order("A-4")])).await;
    assert_eq!(added["result-ids"].as_array().unwrap().len(), 1);
    assert_eq!(
        done(&world, "POST", "/1.0/user/backlog", &json!([first])).await["result-ids"],
        json!([first])
    );
    assert_eq!(done(&world, "GET", "/1.0/backlog/search?query=A-1", &NOTHING).await[0]["id"], first);
    let removed = done(&world, "DELETE", "/1.0/shipment", &json!([second, first])).await;
    assert_eq!(
        (&removed["result-ids"], &removed["errors"][0]["error-code"]),
        (&json!([second]), &json!("NOT_FOUND"))
    );
    assert_eq!(done(&world, "GET", "/1.0/backlog/search?query=A-2", &NOTHING).await, json!([]));
    let rows = world.entries(SYSTEM, "parcel").await;
    let gone = rows.iter().find(|row| row["its_id"] == barcode.as_str()).unwrap();
    assert!(gone["cancelled_at"].is_string(), "{gone}");
    switch(&world, json!({"removal": "return"})).await;
    let last = added["result-ids"][0].as_i64().unwrap();
    done(&world, "DELETE", "/1.0/shipment", &json!([last])).await;
    assert_eq!(done(&world, "GET", "/1.0/backlog/search?query=A-4", &NOTHING).await[0]["id"], last);
    assert_eq!(
        call(&world, "GET", &format!("/1.0/batch/{name}"), &NOTHING).await.0,
        404,
        "nothing is left in it"
    );
}

#[tokio::test]
async fn the_sending_day_may_be_moved() {
    let world = World::in_memory().await;
    set_clock(&world, "2190-03-14T10:00:00Z").await;
    let (id, _) = make(&world, &[order("A-1")]).await;
    let name = batch(&world, &[id]).await;
    let path = |day: &str| format!("/1.0/batch/{name}/sending/2190/3/{day}");
    assert_eq!(done(&world, "POST", &path("20"), &NOTHING).await.get("error-code"), None);
    assert_eq!(
        done(&world, "GET", &format!("/1.0/batch/{name}"), &NOTHING).await["list-number-date"],
        "2190-03-20"
    );
    assert_eq!(done(&world, "POST", &path("13"), &NOTHING).await["error-code"], "PAST_DUE_DATE");
    assert_eq!(call(&world, "POST", &path("32"), &NOTHING).await.0, 500);
}

#[tokio::test]
async fn a_balance_must_cover_what_is_sent() {
    let world = World::in_memory().await;
    let client = |balance: i64| {
        json!({
            "token": TOKEN, "login": "demo-send", "password": "demo-pass", "work_with_balance": true,
            "balance": balance,
        })
    };
    world.post("/_local/simulators/russian_post_otpravka/accounts", &client(100)).await;
    let (id, _) = make(&world, &[order("A-1")]).await;
    let name = batch(&world, &[id]).await;
    let path = format!("/1.0/batch/{name}/checkin");
    assert_eq!(done(&world, "POST", &path, &NOTHING).await["error-code"], "OFFLINE_BALANCE_FORBIDDEN");
    let path = format!("{path}?useOnlineBalance=true");
    let (status, poor) = call(&world, "POST", &path, &NOTHING).await;
    assert_eq!((status, &poor["code"]), (400, &json!("1024")));
    world.post("/_local/simulators/russian_post_otpravka/accounts", &client(1_000_000)).await;
    assert_eq!(done(&world, "POST", &path, &NOTHING).await["f103-sent"], true);
    let left = done(&world, "GET", "/1.0/counterpart/balance", &NOTHING).await;
    assert_eq!(left["work-with-balance"], true);
    let due = world.entries(SYSTEM, "checkin").await[0]["amount"].as_i64().unwrap();
    assert!(due > 40_000);
    assert_eq!(left["balance"], 1_000_000 - due);
}

#[tokio::test]
async fn forms_are_files() {
    let world = World::in_memory().await;
    let file = async |path: String| {
        let response = request(&world, "GET", &path, &NOTHING).send().await.unwrap();
        let header = |name: &str| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let heads = (response.status().as_u16(), header("content-type"), header("content-disposition"));
        (heads, response.bytes().await.unwrap())
    };
    let (id, barcode) = make(&world, &[order("A-1")]).await;
    let ((status, kind, name), label) = file(format!("/1.0/forms/backlog/{id}/forms")).await;
    assert_eq!((status, kind.as_str()), (200, "application/pdf"));
    assert_eq!(name, format!("attachment; filename={id}-forms.pdf"));
    assert!(label.starts_with(b"%PDF-") && label.ends_with(b"%%EOF\n"));
    assert!(String::from_utf8_lossy(&label).contains(&barcode));
    assert_eq!(file(format!("/1.0/forms/{id}/forms")).await.0.0, 404, "it is in no batch");
    let batch = batch(&world, &[id]).await;
    assert_eq!(file(format!("/1.0/forms/{batch}/zip-all")).await.0.0, 400);
    assert_eq!(file(format!("/1.0/forms/{batch}/f103pdf")).await.0.0, 400);
    assert_eq!(file("/1.0/forms/999/f103pdf".to_owned()).await.0.0, 500);
    done(&world, "POST", &format!("/1.0/batch/{batch}/checkin"), &NOTHING).await;
    let (heads, zip) = file(format!("/1.0/forms/{batch}/zip-all")).await;
    assert_eq!((heads.0, heads.1.as_str()), (200, "application/zip"));
    assert!(zip.starts_with(b"PK\x03\x04"));
    for part in [
        format!("/1.0/forms/{id}/f7pdf?print-type=THERMO"),
        format!("/1.0/forms/{id}/f112pdf"),
        format!("/1.0/forms/{batch}/f103pdf"),
    ] {
        assert!(file(part).await.1.starts_with(b"%PDF-"));
    }
    let (plain, _) = make(&world, &[ordinary("A-2")]).await;
    crate::sending::batch(&world, &[plain]).await;
    assert_eq!(file(format!("/1.0/forms/{plain}/f112pdf")).await.0.0, 400, "nothing is collected");
    let ((_, kind, _), passport) = file("/1.0/unloading-passport/zip?type=ALL".to_owned()).await;
    assert!(kind == "application/octet-stream" && passport.starts_with(b"PK"));
}

#[tokio::test]
async fn returns_have_numbers_of_their_own() {
    let world = World::in_memory().await;
    let (_, barcode) = make(&world, &[order("A-1")]).await;
    let body = json!({"direct-barcode": barcode, "mail-type": "EASY_RETURN"});
    let back =
        done(&world, "PUT", "/1.0/returns", &body).await["return-barcode"].as_str().unwrap().to_owned();
    assert_ne!(back, barcode);
    assert_eq!(done(&world, "PUT", "/1.0/returns", &body).await["return-barcode"], back.as_str());
    tell(&world, "russian_post", &back, json!({"status": "accepted"})).await;
    assert!(history(&world, &back).await.contains("historyRecord"));
    let unknown = json!({"direct-barcode": "80000000000000", "mail-type": "EASY_RETURN"});
    assert!(done(&world, "PUT", "/1.0/returns", &unknown).await["errors"][0]["code"].is_string());
    let alone =
        done(&world, "PUT", "/1.0/returns/return-without-direct", &json!([{"mail-type": "EASY_RETURN"}]))
            .await;
    let alone = alone[0]["return-barcode"].as_str().unwrap();
    let path = format!("/1.0/returns/delete-separate-return?barcode={alone}");
    assert_eq!(done(&world, "DELETE", &path, &NOTHING).await.get("code"), None);
    assert_eq!(done(&world, "DELETE", &path, &NOTHING).await["code"], "RETURN_SHIPMENT_NOT_FOUND");
    assert_eq!(world.entries(SYSTEM, "return").await.len(), 2);
}

#[tokio::test]
async fn offices_and_points_are_told() {
    let world = World::in_memory().await;
    let points = done(&world, "GET", "/1.0/user-shipping-points", &NOTHING).await;
    assert_eq!((&points[0]["operator-postcode"], &points[0]["enabled"]), (&json!("101000"), &json!(true)));
    assert!(points[0]["available-mail-types"].as_array().unwrap().contains(&json!("POSTAL_PARCEL")));
    assert_eq!(done(&world, "GET", "/postoffice/1.0/630099", &NOTHING).await["settlement"], "Новосибирск");
    assert_eq!(call(&world, "GET", "/postoffice/1.0/630000", &NOTHING).await.0, 404);
    let path = "/postoffice/1.0/by-address?address=г. Новосибирск, ул. Примерная&top=2";
    let found = done(&world, "GET", path, &NOTHING).await;
    assert_eq!(found, json!({"is-matched": true, "postoffices": ["630004", "630048"]}));
    assert!(
        done(&world, "GET", "/1.0/delivery-point/findAll", &NOTHING).await.as_array().unwrap().len() > 10
    );
}

/// With journeys on, an order sets out when its batch is checked in, and not before.
#[tokio::test]
async fn journeys_begin_with_the_check_in() {
    let world = World::in_memory().await;
    let (id, barcode) = make(&world, &[order("A-1")]).await;
    let journeys = json!({"journeys": {"per_code": false}});
    let (status, _) = world.post("/_local/simulators/russian_post/settings", &journeys).await;
    assert_eq!(status, 200);
    world.advance("240h").await;
    assert!(!history(&world, &barcode).await.contains("historyRecord"));
    let name = batch(&world, &[id]).await;
    done(&world, "POST", &format!("/1.0/batch/{name}/checkin"), &NOTHING).await;
    world.advance("240h").await;
    assert!(history(&world, &barcode).await.contains("historyRecord"));
}

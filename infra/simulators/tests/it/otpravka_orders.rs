//! Russian Post's sending service: who may call, quotes, cleaning, orders.

use serde_json::{Value, json};

use crate::posts::{history, operations, set_clock, tell};
use crate::sending::{TOKEN, USER, call, codes, done, make, order, order_with, request, switch};
use crate::support::{TempFile, World};

const SYSTEM: &str = "russian_post_otpravka";
const NOTHING: Value = Value::Null;

#[tokio::test]
async fn both_headers_are_needed() {
    let world = World::in_memory().await;
    let url = format!("{}/russian_post/otpravka/1.0/settings", world.base);
    let status = async |token: &str, user: &str| {
        let request =
            world.client().get(&url).header("authorization", token).header("x-user-authorization", user);
        request.send().await.unwrap().status().as_u16()
    };
    let (token, user) = (format!("AccessToken {TOKEN}"), format!("Basic {USER}"));
    assert_eq!(status(&token, &user).await, 200);
    assert_eq!(status(&token, "Basic eDp5").await, 401);
    assert_eq!(status("AccessToken nobody", &user).await, 401);
    assert_eq!(status(TOKEN, &user).await, 401);
    assert_eq!(world.client().get(&url).send().await.unwrap().status(), 401);
    // `blocked-send:demo-pass`
    assert_eq!(
        status("AccessToken blocked-otpravka-token", "Basic YmxvY2tlZC1zZW5kOmRlbW8tcGFzcw==").await,
        403
    );
    assert_eq!(call(&world, "GET", "/1.0/nowhere", &NOTHING).await.1["sub-code"], "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn calls_are_counted_until_midnight_in_moscow() {
    let world = World::in_memory().await;
    set_clock(&world, "2190-01-01T20:50:00Z").await;
    let few = json!({"token": TOKEN, "login": "demo-send", "password": "demo-pass", "daily": 2});
    assert_eq!(world.post("/_local/simulators/russian_post_otpravka/accounts", &few).await.0, 201);
    let ask = async || call(&world, "GET", "/1.0/settings", &NOTHING).await.0;
    assert_eq!((ask().await, ask().await, ask().await), (200, 200, 509));
    let limit = done(&world, "GET", "/1.0/settings/limit", &NOTHING).await;
    assert_eq!(limit, json!({"allowed-count": 2, "current-count": 2}));
    let (_, told) = call(&world, "GET", "/1.0/settings", &NOTHING).await;
    assert!(told["message"].is_string(), "{told}");
    switch(&world, json!({"quota_json": false})).await;
    assert!(call(&world, "GET", "/1.0/settings", &NOTHING).await.1.is_string());
    assert_eq!(world.ledger(SYSTEM).await["usage"][0]["refused"], 3);
    world.advance("11m").await;
    assert_eq!(ask().await, 200);
}

#[tokio::test]
async fn an_order_is_made_found_and_known_to_the_tracking() {
    let world = World::in_memory().await;
    let (id, barcode) = make(&world, &[order("A-1001")]).await;
    assert!(barcode.len() == 14 && barcode.starts_with('8'), "{barcode}");
    let found = done(&world, "GET", "/1.0/backlog/search?query=A-1001", &NOTHING).await;
    assert_eq!(
        (&found[0]["id"], &found[0]["barcode"], &found[0]["mass"]),
        (&json!(id), &json!(barcode), &json!(1250))
    );
    assert!(found[0]["total-rate-wo-vat"].as_i64().unwrap() > found[0]["mass-rate"].as_i64().unwrap());
    let one = done(&world, "GET", &format!("/1.0/backlog/{id}"), &NOTHING).await;
    assert_eq!(one, found[0]);
    assert_eq!(done(&world, "GET", "/1.0/backlog/search?query=A-10", &NOTHING).await, json!([]));
    switch(&world, json!({"fuzzy_search": true})).await;
    assert_eq!(done(&world, "GET", "/1.0/backlog/search?query=A-10", &NOTHING).await[0]["id"], id);
    assert_eq!(done(&world, "GET", "/1.0/shipment/search?query=A-1001", &NOTHING).await, json!([]));
    let (status, missing) = call(&world, "GET", "/1.0/backlog/5", &NOTHING).await;
    assert_eq!((status, &missing["code"]), (404, &json!("1001")));

    tell(&world, "russian_post", &barcode, json!({"status": "accepted", "office": "101000"})).await;
    let history = history(&world, &barcode).await;
    assert_eq!(operations(&history), [(1, 2)]);
    for part in
        ["<ns3:Payment>150000</ns3:Payment>", "СИДОРОВ П", "<ns3:Index>630099</ns3:Index>", "<ns3:Mass>1250"]
    {
        assert!(history.contains(part), "{part}: {history}");
    }
    let rows = world.entries(SYSTEM, "parcel").await;
    assert_eq!((rows.len(), &rows[0]["our_id"], &rows[0]["its_id"]), (1, &json!("A-1001"), &json!(barcode)));
    assert_eq!(
        (&rows[0]["amount"], &rows[0]["detail"]["collect"], &rows[0]["bodies_received"]),
        (&json!(150_000), &json!(150_000), &json!(1))
    );
    assert_eq!(rows[0]["recipient"]["phone"], "79000000000");
}

#[tokio::test]
async fn the_first_version_gives_ids_and_the_barcode_may_come_later() {
    let world = World::in_memory().await;
    switch(&world, json!({"barcode_delay_seconds": 60})).await;
    let answer = done(&world, "PUT", "/1.0/user/backlog", &json!([order("A-1")])).await;
    let id = answer["result-ids"][0].as_i64().unwrap();
    let path = format!("/1.0/backlog/{id}");
    assert_eq!(done(&world, "GET", &path, &NOTHING).await["barcode"], NOTHING);
    world.advance("61s").await;
    assert!(done(&world, "GET", &path, &NOTHING).await["barcode"].is_string());
}

#[tokio::test]
async fn each_order_of_a_list_is_judged_for_itself() {
    let world = World::in_memory().await;
    let orders =
        json!([order_with("A-1", "index-to", NOTHING), order("A-2"), order_with("A-3", "mass", json!(0))]);
    let answer = done(&world, "PUT", "/2.0/user/backlog", &orders).await;
    assert_eq!(
        (answer["orders"].as_array().unwrap().len(), &answer["orders"][0]["order-num"]),
        (1, &json!("A-2"))
    );
    let error = &answer["errors"][0];
    assert_eq!(
        *error,
        json!({"position": 0, "error-codes": [{"code": "EMPTY_INDEX_TO", "description": "Почтовый индекс не указан"}]})
    );
    assert_eq!(answer["errors"][1]["position"], 2);
    let one =
        done(&world, "PUT", "/2.0/user/backlog", &json!([order_with("A-1", "index-to", NOTHING)])).await;
    assert!(one.get("orders").is_none(), "{one}");
    for wrong in [json!({}), json!([5]), json!("x")] {
        let (status, answer) = call(&world, "PUT", "/2.0/user/backlog", &wrong).await;
        assert_eq!((status, &answer["code"]), (500, &json!("1002")), "{wrong}");
    }
    assert_eq!(world.entries(SYSTEM, "parcel").await.len(), 1);
}

#[tokio::test]
async fn orders_have_their_error_codes() {
    let world = World::in_memory().await;
    for (name, value, wanted) in [
        ("mail-type", NOTHING, "EMPTY_MAIL_TYPE"),
        ("mail-type", json!("PIGEON"), "ILLEGAL_MAIL_TYPE"),
        ("mail-category", json!("X"), "ILLEGAL_MAIL_CATEGORY"),
        ("mail-direct", NOTHING, "EMPTY_MAIL_DIRECT"),
        ("mass", json!(20_001), "ILLEGAL_MASS_EXCESS"),
        ("address-type-to", NOTHING, "EMPTY_ADDRESS_TYPE_TO"),
        ("address-type-to", json!("PO_BOX"), "EMPTY_NUM_ADDRESS_TYPE"),
        ("index-to", json!(99), "ILLEGAL_INDEX_TO"),
        ("region-to", NOTHING, "EMPTY_REGION_TO"),
        ("place-to", json!(""), "EMPTY_PLACE_TO"),
        ("street-to", NOTHING, "EMPTY_STREET_TO"),
        ("surname", NOTHING, "ILLEGAL_INITIALS"),
        ("recipient-name", NOTHING, "ILLEGAL_RECIPIENT_NAME"),
        ("tel-address", json!(123), "EMPTY_TELADDRESS"),
        ("postoffice-code", NOTHING, "EMPTY_POSTOFFICE_CODE"),
        ("postoffice-code", json!("630099"), "ILLEGAL_POSTOFFICE_CODE"),
        ("insr-value", json!(50_000_001), "INSR_VALUE_EXCEEDS_MAX"),
        ("payment", NOTHING, "EMPTY_PAYMENT"),
        ("payment", json!(-1), "ILLEGAL_PAYMENT"),
        ("payment", json!(150_001), "NOT_INSURED_PAYMENT"),
        ("fragile", json!("no"), "ILLEGAL_FRAGILE"),
        ("transport-type", json!("SLEDGE"), "ILLEGAL_TRANSPORT_TYPE"),
        ("payment-method", json!("GOLD"), "ILLEGAL_PAYMENT_METHOD"),
        ("shelf-life-days", json!(14), "UNDEFINED"),
        ("goods", json!({"items": [{"description": "Чай"}]}), "UNDEFINED"),
        ("order-num", NOTHING, "UNDEFINED"),
    ] {
        let answer = done(&world, "PUT", "/2.0/user/backlog", &json!([order_with("A-1", name, value)])).await;
        assert_eq!(codes(&answer), [wanted], "{name}");
    }
    let (status, _) =
        world.post("/_local/simulators/russian_post_tariff/settings", &json!({"closed": ["63"]})).await;
    assert_eq!(status, 200);
    let answer = done(&world, "PUT", "/2.0/user/backlog", &json!([order("A-1")])).await;
    assert_eq!(codes(&answer), ["TARIFF_ERROR"]);
    let no_cod = json!({"token": TOKEN, "login": "demo-send", "password": "demo-pass", "cod": false, "mail_types": ["ECOM"]});
    assert_eq!(world.post("/_local/simulators/russian_post_otpravka/accounts", &no_cod).await.0, 201);
    let answer = done(&world, "PUT", "/2.0/user/backlog", &json!([order("A-1")])).await;
    assert_eq!(codes(&answer), ["UNAVAILABLE_MAIL_TYPE", "RESTRICTED_MAIL_CATEGORY"]);
    assert_eq!(world.entries(SYSTEM, "parcel").await.len(), 0);
}

#[tokio::test]
async fn receipts_and_goods_are_taken() {
    let world = World::in_memory().await;
    let goods = json!({"items": [{
        "description": "Чай", "quantity": 2, "value": 75_000, "vat-rate": 20, "payattr": 4, "lineattr": 1,
    }]});
    let mut order = order_with("A-1", "goods", goods.clone());
    order["fiscal-data"] = json!({"customer-email": "buyer@example.com", "payment-amount": 150_000});
    let (id, _) = make(&world, &[order]).await;
    assert_eq!(done(&world, "GET", &format!("/1.0/backlog/{id}"), &NOTHING).await["goods"], goods);
}

#[tokio::test]
async fn a_number_may_be_used_again_unless_a_policy_forbids_it() {
    let world = World::in_memory().await;
    let (first, _) = make(&world, &[order("A-1")]).await;
    let (second, _) = make(&world, &[order("A-1")]).await;
    assert_ne!(first, second);
    let found = done(&world, "GET", "/1.0/backlog/search?query=A-1", &NOTHING).await;
    assert_eq!(found.as_array().unwrap().len(), 2);
    world.fault(SYSTEM, json!({"mode": "duplicate_policy", "policy": "return_existing", "times": 1})).await;
    assert_eq!(make(&world, &[order("A-1")]).await.0, first);
    switch(&world, json!({"duplicate_policy": "reject"})).await;
    assert_eq!(codes(&done(&world, "PUT", "/2.0/user/backlog", &json!([order("A-1")])).await), ["UNDEFINED"]);
    let rows = world.entries(SYSTEM, "parcel").await;
    assert_eq!((rows.len(), &rows[0]["bodies_received"]), (2, &json!(4)));
}

#[tokio::test]
async fn orders_are_edited_and_deleted() {
    let world = World::in_memory().await;
    let (id, barcode) = make(&world, &[order("A-1")]).await;
    let path = format!("/1.0/backlog/{id}");
    assert_eq!(
        done(&world, "PUT", &path, &order_with("A-1", "mass", json!(2_000))).await,
        json!({"result-ids": [id]})
    );
    let edited = done(&world, "GET", &path, &NOTHING).await;
    assert_eq!((&edited["mass"], &edited["barcode"]), (&json!(2_000), &json!(barcode)));
    let wrong = done(&world, "PUT", &path, &order_with("A-1", "mass", NOTHING)).await;
    assert_eq!((&wrong["error-codes"][0]["code"], &wrong["position"]), (&json!("EMPTY_MASS"), &json!(0)));
    let answer = done(&world, "DELETE", "/1.0/backlog", &json!([id, 5])).await;
    assert_eq!(
        (&answer["result-ids"], &answer["errors"][0]["error-code"]),
        (&json!([id]), &json!("NOT_FOUND"))
    );
    assert_eq!(answer["errors"][0]["position"], 1);
    assert_eq!(call(&world, "GET", &path, &NOTHING).await.0, 404);
    assert_eq!(
        done(&world, "DELETE", "/1.0/backlog", &json!([id])).await["errors"][0]["error-code"],
        "NOT_FOUND"
    );
    let row = &world.entries(SYSTEM, "parcel").await[0];
    assert!(row["cancelled_at"].is_string(), "{row}");
    assert_eq!(world.entries(SYSTEM, "cancel").await[0]["bodies_received"], 2);
    assert_eq!(call(&world, "DELETE", "/1.0/backlog", &json!(["x"])).await.0, 500);
}

#[tokio::test]
async fn contracts_have_quotes() {
    let world = World::in_memory().await;
    set_clock(&world, "2190-03-14T10:00:00Z").await;
    let parcel = |to: &str| {
        json!({
            "index-from": "101000", "index-to": to, "mail-category": "ORDINARY", "mail-type": "POSTAL_PARCEL",
            "mass": 1_000, "fragile": true,
        })
    };
    let answer = done(&world, "POST", "/1.0/tariff", &parcel("685000")).await;
    let ground = answer["ground-rate"]["rate"].as_i64().unwrap();
    assert_eq!(ground, 61_148);
    assert_eq!(answer["fragile-rate"], json!({"rate": 18_344, "vat": 4_036}));
    assert_eq!((&answer["total-rate"], &answer["total-vat"]), (&json!(79_492), &json!(17_488)));
    assert_eq!(answer["delivery-time"], json!({"min-days": 38, "max-days": 40}));
    let (status, _) = world
        .post(
            "/_local/simulators/russian_post_tariff/settings",
            &json!({"closed": ["685"], "vat_percent": 10}),
        )
        .await;
    assert_eq!(status, 200);
    let (status, error) = call(&world, "POST", "/1.0/tariff", &parcel("685000")).await;
    assert_eq!((status, &error["code"]), (400, &json!("CODE_1372")));
    let mut elsewhere = parcel("630099");
    assert_eq!(done(&world, "POST", "/1.0/tariff", &elsewhere).await["ground-rate"]["vat"], 3_840);
    elsewhere["index-from"] = json!("630099");
    assert_eq!(call(&world, "POST", "/1.0/tariff", &elsewhere).await.1["code"], "1001");
    elsewhere["index-from"] = NOTHING;
    elsewhere["mass"] = json!("heavy");
    assert_eq!(call(&world, "POST", "/1.0/tariff", &elsewhere).await.1["code"], "UNDEFINED");
}

#[tokio::test]
async fn addresses_names_and_phones_are_cleaned() {
    let world = World::in_memory().await;
    let addresses = json!([
        {"id": "0", "original-address": "630099, г Новосибирск, ул Примерная, д 7, кв 12"},
        {"id": "1", "original-address": "куда-нибудь"},
    ]);
    let cleaned = done(&world, "POST", "/1.0/clean/address", &addresses).await;
    let by_id = |id: &str| cleaned.as_array().unwrap().iter().find(|item| item["id"] == id).unwrap().clone();
    assert_eq!(
        (&by_id("0")["quality-code"], &by_id("0")["validation-code"]),
        (&json!("GOOD"), &json!("VALIDATED"))
    );
    assert_eq!(
        (&by_id("0")["index"], &by_id("0")["house"], &by_id("0")["room"]),
        (&json!("630099"), &json!("7"), &json!("12"))
    );
    assert_ne!(by_id("1")["validation-code"], "VALIDATED");
    let names = json!([{"id": "0", "original-fio": "сидоров петр петрович"}]);
    let cleaned = done(&world, "POST", "/1.0/clean/physical", &names).await;
    assert_eq!((&cleaned[0]["surname"], &cleaned[0]["quality-code"]), (&json!("Сидоров"), &json!("EDITED")));
    let phones = json!([{"id": "0", "original-phone": "8 900 000-00-01"}]);
    let cleaned = done(&world, "POST", "/1.0/clean/phone", &phones).await;
    assert_eq!(
        (&cleaned[0]["phone-city-code"], &cleaned[0]["phone-number"]),
        (&json!("900"), &json!("0000001"))
    );
    let people = json!([{"raw-address": "", "raw-full-name": "Сидоров", "raw-telephone": "79000000001"}]);
    let judged = done(&world, "POST", "/1.0/unreliable-recipient", &people).await;
    assert_eq!(judged[0]["unreliability"], "RELIABLE");
    assert_eq!(call(&world, "POST", "/1.0/clean/phone", &json!({})).await.0, 500);
}

#[tokio::test]
async fn answers_go_wrong_in_the_services_words() {
    let world = World::in_memory().await;
    let mut next = 0;
    let mut make = async |fault: Value| {
        next += 1;
        world.fault(SYSTEM, fault).await;
        let body = json!([order(&format!("A-{next}"))]);
        let response = request(&world, "PUT", "/2.0/user/backlog", &body).send().await?;
        let status = response.status().as_u16();
        response.text().await.map(|text| (status, text))
    };
    assert_eq!(make(json!({"mode": "quota", "operation": "create"})).await.unwrap().0, 509);
    assert_eq!(make(json!({"mode": "code", "code": 403})).await.unwrap().0, 403);
    assert!(make(json!({"mode": "code", "code": 1002})).await.unwrap().1.contains("\"1002\""));
    assert_eq!(make(json!({"mode": "http_500"})).await.unwrap().0, 500);
    assert_eq!(make(json!({"mode": "maintenance"})).await.unwrap().0, 503);
    assert!(make(json!({"mode": "timeout", "seconds": 0.02})).await.is_err());
    assert!(make(json!({"mode": "refuse"})).await.is_err());
    assert!(make(json!({"mode": "cut_request"})).await.is_err());
    assert_eq!(world.entries(SYSTEM, "parcel").await.len(), 0);
    assert_eq!(make(json!({"mode": "commit_then_500"})).await.unwrap().0, 500);
    assert!(make(json!({"mode": "lost_answer", "at_byte": 150})).await.is_err());
    assert!(make(json!({"mode": "truncate"})).await.is_err());
    assert!(serde_json::from_str::<Value>(&make(json!({"mode": "malformed"})).await.unwrap().1).is_err());
    let twisted: Value = serde_json::from_str(&make(json!({"mode": "wrong_type"})).await.unwrap().1).unwrap();
    assert_eq!(twisted["orders"]["items"][0]["result-id"], "many");
    let empty: Value = serde_json::from_str(&make(json!({"mode": "empty_number"})).await.unwrap().1).unwrap();
    assert_eq!(empty["orders"][0]["barcode"], "");
    assert_eq!(world.entries(SYSTEM, "parcel").await.len(), 6);
    let rows = world.ledger(SYSTEM).await["bodies"].as_array().unwrap().len();
    assert_eq!(rows, 13, "all complete bodies but the refused one");
}

#[tokio::test]
async fn a_late_order_lands_and_a_blind_search_misses() {
    let file = TempFile::new();
    let world = World::open(Some(file.0.clone())).await;
    set_clock(&world, "2190-01-02T03:00:00Z").await;
    world.fault(SYSTEM, json!({"mode": "late_commit", "seconds": 30, "clock": "sim"})).await;
    assert!(request(&world, "PUT", "/2.0/user/backlog", &json!([order("A-1")])).send().await.is_err());
    let search = async |world: &World| {
        done(world, "GET", "/1.0/backlog/search?query=A-1", &NOTHING).await.as_array().unwrap().len()
    };
    assert_eq!(search(&world).await, 0);
    world.stop().await;
    let world = World::open(Some(file.0.clone())).await;
    world.advance("31s").await;
    assert_eq!(search(&world).await, 1);
    world.fault(SYSTEM, json!({"mode": "blind_lookup", "seconds": 60, "operation": "search_backlog"})).await;
    assert_eq!(search(&world).await, 0);
    world.advance("2m").await;
    assert_eq!(search(&world).await, 1);
    world.stop().await;
}

//! Ebazaar REST.

use serde_json::{Value, json};

use crate::support::{World, item_error, order, order_with, product};

#[tokio::test]
async fn tokens_are_given_to_whom_they_are_due() {
    let world = World::in_memory().await;
    let (status, answer) = world.token("demo-shop", "demo-pass").await;
    assert_eq!((status, &answer["expires_in"]), (200, &json!(3600)));
    for (username, password, code) in [
        ("demo-shop", "wrong", "405"),
        ("nobody", "x", "405"),
        ("inactive-shop", "inactive-pass", "402"),
        ("debt-shop", "debt-pass", "403"),
    ] {
        let (status, answer) = world.token(username, password).await;
        assert_eq!((status, &answer["error"]), (400, &json!(code)), "{username}");
    }
    let account = json!({"username": "closed", "password": "p&=+ ۱", "shop_code": 12345, "token_error": 408});
    assert_eq!(world.post("/_local/simulators/iran_post/accounts", &account).await.0, 201);
    assert_eq!(world.token("closed", "p&=+ ۱").await.1["error"], "408");
}

#[tokio::test]
async fn tokens_end_with_their_time_or_when_revoked() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let status = async |token: &str| {
        world.rest_request(token, "Wallet/Credit", &json!({})).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(&token).await, 200);
    world.advance("59m").await;
    assert_eq!(status(&token).await, 200);
    world.advance("2m").await;
    assert_eq!(status(&token).await, 401);
    let token = world.demo_token().await;
    assert_eq!(status(&token).await, 200);
    let (_, answer) =
        world.post("/_local/simulators/iran_post/tokens/revoke", &json!({"account": "demo-shop"})).await;
    assert_eq!(answer["revoked"], 1);
    assert_eq!(status(&token).await, 401);
    assert_eq!(status("junk").await, 401);
}

#[tokio::test]
async fn places_are_listed() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let provinces = world.rest(&token, "BaseInfo/Province", &json!({})).await;
    assert_eq!(provinces["Data"].as_array().unwrap().len(), 31);
    assert_eq!(provinces["Data"][4]["pName"], "فارس");
    let cities = world.rest(&token, "BaseInfo/City", &json!({"ProvinceCode": 5})).await;
    assert!(
        cities["Data"].as_array().unwrap().iter().any(|city| city["CityID"] == 71 && city["Code"] == "71")
    );
    assert_eq!(world.rest(&token, "BaseInfo/City", &json!({"ProvinceCode": 99})).await["ResCode"], 12);
    let boxes = world.rest(&token, "BaseInfo/BoxSize", &json!({})).await;
    assert_eq!(boxes["Data"].as_array().unwrap().len(), 10);
    let kiosks = world.rest(&token, "BaseInfo/Kiosk", &json!({"ProvinceCode": 5, "CityID": 71})).await;
    assert_eq!(kiosks["Data"][0]["KioskID"], 711);
    let nodes = world.rest(&token, "BaseInfo/PudoPostNode", &json!({"ProvinceCode": 5, "CityID": 71})).await;
    assert_eq!(nodes["Data"][0]["PudoPostnodeID"], 712);
}

#[tokio::test]
async fn products_are_checked_one_by_one() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    for (name, value, code) in [
        ("Name", json!(""), 1101),
        ("Count", json!(0), 1102),
        ("Weight", json!(0), 1103),
        ("Weight", json!(30_001), 1104),
        ("Price", json!(49_999), 1105),
        ("Price", json!(1_000_000_001), 1105),
        ("PercentDiscount", json!(101), 1106),
    ] {
        let mut wrong = product();
        wrong[name] = value;
        let answer = world.rest(&token, "Product/Add", &json!([wrong])).await;
        assert_eq!((answer["ResCode"].as_i64(), item_error(&answer)), (Some(0), code));
        assert_eq!(answer["Data"][0]["Succ"], false);
    }
    let id = world.rest_product(&token).await;
    let mut edit = product();
    assert_eq!(item_error(&world.rest(&token, "Product/Edit", &json!([edit])).await), 1121);
    edit["EbazaarProductID"] = json!(id + 1);
    assert_eq!(item_error(&world.rest(&token, "Product/Edit", &json!([edit])).await), 1122);
    edit["EbazaarProductID"] = json!(id);
    assert_eq!(world.rest(&token, "Product/Edit", &json!([edit])).await["Data"][0]["Succ"], true);
    assert_eq!(world.rest(&token, "Product/Add", &json!({})).await["ResCode"], 13);
}

fn quote(city: i64, service: i64, pay: i64, weight: i64, price: i64) -> Value {
    json!([{
        "ClientOrderId": 1, "CityID": city, "Price": price, "Weight": weight, "ServiceType": service,
        "PayType": pay, "NonStandardPackage": false, "SMSService": false, "Pod": false,
    }])
}

#[tokio::test]
async fn prices_match_the_soap_wire() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let answer = world.rest(&token, "Order/DeliveryPrice", &quote(71, 1, 0, 2_000, 1_800_000)).await;
    assert_eq!(answer["Data"][0]["ShippingCost"], 164_000);
    assert_eq!(answer["Data"][0]["ShippingTax"], 14_760);
    // Service 0 is sefareshi here, 1 pishtaz.
    let answer = world.rest(&token, "Order/DeliveryPrice", &quote(71, 0, 1, 750, 1_800_000)).await;
    assert_eq!(answer["Data"][0]["ShippingCost"], 96_800);
    for (body, code) in [
        (quote(0, 1, 0, 500, 100_000), 2103),
        (quote(71, 2, 0, 500, 100_000), 2106),
        (quote(71, 3, 0, 500, 100_000), 2107),
        (quote(71, 1, 2, 500, 100_000), 2108),
        (quote(71, 0, 0, 5_001, 100_000), 2109),
        (quote(71, 1, 0, 30_001, 100_000), 2111),
        (quote(71, 1, 0, 0, 100_000), 2111),
        (quote(71, 1, 0, 500, 1), 1105),
    ] {
        assert_eq!(item_error(&world.rest(&token, "Order/DeliveryPrice", &body).await), code);
    }
    assert_eq!(world.rest(&token, "Order/DeliveryPrice", &json!([])).await["ResCode"], 12);
    // The older build: city as a string, pay type as a string.
    let older = json!([{"ClientOrderId": 1, "CityCode": "71", "Price": 1_800_000, "Weight": 2_000, "ServiceType": 1, "PayType": "0"}]);
    assert_eq!(world.rest(&token, "Order/DeliveryPrice", &older).await["Data"][0]["ShippingCost"], 164_000);
    let mut boxed = quote(71, 1, 0, 2_000, 1_800_000);
    boxed[0]["BoxSizeID"] = json!(10);
    world.settings(json!({"tariff": "T4"})).await;
    let answer = world.rest(&token, "Order/DeliveryPrice", &boxed).await;
    // (1 142 000 + 251 600) * 1.15 + 50 000 insurance + 1 % of the goods + 37 000
    assert_eq!(answer["Data"][0]["ShippingCost"], 1_602_640 + 50_000 + 18_000 + 37_000);
}

#[tokio::test]
async fn an_order_id_makes_one_parcel() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let product = world.rest_product(&token).await;
    let answer = world.rest(&token, "Order/AddParcel", &json!([order(5001, product)])).await;
    let parcel = &answer["Data"][0];
    assert_eq!(parcel["ParcelCode"], "29999000711000000001");
    assert_eq!(parcel["ShippingCost"], 136_000);
    assert_eq!(parcel["ShippingCostTax"], 12_240);
    assert!(!parcel["Shenase"].as_str().unwrap().is_empty());
    let again = world.rest(&token, "Order/AddParcel", &json!([order(5001, product)])).await;
    assert_eq!(item_error(&again), 9505);
    let found = world.rest(&token, "Order/Inquiry", &json!({"ClientOrderId": 5001})).await;
    assert_eq!(found["Data"]["ParcelCode"], "29999000711000000001");
    assert_eq!(found["Data"]["Postalprice"], 136_000);
    let missing = world.rest(&token, "Order/Inquiry", &json!({"ClientOrderId": 5002})).await;
    assert_eq!(missing["Data"], json!({}));
    let entries = world.entries("iran_post_rest", "parcel").await;
    assert_eq!(entries.len(), 1);
    assert_eq!((&entries[0]["our_id"], &entries[0]["bodies_received"]), (&json!("5001"), &json!(2)));
    // Another shop may use the same id.
    let (_, other) = world.token("ir-shop", "ir-pass").await;
    let other = other["access_token"].as_str().unwrap();
    let product = world.rest_product(other).await;
    let answer = world.rest(other, "Order/AddParcel", &json!([order(5001, product)])).await;
    assert_eq!(answer["Data"][0]["ParcelCode"], "29997000711000000002");
}

#[tokio::test]
async fn orders_are_checked_field_by_field() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let product = world.rest_product(&token).await;
    let line = |name: &str, value: Value| {
        let mut line = json!({"EbazaarProductID": product, "Count": 1, "Weight": 800, "Price": 900_000, "DisCountPercent": 0});
        line[name] = value;
        json!([line])
    };
    let cases = [
        ("RegisterFirstName", json!(""), 2201),
        ("RegisterLastName", json!(" "), 2202),
        ("RegisterAddress", json!(null), 2203),
        ("RegisterPhoneNumber", json!(""), 2204),
        ("RegisterMobile", json!(""), 2205),
        ("RegisterEmail", json!(""), 2206),
        ("RegisterIp", json!(""), 2207),
        ("RegisterPostalCode", json!("0000000000"), 2208),
        ("Products", json!([]), 2209),
        ("Products", line("EbazaarProductID", json!(1)), 2212),
        ("Products", line("Count", json!(0)), 2213),
        ("Products", line("Weight", json!(-1)), 2214),
        ("Products", line("DisCountPercent", json!(101)), 2215),
        ("Products", line("Price", json!(1_000)), 1105),
        ("Products", line("Weight", json!(30_001)), 2111),
        ("Products", line("Weight", json!(i64::MAX)), 2111),
        ("CityID", json!(2), 2103),
        ("ServiceType", json!(7), 2106),
        ("ServiceType", json!(3), 2107),
        ("PayType", json!(2), 2108),
        ("KioskID", json!(719), 2302),
        ("KioskID", json!(11), 2303),
        ("PudoPostnodeID", json!(719), 2304),
        ("PudoPostnodeID", json!(12), 2305),
    ];
    for (at, (name, value, code)) in cases.into_iter().enumerate() {
        let id = i64::try_from(at).unwrap() + 1;
        let answer =
            world.rest(&token, "Order/AddParcel", &json!([order_with(id, product, name, value)])).await;
        assert_eq!(item_error(&answer), code, "{name}: {answer}");
    }
    let mut heavy = order_with(90, product, "ServiceType", json!(0));
    heavy["PackingWeight"] = json!(5_000);
    assert_eq!(item_error(&world.rest(&token, "Order/AddParcel", &json!([heavy])).await), 2109);
    let mut both = order_with(91, product, "KioskID", json!(711));
    both["PudoPostnodeID"] = json!(712);
    assert_eq!(item_error(&world.rest(&token, "Order/AddParcel", &json!([both])).await), 2301);
    assert_eq!(world.parcels().await, 0);
    // Fetched at a kiosk, neither address nor postal code is needed.
    let mut kiosk = order_with(92, product, "KioskID", json!(711));
    kiosk["RegisterAddress"] = json!("");
    kiosk["RegisterPostalCode"] = json!("");
    let answer = world.rest(&token, "Order/AddParcel", &json!([kiosk])).await;
    assert!(answer["Data"][0]["ParcelCode"].is_string(), "{answer}");
    for id in [json!(0), json!(-1), json!(2_147_483_648_i64), json!("x"), json!(null), json!(1.5)] {
        let answer = world
            .rest(&token, "Order/AddParcel", &json!([order_with(1, product, "ClientOrderId", id)]))
            .await;
        assert_eq!(answer["ResCode"], 13);
    }
}

#[tokio::test]
async fn one_bad_item_leaves_the_others_alone() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let product = world.rest_product(&token).await;
    let batch = json!([
        order(1, product),
        order_with(2, product, "RegisterIp", json!("")),
        order(1, product),
        order(3, product)
    ]);
    let answer = world.rest(&token, "Order/AddParcel", &batch).await;
    let codes: Vec<bool> =
        answer["Data"].as_array().unwrap().iter().map(|item| item["ParcelCode"].is_string()).collect();
    assert_eq!(codes, [true, false, false, true]);
    assert_eq!(answer["Data"][2]["Errors"][0]["ErrorCode"], 9505);
    assert_eq!(world.parcels().await, 2);
}

#[tokio::test]
async fn the_shop_changes_its_mind_while_it_may() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let product = world.rest_product(&token).await;
    let answer = world.rest(&token, "Order/AddParcel", &json!([order(1, product)])).await;
    let code = answer["Data"][0]["ParcelCode"].as_str().unwrap().to_owned();
    let change = async |to: i64| {
        let body = json!({"NewStatus": to, "ParcelCodes": [code]});
        world.rest(&token, "Order/ChangeStatus", &body).await["Data"][0]["ResCode"].as_i64().unwrap()
    };
    let status = async || {
        world.rest(&token, "Order/ParcelStatus", &json!([code])).await["Data"][0]["StatusCode"]
            .as_i64()
            .unwrap()
    };
    assert_eq!((change(2).await, status().await), (0, 2));
    assert_eq!((change(2).await, status().await), (0, 2));
    assert_eq!((change(0).await, status().await), (0, 0));
    assert_eq!((change(1).await, status().await), (0, 1));
    assert_eq!(change(1).await, 9003);
    assert!(world.entries("iran_post", "parcel").await[0]["cancelled_at"].is_string());
    assert_eq!(world.entries("iran_post", "cancel").await.len(), 1);
    let detail = world.rest(&token, "Order/ParcelDetail", &json!({"ParcelCode": code})).await;
    assert_eq!((&detail["Data"]["StatusCode"], &detail["Data"]["ClientOrderId"]), (&json!(1), &json!("1")));

    let answer = world.rest(&token, "Order/AddParcel", &json!([order(2, product)])).await;
    let code = answer["Data"][0]["ParcelCode"].as_str().unwrap();
    world
        .post(&format!("/_local/simulators/iran_post/parcels/{code}/events"), &json!({"status": "accepted"}))
        .await;
    let late =
        world.rest(&token, "Order/ChangeStatus", &json!({"NewStatus": 1, "ParcelCodes": [code, "5"]})).await;
    assert_eq!((&late["Data"][0]["ResCode"], &late["Data"][1]["ResCode"]), (&json!(9003), &json!(21)));
    for (path, body, code) in [
        ("Order/ChangeStatus", json!({"NewStatus": 3, "ParcelCodes": ["5"]}), 19),
        ("Order/ChangeStatus", json!({"NewStatus": 1, "ParcelCodes": []}), 18),
        ("Order/ParcelStatus", json!([]), 18),
        ("Order/ParcelStatus", json!([""]), 17),
        ("Order/ParcelDetail", json!({}), 17),
        ("Order/ParcelDetail", json!({"ParcelCode": "5"}), 21),
        ("Order/Inquiry", json!({}), 13),
        ("Finance/Billing", json!({"FromDate": "junk"}), 26),
    ] {
        assert_eq!(world.rest(&token, path, &body).await["ResCode"], code, "{path} {body}");
    }
    let unknown = world.rest(&token, "Order/ParcelStatus", &json!(["5"])).await;
    assert_eq!(unknown["Data"][0]["StatusCode"], -1);
}

#[tokio::test]
async fn cash_on_delivery_ends_in_a_bill() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let product = world.rest_product(&token).await;
    let answer = world.rest(&token, "Order/AddParcel", &json!([order(1, product)])).await;
    let code = answer["Data"][0]["ParcelCode"].as_str().unwrap();
    let path = format!("/_local/simulators/iran_post/parcels/{code}/events");
    for (event, status) in [
        (json!({"status": "accepted", "office": "تهران"}), 5),
        (json!({"status": "in_transit"}), 13),
        (json!({"status": "out_for_delivery"}), 14),
        (json!({"status": "delivered"}), 7),
        (json!({"raw": {"status": 70}}), 70),
        (json!({"status": "cod_settled"}), 71),
        (json!({"raw": {"status": 71}}), 71),
    ] {
        assert_eq!(world.post(&path, &event).await.1["status"], status);
    }
    let bills = world
        .rest(
            &token,
            "Finance/Billing",
            &json!({"FromDate": "1400/01/01", "ToDate": "1499/01/01", "Page": 1}),
        )
        .await;
    assert_eq!(bills["Data"].as_array().unwrap().len(), 1, "a parcel is billed once");
    assert_eq!(bills["Data"][0]["Amount"], 900_000 - 4_360);
    let parcel = world.get(&format!("/_local/simulators/iran_post/parcels/{code}")).await;
    assert_eq!(
        (parcel["events"].as_array().unwrap().len(), &parcel["events"][1]["office"]),
        (8, &json!("تهران"))
    );
    let soap = world.soap("Billing", crate::support::LOGIN).await;
    assert_eq!(crate::support::tag(&soap, "ParcelCode"), code);
    assert_eq!(world.rest(&token, "Wallet/Credit", &json!({})).await["Data"]["Credit"], 10_000_000);
}

#[tokio::test]
async fn the_envelope_refuses_what_is_no_call() {
    let world = World::in_memory().await;
    let token = world.demo_token().await;
    let url = |path: &str| format!("{}/iran_post/rest/{path}", world.base);
    let get = world.client().get(url("RestApi/api/v0/Wallet/Credit")).send().await.unwrap();
    assert_eq!(get.status(), 405);
    let unknown = world.client().post(url("RestApi/api/v0/Nope")).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    let junk = world
        .client()
        .post(url("restapi/API/v0/wallet/credit"))
        .header("authorization", format!("bearer {token}"));
    assert_eq!(junk.body("{").send().await.unwrap().status(), 400);
    world.settings(json!({"rate_limited": true})).await;
    assert_eq!(world.rest(&token, "Wallet/Credit", &json!({})).await["ResCode"], -1);
    world.settings(json!({"rate_limited": false})).await;
    let (_, off) = world.token("gateway-off", "gateway-pass").await;
    let off = off["access_token"].as_str().unwrap();
    let product = world.rest_product(off).await;
    assert_eq!(world.rest(off, "Order/AddParcel", &json!([order(1, product)])).await["ResCode"], 14);
}

//! EShop SOAP.

use serde_json::json;

use crate::support::{LOGIN, World, add_parcel, add_parcel_with, tag};

async fn price(world: &World, parameters: [&str; 5]) -> (String, String, String) {
    let [city, price, weight, service, pay] = parameters;
    let inner = format!(
        "{LOGIN}<cityCode>{city}</cityCode><price>{price}</price><weight>{weight}</weight>\
         <serviceType>{service}</serviceType><payType>{pay}</payType>"
    );
    let xml = world.soap("GetDeliveryPrice", &inner).await;
    (tag(&xml, "ErrorCode"), tag(&xml, "PostDeliveryPrice"), tag(&xml, "VatTax"))
}

fn ok(postage: &str, vat: &str) -> (String, String, String) {
    ("0".to_owned(), postage.to_owned(), vat.to_owned())
}

#[tokio::test]
async fn prices_follow_the_tariff_in_force() {
    let world = World::in_memory().await;
    // The worked example of the protocol notes: two kilograms from Tehran to Shiraz.
    assert_eq!(price(&world, ["71", "1800000", "2000", "1", "1"]).await, ok("164000", "14760"));
    assert_eq!(price(&world, ["1", "1800000", "400", "1", "2"]).await, ok("81500", "7335"));
    assert_eq!(price(&world, ["71", "1800000", "750", "2", "88"]).await, ok("96800", "8712"));
    world.settings(json!({"tariff": "T4"})).await;
    assert_eq!(price(&world, ["71", "3000000", "2000", "1", "2"]).await, ok("700371", "70037"));
    assert_eq!(price(&world, ["71", "3000000", "2000", "1", "1"]).await, ok("767371", "76737"));
    assert_eq!(price(&world, ["71", "3000000", "2000", "2", "1"]).await.0, "-5");
}

#[tokio::test]
async fn prices_name_what_is_wrong() {
    let world = World::in_memory().await;
    for (parameters, code) in [
        (["71", "1000", "500", "1", "3"], "-4"),
        (["71", "1000", "500", "4", "1"], "-5"),
        (["99999", "1000", "500", "1", "1"], "-10"),
        (["71", "1000", "30001", "1", "1"], "-10"),
        (["71", "1000", "0", "1", "1"], "-10"),
    ] {
        assert_eq!(price(&world, parameters).await.0, code, "{parameters:?}");
    }
    let refused = |login: &str| {
        format!(
            "{login}<cityCode>71</cityCode><price>1</price><weight>1</weight><serviceType>1</serviceType><payType>1</payType>"
        )
    };
    for (username, password, code) in [
        ("demo-shop", "wrong", "-1"),
        ("nobody", "demo-pass", "-1"),
        ("inactive-shop", "inactive-pass", "-1"),
        ("gateway-off", "gateway-pass", "-10"),
    ] {
        let login = format!("<username>{username}</username><password>{password}</password>");
        let xml = world.soap("GetDeliveryPrice", &refused(&login)).await;
        assert_eq!(tag(&xml, "ErrorCode"), code, "{username}");
        assert!(!tag(&xml, "Description").is_empty());
    }
    let xml = world
        .soap(
            "DeliveryMultiPrice",
            &format!("{LOGIN}<cityCode>71</cityCode><Price>9</Price><Weight>2000</Weight>"),
        )
        .await;
    assert_eq!(tag(&xml, "PishtazPrice"), "164000");
    assert_eq!(tag(&xml, "SefareshiPrice"), "119000");
}

#[tokio::test]
async fn places_are_listed() {
    let world = World::in_memory().await;
    let states = world.soap("GetStates", LOGIN).await;
    assert_eq!(states.matches("<a:State>").count(), 31);
    assert!(states.contains("<a:Code>5</a:Code><a:Name>فارس</a:Name>"), "{states}");
    let cities = world.soap("GetCities", &format!("{LOGIN}<stateId>5</stateId>")).await;
    assert!(cities.contains("<a:Code>71</a:Code>"), "{cities}");
    let none = world.soap("GetStates", "<username>demo-shop</username><password>x</password>").await;
    assert_eq!(none.matches("<a:State>").count(), 0);
}

#[tokio::test]
async fn products_can_be_added_and_edited() {
    let world = World::in_memory().await;
    let one = world.soap_product().await;
    let two = world.soap_product().await;
    assert_ne!(one, two, "the same product twice is two products");
    let bad = format!("{LOGIN}<name>x</name><price>0</price><weight>1</weight><count>1</count>");
    assert_eq!(tag(&world.soap("AddStuff", &bad).await, "AddStuffResult"), "-2");
    let wrong = "<username>demo-shop</username><password>no</password><name>x</name>";
    assert_eq!(tag(&world.soap("AddStuff", wrong).await, "AddStuffResult"), "-1");

    let stuff = |id: &str, name: &str, price: &str, weight: &str| {
        format!(
            "<Stuff><Count>1</Count><Description/><Id>{id}</Id><Name>{name}</Name><PercentDiscount>0</PercentDiscount><Price>{price}</Price><Weight>{weight}</Weight></Stuff>"
        )
    };
    let added = world
        .soap(
            "AddStuffs",
            &format!("{LOGIN}<stuffs>{}{}</stuffs>", stuff("0", "a", "1", "1"), stuff("0", "b", "2", "2")),
        )
        .await;
    assert_eq!(added.matches("<a:OutputStuff>").count(), 2);
    let edits = [
        (stuff(&one, "c", "100000", "300"), "0"),
        (stuff("0", "c", "1", "1"), "1"),
        (stuff(&one, "c", "0", "1"), "2"),
        (stuff(&one, "c", "1", "0"), "3"),
        (stuff(&one, "", "1", "1"), "4"),
        (stuff("1", "c", "1", "1"), "5"),
    ];
    for (edit, code) in edits {
        let xml = world.soap("EditStuffs", &format!("{LOGIN}<Stuffs>{edit}</Stuffs>")).await;
        assert_eq!(tag(&xml, "ErrorCode"), code, "{edit}");
    }
    let edit = |id: &str, field: &str, value: &str| {
        format!("{LOGIN}<stuffId>{id}</stuffId><{field}>{value}</{field}>")
    };
    let xml = world.soap("EditStuffPrice", &edit(&one, "price", "70000")).await;
    assert_eq!(tag(&xml, "EditStuffPriceResult"), "0");
    let xml = world.soap("EditStuffWeight", &edit(&one, "weight", "250")).await;
    assert_eq!(tag(&xml, "EditStuffWeightResult"), "0");
    let xml = world.soap("EditStuffWeight", &edit("5", "weight", "250")).await;
    assert_eq!(tag(&xml, "EditStuffWeightResult"), "-2");
    // 2 x 250 g is the first band now.
    let xml = world.soap("AddParcel", &add_parcel(&one)).await;
    assert_eq!(tag(&xml, "PostDeliveryPrice"), "108000");
}

#[tokio::test]
async fn two_identical_parcels_are_two_parcels() {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    let first = world.soap("AddParcel", &add_parcel(&product)).await;
    let second = world.soap("AddParcel", &add_parcel(&product)).await;
    assert_eq!(tag(&first, "ErrorCode"), "0");
    assert_eq!(tag(&first, "PostDeliveryPrice"), "164000");
    assert_eq!(tag(&first, "VatTax"), "14760");
    assert_eq!(tag(&first, "ParcelCode"), "29999000711000000001");
    assert_eq!(tag(&second, "ParcelCode"), "29999000711000000002");
    let parcels = world.entries("iran_post_eshop", "parcel").await;
    assert_eq!(parcels.len(), 2);
    assert_eq!(parcels[0]["bodies_received"], 2);
    assert_eq!(parcels[0]["text_hash"], parcels[1]["text_hash"]);
    assert_eq!(parcels[0]["our_id"], json!(null));
    assert_eq!(parcels[0]["amount"], 1_800_000);
    assert_eq!(parcels[0]["detail"]["collect"], 1_978_760);
    assert!(parcels[0]["recipient"]["address"].as_str().unwrap().ends_with("(Y-7)"));
    assert!(world.entries("iran_post_rest", "parcel").await.is_empty());
    let calls = world.ledger("iran_post").await["calls"].clone();
    let add = calls.as_array().unwrap().iter().find(|call| call["operation"] == "AddParcel").unwrap().clone();
    assert_eq!((&add["received"], &add["executed"], &add["answered"]), (&json!(2), &json!(2), &json!(2)));
}

#[tokio::test]
async fn parcels_are_refused_with_the_documented_codes_in_order() {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[("password", "x"), ("productsId", "")], "-1"),
        (&[("productsId", ""), ("payType", "9")], "-3"),
        (
            &[("productsId", "<TempProducts><Count>1</Count><Id>4</Id></TempProducts>"), ("payType", "9")],
            "-2",
        ),
        (&[("payType", "9"), ("serviceType", "9")], "-4"),
        (&[("serviceType", "9"), ("registerPostalCode", "1")], "-5"),
        (&[("registerPostalCode", "1234567890"), ("cityCode", "0")], "-6"),
        (&[("registerPostalCode", "1011511111")], "-6"),
        (&[("cityCode", "99999")], "-10"),
    ];
    for (changes, code) in cases {
        let xml = world.soap("AddParcel", &add_parcel_with(&product, changes)).await;
        assert_eq!(tag(&xml, "ErrorCode"), code, "{changes:?}");
        assert_eq!(tag(&xml, "ParcelCode"), "");
    }
    assert_eq!(world.parcels().await, 0);
    // Another shop's product is not known to this one.
    let other = [("username", "ir-shop"), ("password", "ir-pass")];
    let xml = world.soap("AddParcel", &add_parcel_with(&product, &other)).await;
    assert_eq!(tag(&xml, "ErrorCode"), "-2");
}

#[tokio::test]
async fn a_shop_the_gateway_does_not_know_gets_no_parcels() {
    let world = World::in_memory().await;
    let login = "<username>gateway-off</username><password>gateway-pass</password>";
    let xml =
        world.soap("AddStuff", &format!("{login}<name>x</name><price>60000</price><weight>9</weight>")).await;
    let product = tag(&xml, "AddStuffResult");
    let as_other = [("username", "gateway-off"), ("password", "gateway-pass")];
    let xml = world.soap("AddParcel", &add_parcel_with(&product, &as_other)).await;
    assert_eq!(tag(&xml, "ErrorCode"), "-10");
    assert_eq!(world.parcels().await, 0);
}

#[tokio::test]
async fn discounts_lower_the_goods() {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    let percent = |name: &str| {
        format!("<TempProducts><Count>2</Count><{name}>10</{name}><Id>{product}</Id></TempProducts>")
    };
    for name in ["DisCount", "Discount"] {
        world.soap("AddParcel", &add_parcel_with(&product, &[("productsId", &percent(name))])).await;
    }
    let coupon = add_parcel_with(&product, &[("productsId", &percent("DisCount"))])
        + "<discountAmount>300000</discountAmount>";
    world.soap("AddParcelWithDiscount", &coupon).await;
    let amounts: Vec<_> = world
        .entries("iran_post", "parcel")
        .await
        .iter()
        .map(|parcel| parcel["amount"].as_i64().unwrap())
        .collect();
    assert_eq!(amounts, [1_620_000, 1_620_000, 1_500_000]);
}

#[tokio::test]
async fn a_parcel_is_readied_once_and_its_status_is_seen() {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    let code = tag(&world.soap("AddParcel", &add_parcel(&product)).await, "ParcelCode");
    let status = format!("{LOGIN}<parcelCode>{code}</parcelCode>");
    assert_eq!(tag(&world.soap("GetStatus", &status).await, "GetStatusResult"), "0");
    let ready = |code: &str, date: &str| {
        format!("{LOGIN}<parcelCode>{code}</parcelCode><datereadyforPost>{date}</datereadyforPost>")
    };
    for (code, date, error) in [
        (code.as_str(), "1404/13/01", "1"),
        (code.as_str(), "1390/01/01", "1"),
        ("29999000711999999999", "1499/01/01", "2"),
        (code.as_str(), "1499/01/01", "0"),
        (code.as_str(), "1499/01/02", "3"),
    ] {
        let xml = world.soap("ReadyToShip", &ready(code, date)).await;
        assert_eq!(tag(&xml, "ErrorCode"), error, "{code} {date}");
    }
    assert_eq!(tag(&world.soap("GetStatus", &status).await, "GetStatusResult"), "2");
    let unknown = format!("{LOGIN}<parcelCode>5</parcelCode>");
    assert_eq!(tag(&world.soap("GetStatus", &unknown).await, "GetStatusResult"), "-1");
    let entry = &world.entries("iran_post", "ready").await[0];
    assert_eq!(
        (entry["its_id"].as_str().unwrap(), &entry["detail"]["date"]),
        (code.as_str(), &json!("1499/01/01"))
    );
    // Without a date, as one production client calls it.
    let code = tag(&world.soap("AddParcel", &add_parcel(&product)).await, "ParcelCode");
    let xml = world.soap("ReadyToShip", &format!("{LOGIN}<parcelCode>{code}</parcelCode>")).await;
    assert_eq!(tag(&xml, "ErrorCode"), "0");
}

#[tokio::test]
async fn the_endpoint_is_found_in_any_case_and_describes_itself() {
    let world = World::in_memory().await;
    for path in ["EshopService.svc", "eshopservice.svc"] {
        let answer =
            world.client().get(format!("{}/iran_post/eshop/{path}?wsdl", world.base)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.unwrap();
        assert!(text.contains("http://tempuri.org/IEShopService/AddParcelWithDiscount"));
    }
    let other =
        world.client().post(format!("{}/iran_post/eshop/Other.svc", world.base)).send().await.unwrap();
    assert_eq!(other.status(), 404);
    let put =
        world.client().put(format!("{}/iran_post/eshop/EShopService.svc", world.base)).send().await.unwrap();
    assert_eq!(put.status(), 405);
}

#[tokio::test]
async fn any_prefix_and_order_will_do_unless_strict() {
    let world = World::in_memory().await;
    let body = "<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header/>\
        <soap:Body><x:GetDeliveryPrice xmlns:x=\"http://tempuri.org/\"><x:payType>1</x:payType><x:serviceType>1</x:serviceType>\
        <x:Weight>2000</x:Weight><x:Price>5</x:Price><x:cityCode>71</x:cityCode><x:password>demo-pass</x:password>\
        <x:username>demo-shop</x:username></x:GetDeliveryPrice></soap:Body></soap:Envelope>";
    let send = async |action: Option<&str>| {
        let mut request = world
            .client()
            .post(format!("{}/iran_post/eshop/EShopService.svc", world.base))
            .header("content-type", "text/xml")
            .body(body);
        if let Some(action) = action {
            request = request.header("soapaction", action.to_owned());
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let (status, xml) = send(None).await;
    assert_eq!((status, tag(&xml, "PostDeliveryPrice").as_str()), (200, "164000"));
    world.settings(json!({"strict": true})).await;
    let (status, xml) = send(None).await;
    assert_eq!(status, 500);
    assert!(xml.contains("ActionNotSupported"), "{xml}");
    // Strictly, what comes too late is dropped: here everything but the last member that fits.
    let (status, xml) = send(Some("\"http://tempuri.org/IEShopService/GetDeliveryPrice\"")).await;
    assert_eq!((status, tag(&xml, "ErrorCode").as_str()), (200, "-1"));
    // In schema order nothing is lost; in a data contract, what is out of order is.
    let product = world.soap_product().await;
    let xml = world.soap("AddParcel", &add_parcel(&product)).await;
    assert_eq!(tag(&xml, "ErrorCode"), "0");
    let items =
        format!("<TempProducts><Id>{product}</Id><Count>2</Count><DisCount>0</DisCount></TempProducts>");
    let xml = world.soap("AddParcel", &add_parcel_with(&product, &[("productsId", &items)])).await;
    assert_eq!(tag(&xml, "ErrorCode"), "-2");
}

#[tokio::test]
async fn unreadable_messages_are_faults() {
    let world = World::in_memory().await;
    let bomb = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
    for body in [
        "",
        "junk",
        "<a/>",
        "<Envelope><Body/></Envelope>",
        "<Envelope><Body><Nope/></Body></Envelope>",
        bomb,
    ] {
        let response = world
            .client()
            .post(format!("{}/iran_post/eshop/EShopService.svc", world.base))
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 500, "{body}");
        assert!(response.text().await.unwrap().contains("faultstring"), "{body}");
    }
    for value in ["abc", "99999999999999999999", "1.5", "", "2147483648"] {
        let inner = format!("{LOGIN}<cityCode>{value}</cityCode>");
        let (status, text) = world.soap_raw("GetDeliveryPrice", &inner).await.unwrap();
        assert_eq!(status, 500, "{value}");
        assert!(text.contains("DeserializationFailed"), "{text}");
    }
}

#[tokio::test]
async fn huge_numbers_overflow_nothing() {
    let world = World::in_memory().await;
    let inner = format!(
        "{LOGIN}<name>x</name><price>2147483647</price><weight>2147483647</weight><count>2147483647</count>"
    );
    let product = tag(&world.soap("AddStuff", &inner).await, "AddStuffResult");
    let item = format!("<T><Count>2147483647</Count><DisCount>-2147483648</DisCount><Id>{product}</Id></T>");
    let xml = world.soap("AddParcel", &add_parcel_with(&product, &[("productsId", &item.repeat(9))])).await;
    assert_eq!(tag(&xml, "ErrorCode"), "-10");
}

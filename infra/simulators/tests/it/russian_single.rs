//! Russian Post's single access.

use serde_json::json;

use crate::posts::{
    CONTRACT, authorization, client, describe, flat, history, history_request, operations, rtm34, set_clock,
    soap12, switch, tell,
};
use crate::support::World;

const CODE: &str = "10100007000014";

/// The protocol's own example.
const EXAMPLE: &str = r#"<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body>
<ns7:getOperationHistoryResponse xmlns:ns2="http://russianpost.org/sms-info/data" xmlns:ns3="http://russianpost.org/operationhistory/data" xmlns:ns4="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns5="http://www.russianpost.org/custom-duty-info/data" xmlns:ns6="http://www.russianpost.org/RTM/DataExchangeESPP/Data" xmlns:ns7="http://russianpost.org/operationhistory">
<ns3:OperationHistoryData><ns3:historyRecord>
 <ns3:AddressParameters><ns3:DestinationAddress><ns3:Index>630099</ns3:Index><ns3:Description>Новосибирск 99</ns3:Description></ns3:DestinationAddress>
  <ns3:OperationAddress><ns3:Index>101000</ns3:Index><ns3:Description>Москва</ns3:Description></ns3:OperationAddress>
  <ns3:MailDirect><ns3:Id>643</ns3:Id><ns3:Code2A>RU</ns3:Code2A><ns3:Code3A>RUS</ns3:Code3A><ns3:NameRU>Российская Федерация</ns3:NameRU><ns3:NameEN>Russian Federation</ns3:NameEN></ns3:MailDirect></ns3:AddressParameters>
 <ns3:FinanceParameters><ns3:Payment>150000</ns3:Payment><ns3:Value>150000</ns3:Value><ns3:MassRate>38000</ns3:MassRate><ns3:InsrRate>5400</ns3:InsrRate><ns3:AirRate>0</ns3:AirRate><ns3:Rate>0</ns3:Rate><ns3:CustomDuty>0</ns3:CustomDuty></ns3:FinanceParameters>
 <ns3:ItemParameters><ns3:Barcode>10100007000014</ns3:Barcode><ns3:ValidRuType>true</ns3:ValidRuType><ns3:ValidEnType>false</ns3:ValidEnType>
  <ns3:MailRank><ns3:Id>0</ns3:Id><ns3:Name>Без разряда</ns3:Name></ns3:MailRank><ns3:PostMark><ns3:Id>0</ns3:Id><ns3:Name>Без отметки</ns3:Name></ns3:PostMark>
  <ns3:MailType><ns3:Id>4</ns3:Id><ns3:Name>Посылка</ns3:Name></ns3:MailType><ns3:MailCtg><ns3:Id>4</ns3:Id><ns3:Name>С объявленной ценностью и наложенным платежом</ns3:Name></ns3:MailCtg><ns3:Mass>1250</ns3:Mass></ns3:ItemParameters>
 <ns3:OperationParameters><ns3:OperType><ns3:Id>1</ns3:Id><ns3:Name>Прием</ns3:Name></ns3:OperType><ns3:OperAttr><ns3:Id>2</ns3:Id><ns3:Name>Партионный</ns3:Name></ns3:OperAttr><ns3:OperDate>2025-03-14T10:15:00.000+03:00</ns3:OperDate></ns3:OperationParameters>
 <ns3:UserParameters><ns3:SendCtg><ns3:Id>5</ns3:Id><ns3:Name>Корпоративный клиент</ns3:Name></ns3:SendCtg><ns3:Sndr>ООО ПРИМЕР</ns3:Sndr><ns3:Rcpn>СИДОРОВ П П</ns3:Rcpn></ns3:UserParameters>
</ns3:historyRecord></ns3:OperationHistoryData></ns7:getOperationHistoryResponse></S:Body></S:Envelope>"#;

#[tokio::test]
async fn a_history_is_the_protocols_example() {
    let world = World::in_memory().await;
    let facts = json!({
        "destination": {"index": "630099", "description": "Новосибирск 99"}, "mail_type": 4, "mail_ctg": 4,
        "mass": 1250, "payment": 150_000, "value": 150_000, "mass_rate": 38_000, "insurance_rate": 5_400,
        "sender": "ООО ПРИМЕР", "recipient": "СИДОРОВ П П",
    });
    describe(&world, "russian_post", CODE, facts).await;
    let raw = json!({
        "type": 1, "attr": 2, "index": "101000", "description": "Москва", "date": "2025-03-14T10:15:00+03:00",
    });
    tell(&world, "russian_post", CODE, json!({"raw": raw})).await;
    let response = world
        .client()
        .post(format!("{}/russian_post/tracking/rtm34", world.base))
        .body(history_request(CONTRACT, CODE, "RUS"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "application/soap+xml; charset=utf-8");
    assert_eq!(response.text().await.unwrap(), flat(EXAMPLE));
}

#[tokio::test]
async fn what_nobody_said_is_left_out() {
    let world = World::in_memory().await;
    let raw = json!({"type": 999, "attr": 5, "index": "630099", "date": "2025-03-18T08:40:00"});
    tell(&world, "russian_post", CODE, json!({"raw": raw})).await;
    tell(&world, "russian_post", CODE, json!({"raw": {"type": 8}, "at": "2025-03-17T00:00:00Z"})).await;
    let text = history(&world, CODE).await;
    assert_eq!(operations(&text), [(8, 0), (999, 5)], "in the order in which things happened");
    for missing in ["FinanceParameters", "UserParameters", "DestinationAddress", "MailType", "Mass"] {
        assert!(!text.contains(missing), "{missing}");
    }
    assert!(
        text.contains("<ns3:OperType><ns3:Id>999</ns3:Id></ns3:OperType>"),
        "an unknown type has no name"
    );
    assert!(text.contains("<ns3:OperAttr><ns3:Id>0</ns3:Id></ns3:OperAttr>"), "attribute 0 has none either");
    assert!(
        text.contains("<ns3:OperDate>2025-03-18T08:40:00.000+07:00</ns3:OperDate>"),
        "local time of the office"
    );
}

#[tokio::test]
async fn words_become_the_operators_codes() {
    let world = World::in_memory().await;
    for (word, codes) in [
        ("registered", (28, 0)),
        ("accepted", (1, 2)),
        ("left_sorting_centre", (8, 4)),
        ("arrived", (8, 2)),
        ("storage_expiring", (8, 42)),
        ("storage_expired", (8, 40)),
        ("returning", (3, 1)),
        ("returned", (2, 2)),
        ("delivered", (2, 1)),
        ("lost", (18, 0)),
    ] {
        let told =
            tell(&world, "russian_post", CODE, json!({"status": word, "office": "630099 Новосибирск 99"}))
                .await;
        assert_eq!((&told["type"], &told["attr"]), (&json!(codes.0), &json!(codes.1)), "{word}");
        assert_eq!(told["index"], "630099");
        assert_eq!(operations(&history(&world, CODE).await).last(), Some(&codes));
    }
    let path = format!("/_local/simulators/russian_post/parcels/{CODE}/events");
    for wrong in [json!({"status": "flown"}), json!({}), json!({"raw": {"attr": 2}}), json!({"raw": 8})] {
        assert_eq!(world.post(&path, &wrong).await.0, 422, "{wrong}");
    }
    let path = "/_local/simulators/russian_post/parcels/123/events";
    assert_eq!(world.post(path, &json!({"status": "arrived"})).await.0, 404);
}

#[tokio::test]
async fn an_unknown_number_has_an_empty_list_or_a_fault() {
    let world = World::in_memory().await;
    // The documentation's own samples have wrong check digits.
    for code in [CODE, "45008378901234", "RA644000001RU"] {
        assert!(history(&world, code).await.contains("<ns3:OperationHistoryData/>"));
    }
    switch(&world, "russian_post", json!({"unknown": "fault"})).await;
    let (status, text) = rtm34(&world, history_request(CONTRACT, CODE, "RUS")).await.unwrap();
    assert!(status == 500 && text.contains("OperationHistoryFaultReason"), "{text}");
}

#[tokio::test]
async fn faults_name_what_is_wrong() {
    let world = World::in_memory().await;
    let fault = async |message: String| {
        let (status, text) = rtm34(&world, message).await.unwrap();
        assert_eq!(status, 500, "{text}");
        assert!(text.contains("<S:Value>S:"), "{text}");
        text
    };
    let text = fault(history_request("demo-track wrong", CODE, "RUS")).await;
    assert!(text.contains(
        "<ns3:AuthorizationFaultReason xmlns:ns3=\"http://russianpost.org/operationhistory/data\">"
    ));
    let text = fault(history_request(CONTRACT, "1", "RUS")).await;
    assert!(text.contains(">Формат данных запроса не соответствует установленному в регламенте обмена</ns3:OperationHistoryFaultReason>"));
    let text = fault(history_request(CONTRACT, "80A82240994512", "ENG")).await;
    assert!(text.contains(">The format of the request data is invalid</ns3:OperationHistoryFaultReason>"));
    assert!(fault(history_request(CONTRACT, CODE, "DEU")).await.contains("LanguageFaultReason"));
    let unsigned = soap12("<oper:getOperationHistory/>");
    assert!(fault(unsigned).await.contains("AuthorizationFaultReason"));
    assert!(fault(soap12("<oper:getLanguages/>")).await.contains("S:Sender"));
    assert!(fault("no message".to_owned()).await.contains("S:Sender"));
    let old = history_request(CONTRACT, CODE, "RUS")
        .replace("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/");
    assert!(fault(old).await.contains("S:VersionMismatch"));
    let get = world.client().get(format!("{}/russian_post/tracking/rtm34", world.base)).send().await.unwrap();
    assert_eq!(get.status(), 405);
}

#[tokio::test]
async fn a_client_without_a_contract_has_a_hundred_calls_until_midnight_in_moscow() {
    let world = World::in_memory().await;
    set_clock(&world, "2190-01-01T20:00:00Z").await;
    let ask = async || rtm34(&world, history_request("single-track single-pass", CODE, "RUS")).await.unwrap();
    for call in 0..100 {
        assert_eq!(ask().await.0, 200, "{call}");
    }
    let (status, text) = ask().await;
    let wanted = flat(
        r#"<S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body><S:Fault><S:Code><S:Value>S:Receiver</S:Value></S:Code>
<S:Reason><S:Text xml:lang="ru">Ошибка авторизации</S:Text></S:Reason>
<S:Detail><ns3:AuthorizationFaultReason xmlns:ns3="http://russianpost.org/operationhistory/data">Превышен лимит количества запросов</ns3:AuthorizationFaultReason></S:Detail></S:Fault></S:Body></S:Envelope>"#,
    );
    assert_eq!((status, text), (500, wanted));
    let usage = world.ledger("russian_post").await["usage"].clone();
    assert_eq!((&usage[0]["used"], &usage[0]["refused"]), (&json!(100), &json!(1)));
    assert_eq!((&usage[0]["account"], &usage[0]["day"]), (&json!("single-track"), &json!("2190-01-01")));
    assert!(history(&world, CODE).await.contains("OperationHistoryData"), "a contract has no limit");
    set_clock(&world, "2190-01-01T20:58:00Z").await;
    assert_eq!(ask().await.0, 500);
    set_clock(&world, "2190-01-01T21:00:01Z").await;
    assert_eq!(ask().await.0, 200);
}

#[tokio::test]
async fn a_quota_can_be_set_and_a_wrong_login_does_not_use_it() {
    let world = World::in_memory().await;
    client(&world, json!({"login": "few", "password": "calls", "daily_calls": 2})).await;
    for login in ["few wrong", "few calls", "few calls", "few calls"] {
        rtm34(&world, history_request(login, CODE, "RUS")).await.unwrap();
    }
    let usage = world.ledger("russian_post_tracking").await["usage"].clone();
    assert_eq!((&usage[0]["used"], &usage[0]["refused"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn money_orders_are_the_protocols_example() {
    let world = World::in_memory().await;
    let ask = async |login: &str, code: &str| {
        let body = format!(
            "<oper:PostalOrderEventsForMail>{}<d1:PostalOrderEventsForMailInput Barcode=\"{code}\" \
             Language=\"RUS\"/></oper:PostalOrderEventsForMail>",
            authorization(login)
        );
        rtm34(&world, soap12(&body)).await.unwrap()
    };
    let (_, text) = ask(CONTRACT, CODE).await;
    assert!(text.contains("Data\"></ns6:PostalOrderEventsForMaiOutput>"), "no COD, nothing in it: {text}");
    let order = json!({
        "type": 1, "number": "40517", "at": "2025-03-20T15:04:37+03:00", "index_to": "101000",
        "index_event": "630099", "sum": 150_000,
    });
    let path = format!("/_local/simulators/russian_post/parcels/{CODE}/money_orders");
    assert_eq!(world.post(&path, &order).await.0, 200);
    let (status, text) = ask(CONTRACT, CODE).await;
    let wanted = flat(
        r#"<ns6:PostalOrderEventsForMaiOutput xmlns:ns6="http://www.russianpost.org/RTM/DataExchangeESPP/Data">
 <PostalOrderEvent Number="40517" EventDateTime="2025-03-20T15:04:37.000+03:00" EventType="1" EventName="Приём" IndexTo="101000" IndexEvent="630099" SumPaymentForward="150000" CountryEventCode="RU" CountryToCode="RU"/></ns6:PostalOrderEventsForMaiOutput>"#,
    );
    assert!(status == 200 && text.contains(&wanted), "{text}");
    let (status, text) = ask("demo-track wrong", CODE).await;
    assert!(
        status == 500 && text.contains("PostalOrderEventsForMailError ErrorID=\"InvalidLoginOrPassword\"")
    );
    assert!(ask(CONTRACT, "").await.1.contains("BarcodeIsNull"));
}

#[tokio::test]
async fn a_renumbered_item_is_found_by_both_numbers() {
    let world = World::in_memory().await;
    let new = "80082240994512";
    tell(&world, "russian_post", CODE, json!({"status": "accepted", "at": "2025-03-14T07:15:00Z"})).await;
    let raw = json!({"type": 8, "attr": 26, "index": "101000", "barcode": new});
    tell(&world, "russian_post", CODE, json!({"raw": raw, "at": "2025-03-15T07:15:00Z"})).await;
    tell(&world, "russian_post", new, json!({"status": "arrived", "at": "2025-03-16T07:15:00Z"})).await;
    let text = history(&world, CODE).await;
    assert_eq!(operations(&text), [(1, 2), (8, 26), (8, 2)]);
    let codes: Vec<_> =
        text.split("<ns3:Barcode>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    assert_eq!(codes, [CODE, new, new]);
    assert_eq!(history(&world, new).await, text);
}

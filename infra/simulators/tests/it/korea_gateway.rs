//! Korea Post behind the public-data gateway.

use serde_json::json;

use crate::posts::{SERVICE_KEY, describe, flat, gateway, get, tell};
use crate::support::{World, tag};

const CODE: &str = "6012300045678";

/// The protocol's own example, as far as it does not depend on the time of asking.
const EXAMPLE: &str = r#"<trackInfo>
    <regiNo>6012300045678</regiNo>
    <senderName>홍*동</senderName><senderData>2025-01-02</senderData>
    <receiveName>김*수</receiveName><receiveDate>2025-01-03</receiveDate>
    <trackState>배달완료</trackState><expressType></expressType>
    <detaileTrackList><sortNo>0</sortNo><date>2025-01-02</date><time>13:47</time>
      <statue>접수 </statue><location>서울중앙우체국</location><remark></remark></detaileTrackList>"#;

async fn travelled(world: &World) {
    for (status, office, at) in [
        ("접수", "서울중앙우체국", "2025-01-02T13:47:00"),
        ("배달준비", "서울강남", "2025-01-03T09:10:00"),
        ("배달완료", "서울강남", "2025-01-03T18:00:00"),
    ] {
        let raw = json!({"status": status, "office": office, "at": at});
        tell(world, "korea_post", CODE, json!({"raw": raw})).await;
    }
}

#[tokio::test]
async fn the_combined_list_is_the_protocols_example() {
    let world = World::in_memory().await;
    travelled(&world).await;
    let (status, text) = gateway(&world, "Combined", SERVICE_KEY, CODE).await;
    assert_eq!(status, 200);
    assert!(text.contains(&flat(EXAMPLE)), "{text}");
    let head = format!("<response><header><requestRegiNo>{CODE}</requestRegiNo><responseTime>");
    assert!(text.starts_with(&head), "{text}");
    assert!(text.contains("<successYN>Y</successYN><errorMessage></errorMessage></header>"), "{text}");
    let missing = gateway(&world, "Combined", SERVICE_KEY, "6012300045679").await.1;
    assert!(missing.contains("<successYN>N</successYN>") && !missing.contains("trackInfo"), "{missing}");
    tell(&world, "korea_post", CODE, json!({"status": "delivery_failed"})).await;
    let (_, text) = gateway(&world, "Combined", SERVICE_KEY, CODE).await;
    assert!(text.contains("<statue>미배달\n(폐문부재)</statue>"), "{text}");
    let ems = "EG123456785KR";
    tell(&world, "korea_post", ems, json!({"status": "accepted"})).await;
    let (_, text) = gateway(&world, "Combined", SERVICE_KEY, ems).await;
    assert_eq!(tag(&text, "expressType"), "EMS");
}

#[tokio::test]
async fn the_domestic_list_has_its_names_and_dates() {
    let world = World::in_memory().await;
    describe(&world, "korea_post", CODE, json!({"mail_type": "통상"})).await;
    travelled(&world).await;
    let (_, text) = gateway(&world, "Domestic", SERVICE_KEY, CODE).await;
    assert!(
        text.starts_with("<LongitudinalDomesticListResponse><cmmMsgHeader><requestMsgId/><responseMsgId/>"),
        "{text}"
    );
    assert!(
        text.contains("<successYN>Y</successYN><returnCode>00</returnCode><errMsg/></cmmMsgHeader>"),
        "{text}"
    );
    let rows = "<addrseNm>김*수</addrseNm><applcntNm>홍*동</applcntNm><dlvyDe>2025-01-03 18:00</dlvyDe>\
                <dlvySttus>배달완료</dlvySttus><longitudinalDomesticList><dlvyDate>2025-01-02</dlvyDate>\
                <dlvyTime>13:47</dlvyTime><nowLc>서울중앙우체국</nowLc><processSttus>접수</processSttus>\
                <detailDc/></longitudinalDomesticList>";
    assert!(text.contains(rows), "{text}");
    let end = "<detailDc>배달(수령인:김*수 - 본인)</detailDc></longitudinalDomesticList><pstmtrKnd>통상</pstmtrKnd>\
               <rgist>6012300045678</rgist><trtmntSe>익일특급</trtmntSe></LongitudinalDomesticListResponse>";
    assert!(text.ends_with(end), "{text}");
    let time = tag(&text, "responseTime");
    assert!(time.len() == 18 && time.as_bytes()[8] == b':', "{time}");
    let (_, text) = gateway(&world, "Domestic", SERVICE_KEY, "6012300045679").await;
    assert_eq!((tag(&text, "successYN"), tag(&text, "rgist")), ("N".to_owned(), "6012300045679".to_owned()));
}

#[tokio::test]
async fn the_gateway_fails_before_any_service() {
    let world = World::in_memory().await;
    travelled(&world).await;
    let reason = |text: &str| tag(text, "returnReasonCode").parse::<u16>().unwrap();
    let key = "demo+Service/Key==";
    let put = async |change: serde_json::Value| {
        let mut wanted = json!({"key": key, "service": "gateway"});
        wanted.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(world.post("/_local/simulators/korea_post/keys", &wanted).await.0, 201);
    };
    for (given, code) in [
        ("nobody", 30),
        // Encoded twice, and not at all: a plus sign is a blank.
        ("demo%252BService%252FKey%253D%253D", 30),
        ("demo+Service/Key==", 30),
        ("demotracekey000000000000000001", 30),
    ] {
        let (status, text) = gateway(&world, "Combined", given, CODE).await;
        assert_eq!((status, reason(&text)), (200, code), "{text}");
    }
    assert_eq!(reason(&gateway(&world, "Domestic", SERVICE_KEY, "").await.1), 10);
    let elsewhere = format!("/korea_post/trace/trace/retrieveNothing/getNothing?ServiceKey={SERVICE_KEY}");
    assert_eq!(reason(&get(&world, &elsewhere).await.1), 12);
    put(json!({"enabled": false})).await;
    assert_eq!(reason(&gateway(&world, "Domestic", SERVICE_KEY, CODE).await.1), 20);
    put(json!({"expired": true})).await;
    assert_eq!(reason(&gateway(&world, "Domestic", SERVICE_KEY, CODE).await.1), 31);
    put(json!({"daily": 0})).await;
    let (_, text) = gateway(&world, "Domestic", SERVICE_KEY, CODE).await;
    assert_eq!(reason(&text), 22);
    assert_eq!(tag(&text, "returnAuthMsg"), "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR");
    put(json!({"daily": null})).await;
    assert_eq!(tag(&gateway(&world, "Domestic", SERVICE_KEY, CODE).await.1, "successYN"), "Y");
    world.fault("korea_post", json!({"mode": "code", "code": 32})).await;
    assert_eq!(reason(&gateway(&world, "Combined", SERVICE_KEY, CODE).await.1), 32);
    world.fault("korea_post", json!({"mode": "quota", "operation": "getLongitudinalCombinedList"})).await;
    assert_eq!(reason(&gateway(&world, "Combined", SERVICE_KEY, CODE).await.1), 22);
    world.fault("korea_post", json!({"mode": "maintenance"})).await;
    assert_eq!(gateway(&world, "Combined", SERVICE_KEY, CODE).await.0, 404);
}

//! Korea Post's KpostPortal.

use serde_json::{Value, json};

use crate::posts::{REGKEY, SERVICE_KEY, describe, get, portal, set_clock, switch, tell};
use crate::support::{World, tag};

const CODE: &str = "6012300045678";
const EMS: &str = "EG123456785KR";

async fn travelled(world: &World) {
    for (status, detail, office, at) in [
        ("접수", None, "서울중앙우체국", "2025-01-02T13:47:00"),
        ("발송", None, "동서울우편집중국", "2025-01-02T21:05:00"),
        ("배달완료", Some("본인"), "서울강남", "2025-01-03T18:00:00"),
    ] {
        let raw = json!({"status": status, "detail": detail, "office": office, "at": at});
        tell(world, "korea_post", CODE, json!({"raw": raw})).await;
    }
}

/// The texts of all elements of a name.
fn all<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(open.as_str()).skip(1).map(|rest| rest.split(close.as_str()).next().unwrap()).collect()
}

fn error(xml: &str) -> Option<&str> {
    xml.contains("<error>").then(|| all(xml, "error_code")[0])
}

#[tokio::test]
async fn a_domestic_trace_has_a_summary_and_rows() {
    let world = World::in_memory().await;
    travelled(&world).await;
    let (status, text) = portal(&world, "trace", CODE, "&showRec=Y").await;
    assert_eq!(status, 200);
    for (name, value) in [
        ("regino", CODE),
        ("sendnm", "홍*동"),
        ("recevnm", "김*수"),
        ("relationnm", "본인"),
        ("eventnm", "배달완료"),
        ("eventymd", "2025.01.03"),
        ("eventhms", "18:00"),
        ("eventregiponm", "서울강남"),
        ("delivrsltnm", "배달완료"),
    ] {
        assert_eq!(tag(&text, name), value, "{text}");
    }
    assert_eq!(all(&text, "tracestatus"), ["접수", "발송", "배달완료"]);
    assert_eq!(all(&text, "sortingdate"), ["2025.01.02", "2025.01.02", "2025.01.03"]);
    let (_, text) = portal(&world, "trace", CODE, "").await;
    assert_eq!(all(&text, "tracestatus"), ["발송", "배달완료"], "the acceptance only if asked for");
    switch(&world, "korea_post", json!({"hide_acceptance": false})).await;
    let (_, text) = portal(&world, "trace", CODE, "&showRec=N").await;
    assert_eq!(all(&text, "tracestatus").len(), 3);
}

#[tokio::test]
async fn a_form_is_as_good_as_a_query() {
    let world = World::in_memory().await;
    travelled(&world).await;
    let url = format!("{}/korea_post/trace/KpostPortal/openapi2", world.base);
    let form = [("regkey", REGKEY), ("target", "trace"), ("query", CODE)];
    let text = world.client().post(url).form(&form).send().await.unwrap().text().await.unwrap();
    assert_eq!(tag(&text, "regino"), CODE);
    let calls = world.ledger("korea_post").await["calls"].clone();
    assert_eq!((&calls[0]["operation"], &calls[0]["answered"]), (&json!("trace"), &json!(1)));
}

#[tokio::test]
async fn the_shapes_that_have_been_seen_can_be_had() {
    let world = World::in_memory().await;
    travelled(&world).await;
    switch(&world, "korea_post", json!({"eventhms": "timestamp", "cdata": true})).await;
    let (_, text) = portal(&world, "trace", CODE, "").await;
    assert!(text.contains("<eventhms><![CDATA[20250103180000 ]]></eventhms>"), "{text}");
    assert!(text.contains("<tracestatus><![CDATA[발송 ]]></tracestatus>"), "{text}");
    switch(&world, "korea_post", json!({"euc_kr": true})).await;
    let bytes = |flavour: &str| {
        let url = format!(
            "{}/korea_post/trace/KpostPortal/{flavour}?regkey={REGKEY}&target=trace&query={CODE}",
            world.base
        );
        let request = world.client().get(url);
        async move {
            let response = request.send().await.unwrap();
            let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
            (kind, response.bytes().await.unwrap())
        }
    };
    let (kind, old) = bytes("openapi").await;
    assert_eq!(kind, "text/xml; charset=euc-kr");
    assert!(old.starts_with(b"<?xml version=\"1.0\" encoding=\"EUC-KR\"?>"));
    assert!(old.windows(4).any(|part| part == [0xB9, 0xDF, 0xBC, 0xDB]), "발송 in EUC-KR");
    let (kind, new) = bytes("openapi2").await;
    assert_eq!(kind, "text/xml; charset=utf-8");
    assert!(std::str::from_utf8(&new).unwrap().contains("발송"));
}

#[tokio::test]
async fn international_rows_have_shapes_of_their_own() {
    let world = World::in_memory().await;
    for word in ["accepted", "exported", "imported", "delivered"] {
        tell(
            &world,
            "korea_post",
            EMS,
            json!({"status": word, "at": "2025-01-03T09:00:00Z", "office": "국제우편물류센터"}),
        )
        .await;
    }
    let (_, text) = portal(&world, "emsTrace", EMS, "&showRec=Y").await;
    assert_eq!(
        all(&text, "eventnm")[1..],
        ["접수", "발송준비", "교환국 도착", "배달완료"],
        "the summary's first"
    );
    assert_eq!(all(&text, "upucd"), ["A", "C", "D", "I"]);
    assert_eq!(all(&text, "sortingdate")[0], "20250103180000      ", "fourteen digits and blanks");
    assert!(!text.contains("tracestatus") && text.contains("<sendernm>홍*동</sendernm>"), "{text}");
    let (_, text) = portal(&world, "emsEngTrace", EMS, "&showRec=Y").await;
    assert_eq!(
        all(&text, "eventnm")[1..],
        ["Posted", "Departed from export office", "Arrived at import office", "Delivered"]
    );
    switch(&world, "korea_post", json!({"ems_rows": "trace"})).await;
    let (_, text) = portal(&world, "emsTrace", EMS, "&showRec=Y").await;
    assert_eq!(all(&text, "tracestatus"), ["접수", "발송준비", "교환국 도착", "배달완료"]);
}

#[tokio::test]
async fn a_missed_delivery_says_why() {
    let world = World::in_memory().await;
    tell(&world, "korea_post", CODE, json!({"status": "delivery_failed"})).await;
    let (_, text) = portal(&world, "trace", CODE, "").await;
    assert_eq!(
        (tag(&text, "eventnm"), tag(&text, "nondelivreasnnm")),
        ("미배달".to_owned(), "폐문부재".to_owned())
    );
}

#[tokio::test]
async fn errors_have_their_codes() {
    let world = World::in_memory().await;
    describe(&world, "korea_post", CODE, json!({"receiver": "이*영"})).await;
    let ask =
        async |query: &str| get(&world, &format!("/korea_post/trace/KpostPortal/openapi?{query}")).await;
    for (query, code) in [
        (format!("regkey={REGKEY}&target=trace&query={CODE}"), "ERR-001"),
        (format!("regkey={REGKEY}&target=emsTrace&query={EMS}"), "ERR-001"),
        (format!("regkey=nobody&target=trace&query={CODE}"), "ERR-123"),
        (format!("regkey=demotracekey000000000000000002&target=trace&query={CODE}"), "ERR-123"),
        (format!("regkey={REGKEY}&target=trace&query="), "ERR-125"),
        (format!("regkey={REGKEY}&target=emsTrace&query={CODE}"), "ERR-125"),
        (format!("regkey={REGKEY}&target=postNew&query=12345"), "ERR-125"),
        (format!("regkey={REGKEY}&target=trace&query=123"), "ERR-321"),
        (format!("regkey={REGKEY}&target=trace&query={EMS}"), "ERR-321"),
    ] {
        let (status, text) = ask(&query).await;
        assert_eq!((status, error(&text)), (200, Some(code)), "{query}: {text}");
    }
    // A waybill that was only accepted shows nothing to those who do not ask for the record.
    tell(&world, "korea_post", CODE, json!({"status": "accepted"})).await;
    assert_eq!(error(&portal(&world, "trace", CODE, "").await.1), Some("ERR-001"));
    assert_eq!(tag(&portal(&world, "trace", CODE, "&showRec=Y").await.1, "recevnm"), "이*영");
    assert_eq!(get(&world, "/korea_post/trace/elsewhere").await.0, 404);
}

#[tokio::test]
async fn delivery_areas_are_told_by_postal_code() {
    let world = World::in_memory().await;
    let (_, text) = portal(&world, "delivArea", "", "&zip=41585&addr=&mdiv=1&option=001").await;
    assert_eq!((tag(&text, "arrCnpoNm"), tag(&text, "delivAreaCd")), ("대구M".to_owned(), "585".to_owned()));
    assert_eq!(tag(&text, "printAreaCd").split(' ').count(), 4);
    assert!(!portal(&world, "delivArea", "", "&zip=41585").await.1.contains("printAreaCd"));
    assert_eq!(error(&portal(&world, "delivArea", "", "&zip=99999").await.1), Some("ERR-125"));
    let service =
        "/korea_post/trace/postal/retrieveDelivAreaCdService/retrieveDelivAreaCdService/getDelivAreaCd/";
    let ask = async |key: &str| get(&world, &format!("{service}?serviceKey={key}&zip=41585")).await.1;
    assert_eq!(tag(&ask(SERVICE_KEY).await, "delivPoNm"), "동대구");
    assert!(ask("nobody").await.contains("<returnReasonCode>30<"));
}

#[tokio::test]
async fn the_hubs_key_has_a_daily_quota_until_midnight_in_korea() {
    let world = World::in_memory().await;
    travelled(&world).await;
    let keys = world.get("/_local/simulators/korea_post/keys").await["items"].clone();
    let first = keys.as_array().unwrap().iter().find(|key| key["key"] == REGKEY).unwrap().clone();
    assert_eq!((&first["owner"], &first["daily"]), (&json!("hub"), &json!(10_000)));
    let few = json!({"key": REGKEY, "service": "portal", "daily": 2});
    assert_eq!(world.post("/_local/simulators/korea_post/keys", &few).await.0, 201);
    set_clock(&world, "2190-01-01T14:50:00Z").await;
    let ask = async || error(&portal(&world, "trace", CODE, "").await.1).map(str::to_owned);
    assert_eq!((ask().await, ask().await, ask().await), (None, None, Some("ERR-131".to_owned())));
    let usage = world.ledger("korea_post").await["usage"].clone();
    assert_eq!(
        (&usage[0]["service"], &usage[0]["used"], &usage[0]["refused"]),
        (&json!("portal"), &json!(2), &json!(1))
    );
    set_clock(&world, "2190-01-01T15:00:01Z").await;
    assert_eq!(ask().await, None);
}

#[tokio::test]
async fn the_portal_goes_wrong_in_its_own_words() {
    let world = World::in_memory().await;
    travelled(&world).await;
    let ask = async |fault: Value| {
        world.fault("korea_post_trace", fault).await;
        portal(&world, "trace", CODE, "").await
    };
    let (status, page) = ask(json!({"mode": "maintenance", "operation": "trace"})).await;
    assert!(status == 404 && page.contains("<title>작업 안내</title>"), "{page}");
    assert_eq!(error(&ask(json!({"mode": "quota"})).await.1), Some("ERR-131"));
    assert_eq!(error(&ask(json!({"mode": "code", "code": 1})).await.1), Some("ERR-001"));
    assert_eq!(ask(json!({"mode": "http_500"})).await.0, 500);
    let (status, text) = ask(json!({"mode": "malformed"})).await;
    assert!(status == 200 && !text.ends_with("</trace>"), "{text}");
    assert!(ask(json!({"mode": "wrong_type"})).await.1.contains("하나"));
    let calls = world.ledger("korea_post").await["calls"].clone();
    assert_eq!(
        (&calls[0]["operation"], &calls[0]["received"], &calls[0]["executed"]),
        (&json!("trace"), &json!(6), &json!(2))
    );
}

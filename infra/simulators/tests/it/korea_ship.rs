//! Korea Post's contract parcels.

use serde_json::json;

use crate::posts::{portal, set_clock, tell};
use crate::ship::{
    APPROVAL, CUSTOMER, KEY, SECURITY_KEY, ask, cancel, code, error, leaf, leaves, look_up, order, sealed,
    send,
};
use crate::support::{TempFile, World};

const SYSTEM: &str = "korea_post_ship";

async fn switch(world: &World, change: serde_json::Value) {
    let (status, answer) = world.post("/_local/simulators/korea_post_ship/settings", &change).await;
    assert_eq!(status, 200, "{answer}");
}

/// Fields and what they are set to.
type Changes<'a> = &'a [(&'a str, &'a str)];

async fn insert(world: &World, changes: Changes<'_>) -> String {
    ask(world, "InsertOrder", &order(changes)).await
}

#[tokio::test]
async fn an_order_gets_its_numbers_and_is_known_to_the_trace() {
    let world = World::in_memory().await;
    set_clock(&world, "2190-01-02T15:30:15Z").await;
    let reply = insert(&world, &[]).await;
    let regi_no = leaf(&reply, "regiNo");
    assert!(regi_no.len() == 13 && regi_no.starts_with('6'), "{reply}");
    let (req_no, res_no) = (leaf(&reply, "reqNo"), leaf(&reply, "resNo"));
    // Half past midnight in Korea: the next day.
    assert!(req_no.len() == 18 && req_no.starts_with("21900103"), "{reply}");
    assert!(res_no.len() == 16 && res_no.starts_with("21900103"), "{reply}");
    assert!(leaf(&reply, "resDate").starts_with("2190010300301"), "{reply}");
    assert_eq!((leaf(&reply, "price"), leaf(&reply, "orderNo")), ("4000".to_owned(), "HUB-1".to_owned()));
    assert_eq!(leaf(&reply, "regiPoNm"), "서울중앙우체국");
    let second = insert(&world, &[("orderNo", "HUB-2"), ("recZip", "63000")]).await;
    assert_eq!(leaf(&second, "resNo"), res_no, "one of a customer's day");
    assert_ne!(leaf(&second, "reqNo"), req_no);
    assert_eq!(leaf(&second, "price"), "6500");

    assert!(portal(&world, "trace", &regi_no, "&showRec=Y").await.1.contains("ERR-001"), "nobody scanned it");
    tell(&world, "korea_post", &regi_no, json!({"status": "accepted"})).await;
    let trace = portal(&world, "trace", &regi_no, "&showRec=Y").await.1;
    assert!(trace.contains("홍*동") && trace.contains("접수"), "{trace}");
    let known = world.get(&format!("/_local/simulators/korea_post/parcels/{regi_no}")).await;
    assert_eq!((&known["our_id"], &known["state"]), (&json!("HUB-1"), &json!("live")));
    let rows = world.entries(SYSTEM, "parcel").await;
    assert_eq!((rows.len(), &rows[0]["its_id"], &rows[0]["our_id"]), (2, &json!(regi_no), &json!("HUB-1")));
    assert_eq!((&rows[0]["account"], &rows[0]["recipient"]["name"]), (&json!(CUSTOMER), &json!("홍길동")));
    assert_eq!((&rows[0]["bodies_received"], &rows[0]["cancelled_at"]), (&json!(1), &json!(null)));
}

#[tokio::test]
async fn a_query_is_as_good_as_a_form() {
    let world = World::in_memory().await;
    let data = sealed(&order(&[("recZip", "41585")]), SECURITY_KEY);
    let url = format!(
        "{}/korea_post/ship/api.InsertOrder.jparcel?key={KEY}&regData={data}&option=001&testYn=Y",
        world.base
    );
    let reply = world.client().get(&url).send().await.unwrap().text().await.unwrap();
    assert_eq!(leaf(&reply, "regiNo"), "TESTREGINOAPI");
    assert_eq!(
        (leaf(&reply, "arrCnpoNm"), leaf(&reply, "delivAreaCd"), leaf(&reply, "refineZip")),
        ("대구M".to_owned(), "585".to_owned(), "41585".to_owned())
    );
    assert_eq!(
        (world.entries(SYSTEM, "parcel").await.len(), world.entries(SYSTEM, "test_parcel").await.len()),
        (0, 1)
    );
    let day = &leaf(&reply, "reqNo")[..8];
    assert_eq!(leaf(&look_up(&world, "HUB-1", day).await, "regiNo"), "TESTREGINOAPI");
    let wrong = world.client().get(&url).header("host", "biz.epost.go.kr").send().await.unwrap();
    assert_eq!((wrong.status().as_u16(), wrong.headers().contains_key("location")), (307, true));
    switch(&world, json!({"redirect_wrong_host": false})).await;
    let wrong = world.client().get(&url).header("host", "biz.epost.go.kr").send().await.unwrap();
    assert_eq!(wrong.status(), 200);
}

#[tokio::test]
async fn orders_are_checked_in_the_services_order() {
    let world = World::in_memory().await;
    let cases: [(Changes<'_>, &str, &str); 27] = [
        (&[("apprNo", "")], "ERR-311", "apprNo"),
        (&[("recAddr2", "")], "ERR-311", "recAddr2"),
        (&[("recTel", ""), ("recMob", "")], "ERR-311", "recTel"),
        (&[("goodsNm", ""), ("contCd", "999")], "ERR-311", "goodsNm"),
        (&[("insuYn", "Y")], "ERR-311", "insuAmt"),
        (&[("reqType", "2")], "ERR-311", "ordZip"),
        (&[("recTel", "010-0000-0000")], "ERR-522", "recTel"),
        (&[("recMob", "12345678")], "ERR-522", "recMob"),
        (&[("ordMob", "x")], "ERR-522", "ordMob"),
        (&[("recZip", "123456")], "ERR-522", "recZip"),
        (&[("orderNo", "HUB 1")], "ERR-522", "orderNo"),
        (&[("orderNo", &"a".repeat(51))], "ERR-522", "orderNo"),
        (&[("weight", "2.5"), ("contCd", "999")], "ERR-522", "weight"),
        (&[("custNo", "12345")], "ERR-123", "custNo"),
        (&[("contCd", "020")], "ERR-523", "contCd"),
        (&[("contCd", "30")], "ERR-523", "contCd"),
        (&[("payType", "3")], "ERR-523", "payType"),
        (&[("microYn", "y")], "ERR-523", "microYn"),
        (&[("weight", "31")], "ERR-522", "weight"),
        (&[("volume", "161")], "ERR-522", "volume"),
        (&[("weight", "0")], "ERR-522", "weight"),
        (&[("microYn", "Y"), ("weight", "3"), ("apprNo", "1234567891")], "ERR-522", "weight"),
        (&[("microYn", "Y")], "ERR-523", "apprNo"),
        (&[("apprNo", "1234567892")], "ERR-523", "apprNo"),
        (&[("apprNo", "0000000000")], "ERR-523", "apprNo"),
        (&[("officeSer", "99")], "ERR-523", "officeSer"),
        (&[("recZip", "23100")], "ERR-523", "recZip"),
    ];
    for (changes, wanted, about) in cases {
        let reply = insert(&world, changes).await;
        assert_eq!(error(&reply), Some((wanted.to_owned(), about.to_owned())), "{changes:?}");
    }
    assert_eq!(world.entries(SYSTEM, "parcel").await.len(), 0);
    let back = [
        ("reqType", "2"),
        ("ordZip", "04526"),
        ("ordAddr1", "서울특별시 중구 보기로 1"),
        ("retReason", "변심"),
        ("retVisitYmd", "20250103"),
    ];
    let with = |detail: &'static str| [&back[..], &[("recAddr2", detail)]].concat();
    assert_eq!(error(&insert(&world, &with("3층")).await).unwrap().1, "recAddr2");
    assert_eq!(error(&insert(&world, &with("제3층")).await), None);
    switch(&world, json!({"refuse_stopped": false, "codes": {"limit": "ERR-777"}})).await;
    let reply = insert(&world, &[("recZip", "23100"), ("orderNo", "HUB-2")]).await;
    assert_eq!(leaf(&reply, "notifyMsg"), "배달중지지역");
    assert_eq!(code(&insert(&world, &[("weight", "31")]).await).unwrap(), "ERR-777");
}

#[tokio::test]
async fn keys_open_their_own_doors_only() {
    let world = World::in_memory().await;
    let call = async |form: &[(&str, &str)]| {
        let url = format!("{}/korea_post/ship/api.GetApprNo.jparcel", world.base);
        world.client().post(url).form(form).send().await.unwrap().text().await.unwrap()
    };
    let plain = format!("custNo={CUSTOMER}");
    let (good, other) = (sealed(&plain, SECURITY_KEY), sealed(&plain, "otherSecurityKey2"));
    for (form, wanted) in [
        (vec![("regData", good.as_str())], "ERR-111"),
        (vec![("key", KEY)], "ERR-111"),
        (vec![("key", "nobody"), ("regData", good.as_str())], "ERR-511"),
        (vec![("key", KEY), ("regData", other.as_str())], "ERR-511"),
        (vec![("key", KEY), ("regData", "zz")], "ERR-511"),
        (vec![("key", "demoshipkey0000000000000000002"), ("regData", other.as_str())], "ERR-123"),
    ] {
        assert_eq!(code(&call(&form).await).as_deref(), Some(wanted), "{form:?}");
    }
    let lapsed = sealed("custNo=0005550000", "lapsedSecurityKey");
    let reply = call(&[("key", "demoshipkey0000000000000000003"), ("regData", &lapsed)]).await;
    assert!(code(&reply).as_deref() == Some("ERR-511") && reply.contains("보안키"), "{reply}");
    let few = json!({
        "key": "k".repeat(30), "security_key": "invented-security-key", "member_id": "few", "cust_no": "0009990000",
        "contracts": [{"appr_no": "9990000000"}], "daily": 1,
    });
    assert_eq!(world.post("/_local/simulators/korea_post_ship/accounts", &few).await.0, 201);
    let data = sealed("custNo=0009990000", "invented-security-key");
    let key = "k".repeat(30);
    assert_eq!(leaf(&call(&[("key", &key), ("regData", &data)]).await, "apprNo"), "9990000000");
    assert_eq!(code(&call(&[("key", &key), ("regData", &data)]).await).as_deref(), Some("ERR-131"));
    let short =
        json!({"key": "x", "security_key": "short", "member_id": "x", "cust_no": "1", "contracts": []});
    assert_eq!(world.post("/_local/simulators/korea_post_ship/accounts", &short).await.0, 422);
}

#[tokio::test]
async fn a_security_key_left_alone_for_a_month_lapses() {
    let world = World::in_memory().await;
    let plain = format!("custNo={CUSTOMER}");
    let ask = async || code(&ask(&world, "GetApprNo", &plain).await);
    assert_eq!(ask().await, None);
    world.advance("720h").await;
    assert_eq!(ask().await, None, "thirty days");
    world.advance("744h").await;
    assert_eq!(ask().await.as_deref(), Some("ERR-511"), "thirty-one days");
    switch(&world, json!({"key_idle_days": 40})).await;
    assert_eq!(ask().await, None);
}

#[tokio::test]
async fn contracts_offices_and_areas_are_told() {
    let world = World::in_memory().await;
    assert_eq!(leaf(&ask(&world, "GetCustNo", "memberID=demo-mall").await, "custNo"), CUSTOMER);
    assert_eq!(code(&ask(&world, "GetCustNo", "memberID=nobody").await).as_deref(), Some("ERR-123"));
    let all = ask(&world, "GetApprNo", &format!("custNo={CUSTOMER}")).await;
    assert_eq!(leaves(&all, "apprNo").len(), 3);
    assert_eq!(
        (leaves(&all, "payTypeCd")[0].as_str(), leaves(&all, "payTypeNm")[1].as_str()),
        ("12", "즉납")
    );
    let approved = ask(&world, "GetApprNo", &format!("custNo={CUSTOMER}&statusCd=1")).await;
    assert_eq!(leaves(&approved, "apprNo"), [APPROVAL, "1234567891"]);

    let office = "officeSer=02&officeNm=부산창고&officeZip=46000&officeAddr1=부산광역시 보기로 2&officeAddr2=.\
                  &officeTelno=0510000000&contactNm=담당&officeDivCd=4";
    let office = format!("custNo={CUSTOMER}&{office}");
    let made = ask(&world, "InsertOffice", &office).await;
    assert_eq!((leaf(&made, "officeSer"), leaf(&made, "chkResult")), ("02".to_owned(), "Y".to_owned()));
    assert_eq!(
        error(&ask(&world, "InsertOffice", &office).await).unwrap(),
        ("ERR-226".to_owned(), "officeSer".to_owned())
    );
    let offices = async |division: &str| {
        let plain = format!("custNo={CUSTOMER}&officeDivReqCd={division}");
        leaves(&ask(&world, "GetOfficeInfo", &plain).await, "officeSer")
    };
    assert_eq!(
        (offices("7").await, offices("2").await),
        (vec!["01".to_owned(), "02".to_owned()], vec!["01".to_owned()])
    );
    assert_eq!(leaf(&insert(&world, &[("officeSer", "02")]).await, "orderNo"), "HUB-1");
    assert_eq!(world.entries(SYSTEM, "office").await.len(), 1);

    let zip = async |zip: &str| {
        let url = format!("{}/korea_post/ship/api.GetStoppedZipCd.jparcel?key={KEY}&zipCd={zip}", world.base);
        world.client().get(url).send().await.unwrap().text().await.unwrap()
    };
    assert_eq!(leaf(&zip("23100").await, "stoppedYn"), "Y");
    assert_eq!(leaf(&zip("04526").await, "stoppedYn"), "N");
    assert_eq!(code(&zip("99999").await).as_deref(), Some("ERR-125"));
}

#[tokio::test]
async fn an_order_is_found_on_its_day() {
    let world = World::in_memory().await;
    set_clock(&world, "2190-01-02T14:59:00Z").await;
    let made = insert(&world, &[]).await;
    let found = look_up(&world, "HUB-1", "21900102").await;
    assert_eq!(
        (leaf(&found, "regiNo"), leaf(&found, "treatStusCd")),
        (leaf(&made, "regiNo"), "01".to_owned())
    );
    assert!(found.contains("<resInfo>"), "{found}");
    assert_eq!(code(&look_up(&world, "HUB-1", "21900103").await).as_deref(), Some("ERR-123"));
    assert_eq!(code(&look_up(&world, "HUB-2", "21900102").await).as_deref(), Some("ERR-225"));
    let regi_no = leaf(&made, "regiNo");
    for (status, stage) in [("accepted", "03"), ("dispatched", "04"), ("delivered", "05")] {
        tell(&world, "korea_post", &regi_no, json!({"status": status})).await;
        assert_eq!(leaf(&look_up(&world, "HUB-1", "21900102").await, "treatStusCd"), stage);
    }
    switch(&world, json!({"stages": "C", "manual_names": true, "cdata": false})).await;
    let found = look_up(&world, "HUB-1", "21900102").await;
    assert_eq!(
        (leaf(&found, "treatStusCd"), leaf(&found, "regipoNm")),
        ("03".to_owned(), "서울중앙우체국".to_owned())
    );
    assert!(!found.contains("CDATA"));
}

#[tokio::test]
async fn the_three_policies_for_an_order_number() {
    let world = World::in_memory().await;
    let first = leaf(&insert(&world, &[]).await, "regiNo");
    assert_eq!(error(&insert(&world, &[]).await).unwrap(), ("ERR-226".to_owned(), "orderNo".to_owned()));
    switch(&world, json!({"duplicate_policy": "return-existing"})).await;
    assert_eq!(leaf(&insert(&world, &[]).await, "regiNo"), first);
    assert_eq!(world.entries(SYSTEM, "parcel").await.len(), 1);
    switch(&world, json!({"duplicate_policy": "issue_new"})).await;
    let made = insert(&world, &[]).await;
    assert_ne!(leaf(&made, "regiNo"), first);
    let both = look_up(&world, "HUB-1", &leaf(&made, "reqNo")[..8]).await;
    assert_eq!(leaves(&both, "regiNo"), [first.clone(), leaf(&made, "regiNo")]);
    let rows = world.entries(SYSTEM, "parcel").await;
    assert_eq!((rows.len(), &rows[0]["bodies_received"]), (2, &json!(4)));

    // As a fault it goes before the setting, for as many calls as were said.
    world.fault(SYSTEM, json!({"mode": "duplicate_policy", "policy": "reject", "times": 1})).await;
    assert_eq!(code(&insert(&world, &[]).await).as_deref(), Some("ERR-226"));
    assert_eq!(code(&insert(&world, &[]).await), None);
    let (status, _) =
        world.post("/_local/simulators/korea_post_ship/faults", &json!({"mode": "duplicate_policy"})).await;
    assert_eq!(status, 422);

    switch(&world, json!({"duplicate_policy": "reject"})).await;
    world.advance("24h").await;
    assert_eq!(code(&insert(&world, &[]).await), None, "another day");
    world.advance("24h").await;
    switch(&world, json!({"duplicates_of_any_day": true})).await;
    assert_eq!(code(&insert(&world, &[]).await).as_deref(), Some("ERR-226"));
}

#[tokio::test]
async fn a_parcel_is_cancelled_for_good_or_replaced() {
    let world = World::in_memory().await;
    let made = insert(&world, &[]).await;
    let (first, day) = (leaf(&made, "regiNo"), leaf(&made, "reqNo")[..8].to_owned());
    let replaced = cancel(&world, &made, &first, "N").await;
    let second = leaf(&replaced, "regiNo");
    assert_eq!(
        (leaf(&replaced, "canceledYn"), leaf(&replaced, "cancelRegiNo")),
        ("Y".to_owned(), first.clone())
    );
    assert_ne!(second, first);
    assert_eq!(leaves(&look_up(&world, "HUB-1", &day).await, "regiNo"), [second.as_str()]);
    assert_eq!(code(&cancel(&world, &made, &first, "Y").await).as_deref(), Some("ERR-123"), "gone already");
    assert!(portal(&world, "trace", &first, "").await.1.contains("신청취소"));

    let deleted = cancel(&world, &made, &second, "Y").await;
    assert_eq!((leaf(&deleted, "canceledYn"), leaf(&deleted, "regiNo")), ("D".to_owned(), String::new()));
    assert_eq!(code(&look_up(&world, "HUB-1", &day).await).as_deref(), Some("ERR-123"));
    let rows = world.entries(SYSTEM, "parcel").await;
    assert!(rows.len() == 2 && rows.iter().all(|row| row["cancelled_at"].is_string()), "{rows:?}");
    assert_eq!(world.entries(SYSTEM, "cancel").await.len(), 2);
    assert_eq!(code(&insert(&world, &[]).await), None, "the number is free again");

    let made = insert(&world, &[("orderNo", "HUB-9")]).await;
    let regi_no = leaf(&made, "regiNo");
    tell(&world, "korea_post", &regi_no, json!({"status": "accepted"})).await;
    let refused = cancel(&world, &made, &regi_no, "Y").await;
    assert_eq!(leaf(&refused, "canceledYn"), "N");
    assert!(!leaf(&refused, "notCancelReason").is_empty());
    assert_eq!(error(&cancel(&world, &made, &regi_no, "X").await).unwrap().1, "delYn");
}

#[tokio::test]
async fn replies_go_wrong_in_the_services_words() {
    let world = World::in_memory().await;
    let mut next = 0;
    let mut call = async |fault: serde_json::Value| {
        next += 1;
        world.fault(SYSTEM, fault).await;
        send(&world, "InsertOrder", &order(&[("orderNo", &format!("HUB-{next}"))])).await
    };
    assert_eq!(code(&call(json!({"mode": "quota"})).await.unwrap().1).as_deref(), Some("ERR-131"));
    assert_eq!(
        code(&call(json!({"mode": "code", "code": 511})).await.unwrap().1).as_deref(),
        Some("ERR-511")
    );
    let (status, page) = call(json!({"mode": "maintenance"})).await.unwrap();
    assert!(status == 404 && page.contains("작업 안내"), "{page}");
    assert_eq!(call(json!({"mode": "status", "status": 307, "location": "/x"})).await.unwrap().0, 307);
    assert_eq!(call(json!({"mode": "http_500"})).await.unwrap().0, 500);
    assert!(call(json!({"mode": "timeout", "seconds": 0.02})).await.is_err());
    assert!(call(json!({"mode": "refuse"})).await.is_err());
    assert!(call(json!({"mode": "cut_request", "at_byte": 20})).await.is_err());
    assert_eq!(world.entries(SYSTEM, "parcel").await.len(), 0);
    assert_eq!(call(json!({"mode": "commit_then_500"})).await.unwrap().0, 500);
    assert!(call(json!({"mode": "lost_answer", "at_byte": 200})).await.is_err());
    assert!(call(json!({"mode": "truncate", "at_byte": 40})).await.is_err());
    assert!(!call(json!({"mode": "malformed"})).await.unwrap().1.ends_with("</xsync>"));
    assert!(call(json!({"mode": "wrong_type"})).await.unwrap().1.contains("하나"));
    assert_eq!(world.entries(SYSTEM, "parcel").await.len(), 5);
    let (_, empty) = call(json!({"mode": "empty_number"})).await.unwrap();
    assert_eq!(leaf(&empty, "regiNo"), "");
    let found = look_up(&world, &leaf(&empty, "orderNo"), &leaf(&empty, "reqNo")[..8]).await;
    assert_eq!(leaf(&found, "regiNo").len(), 13, "it was made all the same");
}

#[tokio::test]
async fn a_late_order_lands_and_a_blind_look_up_misses() {
    let world = World::in_memory().await;
    set_clock(&world, "2190-01-02T03:00:00Z").await;
    world.fault(SYSTEM, json!({"mode": "late_commit", "seconds": 30, "clock": "sim"})).await;
    assert!(send(&world, "InsertOrder", &order(&[])).await.is_err());
    assert_eq!(code(&look_up(&world, "HUB-1", "21900102").await).as_deref(), Some("ERR-225"));
    world.advance("31s").await;
    assert_eq!(leaf(&look_up(&world, "HUB-1", "21900102").await, "regiNo").len(), 13);
    world.fault(SYSTEM, json!({"mode": "blind_lookup", "seconds": 60})).await;
    assert_eq!(code(&look_up(&world, "HUB-1", "21900102").await).as_deref(), Some("ERR-225"));
    world.advance("2m").await;
    assert_eq!(code(&look_up(&world, "HUB-1", "21900102").await), None);
}

#[tokio::test]
async fn replies_in_the_old_encoding_and_a_restart() {
    let file = TempFile::new();
    let world = World::open(Some(file.0.clone())).await;
    switch(&world, json!({"euc_kr": true})).await;
    let made = leaf(&insert(&world, &[]).await, "regiNo");
    world.stop().await;
    let world = World::open(Some(file.0.clone())).await;
    let url = format!("{}/korea_post/ship/api.InsertOrder.jparcel", world.base);
    let data = sealed(&order(&[("orderNo", "HUB-2")]), SECURITY_KEY);
    let form = [("key", KEY), ("regData", data.as_str())];
    let response = world.client().post(url).form(&form).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/xml; charset=euc-kr");
    let bytes = response.bytes().await.unwrap();
    assert!(bytes.windows(4).any(|part| part == [0xBC, 0xAD, 0xBF, 0xEF]), "서울 in EUC-KR");
    let rows = world.entries(SYSTEM, "parcel").await;
    assert_eq!((rows.len(), &rows[0]["its_id"]), (2, &json!(made)));
    world.stop().await;
}

#[tokio::test]
async fn hostile_input_is_refused_in_order() {
    let world = World::in_memory().await;
    let url = |message: &str| format!("{}/korea_post/ship/{message}", world.base);
    assert_eq!(world.client().get(url("api.Unknown.jparcel")).send().await.unwrap().status(), 404);
    assert_eq!(world.client().get(url("InsertOrder")).send().await.unwrap().status(), 404);
    assert_eq!(world.client().put(url("api.InsertOrder.jparcel")).send().await.unwrap().status(), 405);
    let long = "0".repeat(5 * 1024 * 1024);
    let answer = world.client().post(url("api.InsertOrder.jparcel")).body(long).send().await;
    assert!(answer.is_err() || answer.unwrap().status() == 413);
    for plain in ["&&&&", "===", "custNo=%EA%B0", "a=1\0b=2", "custNo=0001234567&orderNo=\u{1F4E6}"] {
        let reply = ask(&world, "InsertOrder", plain).await;
        assert!(code(&reply).is_some(), "{plain}: {reply}");
    }
}

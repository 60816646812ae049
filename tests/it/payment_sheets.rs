//! Statements and reports as workbooks (D8, S2-19, S2-20).

use http::StatusCode;
use serde_json::{Value, json};
use yam_sheets::{Cell, Kind, Limits, Sheet};
use yam_tests::{Browser, Options, World};

const LIMITS: Limits = Limits { bytes: 1 << 20, unpacked: 8 << 20, rows: 1_000, columns: 50 };
const PAGE: &str = "/openpay/demo/?price=250000&description=%3DHYPERLINK(1)";

async fn shop() -> World {
    let world = World::new(Options::default()).await;
    world.gateways(&["zarinpal"]).await;
    let settings = json!({
        "bank_accounts": [{"id": "main", "bank": "mellat", "holder": "Shop of the tests", "number": "0100000000001"}],
        "approve_matched_slips": true,
    });
    let (status, answer) = world.call("PUT", "/v1/settings/openpay", Some(settings)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    world
}

async fn slip(world: &World) -> Value {
    let browser = Browser::new(world);
    let form = browser.details(PAGE).await.form("slip").expect("the slip form");
    let fields = [
        ("form", form.as_str()),
        ("step", "slip"),
        ("bank", "melli"),
        ("number", "1234567"),
        ("paid_on", "2026-11-20"),
        ("slip_amount", "250000"),
        ("last4", ""),
    ];
    browser.post(PAGE, &fields).await;
    world.newest_payment().await
}

fn statement() -> Vec<u8> {
    let rows = vec![vec!["1405/08/29".into(), "واریز".into(), "1234567".into(), Cell::Number(250_000)]];
    let columns = ["تاریخ", "شرح", "شماره پیگیری", "بستانکار"];
    Sheet { name: "statement", columns: &columns, rows }.write(Kind::Xlsx).expect("a workbook").bytes
}

async fn import(world: &World, content_type: &str, file: Vec<u8>) -> (StatusCode, Value) {
    let headers = [("content-type", content_type)];
    let path = "/v1/payments/statements?account=main";
    let (status, answer) = world.raw(&world.key, "POST", path, &headers, file).await;
    (status, serde_json::from_slice(&answer).unwrap_or_default())
}

#[tokio::test]
async fn a_statement_may_be_a_workbook() {
    let world = shop().await;
    let payment = slip(&world).await;
    let (status, answer) = import(&world, Kind::Xlsx.media_type(), statement()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["items"][0]["outcome"], "approved", "{answer}");
    assert_eq!(world.payment(&payment).await["status"], "paid");
}

/// What is sent by mistake is named, in a problem that points at the file.
#[tokio::test]
async fn a_wrong_file_is_named() {
    let world = shop().await;
    for (content_type, file, words) in [
        ("text/csv", statement(), "the file is a workbook"),
        (Kind::Xlsx.media_type(), b"a,b\n".to_vec(), "the file is no workbook"),
        ("application/pdf", b"a,b\n".to_vec(), "text/csv"),
        ("text/csv", b"%PDF-1.7".to_vec(), "PDF"),
        ("application/vnd.ms-excel", b"\xd0\xcf\x11\xe0\xa1\xb1".to_vec(), "old or encrypted"),
        ("application/vnd.ms-excel", b"<html><table>".to_vec(), "web page"),
        ("text/csv", b"\xd4\xe0\xf2\xe0,1\n".to_vec(), "UTF-8"),
        ("text/csv", b"a,b\n1,2\n".to_vec(), "headings"),
        (Kind::Xlsx.media_type(), b"PK\x03\x04broken".to_vec(), "cannot be read"),
        ("text/csv", b"date,amount\n".repeat(5_001), "more than 5000 lines"),
    ] {
        let (status, problem) = import(&world, content_type, file).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{words}: {problem}");
        assert_eq!(problem["errors"][0]["pointer"], "#/file", "{problem}");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(words), "{words}: {problem}");
    }
    let (status, problem) = import(&world, "text/csv", vec![b'a'; 3 << 20]).await;
    assert_eq!((status, &problem["status"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!(413)), "{problem}");
}

#[tokio::test]
async fn reports_are_workbooks_where_that_is_asked_for() {
    let world = shop().await;
    Browser::new(&world).leave(PAGE, "zarinpal").await;
    let sheet = Kind::Xlsx.media_type();
    for (path, headers) in [
        ("/v1/reports/payments?format=xlsx", vec![]),
        ("/v1/reports/payments", vec![("accept", sheet)]),
        ("/v1/reports/payments?format=xlsx", vec![("accept", "text/csv")]),
    ] {
        let (status, answered, file) = world.exchange(&world.key, "GET", path, &headers, vec![]).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(answered["content-type"], sheet);
        assert_eq!(answered["content-disposition"], "attachment; filename=\"payments.xlsx\"");
        let rows = yam_sheets::read(&file, Kind::Xlsx, &LIMITS).expect("a workbook");
        assert_eq!((rows.len(), rows[0].cells[0].as_str()), (2, "payment_code"));
        // Text as it was typed: a workbook's text is no formula.
        assert_eq!((rows[1].cells[10].as_str(), rows[1].cells[13].as_str()), ("250000", "=HYPERLINK(1)"));
    }
    let (status, answered, claims) =
        world.exchange(&world.key, "GET", "/v1/reports/claims?format=xlsx", &[], vec![]).await;
    assert_eq!((status, answered["content-type"].to_str().unwrap()), (StatusCode::OK, sheet));
    let rows = yam_sheets::read(&claims, Kind::Xlsx, &LIMITS).expect("a workbook");
    assert_eq!(rows[0].cells[0], "kind");
    for path in ["/v1/reports/payments?format=pdf", "/v1/reports/claims?format=pdf"] {
        let (status, problem) = world.call("GET", path, None).await;
        assert_eq!(
            (status, &problem["errors"][0]["pointer"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("#/format"))
        );
    }
}

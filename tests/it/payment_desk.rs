//! The merchant's side: slips, statements, reports, settings, other shops (S2-14, S2-15, S2-19 to S2-22).

use http::StatusCode;
use serde_json::{Value, json};
use yam_tests::{Browser, HUB, Options, Page, World, order_to_shiraz};

async fn shop() -> World {
    let world = World::new(Options::default()).await;
    world.gateways(&["zarinpal"]).await;
    take_slips(&world, &world.key).await;
    world
}

async fn take_slips(world: &World, key: &str) {
    let settings = json!({
        "bank_accounts": [{"id": "main", "bank": "mellat", "holder": "Shop of the tests", "number": "0100000000001"}],
        "approve_matched_slips": true, "help_url": "https://shop.example/help",
    });
    let (status, answer) = world.call_as(key, "PUT", "/v1/settings/openpay", &[], Some(settings)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

/// Fills the slip form in; the page that follows.
async fn slip(world: &World, path: &str, number: &str) -> Page {
    let browser = Browser::new(world);
    let ways = browser.details(path).await;
    let form = ways.form("slip").expect("the slip form");
    let fields = [
        ("form", form.as_str()),
        ("step", "slip"),
        ("bank", "melli"),
        ("number", number),
        ("paid_on", "2026-11-20"),
        ("slip_amount", "250000"),
        ("last4", "1234"),
    ];
    let page = browser.post(path, &fields).await;
    if page.location.is_some() { browser.follow(&page).await } else { page }
}

const PAGE: &str = "/openpay/demo/?price=250000&description=order";

/// S2-14, S2-15, S2-17, S2-22, S2-26: a code at once, paid only by the merchant's word, and only once.
#[tokio::test]
async fn a_slip_waits_for_the_merchant_and_is_approved_once() {
    let world = shop().await;
    let page = slip(&world, PAGE, "۱۲۳۴۵۶۷").await;
    assert_eq!(page.state(), "slip_submitted", "{}", page.text);
    assert!(!page.code().is_empty() && page.text.contains("https://shop.example/help"));
    let payment = world.newest_payment().await;
    assert_eq!(
        (payment["method"].as_str(), payment["slip"]["number"].as_str()),
        (Some("slip"), Some("1234567"))
    );
    world.drain().await;
    assert_eq!(world.told("payment.needs_review").await.len(), 1);
    assert!(world.told("payment.paid").await.is_empty());
    let path = format!("/v1/payments/{}", payment["payment_id"].as_str().unwrap());
    let (status, approved) =
        world.call("POST", &format!("{path}/approve"), Some(json!({"account": "main"}))).await;
    assert_eq!((status, approved["status"].as_str()), (StatusCode::OK, Some("paid")), "{approved}");
    for verb in ["approve", "reject"] {
        let (status, _) = world.call("POST", &format!("{path}/{verb}"), Some(json!({}))).await;
        assert_eq!(status, StatusCode::CONFLICT, "{verb} after approval");
    }
    world.drain().await;
    assert_eq!(world.told("payment.paid").await.len(), 1);
    // A transfer pays one slip: the same number again is held, and the same transfer cannot be claimed twice.
    let twin = slip(&world, PAGE, "001234567").await;
    assert_eq!(twin.state(), "slip_submitted");
    let second = world.newest_payment().await;
    assert_eq!(second["slip"]["seen"], "here_before");
    let path = format!("/v1/payments/{}", second["payment_id"].as_str().unwrap());
    let (status, _) = world.call("POST", &format!("{path}/approve"), Some(json!({"account": "main"}))).await;
    assert_eq!(status, StatusCode::CONFLICT, "the transfer is claimed");
    let (status, rejected) =
        world.call("POST", &format!("{path}/reject"), Some(json!({"reason": "twice"}))).await;
    assert_eq!((status, rejected["status"].as_str()), (StatusCode::OK, Some("rejected")));
}

/// The transfer was made before the link was revoked: the shop has the money and may say so.
#[tokio::test]
async fn a_slip_of_a_revoked_link_can_be_approved() {
    let world = shop().await;
    let link =
        world.link(json!({"amount": {"amount": 250_000, "currency": "IRR"}, "single_use": true})).await;
    let path = link["url"].as_str().unwrap().strip_prefix(HUB).unwrap().to_owned();
    slip(&world, &path, "1234567").await;
    let payment = world.newest_payment().await;
    let id = link["link_id"].as_str().unwrap();
    let (status, _) = world.call("DELETE", &format!("/v1/payment-links/{id}"), None).await;
    assert_eq!(status, StatusCode::OK);
    let approve = format!("/v1/payments/{}/approve", payment["payment_id"].as_str().unwrap());
    let (status, approved) = world.call("POST", &approve, Some(json!({"account": "main"}))).await;
    assert_eq!((status, approved["status"].as_str()), (StatusCode::OK, Some("paid")), "{approved}");
}

/// Two links may lead to one order: what pays it a second time is a person's to look at, not booked in silence.
#[tokio::test]
async fn a_second_payment_of_an_order_is_shown_to_a_person() {
    let world = shop().await;
    let mut order = order_to_shiraz("PAY-2");
    order["cod"] = json!(false);
    let order = world.place(order).await;
    let mut approvals = Vec::new();
    for number in ["1234567", "7654321"] {
        let link = world.link(json!({"order_id": order["order_id"], "description": "order PAY-2"})).await;
        slip(&world, link["url"].as_str().unwrap().strip_prefix(HUB).unwrap(), number).await;
        let payment = world.newest_payment().await;
        approvals.push(format!("/v1/payments/{}/approve", payment["payment_id"].as_str().unwrap()));
    }
    let approve = async |path: &str, body: Value| world.call("POST", path, Some(body)).await;
    let (status, first) = approve(&approvals[0], json!({"account": "main"})).await;
    assert_eq!((status, &first["task"]), (StatusCode::OK, &json!(null)), "{first}");
    let (status, _) = approve(&approvals[1], json!({"account": "main"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (status, second) = approve(&approvals[1], json!({"account": "main", "even_so": true})).await;
    assert_eq!((status, second["task"]["reason"].as_str()), (StatusCode::OK, Some("order")), "{second}");
}

/// A slip that a payer of another shop has shown is flagged, without either shop learning of the other.
#[tokio::test]
async fn a_slip_shown_in_another_shop_is_flagged() {
    let world = shop().await;
    let other = world.merchant("other").await;
    take_slips(&world, &other).await;
    slip(&world, "/openpay/other/?price=250000", "7654321").await;
    slip(&world, PAGE, "7654321").await;
    let payment = world.newest_payment().await;
    assert_eq!(payment["slip"]["seen"], "elsewhere_before", "{payment}");
    let scanned = world.platform.dynamodb.scan().table_name("yam").send().await.unwrap();
    let hub = scanned.items().iter().filter(|item| item["pk"].as_s().unwrap().starts_with("SLIPS#"));
    let text: Vec<String> = hub.map(|item| format!("{item:?}")).collect();
    assert_eq!(text.len(), 2);
    assert!(text.iter().all(|row| !row.contains("7654321") && !row.contains("melli")), "{text:?}");
}

/// Wrong fields are named; nothing is stored.
#[tokio::test]
async fn a_slip_with_mistakes_is_named_field_by_field() {
    let world = shop().await;
    let browser = Browser::new(&world);
    let form = browser.details(PAGE).await.form("slip").unwrap();
    let fields = [
        ("form", form.as_str()),
        ("step", "slip"),
        ("bank", "moon"),
        ("number", "12"),
        ("paid_on", "2027-01-01"),
        ("slip_amount", "x"),
        ("last4", "12"),
    ];
    let page = browser.post(PAGE, &fields).await;
    for field in ["bank", "number", "paid_on", "slip_amount", "last4"] {
        assert!(page.text.contains(&format!("id=\"{field}-fault\"")), "{field}: {}", page.text);
    }
    let (_, payments) = world.call("GET", "/v1/payments", None).await;
    assert_eq!(payments["items"], json!([]));
}

/// Statements approve what they prove: a row pays one slip, a second import of it none.
#[tokio::test]
async fn a_statement_approves_what_it_proves_and_nothing_twice() {
    let world = shop().await;
    slip(&world, PAGE, "1234567").await;
    let good = world.newest_payment().await;
    slip(&world, PAGE, "9999999").await;
    let missing = world.newest_payment().await;
    let file = "تاریخ,شرح,شماره پیگیری,بستانکار\n1405/08/29,واریز,1234567,\"250,000\"\n1405/08/29,دیگر,5551112,\"90,000\"\n";
    let import = async || {
        let path = "/v1/payments/statements?account=main";
        let headers = [("content-type", "text/csv")];
        let (status, bytes) = world.raw(&world.key, "POST", path, &headers, file.as_bytes().to_vec()).await;
        assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice::<Value>(&bytes).unwrap()
    };
    let first = import().await;
    let outcome = |answer: &Value, payment: &Value| {
        let items = answer["items"].as_array().unwrap();
        items
            .iter()
            .find(|item| item["payment_id"] == payment["payment_id"])
            .map(|item| item["outcome"].clone())
    };
    assert_eq!(outcome(&first, &good), Some(json!("approved")), "{first}");
    assert_ne!(outcome(&first, &missing), Some(json!("approved")), "{first}");
    assert_eq!(world.payment(&good).await["status"], "paid");
    assert_eq!(world.payment(&missing).await["status"], "slip_submitted");
    // The same slip again: its row is used up.
    slip(&world, PAGE, "1234567").await;
    let again = world.newest_payment().await;
    let second = import().await;
    assert_ne!(outcome(&second, &again), Some(json!("approved")), "{second}");
    assert_eq!(world.payment(&again).await["status"], "slip_submitted");
}

/// A true slip over less than is owed is a person's decision, however well the statement proves it.
#[tokio::test]
async fn a_statement_approves_no_slip_over_another_amount() {
    let world = shop().await;
    slip(&world, "/openpay/demo/?price=9000000&description=order", "1234567").await;
    let short = world.newest_payment().await;
    assert_eq!(short["slip"]["amount"]["amount"], 250_000, "{short}");
    let file = "تاریخ,شرح,شماره پیگیری,بستانکار\n1405/08/29,واریز,1234567,\"250,000\"\n";
    let path = "/v1/payments/statements?account=main";
    let headers = [("content-type", "text/csv")];
    let (status, _) = world.raw(&world.key, "POST", path, &headers, file.as_bytes().to_vec()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(world.payment(&short).await["status"], "slip_submitted");
}

/// S2-19, S2-20: the report and its file, whose cells no spreadsheet takes for formulas.
#[tokio::test]
async fn reports_have_totals_and_cells_that_are_no_formulas() {
    let world = shop().await;
    let browser = Browser::new(&world);
    browser.leave("/openpay/demo/?price=300000&description=%3DHYPERLINK(1)", "zarinpal").await;
    let payment = world.newest_payment().await;
    let paid = world.at_gateway("zarinpal", &World::number_of(&payment), json!({"action": "pay"})).await;
    browser.come_back(&paid["return"]).await;
    let (_, report) = world.call("GET", "/v1/reports/payments?status=paid", None).await;
    let totals = json!([{"currency": "IRR", "count": 1, "paid": 300_000, "refunded": 0}]);
    assert_eq!(report["totals"], totals, "{report}");
    let path = "/v1/reports/payments?format=csv";
    let (status, bytes) = world.raw(&world.key, "GET", path, &[], vec![]).await;
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(status, StatusCode::OK);
    assert!(text.starts_with("\u{feff}payment_code,"), "{text}");
    assert!(text.contains(",'=HYPERLINK(1),") && text.contains("zarinpal"), "{text}");
    let (_, none) = world.call("GET", "/v1/reports/payments?from=2027-01-01T00:00:00Z", None).await;
    assert_eq!(none["items"], json!([]));
}

/// Credentials are sealed, never shown, and kept when a change leaves them out.
#[tokio::test]
async fn gateway_settings_show_no_secret() {
    let world = shop().await;
    let (_, shown) = world.call("GET", "/v1/settings/gateways/zarinpal", None).await;
    assert_eq!(
        shown["credentials"][0],
        json!({
            "name": "merchant_id", "required": true, "meaning": "the merchant code, a UUID", "set": true,
        })
    );
    assert!(
        shown["notice_url"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{HUB}/openpay/notify/zarinpal/demo~zarinpal~"))
    );
    let change = json!({"gateway": "zarinpal", "title": "کارت بانکی"});
    let (status, changed) = world.call("PUT", "/v1/settings/gateways/zarinpal", Some(change)).await;
    assert_eq!((status, changed["credentials"][0]["set"].as_bool()), (StatusCode::OK, Some(true)));
    let wrong = json!({"gateway": "mellat", "credentials": {"terminal_id": "1", "pin": "2"}});
    let (status, problem) = world.call("PUT", "/v1/settings/gateways/m", Some(wrong)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3, "{problem}");
    let scanned = world.platform.dynamodb.scan().table_name("yam").send().await.unwrap();
    assert!(
        !format!("{:?}", scanned.items()).contains("11111111-2222"),
        "a credential stands in the table in plain"
    );
}

/// Another merchant's key finds nothing of this one's.
#[tokio::test]
async fn payments_links_and_gateways_belong_to_their_shop() {
    let world = shop().await;
    let other = world.merchant("other").await;
    let link = world.link(json!({"amount": {"amount": 250_000, "currency": "IRR"}})).await;
    slip(&world, PAGE, "1234567").await;
    let payment = world.newest_payment().await;
    let (link, payment) = (link["link_id"].as_str().unwrap(), payment["payment_id"].as_str().unwrap());
    for (method, path, body) in [
        ("GET", format!("/v1/payment-links/{link}"), None),
        ("DELETE", format!("/v1/payment-links/{link}"), None),
        ("GET", format!("/v1/payments/{payment}"), None),
        ("POST", format!("/v1/payments/{payment}/approve"), Some(json!({}))),
        ("POST", format!("/v1/payments/{payment}/reject"), Some(json!({}))),
        ("POST", format!("/v1/payments/{payment}/refund"), Some(json!({"refund_id": "r"}))),
        ("GET", "/v1/settings/gateways/zarinpal".to_owned(), None),
        ("DELETE", "/v1/settings/gateways/zarinpal".to_owned(), None),
    ] {
        let (status, answer) = world.call_as(&other, method, &path, &[], body.clone()).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}: {answer}");
        let (status, _) = world.call_as("", method, &path, &[], body).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path} without a key");
    }
    for path in ["/v1/payment-links", "/v1/payments", "/v1/reports/payments", "/v1/settings/gateways"] {
        let (status, answer) = world.call_as(&other, "GET", path, &[], None).await;
        assert_eq!((status, &answer["items"]), (StatusCode::OK, &json!([])), "{path}");
    }
    // Nor does another shop's page show this one's link.
    let browser = Browser::new(&world);
    assert_eq!(browser.get(&format!("/openpay/other/{link}")).await.status, StatusCode::NOT_FOUND);
}

//! Pictures of slips: taken, sealed, shown to their shop alone, forgotten (beyond D8).

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_platform::Clock as _;
use yam_tests::{Browser, OPERATOR_KEY, Options, World};

const PAGE: &str = "/openpay/demo/?price=250000&description=order";
const FORM: &str = "multipart/form-data; boundary=cut-here";

async fn shop() -> World {
    let world = World::new(Options::default()).await;
    let settings = json!({
        "bank_accounts": [{"id": "main", "bank": "mellat", "holder": "Shop of the tests", "number": "0100000000001"}],
    });
    let (status, answer) = world.call("PUT", "/v1/settings/openpay", Some(settings)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    world
}

/// A JPEG of so many bytes, every one of them another.
fn photograph(bytes: usize) -> Vec<u8> {
    let light = (0..bytes.saturating_sub(6)).map(|n| u8::try_from((n * n / 7 + n) % 251).expect("a byte"));
    [0xff, 0xd8, 0xff, 0xe0].into_iter().chain(light).chain([0xff, 0xd9]).collect()
}

/// Sends the slip form as a browser does; status and page.
async fn send(world: &World, number: &str, picture: &[u8]) -> (StatusCode, String) {
    let ways = Browser::new(world).details(PAGE).await;
    assert!(ways.text.contains("enctype=\"multipart/form-data\""), "{}", ways.text);
    let form = ways.form("slip").expect("the slip form");
    let fields = [
        ("form", form.as_str()),
        ("step", "slip"),
        ("lang", "en"),
        ("bank", "melli"),
        ("number", number),
        ("paid_on", "2026-11-20"),
        ("slip_amount", "250000"),
        ("last4", ""),
    ];
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--cut-here\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head = "--cut-here\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"slip.jpg\"\r\n\
                Content-Type: image/jpeg\r\n\r\n";
    body.extend(head.as_bytes());
    body.extend(picture);
    body.extend(b"\r\n--cut-here--\r\n");
    let (status, page) = world.raw("", "POST", PAGE, &[("content-type", FORM)], body).await;
    (status, String::from_utf8_lossy(&page).into_owned())
}

fn path_of(payment: &Value) -> String {
    payment["slip"]["picture"]["path"].as_str().expect("a picture").to_owned()
}

#[tokio::test]
async fn a_picture_is_kept_sealed_and_handed_to_its_shop_as_a_file() {
    let world = shop().await;
    // Three pieces.
    let picture = photograph(1_000_000);
    let (status, page) = send(&world, "1234567", &picture).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let payment = world.newest_payment().await;
    let shown = &payment["slip"]["picture"];
    assert_eq!((&shown["type"], &shown["bytes"]), (&json!("image/jpeg"), &json!(1_000_000)), "{payment}");
    let (status, headers, bytes) = world.exchange(&world.key, "GET", &path_of(&payment), &[], vec![]).await;
    assert_eq!(status, StatusCode::OK);
    assert!(bytes == picture, "another picture came out");
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/jpeg");
    assert!(header("content-disposition").starts_with("attachment; filename=\"slip-"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(
        header("content-security-policy").contains("default-src 'none'; ")
            && header("content-security-policy").ends_with("sandbox")
    );
    assert_eq!(header("cache-control"), "private, no-store");
    // At rest: nothing of it can be read, and every piece forgets itself.
    let scanned = world.platform.dynamodb.scan().table_name("yam").send().await.unwrap();
    let pieces = scanned.items().iter().filter(|item| item["pk"].as_s().unwrap().contains("#PICTURE#"));
    let pieces: Vec<_> = pieces.collect();
    assert_eq!(pieces.len(), 3);
    for piece in pieces {
        let sealed = piece["data"].as_b().unwrap().as_ref();
        assert!(sealed.len() < 400_000 && !sealed.windows(64).any(|window| window == &picture[64..128]));
        let until: i64 = piece["expires_at"].as_n().unwrap().parse().unwrap();
        assert_eq!(until, world.clock.now().as_second() + 90 * 86_400);
    }
}

/// Tenancy, scopes, and time.
#[tokio::test]
async fn a_picture_is_nobody_elses_and_not_for_ever() {
    let world = shop().await;
    let (status, page) = send(&world, "1234567", &photograph(5_000)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let path = path_of(&world.newest_payment().await);
    let other = world.merchant("other").await;
    let body = json!({"label": "checkout", "scopes": ["rates"]});
    let path_of_keys = "/v1/operator/merchants/demo/keys";
    let (_, narrow) = world.call_as(OPERATOR_KEY, "POST", path_of_keys, &[], Some(body)).await;
    let narrow = narrow["api_key"].as_str().expect("a key").to_owned();
    for (key, expected) in [
        (other.as_str(), StatusCode::NOT_FOUND),
        (narrow.as_str(), StatusCode::FORBIDDEN),
        ("", StatusCode::UNAUTHORIZED),
        (world.key.as_str(), StatusCode::OK),
    ] {
        let (status, _) = world.raw(key, "GET", &path, &[], vec![]).await;
        assert_eq!(status, expected);
    }
    world.clock.advance(SignedDuration::from_hours(24 * 90));
    let (status, _) = world.raw(&world.key, "GET", &path, &[], vec![]).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "kept for too long");
}

/// What is no picture, or more than one, is told beside its field, with everything that was typed.
#[tokio::test]
async fn other_files_are_refused_beside_their_field() {
    let world = shop().await;
    let script = [&photograph(500)[..498], b"<script>alert(1)</script>", &[0xff, 0xd9]].concat();
    for (file, words) in [
        (&b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"[..], "is no JPEG"),
        (b"<!doctype html><p>slip", "is no JPEG"),
        (b"GIF89a......", "is no JPEG"),
        (&script, "is no JPEG"),
        (&photograph(2 * 1024 * 1024 + 1), "larger than 2 MB"),
    ] {
        let (status, page) = send(&world, "1234567", file).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        assert!(page.contains("id=\"picture-fault\"") && page.contains(words), "{page}");
        assert!(page.contains("value=\"1234567\"") && !page.contains("number-fault"), "{page}");
    }
    // Larger than any form: a page that says so.
    let (status, page) = send(&world, "1234567", &photograph(5 * 1024 * 1024)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{page}");
    assert!(page.contains("<h1>"), "{page}");
    // Another field is wrong: browsers forget files, so the payer is told.
    let (status, page) = send(&world, "12", &photograph(500)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    assert!(page.contains("id=\"number-fault\"") && page.contains("Choose the picture again"), "{page}");
    let (_, payments) = world.call("GET", "/v1/payments", None).await;
    assert_eq!(payments["items"], json!([]), "nothing was stored");
    // No file chosen: browsers send an empty one.
    let (status, page) = send(&world, "1234567", b"").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert_eq!(world.newest_payment().await["slip"]["picture"], json!(null));
}

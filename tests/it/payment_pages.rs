//! The pay pages themselves: plain links, languages, escaping, forms from elsewhere, a shop's own domain.

use http::StatusCode;
use serde_json::json;
use yam_tests::{Browser, Options, World};

async fn shop() -> World {
    let world = World::new(Options::default()).await;
    world.gateways(&["zarinpal", "mellat"]).await;
    world
}

/// S2-02 to S2-06, S2-21: none, some and all parameters; with and without the slash; Persian digits.
#[tokio::test]
async fn plain_addresses_prefill_the_form() {
    let world = shop().await;
    let browser = Browser::new(&world);
    for path in ["/openpay/demo", "/openpay/demo/"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.form("details").is_some() && page.text.contains("name=\"mobile\""));
        let all = "?receivername=%D9%85%D8%B1%DB%8C%D9%85&description=order%2012&price=%DB%B2%DB%B5%DB%B0%DB%B0%DB%B0%DB%B0";
        let page = browser.get(&format!("{path}{all}")).await;
        assert!(page.text.contains("value=\"مریم\"") && page.text.contains("order 12"), "{}", page.text);
        assert!(
            page.text.contains("250,000 rial") && page.text.contains("two hundred fifty thousand"),
            "{}",
            page.text
        );
    }
    // A price that cannot be read is said and left empty, and then asked for.
    let ways = browser.details("/openpay/demo/?price=12x").await;
    let form = ways.form("amount").expect("the amount is asked for");
    let fields = [("form", form.as_str()), ("step", "amount"), ("amount", "۲۵۰٬۰۰۰")];
    let page = browser.post("/openpay/demo/", &fields).await;
    assert!(page.text.contains("250,000 rial") && page.form("pay").is_some(), "{}", page.text);
    for nowhere in ["/openpay/nobody/", "/openpay/demo/0000000000", "/openpay/callback/zarinpal"] {
        assert_eq!(browser.get(nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}

/// Four languages, one of them from right to left.
#[tokio::test]
async fn pages_speak_four_languages() {
    let world = shop().await;
    let browser = Browser::new(&world);
    for (tag, direction, word) in [
        ("fa", "rtl", "شماره موبایل"),
        ("ru", "ltr", "Мобильный"),
        ("ko", "ltr", "휴대전화"),
        ("en", "ltr", "Mobile"),
    ] {
        let page = browser.get(&format!("/openpay/demo/?price=5000&lang={tag}")).await;
        assert!(page.text.contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")), "{tag}");
        assert!(page.text.contains(word), "{tag}");
        // Another language keeps what the address asked for.
        assert!(page.text.contains("price=5000&amp;lang=") || tag.is_empty(), "{tag}: {}", page.text);
    }
}

/// Whatever is typed stays text, carries no links, and no script runs at all.
#[tokio::test]
async fn what_is_typed_is_escaped_and_nothing_runs() {
    let world = shop().await;
    let browser = Browser::new(&world);
    let evil = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E%20https://evil.example/x";
    let page =
        browser.get(&format!("/openpay/demo/?receivername={evil}&description={evil}&price=5000")).await;
    assert!(!page.text.contains("<script") && !page.text.contains("://evil.example"), "{}", page.text);
    for rule in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
        assert!(page.policy.contains(rule), "{rule}: {}", page.policy);
    }
    assert!(!page.policy.contains("unsafe") && !page.policy.contains("script-src"), "{}", page.policy);
    // A gateway that wants a posted form gets exactly its own origin.
    let leave = browser.leave("/openpay/demo/?price=5000", "mellat").await;
    let origin = world.simulators.trim_end_matches('/');
    assert!(leave.policy.contains(&format!("form-action 'self' {origin}")), "{}", leave.policy);
    assert!(leave.text.contains("name=\"RefId\""));
}

/// A form that this hub did not make is not taken, nor one that another site sends.
#[tokio::test]
async fn forms_from_elsewhere_are_refused() {
    let world = shop().await;
    let browser = Browser::new(&world);
    let path = "/openpay/demo/?price=5000";
    let ways = browser.details(path).await;
    let form = ways.form("pay").unwrap();
    let fields = [("step", "pay"), ("gateway", "zarinpal"), ("form", "AAAA")];
    assert_eq!(browser.post(path, &fields).await.status, StatusCode::BAD_REQUEST);
    let body = format!("step=pay&gateway=zarinpal&form={form}");
    let page = browser.ask("POST", path, body, &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    // A page that was open for half a day begins again.
    world.clock.advance(jiff::SignedDuration::from_hours(12));
    let fields = [("step", "pay"), ("gateway", "zarinpal"), ("form", form.as_str())];
    assert_eq!(browser.post(path, &fields).await.status, StatusCode::BAD_REQUEST);
    let (_, payments) = world.call("GET", "/v1/payments", None).await;
    assert_eq!(payments["items"], json!([]));
}

/// S2-10: mobile and phone are both asked for; wrong ones are named beside their field.
#[tokio::test]
async fn details_are_checked_field_by_field() {
    let world = shop().await;
    let browser = Browser::new(&world);
    let path = "/openpay/demo/?price=5000";
    let form = browser.get(path).await.form("details").unwrap();
    let fields = [
        ("form", form.as_str()),
        ("step", "details"),
        ("name", ""),
        ("mobile", "02188880000"),
        ("phone", "12"),
        ("email", "nobody"),
    ];
    let page = browser.post(path, &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["name", "mobile", "phone", "email"] {
        assert!(page.text.contains(&format!("id=\"{field}-fault\"")), "{field}: {}", page.text);
    }
    assert!(page.text.contains("value=\"02188880000\""), "what was typed is kept");
}

/// A brake per address.
#[tokio::test]
async fn too_many_forms_from_one_address_wait() {
    let settings = vec![("YAM_PAY_FORMS_PER_MINUTE", "3".to_owned())];
    let world = World::new(Options { settings, ..Options::default() }).await;
    world.gateways(&["zarinpal"]).await;
    let browser = Browser::new(&world);
    let send = async |address: &str| {
        let headers = [("x-forwarded-for", address)];
        browser.ask("POST", "/openpay/demo/", "step=details".to_owned(), &headers).await.status
    };
    for _ in 0..3 {
        assert_eq!(send("198.51.100.7").await, StatusCode::BAD_REQUEST);
    }
    assert_eq!(send("198.51.100.7").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(send("198.51.100.8").await, StatusCode::BAD_REQUEST);
}

/// The shop's own domain leads `/openpay/` to the hub: returns go back below the same address.
#[tokio::test]
async fn behind_a_shops_own_domain_every_step_stays_below_it() {
    let world = shop().await;
    let browser = Browser::new(&world);
    browser.leave("/openpay/demo/?price=5000", "zarinpal").await;
    let payment = world.newest_payment().await;
    let paid = world.at_gateway("zarinpal", &World::number_of(&payment), json!({"action": "pay"})).await;
    let url = paid["return"]["url"].as_str().unwrap();
    let behind = url.replace("/openpay/callback/", "/openpay/demo/callback/");
    let back = browser.get(&behind).await;
    let id = payment["payment_id"].as_str().unwrap();
    assert_eq!(back.location.as_deref(), Some(format!("https://hub.example/openpay/demo/p/{id}").as_str()));
    assert_eq!(browser.follow(&back).await.state(), "paid");
    // Another shop's path does not lead there.
    world.merchant("other").await;
    let elsewhere = browser.get(&format!("/openpay/other/p/{id}")).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
}

/// Links: withdrawn, expired, ranges, and their QR code.
#[tokio::test]
async fn links_are_revoked_expire_and_keep_their_range() {
    let world = shop().await;
    let browser = Browser::new(&world);
    let money = |amount: i64| json!({"amount": amount, "currency": "IRR"});
    let range = world.link(json!({"min": money(10_000), "max": money(20_000), "expires_in": 3_600})).await;
    let path = range["url"].as_str().unwrap().strip_prefix(yam_tests::HUB).unwrap().to_owned();
    let page = browser.details(&path).await;
    let form = page.form("amount").unwrap();
    for (amount, fits) in [("9999", false), ("10000", true), ("20000", true), ("20001", false)] {
        let page = browser.post(&path, &[("form", &form), ("step", "amount"), ("amount", amount)]).await;
        assert_eq!(page.form("pay").is_some(), fits, "{amount}");
    }
    let picture = browser.get(&format!("{path}/qr.svg")).await;
    assert!(picture.status == StatusCode::OK && picture.text.contains("<svg"));
    world.clock.advance(jiff::SignedDuration::from_secs(3_600));
    assert!(browser.get(&path).await.form("details").is_none());
    let other = world.link(json!({"amount": money(5_000)})).await;
    let (id, path) = (other["link_id"].as_str().unwrap(), other["url"].as_str().unwrap());
    let (status, shown) = world.call("DELETE", &format!("/v1/payment-links/{id}"), None).await;
    assert_eq!((status, shown["open"].as_bool()), (StatusCode::OK, Some(false)));
    assert!(browser.get(path).await.form("details").is_none());
    let bad = json!({"amount": money(0), "expires_in": 5, "redirect_url": "javascript:alert(1)"});
    let (status, problem) = world.call("POST", "/v1/payment-links", Some(bad)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3, "{problem}");
}

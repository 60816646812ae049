//! The control surface beside faults.

use jiff::Timestamp;
use serde_json::json;

use crate::support::{World, add_parcel, tag};

#[tokio::test]
async fn the_clock_moves_forward_only() {
    let world = World::in_memory().await;
    let now = |answer: serde_json::Value| answer["now"].as_str().unwrap().parse::<Timestamp>().unwrap();
    let start = now(world.get("/_local/clock").await);
    let (status, answer) = world.post("/_local/clock", &json!({"advance": "3h"})).await;
    assert_eq!(status, 200);
    let moved = now(answer);
    assert!(moved.duration_since(start).as_secs() >= 3 * 3_600);
    let (status, answer) = world.post("/_local/clock", &json!({"set": "2199-12-01T09:00:00+03:00"})).await;
    assert_eq!(status, 200, "{answer}");
    assert!(now(answer) >= "2199-12-01T06:00:00Z".parse::<Timestamp>().unwrap());
    for wrong in [
        json!({"set": "2020-01-01T00:00:00Z"}),
        json!({"advance": "-1h"}),
        json!({"advance": "soon"}),
        json!({"advance": "99999999999h"}),
        json!({"set": "yesterday"}),
        json!({}),
    ] {
        let (status, answer) = world.post("/_local/clock", &wrong).await;
        assert_eq!(status, 422, "{wrong}: {answer}");
    }
}

#[tokio::test]
async fn scans_use_words_or_the_posts_own_codes() {
    let world = World::in_memory().await;
    let product = world.soap_product().await;
    let code = tag(&world.soap("AddParcel", &add_parcel(&product)).await, "ParcelCode");
    let path = format!("/_local/simulators/iran_post/parcels/{code}/events");
    for (event, status) in [
        (json!({"status": "ready"}), 2),
        (json!({"status": "accepted", "at": "2026-12-01T09:00:00+03:30", "office": "تهران، مرکز"}), 5),
        (json!({"status": "arrived"}), 8),
        (json!({"status": "returning"}), 10),
        (json!({"status": "returned"}), 11),
        (json!({"raw": {"status": 255}}), 255),
    ] {
        let (answered, answer) = world.post(&path, &event).await;
        assert_eq!((answered, &answer["status"]), (200, &json!(status)), "{answer}");
        let inner = format!("{}<parcelCode>{code}</parcelCode>", crate::support::LOGIN);
        assert_eq!(tag(&world.soap("GetStatus", &inner).await, "GetStatusResult"), status.to_string());
    }
    for wrong in [json!({}), json!({"status": "flown"}), json!({"status": "arrived", "raw": {"status": 8}})] {
        assert_eq!(world.post(&path, &wrong).await.0, 422, "{wrong}");
    }
    let missing =
        world.post("/_local/simulators/iran_post/parcels/5/events", &json!({"status": "arrived"})).await;
    assert_eq!(missing.0, 404);
}

#[tokio::test]
async fn settings_and_accounts_are_checked() {
    let world = World::in_memory().await;
    for wrong in [json!({"tariff": "T9"}), json!({"strict": "yes"}), json!({"strikt": true}), json!([])] {
        assert_eq!(world.post("/_local/simulators/iran_post/settings", &wrong).await.0, 422, "{wrong}");
    }
    for wrong in [json!({"username": "x"}), json!({"username": "x", "password": "x", "shop_code": 100_000})] {
        assert_eq!(world.post("/_local/simulators/iran_post/accounts", &wrong).await.0, 422, "{wrong}");
    }
    let listed = world.get("/_local/simulators/iran_post/accounts").await;
    let names: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|item| item["username"].as_str().unwrap()).collect();
    assert!(names.contains(&"demo-shop") && names.contains(&"gateway-off"));
    let missing =
        world.client().get(format!("{}/_local/simulators/nowhere/ledger", world.base)).send().await.unwrap();
    assert_eq!(missing.status(), 404);
    assert_eq!(missing.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn urls_point_at_the_wires() {
    let world = World::in_memory().await;
    let urls = yam_simulators::urls(&world.base);
    assert_eq!(
        urls.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        [
            "YAM_URL_IRAN_POST_ESHOP",
            "YAM_URL_IRAN_POST_REST",
            "YAM_URL_IRAN_POST_TRACKING",
            "YAM_URL_KOREA_POST_TRACE",
            "YAM_URL_KOREA_POST_PORTAL",
            "YAM_URL_KOREA_POST_SHIP",
            "YAM_URL_RUSSIAN_POST_TRACKING",
            "YAM_URL_RUSSIAN_POST_TARIFF",
            "YAM_URL_RUSSIAN_POST_OTPRAVKA",
            "YAM_URL_ZARINPAL",
            "YAM_URL_ZARINPAL_REFUND",
            "YAM_URL_ZIBAL",
            "YAM_URL_ZIBAL_PLATFORM",
            "YAM_URL_MELLAT",
            "YAM_URL_SEP",
            "YAM_URL_ROBOKASSA",
            "YAM_URL_ROBOKASSA_REFUND",
            "YAM_URL_YOOKASSA",
            "YAM_URL_TOSS",
            "YAM_URL_TOSS_SCRIPT",
            "YAM_URL_SMSC",
            "YAM_URL_SMSRU",
            "YAM_URL_KAVENEGAR",
            "YAM_URL_SOLAPI",
            "YAM_URL_SNS",
            "YAM_URL_SES",
        ]
    );
    let wsdl = world.client().get(format!("{}?WSDL", urls[0].1)).send().await.unwrap();
    assert_eq!(wsdl.status(), 200);
    let denied = world.client().post(format!("{}/api/v0/Wallet/Credit", urls[1].1)).send().await.unwrap();
    assert_eq!(denied.status(), 401);
    for url in [format!("{}/search.aspx", urls[2].1), format!("{}/", urls[2].1)] {
        assert_eq!(world.client().get(url).send().await.unwrap().status(), 200);
    }
    for url in [&urls[3].1, &urls[4].1] {
        let portal = world.client().get(format!("{url}/KpostPortal/openapi")).send().await.unwrap();
        assert_eq!(portal.status(), 200);
    }
    for (url, path, status) in [
        (&urls[5].1, "api.GetApprNo.jparcel", 200),
        (&urls[7].1, "v2/calculate/tariff?json", 400),
        (&urls[8].1, "1.0/settings", 401),
    ] {
        assert_eq!(
            world.client().get(format!("{url}/{path}")).send().await.unwrap().status(),
            status,
            "{path}"
        );
    }
    for service in ["rtm34", "fc"] {
        let fault = world.client().post(format!("{}/{service}", urls[6].1)).send().await.unwrap();
        assert_eq!(fault.status(), 500, "{service}");
    }
    let named = |name: &str| urls.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    for (name, path) in [
        ("YAM_URL_ZARINPAL", "pg/v4/payment/request.json"),
        ("YAM_URL_ZIBAL", "v1/request"),
        ("YAM_URL_MELLAT", "pgwchannel/services/pgw"),
        ("YAM_URL_SEP", "onlinepg/onlinepg"),
        ("YAM_URL_ROBOKASSA", "Merchant/Index.aspx"),
        ("YAM_URL_YOOKASSA", "payments"),
        ("YAM_URL_TOSS", "v1/payments/confirm"),
        ("YAM_URL_SMSC", "sys/send.php"),
        ("YAM_URL_SMSRU", "sms/send"),
        ("YAM_URL_KAVENEGAR", "v1/key/sms/send.json"),
        ("YAM_URL_SOLAPI", "messages/v4/send"),
        ("YAM_URL_SNS", ""),
        ("YAM_URL_SES", "v2/email/outbound-emails"),
    ] {
        let answer = world.client().post(format!("{}/{path}", named(name))).send().await.unwrap();
        assert_ne!(answer.status(), 404, "{path}");
    }
}

/// Not a benchmark, but a brake against a slow price path: it must never write.
#[tokio::test]
async fn prices_write_nothing() {
    let file = crate::support::TempFile::new();
    let world = World::open(Some(file.0.clone())).await;
    world.ledger("iran_post").await;
    let size = || std::fs::metadata(file.0.with_extension("db-wal")).map_or(0, |meta| meta.len());
    let before = size();
    for _ in 0..50 {
        let inner = format!(
            "{}<cityCode>71</cityCode><price>1</price><weight>1</weight><serviceType>1</serviceType><payType>1</payType>",
            crate::support::LOGIN
        );
        world.soap("GetDeliveryPrice", &inner).await;
    }
    assert_eq!(size(), before);
    let calls = world.ledger("iran_post_eshop").await["calls"].clone();
    assert_eq!(calls[0]["operation"], "GetDeliveryPrice");
    assert_eq!(calls[0]["received"], 50);
}

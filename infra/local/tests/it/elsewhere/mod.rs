//! The hub beside somebody else's post: no simulators of ours, addresses by setting.

mod post;

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use yam_local::start::{Options, Outside, Running, Storage, start};

use crate::support::{call, get, options};
use post::{Book, USER};

async fn hub(post: &str) -> Running {
    let mut options: Options = options(Storage::Memory, Outside::Real { local_control: true });
    for (name, path) in [("YAM_URL_IRAN_POST_ESHOP", "/soap/Svc.svc"), ("YAM_URL_IRAN_POST_REST", "/rest")] {
        options.environment.insert(name.to_owned(), format!("{post}{path}"));
    }
    start(options).await.unwrap()
}

async fn with_body(hub: &Running, method: Method, path: &str, body: &Value, wanted: StatusCode) -> Value {
    let (status, answer) = call(hub, method, path, &body.to_string()).await;
    assert_eq!(status, wanted, "{path}: {answer}");
    answer
}

/// Price, order, barcode, over one of the two wires.
async fn an_order_goes_through(wire: &str) {
    let book = Arc::new(Book::default());
    let hub = hub(&post::open(book.clone()).await).await;
    let (status, _) = call(&hub, Method::GET, "/_local/simulators/iran_post/ledger", "").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "no simulators run here");

    let account = json!({
        "carrier": "iran_post", "wire": wire, "tariff": "t2",
        "credentials": {"username": USER.0, "password": USER.1},
        "sender": {"region": "تهران", "city": "تهران"},
    });
    let path = "/v1/settings/carriers/iran-post";
    let known = with_body(&hub, Method::PUT, path, &account, StatusCode::OK).await;
    assert_eq!(known["state"], "in_use", "{known}");

    let goods = json!([{
        "line_id": "1", "sku": "SOAP-1", "name": "صابون", "quantity": 2, "weight_g": 400,
        "price": {"amount": 450_000, "currency": "IRR"},
    }]);
    let wanted = json!({
        "destination": {"country": "IR", "city": "شیراز", "postal_code": "7134467891"},
        "items": goods, "goods_total": {"amount": 900_000, "currency": "IRR"}, "cod": false,
    });
    let quoted = with_body(&hub, Method::POST, "/v1/rates", &wanted, StatusCode::OK).await;
    let rates = quoted["rates"].as_array().unwrap();
    assert!(!rates.is_empty(), "{quoted}");
    for rate in rates {
        assert_eq!(rate["source"], "live", "{quoted}");
        // 100 rial a gram and 1 rial of tax: this post's own tariff, which no table of ours has.
        assert_eq!(rate["total"]["amount"], 800 * 101, "{rate}");
    }

    let order = json!({
        "number": "E-1", "cod": false, "paid": true, "carrier": "iran_post", "service": "pishtaz",
        "goods_total": {"amount": 900_000, "currency": "IRR"}, "items": goods, "buyer_ip": "192.0.2.10",
        "recipient": {
            "first_name": "مینا", "last_name": "آزمایشی", "phone": "09170000000", "email": "mina@shop.example",
            "country": "IR", "city": "شیراز", "postal_code": "7134467891", "address": "خیابان نمونه، پلاک ۱",
        },
        "dispatch": "on_created",
    });
    let placed = with_body(&hub, Method::POST, "/v1/orders", &order, StatusCode::ACCEPTED).await;
    with_body(&hub, Method::POST, "/_local/drain", &Value::Null, StatusCode::OK).await;
    let id = placed["parcels"][0]["parcel_id"].as_str().unwrap();
    let parcel = get(&hub, &format!("/v1/parcels/{id}")).await;
    let made = book.parcels.lock().unwrap().clone();
    assert_eq!(made.len(), 1, "{parcel}");
    assert_eq!(parcel["tracking_code"], made[0].as_str(), "{parcel}");
    assert_eq!(book.products.load(std::sync::atomic::Ordering::Relaxed), 1, "two pieces of one product");
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_makes_soap_service_gives_prices_and_a_barcode() {
    an_order_goes_through("eshop").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_makes_rest_service_gives_prices_and_a_barcode() {
    an_order_goes_through("rest").await;
}

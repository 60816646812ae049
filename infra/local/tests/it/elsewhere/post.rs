//! A post of another make: both wires of Iran Post from the protocol notes (sections 3 and 4), told as differently
//! from the simulators as the notes allow: other prefixes, other orders, more fields than asked for.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde_json::{Value, json};

/// Who may use it.
pub(super) const USER: (&str, &str) = ("boutique", "p&ss<word>");
const TOKEN: &str = "another-makes-token";

/// What it was asked, in words.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Codes of parcels that were made.
    pub(super) parcels: Mutex<Vec<String>>,
    /// Products that were made.
    pub(super) products: AtomicU32,
}

impl Book {
    fn parcel(&self, city: &str) -> String {
        let mut parcels = self.parcels.lock().unwrap();
        let city: u32 = city.parse().expect("a city code");
        let code = format!("41234{city:05}1{:09}", 700 + parcels.len());
        parcels.push(code.clone());
        code
    }

    fn product(&self) -> u32 {
        880_000 + self.products.fetch_add(1, Ordering::Relaxed)
    }
}

/// Opens it on a free port; answers with its address.
pub(super) async fn open(book: Arc<Book>) -> String {
    let routes = Router::new()
        .route("/soap/Svc.svc", post(soap))
        .route("/rest/token", post(token))
        .route("/rest/api/v0/{group}/{method}", post(rest))
        .with_state(book);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

/// The text of the first element of a name, whatever its prefix.
fn text(xml: &str, name: &str) -> Option<String> {
    let open = xml.match_indices(name).find_map(|(at, _)| {
        let before = xml[..at].chars().next_back()?;
        let after = &xml[at + name.len()..];
        (matches!(before, '<' | ':') && after.starts_with('>')).then(|| after[1..].to_owned())
    })?;
    let raw = open.split('<').next()?;
    Some(raw.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

async fn soap(State(book): State<Arc<Book>>, headers: HeaderMap, body: String) -> Response {
    assert!(headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/xml"), "{headers:?}");
    let knows = text(&body, "username").as_deref() == Some(USER.0)
        && text(&body, "password").as_deref() == Some(USER.1);
    let operations = ["AddStuffs", "AddStuff", "GetDeliveryPrice", "AddParcel", "GetStates", "GetStatus"];
    let Some(operation) = operations.into_iter().find(|name| body.contains(&format!("<{name} "))) else {
        return (StatusCode::INTERNAL_SERVER_ERROR, fault("no such operation")).into_response();
    };
    let city = text(&body, "cityCode").unwrap_or_default();
    let inner = match operation {
        _ if !knows => {
            "<b:ErrorCode>-1</b:ErrorCode><b:Description><![CDATA[who & what?]]></b:Description>".to_owned()
        }
        "GetDeliveryPrice" => {
            let weight: u32 = text(&body, "weight").and_then(|w| w.parse().ok()).expect("a weight in grams");
            format!(
                "<b:VatTax>{}</b:VatTax>\n  <b:PostDeliveryPrice> {} </b:PostDeliveryPrice>\
                 <b:Note xmlns:c=\"urn:c\"><c:Deep/></b:Note><b:ErrorCode>0</b:ErrorCode><b:Description/>",
                weight,
                weight * 100
            )
        }
        "AddStuffs" => {
            let many = body.matches("Stuff>").count() / 2;
            let made = |_| {
                let id = book.product();
                format!("<b:OutputStuff><b:name>n</b:name><b:id>{id}</b:id></b:OutputStuff>")
            };
            (0..many).map(made).collect()
        }
        "AddParcel" => format!(
            "<b:ParcelCode>{}</b:ParcelCode><b:VatTax>900</b:VatTax><b:PostDeliveryPrice>91000</b:PostDeliveryPrice>\
             <b:Description><![CDATA[<ok>]]></b:Description><b:ErrorCode>0</b:ErrorCode>",
            book.parcel(&city)
        ),
        "AddStuff" => book.product().to_string(),
        "GetStatus" => "0".to_owned(),
        _ => "<b:State><b:Name>استان</b:Name><b:Code>1</b:Code></b:State>".to_owned(),
    };
    let answer = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- another make -->\
         <SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\"><SOAP-ENV:Header/>\
         <SOAP-ENV:Body><t:{operation}Response xmlns:t=\"http://tempuri.org/\" xmlns:b=\"urn:other\">\
         <t:{operation}Result>{inner}</t:{operation}Result></t:{operation}Response></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    );
    ([(header::CONTENT_TYPE, "text/xml;charset=UTF-8")], answer).into_response()
}

fn fault(words: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><e:Fault>\
         <faultcode>e:Client</faultcode><faultstring>{words}</faultstring></e:Fault></e:Body></e:Envelope>"
    )
}

async fn token(body: Bytes) -> Response {
    let known = "username=boutique&password=p%26ss%3Cword%3E&grant_type=password";
    if body != known.as_bytes() {
        return (StatusCode::BAD_REQUEST, axum::Json(json!({"error": "405"}))).into_response();
    }
    axum::Json(json!({"token_type": "bearer", "expires_in": 3600, "scope": "x", "access_token": TOKEN}))
        .into_response()
}

async fn rest(
    State(book): State<Arc<Book>>,
    Path((group, method)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !shown.eq_ignore_ascii_case(&format!("bearer {TOKEN}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let asked: Value = serde_json::from_slice(&body).expect("JSON");
    let rows = asked.as_array().cloned().unwrap_or_default();
    let data: Vec<Value> = match (group.as_str(), method.as_str()) {
        ("Product", "Add") => rows
            .iter()
            .map(|row| {
                json!({"Errors": null, "Succ": true, "EbazaarProductID": book.product(),
                       "ClientProductID": row["ClientProductID"], "Extra": {"a": [1]}})
            })
            .collect(),
        ("Order", "DeliveryPrice") => rows
            .iter()
            .map(|row| {
                let weight = row["Weight"].as_i64().expect("grams");
                json!({"Errors": [], "ShippingTax": weight, "ShippingCost": weight * 100,
                       "ReturnShippingCost": 0, "ClientOrderId": row["ClientOrderId"]})
            })
            .collect(),
        ("Order", "AddParcel") => rows
            .iter()
            .map(|row| {
                let code = book.parcel(&row["CityID"].to_string());
                json!({"ShippingCostTax": 900, "ShippingCost": 91_000, "ParcelCode": code, "Shenase": "ZX-1",
                       "Errors": [], "ClientOrderId": row["ClientOrderId"]})
            })
            .collect(),
        ("BaseInfo", "Province") => vec![json!({"eName": "Fars", "pName": "فارس", "Code": 7})],
        ("Wallet", "Credit") => {
            return axum::Json(json!({"ResMsg": null, "Data": {"Credit": 5_000_000}, "ResCode": 0}))
                .into_response();
        }
        _ => vec![],
    };
    axum::Json(json!({"Data": data, "ResMsg": "", "ResCode": 0})).into_response()
}

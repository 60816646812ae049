//! The calculator over a socket, and its answers.

use bytes::Bytes;
use http::StatusCode;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::russian_post::samples::{quote, rub};
use crate::scripted::{Say, Scripted, json as say};

const DAY: Date = Date::constant(2025, 3, 14);

fn answer(status: u16, body: impl Into<Bytes>, complete: bool) -> Answer {
    let status = StatusCode::from_u16(status).unwrap();
    Answer { status, headers: HeaderMap::new(), body: body.into(), complete }
}

/// The capture of section 5, shortened.
fn capture() -> serde_json::Value {
    json!({"version_api":2,"id":3000,"name":"Бандероль простая","weight":100,"from":344038,"to":115162,
        "date":20221006,"time":23000,"transtype":1,"transname":"наземно",
        "items":[{"id":"3173","serviceon":[110,11],"tariff":{"val":4200,"valnds":5040,"valmark":4200}}],
        "ground":{"val":4200,"valnds":5040,"valmark":4200},"pay":4200,"paynds":5040,"ndsrate":20,"nds":840,
        "delivery":{"min":4,"max":4,"deadline":"20221010T235900"}})
}

fn refusal(code: i64) -> serde_json::Value {
    json!({"version_api":2,"id":4030,"errors":[{"msg":"Доставка не осуществляется","code":code,"type":1}]})
}

fn kind_of(outcome: &CallOutcome<OperatorRate>) -> &'static str {
    match outcome {
        CallOutcome::NotSent(_) => "not sent",
        CallOutcome::Busy { .. } => "busy",
        CallOutcome::Refused(_) => "refused",
        CallOutcome::Done(_) => "done",
        CallOutcome::Unknown(_) => "unknown",
    }
}

#[test]
fn the_capture_of_the_notes_is_a_price() {
    let outcome = read::price(&answer(200, capture().to_string(), true), "parcel");
    let CallOutcome::Done(rate) = outcome else { panic!("{outcome:?}") };
    assert_eq!((rate.postage, rate.vat, rate.insurance), (rub(4_200), rub(840), None));
    assert_eq!(rate.transit_days, Some((4, 4)));
}

#[test]
fn insurance_stands_apart_and_the_total_stays() {
    let mut covered = capture();
    covered["cover"] = json!({"val": 1200, "valnds": 1440});
    let CallOutcome::Done(rate) = read::price(&answer(200, covered.to_string(), true), "parcel") else {
        panic!("done")
    };
    assert_eq!((rate.postage, rate.vat, rate.insurance), (rub(3_000), rub(840), Some(rub(1_200))));
}

#[test]
fn refusals_come_with_status_400_or_200() {
    for status in [200, 400] {
        let outcome = read::price(&answer(status, refusal(1375).to_string(), true), "parcel");
        let CallOutcome::Refused(error) = outcome else { panic!("{status}") };
        assert_eq!((error.code.as_str(), error.kind), ("1375", RefusalKind::City));
        assert!(error.message.contains("Доставка"));
    }
    assert_eq!(kind_of(&read::price(&answer(400, refusal(5000).to_string(), true), "x")), "unknown");
    assert_eq!(kind_of(&read::price(&answer(500, refusal(1375).to_string(), true), "x")), "unknown");
    assert_eq!(kind_of(&read::price(&answer(429, "", true), "x")), "busy");
}

#[test]
fn what_is_no_whole_price_is_no_price() {
    let mut unbalanced = capture();
    unbalanced["paynds"] = json!(5041);
    let mut free = capture();
    free["pay"] = json!(0);
    for body in [unbalanced.to_string(), free.to_string(), "{}".into(), "<html></html>".into(), String::new()]
    {
        assert_eq!(kind_of(&read::price(&answer(200, body.clone(), true), "x")), "unknown", "{body}");
    }
    assert_eq!(kind_of(&read::price(&answer(200, capture().to_string(), false), "x")), "unknown");
    assert_eq!(kind_of(&read::price(&answer(503, capture().to_string(), true), "x")), "unknown");
}

#[test]
fn a_question_is_one_address() {
    let settings = RussianPostSettings::new("101000");
    let ask = |quote: &Quote, service: &str| {
        let product = products::find(service).unwrap();
        let value = Value::of_quote(&settings, product, quote).unwrap();
        query("101000", "630099", product, &value, quote, DAY)
    };
    assert_eq!(
        ask(&quote(), "parcel"),
        "json&object=4030&from=101000&to=630099&weight=1250&size=26x17x8&date=20250314&errorcode=1"
    );
    let cod = Quote { cod: true, dimensions: None, ..quote() };
    assert_eq!(
        ask(&cod, "standard_parcel"),
        "json&object=27040&from=101000&to=630099&weight=1250&sumoc=150000&sumnp=150000&pack=99&date=20250314&errorcode=1"
    );
}

async fn prices(script: Vec<Say>, quote: &Quote) -> (Scripted, Result<Vec<OperatorRate>, CallOutcome<()>>) {
    let server = Scripted::new(script).await;
    let platform = server.platform(SETTING, "2025-03-14T07:00:00Z");
    let calculator = Calculator::new(platform.http.clone(), &platform.config);
    let settings = RussianPostSettings::new("101000");
    let outcome = calculator.quote(&settings, quote, "630099", DAY).await;
    (server, outcome)
}

#[tokio::test]
async fn a_service_that_cannot_carry_it_is_left_out() {
    let both = Quote { services: Vec::new(), ..quote() };
    let (server, rates) = prices(vec![say(200, capture()), say(400, refusal(1375))], &both).await;
    assert_eq!(rates.unwrap().len(), 1);
    assert!(
        server
            .calls()
            .iter()
            .all(|call| call.line.starts_with("GET /v2/calculate/tariff/delivery?json&object="))
    );
    let (_server, rates) = prices(vec![say(400, refusal(1375)), say(400, refusal(1375))], &both).await;
    assert!(matches!(rates, Err(CallOutcome::Refused(error)) if error.code == "1375"));
}

#[tokio::test]
async fn silence_and_cut_answers_prove_nothing() {
    for said in [Say::Nothing, Say::Cut(200, "application/json", capture().to_string(), 30)] {
        let (_server, rates) = prices(vec![said], &quote()).await;
        assert!(matches!(rates, Err(CallOutcome::Unknown(_))));
    }
    let unknown = Quote { services: vec!["pishtaz".into()], ..quote() };
    let (server, rates) = prices(vec![], &unknown).await;
    assert!(matches!(rates, Err(CallOutcome::Refused(error)) if error.kind == RefusalKind::Service));
    assert_eq!(server.calls().len(), 0);
}

proptest! {
    #[test]
    fn no_body_breaks_the_reader(body in prop::collection::vec(any::<u8>(), 0..200), status in 200u16..600) {
        let outcome = read::price(&answer(status, body, true), "parcel");
        prop_assert!(!matches!(outcome, CallOutcome::Done(_)));
    }
}

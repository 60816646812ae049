//! What answers mean, and that no answer, however mangled, means more than it proves.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use proptest::prelude::*;
use serde_json::json;
use std::time::Duration;
use url::Url;
use yam_domain::money::{Currency, Money};
use yam_domain::weight::Grams;
use yam_platform::http::{Answer, Limits};

use super::codes::{NewStatus, ServiceType};
use super::map::Change;
use super::wire::Method;
use super::{client, map, parcel_item, price_item};
use crate::Consignment;
use crate::carrier::Prepared;
use crate::iran_post::receiver::Receiver;
use crate::iran_post::{product, samples};
use crate::outcome::{CallOutcome, LookUpOutcome, OperatorError, RefusalKind, Registered};

const CODE: &str = "29999000711000000012";
const ID: u32 = 5_001;

fn answer(status: u16, body: impl Into<Bytes>, complete: bool) -> Answer {
    let status = StatusCode::from_u16(status).unwrap();
    Answer { status, headers: HeaderMap::new(), body: body.into(), complete }
}

fn parcel(body: impl ToString) -> CallOutcome<Registered> {
    map::parcel(&answer(200, body.to_string(), true), ID)
}

fn accepted() -> serde_json::Value {
    json!({"ResCode": 0, "ResMsg": "ok", "Data": [{"ClientOrderId": ID, "Shenase": "S-1", "ParcelCode": CODE,
        "ShippingCost": 164_000, "ShippingCostTax": 14_760, "Errors": []}]})
}

fn with_error(code: i64) -> serde_json::Value {
    json!({"ResCode": 0, "ResMsg": "ok", "Data": [{"ClientOrderId": ID, "ParcelCode": null, "Shenase": null,
        "Errors": [{"ErrorCode": code, "ErrorMessage": "…"}]}]})
}

fn kind_of<T>(outcome: &CallOutcome<T>) -> &'static str {
    match outcome {
        CallOutcome::NotSent(_) => "not sent",
        CallOutcome::Busy { .. } => "busy",
        CallOutcome::Refused(_) => "refused",
        CallOutcome::Done(_) => "done",
        CallOutcome::Unknown(_) => "unknown",
    }
}

#[test]
fn an_accepted_parcel() {
    let CallOutcome::Done(registered) = parcel(accepted()) else { panic!("done") };
    assert_eq!(registered.code.as_str(), CODE);
    assert_eq!(registered.reference.as_deref(), Some("S-1"));
    assert_eq!(registered.postage, Some(Money::new(164_000, Currency::Irr)));
    assert_eq!(registered.vat, Some(Money::new(14_760, Currency::Irr)));
}

#[test]
fn item_errors_are_refusals_but_a_duplicate_id_is_looked_up() {
    for (code, kind) in [
        (2208, RefusalKind::PostalCode),
        (9101, RefusalKind::PostalCode),
        (2103, RefusalKind::City),
        (1104, RefusalKind::Weight),
        (1105, RefusalKind::Goods),
        (2206, RefusalKind::Consignee),
        (2109, RefusalKind::Service),
        (4242, RefusalKind::Other),
    ] {
        let CallOutcome::Refused(error) = parcel(with_error(code)) else { panic!("{code}") };
        assert_eq!((error.code, error.kind), (code.to_string(), kind));
    }
    assert_eq!(kind_of(&parcel(with_error(9505))), "unknown");
    let mut two = with_error(2208);
    two["Data"][0]["Errors"] = json!([{"ErrorCode": 2208}, {"ErrorCode": "9505"}]);
    assert_eq!(kind_of(&parcel(two)), "unknown");
    let mut both = accepted();
    both["Data"][0]["Errors"] = json!([{"ErrorCode": 2208, "ErrorMessage": "…"}]);
    assert_eq!(kind_of(&parcel(both)), "unknown", "a barcode beside an error");
}

#[test]
fn result_codes_are_what_the_table_says() {
    for (code, expected) in [
        (-1, "busy"),
        (-2, "unknown"),
        (12, "refused"),
        (13, "refused"),
        (14, "refused"),
        (16, "refused"),
        (17, "unknown"),
        (19, "unknown"),
        (21, "unknown"),
        (22, "unknown"),
        (25, "unknown"),
        (9505, "unknown"),
        (77, "unknown"),
    ] {
        let body = json!({"ResCode": code, "ResMsg": "x", "Data": null});
        assert_eq!(kind_of(&parcel(body)), expected, "{code}");
        let mut with_barcode = accepted();
        with_barcode["ResCode"] = json!(code);
        let outcome = parcel(with_barcode);
        assert_eq!(kind_of(&outcome), "unknown", "{code} beside a barcode");
    }
}

#[test]
fn everything_else_may_have_made_a_parcel() {
    let mut other_id = accepted();
    other_id["Data"][0]["ClientOrderId"] = json!(5_002);
    let mut short = accepted();
    short["Data"][0]["ParcelCode"] = json!("2999900071");
    let mut empty = accepted();
    empty["Data"] = json!([]);
    let mut two = accepted();
    two["Data"] = json!([accepted()["Data"][0], accepted()["Data"][0]]);
    let mut mute = accepted();
    mute["Data"][0]["ParcelCode"] = json!(null);
    for body in
        [other_id, short, empty, two, mute, json!({"ResCode": "x"}), json!([]), json!("ok"), json!({})]
    {
        assert_eq!(kind_of(&parcel(&body)), "unknown", "{body}");
    }
    for body in ["", "<html></html>", "{", "null"] {
        assert_eq!(kind_of(&parcel(body)), "unknown", "{body}");
    }
    for status in [302, 400, 403, 404, 500, 502, 503] {
        let outcome = map::parcel(&answer(status, accepted().to_string(), true), ID);
        assert_eq!(kind_of(&outcome), "unknown", "{status}");
    }
    assert_eq!(kind_of(&map::parcel(&answer(429, "", true), ID)), "busy");
}

#[test]
fn loose_types_are_read() {
    let body = json!({"resCode": "0", "Data": {"clientOrderId": "5001", "parcelCode": CODE, "ShippingCost": 164_000.0, "Errors": null}});
    let CallOutcome::Done(registered) = parcel(body) else { panic!("done") };
    assert_eq!(registered.postage, Some(Money::new(164_000, Currency::Irr)));
    let bom = format!("\u{feff}{}", accepted());
    assert_eq!(kind_of(&parcel(bom)), "done");
}

/// F2
#[test]
fn an_answer_cut_at_every_byte_is_unknown_until_it_is_whole() {
    for whole in [
        accepted().to_string(),
        with_error(2208).to_string(),
        json!({"ResCode": 14, "ResMsg": "x"}).to_string(),
    ] {
        for complete in [false, true] {
            for at in 0..whole.len() {
                let cut = answer(200, whole.as_bytes()[..at].to_vec(), complete);
                assert_eq!(kind_of(&map::parcel(&cut, ID)), "unknown", "cut at {at}");
                assert!(matches!(map::inquiry(&cut), LookUpOutcome::Failed(_)), "cut at {at}");
            }
        }
        assert_eq!(kind_of(&map::parcel(&answer(200, whole, false), ID)), "unknown");
    }
}

#[test]
fn look_ups_hit_miss_or_fail() {
    let inquiry = |body: serde_json::Value| map::inquiry(&answer(200, body.to_string(), true));
    let hit = inquiry(
        json!({"ResCode": 0, "Data": {"ParcelCode": CODE, "ParcelShenase": "S-1", "Postalprice": 164_000, "PostalpriceTax": 14_760}}),
    );
    let LookUpOutcome::Hit(found) = hit else { panic!("{hit:?}") };
    assert_eq!((found.code.as_str(), found.reference.as_deref()), (CODE, Some("S-1")));
    assert_eq!(found.vat, Some(Money::new(14_760, Currency::Irr)));
    for data in [json!({}), json!(null), json!([])] {
        assert_eq!(inquiry(json!({"ResCode": 0, "ResMsg": "", "Data": data})), LookUpOutcome::Miss);
    }
    assert_eq!(inquiry(json!({"ResCode": 21, "ResMsg": "not found"})), LookUpOutcome::Miss);
    for body in [
        json!({"ResCode": 0, "Data": {"ParcelCode": null, "ParcelShenase": "S-1"}}),
        json!({"ResCode": 0, "Data": {"ParcelCode": "123"}}),
        json!({"ResCode": -1}),
        json!({"ResCode": -2}),
        json!({"Data": {}}),
    ] {
        assert!(matches!(inquiry(body.clone()), LookUpOutcome::Failed(_)), "{body}");
    }
    assert!(matches!(map::inquiry(&answer(500, "{}", true)), LookUpOutcome::Failed(_)));
}

#[test]
fn prices() {
    let price = |item: serde_json::Value| {
        map::price(&answer(200, json!({"ResCode": 0, "Data": [item]}).to_string(), true))
    };
    let rial = |amount| Money::new(amount, Currency::Irr);
    let good = json!({"ClientOrderId": 1, "ShippingCost": 81_500, "ShippingTax": 7_335, "ReturnShippingCost": 1, "Errors": []});
    assert_eq!(price(good), CallOutcome::Done((rial(81_500), rial(7_335))));
    assert_eq!(kind_of(&price(json!({"ShippingCost": 0, "ShippingTax": 0}))), "unknown");
    assert_eq!(kind_of(&price(json!({"ShippingCost": -4, "ShippingTax": 0}))), "unknown");
    let CallOutcome::Refused(error) = price(json!({"Errors": [{"ErrorCode": 2103}]})) else {
        panic!("refused")
    };
    assert_eq!(error.kind, RefusalKind::City);
}

#[test]
fn products_are_matched_by_our_numbers() {
    let read = |data: serde_json::Value| {
        map::products(&answer(200, json!({"ResCode": 0, "Data": data}).to_string(), true), &[7, 8])
    };
    let rows = json!([{"ClientProductID": "8", "EbazaarProductID": 556, "Succ": true, "Errors": []}, {"ClientProductID": 7, "EbazaarProductID": 555}]);
    assert_eq!(read(rows), CallOutcome::Done(vec!["555".to_owned(), "556".to_owned()]));
    let half = json!([{"ClientProductID": 7, "EbazaarProductID": 555}, {"ClientProductID": 8, "EbazaarProductID": 0, "Errors": [{"ErrorCode": 1105}]}]);
    let CallOutcome::Refused(error) = read(half) else { panic!("refused") };
    assert_eq!(error.kind, RefusalKind::Goods);
    assert_eq!(kind_of(&read(json!([{"ClientProductID": 7, "EbazaarProductID": 555}]))), "unknown");
}

#[test]
fn changes_of_status() {
    let change = |body: serde_json::Value| map::change(&answer(200, body.to_string(), true));
    let of_item = |code: i64| {
        change(json!({"ResCode": 0, "Data": [{"ParcelCode": CODE, "ResCode": code, "Description": "x"}]}))
    };
    assert_eq!(of_item(0), CallOutcome::Done(Change::Done("x".into())));
    assert!(matches!(of_item(9003), CallOutcome::Done(Change::Fixed(_))));
    assert!(matches!(change(json!({"ResCode": 9003})), CallOutcome::Done(Change::Fixed(_))));
    for (code, expected) in [(-1, "busy"), (-2, "unknown"), (19, "refused"), (21, "refused"), (5, "unknown")]
    {
        assert_eq!(kind_of(&of_item(code)), expected, "{code}");
        assert_eq!(kind_of(&change(json!({"ResCode": code}))), expected, "{code}");
    }
    assert_eq!(kind_of(&change(json!({"ResCode": 0, "Data": []}))), "unknown");
}

#[test]
fn a_fixed_status_is_believed() {
    let refused = || OperatorError { code: "9003".into(), message: "fixed".into(), kind: RefusalKind::State };
    let settled = |status: i64, wanted| {
        let body =
            json!({"ResCode": 0, "Data": [{"ParcelCode": CODE, "StatusCode": status, "Description": "d"}]});
        map::settled_change(&answer(200, body.to_string(), true), wanted, refused())
    };
    for (status, ready, cancel) in [
        (0, "refused", "refused"),
        (1, "refused", "done"),
        (2, "done", "refused"),
        (5, "done", "refused"),
        (7, "done", "refused"),
    ] {
        assert_eq!(kind_of(&settled(status, NewStatus::Ready)), ready, "{status}");
        assert_eq!(kind_of(&settled(status, NewStatus::Cancel)), cancel, "{status}");
    }
    let CallOutcome::Refused(error) = settled(7, NewStatus::Cancel) else { panic!("refused") };
    assert!(error.message.contains("status is 7"));
}

fn item(edit: impl FnOnce(&mut Consignment)) -> serde_json::Value {
    let (account, mut consignment) = (samples::account("rest"), samples::consignment());
    edit(&mut consignment);
    let ids = consignment.items.iter().map(|item| (product::key(&account, item), "555".to_owned()));
    let prepared = Prepared(ids.collect());
    let receiver = Receiver::of(&account.settings, &consignment).unwrap();
    serde_json::to_value(parcel_item(&account, &consignment, receiver, &prepared.0, ID).unwrap()).unwrap()
}

#[test]
fn a_parcel_as_it_stands_on_the_wire() {
    assert_eq!(
        item(|_| {}),
        json!({"ClientOrderId": 5001, "CityID": 71, "ServiceType": 1, "PayType": 0, "RegisterFirstName": "نام",
            "RegisterLastName": "آزمایشی", "RegisterAddress": "خیابان نمونه، پلاک 1 [Y-7K2M]",
            "RegisterPhoneNumber": "09170000000", "RegisterMobile": "09170000000", "RegisterEmail": "none@example.com",
            "RegisterIp": "127.0.0.1", "RegisterPostalCode": "7134467891", "DiscountAmount": 0, "PackingWeight": 100,
            "PrePaidAmount": 0, "NonStandardPackage": false, "SMSService": false, "Pod": false,
            "Products": [{"EbazaarProductID": 555, "Count": 2, "Weight": 400, "Price": 450_000, "DisCountPercent": 0}]})
    );
    let other = item(|c| {
        c.service = "sefareshi".into();
        c.postage_by_merchant = true;
        c.weight = Grams::new(2_601);
        c.consignee.email = Some("a@example.com".into());
        c.buyer_ip = Some("192.0.2.10".into());
    });
    assert_eq!((&other["ServiceType"], &other["PayType"]), (&json!(0), &json!(88)));
    assert_eq!(other["NonStandardPackage"], json!(true));
    assert_eq!(
        (&other["RegisterEmail"], &other["RegisterIp"]),
        (&json!("a@example.com"), &json!("192.0.2.10"))
    );
    assert_eq!(item(|c| c.cod = false)["PayType"], json!(1));
}

#[test]
fn a_price_request_as_it_stands_on_the_wire() {
    let request = price_item(&samples::quote(), yam_domain::iran::city(71).unwrap(), ServiceType::Sefareshi);
    assert_eq!(
        serde_json::to_value(request).unwrap(),
        json!({"ClientOrderId": 1, "CityID": 71, "Price": 900_000, "Weight": 800, "ServiceType": 0, "PayType": 0,
            "NonStandardPackage": false, "SMSService": false, "Pod": false})
    );
}

#[test]
fn a_request_carries_the_token_where_no_log_shows_it() {
    let limits = Limits { total: Duration::from_secs(1), body: 1 };
    let url = Url::parse("http://post.example/RestApi/api/v0/Order/AddParcel").unwrap();
    let call =
        client::request(url, Method::AddParcel, &"t-1".to_owned().into(), Bytes::new(), limits).unwrap();
    assert_eq!(call.headers["authorization"], "Bearer t-1");
    assert!(!format!("{call:?}").contains("t-1"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_break_the_parser_or_prove_a_parcel(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let answer = answer(200, body, true);
        prop_assert_eq!(kind_of(&map::parcel(&answer, ID)), "unknown");
        prop_assert!(matches!(map::inquiry(&answer), LookUpOutcome::Failed(_)));
        let _total = (map::price(&answer), map::change(&answer), map::products(&answer, &[1]));
    }

    #[test]
    fn odd_values_break_nothing(code in any::<i64>(), text in ".{0,30}", number in any::<f64>()) {
        for data in [json!(text), json!(number), json!([number]), json!([{"ParcelCode": text, "Errors": number}]), json!({"ParcelCode": number})] {
            let answer = answer(200, json!({"ResCode": code, "Data": data}).to_string(), true);
            prop_assert!(!matches!(map::parcel(&answer, ID), CallOutcome::Done(_)));
            prop_assert!(!matches!(map::inquiry(&answer), LookUpOutcome::Hit(_)));
        }
    }
}

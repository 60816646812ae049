//! What answers mean, and that no answer, however mangled, means more than it proves.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use proptest::prelude::*;
use std::time::Duration;
use url::Url;
use yam_platform::http::{Answer, Limits};

use super::codes::{PayType, ServiceType};
use super::envelope::Parameter;
use super::wire::{Login, NewParcel, NewStuff, Operation, PriceRequest, TempProduct};
use super::{client, map, new_parcel};
use crate::carrier::Prepared;
use crate::iran_post::receiver::Receiver;
use crate::iran_post::{product, samples};
use crate::outcome::{CallOutcome, RefusalKind, Registered};

const CODE: &str = "29999000711000000012";

fn answer(status: u16, body: impl Into<Bytes>, complete: bool) -> Answer {
    let media = HeaderValue::from_static("text/xml; charset=utf-8");
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, media)]),
        body: body.into(),
        complete,
    }
}

fn soap(operation: &str, members: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <s:Body><{operation}Response xmlns=\"http://tempuri.org/\"><{operation}Result \
         xmlns:a=\"urn:configurable-datacontract-ns\">{members}</{operation}Result></{operation}Response></s:Body></s:Envelope>"
    )
}

fn accepted() -> String {
    soap(
        "AddParcel",
        &format!(
            "<a:Description/><a:ErrorCode>0</a:ErrorCode><a:ParcelCode>{CODE}</a:ParcelCode>\
             <a:PostDeliveryPrice>164000</a:PostDeliveryPrice><a:VatTax>14760</a:VatTax>"
        ),
    )
}

fn refused() -> String {
    soap(
        "AddParcel",
        "<a:Description>کد پستی اشتباه است</a:Description><a:ErrorCode>-6</a:ErrorCode><a:ParcelCode/>\
         <a:PostDeliveryPrice>0</a:PostDeliveryPrice><a:VatTax>0</a:VatTax>",
    )
}

fn parcel(body: impl Into<Bytes>) -> CallOutcome<Registered> {
    map::parcel(Operation::AddParcel, &answer(200, body, true))
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
fn the_example_of_the_guide_is_done() {
    let CallOutcome::Done(registered) = parcel(accepted()) else { panic!("done") };
    assert_eq!(registered.code.as_str(), CODE);
    assert_eq!(registered.postage.map(|m| m.amount()), Some(164_000));
    assert_eq!(registered.vat.map(|m| m.amount()), Some(14_760));
}

#[test]
fn error_codes_are_what_the_table_says() {
    for (code, expected, kind) in [
        (-1, "refused", Some(RefusalKind::Credentials)),
        (-2, "refused", Some(RefusalKind::Goods)),
        (-3, "refused", Some(RefusalKind::Goods)),
        (-4, "refused", Some(RefusalKind::Service)),
        (-5, "refused", Some(RefusalKind::Service)),
        (-6, "refused", Some(RefusalKind::PostalCode)),
        (-7, "unknown", None),
        (-10, "busy", None),
        (-99, "unknown", None),
        (1, "unknown", None),
        (3, "unknown", None),
    ] {
        let body = soap("AddParcel", &format!("<ErrorCode>{code}</ErrorCode><ParcelCode></ParcelCode>"));
        let outcome = parcel(body.clone());
        assert_eq!(kind_of(&outcome), expected, "{code}");
        if let CallOutcome::Refused(error) = outcome {
            assert_eq!((error.code, Some(error.kind)), (code.to_string(), kind));
        }
        let cut = map::parcel(Operation::AddParcel, &answer(200, body, false));
        assert_eq!(kind_of(&cut), "unknown", "{code} in an answer that is not whole");
    }
}

#[test]
fn only_a_full_barcode_under_code_zero_is_proof() {
    let members = |code: &str, barcode: &str| {
        soap("AddParcel", &format!("<ErrorCode>{code}</ErrorCode><ParcelCode>{barcode}</ParcelCode>"))
    };
    for (code, barcode, expected) in [
        ("0", CODE, "done"),
        (" 0 ", &format!("\n {CODE} "), "done"),
        ("0", &format!("<![CDATA[{CODE}]]>"), "done"),
        ("0", "", "unknown"),
        ("0", &CODE[1..], "unknown"),
        ("0", &format!("{CODE}1"), "unknown"),
        ("0", "2999900071100000001X", "unknown"),
        ("0", "00000000000000000000", "unknown"),
        ("", CODE, "unknown"),
        ("zero", CODE, "unknown"),
        ("-6", CODE, "unknown"),
        ("-10", CODE, "unknown"),
    ] {
        assert_eq!(kind_of(&parcel(members(code, barcode))), expected, "{code:?} {barcode:?}");
    }
    let swapped = soap("AddParcel", &format!("<ParcelCode>{CODE}</ParcelCode><ErrorCode>0</ErrorCode>"));
    assert_eq!(kind_of(&parcel(swapped)), "done", "whatever the order");
    let doubled = soap(
        "AddParcel",
        &format!("<ErrorCode>0</ErrorCode><ErrorCode>-2</ErrorCode><ParcelCode>{CODE}</ParcelCode>"),
    );
    assert_eq!(kind_of(&parcel(doubled)), "unknown");
}

#[test]
fn everything_else_may_have_made_a_parcel() {
    let fault = "<s:Envelope xmlns:s='e'><s:Body><s:Fault><faultstring>x</faultstring></s:Fault></s:Body></s:Envelope>";
    for body in [
        "",
        "ok",
        "<html><head><title>Login</title></head><body></body></html>",
        "<!DOCTYPE html><html></html>",
        fault,
        &soap("GetStatus", "5"),
        &soap("AddParcel", ""),
        &format!("<!DOCTYPE x>{}", accepted()),
    ] {
        assert_eq!(kind_of(&parcel(body.to_owned())), "unknown", "{body}");
    }
    for status in [202, 302, 400, 401, 404, 429, 500, 502, 503] {
        let expected = if status == 202 { "done" } else { "unknown" };
        let outcome = map::parcel(Operation::AddParcel, &answer(status, accepted(), true));
        assert_eq!(kind_of(&outcome), expected, "{status}");
    }
}

/// F2: a cut after the barcode's tag is done, any other is unknown; a refusal needs every byte.
#[test]
fn an_answer_cut_at_every_byte_proves_only_what_arrived() {
    let whole = accepted();
    let proof = whole.find("</a:ParcelCode>").unwrap() + "</a:ParcelCode>".len();
    let refusal = refused();
    for complete in [false, true] {
        for at in 0..=whole.len() {
            let outcome =
                map::parcel(Operation::AddParcel, &answer(200, whole.as_bytes()[..at].to_vec(), complete));
            let expected = if at < proof { "unknown" } else { "done" };
            assert_eq!(kind_of(&outcome), expected, "cut at {at}, complete {complete}");
        }
        for at in 0..=refusal.len() {
            let outcome =
                map::parcel(Operation::AddParcel, &answer(200, refusal.as_bytes()[..at].to_vec(), complete));
            let expected = if complete && at == refusal.len() { "refused" } else { "unknown" };
            assert_eq!(kind_of(&outcome), expected, "refusal cut at {at}, complete {complete}");
        }
    }
}

#[test]
fn prices() {
    let price = |members: &str| map::price(&answer(200, soap("GetDeliveryPrice", members), true));
    let good = "<Description>x</Description><ErrorCode>0</ErrorCode><PostDeliveryPrice>81500</PostDeliveryPrice><VatTax>7335</VatTax>";
    assert_eq!(price(good), CallOutcome::Done(map::DeliveryPrice { postage: 81_500, vat: 7_335 }));
    for (members, expected) in [
        ("<ErrorCode>-1</ErrorCode>", "refused"),
        ("<ErrorCode>-10</ErrorCode>", "busy"),
        ("<ErrorCode>0</ErrorCode><PostDeliveryPrice>0</PostDeliveryPrice><VatTax>0</VatTax>", "unknown"),
        ("<ErrorCode>0</ErrorCode><PostDeliveryPrice>-5</PostDeliveryPrice><VatTax>0</VatTax>", "unknown"),
        ("<ErrorCode>0</ErrorCode><PostDeliveryPrice>81500</PostDeliveryPrice>", "unknown"),
        ("<PostDeliveryPrice>81500</PostDeliveryPrice><VatTax>7335</VatTax>", "unknown"),
    ] {
        assert_eq!(kind_of(&price(members)), expected, "{members}");
    }
    let cut = map::price(&answer(200, soap("GetDeliveryPrice", good), false));
    assert_eq!(kind_of(&cut), "unknown");
}

#[test]
fn ready_takes_done_before_as_done_and_swapped_members() {
    let ready = |members: &str| map::ready(&answer(200, soap("ReadyToShip", members), true));
    let done = |words: &str| CallOutcome::Done(words.to_owned());
    assert_eq!(ready("<Description>تغییر کرد</Description><ErrorCode>0</ErrorCode>"), done("تغییر کرد"));
    assert_eq!(ready("<Description>قبلا</Description><ErrorCode>3</ErrorCode>"), done("قبلا"));
    assert_eq!(ready("<Description>3</Description><ErrorCode>قبلا</ErrorCode>"), done("قبلا"));
    assert_eq!(ready("<ErrorCode>0</ErrorCode>"), done(""));
    assert_eq!(kind_of(&ready("<ErrorCode>-1</ErrorCode>")), "refused");
    assert_eq!(kind_of(&ready("<ErrorCode>2</ErrorCode>")), "refused");
    assert_eq!(kind_of(&ready("<ErrorCode>-10</ErrorCode>")), "busy");
    assert_eq!(kind_of(&ready("<ErrorCode>x</ErrorCode>")), "unknown");
}

#[test]
fn bare_numbers_and_lists() {
    let stuff = |number: &str| map::stuff_id(&answer(200, soap("AddStuff", number), true));
    assert_eq!(stuff(" 700101 "), CallOutcome::Done(700_101));
    for (number, expected) in [
        ("-1", "refused"),
        ("-10", "busy"),
        ("0", "unknown"),
        ("", "unknown"),
        ("x", "unknown"),
        ("-50", "unknown"),
    ] {
        assert_eq!(kind_of(&stuff(number)), expected, "{number}");
    }
    assert_eq!(map::status(&answer(200, soap("GetStatus", "5"), true)), CallOutcome::Done(5));
    let rows =
        "<a:State><a:Code>1</a:Code><a:Name>تهران</a:Name></a:State><a:State><a:Code>2</a:Code></a:State>";
    let states = map::places(Operation::GetStates, &answer(200, soap("GetStates", rows), true));
    let CallOutcome::Done(states) = states else { panic!("{states:?}") };
    assert_eq!(states.iter().map(|s| (s.code, s.name.as_str())).collect::<Vec<_>>(), [(1, "تهران"), (2, "")]);
    let odd = map::places(Operation::GetStates, &answer(200, soap("GetStates", "<a:State/>"), true));
    assert_eq!(kind_of(&odd), "unknown");
}

fn sample_parcel(edit: impl FnOnce(&mut crate::Consignment)) -> NewParcel {
    let (account, mut consignment) = (samples::account("eshop"), samples::consignment());
    edit(&mut consignment);
    let ids = consignment.items.iter().map(|item| (product::key(&account, item), "700101".to_owned()));
    let prepared = Prepared(ids.collect());
    let receiver = Receiver::of(&account.settings, &consignment).unwrap();
    new_parcel(&account, &consignment, receiver, &prepared.0).unwrap()
}

fn names(parameters: &[(&'static str, Parameter)]) -> Vec<&'static str> {
    parameters.iter().map(|(name, _)| *name).collect()
}

#[test]
fn parameters_stand_in_schema_order() {
    let login = Login { username: "u", password: "p" };
    let parcel = sample_parcel(|_| {});
    let order = [
        "username",
        "password",
        "productsId",
        "cityCode",
        "serviceType",
        "payType",
        "registerFirstName",
        "registerLastName",
        "registerAddress",
        "registerPhoneNumber",
        "registerMobile",
        "registerPostalCode",
    ];
    assert_eq!(names(&login.parameters(parcel.parameters())), order);
    assert_eq!(parcel.operation(), Operation::AddParcel);
    let cheaper = sample_parcel(|c| {
        c.discount = yam_domain::money::Money::new(5_000, yam_domain::money::Currency::Irr)
    });
    assert_eq!(cheaper.operation(), Operation::AddParcelWithDiscount);
    assert_eq!(names(&cheaper.parameters()).last(), Some(&"discountAmount"));
    let Some((_, Parameter::Rows { rows, .. })) = parcel.parameters().into_iter().next() else {
        panic!("rows")
    };
    assert_eq!(
        rows,
        [vec![("Count", "2".to_owned()), ("DisCount", "0".to_owned()), ("Id", "700101".to_owned())]]
    );
    let price = PriceRequest {
        city_code: 71,
        price: 1,
        weight: 2,
        service: ServiceType::Sefareshi,
        pay: PayType::Online,
    };
    assert_eq!(names(&price.parameters()), ["cityCode", "price", "weight", "serviceType", "payType"]);
    let stuff = NewStuff { name: "n".into(), price: 1, weight: 2, count: 3 };
    assert_eq!(
        names(&stuff.parameters()),
        ["name", "price", "weight", "count", "description", "percentDiscount"]
    );
    let members: Vec<&str> = stuff.row().iter().map(|(name, _)| *name).collect();
    assert!(members.is_sorted());
}

#[test]
fn a_parcel_carries_the_codes_of_this_wire() {
    let free = sample_parcel(|c| c.postage_by_merchant = true);
    assert_eq!((free.pay.code(), free.service.code(), free.city_code), (88, 1, 71));
    let online = sample_parcel(|c| {
        c.cod = false;
        c.service = "sefareshi".into();
    });
    assert_eq!((online.pay.code(), online.service.code()), (2, 2));
    assert_eq!(online.products, [TempProduct { id: 700_101, count: 2 }]);
    assert!(online.address.ends_with("[Y-7K2M]"));
}

#[test]
fn a_request_is_soap_1_1() {
    let limits = Limits { total: Duration::from_secs(1), body: 1 };
    let login = Login { username: "demo&shop", password: "<pass>" };
    let url = Url::parse("http://post.example/EShopService.svc").unwrap();
    let call = client::request(url, Operation::AddParcel, login, sample_parcel(|_| {}).parameters(), limits)
        .unwrap();
    assert_eq!(call.method, http::Method::POST);
    assert_eq!(call.headers["content-type"], "text/xml; charset=utf-8");
    assert_eq!(call.headers["soapaction"], "\"http://tempuri.org/IEShopService/AddParcel\"");
    let body = String::from_utf8(call.body.to_vec()).unwrap();
    assert!(body.contains("<username>demo&amp;shop</username><password>&lt;pass&gt;</password>"));
    assert!(body.contains(
        "<d:TempProducts><d:Count>2</d:Count><d:DisCount>0</d:DisCount><d:Id>700101</d:Id></d:TempProducts>"
    ));
}

#[test]
fn a_product_that_was_not_prepared_is_not_sent() {
    let (account, consignment) = (samples::account("eshop"), samples::consignment());
    let receiver = Receiver::of(&account.settings, &consignment).unwrap();
    assert!(new_parcel(&account, &consignment, receiver, &Default::default()).is_err());
}

#[test]
fn pick_up_dates_are_jalali() {
    assert_eq!(map::jalali(jiff::civil::date(2013, 6, 26)).as_deref(), Some("1392/04/05"));
    assert_eq!(map::jalali(jiff::civil::date(2025, 3, 20)).as_deref(), Some("1403/12/30"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_break_the_parser_or_prove_a_parcel(body in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert_eq!(kind_of(&parcel(body.clone())), "unknown");
        let _total = (map::price(&answer(200, body.clone(), true)), map::ready(&answer(200, body, true)));
    }

    #[test]
    fn no_markup_breaks_the_parser(body in "(<[a-z/!?&;:='\"\\[\\]-]{0,9}>?|&#?[a-z0-9]{0,4};?|[ 0-9\u{feff}]){0,60}") {
        prop_assert_eq!(kind_of(&parcel(body)), "unknown");
    }

    /// A valid answer with one stretch overwritten is done only with its own barcode, and never a refusal.
    #[test]
    fn a_damaged_answer_is_never_a_refusal(at in 0usize..700, noise in prop::collection::vec(any::<u8>(), 1..12), complete in any::<bool>()) {
        let mut body = accepted().into_bytes();
        let at = at.min(body.len());
        let end = (at + noise.len()).min(body.len());
        body.splice(at..end, noise);
        match map::parcel(Operation::AddParcel, &answer(200, body, complete)) {
            CallOutcome::Done(registered) => prop_assert_eq!(registered.code.as_str().len(), 20),
            CallOutcome::Unknown(_) => {}
            other => prop_assert!(false, "{other:?}"),
        }
    }

    /// Whatever a buyer typed comes out of the envelope as it went in, or without what XML cannot hold.
    #[test]
    fn any_text_survives_the_envelope(text in any::<String>()) {
        let xml = super::envelope::write("Op", &[("text", text.as_str().into())]).unwrap();
        let xml = String::from_utf8(xml).unwrap().replace("<Op ", "<OpResponse><OpResult ").replace("</Op>", "</OpResult></OpResponse>");
        let document = super::envelope::Document::read(xml.as_bytes());
        let super::envelope::Reply::Result { result, whole } = document.reply("Op") else { panic!("{xml}") };
        prop_assert!(whole);
        let legal = |s: &str| s.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect::<String>();
        let (read, written) = (legal(&result.child("text").unwrap().text), legal(&text));
        prop_assert_eq!(read.trim(), written.trim());
    }
}

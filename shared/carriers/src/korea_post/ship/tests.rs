//! What goes on the wire, and what answers mean: nothing, however mangled, means more than it proves.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use proptest::prelude::*;
use yam_platform::http::Answer;

use super::map::{self, Cancelled, Numbers};
use super::{days, order};
use crate::consignment::Consignment;
use crate::korea_post::samples::{consignment, contract, won};
use crate::outcome::{CallOutcome, RefusalKind, Registered};

const CODE: &str = "6012300045678";
const ORDER: &str = "p-1-1";

fn answer(status: u16, body: impl Into<Bytes>, complete: bool) -> Answer {
    let status = StatusCode::from_u16(status).unwrap();
    Answer { status, headers: HeaderMap::new(), body: body.into(), complete }
}

fn issued(number: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xsync>\n  <reqNo><![CDATA[202501020000123456]]></reqNo>\n  \
         <resNo><![CDATA[2025010200001234]]></resNo>\n  <regiNo><![CDATA[ {number} ]]></regiNo>\n  \
         <orderNo><![CDATA[{ORDER}]]></orderNo>\n  <regiPoNm><![CDATA[서울중앙우체국]]></regiPoNm>\n  \
         <resDate><![CDATA[20250102103015]]></resDate>\n  <price><![CDATA[4000]]></price>\n  <vTelNo><![CDATA[]]></vTelNo>\n</xsync>"
    )
}

fn error(code: &str, told: &str) -> String {
    format!(
        "<xsync><error><error_code><![CDATA[{code}]]></error_code><message><![CDATA[{told}]]></message></error></xsync>"
    )
}

fn inserted(body: impl Into<Bytes>) -> CallOutcome<Registered> {
    map::inserted(&answer(200, body, true), ORDER)
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
fn the_example_of_the_notes_is_a_waybill() {
    let CallOutcome::Done(registered) = inserted(issued(CODE)) else { panic!("done") };
    assert_eq!(registered.code.as_str(), CODE);
    assert_eq!(registered.postage, Some(won(4_000)));
    assert_eq!(registered.reference.as_deref(), Some("202501020000123456/2025010200001234"));
    assert_eq!(registered.told.get("regiPoNm").map(String::as_str), Some("서울중앙우체국"));
}

#[test]
fn the_test_number_is_never_a_waybill() {
    let CallOutcome::Refused(error) = inserted(issued("TESTREGINOAPI")) else { panic!("refused") };
    assert_eq!((error.code.as_str(), error.kind), ("TESTREGINOAPI", RefusalKind::AccountInactive));
    let found = map::found(&answer(200, issued("TESTREGINOAPI"), true), ORDER);
    assert_eq!(found, Ok(vec![]));
}

#[test]
fn codes_of_the_table_are_refusals_and_load_is_not() {
    for code in ["ERR-111", "ERR-123", "ERR-225", "ERR-311", "ERR-511", "ERR-522", "ERR-523", "ERR-999"] {
        let CallOutcome::Refused(refused) = inserted(error(code, "…")) else { panic!("{code}") };
        assert_eq!(refused.code, code);
    }
    assert_eq!(kind_of(&inserted(error("ERR-131", "부하"))), "unknown");
}

#[test]
fn everything_else_may_have_issued_one() {
    for body in [
        "",
        "<html><head><title>작업 안내</title></head></html>",
        "<!DOCTYPE html><html></html>",
        "<xsync/>",
        "{}",
        &issued(""),
        &issued("601230004567"),
        &issued("60123000456789"),
        &issued("EG123456785KR"),
        &issued(CODE).replace(ORDER, "p-2-1"),
        &issued(CODE).replace("</xsync>", "<error_code>ERR-311</error_code></xsync>"),
    ] {
        assert_eq!(kind_of(&inserted(body.to_owned())), "unknown", "{body}");
    }
    for status in [301, 307, 400, 404, 500, 502, 503] {
        assert_eq!(
            kind_of(&map::inserted(&answer(status, issued(CODE), true), ORDER)),
            "unknown",
            "{status}"
        );
    }
}

/// Fault schedule F2: the answer cut at every byte.
#[test]
fn a_cut_answer_is_a_waybill_only_when_its_number_is_whole() {
    let body = issued(CODE);
    let proof = body.find("</regiNo>").unwrap() + "</regiNo>".len();
    for at in 0..body.len() {
        let outcome = map::inserted(&answer(200, body.as_bytes()[..at].to_vec(), false), ORDER);
        assert_eq!(kind_of(&outcome), if at >= proof { "done" } else { "unknown" }, "{at}");
    }
    let refusal = error("ERR-311", "recNm");
    for at in 0..refusal.len() {
        let outcome = map::inserted(&answer(200, refusal.as_bytes()[..at].to_vec(), false), ORDER);
        assert_eq!(kind_of(&outcome), "unknown", "{at}");
    }
}

#[test]
fn broken_letters_do_not_hide_a_waybill() {
    let mut body = issued(CODE).into_bytes();
    let name = body.windows(3).position(|three| three == "서".as_bytes()).unwrap();
    body[name] = 0xbc;
    assert_eq!(kind_of(&inserted(body)), "done");
}

#[test]
fn look_ups_hit_miss_or_prove_nothing() {
    let found = |body: &str| map::found(&answer(200, body.to_owned(), true), ORDER);
    let wrapped =
        issued(CODE).replace("<xsync>", "<xsync><resInfo>").replace("</xsync>", "</resInfo></xsync>");
    assert_eq!(found(&wrapped).unwrap().len(), 1);
    assert_eq!(found(&issued(CODE)).unwrap().len(), 1);
    for code in ["ERR-225", "ERR-123", "ERR-125"] {
        assert_eq!(found(&error(code, "")), Ok(vec![]), "{code}");
    }
    assert_eq!(found(&issued(CODE).replace(ORDER, "p-2-1")), Ok(vec![]));
    for body in [&error("ERR-131", ""), &error("ERR-511", ""), "<xsync/>", "<html>", &issued("")] {
        assert!(found(body).is_err(), "{body}");
    }
    assert!(map::found(&answer(404, error("ERR-225", ""), true), ORDER).is_err());
    assert!(map::found(&answer(200, error("ERR-225", ""), false), ORDER).is_err());
}

#[test]
fn cancellations_are_read_in_any_case() {
    let code = || yam_domain::waybill::WaybillNumber::try_from(CODE.to_owned()).unwrap();
    let cancelled = |body: &str| map::cancelled(&answer(200, body.to_owned(), true), &code());
    assert_eq!(cancelled("<xsync><canceledYn>D</canceledYn></xsync>"), CallOutcome::Done(Cancelled::Gone));
    assert_eq!(cancelled("<xsync><canceledyn> d </canceledyn></xsync>"), CallOutcome::Done(Cancelled::Gone));
    let replaced = cancelled(
        "<xsync><canceledYn>Y</canceledYn><regiNo>6012300099999</regiNo><reqNo>202501020000123457</reqNo>\
         <resNo>2025010200001234</resNo></xsync>",
    );
    let CallOutcome::Done(Cancelled::Replaced(other, Some(numbers))) = replaced else { panic!("replaced") };
    assert_eq!((other.as_str(), numbers.day()), ("6012300099999", "20250102"));
    let late =
        cancelled("<xsync><canceledYn>N</canceledYn><notCancelReason>집하완료</notCancelReason></xsync>");
    let CallOutcome::Refused(late) = late else { panic!("refused") };
    assert!(
        late.kind == RefusalKind::State
            && late.message.contains("too late")
            && late.message.contains("집하완료")
    );
    assert!(matches!(cancelled(&error("ERR-123", "")), CallOutcome::Done(Cancelled::Unknown(_))));
    assert_eq!(kind_of(&cancelled(&error("ERR-131", ""))), "busy");
    assert_eq!(kind_of(&cancelled(&error("ERR-311", "regiNo"))), "refused");
    for body in ["<xsync/>", "<xsync><canceledYn>?</canceledYn></xsync>", "<html></html>", ""] {
        assert_eq!(kind_of(&cancelled(body)), "unknown", "{body}");
    }
}

#[test]
fn numbers_are_kept_in_one_text() {
    let numbers = Numbers::parse("202501020000123456/2025010200001234").unwrap();
    assert_eq!(numbers.day(), "20250102");
    assert_eq!(Numbers::parse(&numbers.to_string()), Some(numbers));
    for text in ["", "1/2", "202501020000123456", "2025010200001x/20250102"] {
        assert_eq!(Numbers::parse(text), None, "{text}");
    }
}

#[test]
fn every_touched_day_and_the_next_is_asked_once() {
    let date = |day| jiff::civil::date(2025, 1, day);
    assert_eq!(days(&[date(2)], date(9)), [date(3), date(2)]);
    assert_eq!(days(&[date(2), date(3)], date(9)), [date(4), date(3), date(2)]);
    assert_eq!(days(&[], date(9)), [date(9), date(8)]);
    assert_eq!(days(&(1..20).map(date).collect::<Vec<_>>(), date(20)).len(), 6);
}

fn fields(edit: impl FnOnce(&mut Consignment)) -> Result<super::Fields, RefusalKind> {
    let mut consignment = consignment();
    edit(&mut consignment);
    order::fields(&contract(), &consignment, ORDER).map_err(|error| error.kind)
}

#[test]
fn a_consignment_becomes_the_manuals_fields() {
    let fields = fields(|_| {}).unwrap();
    for (name, value) in [
        ("custNo", "0001234567"),
        ("apprNo", "1234567890"),
        ("payType", "1"),
        ("reqType", "1"),
        ("officeSer", "01"),
        ("weight", "2"),
        ("volume", "60"),
        ("microYn", "N"),
        ("orderNo", ORDER),
        ("insuYn", "N"),
        ("ordCompNm", "데모 상점"),
        ("recNm", "홍길동"),
        ("recZip", "04524"),
        ("recAddr1", "서울특별시 중구 세종대로 110"),
        ("recAddr2", "3층"),
        ("recTel", "01012345678"),
        ("recMob", "01012345678"),
        ("contCd", "029"),
        ("goodsNm", "예제 도서 x2"),
        ("qty", "2"),
        ("printYn", "N"),
    ] {
        assert_eq!(fields.get(name), Some(value), "{name}");
    }
    assert_eq!((fields.get("testYn"), fields.get("insuAmt")), (None, None));
}

#[test]
fn optional_parts_are_sent_where_they_are_given() {
    let sent = fields(|c| {
        c.postage_on_delivery = true;
        c.declared_value = Some(won(50_000));
        c.items[0].content_code = Some("024".into());
        c.items[0].dimensions = Some(yam_domain::dimensions::Dimensions::new(300, 200, 51));
        c.consignee.address2 = None;
        c.consignee.address = "서울특별시 중구 세종대로 110".into();
    })
    .unwrap();
    for (name, value) in [
        ("payType", "2"),
        ("insuYn", "Y"),
        ("insuAmt", "50000"),
        ("contCd", "024"),
        ("volume", "61"),
        ("recAddr1", "서울특별시 중구 세종대로 110"),
        ("recAddr2", "-"),
    ] {
        assert_eq!(sent.get(name), Some(value), "{name}");
    }
}

#[test]
fn what_the_operator_would_refuse_is_said_before() {
    let size = yam_domain::dimensions::Dimensions::new;
    assert_eq!(fields(|c| c.cod = true), Err(RefusalKind::CodNotSupported));
    assert_eq!(fields(|c| c.weight = yam_domain::weight::Grams::new(30_001)), Err(RefusalKind::Weight));
    assert_eq!(fields(|c| c.dimensions = Some(size(1_000, 300, 301))), Err(RefusalKind::Size));
    assert_eq!(fields(|c| c.service = "micro_parcel".into()), Err(RefusalKind::Service));
    assert_eq!(fields(|c| c.consignee.country = "RU".into()), Err(RefusalKind::Country));
    assert_eq!(fields(|c| c.consignee.postal_code = Some("123-456".into())), Err(RefusalKind::PostalCode));
    assert_eq!(fields(|c| c.consignee.phone = None), Err(RefusalKind::Consignee));
    assert_eq!(fields(|c| c.consignee.address = " ".into()), Err(RefusalKind::Consignee));
    assert_eq!(fields(|c| c.consignee.address = "가".repeat(141)), Err(RefusalKind::Consignee));
    assert_eq!(fields(|c| c.items[0].content_code = Some("030".into())), Err(RefusalKind::Goods));
    assert_eq!(fields(|c| c.items.clear()), Err(RefusalKind::Goods));
}

proptest! {
    #[test]
    fn no_body_breaks_the_readers(body in prop::collection::vec(any::<u8>(), 0..300), status in 200u16..600) {
        let answer = answer(status, body, true);
        let outcome = map::inserted(&answer, ORDER);
        prop_assert!(!matches!(outcome, CallOutcome::Done(_) | CallOutcome::NotSent(_)));
        let _total = map::found(&answer, ORDER);
    }
}

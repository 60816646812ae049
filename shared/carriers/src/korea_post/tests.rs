//! What answers mean: the examples of the protocol notes, and bodies nobody would send.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use proptest::prelude::*;
use url::Url;
use yam_domain::tracking::{Snapshot, dictionary};
use yam_domain::waybill::WaybillNumber;
use yam_platform::http::Answer;

use super::open_api::Service;
use super::{client, open_api, portal};
use crate::tracker::TrackOutcome;

const CODE: &str = "6012300045678";

/// Section 5.2 B of the notes.
const COMBINED: &str = "<response>
  <header><requestRegiNo>6012300045678</requestRegiNo><responseTime>2025-01-03 18:00:05</responseTime>
    <successYN>Y</successYN><errorMessage></errorMessage></header>
  <trackInfo>
    <regiNo>6012300045678</regiNo>
    <senderName>홍*동</senderName><senderData>2025-01-02</senderData>
    <receiveName>김*수</receiveName><receiveDate>2025-01-03</receiveDate>
    <trackState>배달완료</trackState><expressType></expressType>
    <detaileTrackList><sortNo>0</sortNo><date>2025-01-02</date><time>13:47</time>
      <statue>접수 </statue><location>서울중앙우체국</location><remark></remark></detaileTrackList>
    <detaileTrackList><sortNo>1</sortNo><date>2025-01-03</date><time>10:05</time>
      <statue>배달완료
      (배달)</statue><location>서울강남우체국</location><remark>본인</remark></detaileTrackList>
  </trackInfo>
</response>";

/// Section 5.2 A: no XML declaration, closed empty elements, both forms of a date.
const DOMESTIC: &str = "<LongitudinalDomesticListResponse><cmmMsgHeader><requestMsgId/><responseMsgId/>\
    <responseTime>20250103:180005123</responseTime><successYN>Y</successYN><returnCode>00</returnCode><errMsg/></cmmMsgHeader>\
    <addrseNm>김*수</addrseNm><applcntNm>홍*동</applcntNm><dlvyDe>2025-01-03 10:05</dlvyDe><dlvySttus>배달완료</dlvySttus>\
    <longitudinalDomesticList><dlvyDate>2025.01.02</dlvyDate><dlvyTime>13:47</dlvyTime><nowLc>서울중앙우체국</nowLc><processSttus>접수</processSttus><detailDc/></longitudinalDomesticList>\
    <longitudinalDomesticList><dlvyDate>2025-01-03</dlvyDate><dlvyTime>10:05</dlvyTime><nowLc>서울강남우체국</nowLc><processSttus>배달완료</processSttus><detailDc>배달(수령인:김*수 - 본인)</detailDc></longitudinalDomesticList>\
    <pstmtrKnd>통상</pstmtrKnd><rgist>6012300045678</rgist><trtmntSe>익일특급</trtmntSe></LongitudinalDomesticListResponse>";

/// Section 5.1, times as timestamps and in CDATA.
const PORTAL: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><trace><regino><![CDATA[6012300045678]]></regino><sendnm>홍*동</sendnm>\
    <eventnm>배달완료</eventnm><eventymd>20250103</eventymd><eventhms>100500</eventhms><itemlist>\
    <item><sortingdate><![CDATA[20250102]]></sortingdate><eventhms><![CDATA[ 13:47 ]]></eventhms><eventregiponm>서울중앙우체국</eventregiponm><tracestatus><![CDATA[접수]]></tracestatus></item>\
    <item><sortingdate>20250103</sortingdate><eventhms>20250103100500</eventhms><eventregiponm>서울강남우체국</eventregiponm><tracestatus>배달완료</tracestatus></item>\
    </itemlist></trace>";

/// Section 12.1.
const EMS: &str = "<trace><itemlist><item><sortingdate>20250102134700  </sortingdate><eventhms>13:47</eventhms><eventregiponm>국제우편물류센터</eventregiponm>\
    <delivrsltnm/><nondelivreasnnm/><eventnm>발송준비</eventnm><eventymd>2025.01.02</eventymd><upucd>C</upucd></item></itemlist></trace>";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn asked_at() -> Timestamp {
    at("2025-01-04T00:00:00Z")
}

fn number(code: &str) -> WaybillNumber {
    WaybillNumber::try_from(code.to_owned()).unwrap()
}

fn answer(status: u16, media: &'static str, body: impl Into<Bytes>) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(media))]),
        body: body.into(),
        complete: true,
    }
}

fn xml(body: impl Into<Bytes>) -> Answer {
    answer(200, "application/xml", body)
}

fn open(body: impl Into<Bytes>) -> TrackOutcome<Snapshot> {
    open_api::read(&xml(body), &number(CODE), asked_at())
}

fn kpost(body: impl Into<Bytes>) -> TrackOutcome<Snapshot> {
    portal::read(&xml(body), &number(CODE), asked_at())
}

/// Both examples tell the same two scans.
fn check_scans(outcome: TrackOutcome<Snapshot>, detail: &str) {
    let TrackOutcome::Answer(snapshot) = &outcome else { panic!("{}", outcome.describe()) };
    let [accepted, delivered] = snapshot.scans.as_slice() else { panic!("two scans") };
    assert_eq!(accepted.happened_at, at("2025-01-02T04:47:00Z"));
    assert_eq!((accepted.raw.code.as_str(), accepted.raw.detail.as_str()), ("접수", ""));
    assert_eq!(accepted.reading, dictionary::korea_post("접수", None));
    assert_eq!(delivered.happened_at, at("2025-01-03T01:05:00Z"));
    assert_eq!((delivered.raw.code.as_str(), delivered.raw.detail.as_str()), ("배달완료", detail));
    let place = delivered.office.as_ref().and_then(|office| office.name.as_deref());
    assert_eq!(place, Some("서울강남우체국"));
    assert_eq!((snapshot.taken_at, snapshot.known, snapshot.unreadable), (asked_at(), true, 0));
}

#[test]
fn the_examples_of_the_notes() {
    check_scans(open(COMBINED), "(배달); 본인");
    check_scans(open(DOMESTIC), "배달(수령인:김*수 - 본인)");
    check_scans(kpost(PORTAL), "");
}

#[test]
fn an_international_trace_has_other_names() {
    let code = number("EA123456785RU");
    let outcome = portal::read(&xml(EMS), &code, asked_at());
    let TrackOutcome::Answer(snapshot) = &outcome else { panic!("{}", outcome.describe()) };
    let [scan] = snapshot.scans.as_slice() else { panic!("one scan") };
    assert_eq!((scan.happened_at, scan.raw.code.as_str()), (at("2025-01-02T04:47:00Z"), "발송준비"));
    assert_eq!((portal::target(&code), portal::target(&number(CODE))), ("emsTrace", "trace"));
}

#[test]
fn maintenance_is_neither_not_found_nor_another_shape() {
    let page = "<!DOCTYPE html><html><head><title>작업 안내</title></head><body>배달완료</body></html>";
    for answer in [
        answer(404, "text/html;charset=UTF-8", page),
        answer(200, "text/html", page),
        answer(200, "application/xml", page),
        answer(200, "text/plain", "점검 중입니다"),
        answer(200, "text/plain", ""),
    ] {
        for outcome in [
            open_api::read(&answer, &number(CODE), asked_at()),
            portal::read(&answer, &number(CODE), asked_at()),
        ] {
            assert!(matches!(outcome, TrackOutcome::Maintenance(_)), "{}", outcome.describe());
        }
    }
}

#[test]
fn gateway_failures_are_told_apart() {
    let failure = |code: &str, name: &str| {
        open(format!(
            "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>{name}</returnAuthMsg>\
             <returnReasonCode>{code}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
        ))
    };
    let quota = failure("22", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR");
    assert!(matches!(quota, TrackOutcome::Quota { .. }) && quota.holds_for_all());
    assert!(matches!(failure("30", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"), TrackOutcome::Denied(_)));
    assert!(matches!(failure("31", "DEADLINE_HAS_EXPIRED_ERROR"), TrackOutcome::Denied(_)));
    assert!(matches!(failure("32", "UNREGISTERED_IP_ERROR"), TrackOutcome::Denied(_)));
    assert!(matches!(failure("20", "SERVICE_ACCESS_DENIED_ERROR"), TrackOutcome::Denied(_)));
    assert!(matches!(failure("1", "APPLICATION_ERROR"), TrackOutcome::Failed(_)));
}

#[test]
fn nothing_known_is_not_found() {
    let empty = "<response><header><successYN>Y</successYN></header><trackInfo/></response>";
    let no = "<response><header><successYN>N</successYN><errorMessage>조회된 데이터가 없습니다.</errorMessage></header></response>";
    for body in [empty, no, "<LongitudinalDomesticListResponse/>"] {
        assert_eq!(open(body), TrackOutcome::NotFound, "{body}");
    }
    for body in [
        "<trace><regino>6012300045678</regino><itemlist/></trace>",
        "<error><error_code>ERR-001</error_code><message><![CDATA[조회결과가 없습니다]]></message></error>",
        "<error>ERR-001 : 조회결과가 없습니다</error>",
        "<xsync><error><error_code> ERR-001 </error_code></error></xsync>",
    ] {
        assert_eq!(kpost(body), TrackOutcome::NotFound, "{body}");
    }
}

#[test]
fn errors_of_the_portal_are_told_apart() {
    let error =
        |code: &str| kpost(format!("<error><error_code>{code}</error_code><message>x</message></error>"));
    assert!(matches!(error("ERR-123"), TrackOutcome::Denied(_)));
    assert!(matches!(error("ERR-125"), TrackOutcome::BadCode(_)));
    assert!(matches!(error("ERR-321"), TrackOutcome::BadCode(_)));
    assert!(matches!(error("ERR-131"), TrackOutcome::NotYet { .. }));
    assert!(matches!(error("ERR-999"), TrackOutcome::Failed(_)));
    assert!(matches!(kpost("<error/>"), TrackOutcome::Failed(_)));
}

#[test]
fn one_bad_row_never_loses_the_others() {
    let row = |date: &str, statue: &str| {
        format!(
            "<detaileTrackList><date>{date}</date><time>13:47</time><statue>{statue}</statue></detaileTrackList>"
        )
    };
    let good = row("2025-01-02", "발송");
    for bad in
        [row("soon", "발송"), row("2025-01-02", " "), row("", "발송"), "<detaileTrackList/>".to_owned()]
    {
        let body = format!("<response><trackInfo>{good}{bad}{good}</trackInfo></response>");
        let TrackOutcome::Answer(snapshot) = open(body) else { panic!("{bad}") };
        assert_eq!((snapshot.scans.len(), snapshot.unreadable), (2, 1), "{bad}");
        let alone = format!("<response><trackInfo>{bad}</trackInfo></response>");
        assert!(matches!(open(alone), TrackOutcome::ShapeChanged(_)), "{bad}");
    }
}

#[test]
fn another_parcels_trace_and_other_documents_are_no_answer() {
    for body in [
        COMBINED.replace("<regiNo>6012300045678", "<regiNo>6012300045679"),
        "<other/>".to_owned(),
        "<response>".to_owned(),
        "<!DOCTYPE a [<!ENTITY b 'c'>]><response>&b;</response>".to_owned(),
        "<a>".repeat(100_000),
    ] {
        assert!(matches!(open(body.clone()), TrackOutcome::ShapeChanged(_)));
        assert!(matches!(kpost(body), TrackOutcome::ShapeChanged(_)));
    }
    let hyphens = COMBINED.replace("<regiNo>6012300045678", "<regiNo>60123-0004-5678");
    assert!(matches!(open(hyphens), TrackOutcome::Answer(_)));
}

#[test]
fn another_character_set_is_another_shape() {
    let mut body = PORTAL.as_bytes().to_vec();
    let place = body.windows(6).position(|six| six == "접수".as_bytes()).unwrap();
    let _utf8: Vec<u8> = body.splice(place..place + 6, [0xc1, 0xa2, 0xbc, 0xf6]).collect();
    assert!(matches!(kpost(body), TrackOutcome::ShapeChanged(_)));
}

fn check_cuts(body: &str, read: impl Fn(Vec<u8>) -> TrackOutcome<Snapshot>) {
    for end in 0..body.len() {
        let outcome = read(body.as_bytes()[..end].to_vec());
        let nothing = matches!(outcome, TrackOutcome::ShapeChanged(_) | TrackOutcome::Maintenance(_));
        assert!(nothing, "cut at {end}: {}", outcome.describe());
    }
}

#[test]
fn a_cut_answer_never_counts_and_never_panics() {
    check_cuts(COMBINED, open);
    check_cuts(DOMESTIC, open);
    check_cuts(PORTAL, kpost);
    check_cuts(EMS, kpost);
}

#[test]
fn questions_are_those_of_the_notes() {
    let base = |path: &str| Url::parse(&format!("http://post.example/{path}")).unwrap();
    let url = client::open_api_url(base(Service::Combined.path()), "ab%2Bc%3D%3D", &number(CODE));
    assert_eq!(
        url.as_str(),
        "http://post.example/trace/retrieveLongitudinalCombinedService/retrieveLongitudinalCombinedService/getLongitudinalCombinedList?ServiceKey=ab%2Bc%3D%3D&rgist=6012300045678"
    );
    let url = client::open_api_url(base(Service::Domestic.path()), "ab+c==", &number(CODE));
    assert!(
        url.as_str().ends_with("/getLongitudinalDomesticList?ServiceKey=ab%2Bc%3D%3D&rgist=6012300045678")
    );
    let url = client::portal_url(base("KpostPortal/openapi2"), "k1", &number("EA123456785RU"));
    assert_eq!(
        url.as_str(),
        "http://post.example/KpostPortal/openapi2?regkey=k1&target=emsTrace&query=EA123456785RU&showRec=Y"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_break_a_reader(body in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(!matches!(open(body.clone()), TrackOutcome::Answer(_)));
        prop_assert!(!matches!(kpost(body), TrackOutcome::Answer(_)));
    }

    #[test]
    fn odd_values_break_nothing(date in "\\PC{0,20}", time in "\\PC{0,16}", status in "\\PC{0,16}") {
        let [date, time, status] = [&date, &time, &status].map(|text| yam_platform::xml::escaped(text));
        let _total = open(format!("<response><detaileTrackList><date>{date}</date><time>{time}</time><statue>{status}</statue></detaileTrackList></response>"));
        let _total = kpost(format!("<trace><item><sortingdate>{date}</sortingdate><eventhms>{time}</eventhms><tracestatus>{status}</tracestatus></item></trace>"));
    }
}

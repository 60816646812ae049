//! The adapter over a socket against a written-down service.

use yam_domain::waybill::WaybillNumber;

use super::*;
use crate::korea_post::samples::{account, consignment, ours, quote, settings, won};
use crate::korea_post::ship::opened;
use crate::scripted::{Call, Say, Scripted, platform, xml};

const NOON: &str = "2025-01-02T03:00:00Z";
const KEY: [u8; 16] = *b"0123456789abcdef";

async fn post(script: Vec<Say>) -> (Scripted, KoreaPost) {
    let server = Scripted::new(script).await;
    let post = KoreaPost::new(&server.platform("YAM_URL_KOREA_POST_SHIP", NOON));
    (server, post)
}

/// What the service reads from a call.
fn plain(call: &Call) -> String {
    opened(&call.form("regData").unwrap(), KEY)
}

fn issued(number: &str, application: u64) -> String {
    format!(
        "<xsync><reqNo>20250102{application:010}</reqNo><resNo>2025010200001234</resNo><regiNo>{number}</regiNo>\
         <orderNo>p-1-1</orderNo><price>4000</price></xsync>"
    )
}

fn error(code: &str) -> Say {
    xml(format!("<xsync><error><error_code>{code}</error_code><message/></error></xsync>"))
}

async fn register(post: &KoreaPost) -> CallOutcome<Registered> {
    post.register(&account(), &consignment(), &Prepared::default(), &ours()).await
}

fn parcel(code: &str, reference: Option<&str>) -> RegisteredParcel {
    RegisteredParcel {
        parcel: ours().parcel,
        code: WaybillNumber::try_from(code.to_owned()).unwrap(),
        reference: reference.map(str::to_owned),
        ours: ours(),
    }
}

#[tokio::test]
async fn a_waybill_is_issued_by_one_enciphered_form() {
    let (server, post) = post(vec![xml(issued("6012300045678", 1))]).await;
    let CallOutcome::Done(registered) = register(&post).await else { panic!("done") };
    assert_eq!((registered.code.as_str(), registered.postage), ("6012300045678", Some(won(4_000))));
    let call = server.calls().remove(0);
    assert_eq!(server.calls().len(), 1);
    assert_eq!(call.line, "POST /api.InsertOrder.jparcel");
    assert!(call.headers.to_lowercase().contains("user-agent: apache-httpclient/4.5.1"), "{}", call.headers);
    assert_eq!(call.form("key").as_deref(), Some("demoauthkey0000000000000000001"));
    let plain = plain(&call);
    assert!(
        plain.starts_with("custNo=0001234567&apprNo=1234567890&payType=1&reqType=1&officeSer=01&weight=2")
    );
    assert!(plain.contains("&orderNo=p-1-1&") && plain.contains("&recNm=홍길동&"), "{plain}");
}

#[tokio::test]
async fn ends_of_a_call_are_classified() {
    for (say, expected) in [
        (Say::Nothing, "unknown"),
        (Say::Cut(200, "text/xml", issued("6012300045678", 1), 20), "unknown"),
        (Say::Whole(404, "text/html", "<html>작업 안내</html>".into()), "unknown"),
        (Say::Whole(307, "text/html", String::new()), "unknown"),
        (error("ERR-131"), "unknown"),
        (error("ERR-311"), "refused"),
    ] {
        let (server, post) = post(vec![say.clone()]).await;
        let outcome = register(&post).await;
        let seen = match &outcome {
            CallOutcome::Unknown(_) => "unknown",
            CallOutcome::Refused(_) => "refused",
            other => panic!("{say:?}: {other:?}"),
        };
        assert_eq!((seen, server.calls().len()), (expected, 1), "{say:?}");
    }
}

#[tokio::test]
async fn without_a_listener_or_through_a_dead_proxy_nothing_was_sent() {
    let nobody = "http://127.0.0.1:9";
    for settings in [
        vec![("YAM_URL_KOREA_POST_SHIP", nobody)],
        vec![("YAM_URL_KOREA_POST_SHIP", "http://ship.example"), ("YAM_PROXY_KOREA_POST_SHIP", nobody)],
        vec![("YAM_URL_KOREA_POST_SHIP", "ftp://ship.example")],
    ] {
        let post = KoreaPost::new(&platform(&settings, NOON));
        assert!(matches!(register(&post).await, CallOutcome::NotSent(_)), "{settings:?}");
    }
}

#[tokio::test]
async fn a_code_of_no_table_is_looked_up_before_it_is_believed() {
    let found = xml(issued("6012300045678", 1));
    let (_server, post_) = post(vec![error("ERR-777"), found, error("ERR-225")]).await;
    assert!(matches!(register(&post_).await, CallOutcome::Done(_)));
    let (_server, post_) = post(vec![error("ERR-777"), error("ERR-225"), error("ERR-225")]).await;
    assert!(matches!(register(&post_).await, CallOutcome::Refused(error) if error.code == "ERR-777"));
    let (_server, post_) = post(vec![error("ERR-777"), Say::Nothing, error("ERR-225")]).await;
    assert!(matches!(register(&post_).await, CallOutcome::Unknown(_)));
}

#[tokio::test]
async fn a_look_up_asks_each_day_in_korea() {
    let (server, post) = post(vec![error("ERR-123"), xml(issued("6012300045678", 1))]).await;
    let LookUpOutcome::Hit(found) = post.look_up(&account(), &ours()).await else { panic!("hit") };
    assert_eq!(found.code.as_str(), "6012300045678");
    let asked: Vec<String> = server.calls().iter().map(plain).collect();
    assert_eq!(
        asked,
        [
            "custNo=0001234567&reqType=1&orderNo=p-1-1&reqYmd=20250103",
            "custNo=0001234567&reqType=1&orderNo=p-1-1&reqYmd=20250102",
        ]
    );
}

#[tokio::test]
async fn a_miss_needs_every_day_to_answer() {
    let (_server, both) = post(vec![error("ERR-225"), error("ERR-123")]).await;
    assert_eq!(both.look_up(&account(), &ours()).await, LookUpOutcome::Miss);
    let (_server, one) = post(vec![error("ERR-225"), Say::Nothing]).await;
    assert!(matches!(one.look_up(&account(), &ours()).await, LookUpOutcome::Failed(_)));
}

#[tokio::test]
async fn copies_of_one_order_number_are_surplus() {
    let two = "<xsync><resInfo><reqNo>202501020000000002</reqNo><resNo>2025010200001234</resNo><regiNo>6012300000002</regiNo></resInfo>\
        <resInfo><reqNo>202501020000000001</reqNo><resNo>2025010200001234</resNo><regiNo>6012300000001</regiNo></resInfo></xsync>";
    let script = || vec![error("ERR-225"), xml(two)];
    let (_server, looking) = post(script()).await;
    let LookUpOutcome::Several { kept, surplus } = looking.look_up(&account(), &ours()).await else {
        panic!("several")
    };
    assert_eq!(kept.code.as_str(), "6012300000001");
    assert_eq!(surplus.len(), 1);
    let (_server, auditing) = post(script()).await;
    let stored = parcel("6012300000002", None);
    let LookUpOutcome::Hit(copies) = auditing.audit(&account(), &stored).await else { panic!("surplus") };
    assert_eq!(
        copies.iter().filter_map(|c| c.code.as_ref()).map(|c| c.as_str()).collect::<Vec<_>>(),
        ["6012300000001"]
    );
    let (_server, alone) = post(vec![error("ERR-225"), xml(issued("6012300000002", 2))]).await;
    assert_eq!(alone.audit(&account(), &stored).await, LookUpOutcome::Miss);
}

#[tokio::test]
async fn a_cancel_deletes_and_follows_a_replacement() {
    let (server, gone) = post(vec![xml("<xsync><canceledYn>D</canceledYn></xsync>")]).await;
    let stored = parcel("6012300045678", Some("202501020000123456/2025010200001234"));
    assert!(matches!(gone.cancel(&account(), &stored).await, CallOutcome::Done(_)));
    assert_eq!(
        plain(&server.calls()[0]),
        "custNo=0001234567&apprNo=1234567890&reqType=1&reqNo=202501020000123456&resNo=2025010200001234\
         &regiNo=6012300045678&reqYmd=20250102&delYn=Y"
    );
    let replaced = "<xsync><canceledYn>Y</canceledYn><regiNo>6012300099999</regiNo><reqNo>202501020000123457</reqNo>\
        <resNo>2025010200001234</resNo></xsync>";
    let (server, follows) = post(vec![xml(replaced), xml("<xsync><canceledYn>D</canceledYn></xsync>")]).await;
    assert!(matches!(follows.cancel(&account(), &stored).await, CallOutcome::Done(_)));
    assert!(plain(&server.calls()[1]).contains("&regiNo=6012300099999&"));
}

#[tokio::test]
async fn a_cancel_whose_answer_was_lost_is_settled_by_asking() {
    let stored = parcel("6012300045678", Some("202501020000123456/2025010200001234"));
    let (_server, gone) = post(vec![error("ERR-123"), error("ERR-225"), error("ERR-225")]).await;
    assert!(matches!(gone.cancel(&account(), &stored).await, CallOutcome::Done(_)));
    let live = issued("6012300045678", 123_456);
    let (server, again) = post(vec![
        error("ERR-123"),
        xml(live),
        error("ERR-225"),
        xml("<xsync><canceledYn>D</canceledYn></xsync>"),
    ])
    .await;
    assert!(matches!(again.cancel(&account(), &stored).await, CallOutcome::Done(_)));
    assert_eq!(server.left(), 0);
    let (_server, late) =
        post(vec![xml("<xsync><canceledYn>N</canceledYn><notCancelReason>집하</notCancelReason></xsync>")])
            .await;
    assert!(
        matches!(late.cancel(&account(), &stored).await, CallOutcome::Refused(e) if e.kind == RefusalKind::State)
    );
}

#[tokio::test]
async fn calling_a_copy_off_again_never_touches_the_kept_one() {
    let kept = || xml(issued("6012300000001", 1));
    let (server, again) = post(vec![error("ERR-123"), error("ERR-225"), kept()]).await;
    let code = Some(WaybillNumber::try_from("6012300000002".to_owned()).unwrap());
    let copy = Surplus { code, reference: Some("202501020000000002/2025010200001234".into()) };
    assert!(matches!(again.cancel_surplus(&account(), &ours(), &copy).await, CallOutcome::Done(_)));
    assert_eq!(server.calls().len(), 3, "no cancel of the kept one");
    let unnumbered = parcel("6012300000001", None);
    let (_server, missed) = post(vec![error("ERR-225"), error("ERR-225")]).await;
    assert!(matches!(missed.cancel(&account(), &unnumbered).await, CallOutcome::Unknown(_)));
}

#[tokio::test]
async fn credentials_are_verified_by_reading_the_contract() {
    let contracts =
        |number: &str| xml(format!("<xsync><contractInfo><apprNo>{number}</apprNo></contractInfo></xsync>"));
    let offices = |code: &str| {
        xml(format!(
            "<xsync><officeInfo><officeSer>{code}</officeSer><officeNm>창고</officeNm></officeInfo></xsync>"
        ))
    };
    let verdict = async |script: Vec<Say>| {
        let (_server, post) = post(script).await;
        match post.verify(&account()).await {
            CallOutcome::Done(()) => Ok(()),
            CallOutcome::Refused(error) => Err(Some(error.kind)),
            _ => Err(None),
        }
    };
    assert_eq!(verdict(vec![contracts("1234567890"), offices("01")]).await, Ok(()));
    assert_eq!(verdict(vec![contracts("1234567891")]).await, Err(Some(RefusalKind::AccountInactive)));
    let other_site = vec![contracts("1234567890"), offices("02")];
    assert_eq!(verdict(other_site).await, Err(Some(RefusalKind::AccountInactive)));
    assert_eq!(verdict(vec![error("ERR-511")]).await, Err(Some(RefusalKind::Credentials)));
    assert_eq!(verdict(vec![error("ERR-125")]).await, Err(Some(RefusalKind::AccountInactive)));
    assert_eq!(verdict(vec![Say::Nothing]).await, Err(None));
}

#[tokio::test]
async fn quotes_come_from_the_table_without_a_call() {
    let (server, post) = post(vec![]).await;
    let rates = post.quote(&account(), &quote()).await.unwrap();
    let [rate] = rates.as_slice() else { panic!("one service: {rates:?}") };
    assert_eq!((rate.service.as_str(), rate.postage, rate.vat), ("parcel", won(4_000), won(0)));
    assert_eq!(post.capabilities(&settings()).quotes, QuoteSource::Table);
    assert_eq!(post.table_rates(&settings(), &quote()), Ok(rates.clone()));
    let mut jeju = quote();
    jeju.destination.postal_code = Some("63000".into());
    assert_eq!(post.quote(&account(), &jeju).await.unwrap()[0].postage, won(6_500));
    let refused = async |edit: &dyn Fn(&mut Quote)| {
        let mut quote = quote();
        edit(&mut quote);
        match post.quote(&account(), &quote).await {
            Err(CallOutcome::Refused(error)) => error.code,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(&|q| q.cod = true).await, "cod_not_supported");
    assert_eq!(
        refused(&|q| q.weight = yam_domain::weight::Grams::new(30_001)).await,
        "weight_over_carrier_limit"
    );
    assert_eq!(refused(&|q| q.destination.country = "IR".into()).await, "country");
    assert_eq!(refused(&|q| q.services = vec!["pishtaz".into()]).await, "service");
    assert_eq!(server.calls().len(), 0);
}

#[test]
fn an_accounts_form_is_checked_before_anything_is_tried() {
    let post = KoreaPost::new(&platform(&[], NOON));
    assert!(post.check_settings(&settings()).is_empty());
    assert!(post.check_settings(&AccountSettings::of_wire("portal")).is_empty());
    let field = |settings: &AccountSettings| post.check_settings(settings)[0].0.clone();
    assert_eq!(field(&AccountSettings::of_wire("ship")), "korea_post");
    assert_eq!(field(&AccountSettings::of_wire("eshop")), "wire");
    assert_eq!(field(&AccountSettings { tracking: Some("batch".into()), ..settings() }), "tracking");
    assert!(post.check_credentials(&settings(), &account().credentials).is_empty());
    let wrong = |credentials: Credentials| -> Vec<String> {
        post.check_credentials(&settings(), &credentials).into_iter().map(|(field, _)| field).collect()
    };
    assert_eq!(wrong(Credentials::new("", "")), ["auth_key", "security_key"]);
    let short = Credentials::new("", "").with("auth_key", "short").with("security_key", "short");
    assert_eq!(wrong(short), ["auth_key", "security_key"]);
}

#[test]
fn the_filing_day_is_koreas() {
    let post = KoreaPost::new(&platform(&[], NOON));
    let day = |text: &str| post.filing_day(text.parse().unwrap());
    assert_eq!(day("2025-01-01T15:00:00Z"), Some(jiff::civil::date(2025, 1, 2)));
    assert_eq!(day("2025-01-01T14:59:59Z"), Some(jiff::civil::date(2025, 1, 1)));
}

#[tokio::test]
async fn an_account_that_only_tracks_registers_nothing() {
    let (server, post) = post(vec![]).await;
    let mut tracking = account();
    tracking.settings = AccountSettings::of_wire("portal");
    let outcome = post.register(&tracking, &consignment(), &Prepared::default(), &ours()).await;
    assert!(matches!(outcome, CallOutcome::Refused(error) if error.kind == RefusalKind::Service));
    assert!(post.capabilities(&tracking.settings).services.is_empty());
    assert_eq!(server.calls().len(), 0);
}

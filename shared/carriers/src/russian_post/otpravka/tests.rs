//! Otpravka over a socket, and what its answers prove.

use serde_json::json;
use yam_domain::weight::Grams;

use super::*;
use crate::account::AccountSettings;
use crate::capabilities::Support;
use crate::carrier::Carrier as _;
use crate::consignment::RegisteredParcel;
use crate::outcome::RefusalKind;
use crate::russian_post::samples::{account, consignment, ours, quote, rub, sender};
use crate::russian_post::{RussianPost, VatRate};
use crate::scripted::{Call, Say, Scripted, json as say, platform};

const CODE: &str = "10100007000014";
const NOON: &str = "2025-03-14T09:00:00Z";

async fn post(script: Vec<Say>) -> (Scripted, RussianPost) {
    let server = Scripted::new(script).await;
    let post = RussianPost::new(&server.platform("YAM_URL_RUSSIAN_POST_OTPRAVKA", NOON));
    (server, post)
}

fn prepared() -> Prepared {
    let address = json!({"address-type":"DEFAULT","index":"630099","region":"обл Новосибирская",
        "place":"г Новосибирск","street":"ул Примерная","house":"7","room":"12"});
    let name = json!({"surname":"Сидоров","name":"Петр"});
    Prepared(BTreeMap::from([
        (order::ADDRESS.to_owned(), address.to_string()),
        (order::NAME.to_owned(), name.to_string()),
    ]))
}

fn accepted(code: &str) -> Say {
    say(200, json!({"orders":[{"barcode":code,"order-num":"p-1-1","result-id":123456789}]}))
}

async fn register(post: &RussianPost) -> CallOutcome<Registered> {
    post.register(&sender(), &consignment(), &prepared(), &ours()).await
}

fn parcel(reference: Option<&str>) -> RegisteredParcel {
    RegisteredParcel {
        parcel: ours().parcel,
        code: yam_domain::waybill::WaybillNumber::try_from(CODE.to_owned()).unwrap(),
        reference: reference.map(str::to_owned),
        ours: ours(),
    }
}

fn kind_of<T>(outcome: &CallOutcome<T>) -> &'static str {
    match outcome {
        CallOutcome::NotSent(_) => "not sent",
        CallOutcome::Busy { error, .. } if error.kind == RefusalKind::Credentials => "stop",
        CallOutcome::Busy { .. } => "busy",
        CallOutcome::Refused(_) => "refused",
        CallOutcome::Done(_) => "done",
        CallOutcome::Unknown(_) => "unknown",
    }
}

/// Lines of the calls, in their order.
fn lines(server: &Scripted) -> Vec<String> {
    server.calls().into_iter().map(|call: Call| call.line).collect()
}

#[tokio::test]
async fn an_order_is_created_as_the_notes_show_it() {
    let (server, post) = post(vec![accepted(CODE)]).await;
    let CallOutcome::Done(registered) = register(&post).await else { panic!("done") };
    assert_eq!((registered.code.as_str(), registered.reference.as_deref()), (CODE, Some("123456789")));
    let call = server.calls().remove(0);
    assert_eq!(call.line, "PUT /2.0/user/backlog");
    let headers = call.headers.to_lowercase();
    assert!(headers.contains("authorization: accesstoken demo-token-0123456789"), "{headers}");
    assert!(
        headers.contains("x-user-authorization: basic zgvtb0blegftcgxllmnvbtpkzw1vlxbhc3m="),
        "{headers}"
    );
    assert_eq!(
        call.json(),
        json!([{"order-num":"p-1-1","mail-type":"POSTAL_PARCEL",
            "mail-category":"WITH_DECLARED_VALUE_AND_CASH_ON_DELIVERY","mail-direct":643,"mass":1250,
            "insr-value":150000,"payment":150000,"address-type-to":"DEFAULT","index-to":630099,
            "region-to":"обл Новосибирская","place-to":"г Новосибирск","street-to":"ул Примерная","house-to":"7",
            "room-to":"12","surname":"Сидоров","given-name":"Петр","recipient-name":"Сидоров Петр",
            "tel-address":79161234567_i64,"postoffice-code":"101000","fragile":false,"tariff-count":1}])
    );
}

#[tokio::test]
async fn ends_of_a_creation_are_classified() {
    let refused = json!({"errors":[{"position":0,"error-codes":[{"code":"EMPTY_INDEX_TO","description":"Почтовый индекс не указан"}]}]});
    let both = json!({"orders":[{"barcode":CODE,"result-id":1}],"errors":[{"position":0,"error-codes":[{"code":"UNDEFINED"}]}]});
    for (script, expected) in [
        (vec![say(200, &refused)], "refused"),
        (vec![say(200, &both)], "unknown"),
        (vec![say(200, "{}")], "unknown"),
        (vec![say(200, "[]")], "unknown"),
        (vec![say(200, json!({"orders":[{"barcode":CODE,"order-num":"p-2-1","result-id":1}]}))], "unknown"),
        (
            vec![say(200, json!({"orders":[{"barcode":CODE,"result-id":1},{"barcode":CODE,"result-id":2}]}))],
            "unknown",
        ),
        (vec![Say::Whole(200, "text/html", "<html></html>".into())], "unknown"),
        (vec![say(500, r#"{"code":"1002","desc":"x","sub-code":"INTERNAL_ERROR"}"#)], "unknown"),
        (vec![say(302, "")], "unknown"),
        (vec![say(401, "")], "stop"),
        (vec![Say::Whole(403, "text/html", "<html></html>".into())], "stop"),
        (vec![Say::Whole(509, "text/plain", "limit".into())], "busy"),
        (vec![Say::Nothing], "unknown"),
        (vec![Say::Cut(200, "application/json", refused.to_string(), 20)], "unknown"),
    ] {
        let (_server, post) = post(script.clone()).await;
        assert_eq!(kind_of(&register(&post).await), expected, "{script:?}");
    }
}

#[tokio::test]
async fn a_spent_quota_names_the_next_midnight_in_moscow() {
    let (_server, post) = post(vec![say(509, "")]).await;
    let CallOutcome::Busy { retry_after, .. } = register(&post).await else { panic!("busy") };
    assert_eq!(retry_after, Some(jiff::SignedDuration::from_hours(12)));
}

#[tokio::test]
async fn nothing_is_sent_where_nobody_listens_or_the_proxy_is_dead() {
    let nobody = "http://127.0.0.1:9";
    for settings in [
        vec![("YAM_URL_RUSSIAN_POST_OTPRAVKA", nobody)],
        vec![
            ("YAM_URL_RUSSIAN_POST_OTPRAVKA", "http://o.example"),
            ("YAM_PROXY_RUSSIAN_POST_OTPRAVKA", nobody),
        ],
    ] {
        let post = RussianPost::new(&platform(&settings, NOON));
        assert_eq!(kind_of(&register(&post).await), "not sent");
    }
}

#[tokio::test]
async fn a_barcode_that_follows_is_fetched_or_waited_for() {
    let order =
        json!({"id":123456789,"order-num":"p-1-1","barcode":CODE,"total-rate-wo-vat":30658,"total-vat":6132});
    let (server, fetched) = post(vec![accepted(""), say(200, &order)]).await;
    let CallOutcome::Done(registered) = register(&fetched).await else { panic!("done") };
    assert_eq!((registered.postage, registered.vat), (Some(rub(30_658)), Some(rub(6_132))));
    assert_eq!(lines(&server)[1], "GET /1.0/backlog/123456789");
    let (_server, first_version) =
        post(vec![say(200, json!({"result-ids":[123456789]})), say(200, &order)]).await;
    assert_eq!(kind_of(&register(&first_version).await), "done");
    let pending = json!({"id":123456789,"order-num":"p-1-1","barcode":""});
    let (_server, waits) = post(vec![accepted(""), say(200, &pending)]).await;
    assert_eq!(kind_of(&register(&waits).await), "unknown");
    let (_server, still) = post(vec![say(200, json!([pending])), say(200, "[]")]).await;
    assert!(matches!(still.look_up(&sender(), &ours()).await, LookUpOutcome::Failed(_)), "never a miss");
}

fn found(id: u64, code: &str, batch: Option<&str>) -> serde_json::Value {
    json!({"id":id,"order-num":"p-1-1","barcode":code,"batch-name":batch,"batch-status":batch.map(|_| "CREATED")})
}

/// Both searches are under way at once: the answers of these scripts are the same for either.
#[tokio::test]
async fn a_look_up_needs_both_searches() {
    let (server, misses) = post(vec![say(200, "[]"), say(200, "[]")]).await;
    assert_eq!(misses.look_up(&sender(), &ours()).await, LookUpOutcome::Miss);
    let mut asked = lines(&server);
    asked.sort();
    assert_eq!(asked, ["GET /1.0/backlog/search?query=p-1-1", "GET /1.0/shipment/search?query=p-1-1"]);
    for other in [Say::Nothing, say(500, ""), say(200, "{}"), say(509, "")] {
        let (_server, half) = post(vec![say(200, "[]"), other]).await;
        assert!(matches!(half.look_up(&sender(), &ours()).await, LookUpOutcome::Failed(_)));
    }
    let one = json!([found(7, CODE, None)]);
    let (_server, hits) = post(vec![say(200, &one), say(200, &one)]).await;
    let LookUpOutcome::Hit(registered) = hits.look_up(&sender(), &ours()).await else { panic!("hit") };
    assert_eq!((registered.code.as_str(), registered.reference.as_deref()), (CODE, Some("7")));
}

#[tokio::test]
async fn surplus_orders_are_named_and_deleted() {
    let two = json!([found(9, "10100007000021", None), found(7, CODE, None), found(8, "", Some("24"))]);
    let script = vec![say(200, &two), say(200, &two)];
    let (_server, looking) = post(script).await;
    // The one in the batch would be kept, but has no barcode yet: nothing is decided before it has.
    assert!(matches!(looking.look_up(&sender(), &ours()).await, LookUpOutcome::Failed(_)));
    let two = json!([found(9, "10100007000021", None), found(7, CODE, None)]);
    let (_server, looking) = post(vec![say(200, &two), say(200, &two)]).await;
    let LookUpOutcome::Several { kept, surplus } = looking.look_up(&sender(), &ours()).await else {
        panic!("several")
    };
    assert_eq!((kept.code.as_str(), surplus.len()), (CODE, 1));
    assert_eq!(surplus[0].reference.as_deref(), Some("9"));
    let (server, deleting) = post(vec![say(200, json!({"result-ids":[9]}))]).await;
    assert_eq!(kind_of(&deleting.cancel_surplus(&sender(), &ours(), &surplus[0]).await), "done");
    assert_eq!((lines(&server)[0].as_str(), server.calls()[0].json()), ("DELETE /1.0/backlog", json!([9])));
}

#[tokio::test]
async fn a_cancel_leaves_the_batch_first_and_comes_too_late_after_it() {
    let gone = || say(200, json!({"errors":[{"error-code":"NOT_FOUND","position":0}]}));
    let done = || say(200, json!({"result-ids":[7]}));
    let (_server, backlog) = post(vec![done()]).await;
    assert_eq!(kind_of(&backlog.cancel(&sender(), &parcel(Some("7"))).await), "done");
    let batched = json!([found(7, CODE, Some("24"))]);
    let (server, batch) = post(vec![gone(), say(200, &batched), say(200, &batched), done(), done()]).await;
    assert_eq!(kind_of(&batch.cancel(&sender(), &parcel(Some("7"))).await), "done");
    assert_eq!(lines(&server)[3..], ["POST /1.0/user/backlog", "DELETE /1.0/backlog"]);
    let sent =
        json!([{"id":7,"order-num":"p-1-1","barcode":CODE,"batch-name":"24","batch-status":"ACCEPTED"}]);
    let (_server, late) = post(vec![gone(), say(200, &sent), say(200, &sent)]).await;
    let CallOutcome::Refused(error) = late.cancel(&sender(), &parcel(Some("7"))).await else {
        panic!("late")
    };
    assert_eq!(error.kind, RefusalKind::State);
    let (_server, again) = post(vec![gone(), say(200, "[]"), say(200, "[]")]).await;
    assert_eq!(kind_of(&again.cancel(&sender(), &parcel(Some("7"))).await), "done", "gone before");
    let (_server, silent) = post(vec![gone(), Say::Nothing, Say::Nothing]).await;
    assert_eq!(kind_of(&silent.cancel(&sender(), &parcel(Some("7"))).await), "unknown");
}

#[tokio::test]
async fn parcels_leave_in_a_batch_that_is_checked_in() {
    let batch = json!({"batches":[{"batch-name":"24","batch-status":"CREATED"}],"result-ids":[7]});
    let sent = || say(200, json!({"f103-sent":true}));
    let day = Some(jiff::civil::date(2025, 3, 17));
    let (server, leaves) = post(vec![say(200, &batch), sent()]).await;
    assert_eq!(kind_of(&leaves.ready(&sender(), &parcel(Some("7")), day).await), "done");
    assert_eq!(
        lines(&server),
        [
            "POST /1.0/user/shipment?sending-date=2025-03-17&timezone-offset=10800&use-online-balance=false",
            "GET /1.0/batch/24/checkin?useOnlineBalance=false",
        ]
    );
    assert_eq!(server.calls()[0].json(), json!([7]));
}

#[tokio::test]
async fn a_hand_over_whose_answers_were_lost_is_taken_up_where_it_stands() {
    let gone = || say(200, json!({"batches":[],"errors":[{"error-code":"NOT_FOUND","position":0}]}));
    let batched = json!([found(7, CODE, Some("24"))]);
    let before = || say(200, json!({"error-code":"READONLY_STATE"}));
    let (server, batch_lost) = post(vec![gone(), say(200, &batched), say(200, &batched), before()]).await;
    assert_eq!(kind_of(&batch_lost.ready(&sender(), &parcel(Some("7")), None).await), "done");
    assert!(lines(&server)[3].contains("/1.0/batch/24/checkin"));
    let sent = json!([{"id":7,"order-num":"p-1-1","barcode":CODE,"batch-name":"24","batch-status":"FROZEN"}]);
    let (server, checked_in) = post(vec![gone(), say(200, &sent), say(200, &sent)]).await;
    assert_eq!(kind_of(&checked_in.ready(&sender(), &parcel(Some("7")), None).await), "done");
    assert_eq!(server.calls().len(), 3);
    let refused = say(200, json!({"error-code":"OFFLINE_BALANCE_FORBIDDEN"}));
    let batch = json!({"batches":[{"batch-name":"24"}],"result-ids":[7]});
    let (_server, no_money) = post(vec![say(200, &batch), refused]).await;
    let outcome = no_money.ready(&sender(), &parcel(Some("7")), None).await;
    assert!(matches!(outcome, CallOutcome::Refused(error) if error.kind == RefusalKind::AccountInactive));
    let (_server, silent) = post(vec![say(200, &batch), Say::Nothing]).await;
    assert_eq!(kind_of(&silent.ready(&sender(), &parcel(Some("7")), None).await), "unknown");
}

#[tokio::test]
async fn several_parcels_have_one_outcome_each() {
    let batch = json!({"batches":[{"batch-name":"24"}],"result-ids":[7],
        "errors":[{"error-code":"PAST_DUE_DATE","position":1}]});
    let (_server, post) = post(vec![say(200, &batch), say(200, json!({"f103-sent":true}))]).await;
    let both = [parcel(Some("7")), parcel(Some("8"))];
    let outcomes = post.ready_all(&sender(), &both, None).await;
    assert_eq!(outcomes.iter().map(kind_of).collect::<Vec<_>>(), ["done", "refused"]);
}

#[tokio::test]
async fn address_name_and_phone_are_read_before_an_order() {
    let good = json!([{"id":"0","index":"630099","region":"обл Новосибирская","place":"г Новосибирск","house":"7",
        "surname":"Сидоров","name":"Петр","quality-code":"GOOD","validation-code":"VALIDATED"}]);
    // One body answers all three questions, which arrive in any order.
    let three = |body: &serde_json::Value| vec![say(200, body), say(200, body), say(200, body)];
    struct Nothing;
    #[async_trait::async_trait]
    impl crate::carrier::References for Nothing {
        async fn get(&self, _key: &str) -> Result<Option<String>, String> {
            Ok(None)
        }
        async fn put_if_absent(&self, _key: &str, value: &str) -> Result<String, String> {
            Ok(value.to_owned())
        }
    }
    let (server, doubtful) = post(three(&good)).await;
    let outcome = doubtful.prepare(&sender(), &consignment(), &Nothing).await;
    // GOOD is no quality of a name: that is the one doubt here.
    let CallOutcome::Refused(error) = outcome else { panic!("{outcome:?}") };
    assert!(error.code == "name_doubtful" && error.message.contains("recipient.name"), "{error:?}");
    let mut asked = lines(&server);
    asked.sort();
    assert_eq!(asked, ["POST /1.0/clean/address", "POST /1.0/clean/phone", "POST /1.0/clean/physical"]);
    let (_server, stopped) = post(vec![say(401, ""), say(401, ""), say(401, "")]).await;
    assert_eq!(kind_of(&stopped.prepare(&sender(), &consignment(), &Nothing).await), "stop");
    let (_server, silent) = post(vec![Say::Nothing, Say::Nothing, Say::Nothing]).await;
    assert_eq!(kind_of(&silent.prepare(&sender(), &consignment(), &Nothing).await), "unknown");
}

#[tokio::test]
async fn a_form_is_passed_through_and_anything_else_is_not() {
    let pdf = || Say::Whole(200, "application/pdf", "%PDF-1.4 demo".into());
    let (server, backlog) = post(vec![pdf()]).await;
    let CallOutcome::Done(label) = backlog.label(&sender(), &parcel(Some("7"))).await else { panic!("done") };
    assert_eq!((label.bytes.as_ref(), label.media_type.as_str()), (&b"%PDF-1.4 demo"[..], "application/pdf"));
    assert_eq!(label.file_name, "russian-post-7.pdf");
    assert_eq!(lines(&server), ["GET /1.0/forms/backlog/7/forms?print-type=PAPER"]);
    let missing = say(404, r#"{"code":"1001","desc":"Instance not found","sub-code":"RESOURCE_NOT_FOUND"}"#);
    let (server, batch) = post(vec![missing.clone(), pdf()]).await;
    assert_eq!(kind_of(&batch.label(&sender(), &parcel(Some("7"))).await), "done");
    assert_eq!(lines(&server)[1], "GET /1.0/forms/7/forms?print-type=PAPER");
    for (script, expected) in [
        (vec![missing.clone(), missing], "refused"),
        (vec![Say::Whole(200, "application/pdf", "<html></html>".into())], "unknown"),
        (vec![Say::Cut(200, "application/pdf", "%PDF-1.4 demo".into(), 9)], "unknown"),
        (vec![Say::Whole(200, "application/pdf", format!("%PDF{}", "x".repeat(9 * 1024 * 1024)))], "unknown"),
        (vec![say(401, "")], "stop"),
    ] {
        let (_server, post) = post(script).await;
        assert_eq!(kind_of(&post.label(&sender(), &parcel(Some("7"))).await), expected);
    }
}

#[tokio::test]
async fn credentials_are_verified_by_reading() {
    let limit = || say(200, json!({"allowed-count":1000,"current-count":154}));
    let points =
        |index: &str| say(200, json!([{"operator-postcode":index,"ops-address":"Москва","enabled":true}]));
    let verdict = async |script: Vec<Say>| {
        let (_server, post) = post(script).await;
        match post.verify(&sender()).await {
            CallOutcome::Done(()) => Ok(()),
            CallOutcome::Refused(error) => Err(Some(error.kind)),
            _ => Err(None),
        }
    };
    assert_eq!(verdict(vec![limit(), points("101000")]).await, Ok(()));
    assert_eq!(verdict(vec![limit(), points("190000")]).await, Err(Some(RefusalKind::AccountInactive)));
    assert_eq!(verdict(vec![say(401, "")]).await, Err(Some(RefusalKind::Credentials)));
    assert_eq!(verdict(vec![Say::Nothing]).await, Err(None));
}

#[tokio::test]
async fn contract_prices_come_from_the_account() {
    let price = json!({"total-rate":30658,"total-vat":6132,"delivery-time":{"max-days":3,"min-days":1}});
    let (server, post_) = post(vec![say(200, &price)]).await;
    let rates = post_.quote(&sender(), &quote()).await.unwrap();
    assert_eq!((rates[0].service.as_str(), rates[0].postage), ("parcel", rub(30_658)));
    assert_eq!(lines(&server), ["POST /1.0/tariff"]);
    let (_server, post_) = post(vec![say(401, "")]).await;
    assert!(matches!(post_.quote(&sender(), &quote()).await, Err(CallOutcome::Busy { .. })));
}

#[test]
fn what_is_wrong_is_said_before_a_call() {
    let post = RussianPost::new(&platform(&[], NOON));
    let check = |edit: &dyn Fn(&mut Consignment)| {
        let mut consignment = consignment();
        edit(&mut consignment);
        post.check(&sender().settings, &consignment).map_err(|error| error.code)
    };
    assert_eq!(check(&|_| {}), Ok(()));
    assert_eq!(check(&|c| c.service = "standard_parcel".into()), Err("service".into()));
    assert_eq!(check(&|c| c.consignee.country = "KZ".into()), Err("country".into()));
    assert_eq!(check(&|c| c.weight = Grams::new(0)), Err("weight_under_carrier_limit".into()));
    assert_eq!(check(&|c| c.consignee.phone = None), Err("phone".into()));
    assert_eq!(check(&|c| c.declared_value = Some(rub(1))), Err("declared_value_below_cod".into()));
    let prices_only = account("tariff");
    assert_eq!(post.check(&prices_only.settings, &consignment()).map_err(|e| e.code), Err("wire".into()));
    assert!(matches!(post.capabilities(&prices_only.settings).label, Support::No(_)));
    assert!(!post.capabilities(&prices_only.settings).services.is_empty());
    assert!(post.capabilities(&AccountSettings::of_wire("batch")).services.is_empty());
}

#[test]
fn receipts_name_the_vat_of_each_line() {
    let settings =
        RussianPostSettings { fiscal_vat: VatRate::parse("20"), ..RussianPostSettings::new("101000") };
    let made = |edit: &dyn Fn(&mut Consignment)| {
        let mut consignment = consignment();
        edit(&mut consignment);
        order::order(&settings, &consignment, &prepared(), "p-1-1").map_err(|error| error.code)
    };
    let order = made(&|c| c.items[0].vat_code = Some("10".into())).unwrap();
    assert_eq!(
        order["goods"]["items"],
        json!([{"description":"Книга-пример","quantity":1,"value":150000,"vat-rate":10}])
    );
    assert_eq!(order["fiscal-data"], json!({"customer-phone":79161234567_i64,"payment-amount":150000}));
    assert_eq!(made(&|c| c.items[0].vat_code = Some("18".into())), Err("vat_code".into()));
    assert_eq!(made(&|c| c.discount = rub(1)), Err("fiscal_total".into()));
    assert!(made(&|c| c.cod = false).unwrap().get("goods").is_none());
}

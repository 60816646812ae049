//! Saman SEP.

use serde_json::{Value, json};

use super::shop::CARD;
use crate::support::World;

fn token(res_num: &str) -> Value {
    json!({
        "action": "token", "TerminalId": "2015", "Amount": 250_000, "ResNum": res_num,
        "RedirectUrl": "http://shop.example/cb", "CellNumber": "9170000000",
    })
}

impl World {
    async fn sep_token(&self, res_num: &str) -> String {
        let (_, answer) = self.post("/sep/onlinepg/onlinepg", &token(res_num)).await;
        assert_eq!(answer["status"], 1, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    }

    /// A paid transaction's `RefNum`.
    async fn ref_num(&self, res_num: &str) -> String {
        let token = self.sep_token(res_num).await;
        let paid = self.pay("sep", &token).await;
        paid["return"]["fields"]["RefNum"].as_str().unwrap().to_owned()
    }

    async fn sep(&self, call: &str, ref_num: &str, terminal: i64) -> Value {
        let path = format!("/sep/verifyTxnRandomSessionkey/ipg/{call}");
        self.post(&path, &json!({"RefNum": ref_num, "TerminalNumber": terminal})).await.1
    }

    async fn sep_code(&self, call: &str, ref_num: &str) -> i64 {
        self.sep(call, ref_num, 2015).await["ResultCode"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn a_transaction_is_paid_by_form_and_verified() {
    let world = World::in_memory().await;
    let token = world.sep_token("1001").await;
    let (status, _, page) =
        world.submit("/sep/OnlinePG/OnlinePG", &[("Token", &token), ("GetMethod", "")]).await;
    assert_eq!((status, page.contains("id=\"pay\"")), (200, true));
    let pay = [("action", "pay"), ("card", CARD)];
    let (status, _, page) = world.submit(&format!("/sep/payer/{token}"), &pay).await;
    assert_eq!(status, 200);
    for part in [
        "name=\"State\" value=\"OK\"",
        "name=\"Status\" value=\"2\"",
        "name=\"ResNum\" value=\"1001\"",
        "name=\"RRN\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let shown = world.get(&format!("/_local/simulators/sep/payments/{token}")).await;
    let ref_num = shown["receipt"].as_str().unwrap();
    assert!(ref_num.contains("/+") && ref_num.len() <= 50);
    let first = world.sep("VerifyTransaction", ref_num, 2015).await;
    assert_eq!((&first["ResultCode"], &first["Success"]), (&json!(0), &json!(true)));
    let detail = &first["TransactionDetail"];
    assert_eq!((&detail["OrginalAmount"], &detail["AffectiveAmount"]), (&json!(250_000), &json!(250_000)));
    assert_eq!((&detail["RefNum"], &detail["MaskedPan"]), (&json!(ref_num), &json!("610433****1233")));
    let again = world.sep("VerifyTransaction", ref_num, 2015).await;
    assert_eq!((&again["ResultCode"], &again["TransactionDetail"]), (&json!(2), detail));
    assert_eq!(world.kinds("sep").await, ["request", "taken", "verified"]);
}

#[tokio::test]
async fn get_method_returns_by_link() {
    let world = World::in_memory().await;
    let token = world.sep_token("1").await;
    let (status, _) = world.page(&format!("/sep/OnlinePG/SendToken?token={token}")).await;
    assert_eq!(status, 200);
    world.submit("/sep/onlinepg/ONLINEPG", &[("Token", &token), ("GetMethod", "true")]).await;
    let (status, target, _) =
        world.submit(&format!("/sep/payer/{token}"), &[("action", "pay"), ("card", CARD)]).await;
    assert_eq!(status, 303);
    assert!(target.contains("State=OK") && target.contains("%2F%2B"), "signs are escaped: {target}");
    world.switch("sep", json!({"rrn_mixed_case": true})).await;
    let (_, target, _) = world.submit(&format!("/sep/payer/{token}/return"), &[]).await;
    assert!(target.contains("Rrn=") && !target.contains("RRN="));
}

#[tokio::test]
async fn refusals_have_state_and_status() {
    let world = World::in_memory().await;
    for (number, act, state, status) in [
        ("1", json!({"action": "cancel"}), "CanceledByUser", "1"),
        ("2", json!({"action": "fail"}), "Failed", "3"),
        ("3", json!({"action": "fail", "reason": "no_answer"}), "SessionIsNull", "4"),
        ("4", json!({"action": "expire"}), "SessionIsNull", "4"),
    ] {
        let token = world.sep_token(number).await;
        let fields = world.act("sep", &token, act).await["return"]["fields"].clone();
        assert_eq!((&fields["State"], &fields["Status"]), (&json!(state), &json!(status)));
        assert_eq!((&fields["RefNum"], &fields["ResNum"]), (&json!(""), &json!(number)));
    }
}

#[tokio::test]
async fn windows_of_verify_and_reverse() {
    let world = World::in_memory().await;
    let (lost, kept, back) = (world.ref_num("1").await, world.ref_num("2").await, world.ref_num("3").await);
    for ref_num in [&kept, &back] {
        assert_eq!(world.sep_code("VerifyTransaction", ref_num).await, 0);
    }
    assert_eq!(world.sep_code("ReverseTransaction", &lost).await, -2, "only what was verified");
    assert_eq!(world.sep_code("ReverseTransaction", &back).await, 0);
    assert_eq!(world.sep_code("ReverseTransaction", &back).await, 5);
    assert_eq!(world.sep_code("VerifyTransaction", &back).await, 5);
    world.advance("31m").await;
    assert_eq!(world.sep_code("VerifyTransaction", &lost).await, -6);
    assert_eq!(
        world.sep_code("VerifyTransaction", &kept).await,
        -6,
        "also what was verified: it proves nothing"
    );
    world.advance("20m").await;
    assert_eq!(world.sep_code("ReverseTransaction", &kept).await, -6);
    assert_eq!(world.kinds("sep").await.iter().filter(|kind| *kind == "returned").count(), 1);
    assert_eq!(world.entries("sep", "returned").await[0]["our_id"], "1");
}

#[tokio::test]
async fn a_stolen_ref_num_verifies_for_anyone_unless_switched_off() {
    let world = World::in_memory().await;
    world.account("sep", json!({"terminal": "3000"})).await;
    world.account("sep", json!({"terminal": "3001", "active": false})).await;
    world.account("sep", json!({"terminal": "3002", "ip_allowed": false})).await;
    let ref_num = world.ref_num("1").await;
    for (terminal, code) in [(3001, -104), (3002, -106), (4000, -105)] {
        assert_eq!(world.sep("VerifyTransaction", &ref_num, terminal).await["ResultCode"], code);
    }
    world.switch("sep", json!({"any_terminal": false})).await;
    assert_eq!(world.sep("VerifyTransaction", &ref_num, 3000).await["ResultCode"], -2);
    world.switch("sep", json!({"any_terminal": true})).await;
    assert_eq!(world.sep("VerifyTransaction", &ref_num, 3000).await["ResultCode"], 0);
    assert_eq!(world.sep_code("VerifyTransaction", "nothing").await, -2);
}

#[tokio::test]
async fn tokens_are_refused_and_live_as_long_as_they_may() {
    let world = World::in_memory().await;
    world.sep_token("used").await;
    let with = |name: &str, value: Value| {
        let mut body = token("fresh");
        body[name] = value;
        body
    };
    for (body, code) in [
        (with("action", json!("x")), "5"),
        (with("TerminalId", json!("1")), "12"),
        (with("Amount", json!(0)), "5"),
        (with("Amount", json!("many")), "5"),
        (with("ResNum", json!("")), "5"),
        (with("ResNum", json!("used")), "5"),
        (with("RedirectUrl", json!("nowhere")), "5"),
        (with("Wage", json!(250_001)), "21"),
    ] {
        let (_, answer) = world.post("/sep/onlinepg/onlinepg", &body).await;
        assert_eq!((&answer["status"], &answer["errorCode"]), (&json!(-1), &json!(code)), "{body}");
    }
    for (number, told, minutes) in [("a", 1, 20), ("b", 25, 25), ("c", 9_999, 3_600)] {
        let mut body = token(number);
        body["TokenExpiryInMin"] = json!(told);
        let token = world.post("/sep/onlinepg/onlinepg", &body).await.1["token"].as_str().unwrap().to_owned();
        let shown = world.get(&format!("/_local/simulators/sep/payments/{token}")).await;
        let time = |name: &str| shown[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert_eq!(time("due").duration_since(time("created")).as_mins(), minutes, "{told}");
    }
}

#[tokio::test]
async fn discounts_and_allowed_cards() {
    let world = World::in_memory().await;
    world.account("sep", json!({"terminal": "2015", "discount": 50_000})).await;
    let mut body = token("1");
    // The MD5 of 6037990000001236.
    body["HashedCardNumber"] = json!("00000000000000000000000000000000;70BF6287105988F1D32D4F5F639D8E33");
    let token = world.post("/sep/onlinepg/onlinepg", &body).await.1["token"].as_str().unwrap().to_owned();
    let pay = [("action", "pay"), ("card", CARD)];
    let (_, _, page) = world.submit(&format!("/sep/payer/{token}"), &pay).await;
    assert!(page.contains("id=\"pay\""), "another card is not taken");
    let allowed = [("action", "pay"), ("card", "6037990000001236"), ("stay", "1")];
    let (_, _, page) = world.submit(&format!("/sep/payer/{token}"), &allowed).await;
    assert!(page.contains(">paid</output>"), "{page}");
    let ref_num = world.ref_num("2").await;
    let detail = world.sep("VerifyTransaction", &ref_num, 2015).await["TransactionDetail"].clone();
    assert_eq!((&detail["OrginalAmount"], &detail["AffectiveAmount"]), (&json!(250_000), &json!(200_000)));
}

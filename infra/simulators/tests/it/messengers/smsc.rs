//! SMSC: the protocol's own examples, its brake, its money.

use serde_json::{Value, json};

use crate::support::World;

const LOGIN: &str = "login=hub&psw=demo-pass&fmt=3&charset=utf-8";

impl World {
    /// A command with parameters beside the login's.
    pub(super) async fn smsc(&self, command: &str, parameters: &str) -> Value {
        self.get(&format!("/smsc/sys/{command}.php?{LOGIN}&{parameters}")).await
    }
}

const SEND: &str =
    "phones=79160000001&mes=Zakaz+1024+v+otdelenii+101000&sender=ROMASHKA&id=2082157361&cost=3";

#[tokio::test]
async fn a_text_is_sent_and_delivered_as_in_the_protocol() {
    let world = World::in_memory().await;
    world.switch("smsc", json!({"delivery_seconds": 600})).await;
    let sent = world.smsc("send", SEND).await;
    assert_eq!(sent, json!({"id": 2_082_157_361, "cnt": 1, "cost": "2.90", "balance": "9997.10"}));
    let ask = "phone=79160000001&id=2082157361&all=2";
    assert_eq!(world.smsc("status", ask).await["status"], -1);
    world.advance("301s").await;
    assert_eq!(world.smsc("status", ask).await["status"], 0);
    world.advance("301s").await;
    let status = world.smsc("status", ask).await;
    for (name, value) in [
        ("status", json!(1)),
        ("err", json!(0)),
        ("phone", json!("79160000001")),
        ("cost", json!("2.90")),
        ("sender_id", json!("ROMASHKA")),
        ("status_name", json!("Доставлено")),
        ("type", json!(0)),
        ("sms_cnt", json!(1)),
    ] {
        assert_eq!(status[name], value, "{name}");
    }
    assert_eq!(world.smsc("balance", "cur=1").await, json!({"balance": "9997.10", "currency": "RUR"}));
    let rows = world.entries("smsc", "message").await;
    assert_eq!((&rows[0]["our_id"], &rows[0]["amount"]), (&json!("2082157361"), &json!(290)));
}

#[tokio::test]
async fn the_same_text_within_a_minute_is_a_repetition() {
    let world = World::in_memory().await;
    world.smsc("send", SEND).await;
    assert_eq!(world.smsc("send", SEND).await["error_code"], 9);
    world.advance("61s").await;
    assert_eq!(world.smsc("send", SEND).await["cnt"], 1, "numbers of the client may come again");
    assert_eq!(world.entries("smsc", "message").await.len(), 2);
    assert_eq!(world.ledger("smsc").await["bodies"][0]["received"], 3);
}

#[tokio::test]
async fn calls_are_counted_in_seconds_and_machines_are_told() {
    let world = World::in_memory().await;
    let script = json!({"outcome": "machine", "channel": "voice"});
    world.script("smsc", script).await;
    let call = "phones=74951230001&mes=%D0%97%D0%B0%D0%BA%D0%B0%D0%B7+%D0%B6%D0%B4%D1%91%D1%82&call=1&voice=w2&param=25,600,3&id=7";
    let answer = world.smsc("send", call).await;
    assert_eq!(answer, json!({"id": 7, "cnt": 5}));
    world.advance("5s").await;
    let status = world.smsc("status", "phone=74951230001&id=7&all=1").await;
    assert_eq!((&status["status"], &status["err"], &status["type"]), (&json!(20), &json!(242), &json!(7)));
    assert_eq!(world.entries("smsc", "call").await[0]["amount"], 550);
    let wrong = world.smsc("send", "phones=74951230001&mes=a&call=1&param=5,600,3").await;
    assert_eq!(wrong["error_code"], 1);
}

#[tokio::test]
async fn refusals_have_the_protocols_codes() {
    let world = World::in_memory().await;
    let account = json!({
        "name": "poor", "secret": "p", "balance": 100, "price": 290, "stop_list": ["79160000009"],
        "senders": [{"name": "OK"}, {"name": "WAIT", "state": "pending"}],
    });
    world.account("smsc", account).await;
    let long = format!("phones=79160000001&mes={}", "a".repeat(1_001));
    for (login, parameters, code) in [
        ("login=hub&psw=wrong", "phones=79160000001&mes=a", 2),
        ("login=poor&psw=p", "phones=79160000001&mes=a", 3),
        ("login=poor&psw=p", "phones=79160000001&mes=a&sender=WAIT", 6),
        ("login=poor&psw=p", "phones=79160000001&mes=a&sender=NEW", 6),
        ("login=poor&psw=p", "phones=12&mes=a", 7),
        ("login=poor&psw=p", "phones=79160000009&mes=a", 8),
        ("login=poor&psw=p", "phones=79160000001&mes=", 1),
        ("login=poor&psw=p", long.as_str(), 1),
        ("login=poor&psw=p", "phones=79160000001&mes=a&id=2147483648", 1),
        ("login=poor&psw=p", "phones=79160000001&mes=a&time=tomorrow", 5),
    ] {
        let path = format!("/smsc/sys/send.php?{login}&fmt=3&charset=utf-8&{parameters}");
        assert_eq!(world.get(&path).await["error_code"], code, "{parameters}");
    }
    // The password's MD5 is as good as the password, and the API key as both.
    let hash = "3dfa05a6a18f5a4c2b5a4d1e2ab6a2f6";
    assert_eq!(
        world.get(&format!("/smsc/sys/balance.php?login=hub&psw={hash}&fmt=3")).await["error_code"],
        2
    );
    let keyed = world.get("/smsc/sys/balance.php?apikey=demo-smsc-key&fmt=3").await;
    assert_eq!(keyed["balance"], "10000.00");
    let missing = world.smsc("status", "phone=79160000001&id=5").await;
    assert_eq!(missing["status"], -3);
}

#[tokio::test]
async fn what_is_not_declared_utf_8_is_lost() {
    let world = World::in_memory().await;
    let path = "/smsc/sys/send.php?login=hub&psw=demo-pass&fmt=3&phones=79160000001&mes=%D0%94a";
    world.get(path).await;
    assert_eq!(world.get("/_local/outbox").await["items"][0]["text"], "??a");
}

#[tokio::test]
async fn what_waits_can_be_deleted_and_what_has_left_cannot() {
    let world = World::in_memory().await;
    world.switch("smsc", json!({"delivery_seconds": 600})).await;
    world.smsc("send", SEND).await;
    let ask = "phone=79160000001&id=2082157361";
    let deleted = world.smsc("status", &format!("{ask}&del=1")).await;
    assert!(deleted.get("error_code").is_none(), "{deleted}");
    assert_eq!(world.smsc("status", ask).await["status"], -3);
    assert_eq!(world.smsc("balance", "").await["balance"], "10000.00", "not charged");
    world.advance("61s").await;
    world.smsc("send", SEND).await;
    world.advance("20m").await;
    assert_eq!(world.smsc("status", &format!("{ask}&del=1")).await["error_code"], 5);
    assert_eq!(world.smsc("status", ask).await["status"], 1);
    let nobody = world.smsc("status", "phone=79160000001&id=7&del=1").await;
    assert_eq!(nobody["error_code"], 5);
}

#[tokio::test]
async fn a_number_with_a_plus_is_taken_as_it_is() {
    let world = World::in_memory().await;
    assert_eq!(world.smsc("send", "phones=%2B8223123456&mes=x&id=5").await["cnt"], 1);
    assert_eq!(world.smsc("status", "phone=%2B8223123456&id=5").await["status"], -1);
    assert_eq!(world.smsc("status", "phone=8223123456&id=5").await["status"], -3, "put right to 7822…");
}

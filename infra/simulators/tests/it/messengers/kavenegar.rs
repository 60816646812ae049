//! Kavenegar.

use serde_json::{Value, json};

use crate::support::World;

impl World {
    pub(super) async fn kavenegar(&self, method: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let url = format!("{}/kavenegar/v1/demo-kavenegar-key/{method}.json", self.base);
        let response = self.client().post(url).form(fields).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }
}

const TEXT: &str = "مرسوله شما به دفتر پست رسید. کد رهگیری: 220150000012345678901234";

#[tokio::test]
async fn a_repeated_localid_brings_the_first_message_back() {
    let world = World::in_memory().await;
    let fields =
        [("receptor", "09120000001"), ("message", TEXT), ("sender", "10000000"), ("localid", "700001")];
    let (status, answer) = world.kavenegar("sms/send", &fields).await;
    assert_eq!((status, &answer["return"]["status"]), (200, &json!(200)));
    let entry = answer["entries"][0].clone();
    assert_eq!(
        (&entry["status"], &entry["cost"], &entry["sender"]),
        (&json!(1), &json!(1200), &json!("10000000"))
    );
    assert!(entry["messageid"].is_i64());
    world.advance("5s").await;
    let (_, again) = world.kavenegar("sms/send", &fields).await;
    assert_eq!(again["entries"][0]["messageid"], entry["messageid"]);
    assert_eq!(again["entries"][0]["status"], 10);
    assert_eq!(world.entries("kavenegar", "message").await.len(), 1);
    let (_, known) = world.kavenegar("sms/statuslocalmessageid", &[("localid", "700001")]).await;
    assert_eq!(
        (&known["entries"][0]["status"], &known["entries"][0]["localid"]),
        (&json!(10), &json!("700001"))
    );
    world.advance("12h").await;
    let (_, gone) = world.kavenegar("sms/statuslocalmessageid", &[("localid", "700001")]).await;
    assert_eq!(gone["entries"][0]["status"], 100);
    let id = entry["messageid"].to_string();
    assert_eq!(world.kavenegar("sms/status", &[("messageid", &id)]).await.1["entries"][0]["status"], 10);
    world.advance("37h").await;
    assert_eq!(world.kavenegar("sms/status", &[("messageid", &id)]).await.1["entries"][0]["status"], 100);
    let (_, info) = world.kavenegar("account/info", &[]).await;
    assert_eq!(
        (&info["entries"]["remaincredit"], &info["entries"]["type"]),
        (&json!(49_998_800), &json!("master"))
    );
}

#[tokio::test]
async fn patterns_must_be_approved_and_their_tokens_well_made() {
    let world = World::in_memory().await;
    let good = [
        ("receptor", "09120000001"),
        ("template", "parcel-arrived"),
        ("token", "1024"),
        ("token10", "Tehran Post"),
        ("type", "sms"),
    ];
    let (status, answer) = world.kavenegar("verify/lookup", &good).await;
    assert_eq!(
        (status, &answer["entries"][0]["message"]),
        (200, &json!("مرسوله سفارش 1024 به Tehran Post رسید."))
    );
    for (change, code) in [
        (("template", "parcel-waiting"), 424),
        (("template", "nothing"), 424),
        (("token", "10 24"), 431),
        (("token", ""), 400),
        (("token10", ""), 432),
        (("token10", "a b c d e f g"), 431),
        (("receptor", "123"), 411),
    ] {
        let fields: Vec<_> = good.iter().map(|it| if it.0 == change.0 { change } else { *it }).collect();
        let (status, answer) = world.kavenegar("verify/lookup", &fields).await;
        assert_eq!((status, &answer["return"]["status"]), (code, &json!(code)), "{change:?}");
    }
    // A number of the fixed network is called; words cannot be asked for as a call.
    let call = [("receptor", "02100000001"), ("template", "parcel-code"), ("token", "1024")];
    assert_eq!(world.kavenegar("verify/lookup", &call).await.0, 200);
    assert_eq!(world.entries("kavenegar", "call").await.len(), 1);
    let spoken =
        [("receptor", "09120000001"), ("template", "parcel-code"), ("token", "a1"), ("type", "call")];
    assert_eq!(world.kavenegar("verify/lookup", &spoken).await.0, 428);
}

#[tokio::test]
async fn calls_lists_and_refusals() {
    let world = World::in_memory().await;
    world.switch("kavenegar", json!({"delivery_seconds": 600})).await;
    let call = [("receptor", "02100000001"), ("message", TEXT), ("localid", "700002")];
    let (_, answer) = world.kavenegar("call/maketts", &call).await;
    assert_eq!(answer["entries"][0]["cost"], 4000);
    let array = [
        ("receptor", r#"["09120000001","09120000002"]"#),
        ("sender", r#"["10000000","10000000"]"#),
        ("message", r#"["a","b"]"#),
        ("localmessageids", "[1,2]"),
    ];
    let (_, answer) = world.kavenegar("sms/sendarray", &array).await;
    assert_eq!(answer["entries"].as_array().unwrap().len(), 2);
    let id = answer["entries"][1]["messageid"].to_string();
    let (_, cancelled) = world.kavenegar("sms/cancel", &[("messageid", &id)]).await;
    assert_eq!(cancelled["entries"][0]["status"], 13);
    let long = "a".repeat(901);
    for (fields, code) in [
        (vec![("receptor", "09120000001")], 400),
        (vec![("receptor", ""), ("message", "a")], 406),
        (vec![("receptor", "x"), ("message", "a")], 411),
        (vec![("receptor", "09120000001"), ("message", "a"), ("sender", "2000")], 412),
        (vec![("receptor", "09120000001"), ("message", "")], 413),
        (vec![("receptor", "09120000001"), ("message", long.as_str())], 413),
        (vec![("receptor", "09120000001"), ("message", "a"), ("localid", "1,2")], 419),
        (vec![("receptor", "09120000001"), ("message", "a"), ("date", "soon")], 417),
    ] {
        let (status, answer) = world.kavenegar("sms/send", &fields).await;
        assert_eq!((status, &answer["entries"]), (code, &Value::Null), "{fields:?}");
    }
    world.account("kavenegar", json!({"name": "empty", "price": 1200, "senders": [{"name": "1000"}]})).await;
    let url = format!("{}/kavenegar/v1/empty/sms/send.json", world.base);
    let form = [("receptor", "09120000001"), ("message", "a")];
    assert_eq!(world.client().post(url).form(&form).send().await.unwrap().status(), 418);
    let url = format!("{}/kavenegar/v1/nobody/account/info.json", world.base);
    assert_eq!(world.client().get(url).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_known_localid_comes_back_before_money_and_limits_are_looked_at() {
    let world = World::in_memory().await;
    let account = json!({
        "name": "demo-kavenegar-key", "balance": 1_500, "price": 1_200, "senders": [{"name": "10000000"}],
    });
    world.account("kavenegar", account).await;
    world.switch("kavenegar", json!({"per_minute": 1})).await;
    let with = |local: &'static str| [("receptor", "09120000001"), ("message", TEXT), ("localid", local)];
    let (_, first) = world.kavenegar("sms/send", &with("700001")).await;
    let (status, again) = world.kavenegar("sms/send", &with("700001")).await;
    assert_eq!((status, &again["entries"][0]["messageid"]), (200, &first["entries"][0]["messageid"]));
    assert_eq!(world.kavenegar("sms/send", &with("700002")).await.0, 451);
    world.advance("61s").await;
    assert_eq!(world.kavenegar("sms/send", &with("700002")).await.0, 418);
    assert_eq!(world.entries("kavenegar", "message").await.len(), 1);
}

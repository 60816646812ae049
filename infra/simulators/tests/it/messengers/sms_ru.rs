//! SMS.ru.

use serde_json::{Value, json};

use crate::support::World;

const ID: &str = "00000000-0000-0000-0000-000000000001";

impl World {
    pub(super) async fn sms_ru(&self, method: &str, fields: &[(&str, &str)]) -> Value {
        let mut form = vec![("api_id", ID), ("json", "1")];
        form.extend_from_slice(fields);
        let request = self.client().post(format!("{}/sms_ru/{method}", self.base)).form(&form);
        request.send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test]
async fn numbers_are_answered_one_by_one() {
    let world = World::in_memory().await;
    let fields = [("to", "79160000001,74951230001"), ("msg", "Zakaz 1024"), ("from", "ROMASHKA")];
    let answer = world.sms_ru("sms/send", &fields).await;
    assert_eq!((&answer["status"], &answer["status_code"]), (&json!("OK"), &json!(100)));
    assert_eq!(answer["sms"]["79160000001"]["status_code"], 100);
    assert_eq!(answer["sms"]["74951230001"]["status_code"], 207);
    assert_eq!(answer["balance"], 9_997.1);
    let id = answer["sms"]["79160000001"]["sms_id"].as_str().unwrap().to_owned();
    world.advance("5s").await;
    let status = world.sms_ru("sms/status", &[("sms_id", &id)]).await;
    assert_eq!(status["sms"][&id]["status_code"], 103);
    assert_eq!(status["sms"][&id]["cost"], 2.9);
    assert_eq!(world.sms_ru("sms/status", &[("sms_id", "1-1")]).await["sms"]["1-1"]["status_code"], -1);
    assert_eq!(world.sms_ru("my/balance", &[]).await["balance"], 9_997.1);
    assert_eq!(world.sms_ru("my/senders", &[]).await["senders"], json!(["ROMASHKA", "YAM"]));
}

#[tokio::test]
async fn refusals_have_the_protocols_codes() {
    let world = World::in_memory().await;
    let long = "Ы".repeat(67 * 8 + 1);
    for (fields, code) in [
        (vec![("to", "7916"), ("msg", "a")], 202),
        (vec![("to", "79160000001"), ("msg", "")], 203),
        (vec![("to", "79160000001"), ("msg", "a"), ("from", "NEW")], 204),
        (vec![("to", "79160000001"), ("msg", long.as_str())], 205),
    ] {
        let answer = world.sms_ru("sms/send", &fields).await;
        assert_eq!(answer["sms"][fields[0].1]["status_code"], code, "{answer}");
    }
    let fields = [("to", "79160000001"), ("msg", "a")];
    assert_eq!(world.sms_ru("sms/send", &fields).await["sms"]["79160000001"]["status_code"], 100);
    assert_eq!(world.sms_ru("sms/send", &fields).await["sms"]["79160000001"]["status_code"], 231);
    assert_eq!(world.sms_ru("my/balance", &[("api_id", "nobody")]).await["status_code"], 200);
    let pairs = [("to[79160000002]", "one"), ("to[79160000003]", "two")];
    let answer = world.sms_ru("sms/send", &pairs).await;
    assert_eq!(answer["sms"].as_object().unwrap().len(), 2);
    let test = [("to", "79160000004"), ("msg", "a"), ("test", "1")];
    world.sms_ru("sms/send", &test).await;
    assert_eq!(world.entries("sms_ru", "message").await.len(), 3);
}

#[tokio::test]
async fn a_cost_is_told_for_each_number_or_why_there_is_none() {
    let world = World::in_memory().await;
    let text = "Ы".repeat(71);
    let fields = [("to", "79160000001,74951230001"), ("msg", text.as_str())];
    let answer = world.sms_ru("sms/cost", &fields).await;
    let row = &answer["sms"]["79160000001"];
    assert_eq!((&row["status_code"], &row["cost"], &row["sms"]), (&json!(100), &json!(5.8), &json!(2)));
    assert_eq!(answer["sms"]["74951230001"]["status_code"], 207);
    assert!(world.entries("sms_ru", "message").await.is_empty());
}

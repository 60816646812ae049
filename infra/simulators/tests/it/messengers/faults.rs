//! Answers that are lost and work that is not done.

use serde_json::json;

use crate::support::World;

const PATH: &str =
    "/smsc/sys/send.php?login=hub&psw=demo-pass&fmt=3&charset=utf-8&phones=79160000001&mes=a&id=1";

async fn sent(world: &World) -> Result<(u16, String), reqwest::Error> {
    let response = world.client().get(format!("{}{PATH}", world.base)).send().await?;
    let status = response.status().as_u16();
    Ok((status, response.text().await?))
}

#[tokio::test]
async fn every_mode_does_its_work_or_not() {
    for (fault, status, done) in [
        (json!({"mode": "lost_answer"}), None, 1),
        (json!({"mode": "cut_request"}), None, 0),
        (json!({"mode": "refuse"}), None, 0),
        (json!({"mode": "timeout", "seconds": 0.05}), None, 0),
        (json!({"mode": "truncate"}), None, 1),
        (json!({"mode": "slow", "seconds": 0.05}), Some(200), 1),
        (json!({"mode": "http_500"}), Some(500), 0),
        (json!({"mode": "commit_then_500"}), Some(500), 1),
        (json!({"mode": "malformed"}), Some(200), 1),
        (json!({"mode": "wrong_type"}), Some(200), 1),
        (json!({"mode": "html"}), Some(200), 0),
        (json!({"mode": "maintenance"}), Some(503), 0),
        (json!({"mode": "quota"}), Some(200), 0),
        (json!({"mode": "code", "code": 4}), Some(200), 0),
        (json!({"mode": "status", "status": 502}), Some(502), 0),
    ] {
        let world = World::in_memory().await;
        world.fault("smsc", fault.clone()).await;
        let answer = sent(&world).await.ok();
        assert_eq!(answer.as_ref().map(|(status, _)| *status), status, "{fault}: {answer:?}");
        assert_eq!(world.entries("smsc", "message").await.len(), done, "{fault}");
        assert_eq!(world.get("/_local/outbox").await["items"].as_array().unwrap().len(), done, "{fault}");
    }
}

#[tokio::test]
async fn a_late_commit_is_charged_when_it_comes() {
    let world = World::in_memory().await;
    world.fault("smsc", json!({"mode": "late_commit", "seconds": 90, "clock": "sim"})).await;
    assert!(sent(&world).await.is_err());
    assert_eq!(world.smsc("balance", "").await["balance"], "10000.00");
    world.advance("91s").await;
    assert_eq!(world.smsc("balance", "").await["balance"], "9997.10");
}

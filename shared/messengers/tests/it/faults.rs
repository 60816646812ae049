//! Every provider over HTTP when the network or the provider fails: what is said never exceeds what is known
//! (reliability notes, section 1, rules 5 and 8, and section 4.10; faults F2 and F14).

use std::time::Duration;

use serde_json::{Value, json};
use yam_domain::effect::CallClass;
use yam_domain::ids::MessengerId;
use yam_messengers::{CallOutcome, Sent};

use crate::bench::{Bench, HTTP, WITHIN};
use crate::letters::SECRETS;

fn class(outcome: &CallOutcome<Sent>) -> &'static str {
    match outcome.class() {
        CallClass::NotSent => "not sent",
        CallClass::Busy { .. } => "busy",
        CallClass::Refused => "refused",
        CallClass::Done => "done",
        CallClass::Unknown => "unknown",
    }
}

/// Fault, what the adapter may say, and how many messages the provider has taken.
fn rows() -> Vec<(Value, &'static str, usize)> {
    vec![
        (json!({"mode": "http_500"}), "unknown", 0),
        (json!({"mode": "refuse"}), "unknown", 0),
        (json!({"mode": "cut_request"}), "unknown", 0),
        (json!({"mode": "cut_request", "at_byte": 20}), "unknown", 0),
        (json!({"mode": "lost_answer"}), "unknown", 1),
        (json!({"mode": "lost_answer", "at_byte": 60}), "unknown", 1),
        (json!({"mode": "commit_then_500"}), "unknown", 1),
        (json!({"mode": "truncate"}), "unknown", 1),
        (json!({"mode": "truncate", "at_byte": 0}), "unknown", 1),
        (json!({"mode": "malformed"}), "unknown", 1),
        (json!({"mode": "wrong_type"}), "unknown", 1),
        (json!({"mode": "huge"}), "unknown", 1),
        (json!({"mode": "html"}), "unknown", 0),
        (json!({"mode": "html", "execute": true}), "unknown", 1),
        (json!({"mode": "maintenance"}), "unknown", 0),
        (json!({"mode": "status", "status": 302, "location": "/login"}), "unknown", 0),
        (json!({"mode": "status", "status": 307, "location": "/login"}), "unknown", 0),
        (json!({"mode": "status", "status": 408}), "unknown", 0),
        (json!({"mode": "status", "status": 502}), "unknown", 0),
        (json!({"mode": "status", "status": 503}), "unknown", 0),
        (json!({"mode": "status", "status": 504}), "unknown", 0),
        (json!({"mode": "status", "status": 429}), "busy", 0),
        (json!({"mode": "quota"}), "busy", 0),
    ]
}

#[tokio::test]
async fn sends_under_faults() {
    let bench = Bench::new().await;
    for id in HTTP {
        for (fault, expected, made) in rows() {
            bench.fault(id, &fault).await;
            let before = bench.ledger(id).await.len();
            let outcome = bench.send(id, &bench.usual(id)).await;
            assert_eq!(class(&outcome), expected, "{id} {fault}: {outcome:?}");
            assert_eq!(bench.ledger(id).await.len() - before, made, "{id} {fault}");
            let shown = format!("{outcome:?}");
            assert!(!SECRETS.iter().any(|secret| shown.contains(secret)), "{id} {fault}: {shown}");
        }
    }
}

#[tokio::test]
async fn time_is_over_before_and_after_the_commit() {
    let bench = Bench::new().await;
    for id in HTTP {
        for (fault, made) in
            [(json!({"mode": "timeout", "seconds": 3}), 0), (json!({"mode": "slow", "seconds": 3}), 1)]
        {
            bench.fault(id, &fault).await;
            let before = bench.ledger(id).await.len();
            let short = Duration::from_millis(800);
            let outcome = bench.of(id).send(&bench.account(id), &bench.usual(id), short).await;
            assert_eq!(class(&outcome), "unknown", "{id} {fault}: {outcome:?}");
            assert_eq!(bench.ledger(id).await.len() - before, made, "{id} {fault}");
        }
    }
}

#[tokio::test]
async fn work_that_is_done_later_is_not_seen_at_first() {
    let bench = Bench::new().await;
    for id in HTTP {
        bench.fault(id, &json!({"mode": "late_commit", "seconds": 60, "clock": "sim"})).await;
        let outcome = bench.send(id, &bench.usual(id)).await;
        assert_eq!(class(&outcome), "unknown", "{id}: {outcome:?}");
        assert!(bench.ledger(id).await.is_empty(), "{id}");
    }
    bench.advance("61s").await;
    for id in HTTP {
        assert_eq!(bench.ledger(id).await.len(), 1, "{id}");
    }
}

/// Whatever byte the answer ends at, "done" names the message that was taken, and nothing is refused.
#[tokio::test]
async fn answers_cut_at_many_bytes() {
    let bench = Bench::new().await;
    for id in HTTP {
        let (mut done, mut unknown) = (0, 0);
        for mode in ["truncate", "lost_answer"] {
            for at in (0..900).step_by(59) {
                bench.fault(id, &json!({"mode": mode, "at_byte": at})).await;
                match bench.send(id, &bench.usual(id)).await {
                    CallOutcome::Done(sent) => {
                        let last = bench.ledger(id).await.pop().unwrap();
                        assert_eq!(last["its_id"], sent.provider_id.as_str(), "{id}");
                        done += 1;
                    }
                    CallOutcome::Unknown(_) => unknown += 1,
                    other => panic!("{id} {mode} at {at}: {other:?}"),
                }
            }
        }
        assert_eq!(bench.ledger(id).await.len(), done + unknown, "{id}: one message for each send");
        assert!(done > 0 && unknown > 3, "{id}: {done} done, {unknown} unknown");
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_is_sent() {
    let mut bench = Bench::new().await;
    bench.stop().await;
    for id in HTTP {
        let outcome = bench.send(id, &bench.usual(id)).await;
        assert_eq!(class(&outcome), "not sent", "{id}: {outcome:?}");
        let report = bench.of(id).probe(Some(&bench.account(id)), WITHIN).await;
        assert!(!report.works, "{id}: {report:?}");
    }
}

/// Each provider has a proxy of its own, but SNS, which the AWS SDK calls.
#[tokio::test]
async fn behind_a_proxy_that_is_down_nothing_is_sent() {
    let proxy = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let bench = Bench::with(|name| {
        let own = name.starts_with("YAM_PROXY_") && name != "YAM_PROXY_SIMULATORS";
        own.then(|| proxy.clone())
    })
    .await;
    for id in HTTP {
        let outcome = bench.send(id, &bench.usual(id)).await;
        let expected = if id == MessengerId::Sns { "done" } else { "not sent" };
        assert_eq!(class(&outcome), expected, "{id}: {outcome:?}");
        assert_eq!(bench.ledger(id).await.len(), usize::from(id == MessengerId::Sns), "{id}");
    }
}

#[tokio::test]
async fn too_many_a_minute_are_busy_and_not_taken() {
    let bench = Bench::new().await;
    for id in MessengerId::ALL {
        bench.settings(id, json!({"per_minute": 1})).await;
        bench.sent(id, &bench.usual(id)).await;
        let outcome = bench.send(id, &bench.usual(id)).await;
        assert_eq!(class(&outcome), "busy", "{id}: {outcome:?}");
        assert_eq!(bench.ledger(id).await.len(), 1, "{id}");
    }
}

#[tokio::test]
async fn probes_tell_a_provider_from_a_web_page() {
    let bench = Bench::new().await;
    for id in HTTP {
        let report = bench.of(id).probe(Some(&bench.account(id)), WITHIN).await;
        assert!(report.works, "{id}: {report:?}");
        let report = bench.of(id).probe(None, WITHIN).await;
        assert!(report.works, "{id}, without an account: {report:?}");
        bench.fault(id, &json!({"mode": "html"})).await;
        let report = bench.of(id).probe(Some(&bench.account(id)), WITHIN).await;
        assert!(!report.works, "{id}: {report:?}");
        assert!(bench.ledger(id).await.is_empty(), "{id}: a probe sends nothing");
        let shown = format!("{report:?}");
        assert!(!SECRETS.iter().any(|secret| shown.contains(secret)), "{id}: {shown}");
    }
}

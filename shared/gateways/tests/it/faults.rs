//! What no answer proves: cut, garbled, moved and missing answers, at every gateway and step
//! (reliability notes, section 1, rules 5 and 8; fault F2).

use std::time::Duration;

use yam_domain::effect::CallClass;
use yam_domain::ids::GatewayId;
use yam_gateways::CallOutcome;

use crate::scenes::{SECRET, WITHIN, account, attempt, body, gateway, refund, start, verified};
use crate::server::{Act, Server, nobody, status};

async fn verify(id: GatewayId, base: &str, proxy: Option<&str>, within: Duration) -> CallClass {
    let outcome = gateway(id, base, proxy).verify(&account(id), &attempt(id), within).await;
    assert!(!format!("{outcome:?}").contains(SECRET), "{id}: a secret in {outcome:?}");
    outcome.class()
}

#[tokio::test]
async fn without_a_connection_nothing_is_sent() {
    for id in GatewayId::ALL {
        assert_eq!(verify(id, &nobody().await, None, WITHIN).await, CallClass::NotSent, "{id}");
        let server = Server::playing(vec![verified(id)]).await;
        let proxy = nobody().await;
        assert_eq!(verify(id, &server.base, Some(&proxy), WITHIN).await, CallClass::NotSent, "{id}");
        assert_eq!(verify(id, "ftp://x", None, WITHIN).await, CallClass::NotSent, "{id}");
        assert_eq!(verify(id, &server.base, None, Duration::ZERO).await, CallClass::NotSent, "{id}");
        assert!(server.seen().is_empty(), "{id}");
        assert_eq!(verify(id, &server.base, None, WITHIN).await, CallClass::Done, "{id}");
    }
}

/// Plays the acts one by one against one gateway, and expects one request and an unknown end for each.
async fn all_unknown(id: GatewayId, acts: Vec<Act>) {
    let server = Server::playing(acts.clone()).await;
    let (gateway, account, attempt) = (gateway(id, &server.base, None), account(id), attempt(id));
    for (index, act) in acts.iter().enumerate() {
        let outcome = gateway.verify(&account, &attempt, WITHIN).await;
        assert_eq!(outcome.class(), CallClass::Unknown, "{id}: {act:?}: {outcome:?}");
        assert_eq!(server.seen().len(), index + 1, "{id}: {act:?}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_unknown_and_sent_once() {
    let html = Act::Answer { status: 200, media: "text/html", body: "<html><body>busy</body></html>".into() };
    let huge = Act::Answer { status: 200, media: "application/json", body: " ".repeat(400 * 1024) };
    for id in GatewayId::ALL {
        let acts = vec![
            Act::Close,
            Act::Moved { status: 302 },
            Act::Moved { status: 307 },
            html.clone(),
            huge.clone(),
            status(200, "{\"result\":"),
            status(200, ""),
            status(408, "{}"),
            status(500, "{}"),
            status(502, "{}"),
            status(503, "{}"),
            status(504, "{}"),
        ];
        all_unknown(id, acts).await;
    }
}

#[tokio::test]
async fn a_good_body_with_a_bad_status_is_unknown() {
    for id in GatewayId::ALL {
        let (media, good) = body(&verified(id));
        let bad = |status| Act::Answer { status, media, body: good.clone() };
        all_unknown(id, vec![bad(302), bad(500), bad(503)]).await;
    }
}

#[tokio::test]
async fn an_answer_cut_anywhere_is_unknown() {
    for id in GatewayId::ALL {
        let (media, good) = body(&verified(id));
        let ends = (0..good.len() + 90).step_by(37).chain([good.len() + 85]);
        let cuts = ends.map(|at| Act::Cut { media, body: good.clone(), at }).collect();
        all_unknown(id, cuts).await;
    }
}

#[tokio::test]
async fn a_gateway_that_says_nothing_is_unknown_in_time() {
    for id in GatewayId::ALL {
        let server = Server::playing(vec![Act::Hang]).await;
        let class = verify(id, &server.base, None, Duration::from_millis(300)).await;
        assert_eq!(class, CallClass::Unknown, "{id}");
        assert_eq!(server.seen().len(), 1, "{id}");
    }
}

#[tokio::test]
async fn too_many_requests_are_busy() {
    for id in GatewayId::ALL {
        let server = Server::playing(vec![status(429, "slow down")]).await;
        let class = verify(id, &server.base, None, WITHIN).await;
        assert!(matches!(class, CallClass::Busy { .. }), "{id}: {class:?}");
    }
}

/// A refund must never be taken for refused or done by something in between.
#[tokio::test]
async fn refunds_and_starts_under_faults_are_unknown() {
    let acts = [Act::Close, Act::Moved { status: 307 }, status(500, "{}"), status(200, "<html>")];
    for id in GatewayId::ALL {
        let called_to_refund = id != GatewayId::Sep;
        let called_to_start = !matches!(id, GatewayId::Robokassa | GatewayId::Toss);
        let calls = usize::from(called_to_refund) + usize::from(called_to_start);
        let twice = acts.iter().flat_map(|act| std::iter::repeat_n(act.clone(), calls)).collect();
        let server = Server::playing(twice).await;
        let gateway = gateway(id, &server.base, None);
        for round in 1..=acts.len() {
            let refunded = gateway.refund(&account(id), &attempt(id), &refund(id), WITHIN).await;
            let expected = if called_to_refund { CallClass::Unknown } else { CallClass::Refused };
            assert_eq!(refunded.class(), expected, "{id}: {refunded:?}");
            let started = gateway.start(&account(id), &start(id), WITHIN).await;
            let expected = if called_to_start { CallClass::Unknown } else { CallClass::Done };
            assert_eq!(started.class(), expected, "{id}: {started:?}");
            assert_eq!(server.seen().len(), round * calls, "{id}");
        }
    }
}

#[tokio::test]
async fn probes_tell_a_gateway_from_a_web_page() {
    for id in GatewayId::ALL {
        let page = Act::Answer { status: 200, media: "text/html", body: "<html>hotel wifi</html>".into() };
        let server = Server::playing(vec![page]).await;
        let report = gateway(id, &server.base, None).probe(Some(&account(id)), WITHIN).await;
        assert!(!report.works, "{id}: {report:?}");
        assert!(!format!("{report:?}").contains(SECRET), "{id}");
        let gone = gateway(id, &nobody().await, None).probe(None, WITHIN).await;
        assert!(!gone.works && gone.seen.contains("not sent"), "{id}: {gone:?}");
    }
}

#[tokio::test]
async fn an_unknown_outcome_names_what_was_seen() {
    let server = Server::playing(vec![status(503, "{}")]).await;
    let id = GatewayId::Zibal;
    let outcome = gateway(id, &server.base, None).verify(&account(id), &attempt(id), WITHIN).await;
    let CallOutcome::Unknown(why) = outcome else { panic!() };
    assert!(why.contains("HTTP 503"), "{why}");
}

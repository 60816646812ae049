//! F2: answer and request cut anywhere.

use serde_json::json;

use super::{KOREA, RUSSIA, Scene, once};

#[tokio::test]
async fn an_answer_cut_anywhere_leaves_one_waybill() {
    for post in [KOREA, RUSSIA] {
        let mut scene = Scene::new(post).await;
        for at_byte in (0..1_000).step_by(50) {
            let mut cut = once("lost_answer", post.register);
            cut["at_byte"] = json!(at_byte);
            scene.survives(&format!("cut at {at_byte}"), &[cut], 8).await;
        }
    }
}

#[tokio::test]
async fn a_request_cut_anywhere_is_sent_again_once_it_is_missed() {
    for post in [KOREA, RUSSIA] {
        let mut scene = Scene::new(post).await;
        for at_byte in (0..1_500).step_by(250) {
            let mut cut = once("cut_request", post.register);
            cut["at_byte"] = json!(at_byte);
            scene.survives(&format!("cut at {at_byte}"), &[cut], 8).await;
        }
    }
}

#[tokio::test]
async fn an_answer_that_proves_nothing_is_looked_up() {
    for post in [KOREA, RUSSIA] {
        let mut scene = Scene::new(post).await;
        for mode in ["lost_answer", "commit_then_500", "truncate", "malformed", "wrong_type", "empty_number"]
        {
            scene.survives(mode, &[once(mode, post.register)], 8).await;
        }
        for mode in ["http_500", "html", "maintenance", "cut_request", "refuse"] {
            scene.survives(mode, &[once(mode, post.register)], 8).await;
        }
        let redirect = json!({"mode": "status", "operation": post.register, "times": 1, "status": 307,
                              "location": "https://elsewhere.example/"});
        scene.survives("a redirect", &[redirect], 8).await;
    }
}

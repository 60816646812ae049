//! Russian Post's batch access.

use serde_json::json;

use crate::posts::{
    CONTRACT, batch, batch_error, client, edit, fc, flat, response, response_request, switch, tell, ticket,
    ticket_request, vanish,
};
use crate::support::{World, tag};

const CODE: &str = "10100007000014";

#[tokio::test]
async fn an_answer_is_the_protocols_example() {
    let world = World::in_memory().await;
    client(&world, json!({"login": "hubDemoLogin", "password": "hubDemoPass", "contract": true})).await;
    for raw in [
        json!({"type": 1, "attr": 2, "index": "101000", "date": "2025-03-14T10:15:00"}),
        json!({"type": 8, "attr": 2, "index": "630099", "date": "2025-03-18T08:40:00"}),
    ] {
        tell(&world, "russian_post", CODE, json!({"raw": raw})).await;
    }
    let login = "hubDemoLogin hubDemoPass";
    let asked = batch(&world, &ticket_request(login, &[CODE, "RA000000014RU"], "RUS")).await;
    let id = tag(&asked, "value");
    assert!(id.ends_with("HUBDEMOLOGIN") && id.len() == 17 + 12, "{id}");
    assert!(id.bytes().take(17).all(|byte| byte.is_ascii_digit()), "{id}");
    let wrapped = "<ns2:ticketResponse xmlns:ns2=\"http://fclient.russianpost.org/postserver\" \
                   xmlns:ns3=\"http://fclient.russianpost.org\"><value>";
    assert!(asked.contains(wrapped), "{asked}");
    world.advance("15m").await;
    let answer = batch(&world, &response_request(login, &id)).await;
    let items = flat(
        r#"<ns3:Item Barcode="10100007000014"><ns3:Operation OperTypeID="1" OperCtgID="2" OperName="Прием" DateOper="14.03.2025 10:15:00" IndexOper="101000"/><ns3:Operation OperTypeID="8" OperCtgID="2" OperName="Обработка" DateOper="18.03.2025 08:40:00" IndexOper="630099"/></ns3:Item>
 <ns3:Item Barcode="RA000000014RU"><ns3:Error ErrorTypeID="12" ErrorName="Сообщение не найдено"/></ns3:Item>
</value></ns2:answerByTicketResponse>"#,
    );
    assert!(answer.contains(&items), "{answer}");
    let head = "<value FileName=\"\" FileTypeID=\"2\" FileNumber=\"1\" RecipientID=\"1\" DatePreparation=\"";
    assert!(answer.contains(head), "{answer}");
}

#[tokio::test]
async fn a_ticket_ripens_in_fifteen_minutes_and_keeps_for_32_hours() {
    let world = World::in_memory().await;
    tell(&world, "russian_post", CODE, json!({"status": "accepted"})).await;
    let id = ticket(&world, &[CODE]).await;
    assert_eq!(batch_error(&response(&world, &id).await), Some(6));
    world.advance("14m").await;
    assert_eq!(batch_error(&response(&world, &id).await), Some(6));
    world.advance("1m").await;
    let first = response(&world, &id).await;
    assert_eq!(batch_error(&first), None);
    world.advance("31h").await;
    assert_eq!(response(&world, &id).await, first, "as often as one likes");
    world.advance("1h").await;
    assert_eq!(batch_error(&response(&world, &id).await), Some(17));
    switch(&world, "russian_post", json!({"ticket_minutes": 0})).await;
    let quick = ticket(&world, &[CODE]).await;
    assert_eq!(batch_error(&response(&world, &quick).await), None);
}

#[tokio::test]
async fn an_answer_shows_what_was_known_when_it_was_prepared() {
    let world = World::in_memory().await;
    let told = tell(&world, "russian_post", CODE, json!({"status": "accepted"})).await;
    let id = ticket(&world, &[CODE]).await;
    world.advance("10m").await;
    let arrived = tell(&world, "russian_post", CODE, json!({"status": "arrived", "office": "630099"})).await;
    world.advance("6m").await;
    tell(&world, "russian_post", CODE, json!({"status": "delivered"})).await;
    assert_eq!(vanish(&world, "russian_post", CODE, &told["id"]).await, 204);
    let (status, _) = edit(&world, "russian_post", CODE, &arrived["id"], json!({"office": "344002"})).await;
    assert_eq!(status, 200);
    let answer = response(&world, &id).await;
    assert!(answer.contains("OperTypeID=\"1\"") && answer.contains("IndexOper=\"630099\""), "{answer}");
    assert!(!answer.contains("OperTypeID=\"2\""), "{answer}");
    let next = ticket(&world, &[CODE]).await;
    world.advance("15m").await;
    let answer = response(&world, &next).await;
    assert!(!answer.contains("OperTypeID=\"1\"") && answer.contains("IndexOper=\"344002\""), "{answer}");
    assert!(answer.contains("OperTypeID=\"2\""), "{answer}");
}

#[tokio::test]
async fn errors_have_their_ids() {
    let world = World::in_memory().await;
    let many: Vec<String> = (0..3_001).map(|at| format!("{at:014}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (request, error) in [
        (ticket_request(CONTRACT, &[], "RUS"), 2),
        (ticket_request("demo-track wrong", &[CODE], "RUS"), 3),
        (ticket_request("single-track single-pass", &[CODE], "RUS"), 3),
        (ticket_request(CONTRACT, &many, "RUS"), 18),
        (ticket_request(CONTRACT, &[CODE], "DEU"), 20),
        (ticket_request(CONTRACT, &["101000070000140"], "RUS"), 21),
        (response_request("demo-track wrong", "20250314101530123DEMO-TRACK"), 3),
        (response_request(CONTRACT, ""), 2),
        (response_request(CONTRACT, "20250314101530123DEMO-TRACK"), 17),
    ] {
        let answer = batch(&world, &request).await;
        assert_eq!(batch_error(&answer), Some(error), "{answer}");
    }
    assert!(world.entries("russian_post", "ticket").await.is_empty());
    let full = batch(&world, &ticket_request(CONTRACT, &many[..3_000], "ENG")).await;
    assert_eq!(batch_error(&full), None, "{full}");
    client(&world, json!({"login": "other", "password": "pass", "contract": true})).await;
    world.advance("15m").await;
    let foreign = batch(&world, &response_request("other pass", &tag(&full, "value"))).await;
    assert_eq!(batch_error(&foreign), Some(17));
    for broken in ["<pos:somethingElse/>", "<ticketRequest/>", "<pos:ticketRequest>"] {
        assert_eq!(fc(&world, broken).await.unwrap().0, 500, "{broken}");
    }
    // Items in another namespace are none.
    let wrong = ticket_request(CONTRACT, &[CODE], "RUS").replace("fcl:Item", "pos:Item");
    assert_eq!(batch_error(&batch(&world, &wrong).await), Some(2));
}

#[tokio::test]
async fn a_used_up_quota_poses_as_a_failed_login() {
    let world = World::in_memory().await;
    let account = json!({"login": "t", "password": "p", "contract": true, "daily_tickets": 1});
    client(&world, account).await;
    let request = ticket_request("t p", &[CODE], "RUS");
    assert_eq!(batch_error(&batch(&world, &request).await), None);
    let wanted = "<error ErrorTypeID=\"3\" ErrorName=\"Ошибка авторизации: Превышен лимит количества запросов\"/>\
                  </ns2:ticketResponse>";
    assert!(batch(&world, &request).await.contains(wanted));
    world.fault("russian_post", json!({"mode": "quota"})).await;
    assert!(batch(&world, &ticket_request(CONTRACT, &[CODE], "RUS")).await.contains(wanted));
    world.advance("24h").await;
    assert_eq!(batch_error(&batch(&world, &request).await), None);
}

#[tokio::test]
async fn a_ticket_is_in_the_ledger_before_its_answer_leaves() {
    let world = World::in_memory().await;
    world.fault("russian_post_tracking", json!({"mode": "lost_answer", "operation": "getTicket"})).await;
    let request = ticket_request(CONTRACT, &[CODE, "RA000000014RU"], "RUS");
    assert!(fc(&world, &request).await.is_err());
    let entries = world.entries("russian_post", "ticket").await;
    assert_eq!((entries.len(), &entries[0]["detail"]["items"]), (1, &json!(2)));
    let id = entries[0]["its_id"].as_str().unwrap().to_owned();
    world.advance("15m").await;
    assert_eq!(batch_error(&response(&world, &id).await), None, "an orphan, but a ticket");
    world.fault("russian_post", json!({"mode": "timeout", "seconds": 0.01})).await;
    assert!(fc(&world, &request).await.is_err());
    world.fault("russian_post", json!({"mode": "truncate", "at_byte": 40})).await;
    assert!(fc(&world, &response_request(CONTRACT, &id)).await.is_err());
    world.fault("russian_post", json!({"mode": "http_500", "operation": "getResponseByTicket"})).await;
    assert_eq!(fc(&world, &response_request(CONTRACT, &id)).await.unwrap().0, 500);
    world.fault("russian_post", json!({"mode": "code", "code": 16})).await;
    assert_eq!(batch_error(&response(&world, &id).await), Some(16));
    world.fault("russian_post", json!({"mode": "malformed"})).await;
    assert!(!response(&world, &id).await.ends_with("</S:Envelope>"));
    world.fault("russian_post", json!({"mode": "late_commit", "seconds": 30, "clock": "sim"})).await;
    assert!(fc(&world, &request).await.is_err());
    assert_eq!(world.entries("russian_post", "ticket").await.len(), 1);
    world.advance("31s").await;
    let entries = world.entries("russian_post", "ticket").await;
    assert_eq!((entries.len(), &entries[0]["bodies_received"]), (2, &json!(3)));
}

//! Tickets and their answers.

use super::*;

#[test]
fn the_ticket_of_the_notes() {
    let body = "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body><ns2:ticketResponse xmlns:ns2=\"http://fclient.russianpost.org/postserver\" xmlns:ns3=\"http://fclient.russianpost.org\"><value>20250314101530123HUBDEMOLOGIN</value></ns2:ticketResponse></S:Body></S:Envelope>";
    assert_eq!(batch::ticket(&answer(200, body), asked_at()), TrackOutcome::Answer(ticket()));
    let error = |id: &str, name: &str| {
        let error = format!(
            "<n:ticketResponse xmlns:n='n'><error ErrorTypeID=\"{id}\" ErrorName=\"{name}\"/></n:ticketResponse>"
        );
        batch::ticket(&answer(200, soap(&error)), asked_at())
    };
    let limit = "Ошибка авторизации: Превышен лимит количества запросов";
    assert!(matches!(error("3", limit), TrackOutcome::Quota { .. }));
    assert!(matches!(error("3", "Ошибка авторизации"), TrackOutcome::Denied(_)));
    assert!(matches!(error("16", ""), TrackOutcome::Failed(_)));
    assert!(matches!(batch::ticket(&answer(200, soap("")), asked_at()), TrackOutcome::ShapeChanged(_)));
    let empty = soap("<n:ticketResponse xmlns:n='n'><value> </value></n:ticketResponse>");
    assert!(matches!(batch::ticket(&answer(200, empty), asked_at()), TrackOutcome::ShapeChanged(_)));
}

#[test]
fn the_ticket_answer_of_the_notes() {
    let TrackOutcome::Answer(read) = batch::parcels(&answer(200, ANSWER), &ticket()) else {
        panic!("answer")
    };
    assert_eq!((read.prepared_at, read.unreadable, read.whole), (Some(at("2025-03-14T07:31:02Z")), 0, true));
    let [(first, TrackOutcome::Answer(snapshot)), (second, TrackOutcome::NotFound)] = read.parcels.as_slice()
    else {
        panic!("{:?}", read.parcels)
    };
    assert_eq!((first.as_str(), second.as_str()), (CODE, "RA000000014RU"));
    assert_eq!(snapshot.taken_at, at("2025-03-14T07:31:02Z"));
    let [moscow, novosibirsk] = snapshot.scans.as_slice() else { panic!("two scans") };
    assert_eq!(moscow.happened_at, at("2025-03-14T07:15:00Z"));
    assert_eq!(novosibirsk.happened_at, at("2025-03-18T01:40:00Z"), "local time of the office");
    assert_eq!(novosibirsk.reading, dictionary::russian_post(8, 2));
    assert_eq!((novosibirsk.raw.code.as_str(), novosibirsk.raw.text.as_str()), ("8/2", "Обработка"));
    assert_eq!(novosibirsk.office, Some(Office { index: Some("630099".into()), name: None }));
}

#[test]
fn a_ticket_that_is_not_ready_or_gone() {
    let error = |id: &str| {
        let error = format!(
            "<n:answerByTicketResponse xmlns:n='n'><error ErrorTypeID='{id}' ErrorName='x'/></n:answerByTicketResponse>"
        );
        batch::parcels(&answer(200, soap(&error)), &ticket())
    };
    let quarter = SignedDuration::from_mins(15);
    assert!(matches!(error("6"), TrackOutcome::NotYet { retry_after } if retry_after == quarter));
    assert_eq!(error("17"), TrackOutcome::NotFound);
    assert!(matches!(error("3"), TrackOutcome::Denied(_)));
}

#[test]
fn bad_operations_and_items_of_a_ticket_are_counted() {
    let item = |inner: &str| format!("<i:Item Barcode='{CODE}'>{inner}</i:Item>");
    let good = "<i:Operation OperTypeID='1' DateOper='14.03.2025 10:15:00'/>";
    let body = |items: &str| {
        soap(&format!(
            "<n:answerByTicketResponse xmlns:n='n' xmlns:i='i'><value>{items}</value></n:answerByTicketResponse>"
        ))
    };
    for bad in [
        "<i:Operation OperTypeID='1'/>",
        "<i:Operation OperTypeID='x' DateOper='14.03.2025 10:15:00'/>",
        "<i:Operation OperTypeID='1' OperCtgID='x' DateOper='14.03.2025 10:15:00'/>",
        "<i:Operation OperTypeID='1' DateOper='2025-03-14'/>",
        "<i:Operation OperTypeID='1' DateOper='14.03.2025 10:15:00' OperName='&nothing;'/>",
    ] {
        let items = body(&item(&format!("{good}{bad}{good}")));
        let TrackOutcome::Answer(read) = batch::parcels(&answer(200, items), &ticket()) else {
            panic!("{bad}")
        };
        let [(_, TrackOutcome::Answer(snapshot))] = read.parcels.as_slice() else { panic!("{bad}") };
        assert_eq!((snapshot.scans.len(), snapshot.unreadable), (2, 1), "{bad}");
        assert_eq!(snapshot.taken_at, asked_at(), "nothing says when it was prepared");
    }
    let items = body(&format!("{}<i:Item/><i:Item Barcode='?'/>{}", item(good), item("")));
    let TrackOutcome::Answer(read) = batch::parcels(&answer(200, items), &ticket()) else { panic!("answer") };
    assert_eq!((read.parcels.len(), read.unreadable), (2, 2));
    assert_eq!(read.parcels[1].1, TrackOutcome::NotFound);
}

#[test]
fn of_a_ticket_that_breaks_off_whole_parcels_count() {
    let whole_parcel = ANSWER.find("</ns3:Item>").unwrap() + "</ns3:Item>".len();
    for end in 0..ANSWER.len() {
        let mut cut = answer(200, ANSWER.as_bytes()[..end].to_vec());
        cut.complete = false;
        match batch::parcels(&cut, &ticket()) {
            TrackOutcome::Answer(read) => {
                assert!(end >= whole_parcel && !read.whole, "cut at {end}");
                let TrackOutcome::Answer(snapshot) = &read.parcels[0].1 else { panic!("cut at {end}") };
                assert_eq!(snapshot.scans.len(), 2);
            }
            other => {
                assert!(end < whole_parcel, "cut at {end}");
                assert!(matches!(other, TrackOutcome::Failed(_)), "cut at {end}");
            }
        }
    }
}

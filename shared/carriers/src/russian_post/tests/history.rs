//! Histories and money orders of the single wire.

use super::*;

#[test]
fn the_history_of_the_notes() {
    let snapshot = snapshot(HISTORY);
    let [first, second] = snapshot.scans.as_slice() else { panic!("two scans") };
    assert_eq!(first.happened_at, at("2025-03-14T07:15:00Z"));
    assert_eq!(first.reading, dictionary::russian_post(1, 2));
    assert_eq!(first.office, Some(Office { index: Some("101000".into()), name: Some("Москва".into()) }));
    assert_eq!(
        (first.raw.code.as_str(), first.raw.text.as_str(), first.raw.detail.as_str()),
        ("1/2", "Прием", "Партионный")
    );
    assert_eq!(second.happened_at, at("2025-03-18T01:40:00Z"));
    assert_eq!((second.raw.code.as_str(), second.raw.text.as_str()), ("8/0", ""));
    assert_eq!(second.reading, dictionary::russian_post(8, 0));
    assert_eq!((snapshot.taken_at, snapshot.known, snapshot.unreadable), (asked_at(), true, 0));
    let novosibirsk = Office { index: Some("630099".into()), name: Some("Новосибирск 99".into()) };
    assert_eq!(snapshot.destination, Some(novosibirsk));
    assert!(snapshot.aliases.is_empty() && snapshot.money.is_empty());
}

#[test]
fn an_empty_history_and_an_unknown_number_are_not_found() {
    assert_eq!(history(records("")), TrackOutcome::NotFound);
    assert_eq!(history(soap("<r:getOperationHistoryResponse xmlns:r='r'/>")), TrackOutcome::NotFound);
    let fault = "<S:Fault><S:Reason><S:Text>x</S:Text></S:Reason><S:Detail><n:OperationHistoryFaultReason xmlns:n='n'>нет</n:OperationHistoryFaultReason></S:Detail></S:Fault>";
    let outcome = single::read(&answer(500, soap(fault)), &number(CODE), asked_at());
    assert_eq!(outcome, TrackOutcome::NotFound);
}

#[test]
fn the_quota_fault_of_the_notes() {
    let fault = "<S:Fault><S:Code><S:Value>S:Receiver</S:Value></S:Code><S:Reason><S:Text xml:lang=\"ru\">Ошибка авторизации</S:Text></S:Reason>\
        <S:Detail><ns3:AuthorizationFaultReason xmlns:ns3=\"http://russianpost.org/operationhistory/data\">Превышен лимит количества запросов</ns3:AuthorizationFaultReason></S:Detail></S:Fault>";
    for status in [200, 500] {
        let outcome = single::read(&answer(status, soap(fault)), &number(CODE), asked_at());
        assert!(
            matches!(&outcome, TrackOutcome::Quota { words } if words == "Превышен лимит количества запросов")
        );
        assert!(outcome.holds_for_all());
    }
}

#[test]
fn one_bad_record_never_loses_the_others() {
    let good = record("1", "2025-03-14T10:15:00.000+03:00", CODE);
    for bad in [
        record("one", "2025-03-14T10:15:00.000+03:00", CODE),
        record("1", "soon", CODE),
        record("", "2025-03-14T10:15:00.000+03:00", CODE),
        record("-1", "2025-03-14T10:15:00.000+03:00", CODE),
        record("4294967296", "2025-03-14T10:15:00.000+03:00", CODE),
        record("1", "9999-03-14T10:15:00.000+03:00", CODE),
        "<d:historyRecord/>".to_owned(),
    ] {
        let read = snapshot(&records(&format!("{good}{bad}{good}")));
        assert_eq!((read.scans.len(), read.unreadable), (2, 1), "{bad}");
        assert!(matches!(history(records(&bad)), TrackOutcome::ShapeChanged(_)), "{bad}");
    }
}

#[test]
fn a_broken_letter_loses_no_record() {
    let mut body = HISTORY.as_bytes().to_vec();
    let place = body.windows(4).position(|four| four == "Мо".as_bytes()).unwrap();
    body[place] = 0xff;
    let TrackOutcome::Answer(snapshot) = history(body) else { panic!("answer") };
    assert_eq!(snapshot.scans.len(), 2);
}

#[test]
fn a_renumbered_parcel_has_aliases() {
    let body =
        [("1", CODE), ("8", CODE), ("8", "10100007000021"), ("8", "10100007000038"), ("8", "10100007000021")]
            .map(|(kind, barcode)| record(kind, "2025-03-14T10:15:00.000+03:00", barcode))
            .concat();
    assert_eq!(snapshot(&records(&body)).aliases, ["10100007000021", "10100007000038"]);
}

#[test]
fn a_paid_parcel_says_so() {
    let body = records(&record("63", "2025-03-20T15:04:37.000+03:00", CODE));
    let at = Some(at("2025-03-20T12:04:37Z"));
    assert_eq!(snapshot(&body).money, [CodMoney::Collected { amount: None, at }]);
}

#[test]
fn scans_are_bounded_and_the_newest_stay() {
    let many: String = (0..700)
        .map(|n| record("8", &format!("2025-03-14T{:02}:{:02}:00+03:00", n / 60, n % 60), CODE))
        .collect();
    let read = snapshot(&records(&many));
    assert_eq!((read.scans.len(), read.unreadable), (MOST_SCANS, 200));
    assert_eq!(read.scans.last().map(|scan| scan.happened_at), Some(at("2025-03-14T08:39:00Z")));
}

#[test]
fn a_cut_answer_never_counts_and_never_panics() {
    for end in 0..HISTORY.len() {
        let outcome = history(HISTORY.as_bytes()[..end].to_vec());
        assert!(matches!(outcome, TrackOutcome::ShapeChanged(_)), "cut at {end}: {}", outcome.describe());
    }
    let mut cut = answer(200, HISTORY);
    cut.complete = false;
    assert!(matches!(single::read(&cut, &number(CODE), asked_at()), TrackOutcome::Failed(_)));
}

#[test]
fn documents_of_another_kind_are_no_history() {
    for body in [
        "{}",
        "<a/>",
        "<S:Envelope xmlns:S='s'><S:Body/></S:Envelope>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        ANSWER,
    ] {
        assert!(matches!(history(body), TrackOutcome::ShapeChanged(_)), "{body}");
    }
    assert!(matches!(history("<html><body>Технические работы</body></html>"), TrackOutcome::Maintenance(_)));
    assert!(matches!(history("<a>".repeat(100_000)), TrackOutcome::ShapeChanged(_)));
}

#[test]
fn money_orders_of_the_notes() {
    let event = |kind: &str| {
        format!(
            "<PostalOrderEvent Number=\"40517\" EventDateTime=\"2025-03-2{kind}T15:04:37.000+03:00\" EventType=\"{kind}\" EventName=\"x\" IndexTo=\"101000\" IndexEvent=\"630099\" SumPaymentForward=\"150000\" CountryEventCode=\"RU\" CountryToCode=\"RU\"/>"
        )
    };
    let output = |events: &str| {
        let output = format!(
            "<ns6:PostalOrderEventsForMaiOutput xmlns:ns6=\"http://www.russianpost.org/RTM/DataExchangeESPP/Data\">{events}</ns6:PostalOrderEventsForMaiOutput>"
        );
        money::read(&answer(200, soap(&output)))
    };
    let amount = Some(Money::new(150_000, Currency::Rub));
    let collected = CodMoney::Collected { amount, at: Some(at("2025-03-21T12:04:37Z")) };
    let paid_out = CodMoney::PaidOut { amount, at: Some(at("2025-03-23T12:04:37Z")) };
    let events = format!("{}{}{}", event("3"), event("1"), event("9"));
    assert_eq!(output(&events), TrackOutcome::Answer(vec![collected, paid_out]));
    assert_eq!(output(""), TrackOutcome::Answer(Vec::new()));
    assert!(matches!(money::read(&answer(200, soap(""))), TrackOutcome::ShapeChanged(_)));
    let fault = "<S:Fault><S:Detail><d:PostalOrderEventsForMailFault xmlns:d='d'><PostalOrderEventsForMailError ErrorID=\"InvalidLoginOrPassword\"/></d:PostalOrderEventsForMailFault></S:Detail></S:Fault>";
    assert!(matches!(money::read(&answer(500, soap(fault))), TrackOutcome::Denied(_)));
}

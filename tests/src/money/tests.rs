//! The judge must be able to find guilty.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::Books;

fn row(kind: &str, id: &str, amount: i64, at: &str) -> Value {
    json!({
        "system": "mellat", "kind": kind, "its_id": id, "our_id": format!("n-{id}"), "amount": amount,
        "committed_at": format!("2026-11-21T{at}:00Z"), "detail": {"by": "shop"},
    })
}

fn attempt(id: &str, status: &str) -> Value {
    json!({
        "gateway": "mellat", "order": format!("n-{id}"), "gateway_id": id, "status": status,
        "amount": {"amount": 500, "currency": "IRR"}, "unwanted": null, "refunds": [],
    })
}

fn payment(name: &str, status: &str, attempts: Vec<Value>) -> Value {
    let paid = if status == "paid" { json!({"amount": 500, "currency": "IRR"}) } else { json!(null) };
    json!({
        "payment_id": name, "link_id": "l", "status": status, "paid_amount": paid, "task": null,
        "next_at": null, "attempts": attempts,
    })
}

/// One payment, paid, told, counted.
fn honest() -> Books {
    Books {
        ledger: vec![
            row("request", "a", 500, "07:00"),
            row("taken", "a", 500, "07:01"),
            row("verified", "a", 500, "07:02"),
            row("settled", "a", 500, "07:03"),
        ],
        payments: vec![payment("p", "paid", vec![attempt("a", "paid")])],
        told: [("p".to_owned(), 1)].into(),
        links: vec![json!({"link_id": "l", "single_use": true, "paid": 1})],
        settle_within: SignedDuration::from_mins(30),
        attended: true,
    }
}

/// The findings, by their invariant.
fn found(change: impl Fn(&mut Books)) -> Vec<String> {
    let mut books = honest();
    change(&mut books);
    let mut found: Vec<String> =
        books.judge().iter().filter_map(|words| words.get(..2).map(str::to_owned)).collect();
    found.dedup();
    found
}

#[test]
fn honest_books_are_in_order() {
    assert_eq!(honest().judge(), Vec::<String>::new());
    // Money that nobody took goes back by itself.
    assert!(
        found(|books| {
            books.ledger.extend([row("taken", "b", 500, "07:00"), row("returned", "b", 500, "07:20")]);
            books.payments.push(payment("q", "expired", vec![attempt("b", "expired")]));
        })
        .is_empty()
    );
}

#[test]
fn lost_money_is_found() {
    let twin = |books: &mut Books| {
        books.ledger.extend([row("taken", "b", 500, "07:00"), row("verified", "b", 500, "07:02")]);
    };
    assert_eq!(found(twin), ["P1"], "held, and no payment knows of it");
    let failed = |books: &mut Books| {
        twin(books);
        books.payments.push(payment("q", "failed", vec![attempt("b", "failed")]));
    };
    assert_eq!(found(failed), ["P1"], "held, and its payment failed");
    let forgotten = |books: &mut Books| {
        twin(books);
        books.payments.push(payment("q", "verify_unknown", vec![attempt("b", "verify_unknown")]));
    };
    assert_eq!(found(forgotten), ["P1"], "open, and nobody is at it");
    let with_task = |books: &mut Books| {
        forgotten(books);
        books.payments[1]["task"] = json!({"reason": "outcome_unknown"});
    };
    assert!(found(with_task).is_empty());
    assert_eq!(found(|books| books.ledger.push(row("reversed", "a", 500, "09:00"))), ["P1", "P5"]);
}

#[test]
fn doubled_money_is_found() {
    let twice = |books: &mut Books| books.ledger.push(row("verified", "a", 500, "07:02"));
    assert_eq!(found(twice), ["P1", "P2"], "verified twice");
    let shared = |books: &mut Books| {
        books.payments.push(payment("q", "paid", vec![attempt("a", "paid")]));
        books.told.insert("q".to_owned(), 1);
    };
    assert_eq!(found(shared), ["P2", "P4"], "one payment at the gateway pays two here");
    let second = |books: &mut Books| {
        for kind in ["taken", "verified", "settled"] {
            books.ledger.push(row(kind, "b", 500, "07:02"));
        }
        books.payments[0] = payment("p", "paid", vec![attempt("a", "paid"), attempt("b", "paid")]);
    };
    assert_eq!(found(second), ["P4"], "two attempts of one payment");
}

#[test]
fn a_payment_without_money_is_found() {
    assert_eq!(found(|books| books.ledger.clear()), ["P1", "P2"]);
    let cheap = |books: &mut Books| books.ledger[2] = row("verified", "a", 50, "07:02");
    assert_eq!(found(cheap), ["P1", "P2"], "another amount");
    assert_eq!(found(|books| drop(books.ledger.pop())), ["P2"], "never settled");
    assert_eq!(found(|books| books.ledger[3] = row("settled", "a", 500, "07:33")), ["P2"], "settled late");
}

#[test]
fn what_the_shop_and_the_payer_hear_is_judged_too() {
    assert_eq!(found(|books| books.told.extend([("p".to_owned(), 2)])), ["P4"]);
    assert_eq!(found(|books| books.told.clear()), ["P4"]);
    assert_eq!(found(|books| books.links[0]["paid"] = json!(2)), ["P4"]);
    let timed_out = |books: &mut Books| {
        for (kind, at) in [("taken", "07:00"), ("returned", "07:20")] {
            let mut row = row(kind, "b", 500, at);
            row["system"] = json!("zibal");
            books.ledger.push(row);
        }
        let mut attempt = attempt("b", "expired");
        attempt["gateway"] = json!("zibal");
        books.payments.push(payment("q", "expired", vec![attempt]));
    };
    assert_eq!(found(timed_out), ["P3"]);
    assert!(
        found(|books| {
            timed_out(books);
            books.attended = false;
        })
        .is_empty()
    );
}

#[test]
fn refunds_are_counted() {
    let back =
        |went_back: bool| json!({"amount": {"amount": 200, "currency": "IRR"}, "went_back": went_back});
    let refund = |books: &mut Books, rows: usize, asked: usize| {
        for _ in 0..rows {
            books.ledger.push(row("refunded", "a", 200, "09:00"));
        }
        books.payments[0]["attempts"][0]["refunds"] = (0..asked).map(|_| back(true)).collect();
    };
    assert!(found(|books| refund(books, 1, 1)).is_empty());
    assert_eq!(found(|books| refund(books, 2, 1)), ["P1", "P5"], "one request, two refunds");
    assert_eq!(found(|books| refund(books, 0, 1)), ["P1"], "said to be back, and still held");
    assert_eq!(found(|books| refund(books, 3, 3)), ["P5"], "more than was paid");
}

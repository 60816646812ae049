//! The payer's pages: plain HTML for small screens, no script needed.

use std::fmt::Write as _;

use http::StatusCode;

use super::{Gateway, Payment, State, WayBack, card};
use crate::pipeline::Answer;
use crate::xml::escaped;

const HTML: &str = "text/html; charset=utf-8";

const STYLE: &str = "body{font:17px/1.5 sans-serif;max-width:26rem;margin:0 auto;padding:1rem;background:#f4f5f7;color:#1c1e21}\
main{background:#fff;border-radius:.8rem;padding:1rem;box-shadow:0 1px 4px #0002}h1{font-size:1.2rem;margin:0 0 .6rem}\
dl{display:grid;grid-template-columns:auto 1fr;gap:.2rem .8rem;margin:0 0 1rem}dt{color:#667}dd{margin:0;overflow-wrap:anywhere}\
input,select,button,a.button{font:inherit;box-sizing:border-box;width:100%;padding:.7rem;margin:.25rem 0;border:1px solid #bbc;border-radius:.5rem}\
button,a.button{display:block;background:#e8eaee;text-align:center;color:inherit;text-decoration:none}#pay,#return{background:#14733a;color:#fff}\
label{display:block}input[type=checkbox]{width:auto}fieldset{border:0;border-top:1px solid #dde;margin:1rem 0 0;padding:.6rem 0 0}small{color:#667}";

fn html(status: StatusCode, body: String) -> Answer {
    Answer { status, content_type: HTML, body: body.into() }
}

/// A whole page around its content, which must be safe already.
fn page<G: Gateway>(status: StatusCode, content: &str) -> Answer {
    let (face, words) = (&G::FACE, G::FACE.words);
    html(
        status,
        format!(
            "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
             <style>{STYLE}</style></head><body><main><h1>{title}</h1>{content}</main>\
             <p><small>simulator</small></p></body></html>\n",
            words.lang,
            words.dir,
            title = face.title,
        ),
    )
}

/// What is to be paid, for whom and for what.
fn summary<G: Gateway>(payment: &Payment) -> String {
    let words = G::FACE.words;
    let mut rows = format!(
        "<dl><dt>{}</dt><dd id=\"amount\" data-amount=\"{}\">{}</dd>",
        words.amount,
        payment.amount,
        escaped(&G::FACE.money(payment.amount))
    );
    for (name, id, value) in [
        (words.shop, "shop", payment.text("shop")),
        (words.order, "order", payment.our_id.as_str()),
        ("", "description", payment.text("description")),
    ] {
        if !value.is_empty() {
            let _ = write!(rows, "<dt>{name}</dt><dd id=\"{id}\">{}</dd>", escaped(value));
        }
    }
    rows + "</dl>"
}

/// Where the payer decides.
pub(super) fn pay<G: Gateway>(payment: &Payment) -> Answer {
    let words = G::FACE.words;
    let action = format!("/{}/payer/{}", G::SYSTEM.name(), escaped(&payment.id));
    let reasons: String = G::FAILURES
        .iter()
        .map(|(word, code)| format!("<option value=\"{word}\">{word} ({code})</option>"))
        .collect();
    let content = format!(
        "{summary}<form method=\"post\" action=\"{action}\">\
         <label>{card}<input id=\"card\" name=\"card\" value=\"{demo}\" inputmode=\"numeric\" dir=\"ltr\" autocomplete=\"off\"></label>\
         <button id=\"pay\" name=\"action\" value=\"pay\">{pay}</button>\
         <button id=\"cancel\" name=\"action\" value=\"cancel\">{cancel}</button>\
         <fieldset><select id=\"reason\" name=\"reason\">{reasons}</select>\
         <button id=\"fail\" name=\"action\" value=\"fail\">✗</button>\
         <button id=\"expire\" name=\"action\" value=\"expire\">{time_out}</button>\
         <label><input type=\"checkbox\" id=\"stay\" name=\"stay\" value=\"1\"> {stay}</label></fieldset></form>",
        summary = summary::<G>(payment),
        card = words.card,
        demo = card::DEMO,
        pay = words.pay,
        cancel = words.cancel,
        time_out = words.time_out,
        stay = words.stay,
    );
    page::<G>(StatusCode::OK, &content)
}

/// The word for a state.
fn state_word(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::Authenticated => "authenticated",
        State::AwaitingDeposit => "awaiting_deposit",
        State::Paid | State::Verified | State::Settled => "paid",
        State::Cancelled => "cancelled",
        State::Failed => "failed",
        State::Expired => "expired",
        State::Returned | State::Reversed | State::Refunded => "returned",
    }
}

/// After the decision: the way back, which may be taken as often as wished; `at_once` lets a browser
/// with scripts take a form by itself, as the gateways' own pages do. Without a way, a lost browser.
pub(super) fn decided<G: Gateway>(payment: &Payment, way: Option<&WayBack>, at_once: bool) -> Answer {
    let words = G::FACE.words;
    let mut content = summary::<G>(payment);
    let _ = write!(
        content,
        "<p>{}: <output id=\"state\">{}</output></p>",
        words.closed,
        state_word(payment.state)
    );
    if let Some(way) = way {
        content.push_str(&way_form(way, words.back));
        if way.post && at_once {
            content.push_str("<script>document.forms[0].submit()</script>");
        }
        let _ = write!(
            content,
            "<form method=\"post\" action=\"/{}/payer/{}/return\"><fieldset>\
             <input id=\"as\" name=\"as\" dir=\"ltr\" aria-label=\"{swapped}\">\
             <button id=\"return-as\">{swapped}</button></fieldset></form>",
            G::SYSTEM.name(),
            escaped(&payment.id),
            swapped = words.swapped,
        );
    }
    page::<G>(StatusCode::OK, &content)
}

fn way_form(way: &WayBack, text: &str) -> String {
    if !way.post {
        return format!("<a id=\"return\" class=\"button\" href=\"{}\">{text}</a>", escaped(&way.target()));
    }
    let fields: String = way
        .fields
        .iter()
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escaped(name), escaped(value))
        })
        .collect();
    format!(
        "<form method=\"post\" action=\"{}\">{fields}<button id=\"return\">{text}</button></form>",
        escaped(&way.target())
    )
}

/// A page for a payment that does not exist.
pub(super) fn unknown<G: Gateway>() -> Answer {
    refused::<G>(StatusCode::NOT_FOUND, G::FACE.words.unknown)
}

/// A page that says why nothing can be paid here.
pub(super) fn refused<G: Gateway>(status: StatusCode, why: &str) -> Answer {
    page::<G>(status, &format!("<p id=\"error\">{}</p>", escaped(why)))
}

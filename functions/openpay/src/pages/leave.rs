//! The page that leads to the gateway. Its payment is stored, with its first sweep row, before this goes out.

use axum::http::StatusCode;
use axum::response::Response;
use url::Url;
use yam_domain::payment::words::in_words;
use yam_gateways::Redirect;

use super::form::Visit;
use super::frame::{Allowance, Frame};
use super::html::{Html, put};
use crate::engine::Opened;

/// Opens the gateway's window by its own script (Toss, v2); every value is read from the page, none is written
/// into the script.
pub(super) const OPEN_WINDOW: &str = "document.getElementById('go').addEventListener('click',function(){var d=\
this.dataset;var p=TossPayments(d.clientkey).payment({customerKey:TossPayments.ANONYMOUS});p.requestPayment({method:\
'CARD',amount:{currency:d.currency,value:Number(d.amount)},orderId:d.orderid,orderName:d.ordername,successUrl:\
d.successurl,failUrl:d.failurl,customerName:d.customername,customerEmail:d.customeremail});});";

/// Shows it.
pub(super) fn page(visit: &Visit<'_>, opened: &Opened, way: &str) -> Response {
    let (payment, words) = (&opened.payment, visit.words);
    let mut page = Html::new();
    let shown = visit.shop.money(visit.state, payment.amount, payment.unit, visit.locale);
    put!(page, "<section><p class=\"amount\">", (shown), "</p>");
    if let Some(said) = in_words(payment.amount, payment.unit, visit.locale) {
        put!(page, "<p class=\"words\">", (said), "</p>");
    }
    put!(page, "<p>", (way), "</p><p>", (words.to_gateway_hint), "</p>");
    put!(
        page,
        "<dl><dt>",
        (words.code),
        "</dt><dd class=\"ltr\">",
        (payment.code.shown()),
        "</dd></dl></section>"
    );
    let mut allowance = Allowance::default();
    let mut refresh = None;
    match &opened.redirect {
        Redirect::Get { url } => {
            refresh = Some((0, Some(url.to_string())));
            put!(
                page,
                "<p><a class=\"button\" id=\"go\" href=\"",
                (url.as_str()),
                "\">",
                (words.to_gateway),
                "</a></p>"
            );
        }
        Redirect::Post { url, fields } => {
            allowance.forms.push(origin(url));
            put!(page, "<form method=\"post\" id=\"to-gateway\" action=\"", (url.as_str()), "\">");
            for (name, value) in fields {
                put!(page, "<input type=\"hidden\" name=\"", (name), "\" value=\"", (value), "\">");
            }
            put!(page, "<button id=\"go\">", (words.to_gateway), "</button></form>");
        }
        Redirect::Script { url, fields } => {
            allowance.script = Some(origin(url));
            put!(page, "<section><button type=\"button\" id=\"go\"");
            for (name, value) in fields {
                put!(page, " data-");
                page.text(&name.to_ascii_lowercase());
                put!(page, "=\"", (value), "\"");
            }
            put!(page, ">", (words.to_gateway), "</button><noscript><p class=\"bad\">", (words.needs_script));
            put!(page, "</p></noscript></section><script src=\"", (url.as_str()), "\"></script>");
        }
    }
    let frame = Frame {
        locale: visit.locale,
        title: words.to_gateway,
        shop: &visit.shop.name,
        slug: visit.shop.merchant.as_str(),
        help_url: visit.shop.settings.help_url.as_deref(),
        status: StatusCode::OK,
        refresh,
        allowance,
    };
    frame.render(visit.state.store.ids.as_ref(), &page)
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

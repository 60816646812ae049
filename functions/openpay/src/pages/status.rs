//! Where a payment stands: the tracking code and a receipt to print, or "we are checking, do not pay again", which
//! reloads itself (S2-17; reliability notes, section 2).

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use url::form_urlencoded;
use yam_domain::ids::{LinkId, PaymentId};
use yam_domain::money::Money;
use yam_domain::money::display::Locale;
use yam_domain::payment::PaymentState;
use yam_domain::payment::form::Unit;
use yam_domain::payment::words::in_words;
use yam_gateways::Fields;
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::Read;
use yam_store::items::Payment;
use yam_store::keys::{of_merchant, sk};

use super::form::Visit;
use super::frame::{Allowance, Frame};
use super::html::{Html, put};
use super::shop::{Shop, link_of};
use super::trouble::trouble;
use super::words::{tag, words};
use crate::{PayState, view};

/// Seconds after which the waiting page asks again.
const RELOAD: u32 = 5;

/// `GET /openpay/{shop}/p/{payment}`.
pub(crate) async fn show(
    State(state): State<PayState>,
    Path((shop, payment)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let answered = async {
        let shop = Shop::load(&state, &shop).await?;
        let not_found = || Problem::new(Kind::NotFound);
        let id = PaymentId::parse(&payment).map_err(|_| not_found())?;
        let key = of_merchant(&shop.merchant, sk::payment(id.as_str()));
        let payment: Option<Payment> =
            state.store.table.get(&key, Read::Consistent).await.map_err(yam_api::store_problem)?;
        let payment = payment.ok_or_else(not_found)?;
        let link = match &payment.link {
            Some(link) => link_of(&state, &shop.merchant, link.as_str()).await.ok(),
            None => None,
        };
        let locale = Locale::from_tag(query.get("lang").unwrap_or(&payment.language));
        let cipher = state.store.vault.cipher(&shop.merchant).await.map_err(yam_api::store_problem)?;
        let words = words(locale);
        let visit = Visit {
            state: &state,
            shop,
            link,
            locale,
            words,
            headers: &headers,
            cipher,
            query: query.clone(),
            below: true,
        };
        Ok::<_, Problem>(page(&visit, &payment))
    };
    match answered.await {
        Ok(response) => response,
        Err(problem) => trouble(&state, &problem, query.get("lang"), &headers),
    }
}

/// What a payer is told of a state.
struct Telling {
    title: &'static str,
    hint: &'static str,
    /// The page asks again by itself.
    waits: bool,
    /// The payer may try again.
    again: bool,
}

fn telling(visit: &Visit<'_>, state: PaymentState) -> Telling {
    let words = visit.words;
    let told = |title, hint, waits, again| Telling { title, hint, waits, again };
    match state {
        PaymentState::Paid | PaymentState::Refunding | PaymentState::RefundUnknown => {
            told(words.paid, words.paid_hint, false, false)
        }
        PaymentState::Verifying | PaymentState::VerifyUnknown | PaymentState::PaidUnsettled => {
            told(words.checking, words.checking_hint, true, false)
        }
        PaymentState::Returned | PaymentState::Redirected | PaymentState::Created => {
            told(words.not_yet, words.not_yet_hint, true, true)
        }
        PaymentState::Cancelled | PaymentState::Failed | PaymentState::Expired => {
            told(words.failed, words.failed_hint, false, true)
        }
        PaymentState::SlipSubmitted => told(words.slip_waits, words.slip_waits_hint, false, false),
        PaymentState::Rejected => told(words.rejected, words.review_hint, false, true),
        PaymentState::Reversing | PaymentState::Reversed | PaymentState::Refunded => {
            told(words.returned, words.returned_hint, false, false)
        }
        PaymentState::Mismatch | PaymentState::Overpaid => {
            told(words.review, words.review_hint, false, false)
        }
    }
}

/// Where the payer tries again, in the same language: the link, or the plain address with what it asked for.
fn again(payment: &Payment, locale: Locale) -> String {
    let link = payment.link.as_ref().map_or("", LinkId::as_str);
    let mut query = form_urlencoded::Serializer::new(String::new());
    if payment.link.is_none() {
        if let Some(asked) = payment.asked {
            // In a unit that has every amount of the currency.
            let unit = if payment.unit == Unit::Toman { Unit::Rial } else { payment.unit };
            query.append_pair("price", &plain(asked, unit)).append_pair("unit", unit.code());
        }
        if !payment.description.is_empty() {
            query.append_pair("description", &payment.description);
        }
    }
    format!("../{link}?{}", query.append_pair("lang", tag(locale)).finish())
}

/// An amount as an address has it.
fn plain(amount: Money, unit: Unit) -> String {
    match unit {
        Unit::Ruble => format!("{}.{:02}", amount.amount() / 100, amount.amount() % 100),
        Unit::Rial | Unit::Toman | Unit::Won => (amount.amount() / unit.minor_units()).to_string(),
    }
}

fn page(visit: &Visit<'_>, payment: &Payment) -> Response {
    let words = visit.words;
    let state = payment.overall();
    let told = telling(visit, state);
    let shown = visit.shop.money(visit.state, payment.amount, payment.unit, visit.locale);
    let mut page = Html::new();
    put!(
        page,
        "<section role=\"status\" id=\"state\" data-state=\"",
        (state.as_str()),
        "\"><p>",
        (told.hint),
        "</p>"
    );
    put!(
        page,
        "<dl><dt>",
        (words.code),
        "</dt><dd class=\"code\" id=\"code\">",
        (payment.code.shown()),
        "</dd>"
    );
    put!(page, "<dt>", (words.amount), "</dt><dd>", (shown));
    if let Some(said) = in_words(payment.amount, payment.unit, visit.locale) {
        put!(page, "<br><span class=\"words\">", (said), "</span>");
    }
    put!(page, "</dd>");
    if !payment.description.is_empty() {
        put!(page, "<dt>", (words.purpose), "</dt><dd>", (payment.description), "</dd>");
    }
    if let Some(attempt) = view::leading(payment) {
        if let Some(reference) = &attempt.reference {
            put!(page, "<dt>", (words.reference), "</dt><dd class=\"ltr\">", (reference), "</dd>");
        }
        if let Some(card) = &attempt.card {
            put!(page, "<dt>", (words.card), "</dt><dd class=\"ltr\">", (card), "</dd>");
        }
    }
    if let Some(slip) = &payment.slip {
        put!(
            page,
            "<dt>",
            (words.slip_number),
            "</dt><dd class=\"ltr\">",
            (slip.slip.number.as_str()),
            "</dd>"
        );
    }
    let when = visit.shop.moment(payment.paid_at.unwrap_or(payment.created_at));
    put!(page, "<dt>", (words.when), "</dt><dd class=\"ltr\">", (when), "</dd></dl>");
    if state == PaymentState::Paid {
        put!(page, "<p class=\"noprint\">", (words.print), "</p>");
    }
    put!(page, "</section>");
    if told.again {
        put!(page, "<p class=\"noprint\"><a class=\"button second\" id=\"again\" href=\"");
        put!(page, (again(payment, visit.locale)), "\">", (words.again), "</a></p>");
    }
    let back = visit.link.as_ref().and_then(|link| link.redirect_url.as_deref());
    if let Some(back) = back.filter(|_| !told.waits) {
        put!(
            page,
            "<p class=\"noprint\"><a class=\"button\" id=\"to-shop\" rel=\"noopener\" href=\"",
            (back),
            "\">"
        );
        put!(page, (words.to_shop), "</a></p>");
    }
    let frame = Frame {
        locale: visit.locale,
        title: told.title,
        shop: &visit.shop.name,
        slug: visit.shop.merchant.as_str(),
        help_url: visit.shop.settings.help_url.as_deref(),
        status: StatusCode::OK,
        refresh: told.waits.then_some((RELOAD, None)),
        allowance: Allowance::default(),
    };
    frame.render(visit.state.store.ids.as_ref(), &page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yam_domain::money::Currency;
    use yam_domain::payment::form::parse_price;

    #[test]
    fn an_address_reads_an_amount_back() {
        for (amount, currency, unit, text) in [
            (2_500_000, Currency::Irr, Unit::Rial, "2500000"),
            (2_500_000, Currency::Irr, Unit::Toman, "250000"),
            (123_405, Currency::Rub, Unit::Ruble, "1234.05"),
            (12_000, Currency::Krw, Unit::Won, "12000"),
        ] {
            let money = Money::new(amount, currency);
            assert_eq!(plain(money, unit), text);
            assert_eq!(parse_price(text, unit), Ok(money));
        }
    }
}

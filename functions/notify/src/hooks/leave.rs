//! `/t/{token}/unsubscribe`: the way out of a list. A page with one button, which needs no script; a mail program's one
//! click (RFC 8058) posts without showing it. Reading the page changes nothing: scanners of mails read every link.

use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use yam_api::store_problem;
use yam_domain::ids::MerchantId;
use yam_platform::Problem;
use yam_platform::problem::Language;
use yam_store::items::Merchant;
use yam_store::items::notices::OptOutSource;
use yam_store::keys::{of_merchant, sk};
use yam_store::{Key, Read};

use super::receive::not_found;
use super::take::opt_out;
use crate::NotifyState;
use crate::leave::Leave;

/// Longest token that is looked at.
const LONGEST: usize = 1_024;
const STYLE: &str = "body{margin:0;background:#f4f5f7;color:#16202b;font:17px/1.6 system-ui,Tahoma,sans-serif}main{\
max-width:30rem;margin:0 auto;padding:1.5rem}button{width:100%;min-height:3rem;font:inherit;font-weight:700;border:0;\
border-radius:.4rem;background:#0b5d3b;color:#fff}";

/// `GET`: asks whether it is meant.
pub(crate) async fn ask(
    State(state): State<NotifyState>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    read(&state, &token).await?;
    let words = Words::of(&headers);
    let form =
        format!("<p>{}</p><form method=\"post\"><button>{}</button></form>", words.question, words.button);
    Ok(page(&state, &words, words.title, &form))
}

/// `POST`: it is meant. Once more changes nothing.
pub(crate) async fn leave(
    State(state): State<NotifyState>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (at, leave) = read(&state, &token).await?;
    opt_out(&state, &at, leave.channel, OptOutSource::Link).await?;
    let words = Words::of(&headers);
    Ok(page(&state, &words, words.done, ""))
}

/// Who leaves what, and where that is kept; 404 for anything that is no token of ours.
async fn read(state: &NotifyState, token: &str) -> Result<(Key, Leave), Problem> {
    let (merchant, sealed) =
        token.split_once('.').filter(|_| token.len() <= LONGEST).ok_or_else(not_found)?;
    let merchant = MerchantId::parse(merchant).map_err(|_| not_found())?;
    let owner = of_merchant(&merchant, sk::MERCHANT);
    let known: Option<Merchant> =
        state.store.table.get(&owner, Read::Eventual).await.map_err(store_problem)?;
    known.ok_or_else(not_found)?;
    let cipher = state.store.vault.cipher(&merchant).await.map_err(store_problem)?;
    let leave = Leave::read(&cipher, sealed).ok_or_else(not_found)?;
    Ok((of_merchant(&merchant, sk::opt_out(&leave.hash)), leave))
}

/// The page's words. All of them are ours: nothing on it was typed by anybody.
struct Words {
    tag: &'static str,
    title: &'static str,
    question: &'static str,
    button: &'static str,
    done: &'static str,
}

impl Words {
    fn of(headers: &HeaderMap) -> Words {
        let wanted = headers.get("accept-language").and_then(|value| value.to_str().ok()).unwrap_or("");
        let language = Language::negotiate(wanted);
        let (title, question, button, done) = match language {
            Language::En => (
                "No more messages",
                "Shall this shop send you no more messages of this kind?",
                "Send me no more",
                "Done. You will get no more of these messages.",
            ),
            Language::Ru => (
                "Отказ от сообщений",
                "Больше не присылать вам такие сообщения от этого магазина?",
                "Больше не присылать",
                "Готово. Таких сообщений больше не будет.",
            ),
            Language::Fa => (
                "لغو پیام‌ها",
                "این فروشگاه دیگر چنین پیام‌هایی برای شما نفرستد؟",
                "دیگر نفرستید",
                "انجام شد. دیگر چنین پیامی نمی‌گیرید.",
            ),
            Language::Ko => (
                "수신 거부",
                "이 상점의 이런 메시지를 더 이상 받지 않으시겠습니까?",
                "받지 않기",
                "처리되었습니다. 더 이상 이런 메시지를 받지 않습니다.",
            ),
        };
        Words { tag: language.tag(), title, question, button, done }
    }
}

fn page(state: &NotifyState, words: &Words, heading: &str, content: &str) -> Response {
    let nonce = state.store.ids.token(12);
    let direction = if words.tag == "fa" { "rtl" } else { "ltr" };
    let text = format!(
        "<!doctype html><html lang=\"{}\" dir=\"{direction}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>{}</title>\
         <style nonce=\"{nonce}\">{STYLE}</style></head><body><main><h1>{heading}</h1>{content}</main></body></html>",
        words.tag, words.title
    );
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_LANGUAGE, HeaderValue::from_static(words.tag)),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'")),
        ),
        // The address is the way out of somebody's list: it goes nowhere else.
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, text).into_response()
}

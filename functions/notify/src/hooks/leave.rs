//! `/t/{token}/unsubscribe`: the way out of a list. A page with one button, which needs no script; a mail program's one
//! click (RFC 8058) posts without showing it. Reading the page changes nothing: scanners of mails read every link.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use yam_api::html::Html;
use yam_api::put_html as put;
use yam_api::store_problem;
use yam_domain::ids::MerchantId;
use yam_domain::money::display::Locale;
use yam_domain::notice::{Channel, Contact};
use yam_platform::Problem;
use yam_platform::problem::Language;
use yam_store::items::Merchant;
use yam_store::items::notices::{About, OptOutSource};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Key, Read, buyer_page};

use super::receive::not_found;
use super::take::opt_out;
use crate::NotifyState;
use crate::fresh::Fresh;
use crate::leave::Leave;
use crate::page::{self, frame};
use crate::shop::ShopNotices;

/// Longest token that is looked at.
const LONGEST: usize = 1_024;
/// `GET`: asks whether it is meant.
pub(crate) async fn ask(
    State(state): State<NotifyState>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    read(&state, &token).await?;
    let words = Words::of(&headers);
    let mut page = Html::new();
    put!(page, "<h1>", (words.title), "</h1><p>", (words.question), "</p><form method=\"post\"><button>");
    put!(page, (words.button), "</button></form>");
    Ok(frame(&state, words.locale, words.title, &page))
}

/// `POST`: it is meant. Once more changes nothing.
pub(crate) async fn leave(
    State(state): State<NotifyState>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    for (at, leave) in read(&state, &token).await? {
        opt_out(&state, &at, leave.channel, OptOutSource::Link).await?;
    }
    let words = Words::of(&headers);
    let mut page = Html::new();
    put!(page, "<h1>", (words.done), "</h1>");
    Ok(frame(&state, words.locale, words.title, &page))
}

/// Who leaves what, and where that is kept; 404 for anything that is no token of ours. The link of a message leaves its
/// channel, that of a parcel's page all of them.
async fn read(state: &NotifyState, token: &str) -> Result<Vec<(Key, Leave)>, Problem> {
    if buyer_page::named(token).is_some() {
        let opened = page::open(state, token).await?;
        let contacts = recipient_contacts(state, &opened).await?;
        let leaves = contacts.iter().flat_map(|(contact, channels)| {
            channels.iter().filter_map(|channel| Leave::of(&opened.cipher, contact, *channel))
        });
        return Ok(leaves
            .map(|leave| (of_merchant(&opened.merchant, sk::opt_out(&leave.hash)), leave))
            .collect());
    }
    let (merchant, sealed) =
        token.split_once('.').filter(|_| token.len() <= LONGEST).ok_or_else(not_found)?;
    let merchant = MerchantId::parse(merchant).map_err(|_| not_found())?;
    let owner = of_merchant(&merchant, sk::MERCHANT);
    let known: Option<Merchant> =
        state.store.table.get(&owner, Read::Eventual).await.map_err(store_problem)?;
    known.ok_or_else(not_found)?;
    let cipher = state.store.vault.cipher(&merchant).await.map_err(store_problem)?;
    let leave = Leave::read(&cipher, sealed).ok_or_else(not_found)?;
    Ok(vec![(of_merchant(&merchant, sk::opt_out(&leave.hash)), leave)])
}

/// The buyer of a parcel, by each means of reaching them.
async fn recipient_contacts(
    state: &NotifyState,
    opened: &page::Opened,
) -> Result<Vec<(Contact, &'static [Channel])>, Problem> {
    let about = About { parcel: Some(opened.parcel.id.clone()), ..About::default() };
    let shop =
        ShopNotices::load(&state.store, &state.prices, &opened.merchant).await.map_err(store_problem)?;
    let shop = shop.ok_or_else(not_found)?;
    let fresh = Fresh::load(&state.store, &shop, &about).await.map_err(store_problem)?;
    Ok(fresh
        .everyone()
        .into_iter()
        .map(|contact| match contact {
            Contact::Email(_) => (contact, [Channel::Email].as_slice()),
            Contact::Phone(_) | Contact::None => {
                (contact, [Channel::Sms, Channel::Call, Channel::Kakao].as_slice())
            }
        })
        .collect())
}

/// The page's words. All of them are ours: nothing on it was typed by anybody.
struct Words {
    locale: Locale,
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
        Words { locale: Locale::from_tag(language.tag()), title, question, button, done }
    }
}

//! `/hooks/inbound/{account_token}`: answers of buyers to the shop's texts, as a provider or a gateway forwards them.
//!
//! What providers call the fields of a forwarded text is not settled between them, so the usual names are all read.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};
use yam_api::store_problem;
use yam_domain::notice::Channel;
use yam_domain::notice::stop_word::{self, Answer};
use yam_domain::phone::Phone;
use yam_messengers::Fields;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError};
use yam_store::items::notices::{OptOut, OptOutSource};
use yam_store::keys::{of_merchant, sk};

use super::take::opt_out;
use crate::NotifyState;
use crate::shop::ShopNotices;

/// What a text stops: everything that goes to a number.
const BY_NUMBER: [Channel; 3] = [Channel::Sms, Channel::Call, Channel::Kakao];
const FROM: [&str; 5] = ["from", "phone", "sender", "msisdn", "mobile"];
const TEXT: [&str; 5] = ["text", "message", "mes", "msg", "body"];

/// Takes an answer: a stop word ends what goes to its number, a start word begins it again, everything else is left.
pub(super) async fn answer(
    state: &NotifyState,
    shop: &ShopNotices,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Problem> {
    let said = Said::read(query, headers, body);
    let missing = |pointer: &str, words: &str| {
        Problem::validation(vec![FieldError::new(pointer, Fault::Other(words.to_owned()))])
    };
    let from = said.get(&FROM).ok_or_else(|| missing("/from", "the number that the text came from"))?;
    let text = said.get(&TEXT).ok_or_else(|| missing("/text", "the text that came"))?;
    let from = Phone::parse(&from, &shop.shop.country)
        .map_err(|_| Problem::validation(vec![FieldError::new("/from", Fault::Phone)]))?;
    let hash = OptOut::hash_of_phone(&shop.cipher, &from);
    let at = of_merchant(&shop.merchant, sk::opt_out(&hash));
    let done = match stop_word::read(&text) {
        Some(Answer::Stop) => {
            for channel in BY_NUMBER {
                opt_out(state, &at, channel, OptOutSource::StopWord).await?;
            }
            "stopped"
        }
        Some(Answer::Start) => {
            state.store.table.delete(&at).await.map_err(store_problem)?;
            "started"
        }
        None => "ignored",
    };
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], format!("{{\"result\":\"{done}\"}}")).into_response())
}

/// The fields of a forwarded text, whether they come in the address, as a form or as JSON.
struct Said {
    fields: Fields,
    json: Map<String, Value>,
}

impl Said {
    fn read(query: &str, headers: &HeaderMap, body: &[u8]) -> Said {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
        let fields = Fields::parse(query.as_bytes());
        if kind.contains("json") {
            let json = serde_json::from_slice(body).unwrap_or_default();
            return Said { fields, json };
        }
        Said { fields: fields.and(Fields::parse(body)), json: Map::new() }
    }

    fn get(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            let own = self.json.get(*name).and_then(|value| match value {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            });
            own.or_else(|| self.fields.get(name).map(str::to_owned))
        })
    }
}

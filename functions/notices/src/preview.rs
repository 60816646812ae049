//! `POST /v1/settings/templates/{id}/preview`: a text as people get it, its length and its price, and a call's text
//! as it is spoken (S4-25).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller};
use yam_domain::ids::MessengerId;
use yam_domain::money::display::Locale;
use yam_domain::notice::macros::Text;
use yam_domain::notice::readiness::default_template;
use yam_domain::notice::sms::{Encoding, KoreanType, korean_bytes, korean_type, length};
use yam_domain::notice::template::render;
use yam_domain::notice::{Audience, Channel, Kind, PriceList, Rule, Template, charged_parts, speech, voice};
use yam_platform::Problem;
use yam_platform::problem::Kind as ProblemKind;
use yam_store::items::Scope;
use yam_store::items::notices::CallSpeaker;

use crate::NoticesState;
use crate::shop::{ShopNotices, fault, tag};
use crate::values::{Filled, of_parcel, sample};
use crate::{messengers, prices, texts};

/// The id that stands for a default text.
const DEFAULT: &str = "default";

/// What is previewed: a stored text, a draft in its place, or a default text (id `default`, with `status`,
/// `audience` and `channel`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewRequest {
    channel: Option<Channel>,
    subject: Option<String>,
    text: Option<String>,
    provider_template: Option<String>,
    status: Option<Kind>,
    #[serde(default = "buyer")]
    audience: Audience,
    locale: Option<String>,
    /// Whose values; invented ones when absent.
    parcel_id: Option<String>,
}

const fn buyer() -> Audience {
    Audience::Buyer
}

/// JSON, or sound when the caller accepts `audio/wav`.
pub(crate) async fn preview(
    State(state): State<NoticesState>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Body<PreviewRequest>,
) -> Result<Response, Problem> {
    caller.require(Scope::Settings)?;
    let request = body.value;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let locale = request.locale.as_deref().map_or_else(|| shop.locale(), Locale::from_tag);
    let template = template(&state, &caller, &id, &request, locale).await?;
    texts::check(&template)?;
    let filled = match &request.parcel_id {
        Some(parcel) => of_parcel(&state, &shop, parcel, locale).await?,
        None => sample(&state, &shop, locale),
    };
    let spoken = spoken(&shop, &template, &filled, locale)?;
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    if accept.split(',').any(|part| part.trim().starts_with("audio/")) {
        return sound(&state, &shop, &template, spoken.as_deref(), locale).await;
    }
    let shown = render(&read(&template.text)?, &filled.values, locale);
    let subject = match &template.subject {
        Some(subject) => Some(render(&read(subject)?, &filled.values, locale)),
        None => None,
    };
    let answer = json!({
        "channel": template.channel,
        "locale": tag(locale),
        "subject": subject,
        "text": shown,
        "spoken": spoken,
        "placeholder": template.blocks(),
        "warnings": texts::warnings(&template, shop.country()),
        "length": measure(template.channel, &filled.country, &shown),
        "prices": priced(&state, &shop, &template, &filled, &shown).await?,
    });
    Ok(([(VARY, "accept")], Json(answer)).into_response())
}

/// The text that is asked for.
async fn template(
    state: &NoticesState,
    caller: &Caller,
    id: &str,
    request: &PreviewRequest,
    locale: Locale,
) -> Result<Template, Problem> {
    let needed = |field: &str, words: &str| Problem::validation(vec![fault(field, words)]);
    if let Some(text) = &request.text {
        let channel = match request.channel {
            Some(channel) => channel,
            None => {
                texts::find(state, &caller.merchant, id, None)
                    .await
                    .map_err(|_| needed("/channel", "say for which channel the text is"))?
                    .template
                    .channel
            }
        };
        let (subject, provider_template) = (request.subject.clone(), request.provider_template.clone());
        return Ok(Template { channel, subject, text: text.clone(), provider_template });
    }
    if id != DEFAULT {
        return Ok(texts::find(state, &caller.merchant, id, None).await?.template);
    }
    let status = request.status.ok_or_else(|| needed("/status", "say which default text is meant"))?;
    let channel = request.channel.ok_or_else(|| needed("/channel", "say for which channel the text is"))?;
    let rule = Rule::new(status, request.audience, channel, false);
    default_template(&rule, locale).ok_or_else(|| Problem::new(ProblemKind::NotFound))
}

fn read(text: &str) -> Result<Text, Problem> {
    Text::parse(text).map_err(|wrong| Problem::validation(vec![fault("/text", wrong.to_string())]))
}

/// A call's text as a voice gets it; none for what is read by the eye.
fn spoken(
    shop: &ShopNotices,
    template: &Template,
    filled: &Filled,
    locale: Locale,
) -> Result<Option<String>, Problem> {
    if template.channel != Channel::Call {
        return Ok(None);
    }
    let said = render(&read(&template.text)?, &filled.spoken(shop, locale), locale);
    let said = voice::normalise(&said, locale);
    Ok(Some(speech::pronounce(&said, &shop.settings.voice.substitutions)))
}

async fn sound(
    state: &NoticesState,
    shop: &ShopNotices,
    template: &Template,
    spoken: Option<&str>,
    locale: Locale,
) -> Result<Response, Problem> {
    let Some(spoken) = spoken else {
        let words = format!("a text for {} is not spoken; preview one for calls", template.channel.as_str());
        return Err(Problem::validation(vec![fault("/channel", words)]));
    };
    let female = shop.settings.voice.speaker == CallSpeaker::Female;
    let sound = state.sound.speak(spoken, locale, female).await.map_err(|silence| silence.problem())?;
    let seconds = format!("{:.1}", sound.seconds());
    let headers = [(CONTENT_TYPE.as_str(), "audio/wav"), ("x-duration-seconds", seconds.as_str())];
    Ok((headers, [(VARY, "accept")], sound.into_bytes()).into_response())
}

/// How long a text is, in the terms of its country.
fn measure(channel: Channel, country: &str, text: &str) -> Value {
    if channel != Channel::Sms && channel != Channel::Kakao {
        return json!({"characters": text.chars().count()});
    }
    if country == "KR" {
        let kind = korean_type(text).map(|kind| match kind {
            KoreanType::Sms => "sms",
            KoreanType::Lms => "lms",
        });
        return json!({"bytes": korean_bytes(text), "type": kind, "characters": text.chars().count()});
    }
    let length = length(text);
    let encoding = match length.encoding {
        Encoding::Gsm7 => "gsm7",
        Encoding::Ucs2 => "ucs2",
    };
    json!({
        "encoding": encoding, "units": length.units, "segments": length.segments,
        "characters": text.chars().count(),
    })
}

/// The price at each account the message could take, in the order in which they are asked.
async fn priced(
    state: &NoticesState,
    shop: &ShopNotices,
    template: &Template,
    filled: &Filled,
    text: &str,
) -> Result<Vec<Value>, Problem> {
    let stored = prices::stored(state).await?;
    let charged = stored.is_some();
    let list = stored.map_or_else(PriceList::usual, |prices| prices.list);
    let accounts = messengers::all(state, &shop.merchant.id).await?;
    let routes = shop.settings.routes.of(template.channel);
    let on_route = routes.iter().filter_map(|id| accounts.iter().find(|account| account.id == *id));
    let asked: Vec<(Option<String>, MessengerId)> =
        on_route.map(|account| (Some(account.id.to_string()), account.messenger)).collect();
    // A shop without accounts sees what each provider of the country would cost.
    let asked = if asked.is_empty() {
        let offers = |messenger: &MessengerId| {
            list.price(messenger.as_str(), &filled.country, template.channel, 1).is_ok()
        };
        MessengerId::ALL.into_iter().filter(offers).map(|messenger| (None, messenger)).collect()
    } else {
        asked
    };
    let row = |(account, messenger): (Option<String>, MessengerId)| {
        let parts = charged_parts(messenger, template.channel, text);
        let price = parts.map(|parts| {
            list.price(messenger.as_str(), &filled.country, template.channel, parts)
                .map_err(|wrong| wrong.to_string())
        });
        let (price, why) = match price {
            Some(Ok(price)) => (Some(price), None),
            Some(Err(why)) => (None, Some(why)),
            None => (None, Some("the text is too long for this provider; shorten it".to_owned())),
        };
        json!({
            "account_id": account, "messenger": messenger, "country": filled.country, "parts": parts,
            "price": price, "charged": charged, "why": why,
        })
    };
    Ok(asked.into_iter().map(row).collect())
}

//! `GET /v1/notifications`: every message that was planned, newest first, with why it went or did not (S4-45, D10).

use axum::Json;
use axum::extract::{Path, State};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Caller, PageQuery, Query, message_sk, message_view, store_problem};
use yam_domain::ids::ParcelId;
use yam_domain::notice::Channel;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::items::Scope;
use yam_store::items::notices::{MessageState, MessageWork};
use yam_store::keys::{merchant_partition, of_merchant, sk, time_of};
use yam_store::{Intent, Key, Range, Read};

use crate::NoticesState;
use crate::receivers::Receivers;
use crate::shop::{Answer, ShopNotices, fault};

/// A message with its key.
pub(crate) type Row = (Key, Intent<MessageWork>);

/// Messages that one page looks at; a page may hold fewer than `limit` and still have a next one.
const LOOKED_AT: usize = 1_000;
const STATES: &str =
    "planned, held, sending, accepted, delivered, failed, outcome_unknown, suppressed, superseded, cancelled";

/// What is asked for. Times are those the messages were planned for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct LogQuery {
    pub(crate) status: Option<String>,
    pub(crate) channel: Option<Channel>,
    pub(crate) parcel_id: Option<String>,
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) format: Option<String>,
    pub(crate) limit: Option<u32>,
    pub(crate) cursor: Option<String>,
}

/// Which messages.
pub(crate) struct Filter {
    status: Option<MessageState>,
    channel: Option<Channel>,
    parcel: Option<ParcelId>,
    pub(crate) from: Option<Timestamp>,
}

impl Filter {
    pub(crate) fn of(query: &LogQuery) -> Result<Self, Problem> {
        let wrong = |field: FieldError| Problem::validation(vec![field]);
        let status = query.status.as_ref().map(|word| {
            serde_json::from_value(Value::String(word.clone()))
                .map_err(|_| wrong(FieldError::new("/status", Fault::OneOf(STATES.into()))))
        });
        let parcel = query
            .parcel_id
            .as_ref()
            .map(|id| ParcelId::parse(id).map_err(|error| wrong(fault("/parcel_id", error.to_string()))));
        Ok(Filter {
            status: status.transpose()?,
            channel: query.channel,
            parcel: parcel.transpose()?,
            from: query.from,
        })
    }

    fn admits(&self, intent: &Intent<MessageWork>) -> bool {
        self.status.is_none_or(|status| MessageWork::stands(intent) == status)
            && self.channel.is_none_or(|channel| intent.work.channel == channel)
            && self.parcel.as_ref().is_none_or(|parcel| intent.work.about.parcel.as_ref() == Some(parcel))
    }

    /// Planned for a time before `from`.
    fn is_past(&self, key: &Key) -> bool {
        let id = key.sk.strip_prefix(sk::MESSAGES).unwrap_or_default();
        let at = id.split_once('-').and_then(|(at, _)| time_of(&format!("{at}#")));
        self.from.is_some_and(|from| at.is_some_and(|at| at < from))
    }
}

/// Where a list begins that goes back from `until`.
pub(crate) fn before(until: Option<Timestamp>) -> Option<String> {
    // One millisecond earlier, behind every name of that moment.
    let last = until?.saturating_sub(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MIN);
    Some(format!("{}~", sk::message(last, "")))
}

/// Messages that fit, newest first, and where to go on.
pub(crate) async fn collect(
    state: &NoticesState,
    caller: &Caller,
    filter: &Filter,
    mut after: Option<String>,
    (limit, look_at): (usize, usize),
) -> Result<(Vec<Row>, Option<String>), Problem> {
    let (mut found, mut looked_at) = (Vec::new(), 0);
    while found.len() < limit && looked_at < look_at {
        let room = limit.saturating_sub(found.len()).clamp(50, 200);
        let range = Range {
            pk: merchant_partition(&caller.merchant),
            prefix: sk::MESSAGES,
            after: after.clone(),
            backwards: true,
            limit: u32::try_from(room).unwrap_or(200),
        };
        let page = state.store.table.query::<Intent<MessageWork>>(range, Read::Eventual).await;
        let page = page.map_err(store_problem)?;
        looked_at = looked_at.saturating_add(page.items.len());
        let (last, read) = (page.next, page.items.len());
        for (at, (key, intent)) in page.items.into_iter().enumerate() {
            if filter.is_past(&key) {
                return Ok((found, None));
            }
            let sk = key.sk.clone();
            if filter.admits(&intent) {
                found.push((key, intent));
            }
            if found.len() >= limit {
                let more = last.is_some() || at + 1 < read;
                return Ok((found, more.then_some(sk)));
            }
        }
        after = last;
        if after.is_none() {
            return Ok((found, None));
        }
    }
    Ok((found, after))
}

/// `GET /v1/notifications`.
pub(crate) async fn list(
    State(state): State<NoticesState>,
    caller: Caller,
    Query(query): Query<LogQuery>,
) -> Answer {
    caller.require(Scope::Orders)?;
    let filter = Filter::of(&query)?;
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    let after = page.after(&cipher, "notifications")?.or_else(|| before(query.until));
    let limit = usize::try_from(page.limit()).unwrap_or(50);
    let (rows, next) = collect(&state, &caller, &filter, after, (limit, LOOKED_AT)).await?;
    let mut receivers = Receivers::new(&state, &shop, &cipher);
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(shown(&mut receivers, row).await?);
    }
    Ok(Json(PageQuery::answer(items, next, &cipher, "notifications", state.store.ids.as_ref())))
}

/// `GET /v1/notifications/{id}`.
pub(crate) async fn read(
    State(state): State<NoticesState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    caller.require(Scope::Orders)?;
    let missing = || Problem::new(Kind::NotFound);
    let key = of_merchant(&caller.merchant, message_sk(&id).ok_or_else(missing)?);
    let intent: Option<Intent<MessageWork>> =
        state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    let row = (key, intent.ok_or_else(missing)?);
    let shop = ShopNotices::load(&state, &caller.merchant).await?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    Ok(Json(shown(&mut Receivers::new(&state, &shop, &cipher), &row).await?))
}

/// A message with its masked receiver.
pub(crate) async fn shown(receivers: &mut Receivers<'_>, row: &Row) -> Result<Value, Problem> {
    let (key, intent) = row;
    let mut view = message_view(key, intent);
    let receiver = receivers.of(&intent.work).await.map_err(store_problem)?;
    if let Some(object) = view.as_object_mut() {
        object.insert("recipient".into(), json!(receiver));
    }
    Ok(view)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yam_domain::ids::MerchantId;

    #[test]
    fn a_list_begins_before_its_end_and_ends_at_its_beginning() {
        let merchant = MerchantId::parse("demo").unwrap();
        let at = |ms: i64| Timestamp::from_millisecond(ms).unwrap();
        let first = before(Some(at(1_763_717_400_123))).unwrap();
        assert!(sk::message(at(1_763_717_400_122), "ffff-4") < first);
        assert!(first < sk::message(at(1_763_717_400_123), ""));
        let query = LogQuery { from: Some(at(1_763_717_400_123)), ..LogQuery::default() };
        let filter = Filter::of(&query).unwrap();
        let past = |ms| filter.is_past(&of_merchant(&merchant, sk::message(at(ms), "00ff")));
        assert!(past(1_763_717_400_122) && !past(1_763_717_400_123));
    }
}

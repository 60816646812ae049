//! `/v1/payment-links`: links made by the shop (S2-01, S2-07; beyond: locked amounts, expiry, uses, orders).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use yam_api::{Body, Caller, IdempotencyKey, Idempotent, PageQuery, Query, store_problem};
use yam_domain::ids::{GatewayId, OrderId};
use yam_domain::limits::{MAX_NAME, MAX_NOTE, MAX_URL};
use yam_domain::money::{Currency, Money};
use yam_domain::notice::Channel;
use yam_domain::payment::form::{carries_link, plain_text};
use yam_domain::payment::link::{BadTerms, LinkAmount, LinkTerms, Uses};
use yam_domain::payment::receipt::{Receipt, ReceiptLine, Subject, VatCode};
use yam_domain::phone::Phone;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::event::{announce, record};
use yam_store::items::{Order, PayerDetails, PaymentLink, Scope};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Range, Read, StoreError, Txn};

use crate::PayState;
use crate::pages::form::is_email;
use crate::pages::shop::{Shop, link_of};
use crate::{codes, view};

/// Longest life of a link.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A link as it is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct LinkRequest {
    amount: Option<Money>,
    min: Option<Money>,
    max: Option<Money>,
    #[serde(default)]
    description: String,
    payer: Option<PayerRequest>,
    order_id: Option<String>,
    /// Seconds.
    expires_in: Option<i64>,
    single_use: Option<bool>,
    max_uses: Option<u32>,
    #[serde(default)]
    gateways: Vec<GatewayId>,
    #[serde(default)]
    send_via: Vec<Means>,
    redirect_url: Option<String>,
    receipt: Option<ReceiptRequest>,
}

#[derive(Debug, Deserialize)]
struct PayerRequest {
    #[serde(default)]
    name: String,
    phone: Option<String>,
    email: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ReceiptRequest {
    items: Vec<ReceiptItem>,
    vat_code: Option<u8>,
}

#[derive(Debug, Deserialize)]
struct ReceiptItem {
    name: String,
    #[serde(default = "one")]
    quantity: u32,
    price: Money,
    vat_code: Option<u8>,
    #[serde(default)]
    subject: Subject,
}

/// By what means the hub sends a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Means {
    Sms,
    Email,
}

impl From<Means> for Channel {
    fn from(means: Means) -> Channel {
        match means {
            Means::Sms => Channel::Sms,
            Means::Email => Channel::Email,
        }
    }
}

const fn one() -> u32 {
    1
}

fn fault(pointer: &str, words: impl Into<String>) -> FieldError {
    FieldError::new(pointer, Fault::Other(words.into()))
}

/// `POST /v1/payment-links`.
pub(crate) async fn create(
    State(state): State<PayState>,
    caller: Caller,
    key: IdempotencyKey,
    headers: HeaderMap,
    body: Body<LinkRequest>,
) -> Result<Response, Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let begun =
        Idempotent::begin(&state.store, merchant, "POST", "/v1/payment-links", &key, &body.json).await;
    let once = match begun {
        Ok(once) => once,
        Err(earlier) => return earlier,
    };
    let shop = Shop::load(&state, merchant.as_str()).await?;
    let link = build(&state, &shop, body.value).await?;
    let url = shop.link_url(&state, &headers, &link.id);
    let answer = view::link(&link, &url, Ok(()));
    let mut txn = Txn::new();
    txn.insert("link", &state.store.table, &of_merchant(merchant, sk::link(link.id.as_str())), &link);
    let sent = (!link.send_via.is_empty()).then(|| {
        let told = json!({
            "link_id": link.id, "url": url, "order_id": link.terms.order, "amount": answer["amount"],
            "send_via": link.send_via,
        });
        record(&mut txn, &state.store, merchant, "payment_link.created", 1, told)
    });
    once.finish(&mut txn, &state.store, StatusCode::CREATED, &answer);
    txn.commit(&state.store.table).await.map_err(store_problem)?;
    announce(&state.store, sent.as_slice(), "payment_link").await.map_err(store_problem)?;
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn build(state: &PayState, shop: &Shop, request: LinkRequest) -> Result<PaymentLink, Problem> {
    let now = state.store.clock.now();
    let ids = state.store.ids.as_ref();
    let mut faults = Vec::new();
    let order = order(state, shop, request.order_id.as_deref(), &mut faults).await?;
    let owed = order.as_ref().map(|order| order.invoice.total);
    let amount = match (request.amount.or(owed), request.min, request.max) {
        (Some(amount), None, None) => Some(LinkAmount::Locked(amount)),
        (None, Some(min), Some(max)) => Some(LinkAmount::Range { min, max }),
        _ => {
            faults.push(fault("/amount", "give amount, or min and max, or order_id"));
            None
        }
    };
    if let (Some(owed), Some(LinkAmount::Locked(amount))) = (owed, amount)
        && owed != amount
    {
        faults.push(fault("/amount", format!("the order's total is {} {}", owed.amount(), owed.currency())));
    }
    let currency = match amount {
        Some(LinkAmount::Locked(amount)) => Some(amount.currency()),
        Some(LinkAmount::Range { min, .. }) => Some(min.currency()),
        None => None,
    };
    if currency.is_some_and(|currency| currency != shop.unit.currency()) {
        let expected = shop.unit.currency().to_string();
        faults.push(FieldError::new("/amount/currency", Fault::Currency(expected)));
    }
    let uses = match (request.single_use, request.max_uses) {
        (Some(true), None) | (None, Some(1)) => Uses::Once,
        (_, Some(most)) => Uses::Max(most),
        (None, None) if order.is_some() => Uses::Once,
        (Some(false) | None, None) => Uses::Reusable,
    };
    let expires_at = expiry(request.expires_in, now, &mut faults);
    let order_id = order.as_ref().map(|order| order.id.clone());
    let terms = amount.map(|amount| LinkTerms { amount, expires_at, uses, order: order_id });
    if let Some(Err(error)) = terms.as_ref().map(|terms| terms.check(now)) {
        let pointer = match error {
            BadTerms::NoUse => "/max_uses",
            BadTerms::Expired => "/expires_in",
            BadTerms::OrderOnce => "/order_id",
            BadTerms::NotPositive | BadTerms::EmptyRange | BadTerms::Money(_) => "/amount",
        };
        faults.push(fault(pointer, error.to_string()));
    }
    if carries_link(&request.description) || request.description.chars().count() > MAX_NOTE {
        faults.push(fault("/description", format!("at most {MAX_NOTE} characters, without web addresses")));
    }
    let payer = request.payer.map(|payer| payer_details(shop, &payer, &mut faults));
    let redirect_url = request.redirect_url.inspect(|url| {
        let good = url.len() <= MAX_URL
            && url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
        if !good {
            faults.push(fault("/redirect_url", "must be an https address"));
        }
    });
    let send_via = send_via(&request.send_via, payer.as_ref(), &mut faults);
    let lines = lines(request.receipt, terms.as_ref(), &mut faults);
    let sealed =
        |id: &yam_domain::ids::LinkId, payer: &PayerDetails, cipher: &yam_platform::secrets::Cipher| {
            cipher.seal(&PaymentLink::purpose(id), payer, ids)
        };
    let id = codes::link_id(ids).ok_or_else(|| Problem::new(Kind::Internal))?;
    let (Some(terms), true) = (terms, faults.is_empty()) else { return Err(Problem::validation(faults)) };
    let cipher = state.store.vault.cipher(&shop.merchant).await.map_err(store_problem)?;
    let payer = payer.map(|payer| sealed(&id, &payer, &cipher)).transpose();
    Ok(PaymentLink {
        terms,
        description: plain_text(&request.description, MAX_NOTE),
        payer: payer.map_err(|_| Problem::new(Kind::Internal))?,
        gateways: request.gateways,
        redirect_url,
        receipt_lines: lines,
        send_via,
        revoked_at: None,
        paid: 0,
        created_at: now,
        id,
    })
}

/// The order a link pays: of this shop, not paid, not cancelled.
async fn order(
    state: &PayState,
    shop: &Shop,
    id: Option<&str>,
    faults: &mut Vec<FieldError>,
) -> Result<Option<Order>, Problem> {
    let Some(id) = id else { return Ok(None) };
    let Ok(id) = OrderId::parse(id) else {
        faults.push(fault("/order_id", "there is no such order"));
        return Ok(None);
    };
    let key = of_merchant(&shop.merchant, sk::order(id.as_str()));
    let order: Option<Order> = state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    match &order {
        None => faults.push(fault("/order_id", "there is no such order")),
        Some(order) if order.paid || order.cod => {
            faults.push(fault("/order_id", "this order is paid, or is paid on delivery"));
        }
        Some(order) if order.phase == yam_store::items::OrderPhase::Cancelled => {
            faults.push(fault("/order_id", "this order is cancelled"));
        }
        Some(_) => {}
    }
    Ok(order)
}

fn expiry(seconds: Option<i64>, now: Timestamp, faults: &mut Vec<FieldError>) -> Option<Timestamp> {
    let seconds = seconds?;
    if !(60..=LONGEST.as_secs()).contains(&seconds) {
        let bounds = Fault::OutOfRange("60 s".into(), format!("{} s", LONGEST.as_secs()));
        faults.push(FieldError::new("/expires_in", bounds));
        return None;
    }
    now.checked_add(SignedDuration::from_secs(seconds)).ok()
}

fn payer_details(shop: &Shop, request: &PayerRequest, faults: &mut Vec<FieldError>) -> PayerDetails {
    let phone = request.phone.as_deref().map(|phone| Phone::parse(phone, &shop.country));
    let mobile = match phone {
        Some(Err(_)) => {
            faults.push(FieldError::new("/payer/phone", Fault::Phone));
            None
        }
        Some(Ok(phone)) => Some(phone),
        None => None,
    };
    let email = request.email.clone().filter(|email| !email.is_empty());
    if email.as_ref().is_some_and(|email| !is_email(email)) {
        faults.push(fault("/payer/email", "must be an e-mail address"));
    }
    PayerDetails { name: plain_text(&request.name, MAX_NAME), mobile, phone: None, email }
}

/// Each means once, and only where the payer can be reached by it (S2-07).
fn send_via(means: &[Means], payer: Option<&PayerDetails>, faults: &mut Vec<FieldError>) -> Vec<Channel> {
    let mut channels: Vec<Channel> = Vec::new();
    for channel in means.iter().map(|means| Channel::from(*means)) {
        let (known, pointer, words) = match channel {
            Channel::Email => (
                payer.is_some_and(|payer| payer.email.is_some()),
                "/payer/email",
                "give it to send the link by email",
            ),
            _ => (
                payer.is_some_and(|payer| payer.mobile.is_some()),
                "/payer/phone",
                "give it to send the link by sms",
            ),
        };
        if !known && !faults.iter().any(|fault| fault.pointer == pointer) {
            faults.push(fault(pointer, words));
        }
        if !channels.contains(&channel) {
            channels.push(channel);
        }
    }
    channels
}

fn lines(
    request: Option<ReceiptRequest>,
    terms: Option<&LinkTerms>,
    faults: &mut Vec<FieldError>,
) -> Vec<ReceiptLine> {
    let Some(request) = request else { return vec![] };
    let mut lines = Vec::with_capacity(request.items.len());
    for (n, item) in request.items.into_iter().enumerate() {
        let vat = VatCode::try_from(item.vat_code.or(request.vat_code).unwrap_or(VatCode::NONE.get()));
        let Ok(vat) = vat else {
            faults.push(fault(&format!("/receipt/items/{n}/vat_code"), "must be a number from 1 to 12"));
            continue;
        };
        let ReceiptItem { name, quantity, price, subject, .. } = item;
        lines.push(ReceiptLine { name, quantity, price, vat, subject });
    }
    match terms.map(|terms| terms.amount) {
        Some(LinkAmount::Locked(amount)) if amount.currency() == Currency::Rub => {
            let email = Some("checked@receipt.example".to_owned());
            if let Err(error) = (Receipt { email, phone: None, lines: lines.clone() }).check(amount) {
                faults.push(fault("/receipt", error.to_string()));
            }
        }
        Some(_) => {
            faults.push(fault("/receipt", "receipts belong to links with one fixed amount in roubles"))
        }
        None => {}
    }
    lines
}

fn shown(state: &PayState, shop: &Shop, headers: &HeaderMap, link: &PaymentLink) -> Value {
    let now = state.store.clock.now();
    let open = link.terms.is_open(link.revoked_at.is_some(), link.paid, now);
    view::link(link, &shop.link_url(state, headers, &link.id), open.map_err(|error| error.to_string()))
}

/// `GET /v1/payment-links/{id}`.
pub(crate) async fn read(
    State(state): State<PayState>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let link = link_of(&state, &caller.merchant, &id).await?;
    let shop = Shop::load(&state, caller.merchant.as_str()).await?;
    Ok(Json(shown(&state, &shop, &headers, &link)))
}

/// `GET /v1/payment-links`.
pub(crate) async fn list(
    State(state): State<PayState>,
    caller: Caller,
    headers: HeaderMap,
    Query(page): Query<PageQuery>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let cipher = state.store.vault.cipher(&caller.merchant).await.map_err(store_problem)?;
    let range = Range {
        pk: merchant_partition(&caller.merchant),
        prefix: sk::LINKS,
        after: page.after(&cipher, "payment-links")?,
        backwards: false,
        limit: page.limit(),
    };
    let found = state.store.table.query::<PaymentLink>(range, Read::Eventual).await.map_err(store_problem)?;
    let shop = Shop::load(&state, caller.merchant.as_str()).await?;
    let items = found.items.iter().map(|(_, link)| shown(&state, &shop, &headers, link)).collect();
    Ok(Json(PageQuery::answer(items, found.next, &cipher, "payment-links", state.store.ids.as_ref())))
}

/// `DELETE /v1/payment-links/{id}`: revokes it. Money that is on its way by it is not wanted any more.
pub(crate) async fn revoke(
    State(state): State<PayState>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.require(Scope::Orders)?;
    let shop = Shop::load(&state, caller.merchant.as_str()).await?;
    for _ in 0..5 {
        let mut link = link_of(&state, &caller.merchant, &id).await?;
        if link.revoked_at.is_some() {
            return Ok(Json(shown(&state, &shop, &headers, &link)));
        }
        link.revoked_at = Some(state.store.clock.now());
        let paid = aws_sdk_dynamodb::types::AttributeValue::N(link.paid.to_string());
        let key = of_merchant(&caller.merchant, sk::link(link.id.as_str()));
        let mut txn = Txn::new();
        txn.put("link", &state.store.table, &key, &link, Some(("paid = :paid", &[(":paid", paid)])));
        match txn.commit(&state.store.table).await {
            Ok(()) => return Ok(Json(shown(&state, &shop, &headers, &link))),
            Err(StoreError::Condition { .. } | StoreError::Conflict) => {}
            Err(error) => return Err(store_problem(error)),
        }
    }
    Err(Problem::new(Kind::Overtaken).retry_after(1).member("link", json!(id)))
}

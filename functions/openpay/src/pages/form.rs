//! The pay page: details, amount, way to pay (S2-02 to S2-16).

use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use yam_domain::ids::AccountId;
use yam_domain::limits::{MAX_EMAIL, MAX_NAME};
use yam_domain::money::Money;
use yam_domain::money::display::Locale;
use yam_domain::payment::form::{FormProblem, carries_link, parse_price, plain_text, prefill};
use yam_domain::payment::link::{LinkAmount, LinkRefusal};
use yam_domain::phone::{NumberClass, Phone};
use yam_domain::text::clean;
use yam_gateways::Fields;
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_platform::secrets::Cipher;
use yam_store::items::{PayerDetails, PaymentLink};

use super::carried::Carried;
use super::frame::{Allowance, Frame};
use super::html::{Html, put};
use super::leave;
use super::posted::{MOST_POSTED, Posted};
use super::shop::{Shop, link_of};
use super::steps::Faults;
use super::trouble::trouble;
use super::words::{Words, words};
use crate::PayState;
use crate::engine::NotOpened;
use crate::{codes, ways};

/// A request for a page, with everything it is answered from.
pub(super) struct Visit<'a> {
    pub(super) state: &'a PayState,
    pub(super) shop: Shop,
    pub(super) link: Option<PaymentLink>,
    pub(super) locale: Locale,
    pub(super) words: &'static Words,
    pub(super) headers: &'a HeaderMap,
    pub(super) cipher: Cipher,
    pub(super) query: Fields,
    /// The address ends with a slash, or names a link.
    pub(super) below: bool,
}

/// `GET /openpay/{shop}`, with and without the slash.
pub(crate) async fn open(
    State(state): State<PayState>,
    Path(shop): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    page(&state, &shop, None, &uri, &headers, None).await
}

/// `POST` to the same address.
pub(crate) async fn submit(
    State(state): State<PayState>,
    Path(shop): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    page(&state, &shop, None, &uri, &headers, Some(body)).await
}

/// `GET /openpay/{shop}/{link}`.
pub(crate) async fn open_link(
    State(state): State<PayState>,
    Path((shop, link)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    page(&state, &shop, Some(&link), &uri, &headers, None).await
}

/// `POST` to the same address.
pub(crate) async fn submit_link(
    State(state): State<PayState>,
    Path((shop, link)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    page(&state, &shop, Some(&link), &uri, &headers, Some(body)).await
}

async fn page(
    state: &PayState,
    shop: &str,
    link: Option<&str>,
    uri: &Uri,
    headers: &HeaderMap,
    body: Option<Result<Bytes, BytesRejection>>,
) -> Response {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let below = link.is_some() || uri.path().ends_with('/');
    let too_large = |_| Problem::new(Kind::TooLarge).with(MOST_POSTED.to_string());
    let posted = match body.map(|body| body.map_err(too_large)) {
        None => None,
        Some(Ok(body)) => match Posted::read(headers, body).await {
            Ok(posted) => Some(posted),
            Err(problem) => return trouble(state, &problem, query.get("lang"), headers),
        },
        Some(Err(problem)) => return trouble(state, &problem, query.get("lang"), headers),
    };
    let wished =
        posted.as_ref().and_then(|posted| posted.fields.get("lang")).or(query.get("lang")).map(str::to_owned);
    let wished = wished.as_deref();
    let answered = async {
        let shop = Shop::load(state, shop).await?;
        let link = match link {
            Some(link) => Some(link_of(state, &shop.merchant, link).await?),
            None => None,
        };
        let cipher = state.store.vault.cipher(&shop.merchant).await.map_err(yam_api::store_problem)?;
        let locale = wished.map_or(shop.locale, Locale::from_tag);
        let visit = Visit { state, shop, link, locale, words: words(locale), headers, cipher, query, below };
        match &posted {
            None => Box::pin(visit.begin()).await,
            Some(posted) => Box::pin(visit.go_on(posted)).await,
        }
    };
    match answered.await {
        Ok(response) => response,
        Err(problem) => trouble(state, &problem, wished, headers),
    }
}

impl Visit<'_> {
    pub(super) fn answer(&self, title: &str, status: StatusCode, content: &Html) -> Response {
        let frame = Frame {
            locale: self.locale,
            title,
            shop: &self.shop.name,
            slug: self.shop.merchant.as_str(),
            help_url: self.shop.settings.help_url.as_deref(),
            status,
            refresh: None,
            allowance: Allowance::default(),
        };
        frame.render(self.state.store.ids.as_ref(), content)
    }

    /// Whether the link may be paid now; else the page that says why not.
    fn closed(&self) -> Option<Response> {
        let link = self.link.as_ref()?;
        let now = self.state.store.clock.now();
        let refusal = link.terms.is_open(link.revoked_at.is_some(), link.paid, now).err()?;
        let why = match refusal {
            LinkRefusal::Revoked => self.words.closed_revoked,
            LinkRefusal::Expired => self.words.closed_expired,
            LinkRefusal::UsedUp => self.words.closed_used,
            LinkRefusal::Amount => self.words.out_of_range,
        };
        let mut content = Html::new();
        put!(content, "<section role=\"status\"><p>", (why), "</p></section>");
        Some(self.answer(self.words.closed, StatusCode::OK, &content))
    }

    /// The first page.
    async fn begin(&self) -> Result<Response, Problem> {
        if let Some(closed) = self.closed() {
            return Ok(closed);
        }
        let now = self.state.store.clock.now();
        let ids = self.state.store.ids.as_ref();
        let payment = codes::payment_id(&self.shop.merchant, now, ids);
        let payment = payment.ok_or_else(|| Problem::new(Kind::Internal))?;
        let mut faults = Faults::default();
        let carried = match &self.link {
            Some(link) => {
                let locked = match link.terms.amount {
                    LinkAmount::Locked(amount) => Some(amount),
                    LinkAmount::Range { .. } => None,
                };
                let known = link.payer.as_ref().and_then(|sealed| {
                    self.cipher.open::<PayerDetails>(&PaymentLink::purpose(&link.id), sealed).ok()
                });
                Carried {
                    payment,
                    link: Some(link.id.clone()),
                    payer: known.unwrap_or_default(),
                    description: link.description.clone(),
                    amount: locked,
                    asked: locked,
                    made_at: now,
                }
            }
            None => {
                let found = prefill(self.query.iter(), self.shop.unit);
                if found.problems.iter().any(|p| matches!(p, FormProblem::Price(_) | FormProblem::Unit)) {
                    faults.note("amount", self.words.price_dropped);
                }
                Carried {
                    payment,
                    link: None,
                    payer: PayerDetails { name: found.name.unwrap_or_default(), ..PayerDetails::default() },
                    description: found.description.unwrap_or_default(),
                    amount: found.amount,
                    asked: found.amount,
                    made_at: now,
                }
            }
        };
        self.show_details(&carried, None, &faults)
    }

    /// A form that came back.
    async fn go_on(&self, posted: &Posted) -> Result<Response, Problem> {
        let fields = &posted.fields;
        let now = self.state.store.clock.now();
        if !self.state.throttle.admits(self.headers, now) {
            let content = Html::new();
            return Ok(self.answer(self.words.too_many, StatusCode::TOO_MANY_REQUESTS, &content));
        }
        let elsewhere = self.headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
        let sealed = fields.get("form").filter(|_| !elsewhere);
        let carried = sealed.and_then(|sealed| Carried::open(sealed, &self.cipher, now));
        let same_link = |carried: &Carried| carried.link.as_ref() == self.link.as_ref().map(|link| &link.id);
        let Some(mut carried) = carried.filter(same_link) else {
            let mut content = Html::new();
            put!(
                content,
                "<section><p><a class=\"button\" href=\"",
                (self.address_in(self.locale)),
                "\">",
                (self.words.again),
                "</a></p></section>"
            );
            return Ok(self.answer(self.words.stale, StatusCode::BAD_REQUEST, &content));
        };
        if let Some(closed) = self.closed() {
            return Ok(closed);
        }
        match fields.get("step").unwrap_or("") {
            "details" => self.details(&mut carried, fields).await,
            "amount" => self.amount(&mut carried, fields).await,
            "change" => self.show_amount(&carried, &Faults::default()),
            "pay" => self.pay(&carried, fields).await,
            "slip" => self.slip(&carried, posted).await,
            _ => self.show_details(&carried, None, &Faults::default()),
        }
    }

    /// Step 1: who pays (S2-09, S2-10).
    async fn details(&self, carried: &mut Carried, fields: &Fields) -> Result<Response, Problem> {
        let typed = |name| clean(fields.get(name).unwrap_or(""));
        let mut faults = Faults::default();
        let name = plain_text(&typed("name"), MAX_NAME);
        if name.chars().count() < 2 || carries_link(&typed("name")) {
            faults.add("name", self.words.bad_name);
        }
        let number = |name| Phone::parse(&typed(name), &self.shop.country).ok();
        let mobile = number("mobile").filter(|phone| phone.class() == NumberClass::Mobile);
        if mobile.is_none() {
            faults.add("mobile", self.words.bad_mobile);
        }
        let phone = number("phone");
        if phone.is_none() {
            faults.add("phone", self.words.bad_phone);
        }
        let email = Some(typed("email")).filter(|email| !email.is_empty());
        if email.as_deref().is_some_and(|email| !is_email(email)) {
            faults.add("email", self.words.bad_email);
        }
        if !faults.is_empty() {
            return self.show_details(carried, Some(fields), &faults);
        }
        carried.payer = PayerDetails { name, mobile, phone, email };
        self.renew(carried)?;
        if carried.link.is_none() && carried.description.is_empty() {
            carried.description = plain_text(&typed("description"), yam_domain::limits::MAX_NOTE);
        }
        match carried.amount {
            Some(_) => self.show_ways(carried, &Faults::default(), None).await,
            None => self.show_amount(carried, &Faults::default()),
        }
    }

    /// Step 2: how much.
    async fn amount(&self, carried: &mut Carried, fields: &Fields) -> Result<Response, Problem> {
        let mut faults = Faults::default();
        match parse_price(fields.get("amount").unwrap_or(""), self.shop.unit) {
            Err(_) => faults.add("amount", self.words.bad_amount),
            Ok(amount) if self.takes(amount) => {
                carried.amount = Some(amount);
                self.renew(carried)?;
            }
            Ok(_) => faults.add("amount", self.words.out_of_range),
        }
        if faults.is_empty() {
            self.show_ways(carried, &faults, None).await
        } else {
            self.show_amount(carried, &faults)
        }
    }

    /// Other details or another amount are another payment; only the same page sent twice is the same one.
    fn renew(&self, carried: &mut Carried) -> Result<(), Problem> {
        let store = &self.state.store;
        let id = codes::payment_id(&self.shop.merchant, store.clock.now(), store.ids.as_ref());
        carried.payment = id.ok_or_else(|| Problem::new(Kind::Internal))?;
        Ok(())
    }

    pub(super) fn takes(&self, amount: Money) -> bool {
        self.link.as_ref().is_none_or(|link| link.terms.takes(amount).is_ok())
    }

    /// "Pay and finish" (S2-16).
    async fn pay(&self, carried: &Carried, fields: &Fields) -> Result<Response, Problem> {
        let mut faults = Faults::default();
        let Some(amount) = carried.amount.filter(|amount| self.takes(*amount)) else {
            return self.show_amount(carried, &faults);
        };
        let account = fields.get("gateway").and_then(|id| AccountId::parse(id).ok());
        let ways = self.ways(amount).await?;
        let Some(way) = ways.into_iter().find(|way| Some(&way.account.id) == account.as_ref()) else {
            faults.add("gateway", self.words.bad_way);
            return self.show_ways(carried, &faults, None).await;
        };
        let payment = self.payment(carried, amount)?;
        let base = self.shop.base(self.state, self.headers);
        let opened = self.state.engine.open(&self.shop.merchant, payment, &way.account, &base);
        let opened = Box::pin(opened).await;
        match opened {
            Ok(opened) => Ok(leave::page(self, &opened, &way.title)),
            Err(NotOpened::MayBePaid(payment)) => Ok(self.to_status(&payment)),
            Err(NotOpened::TooOften) => {
                Ok(self.answer(self.words.too_many, StatusCode::TOO_MANY_REQUESTS, &Html::new()))
            }
            Err(NotOpened::Receipt(_)) => {
                faults.add("email", self.words.bad_email);
                self.show_details(carried, None, &faults)
            }
            Err(NotOpened::Engine(crate::engine::EngineError::Store(error))) => {
                Err(yam_api::store_problem(error))
            }
            Err(error) => {
                tracing::warn!(%error, "a payer has to choose another gateway");
                faults.add("gateway", self.words.gateway_failed);
                self.show_ways(carried, &faults, None).await
            }
        }
    }

    /// The page of a payment, seen from here: the browser may know this place by another path.
    pub(super) fn to_status(&self, payment: &yam_store::items::Payment) -> Response {
        let place = if self.below {
            format!("p/{}", payment.id)
        } else {
            format!("{}/p/{}", self.shop.merchant, payment.id)
        };
        (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response()
    }

    /// Whether the payer may choose the amount.
    pub(super) fn amount_is_open(&self) -> bool {
        self.link.as_ref().is_none_or(|link| matches!(link.terms.amount, LinkAmount::Range { .. }))
    }

    /// This address in another language.
    pub(super) fn address_in(&self, locale: Locale) -> String {
        let kept = self.query.iter().filter(|(name, _)| *name != "lang");
        let mut query = url::form_urlencoded::Serializer::for_suffix("?".to_owned(), 1);
        query.extend_pairs(kept).append_pair("lang", super::words::tag(locale));
        query.finish()
    }

    /// The ways to pay an amount.
    pub(super) async fn ways(&self, amount: Money) -> Result<Vec<ways::Way>, Problem> {
        let allowed = self.link.as_ref().map_or(&[][..], |link| link.gateways.as_slice());
        let language = super::words::tag(self.locale);
        let (store, gateways) = (&self.state.store, &self.state.engine.gateways);
        let found = ways::ways(store, gateways, &self.shop.merchant, Some(amount), allowed, language).await;
        found.map_err(yam_api::store_problem)
    }

    /// The payment of a form.
    pub(super) fn payment(
        &self,
        carried: &Carried,
        amount: Money,
    ) -> Result<yam_store::items::Payment, Problem> {
        let store = &self.state.store;
        let purpose = yam_store::items::Payment::purpose(&carried.payment);
        let payer = self.cipher.seal(&purpose, &carried.payer, store.ids.as_ref());
        Ok(yam_store::items::Payment {
            id: carried.payment.clone(),
            code: codes::tracking_code(store.ids.as_ref()),
            link: carried.link.clone(),
            order: self.link.as_ref().and_then(|link| link.terms.order.clone()),
            amount,
            asked: carried.asked,
            unit: self.shop.unit,
            description: carried.description.clone(),
            payer: payer.map_err(|_| Problem::new(Kind::Internal))?,
            language: super::words::tag(self.locale).to_owned(),
            state: yam_domain::payment::PaymentState::Created,
            attempts: vec![],
            slip: None,
            receipt_lines: self.link.as_ref().map(|link| link.receipt_lines.clone()).unwrap_or_default(),
            task: None,
            counted: false,
            paid_told: false,
            order_told: false,
            order_tried_at: None,
            steps: vec![],
            created_at: store.clock.now(),
            paid_at: None,
            due_at: None,
            sequence: 0,
            rev: 0,
        })
    }
}

/// Whether it can be an e-mail address.
pub(crate) fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    let plain = !text.contains(char::is_whitespace) && text.chars().count() <= MAX_EMAIL;
    plain && parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.ends_with('.'))
}

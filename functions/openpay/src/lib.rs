//! HTTP and SQS function: payments by link (OpenPay).
//!
//! Pay pages are rendered here and need no script; what a payer typed travels between them in a sealed field, so
//! nothing is written before somebody pays. Callbacks, notices, due rows and the merchant's API all end in
//! [`engine`], which carries one payment through under its revision.

mod api;
mod callback;
mod codes;
mod engine;
mod notify;
mod pages;
mod pictures;
mod qr;
mod slips;
mod throttle;
mod timing;
mod view;
mod ways;

use std::sync::Arc;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::routing::get;
use futures_util::future::join_all;
use jiff::SignedDuration;
use yam_api::{Authenticator, BODY_LIMIT};
use yam_domain::ids::PaymentId;
use yam_domain::payment::policy::Place;
use yam_gateways::Gateways;
use yam_platform::Platform;
use yam_platform::http::EffectClient;
use yam_platform::lambda::{Invocation, QueueMessage, Verdict, harden, process_batch};
use yam_store::hooks::Hooks;
use yam_store::keys::{merchant_of, sk};
use yam_store::{Key, Message, Store};

use engine::{Engine, Turn};
use throttle::Throttle;

/// What the handlers share.
#[derive(Debug, Clone)]
pub(crate) struct PayState {
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    pub(crate) http: EffectClient,
    pub(crate) authenticator: Authenticator,
    pub(crate) throttle: Arc<Throttle>,
    /// The hub's own address; empty when it has none.
    pub(crate) public_url: Arc<str>,
}

impl FromRef<PayState> for Authenticator {
    fn from_ref(state: &PayState) -> Self {
        state.authenticator.clone()
    }
}

/// The function.
#[derive(Debug, Clone)]
pub struct OpenPay {
    state: PayState,
}

/// Records of a batch worked on at once.
const CONCURRENCY: usize = 5;

impl OpenPay {
    /// Over a function's platform; opens no socket.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        Self::with(platform, Hooks::default())
    }

    /// With crash points, for tests.
    #[must_use]
    pub fn with(platform: &Platform, hooks: Hooks) -> Self {
        let store = Store::new(platform).with_hooks(hooks);
        let patience = SignedDuration::try_from(platform.config.hours("YAM_REGISTRATION_PATIENCE_HOURS"));
        let engine = Engine {
            gateways: Gateways::new(platform),
            patience: patience.unwrap_or(SignedDuration::from_hours(72)),
            store: store.clone(),
        };
        let throttle = Throttle::new(platform.config.number("YAM_PAY_FORMS_PER_MINUTE"));
        OpenPay {
            state: PayState {
                authenticator: Authenticator::new(&store, &platform.config),
                http: platform.http.clone(),
                throttle: Arc::new(throttle),
                public_url: platform.config.text("YAM_PUBLIC_URL").trim_end_matches('/').into(),
                engine,
                store,
            },
        }
    }

    /// What payers and gateways call.
    pub fn router(&self) -> Router {
        let with_picture = DefaultBodyLimit::max(pages::posted::MOST_POSTED);
        let pay = get(pages::form::open).post(pages::form::submit).layer(with_picture);
        let link = get(pages::form::open_link).post(pages::form::submit_link).layer(with_picture);
        let back = get(callback::returned).post(callback::returned);
        let behind = get(callback::returned_behind_proxy).post(callback::returned_behind_proxy);
        let account = get(callback::returned_to_account).post(callback::returned_to_account);
        let router = Router::new()
            .route("/openpay/{shop}", pay.clone())
            .route("/openpay/{shop}/", pay)
            .route("/openpay/{shop}/{link}", link)
            .route("/openpay/{shop}/{link}/qr.svg", get(qr::svg))
            .route("/openpay/{shop}/p/{payment}", get(pages::status::show))
            .route("/openpay/callback/{gateway}/{payment}", back)
            .route("/openpay/return/{gateway}/{token}", account)
            .route("/openpay/notify/{gateway}/{token}", get(notify::notice).post(notify::notice))
            .route("/openpay/{shop}/callback/{gateway}/{payment}", behind)
            .route_layer(axum::middleware::from_fn(timing::time_apart));
        self.hardened(router)
    }

    /// What the shop calls: a function of its own (`payments`), so that pay pages load no workbooks.
    pub fn api(&self) -> Router {
        self.hardened(api::routes())
    }

    fn hardened(&self, router: Router<PayState>) -> Router {
        let (clock, ids) = (self.state.store.clock.clone(), self.state.store.ids.clone());
        harden(router.with_state(self.state.clone()), BODY_LIMIT, clock, ids)
    }

    /// Handles a batch.
    pub async fn handle(&self, event: SqsEvent, invocation: Invocation) -> SqsBatchResponse {
        let ids = self.state.store.ids.clone();
        process_batch(event, CONCURRENCY, ids.as_ref(), "openpay", |message| {
            self.message(message, invocation)
        })
        .await
    }

    async fn message(&self, message: QueueMessage, invocation: Invocation) -> Verdict {
        let keys = match Message::parse(&message.body) {
            Ok(keys) => keys,
            Err(error) => {
                tracing::error!(message.id = %message.id, %error, "a message that is not ours goes to the dead letters");
                return Verdict::Again;
            }
        };
        let turns = join_all(keys.iter().map(|key| Box::pin(self.turn(key, invocation)))).await;
        if turns.into_iter().all(|done| done) { Verdict::Done } else { Verdict::Again }
    }

    /// Gives one payment a turn. What cannot be done now is left to its due row: trouble of a gateway uses no
    /// receive counts.
    async fn turn(&self, key: &Key, invocation: Invocation) -> bool {
        let id = key.sk.strip_prefix(sk::PAYMENTS).map(PaymentId::parse);
        let (Some(merchant), Some(Ok(id))) = (merchant_of(&key.pk), id) else {
            tracing::error!(item.sk = %key.sk, "a key that is no payment is dropped");
            return true;
        };
        let turn = Turn { place: Place::Job, invocation };
        match Box::pin(self.state.engine.turn(&merchant, &id, turn)).await {
            Ok(()) => true,
            Err(error @ engine::EngineError::Account(_)) => {
                tracing::warn!(payment = %id, %error, "a payment waits for its account");
                true
            }
            Err(error) => {
                tracing::warn!(payment = %id, %error, "a payment could not have its turn");
                false
            }
        }
    }
}

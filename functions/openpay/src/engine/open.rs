//! Opening an attempt: number, commit, the gateway's page, and its first sweep row before anybody sees it.

use jiff::Timestamp;
use url::Url;
use yam_domain::ids::MerchantId;
use yam_domain::money::display::Locale;
use yam_domain::payment::amount::{OutOfLimits, check};
use yam_domain::payment::order_number::OrderNumber;
use yam_domain::payment::policy::{Place, Step, policy};
use yam_domain::payment::receipt::{BadReceipt, MAX_LINE_NAME, Receipt, ReceiptLine, Subject, VatCode};
use yam_domain::payment::{PaymentEvent, PaymentState};
use yam_gateways::{Account, CallOutcome, Payer, Redirect, RefusalKind, Start, Started};
use yam_store::items::{Attempt, PayerDetails, Payment, PaymentClaim};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, StoreError};

use super::{Draft, Engine, EngineError, seconds};

/// Most attempts of one payment.
const MOST_ATTEMPTS: usize = 20;

/// A page is open at the gateway.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    /// The payment.
    pub(crate) payment: Payment,
    /// The way there.
    pub(crate) redirect: Redirect,
}

/// Why no page is open.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotOpened {
    /// Paid, or perhaps paid: nobody may pay again.
    #[error("the payment is paid or being checked")]
    MayBePaid(Box<Payment>),
    /// The gateway does not take this amount.
    #[error(transparent)]
    Limits(#[from] OutOfLimits),
    /// The fiscal receipt lacks something.
    #[error(transparent)]
    Receipt(#[from] BadReceipt),
    /// Too many tries.
    #[error("there were too many tries of this payment")]
    TooOften,
    /// Another attempt of the payment has this number: accounts count apart.
    #[error("another attempt of this payment has the same number")]
    NumberTaken,
    /// The gateway refused or did not answer; another one may work.
    #[error("the gateway did not open a page: {0}")]
    Gateway(String),
    /// Us.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<StoreError> for NotOpened {
    fn from(error: StoreError) -> Self {
        NotOpened::Engine(error.into())
    }
}

/// The receipt of a payment: its own lines, or one for all of it.
pub(crate) fn receipt_of(payment: &Payment, payer: &PayerDetails, vat: Option<VatCode>) -> Receipt {
    let name =
        if payment.description.is_empty() { payment.code.shown() } else { payment.description.clone() };
    let line = ReceiptLine {
        name: name.chars().take(MAX_LINE_NAME).collect(),
        quantity: 1,
        price: payment.amount,
        vat: vat.unwrap_or(VatCode::NONE),
        subject: Subject::Service,
    };
    let lines = if payment.receipt_lines.is_empty() { vec![line] } else { payment.receipt_lines.clone() };
    let phone = payer.mobile.as_ref().map(|phone| phone.e164().to_owned());
    Receipt { email: payer.email.clone(), phone, lines }
}

impl Engine {
    /// The next number of a gateway account.
    pub(crate) async fn take_number(
        &self,
        merchant: &MerchantId,
        account: &Account,
    ) -> Result<OrderNumber, EngineError> {
        let counter = of_merchant(merchant, sk::counter(&format!("pay/{}", account.id)));
        let count = self.store.table.next_number(&counter).await?;
        OrderNumber::nth(account.gateway, account.settings.order_offset, count)
            .map_err(|error| EngineError::Account(error.to_string()))
    }

    /// Who pays.
    pub(crate) async fn payer(
        &self,
        merchant: &MerchantId,
        payment: &Payment,
    ) -> Result<PayerDetails, EngineError> {
        let cipher = self.store.vault.cipher(merchant).await?;
        let opened = cipher.open(&Payment::purpose(&payment.id), &payment.payer);
        Ok(opened.map_err(|_| StoreError::Secret(format!("payer of {}", payment.id)))?)
    }

    /// Opens an attempt of a payment that is new or known, at an account; `base` is the address under which the
    /// gateway sends the payer back.
    pub(crate) async fn open(
        &self,
        merchant: &MerchantId,
        new: Payment,
        account: &Account,
        base: &str,
    ) -> Result<Opened, NotOpened> {
        let id = new.id.clone();
        let gateway = self.gateway(account.gateway)?;
        let capabilities = gateway.capabilities(account);
        check(account.gateway, capabilities.limits, new.amount)?;
        let payer = self.payer(merchant, &new).await?;
        let receipt = receipt_of(&new, &payer, account.settings.vat);
        if capabilities.receipts {
            receipt.check(new.amount)?;
        }
        let key = self.store.ids.token(18);
        // Ends: a payment has few attempts, and each turn takes a higher number.
        let (payment, n, order) = loop {
            let order = self.take_number(merchant, account).await?;
            let fresh = |now: Timestamp, amount| {
                fresh(account, order, &key, capabilities.can_be_asked(), amount, now)
            };
            match self.take_down(merchant, new.clone(), &fresh).await {
                Err(NotOpened::NumberTaken) => {}
                taken => {
                    let (payment, n) = taken?;
                    break (payment, n, order);
                }
            }
        };
        self.store.hooks.pass("K1", "open").map_err(EngineError::from)?;
        let start =
            start(&payment, &payer, receipt, order, base, &key, capabilities, self.store.clock.now())?;
        let policy = policy(account.gateway, Step::Verify, Place::Callback);
        let deadline = seconds(policy.call_deadline);
        let called = tokio::time::timeout(deadline, gateway.start(account, &start, deadline)).await;
        let outcome = called.unwrap_or_else(|_| CallOutcome::Unknown("no answer in time".into()));
        self.store.hooks.pass("K4", "open").map_err(EngineError::from)?;
        self.note_health(merchant, account, &outcome).await;
        let CallOutcome::Done(started) = outcome else {
            let words = outcome.describe();
            tracing::warn!(payment = %id, gateway = %account.gateway, words, "a gateway opened no page");
            self.change(merchant, &id, |draft| draft.step(n, PaymentEvent::RequestFailed, &words).is_some())
                .await?;
            return Err(NotOpened::Gateway(words));
        };
        self.sent_out(merchant, payment, n, started).await
    }

    /// Commits the attempt before the gateway hears of it. Answers with its place.
    async fn take_down(
        &self,
        merchant: &MerchantId,
        mut new: Payment,
        fresh: &(dyn Fn(Timestamp, yam_domain::money::Money) -> Attempt + Sync),
    ) -> Result<(Payment, usize), NotOpened> {
        let key = of_merchant(merchant, sk::payment(new.id.as_str()));
        let known: Option<Payment> = self.store.table.get(&key, Read::Consistent).await?;
        if known.is_none() {
            self.store.hooks.pass("K0", "open")?;
            new.attempts = vec![fresh(self.store.clock.now(), new.amount)];
            let payment = self.create(merchant, new, |_| {}).await?;
            return Ok((payment, 0));
        }
        let mut refusal = None;
        let mut place = 0;
        let changed = self
            .change(merchant, &new.id, |draft| {
                let mine = fresh(draft.now, draft.payment.amount);
                refusal = None;
                // Our own write, landed before its answer was lost. The number alone does not tell: another
                // account may have counted to it.
                let mut keys = draft.payment.attempts.iter().map(|a| &a.idempotency_key);
                if let Some(at) = keys.position(|key| *key == mine.idempotency_key) {
                    place = at;
                    return false;
                }
                let slip = draft.payment.slip.iter().map(|slip| slip.state);
                let mut states = draft.payment.attempts.iter().map(|a| a.state).chain(slip);
                let paid = draft.payment.paid_told;
                if paid || states.any(|state| state.may_hold_money() || state == PaymentState::SlipSubmitted)
                {
                    refusal = Some(NotOpened::MayBePaid(Box::new(draft.payment.clone())));
                    return false;
                }
                if draft.payment.attempts.len() >= MOST_ATTEMPTS {
                    refusal = Some(NotOpened::TooOften);
                    return false;
                }
                // Returns and notices find their attempt by its number.
                if draft.payment.attempts.iter().any(|a| a.order == mine.order) {
                    refusal = Some(NotOpened::NumberTaken);
                    return false;
                }
                place = draft.payment.attempts.len();
                draft.payment.attempts.push(mine);
                true
            })
            .await?;
        match (refusal, changed) {
            (Some(refusal), _) => Err(refusal),
            (None, Some(payment)) => Ok((payment, place)),
            (None, None) => Err(NotOpened::Gateway("the payment is gone".into())),
        }
    }

    /// Inserts a payment with the claim of its code; another code when that one is taken.
    pub(crate) async fn create(
        &self,
        merchant: &MerchantId,
        mut new: Payment,
        also: impl Fn(&mut Draft),
    ) -> Result<Payment, StoreError> {
        for attempt in 0..super::BOOKINGS {
            let mut draft = Draft::of(&self.store, merchant, new.clone());
            let claim = PaymentClaim { payment: new.id.clone(), order: None };
            let key = of_merchant(merchant, sk::payment_code(new.code.as_str()));
            draft.txn.insert("payment code", &self.store.table, &key, &claim);
            also(&mut draft);
            match draft.commit().await {
                Ok(payment) => return Ok(payment),
                Err(
                    StoreError::Condition { what: "payment code" | "payment", .. }
                    | StoreError::Unavailable(_),
                ) => {
                    // Our own write, landed before its answer was lost; else the code is taken.
                    let key = of_merchant(merchant, sk::payment(new.id.as_str()));
                    let known: Option<Payment> = self.store.table.get(&key, Read::Consistent).await?;
                    match known {
                        Some(known) if known.code == new.code => return Ok(known),
                        Some(_) => return Err(StoreError::Conflict),
                        None => new.code = crate::codes::tracking_code(self.store.ids.as_ref()),
                    }
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
            self.pause(attempt).await;
        }
        Err(StoreError::Conflict)
    }

    /// The gateway's id is claimed and the sweep begins; only then may the page go out.
    async fn sent_out(
        &self,
        merchant: &MerchantId,
        payment: Payment,
        n: usize,
        started: Started,
    ) -> Result<Opened, NotOpened> {
        let claimed = self
            .change(merchant, &payment.id, |draft| {
                let Some(attempt) = draft.payment.attempts.get_mut(n) else { return false };
                if attempt.gateway_id.as_ref() == Some(&started.gateway_id) {
                    return false;
                }
                attempt.gateway_id = Some(started.gateway_id.clone());
                let claim = PaymentClaim { payment: draft.payment.id.clone(), order: Some(attempt.order) };
                let at = sk::gateway_payment(attempt.account.as_str(), &started.gateway_id);
                draft.txn.insert("gateway id", &self.store.table, &of_merchant(merchant, at), &claim);
                draft.step(n, PaymentEvent::Requested, "").is_some()
            })
            .await;
        let claimed = match claimed {
            Err(StoreError::Condition { what: "gateway id", .. }) => {
                return Err(NotOpened::Gateway("the gateway gave an id that another payment has".into()));
            }
            other => other?,
        };
        let sent = claimed.as_ref().and_then(|payment| payment.attempts.get(n));
        match (sent.map(|attempt| attempt.state), claimed) {
            (Some(PaymentState::Redirected), Some(payment)) => {
                Ok(Opened { payment, redirect: started.redirect })
            }
            _ => Err(NotOpened::Gateway("the attempt was closed meanwhile".into())),
        }
    }

    /// Whether a gateway opens pages (`payment::health`). A cache of hints: a lost write changes little.
    async fn note_health(&self, merchant: &MerchantId, account: &Account, outcome: &CallOutcome<Started>) {
        let opened = match outcome {
            CallOutcome::Done(_) => true,
            CallOutcome::Refused(error)
                if matches!(
                    error.kind,
                    RefusalKind::Amount | RefusalKind::Request | RefusalKind::Duplicate
                ) =>
            {
                return;
            }
            _ => false,
        };
        let now = self.store.clock.now();
        if !opened {
            let dimensions = [("gateway", account.gateway.as_str())];
            self.store.metrics.count(now, "GatewayOpenFailed", &dimensions);
        }
        if let Err(error) = crate::ways::note(&self.store, merchant, &account.id, opened, now).await {
            tracing::warn!(%error, "the health of a gateway could not be noted");
        }
    }
}

fn fresh(
    account: &Account,
    order: OrderNumber,
    key: &str,
    can_be_asked: bool,
    amount: yam_domain::money::Money,
    now: Timestamp,
) -> Attempt {
    Attempt {
        order,
        gateway: account.gateway,
        account: account.id.clone(),
        amount,
        state: PaymentState::Created,
        idempotency_key: key.to_owned(),
        can_be_asked,
        gateway_id: None,
        receipt: None,
        reference: None,
        card: None,
        told: None,
        fence: 0,
        lease_until: None,
        claimed_by: None,
        verify_sends: 0,
        settle_sends: 0,
        reverse_sends: 0,
        created_at: now,
        redirected_at: None,
        asked_at: None,
        heard_at: None,
        tried_at: None,
        verified_at: None,
        unwanted: None,
        waits_for_other: false,
        with_person: false,
        backs: vec![],
        found: None,
    }
}

#[expect(clippy::too_many_arguments, reason = "one call, told everything that goes out with it")]
fn start(
    payment: &Payment,
    payer: &PayerDetails,
    receipt: Receipt,
    order: OrderNumber,
    base: &str,
    key: &str,
    capabilities: yam_gateways::Capabilities,
    at: Timestamp,
) -> Result<Start, NotOpened> {
    let gateway = payment.attempts.iter().find(|a| a.order == order).map(|a| a.gateway);
    let gateway = gateway.ok_or_else(|| NotOpened::Gateway("the attempt is gone".into()))?;
    let address = format!("{base}/openpay/callback/{gateway}/{}?order={order}", payment.id);
    let return_url = Url::parse(&address)
        .map_err(|error| NotOpened::Engine(EngineError::Account(format!("the public address: {error}"))))?;
    let described = !payment.description.is_empty();
    Ok(Start {
        order,
        amount: payment.amount,
        description: if described { payment.description.clone() } else { payment.code.shown() },
        return_url,
        payer: Payer {
            name: Some(payer.name.clone()).filter(|name| !name.is_empty()),
            phone: payer.mobile.clone(),
            email: payer.email.clone(),
        },
        receipt: capabilities.receipts.then_some(receipt),
        language: match Locale::from_tag(&payment.language) {
            Locale::Fa => "fa",
            Locale::Ru => "ru",
            Locale::Ko => "ko",
            Locale::En => "en",
        },
        at,
        payable_for: capabilities.plan.payable_for,
        idempotency_key: key.to_owned(),
    })
}

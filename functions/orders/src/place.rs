//! Placing an order.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use yam_api::{Body, Caller, IdempotencyKey, Idempotent, store_problem};
use yam_domain::ids::{MerchantId, OrderId, ParcelId};
use yam_domain::money::Money;
use yam_domain::order::{Dispatch, PayState};
use yam_domain::parcel::{BarcodeState, ParcelStatus, RegistrationEvent, RegistrationState};
use yam_domain::weight::{Grams, Weighed, check_weights};
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_platform::queue::Queue;
use yam_store::idempotency::sha256_hex;
use yam_store::items::{
    CarrierAccount, Cod, CodState, Order, OrderClaim, OrderLine, OrderPhase, Parcel, ParcelLine, Scope,
};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Key, Message, Read, StoreError, Txn};

use crate::OrdersState;
use crate::accounts::{Carriage, accounts_of, carriage_for, choose, question, vendors_account};
use crate::change::{load_order, load_parcels, start_registration};
use crate::money::invoice;
use crate::order_request::{Draft, OrderRequest};
use crate::view;

/// `POST /v1/orders`.
pub(crate) async fn place(
    State(state): State<OrdersState>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<OrderRequest>,
) -> Result<Response, Problem> {
    caller.require(Scope::Orders)?;
    let merchant = &caller.merchant;
    let draft = body.value.check()?;
    let begun = Idempotent::begin(&state.store, merchant, "POST", "/v1/orders", &key, &body.json).await;
    let once = match begun {
        Ok(once) => once,
        Err(earlier) => return earlier,
    };
    let digest = sha256_hex(body.json.to_string().as_bytes());
    // A repeated order is answered before anything is looked up at all.
    if let Some(answer) = same_number(&state, merchant, &draft.number, &digest).await? {
        return Ok(answer);
    }
    let cipher = state.store.vault.cipher(merchant).await.map_err(store_problem)?;
    let accounts = accounts_of(&state, merchant).await?;
    let carriage = choose(&state, merchant, &draft, &accounts, &cipher).await?;
    check_against_operator(&draft, &carriage)?;
    let draft = draft.one_parcel_each(|vendor| vendors_account(&accounts, vendor, &carriage.rate))?;
    let number = draft.number.clone();
    let (order, mut parcels) = build(&state, draft, (&carriage, &accounts), &cipher, digest.clone())?;
    let mut txn = Txn::new();
    let starts = order.phase == OrderPhase::Released;
    let mut calls: Vec<Key> = Vec::new();
    for parcel in &mut parcels {
        if starts {
            let carriage = match parcel.account == carriage.rate.account {
                true => carriage.clone(),
                false => carriage_for(&state, merchant, parcel).await?,
            };
            let call = start_registration(&state, &mut txn, merchant, parcel, &carriage).await;
            calls.push(call.map_err(store_problem)?);
        }
        let at = of_merchant(merchant, sk::parcel(parcel.id.as_str()));
        txn.insert("parcel", &state.store.table, &at, parcel);
    }
    let claim = OrderClaim { order: order.id.clone(), digest: digest.clone() };
    txn.insert(
        "order number",
        &state.store.table,
        &of_merchant(merchant, sk::order_number(&order.number)),
        &claim,
    );
    txn.insert("order", &state.store.table, &of_merchant(merchant, sk::order(order.id.as_str())), &order);
    let answer = view::order(&state.carriers, &order, &parcels);
    once.finish(&mut txn, &state.store, StatusCode::ACCEPTED, &answer);
    state.store.hooks.pass("K0", "order").map_err(store_problem)?;
    match txn.commit(&state.store.table).await {
        Ok(()) => {}
        // Somebody placed the same number, or used the same key, at the same time.
        Err(StoreError::Condition { .. }) => {
            return match same_number(&state, merchant, &number, &digest).await? {
                Some(answer) => Ok(answer),
                None => Err(Problem::new(Kind::Overtaken).retry_after(1)),
            };
        }
        Err(error) => return Err(store_problem(error)),
    }
    tell(&state, &calls).await?;
    Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
}

/// Tells the queue; what it loses the due rows find.
pub(crate) async fn tell(state: &OrdersState, calls: &[Key]) -> Result<(), Problem> {
    if calls.is_empty() {
        return Ok(());
    }
    state.store.hooks.pass("K1", "order").map_err(store_problem)?;
    if let Err(error) = state.store.queues.send(Queue::Dispatch, &Message::bodies(calls)).await {
        tracing::warn!(%error, "calls are left to their due rows");
    }
    Ok(())
}

/// The order that has this number: answered again when its content is the same, 409 when not.
async fn same_number(
    state: &OrdersState,
    merchant: &MerchantId,
    number: &str,
    digest: &str,
) -> Result<Option<Response>, Problem> {
    let key = of_merchant(merchant, sk::order_number(number));
    let claim: Option<OrderClaim> =
        state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    let Some(claim) = claim else { return Ok(None) };
    if claim.digest != digest {
        return Err(Problem::new(Kind::OrderNumberTaken)
            .with(number)
            .member("order_id", claim.order.to_string()));
    }
    let order = load_order(state, merchant, &claim.order).await?;
    let parcels = load_parcels(state, merchant, &order).await?;
    let answer: Value = view::order(&state.carriers, &order, &parcels);
    Ok(Some((StatusCode::ACCEPTED, Json(answer)).into_response()))
}

/// What the operator is known to refuse is told at once, with the field.
fn check_against_operator(draft: &Draft, carriage: &Carriage) -> Result<(), Problem> {
    let products: Vec<Grams> = draft.lines.iter().map(|l| l.weight_g).collect();
    let limits = &carriage.settings.limits;
    let mut faults = Vec::new();
    for (i, parcel) in draft.parcels.iter().enumerate() {
        let products: &[Grams] = if i == 0 { &products } else { &[] };
        for error in check_weights(products, parcel.weight, limits).err().unwrap_or_default() {
            let (pointer, min, max) = match error.what() {
                Weighed::Product(n) => {
                    (format!("/items/{n}/weight_g"), limits.product_min, limits.product_max)
                }
                Weighed::Parcel => (format!("/parcels/{i}/weight_g"), limits.parcel_min, limits.parcel_max),
            };
            faults.push(FieldError::new(pointer, Fault::Weight(min.grams.get(), max.grams.get())));
        }
    }
    if let Some(first) = faults.first() {
        let Fault::Weight(min, max) = first.fault else { return Err(Problem::validation(faults)) };
        let problem = Problem::new(Kind::WeightOverCarrierLimit)
            .with(min.to_string())
            .with(max.to_string())
            .with(carriage.carrier.support());
        return Err(faults.into_iter().fold(problem, Problem::at));
    }
    if draft.cod_amount.is_some() && draft.parcels.len() > 1 {
        let fault = Fault::Other("stands for one parcel; leave it out where there are several".into());
        return Err(Problem::validation(vec![FieldError::new("/cod_amount", fault)]));
    }
    if draft.cod && !carriage.carrier.capabilities(&carriage.settings).cod {
        let text = "This operator does not collect cash; place the order as prepaid.";
        return Err(Problem::new(Kind::NotSupportedByOperator)
            .with(text)
            .at(FieldError::new("/cod", Fault::Other(text.into()))));
    }
    if draft.cod_amount.is_some() && !carriage.carrier.capabilities(&carriage.settings).own_cod_amount {
        let text = "This operator collects what the goods cost; leave cod_amount out.";
        return Err(Problem::new(Kind::NotSupportedByOperator)
            .with(text)
            .at(FieldError::new("/cod_amount", Fault::Other(text.into()))));
    }
    let question = question(draft, &carriage.rate.service);
    carriage.carrier.canonical_destination(&question).map(|_| ()).map_err(|error| {
        let fault = Fault::Other(error.message);
        let pointer = match error.kind {
            yam_carriers::RefusalKind::PostalCode => "/recipient/postal_code",
            yam_carriers::RefusalKind::Country => "/recipient/country",
            _ => "/recipient/city",
        };
        Problem::validation(vec![FieldError::new(pointer, fault)])
    })
}

fn build(
    state: &OrdersState,
    draft: Draft,
    (carriage, accounts): (&Carriage, &[CarrierAccount]),
    cipher: &yam_platform::secrets::Cipher,
    digest: String,
) -> Result<(Order, Vec<Parcel>), Problem> {
    let internal = || Problem::new(Kind::Internal);
    let now = state.store.clock.now();
    let invoice = invoice(draft.amounts, carriage.token.as_ref())?;
    let cod_amount = collected(&draft, carriage, invoice.total)?;
    let id = OrderId::parse(&state.store.ids.ordered(now)).map_err(|_| internal())?;
    let ids: Result<Vec<ParcelId>, _> =
        (1..=draft.parcels.len()).map(|n| ParcelId::parse(&format!("{id}.{n}"))).collect();
    let ids = ids.map_err(|_| internal())?;
    let pay = PayState::from_flags(draft.cod, draft.paid);
    let released = draft.dispatch == Dispatch::OnCreated && pay.allows_release();
    let purpose = Order::purpose(&id);
    let recipient =
        cipher.seal(&purpose, &draft.recipient, state.store.ids.as_ref()).map_err(|_| internal())?;
    let order = Order {
        number: draft.number.clone(),
        digest,
        placed_at: draft.placed_at.unwrap_or(now),
        created_at: now,
        cod: draft.cod,
        paid: draft.paid,
        dispatch: draft.dispatch,
        postage_payer: draft.amounts.payer,
        phase: if released { OrderPhase::Released } else { OrderPhase::Placed },
        invoice,
        declared_value: draft.declared_value,
        cod_amount,
        rate: carriage.rate.clone(),
        lines: draft.lines,
        parcels: ids,
        recipient,
        extra: std::collections::BTreeMap::new(),
        sequence: 1,
        rev: 1,
        id,
    };
    // What is collected for each of several parcels only the operator knows.
    let whole = draft.parcels.len() == 1;
    let amount = whole.then_some(order.cod_amount.unwrap_or(order.invoice.total));
    let parcels = draft.parcels.into_iter().zip(order.parcels.clone()).map(|(parcel, id)| {
        let vendor = vendor_of(&order, &parcel.lines);
        let account = vendors_account(accounts, vendor.as_deref(), &order.rate);
        let cod = order.cod.then_some(Cod { amount, state: CodState::Due });
        let dimensions_mm = parcel.size;
        let parcel = draft_parcel(&order, id, parcel.lines, parcel.weight, now);
        Parcel { account, cod, dimensions_mm, ..parcel }
    });
    let parcels = parcels.collect();
    Ok((order, parcels))
}

/// What the post is told to collect where it takes a sum: the shop's, else all that the buyer owes. A post
/// that collects by its own rule is told nothing, and of several parcels each one's goods are collected.
fn collected(draft: &Draft, carriage: &Carriage, owed: Money) -> Result<Option<Money>, Problem> {
    let takes_a_sum = carriage.carrier.capabilities(&carriage.settings).own_cod_amount;
    if !draft.cod || !takes_a_sum || draft.parcels.len() > 1 {
        return Ok(draft.cod_amount);
    }
    let sum = draft.cod_amount.unwrap_or(owed);
    let short = |declared: &Money| declared.currency() == sum.currency() && declared.amount() < sum.amount();
    if draft.declared_value.as_ref().is_some_and(short) {
        let words =
            format!("is below what is collected at the door ({}); declare at least as much", sum.amount());
        let fault = FieldError::new("/declared_value", Fault::Other(words));
        return Err(Problem::validation(vec![fault]));
    }
    Ok(Some(sum))
}

/// The one vendor of a parcel's goods; none when they are the shop's own or of several.
fn vendor_of(order: &Order, lines: &[ParcelLine]) -> Option<String> {
    let within = |line: &&OrderLine| lines.is_empty() || lines.iter().any(|l| l.line_id == line.line_id);
    let mut vendors = order.lines.iter().filter(within).map(|line| line.vendor_id.clone());
    let first = vendors.next()??;
    vendors.all(|vendor| vendor.as_ref() == Some(&first)).then_some(first)
}

/// A parcel of an order that waits for its registration.
pub(crate) fn draft_parcel(
    order: &Order,
    id: ParcelId,
    lines: Vec<ParcelLine>,
    weight: Grams,
    now: Timestamp,
) -> Parcel {
    Parcel {
        id,
        order: order.id.clone(),
        order_number: order.number.clone(),
        carrier: order.rate.carrier,
        account: order.rate.account.clone(),
        service: order.rate.service.clone(),
        lines,
        weight_g: weight,
        dimensions_mm: None,
        registration: RegistrationState::Draft,
        barcode: BarcodeState::Pending,
        generation: 0,
        watch: None,
        tracking_code: None,
        reference: None,
        postage: None,
        vat: None,
        pickup_date: None,
        cancel_requested: false,
        task: None,
        whereabouts: ParcelStatus::AwaitingCode,
        tracked_only: false,
        tracked: None,
        order_total: None,
        product_name: None,
        cod: None,
        collected_told_at: None,
        recipient: None,
        history: vec![],
        created_at: now,
        sequence: 0,
        rev: 1,
    }
}

/// Moves a parcel into registration; the event table decides whether that may be.
pub(crate) fn into_registration(parcel: &mut Parcel, event: RegistrationEvent) -> Result<(), Problem> {
    parcel.registration = parcel
        .registration
        .apply(event)
        .map_err(|error| Problem::new(Kind::NotInThisState).with(error.state).with(error.advice))?;
    Ok(())
}

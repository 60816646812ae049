//! A save's way through the enrolment: applied for where that is new, then moved by what the operator answers.

use yam_api::store_problem;
use yam_domain::enrolment::{Actor, EnrolmentEvent, EnrolmentState};
use yam_domain::ids::MerchantId;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_platform::secrets::Cipher;
use yam_store::enrolment::{advance, claim_contract, settle};
use yam_store::event::announce;
use yam_store::items::CarrierAccount;
use yam_store::key_use::note_use;
use yam_store::keys::{of_merchant, sk};
use yam_store::{StoreError, Txn};

use crate::ConsoleState;
use crate::operator::{Operator, Verdict};

/// Tries an account and stores what came of it, together with its contract's claim, its place in the staff's list
/// and its event.
pub(super) async fn enrol(
    state: &ConsoleState,
    merchant: &MerchantId,
    known: Option<CarrierAccount>,
    mut account: CarrierAccount,
    operator: &Operator,
    cipher: &Cipher,
) -> Result<CarrierAccount, Problem> {
    let now = state.store.clock.now();
    let (verdict, lapses) = match yam_accounts::opened(cipher, merchant, account.clone()) {
        Ok(ready) => (operator.verify(&ready).await, operator.lapses_unused(&ready.settings, now)),
        Err(_) => (Verdict::not_tried("the stored credentials cannot be opened; enter them again"), None),
    };
    let lapses = lapses.filter(|_| verdict.event == Some(EnrolmentEvent::CredentialsRight));
    let before = known.as_ref().map_or((EnrolmentState::Draft, None), |k| (k.account_state, k.hold_reason));
    let other_contract = known.as_ref().is_none_or(|known| known.contract != account.contract);
    let stands = matches!(account.account_state, EnrolmentState::InUse | EnrolmentState::UnderReview);
    let moved = |error: yam_domain::enrolment::NotAllowed| {
        Problem::new(Kind::NotInThisState).with(error.from.as_str()).with("applying again begins anew")
    };
    if other_contract || !stands {
        advance(&mut account, EnrolmentEvent::Applied, (Actor::Merchant, None), now).map_err(moved)?;
    }
    match verdict.event {
        Some(event) => {
            account.checked_at = Some(now);
            advance(&mut account, event, (Actor::Hub, verdict.words), now).map_err(moved)?;
        }
        None if account.account_state != EnrolmentState::InUse => account.state_reason = verdict.words,
        None => {}
    }
    let mut txn = Txn::new();
    let told = settle(&mut txn, &state.store, merchant, &mut account, before);
    let claimed = known.as_ref().and_then(|known| known.contract.as_deref());
    claim_contract(&mut txn, &state.store, merchant, &account, claimed);
    let key = of_merchant(merchant, sk::account(account.id.as_str()));
    match &known {
        Some(known) => txn.replace("account", &state.store.table, &key, &account, known.rev),
        None => txn.insert("account", &state.store.table, &key, &account),
    }
    txn.commit(&state.store.table).await.map_err(refused)?;
    if let Some(moments) = lapses
        && let Err(error) = note_use(&state.store, merchant, &account.id, moments).await
    {
        tracing::warn!(account = %account.id, %error, "the use of a key is noted with the next one");
    }
    announce(&state.store, told.as_slice(), "account").await.map_err(store_problem)?;
    Ok(account)
}

/// One contract serves one shop (S3-22).
fn refused(error: StoreError) -> Problem {
    match error {
        StoreError::Condition { what: "contract", .. } => {
            let words =
                "another account uses this contract already; end it there first, or enter your own numbers";
            let fault = Fault::Other(words.into());
            Problem::validation(vec![FieldError::new("/korea_post/approval_number", fault)])
        }
        other => store_problem(other),
    }
}

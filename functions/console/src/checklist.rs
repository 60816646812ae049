//! The enrolment at Iran Post as a list of ticks (S0-11 ... S0-16). No papers are stored.

use serde_json::{Value, json};
use yam_domain::ids::CarrierId;
use yam_store::items::{AccountState, CarrierAccount};

/// One step of an enrolment.
struct Step {
    slug: &'static str,
    text: &'static str,
}

const IRAN_POST: &[Step] = &[
    Step { slug: "panel-account", text: "An e-commerce panel account, issued by the post's e-commerce unit" },
    Step { slug: "identity-papers", text: "Copies of identity booklet and national card" },
    Step { slug: "address-and-postal-code", text: "Address and postal code of the warehouse" },
    Step { slug: "bank-account", text: "Account number at the post's bank and its Sheba (IBAN)" },
    Step { slug: "promissory-note", text: "Promissory note of 5,000,000 toman" },
];

fn steps(carrier: CarrierId) -> &'static [Step] {
    match carrier {
        CarrierId::IranPost => IRAN_POST,
        CarrierId::KoreaPost | CarrierId::RussianPost => &[],
    }
}

/// Whether a slug is a step of the operator's enrolment.
pub(crate) fn is_step(carrier: CarrierId, slug: &str) -> bool {
    steps(carrier).iter().any(|s| s.slug == slug)
}

/// The list with its ticks; the last two steps tick themselves by what the operator answers.
pub(crate) fn list(account: &CarrierAccount) -> Vec<Value> {
    let ticked = steps(account.carrier).iter().map(|step| {
        let done = account.checklist_done.iter().any(|d| d == step.slug);
        (step.slug, step.text, done)
    });
    let credentials =
        matches!(account.account_state, AccountState::InUse | AccountState::CredentialsOkGatewayInactive);
    let gateway = account.account_state == AccountState::InUse;
    ticked
        .chain([
            ("credentials", "User name and password of the panel, accepted by the operator", credentials),
            ("gateway", "The shop is activated in the post's gateway (ask by panel ticket or phone)", gateway),
        ])
        .map(|(slug, text, done)| json!({"item": slug, "text": text, "status": if done { "done" } else { "open" }}))
        .collect()
}

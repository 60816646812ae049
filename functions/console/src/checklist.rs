//! The enrolment at each post as a list of ticks (S0-11 ... S0-16, S3-07 ... S3-09). No papers are stored.

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

const KOREA_POST: &[Step] = &[
    Step { slug: "business-registration", text: "Business registration certificate (사업자등록증)" },
    Step {
        slug: "parcel-contract",
        text: "Parcel contract with the post office in charge, with its approval number",
    },
    Step { slug: "sender-sites", text: "The places you send from, entered as sites of the contract" },
    Step { slug: "security-key", text: "Security key of the contract's API; it lapses after 30 idle days" },
];

const RUSSIAN_POST: &[Step] = &[
    Step { slug: "company-papers", text: "Company or entrepreneur's registration (ИНН, ОГРН)" },
    Step {
        slug: "sending-contract",
        text: "Contract of the sending service (Отправка), with its offices of posting",
    },
    Step { slug: "api-token", text: "Access token and user key from the sending service's settings" },
    Step {
        slug: "tracking-access",
        text: "Batch access to tracking, asked for by e-mail; without it 100 calls a day",
    },
];

fn steps(carrier: CarrierId) -> &'static [Step] {
    match carrier {
        CarrierId::IranPost => IRAN_POST,
        CarrierId::KoreaPost => KOREA_POST,
        CarrierId::RussianPost => RUSSIAN_POST,
    }
}

/// The step behind the credentials, which ticks itself when the account can be used.
fn last_step(account: &CarrierAccount) -> (&'static str, &'static str) {
    if account.is_reviewed() {
        return ("review", "The contract checked by hub staff, within three business days");
    }
    match account.carrier {
        CarrierId::IranPost => {
            ("gateway", "The shop is activated in the post's gateway (ask by panel ticket or phone)")
        }
        CarrierId::KoreaPost | CarrierId::RussianPost => {
            ("contract", "A contract that covers what this account asks for")
        }
    }
}

/// Whether a slug is a step of the operator's enrolment.
pub(crate) fn is_step(carrier: CarrierId, slug: &str) -> bool {
    steps(carrier).iter().any(|s| s.slug == slug)
}

/// The list with its ticks; the last two steps tick themselves by what the operator and hub staff answer.
pub(crate) fn list(account: &CarrierAccount) -> Vec<Value> {
    let ticked = steps(account.carrier).iter().map(|step| {
        let done = account.checklist_done.iter().any(|d| d == step.slug);
        (step.slug, step.text, done)
    });
    let credentials = matches!(
        account.account_state,
        AccountState::InUse
            | AccountState::UnderReview
            | AccountState::CredentialsOkGatewayInactive
            | AccountState::CredentialsOkNoContract
    );
    let (slug, text) = last_step(account);
    ticked
        .chain([
            ("credentials", "Credentials, accepted by the operator", credentials),
            (slug, text, account.account_state == AccountState::InUse),
        ])
        .map(|(slug, text, done)| json!({"item": slug, "text": text, "status": if done { "done" } else { "open" }}))
        .collect()
}

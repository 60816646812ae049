//! Forms to print, passed through as the operator made them (protocol notes, section 4.1).

use http::Method;
use yam_platform::http::Answer;

use super::Otpravka;
use super::client::Ask;
use super::errors::{self, answered};
use crate::account::Account;
use crate::errors::outline;
use crate::finish::unanswered;
use crate::our_id::OurId;
use crate::outcome::{CallOutcome, Label};
use crate::russian_post::RussianPostSettings;

impl Otpravka {
    /// The label of an order: of the backlog, else of its batch.
    pub(in crate::russian_post) async fn label(
        &self,
        account: &Account,
        settings: &RussianPostSettings,
        reference: Option<&str>,
        ours: &OurId,
    ) -> CallOutcome<Label> {
        let id = match reference.and_then(|reference| reference.parse::<u64>().ok()) {
            Some(id) => id,
            None => match self.found(account, ours).await {
                Ok(found) => match found.first() {
                    Some(found) => found.id,
                    None => return CallOutcome::Refused(errors::refusal("NOT_FOUND", "")),
                },
                Err(other) => return other.map(|()| no_label()),
            },
        };
        let paper = if settings.thermal_labels { "THERMO" } else { "PAPER" };
        let pairs = [("print-type", paper)];
        let new =
            Ask::new("forms/backlog", Method::GET, format!("1.0/forms/backlog/{id}/forms")).with(&pairs);
        match self.form(new, account, id).await {
            CallOutcome::Refused(_) => {
                let sent = Ask::new("forms", Method::GET, format!("1.0/forms/{id}/forms")).with(&pairs);
                self.form(sent, account, id).await
            }
            other => other,
        }
    }

    /// The list of a batch (form 103), which the office signs.
    pub(in crate::russian_post) async fn batch_list(
        &self,
        account: &Account,
        batch: &str,
    ) -> CallOutcome<Label> {
        let ask = Ask::new("forms/f103", Method::GET, format!("1.0/forms/{}/f103pdf", segment(batch)));
        self.form(ask, account, batch).await
    }

    async fn form(&self, ask: Ask, account: &Account, name: impl std::fmt::Display) -> CallOutcome<Label> {
        let answer = match self.client.form(ask, account, self.deadline()).await {
            Ok(answer) => answer,
            Err(failure) => return unanswered(failure),
        };
        file(&answer, &name.to_string()).unwrap_or_else(|| {
            match answered::<Label>(&answer, self.clock.now()) {
                Ok(body) => match errors::own_error(&body) {
                    Some(refused) => CallOutcome::Refused(refused),
                    None => CallOutcome::Unknown(outline(&answer, "no form in the answer")),
                },
                Err(other) => other,
            }
        })
    }
}

/// Stands in a mapped end that never is a label.
fn no_label() -> Label {
    Label { bytes: bytes::Bytes::new(), media_type: String::new(), file_name: String::new() }
}

/// A name as one segment of a path.
pub(super) fn segment(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// A whole form that is what it calls itself; none when the answer is something else.
fn file(answer: &Answer, name: &str) -> Option<CallOutcome<Label>> {
    if !answer.status.is_success() {
        return None;
    }
    let (media_type, ending) = match answer.body.get(..4)? {
        b"%PDF" => ("application/pdf", "pdf"),
        b"PK\x03\x04" => ("application/zip", "zip"),
        _ => return None,
    };
    if !answer.complete {
        return Some(CallOutcome::Unknown(outline(answer, "a form that is not whole, or too large")));
    }
    let file_name = format!("russian-post-{}.{ending}", segment(name));
    Some(CallOutcome::Done(Label {
        bytes: answer.body.clone(),
        media_type: media_type.to_owned(),
        file_name,
    }))
}

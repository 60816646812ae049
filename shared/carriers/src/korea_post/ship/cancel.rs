//! A waybill called off before it is collected (protocol notes, section 3.5; reliability notes, section 4.3).

use yam_domain::waybill::WaybillNumber;
use yam_platform::http::Deadline;

use super::client::Message;
use super::map::{self, Cancelled, Numbers};
use super::reg_data::Fields;
use super::{NORMAL, Ship};
use crate::account::Account;
use crate::errors::own;
use crate::finish::unanswered;
use crate::korea_post::KoreaPostSettings;
use crate::our_id::OurId;
use crate::outcome::{CallOutcome, LookUpOutcome, RefusalKind, Surplus};

/// How far a cancel goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::korea_post) enum Reach {
    /// The parcel: whatever is live under its order number.
    Parcel,
    /// One surplus copy of it: the others stay.
    Copy,
}

impl Ship {
    /// Calls a waybill off. Only `delYn=Y`: without it the operator issues a replacement.
    ///
    /// A reservation that is not there is asked for: gone means cancelled, another waybill in its place is
    /// called off too (reliability notes, section 4.3).
    pub(in crate::korea_post) async fn cancel(
        &self,
        account: &Account,
        contract: &KoreaPostSettings,
        code: &WaybillNumber,
        reference: Option<&str>,
        ours: &OurId,
        reach: Reach,
    ) -> CallOutcome<String> {
        let numbers = reference.and_then(Numbers::parse);
        let filed = numbers.as_ref().and_then(|numbers| crate::wire_time::date(numbers.day()));
        let ours = &match filed {
            Some(day) if ours.days.is_empty() => ours.clone().on(vec![day]),
            _ => ours.clone(),
        };
        let asked = numbers.is_some();
        let first = match numbers {
            Some(numbers) => self.cancel_one(account, contract, code, &numbers).await,
            // Without its numbers only the order number leads to it.
            None => CallOutcome::Done(Cancelled::Unknown(own("reference", "", RefusalKind::State))),
        };
        match first {
            CallOutcome::Done(Cancelled::Gone) => CallOutcome::Done("called off".to_owned()),
            CallOutcome::Done(Cancelled::Replaced(other, numbers)) => {
                self.cancel_rest(account, contract, vec![(other, numbers)]).await
            }
            CallOutcome::Done(Cancelled::Unknown(_)) => {
                let live = match self.look_up(account, contract, ours).await {
                    LookUpOutcome::Miss if asked => {
                        return CallOutcome::Done("called off before".to_owned());
                    }
                    // One answer of "not there" is no proof; two different ones are.
                    LookUpOutcome::Miss => return CallOutcome::Unknown(format!("{code} is not found")),
                    LookUpOutcome::Failed(why) => return CallOutcome::Unknown(why),
                    LookUpOutcome::Hit(found) => vec![Surplus::from(found)],
                    LookUpOutcome::Several { kept, surplus } => {
                        std::iter::once(Surplus::from(kept)).chain(surplus).collect()
                    }
                };
                let numbers = |copy: &Surplus| copy.reference.as_deref().and_then(Numbers::parse);
                let meant = |copy: &&Surplus| reach == Reach::Parcel || copy.code.as_ref() == Some(code);
                let live = live
                    .iter()
                    .filter(meant)
                    .filter_map(|copy| Some((copy.code.clone()?, numbers(copy))))
                    .collect();
                self.cancel_rest(account, contract, live).await
            }
            other => other.map(|_| String::new()),
        }
    }

    /// Calls off what is live under our order number; ends at the first that does not go.
    async fn cancel_rest(
        &self,
        account: &Account,
        contract: &KoreaPostSettings,
        live: Vec<(WaybillNumber, Option<Numbers>)>,
    ) -> CallOutcome<String> {
        for (code, numbers) in live {
            let Some(numbers) = numbers else {
                return CallOutcome::Unknown(format!("{code} is live, but its numbers were not told"));
            };
            match self.cancel_one(account, contract, &code, &numbers).await {
                CallOutcome::Done(Cancelled::Gone) => {}
                CallOutcome::Done(Cancelled::Unknown(error)) => {
                    return CallOutcome::Unknown(format!(
                        "{code} is still listed: {} {}",
                        error.code, error.message
                    ));
                }
                CallOutcome::Done(Cancelled::Replaced(other, _)) => {
                    return CallOutcome::Unknown(format!("{code} was replaced by {other}, which is live"));
                }
                other => return other.map(|_| String::new()),
            }
        }
        CallOutcome::Done("called off".to_owned())
    }

    async fn cancel_one(
        &self,
        account: &Account,
        contract: &KoreaPostSettings,
        code: &WaybillNumber,
        numbers: &Numbers,
    ) -> CallOutcome<Cancelled> {
        let fields = Fields::default()
            .add("custNo", &contract.customer_number)
            .add("apprNo", &contract.approval_number)
            .add("reqType", NORMAL)
            .add("reqNo", &numbers.application)
            .add("resNo", &numbers.reservation)
            .add("regiNo", code.as_str())
            .add("reqYmd", numbers.day())
            .add("delYn", "Y");
        let deadline = Deadline::after(self.deadlines.other);
        match self.client.call(Message::Cancel, account, &fields, deadline).await {
            Ok(answer) => map::cancelled(&answer, code),
            Err(failure) => unanswered(failure),
        }
    }
}

//! The contract-parcel service (`ship.epost.go.kr`): a waybill at once, found again by order number and day,
//! called off before it is collected (protocol notes, section 3; reliability notes, section 4.3).

mod cancel;
mod client;
mod codes;
mod map;
mod order;
mod policy;
mod reg_data;
mod reply;
mod seed;
mod seed_boxes;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use yam_domain::effect::Policy;
use yam_platform::http::{Answer, Deadline, EffectClient};
use yam_platform::{Clock, Config};

pub(super) use self::cancel::Reach;
use self::client::{Client, Message};
use self::codes::{Verdict, verdict};
pub(super) use self::order::no_cod;
use self::order::{today, ymd};
use self::policy::Deadlines;
use self::reg_data::Fields;
#[cfg(test)]
pub(super) use self::reg_data::opened;
use self::reply::Entry;
use super::KoreaPostSettings;
use crate::account::{Account, CredentialField, Credentials};
use crate::consignment::Consignment;
use crate::errors::own;
use crate::finish::unanswered;
use crate::our_id::OurId;
use crate::outcome::{
    CallOutcome, LookUpOutcome, OperatorError, RefusalKind, Registered, SenderPlace, Surplus,
};

/// Name of the authentication key (인증키) among an account's secrets.
pub const AUTH_KEY: &str = "auth_key";
/// Name of the security key (보안키).
pub const SECURITY_KEY: &str = "security_key";
/// `reqType` of an ordinary parcel; 2 would be the collection of a return.
const NORMAL: &str = "1";
/// Characters of an authentication key.
const AUTH_KEY_LENGTH: usize = 30;
/// Days asked in one look-up: more would not fit its time.
const MOST_DAYS: usize = 6;

/// What an account of this service holds.
pub(super) const CREDENTIALS: &[CredentialField] = &[
    CredentialField::required(AUTH_KEY, "authentication key of the contract-parcel service, 30 characters"),
    CredentialField::required(
        SECURITY_KEY,
        "security key, at least 16 characters; lapses after 30 idle days",
    ),
    CredentialField::optional("username", "member id at the post's business pages"),
    CredentialField::optional("password", "password there"),
    CredentialField::optional(super::TRACE_KEY, "key of the tracking service named in `tracking`"),
];

/// The service and how long we wait for it.
#[derive(Debug, Clone)]
pub(super) struct Ship {
    client: Client,
    deadlines: Deadlines,
    clock: Arc<dyn Clock>,
}

impl Ship {
    pub(super) fn new(http: EffectClient, config: &Config, clock: Arc<dyn Clock>) -> Self {
        Ship { client: Client::new(http, config), deadlines: Deadlines::new(config), clock }
    }

    pub(super) fn policy(&self) -> Policy {
        self.deadlines.policy()
    }

    pub(super) fn address(&self) -> String {
        self.client.address()
    }

    pub(super) fn today(&self) -> Date {
        today(&*self.clock)
    }

    pub(super) fn check(
        &self,
        contract: &KoreaPostSettings,
        consignment: &Consignment,
    ) -> Result<(), OperatorError> {
        order::fields(contract, consignment, "").map(|_| ())
    }

    /// Issues a waybill. A refusal that no table lists may be the operator's word for a duplicate, so it is
    /// believed only when the order number is not there (section 12.6).
    pub(super) async fn register(
        &self,
        account: &Account,
        contract: &KoreaPostSettings,
        consignment: &Consignment,
        ours: &OurId,
    ) -> CallOutcome<Registered> {
        let order_no = ours.text();
        let fields = match order::fields(contract, consignment, &order_no) {
            Ok(fields) => fields,
            Err(error) => return CallOutcome::Refused(error),
        };
        let deadline = Deadline::after(self.deadlines.register);
        let outcome = match self.client.call(Message::Insert, account, &fields, deadline).await {
            Ok(answer) => map::inserted(&answer, &order_no),
            Err(failure) => unanswered(failure),
        };
        match outcome {
            CallOutcome::Refused(error)
                if verdict(&error.code) == Verdict::Unlisted && error.code != map::TEST_NUMBER =>
            {
                match self.look_up_until(account, contract, ours, deadline).await {
                    LookUpOutcome::Hit(found) => CallOutcome::Done(found),
                    // The look-up that follows an unknown end keeps one and calls the others off.
                    LookUpOutcome::Several { .. } => CallOutcome::Unknown(format!(
                        "{} {}; the order number is there more than once",
                        error.code, error.message
                    )),
                    LookUpOutcome::Miss => CallOutcome::Refused(error),
                    LookUpOutcome::Failed(why) => CallOutcome::Unknown(format!(
                        "{} {}; asked about it: {why}",
                        error.code, error.message
                    )),
                }
            }
            other => other,
        }
    }

    /// Asks for every day on which a send was begun and the day after it; without such days, for yesterday
    /// and today.
    pub(super) async fn look_up(
        &self,
        account: &Account,
        contract: &KoreaPostSettings,
        ours: &OurId,
    ) -> LookUpOutcome<Registered> {
        self.look_up_until(account, contract, ours, Deadline::after(self.deadlines.other)).await
    }

    async fn look_up_until(
        &self,
        account: &Account,
        contract: &KoreaPostSettings,
        ours: &OurId,
        deadline: Deadline,
    ) -> LookUpOutcome<Registered> {
        let order_no = ours.text();
        let mut copies: Vec<Registered> = Vec::new();
        let mut failed = None;
        for day in days(&ours.days, self.today()) {
            let fields = Fields::default()
                .add("custNo", &contract.customer_number)
                .add("reqType", NORMAL)
                .add("orderNo", &order_no)
                .add("reqYmd", ymd(day));
            let found = match self.client.call(Message::LookUp, account, &fields, deadline).await {
                Ok(answer) => map::found(&answer, &order_no),
                Err(failure) => Err(failure.to_string()),
            };
            match found {
                Ok(found) => copies.extend(found),
                Err(why) => failed = failed.or(Some(why)),
            }
        }
        copies.sort_by(|a, b| a.code.cmp(&b.code));
        copies.dedup_by(|a, b| a.code == b.code);
        // The application numbers grow with the day and within it: the first copy stays.
        copies.sort_by(|a, b| a.reference.cmp(&b.reference));
        match (copies.split_first(), failed) {
            (Some((kept, [])), _) => LookUpOutcome::Hit(kept.clone()),
            (Some((kept, rest)), _) => {
                let surplus = rest.iter().cloned().map(Surplus::from).collect();
                LookUpOutcome::Several { kept: kept.clone(), surplus }
            }
            (None, Some(why)) => LookUpOutcome::Failed(why),
            (None, None) => LookUpOutcome::Miss,
        }
    }

    /// The sites of the contract.
    pub(super) async fn offices(
        &self,
        account: &Account,
        contract: &KoreaPostSettings,
    ) -> CallOutcome<Vec<SenderPlace>> {
        let fields = Fields::default().add("custNo", &contract.customer_number);
        let entries = self.list(Message::Offices, account, &fields, "officeInfo").await;
        entries.map(|entries| entries.iter().filter_map(map::place).collect())
    }

    /// Customer number, approval number and site against what the operator knows (S0-16, S3-08).
    pub(super) async fn verify(&self, account: &Account, contract: &KoreaPostSettings) -> CallOutcome<()> {
        let fields = Fields::default().add("custNo", &contract.customer_number).add("statusCd", "1");
        let contracts = match self.list(Message::Contracts, account, &fields, "contractInfo").await.done() {
            Ok(contracts) => contracts,
            Err(other) => return other,
        };
        let inactive =
            |code: &str, words: String| CallOutcome::Refused(own(code, words, RefusalKind::AccountInactive));
        let approved = |entry: &Entry| entry.get("apprNo") == Some(contract.approval_number.as_str());
        if !contracts.iter().any(approved) {
            let number = &contract.approval_number;
            return inactive("apprNo", format!("{number} is not among this customer's approved contracts"));
        }
        match self.offices(account, contract).await.done() {
            Ok(offices) if offices.iter().any(|office| office.code == contract.office) => {
                CallOutcome::Done(())
            }
            Ok(offices) => {
                let known: Vec<String> = offices.into_iter().map(|office| office.code).collect();
                let office = &contract.office;
                inactive(
                    "officeSer",
                    format!("{office} is not a site of this contract ({})", known.join(", ")),
                )
            }
            Err(other) => other,
        }
    }

    /// The customer number of the member whose pages the contract stands in.
    pub(super) async fn customer_number(&self, account: &Account) -> CallOutcome<Option<String>> {
        let fields = Fields::default().add("memberID", &account.credentials.username);
        let entries = self.list(Message::CustomerNumber, account, &fields, "custInfo").await;
        entries.map(|entries| entries.first().and_then(|entry| entry.digits("custNo")))
    }

    /// Whether a postal code is closed for delivery at present, in the operator's words; its answer's fields
    /// are not written down anywhere, so all of them are given.
    pub(super) async fn closed_area(&self, account: &Account, postal_code: &str) -> CallOutcome<Vec<String>> {
        let key = account.credentials.secret(AUTH_KEY).unwrap_or_default();
        let fields = [("key", key), ("zipCd", postal_code)];
        let entries = match self.client.plain(Message::StoppedArea, &fields, self.deadline()).await {
            Ok(answer) => map::list(&answer, "stoppedZipCd"),
            Err(failure) => unanswered(failure),
        };
        entries.map(|entries| entries.iter().flat_map(Entry::texts).collect())
    }

    /// Asks without any key: a service that says what is missing speaks as it should.
    pub(super) async fn trial(&self) -> Result<Answer, yam_platform::http::SendFailure> {
        self.client.plain(Message::CustomerNumber, &[], self.deadline()).await
    }

    async fn list(
        &self,
        message: Message,
        account: &Account,
        fields: &Fields,
        wrapper: &str,
    ) -> CallOutcome<Vec<Entry>> {
        match self.client.call(message, account, fields, self.deadline()).await {
            Ok(answer) => map::list(&answer, wrapper),
            Err(failure) => unanswered(failure),
        }
    }

    fn deadline(&self) -> Deadline {
        Deadline::after(self.deadlines.other.min(Duration::from_secs(15)))
    }
}

/// Whether an answer shows the service's own error, as it gives one to a call without a key.
pub(super) fn speaks(answer: &Answer) -> bool {
    answer.status.is_success() && reply::Reply::of(answer, "custInfo").error.is_some()
}

/// What is wrong with the keys, before any is tried.
pub(super) fn check_keys(credentials: &Credentials) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    if credentials.secret(AUTH_KEY).is_some_and(|key| key.len() != AUTH_KEY_LENGTH || !key.is_ascii()) {
        faults.push((AUTH_KEY.to_owned(), "the authentication key has 30 characters".to_owned()));
    }
    if let Some(Err(why)) = credentials.secret(SECURITY_KEY).map(reg_data::key) {
        faults.push((SECURITY_KEY.to_owned(), why.to_owned()));
    }
    faults
}

/// Each day and the one after it, once, newest sends first.
fn days(touched: &[Date], today: Date) -> Vec<Date> {
    let next = |day: Date| day.tomorrow().unwrap_or(day);
    let mut days: Vec<Date> = match touched {
        [] => vec![today.yesterday().unwrap_or(today), today],
        touched => touched.iter().flat_map(|day| [*day, next(*day)]).collect(),
    };
    days.sort_unstable();
    days.dedup();
    days.reverse();
    days.truncate(MOST_DAYS);
    days
}

//! Amazon SNS (notification notes, section 4.2): SMS from the hub's own AWS account. No idempotency id, no
//! look-up, no push: a publish without an answer stays unknown until the delivery log speaks.

mod codes;
mod log;
#[cfg(test)]
mod tests;

pub use log::record;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_sns::operation::publish::{PublishError, PublishOutput};
use aws_sdk_sns::types::MessageAttributeValue;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::timeout::TimeoutConfig;
use jiff::SignedDuration;
use yam_domain::ids::MessengerId;
use yam_platform::Config;
use yam_platform::aws::never_connected;

use crate::account::{Account, CredentialField};
use crate::capabilities::{Capabilities, ReceiptWay, Recovery};
use crate::errors::{finish, not_offered, ours};
use crate::message::{Channel, Content, Message, Text};
use crate::messenger::Messenger;
use crate::outcome::{CallOutcome, ProbeReport, RefusalKind};
use crate::probe::Probe;
use crate::sender::{self, SenderError};
use crate::status::Sent;

const NAME: &str = "sns";
const LONGEST_BYTES: usize = 1_600;
const CONNECT: Duration = Duration::from_secs(3);

/// Amazon SNS.
#[derive(Debug, Clone)]
pub struct Sns {
    client: Client,
    address: String,
}

impl Sns {
    /// Over a function's role and addresses. One attempt per send: the SDK's own repeats would put a message
    /// on the wire three times (reliability notes, section 1, rule 8).
    #[must_use]
    pub fn new(config: &Config, sdk: &SdkConfig) -> Self {
        // Only connecting has a time of its own, so that its time-out proves that nothing left; the rest is
        // bounded by each call.
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .disable_read_timeout()
            .disable_operation_attempt_timeout()
            .disable_operation_timeout()
            .build();
        let mut builder = aws_sdk_sns::config::Builder::from(sdk)
            .retry_config(yam_platform::aws::one_attempt())
            .timeout_config(timeouts);
        let region = sdk.region().map_or("", |region| region.as_ref());
        let mut address = format!("https://sns.{region}.amazonaws.com");
        if let Some(url) = config.optional("YAM_URL_SNS") {
            builder = builder.endpoint_url(url);
            url.clone_into(&mut address);
        }
        Sns { client: Client::from_conf(builder.build()), address }
    }

    async fn publish(
        &self,
        account: &Account,
        message: &Message,
        text: &Text,
        within: Duration,
    ) -> CallOutcome<Sent> {
        let to = match message.phone() {
            Ok(phone) => phone.e164(),
            Err(end) => return end,
        };
        if text.text.trim().is_empty() || text.text.len() > LONGEST_BYTES {
            return ours("SNS takes 1 to 1600 bytes; shorten the text", RefusalKind::Content);
        }
        let mut call = self.client.publish().phone_number(to).message(&text.text);
        for (name, kind, value) in attributes(account, message) {
            match MessageAttributeValue::builder().data_type(kind).string_value(value).build() {
                Ok(attribute) => call = call.message_attributes(name, attribute),
                Err(error) => return CallOutcome::NotSent(error.to_string()),
            }
        }
        match tokio::time::timeout(within, call.send()).await {
            Ok(result) => read(result),
            Err(_) => CallOutcome::Unknown("no answer in time".into()),
        }
    }
}

/// Names and types as the wire has them.
fn attributes(account: &Account, message: &Message) -> Vec<(&'static str, &'static str, String)> {
    let mut made = vec![("AWS.SNS.SMS.SMSType", "String", "Transactional".to_owned())];
    if let Some(sender) = message.sender(account) {
        let name =
            if sender::is_number(sender) { "AWS.MM.SMS.OriginationNumber" } else { "AWS.SNS.SMS.SenderID" };
        made.push((name, "String", sender.to_owned()));
    }
    if let Some(micros) = account.settings.max_price_micros {
        let price = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        made.push(("AWS.SNS.SMS.MaxPrice", "Number", price));
    }
    made
}

fn read(result: Result<PublishOutput, SdkError<PublishError, HttpResponse>>) -> CallOutcome<Sent> {
    match result {
        // The SDK reads an answer that breaks off in its midst as if it were whole: half an id is no proof.
        Ok(output) => match output.message_id().filter(|id| is_message_id(id)) {
            Some(id) => CallOutcome::Done(Sent::bare(id.to_owned())),
            None => CallOutcome::Unknown("no MessageId in the answer".into()),
        },
        Err(SdkError::ConstructionFailure(_)) => {
            CallOutcome::NotSent("the request could not be built".into())
        }
        Err(SdkError::DispatchFailure(failure)) => match failure.as_connector_error() {
            Some(error) if never_connected(error) => CallOutcome::NotSent(error.to_string()),
            _ => CallOutcome::Unknown("the connection failed".into()),
        },
        Err(SdkError::ServiceError(error)) => {
            let status = error.raw().status().as_u16();
            let (code, words) = (error.err().code().unwrap_or(""), error.err().message().unwrap_or(""));
            codes::failed(status, code, words)
        }
        Err(_) => CallOutcome::Unknown("no readable answer".into()),
    }
}

/// A UUID, as in the notes; that none has another form is taken for granted [a].
fn is_message_id(id: &str) -> bool {
    let mut lengths = id.split('-').map(str::len);
    id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        && [8, 4, 4, 4, 12].iter().all(|length| lengths.next() == Some(*length))
        && lengths.next().is_none()
}

#[async_trait::async_trait]
impl Messenger for Sns {
    fn id(&self) -> MessengerId {
        MessengerId::Sns
    }

    fn name(&self, _: &str) -> &'static str {
        "Amazon SNS"
    }

    fn credential_fields(&self) -> &'static [CredentialField] {
        &[]
    }

    fn capabilities(&self, _: &Account) -> Capabilities {
        Capabilities {
            channels: &[Channel::Sms],
            receipts: ReceiptWay::Log,
            look_up: false,
            look_up_by_our_id: false,
            cancel: false,
            balance: false,
            price: false,
            senders: false,
            longest_text: LONGEST_BYTES,
        }
    }

    /// A name of 3 to 11 letters, digits and hyphens without blanks, or a number of 5 to 14 digits.
    fn check_sender(&self, sender: &str, _: Channel) -> Result<(), SenderError> {
        if sender::is_number(sender) {
            return sender::number(sender, 5, 14);
        }
        sender::name_or_number(sender)?;
        match sender {
            short if short.len() < 3 => Err(SenderError::TooShort),
            odd if odd.contains([' ', '.', '_']) => Err(SenderError::Characters),
            _ => Ok(()),
        }
    }

    fn recovery(&self, _: &Content) -> Recovery {
        Recovery::Evidence { wait: SignedDuration::from_hours(72) }
    }

    async fn send(&self, account: &Account, message: &Message, within: Duration) -> CallOutcome<Sent> {
        let outcome = match &message.content {
            Content::Text(text) => self.publish(account, message, text, within).await,
            Content::Call(_) | Content::Email(_) => not_offered("SNS sends text messages only"),
        };
        finish(NAME, "send", outcome, &account.credentials)
    }

    async fn probe(&self, _: Option<&Account>, within: Duration) -> ProbeReport {
        let probe = Probe::begin(NAME, self.address.clone(), "GetSMSAttributes");
        match tokio::time::timeout(within, self.client.get_sms_attributes().send()).await {
            Ok(Ok(_)) => probe.end(true, "answered with the account's settings".to_owned()),
            // A web page in between is an error without a code.
            Ok(Err(error)) => match error.as_service_error().and_then(|error| error.code()) {
                Some(code) => probe.end(true, format!("answered with {code}")),
                None => probe.end(false, "no readable answer".to_owned()),
            },
            Err(_) => probe.end(false, "no answer in time".to_owned()),
        }
    }
}

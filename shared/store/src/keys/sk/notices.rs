//! Sort keys of notifications.

use jiff::Timestamp;

use crate::keys::time_prefix;

/// Prefix of messages; they sort by the time they were planned for.
pub const MESSAGES: &str = "INTENT#tell#";
/// Prefix of money held for messages.
pub const BLOCKS: &str = "BLOCK#";
/// The messages planned for an epoch of a parcel (`subject` is the carrier), a payment or an account.
#[must_use]
pub fn notice_plan(subject: &str, reference: &str, epoch: &str) -> String {
    format!("PLAN#{subject}#{reference}#{epoch}")
}
/// A message: the moment it is planned for, then its name.
#[must_use]
pub fn message(at: Timestamp, key: &str) -> String {
    format!("{MESSAGES}{}-{key}", time_prefix(at))
}
/// Prefix of the messages planned for the same moment.
#[must_use]
pub fn departure(at: Timestamp) -> String {
    format!("{MESSAGES}{}-", time_prefix(at))
}
/// Whether a sort key is a [`departure`], not a message.
#[must_use]
pub fn is_departure(sk: &str) -> bool {
    sk.starts_with(MESSAGES) && sk.ends_with('-')
}
/// The moment a message is planned for, as its sort key tells.
#[must_use]
pub fn moment_of(message: &str) -> Option<Timestamp> {
    let (millis, _) = message.strip_prefix(MESSAGES)?.split_once('-')?;
    Timestamp::from_millisecond(millis.parse().ok()?).ok()
}
/// The message that an account's provider knows under an id of its own.
#[must_use]
pub fn message_id(account: &str, provider_id: &str) -> String {
    format!("MSGID#{account}#{provider_id}")
}
/// A receipt that came before its message's outcome.
#[must_use]
pub fn early_receipt(account: &str, provider_id: &str) -> String {
    format!("RECEIPT-IN#{account}#{provider_id}")
}
/// Money held for the messages of one invocation.
#[must_use]
pub fn block(id: &str) -> String {
    format!("{BLOCKS}{id}")
}
/// The shop's choices about notifications.
pub const NOTICES: &str = "NOTICES";
/// The shop's money for messages.
pub const BALANCE: &str = "BALANCE";
/// Prefix of the rules that were in force, by version.
pub const PAST_RULES: &str = "RULES#";
/// Prefix of the current texts of messages.
pub const TEXTS: &str = "TEMPLATE#";
/// Prefix of sender names.
pub const SENDERS: &str = "SENDER#";
/// Prefix of messenger accounts.
pub const MESSENGERS: &str = "MESSENGER#";
/// Prefix of credits; they sort by time.
pub const CREDITS: &str = "CREDIT#";
/// The rules of a version.
#[must_use]
pub fn past_rules(version: u64) -> String {
    format!("{PAST_RULES}{version:010}")
}
/// The current version of a text.
#[must_use]
pub fn text(id: &str) -> String {
    format!("{TEXTS}{id}")
}
/// Prefix of a text's versions. Apart from the current ones, so that a list of texts does not read them.
#[must_use]
pub fn text_versions(id: &str) -> String {
    format!("TEMPLATEVERSION#{id}#")
}
/// A version of a text.
#[must_use]
pub fn text_version(id: &str, version: u64) -> String {
    format!("{}{version:06}", text_versions(id))
}
/// A sender name.
#[must_use]
pub fn sender(name: &str) -> String {
    format!("{SENDERS}{name}")
}
/// A messenger account.
#[must_use]
pub fn messenger(id: &str) -> String {
    format!("{MESSENGERS}{id}")
}
/// That a number or address wants no messages; `hash` is keyed.
#[must_use]
pub fn opt_out(hash: &str) -> String {
    format!("OPTOUT#{hash}")
}
/// A credit.
#[must_use]
pub fn credit(at: Timestamp, id: &str) -> String {
    format!("{CREDITS}{}-{id}", time_prefix(at))
}

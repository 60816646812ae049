//! Errors and events of SES (notification notes, section 4.4).

use crate::errors::{error, refused};
use crate::outcome::{CallOutcome, RefusalKind as K};
use crate::status::{Cause, DeliveryState as S, Status};

/// What an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Not now.
    Busy,
    /// No.
    Refused(K),
    /// Proves nothing.
    Unclear,
}

/// Error types.
pub(super) const ERRORS: &[(&str, Class, &str)] = &[
    ("TooManyRequestsException", Class::Busy, "too many requests"),
    ("ThrottlingException", Class::Busy, "too many requests"),
    ("LimitExceededException", Class::Refused(K::Quota), "a limit of the account is reached"),
    ("AccountSuspendedException", Class::Refused(K::Account), "the account is suspended"),
    ("SendingPausedException", Class::Refused(K::Account), "sending is paused"),
    ("MessageRejected", Class::Refused(K::Content), "the message was rejected"),
    (
        "MailFromDomainNotVerifiedException",
        Class::Refused(K::Sender),
        "the domain of the sender is not verified",
    ),
    ("BadRequestException", Class::Refused(K::Request), "the request is not valid"),
    ("NotFoundException", Class::Refused(K::Account), "the identity or configuration set was not found"),
    ("AccessDeniedException", Class::Refused(K::Account), "the function's role may not send by SES"),
    ("UnrecognizedClientException", Class::Refused(K::Account), "the credentials are not known"),
    ("InvalidSignatureException", Class::Refused(K::Account), "the signature is not valid"),
    ("SignatureDoesNotMatch", Class::Refused(K::Account), "the signature is not valid"),
    ("ExpiredTokenException", Class::Refused(K::Account), "the role's credentials have expired"),
    ("InternalFailure", Class::Unclear, "an internal failure"),
    ("InternalServiceErrorException", Class::Unclear, "an internal failure"),
];

/// The end of a call by its error type.
pub(super) fn failed<T>(code: &str, words: &str) -> CallOutcome<T> {
    let Some((_, class, meaning)) = ERRORS.iter().find(|(known, _, _)| *known == code) else {
        return refused(code, words, "an error that is not documented", K::Other);
    };
    match class {
        Class::Busy => CallOutcome::Busy { retry_after: None, error: error(code, words, meaning, K::Other) },
        // The same error stands for an address nobody verified, which is in the words only.
        Class::Refused(K::Content) if words.contains("not verified") => {
            refused(code, words, meaning, K::Sender)
        }
        Class::Refused(kind) => refused(code, words, meaning, *kind),
        Class::Unclear => CallOutcome::Unknown(format!("{code}: {meaning}")),
    }
}

/// Bounces by type and subtype; an empty subtype stands for the rest.
pub(super) const BOUNCES: &[(&str, &str, S, Cause, &str)] = &[
    ("Permanent", "NoEmail", S::Failed, Cause::NoSuchRecipient, "no such mailbox"),
    ("Permanent", "Suppressed", S::Failed, Cause::NoSuchRecipient, "suppressed because of earlier bounces"),
    (
        "Permanent",
        "OnAccountSuppressionList",
        S::Failed,
        Cause::NoSuchRecipient,
        "on the account's list of suppressed addresses",
    ),
    ("Permanent", "", S::Failed, Cause::NoSuchRecipient, "bounced for good"),
    ("Transient", "MailboxFull", S::Undelivered, Cause::Full, "the mailbox is full"),
    ("Transient", "MessageTooLarge", S::Undelivered, Cause::Content, "the message is too large"),
    ("Transient", "ContentRejected", S::Undelivered, Cause::Filtered, "the content was rejected"),
    ("Transient", "AttachmentRejected", S::Undelivered, Cause::Content, "the attachment was rejected"),
    ("Transient", "", S::Undelivered, Cause::Other, "bounced for now, or answered by itself"),
    ("Undetermined", "", S::Undelivered, Cause::Other, "bounced for a reason nobody told"),
];

/// An event's name, what it says of the delivery if anything, and its meaning.
type EventRow = (&'static str, Option<(S, Option<Cause>)>, &'static str);

/// Other events; a state of none: nothing about the delivery.
pub(super) const EVENTS: &[EventRow] = &[
    ("Send", Some((S::Accepted, None)), "taken"),
    ("Delivery", Some((S::Delivered, None)), "taken by the recipient's server"),
    ("DeliveryDelay", Some((S::Sent, None)), "still being tried"),
    ("Complaint", Some((S::Blocked, Some(Cause::OptedOut))), "marked as spam by the recipient"),
    ("Reject", Some((S::Failed, Some(Cause::Content))), "rejected by SES: a virus was found"),
    ("Rendering Failure", Some((S::Failed, Some(Cause::Content))), "the template could not be filled in"),
    ("Open", None, "opened"),
    ("Click", None, "a link was opened"),
    ("Subscription", None, "the recipient changed the subscription"),
];

/// Where a message stands by an event.
pub(super) fn status(event: &str, bounce: (&str, &str)) -> Option<Status> {
    if event == "Bounce" {
        let (kind, sub) = bounce;
        let of_kind = || BOUNCES.iter().filter(|(known, ..)| *known == kind);
        let found =
            of_kind().find(|(_, known, ..)| *known == sub).or_else(|| of_kind().find(|row| row.1.is_empty()));
        let (_, _, state, cause, meaning) = found?;
        return Some(Status::new(*state, Some(*cause), format!("Bounce/{kind}/{sub}"), *meaning));
    }
    let (_, told, meaning) = EVENTS.iter().find(|(known, _, _)| *known == event)?;
    let (state, cause) = (*told)?;
    Some(Status::new(state, cause, event, *meaning))
}

//! The kinds of problems, by their stable slugs.

use http::StatusCode;

use super::Language;

/// What went wrong, as far as a caller would treat it differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `validation`
    Validation,
    /// `malformed-request`
    Malformed,
    /// `request-too-large`
    TooLarge,
    /// `unsupported-media-type`
    MediaType,
    /// `unauthorized`
    Unauthorized,
    /// `forbidden`
    Forbidden,
    /// `not-found`
    NotFound,
    /// `method-not-allowed`
    MethodNotAllowed,
    /// `order-number-taken`
    OrderNumberTaken,
    /// `idempotency-key-reused`
    IdempotencyMismatch,
    /// `overtaken`
    Overtaken,
    /// `idempotency-key-required`
    IdempotencyRequired,
    /// `not-in-this-state`
    NotInThisState,
    /// `not-supported-by-operator`
    NotSupportedByOperator,
    /// `outcome-unknown`
    OutcomeUnknown,
    /// `tracking-code-taken`
    TrackingCodeTaken,
    /// `carrier-account-not-ready`
    AccountNotReady,
    /// `order-unpaid`
    OrderUnpaid,
    /// `rate-not-valid`
    RateNotValid,
    /// `weight-over-carrier-limit`
    WeightOverCarrierLimit,
    /// `stale-version`
    StaleVersion,
    /// `voice-preview-unavailable`
    VoicePreviewUnavailable,
    /// `no-rates`
    NoRates,
    /// `operators-unavailable`
    OperatorsDown,
    /// `too-many-requests`
    Throttled,
    /// `temporarily-unavailable`
    Unavailable,
    /// `internal`
    Internal,
}

impl Kind {
    /// Every kind, for the documentation and its test.
    pub const ALL: [Kind; 27] = [
        Kind::Validation,
        Kind::Malformed,
        Kind::TooLarge,
        Kind::MediaType,
        Kind::Unauthorized,
        Kind::Forbidden,
        Kind::NotFound,
        Kind::MethodNotAllowed,
        Kind::OrderNumberTaken,
        Kind::IdempotencyMismatch,
        Kind::Overtaken,
        Kind::IdempotencyRequired,
        Kind::NotInThisState,
        Kind::NotSupportedByOperator,
        Kind::OutcomeUnknown,
        Kind::TrackingCodeTaken,
        Kind::AccountNotReady,
        Kind::OrderUnpaid,
        Kind::RateNotValid,
        Kind::WeightOverCarrierLimit,
        Kind::StaleVersion,
        Kind::VoicePreviewUnavailable,
        Kind::NoRates,
        Kind::OperatorsDown,
        Kind::Throttled,
        Kind::Unavailable,
        Kind::Internal,
    ];

    /// The stable end of the `type` member.
    #[must_use]
    pub fn slug(self) -> &'static str {
        self.entry().slug
    }

    /// HTTP status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        self.entry().status
    }

    pub(super) fn title(self, language: Language) -> &'static str {
        self.entry().title.in_language(language)
    }

    pub(super) fn detail(self, language: Language, arguments: &[String]) -> String {
        self.entry().detail.render(language, arguments)
    }
}

//! Errors as RFC 9457 `application/problem+json`, in the caller's language.
//!
//! A [`Problem`] is made where the error is known, in no language; the HTTP layer renders it in the
//! best language of `Accept-Language` (en, fa, ru, ko). The `type` slug and the field pointers are
//! stable; the words are for people and may change.

mod catalog;
mod field;
mod kind;
mod language;
mod response;

pub use field::{Fault, FieldError};
pub use kind::Kind;
pub use language::Language;
pub use response::{Problem, localize};

/// The same sentence in the four languages of the hub; `{0}`, `{1}` stand for arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) en: &'static str,
    pub(crate) fa: &'static str,
    pub(crate) ru: &'static str,
    pub(crate) ko: &'static str,
}

impl Text {
    pub(crate) fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Fa => self.fa,
            Language::Ru => self.ru,
            Language::Ko => self.ko,
        }
    }

    pub(crate) fn render(self, language: Language, arguments: &[String]) -> String {
        let mut text = self.in_language(language).to_owned();
        for (i, argument) in arguments.iter().enumerate() {
            text = text.replace(&format!("{{{i}}}"), argument);
        }
        text
    }
}

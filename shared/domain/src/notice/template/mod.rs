//! Texts: the defaults, what blocks a text from being used, and how it is filled.

use serde::{Deserialize, Serialize};

use crate::money::display::Locale;
use crate::notice::kind::{Audience, Channel, Kind, Notice};
use crate::notice::macros::{Macro, MacroError, Text, Values};
use crate::parcel::ParcelStatus;
use crate::text::clean;

/// What stands for the shop's name in the defaults.
pub const SHOP_PLACEHOLDER: &str = "<SHOP>";
/// Longest text of a call, in characters: about a minute of speech.
pub const MAX_CALL: usize = 600;
/// Longest subject of an e-mail, in characters.
pub const MAX_SUBJECT: usize = 150;
/// Longest id of a template approved by a provider, in characters.
pub const MAX_PROVIDER_TEMPLATE: usize = 64;

/// A text for one channel as a merchant stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its channel. Calls have texts of their own (S4-21).
    pub channel: Channel,
    /// Subject; e-mail only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The text with its macros.
    pub text: String,
    /// Id of the text as approved by the provider: needed for Kakao, allowed for SMS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_template: Option<String>,
}

/// Why a template is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Its macros do not read.
    #[error(transparent)]
    Macro(#[from] MacroError),
    /// A subject where none is shown, or one that is empty, too long or of two lines.
    #[error("only e-mail has a subject: one line of 1 to 150 characters")]
    Subject,
    /// Too long to listen to.
    #[error("the text of a call may have 600 characters at most")]
    TooLongToSay,
    /// A link nobody can press.
    #[error("a call cannot say {{link}}; leave it out")]
    LinkInCall,
    /// Kakao without the approved text's id, or an id where none is used.
    #[error(
        "kakao needs provider_template, the id of the approved text (1 to 64 letters, digits, _ and -); e-mail and calls have none"
    )]
    ProviderTemplate,
}

impl Template {
    /// Checks the text and reads its macros. A text that still holds a placeholder passes: it may be stored,
    /// not switched on, see [`Template::blocks`].
    ///
    /// # Errors
    /// When macros, subject, length or provider id are not right for the channel.
    pub fn check(&self) -> Result<Text, TemplateError> {
        let text = Text::parse(&self.text)?;
        match (&self.subject, self.channel) {
            (None, _) => {}
            (Some(subject), Channel::Email) => {
                Text::parse(subject)?;
                if subject.chars().count() > MAX_SUBJECT || subject.contains(['\r', '\n']) {
                    return Err(TemplateError::Subject);
                }
            }
            (Some(_), _) => return Err(TemplateError::Subject),
        }
        if self.channel == Channel::Call {
            if self.text.chars().count() > MAX_CALL {
                return Err(TemplateError::TooLongToSay);
            }
            if text.uses(Macro::Link) {
                return Err(TemplateError::LinkInCall);
            }
        }
        let proper = match (&self.provider_template, self.channel) {
            (Some(id), Channel::Kakao | Channel::Sms) => is_provider_template(id),
            (None, Channel::Kakao) | (Some(_), _) => false,
            (None, _) => true,
        };
        if proper { Ok(text) } else { Err(TemplateError::ProviderTemplate) }
    }

    /// The placeholder that keeps a rule with this text from being switched on (S4-17), if there is one.
    pub fn blocks(&self) -> Option<&str> {
        placeholder(&self.text).or_else(|| self.subject.as_deref().and_then(placeholder))
    }
}

fn is_provider_template(id: &str) -> bool {
    (1..=MAX_PROVIDER_TEMPLATE).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// The first `<WORD>` in capitals, as the defaults write what a shop has to fill in.
pub fn placeholder(text: &str) -> Option<&str> {
    text.match_indices('<').find_map(|(at, _)| {
        let rest = text.get(at..)?;
        let end = rest.find('>')?;
        let word = rest.get(1..end)?;
        let capitals = word.chars().all(|c| c.is_ascii_uppercase() || c == ' ' || c == '_');
        (capitals && word.starts_with(|c: char| c.is_ascii_uppercase())).then(|| rest.get(..=end)).flatten()
    })
}

/// The default text; none where nothing is told by default.
pub fn default_text(
    locale: Locale,
    audience: Audience,
    channel: Channel,
    kind: Kind,
) -> Option<&'static str> {
    let locale = match locale {
        Locale::En => "en",
        Locale::Fa => "fa",
        Locale::Ru => "ru",
        Locale::Ko => "ko",
    };
    let medium = if channel == Channel::Call { "call" } else { "text" };
    let wanted = [locale, audience.as_str(), medium, kind.as_str()];
    lines().find_map(|line| {
        let mut fields = line.splitn(5, '|');
        wanted.into_iter().all(|word| fields.next() == Some(word)).then(|| fields.next()).flatten()
    })
}

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("../../../data/notice/defaults.txt").lines().filter(|line| !line.starts_with('#'))
}

/// Is a name fit to be spoken or written to its bearer (S4-19)? One word in lower case, capitals only, digits
/// or a single surname-like scrap are not. Scripts without capitals pass with two letters.
pub fn is_presentable(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let plain = name.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || "-'’.\u{200c}".contains(c));
    let cased = name.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    let well_cased = |word: &&str| {
        let mut chars = word.chars();
        chars.next().is_some_and(char::is_uppercase)
            && !(word.chars().count() > 2 && chars.all(char::is_uppercase))
    };
    let enough_words = if cased { words.len() >= 2 } else { !words.is_empty() };
    letters >= 2 && plain && enough_words && words.len() <= 5 && (!cased || words.iter().all(well_cased))
}

/// What is said instead of a name that is not presentable.
pub const fn neutral_name(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "customer",
        Locale::Fa => "مشتری گرامی",
        Locale::Ru => "покупатель",
        Locale::Ko => "고객",
    }
}

/// Fills a text, with a neutral word for a name that is missing or not presentable. Line breaks and hidden
/// characters of values go, so that none can begin a header of its own.
pub fn render(text: &Text, values: &Values, locale: Locale) -> String {
    let mut values: Values = values.iter().map(|(name, value)| (*name, clean(value))).collect();
    let name = values.entry(Macro::Name).or_default();
    if !is_presentable(name) {
        neutral_name(locale).clone_into(name);
    }
    text.fill(&values)
}

/// Everything that has a default text for buyers and admins, for the settings page.
pub fn kinds_with_defaults() -> impl Iterator<Item = Kind> {
    let statuses = ParcelStatus::ALL.iter().copied().map(Kind::Parcel);
    let all = statuses.chain(Notice::ALL.iter().copied().map(Kind::Other));
    all.filter(|kind| {
        Audience::ALL
            .iter()
            .any(|audience| default_text(Locale::En, *audience, Channel::Sms, *kind).is_some())
    })
}

#[cfg(test)]
mod tests;

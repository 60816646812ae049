//! Whether every rule that is switched on has a text that may be sent (S4-17).

use super::kind::Channel;
use super::rules::{Rule, RuleSet};
use super::template::{Template, TemplateError, default_text};
use crate::money::display::Locale;

/// Why a rule may not be on with the text it has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// No text.
    #[error("there is no text for this rule; write one and name it in template_id")]
    Missing,
    /// A text of another channel.
    #[error("the text is for {}; each channel has texts of its own", .found.as_str())]
    OtherChannel {
        /// The channel it is written for.
        found: Channel,
    },
    /// A text that is still the example.
    #[error("the text still holds {word}; put your shop's own words there")]
    Placeholder {
        /// What is to be replaced.
        word: String,
    },
    /// A text that its channel cannot carry.
    #[error(transparent)]
    Refused(#[from] TemplateError),
}

impl TextFault {
    /// The field to look at.
    const fn field(&self) -> &'static str {
        match self {
            TextFault::Missing | TextFault::OtherChannel { .. } => "template_id",
            TextFault::Placeholder { .. } | TextFault::Refused(_) => "enabled",
        }
    }
}

/// The text of a rule that names none; no e-mail subject, no provider's id.
pub fn default_template(rule: &Rule, locale: Locale) -> Option<Template> {
    let text = default_text(locale, rule.audience, rule.channel, rule.kind)?;
    Some(Template { channel: rule.channel, subject: None, text: text.to_owned(), provider_template: None })
}

/// Everything that keeps rules from being on, each with its JSON pointer. `template` finds the text a rule would send:
/// the one it names, else its [`default_template`].
pub fn unready(rules: &RuleSet, template: impl Fn(&Rule) -> Option<Template>) -> Vec<(String, TextFault)> {
    let on = rules.rules.iter().enumerate().filter(|(_, rule)| rule.enabled);
    on.filter_map(|(at, rule)| {
        let fault = fault(rule, template(rule).as_ref())?;
        Some((format!("/rules/{at}/{}", fault.field()), fault))
    })
    .collect()
}

fn fault(rule: &Rule, template: Option<&Template>) -> Option<TextFault> {
    let Some(template) = template else { return Some(TextFault::Missing) };
    if template.channel != rule.channel {
        return Some(TextFault::OtherChannel { found: template.channel });
    }
    if let Err(refused) = template.check() {
        return Some(TextFault::Refused(refused));
    }
    template.blocks().map(|word| TextFault::Placeholder { word: word.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::kind::{Audience, Kind};
    use crate::parcel::ParcelStatus;

    fn usual(rule: &Rule) -> Option<Template> {
        default_template(rule, Locale::En)
    }

    fn only(channel: Channel, status: ParcelStatus, enabled: bool) -> RuleSet {
        let rule = Rule::new(Kind::Parcel(status), Audience::Buyer, channel, enabled);
        RuleSet { version: 1, service_enabled: true, rules: vec![rule] }
    }

    #[test]
    fn a_new_shop_is_ready_for_what_is_on() {
        assert!(unready(&RuleSet::usual(), usual).is_empty());
    }

    #[test]
    fn unedited_texts_cannot_be_switched_on() {
        let mut all_on = RuleSet::usual();
        all_on.rules.iter_mut().for_each(|rule| rule.enabled = true);
        let blocked = unready(&all_on, usual).len();
        let unread = |rule: &&Rule| rule.audience == Audience::Buyer && !rule.kind.is_asked_for();
        assert_eq!(blocked, all_on.rules.iter().filter(unread).count());

        let on = only(Channel::Sms, ParcelStatus::Arrived, true);
        let word = "<SHOP>".to_owned();
        let expected = [("/rules/0/enabled".to_owned(), TextFault::Placeholder { word })];
        assert_eq!(unready(&on, usual), expected);
        assert!(unready(&only(Channel::Sms, ParcelStatus::Arrived, false), usual).is_empty());
    }

    #[test]
    fn each_fault_has_its_field() {
        let on = only(Channel::Sms, ParcelStatus::Arrived, true);
        let text = |channel, text: &str| Template {
            channel,
            subject: None,
            text: text.to_owned(),
            provider_template: None,
        };
        let first = |found: Option<Template>| {
            let faults = unready(&on, |_| found.clone());
            faults.into_iter().next().map(|(path, _)| path)
        };
        assert_eq!(first(Some(text(Channel::Sms, "Romashka: {track}"))), None);
        assert_eq!(first(None).as_deref(), Some("/rules/0/template_id"));
        assert_eq!(first(Some(text(Channel::Call, "Hello"))).as_deref(), Some("/rules/0/template_id"));
        assert_eq!(first(Some(text(Channel::Sms, "{{track}}"))).as_deref(), Some("/rules/0/enabled"));
        let kakao = only(Channel::Kakao, ParcelStatus::Arrived, true);
        let refused = TextFault::Refused(TemplateError::ProviderTemplate);
        assert_eq!(unready(&kakao, usual), [("/rules/0/enabled".to_owned(), refused)]);
    }
}

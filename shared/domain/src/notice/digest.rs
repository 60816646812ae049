//! The report of a day to the shop's people (S4-04, S4-31, S4-64).

use std::collections::BTreeMap;

use super::Channel;
use super::titles::of_many as title;
use crate::money::display::Locale;
use crate::parcel::ParcelStatus;

/// Most codes that stand behind one status; the rest are counted.
const SHOWN: usize = 10;

/// What happened since the last report: where the parcels with news are now, and how the messages fared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digest {
    parcels: BTreeMap<String, ParcelStatus>,
    sent: BTreeMap<Channel, u32>,
    failed: u32,
    cut: bool,
}

impl Digest {
    /// A parcel came into a status; what came last is where it is.
    pub fn came(&mut self, code: &str, status: ParcelStatus) {
        self.parcels.insert(code.to_owned(), status);
    }

    /// A message was accepted by its provider.
    pub fn sent(&mut self, channel: Channel) {
        let count = self.sent.entry(channel).or_default();
        *count = count.saturating_add(1);
    }

    /// A message did not reach its recipient, or nobody knows whether it did.
    pub fn failed(&mut self) {
        self.failed = self.failed.saturating_add(1);
    }

    /// There was more than was counted.
    pub fn cut(&mut self) {
        self.cut = true;
    }

    /// Parcels counted so far.
    #[must_use]
    pub fn parcels(&self) -> usize {
        self.parcels.len()
    }

    /// Is there nothing to report? An empty report is not sent (S4-31): messages that went out as they should are no
    /// reason for one.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.failed == 0 && self.parcels.is_empty()
    }

    /// The report in one line, for a text.
    #[must_use]
    pub fn line(&self, locale: Locale) -> String {
        let mut parts: Vec<String> = self
            .by_status()
            .into_iter()
            .map(|(status, codes)| format!("{} {}", title(status, locale), codes.len()))
            .collect();
        if self.failed > 0 {
            parts.push(format!("{} {}", failed(locale), self.failed));
        }
        let more = if self.cut { " …" } else { "" };
        format!("{}{more}", parts.join(", "))
    }

    /// The report as facts: label and value, the first codes by name.
    #[must_use]
    pub fn facts(&self, locale: Locale) -> Vec<(String, String)> {
        let mut facts = Vec::new();
        for (status, codes) in self.by_status() {
            let shown = codes.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
            let more = codes.len().saturating_sub(SHOWN);
            let rest = if more > 0 || self.cut { format!(" … (+{more})") } else { String::new() };
            facts.push((title(status, locale).to_owned(), format!("{}: {shown}{rest}", codes.len())));
        }
        let sent: Vec<String> =
            self.sent.iter().map(|(channel, count)| format!("{} {count}", channel.as_str())).collect();
        if !sent.is_empty() {
            facts.push((messages(locale).to_owned(), sent.join(", ")));
        }
        if self.failed > 0 {
            facts.push((failed(locale).to_owned(), self.failed.to_string()));
        }
        facts
    }

    fn by_status(&self) -> BTreeMap<ParcelStatus, Vec<&str>> {
        let mut by_status: BTreeMap<ParcelStatus, Vec<&str>> = BTreeMap::new();
        for (code, status) in &self.parcels {
            by_status.entry(*status).or_default().push(code);
        }
        by_status
    }
}

const fn messages(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "Messages sent",
        Locale::Ru => "Отправлено сообщений",
        Locale::Fa => "پیام‌های فرستاده",
        Locale::Ko => "보낸 메시지",
    }
}

const fn failed(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "Messages not delivered",
        Locale::Ru => "Не доставлено сообщений",
        Locale::Fa => "پیام‌های نرسیده",
        Locale::Ko => "전달되지 않은 메시지",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Digest {
        let mut digest = Digest::default();
        digest.came("80082240994512", ParcelStatus::Accepted);
        digest.came("80082240994512", ParcelStatus::Arrived);
        digest.came("80083741236541", ParcelStatus::Returning);
        digest.sent(Channel::Sms);
        digest.sent(Channel::Sms);
        digest
    }

    #[test]
    fn an_empty_report_is_silent() {
        let mut digest = Digest::default();
        assert!(digest.is_silent());
        digest.sent(Channel::Email);
        assert!(digest.is_silent(), "what went as it should is no news");
        digest.failed();
        assert!(!digest.is_silent());
        assert!(!two().is_silent());
    }

    #[test]
    fn a_parcel_counts_once_and_where_it_is_now() {
        assert_eq!(two().line(Locale::En), "Waiting at the office 1, Coming back 1");
        assert_eq!(two().line(Locale::Ru), "Ждут в отделении 1, Возвращаются 1");
        let facts = two().facts(Locale::En);
        assert_eq!(facts[0], ("Waiting at the office".to_owned(), "1: 80082240994512".to_owned()));
        assert_eq!(facts[2], ("Messages sent".to_owned(), "sms 2".to_owned()));
    }

    #[test]
    fn long_lists_are_counted_not_written() {
        let mut digest = Digest::default();
        for n in 0..12 {
            digest.came(&format!("8008224099{n:04}"), ParcelStatus::Arrived);
        }
        let facts = digest.facts(Locale::En);
        assert!(
            facts[0].1.starts_with("12: 80082240990000, ") && facts[0].1.ends_with("0009 … (+2)"),
            "{facts:?}"
        );
    }
}

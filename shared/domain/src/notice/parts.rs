//! What a provider charges for: parts of a text, one call, one mail.

use super::kind::Channel;
use super::price::{Price, PriceList};
use super::sms::{KoreanType, korean_type, length};
use crate::ids::MessengerId;
use crate::money::Money;

/// A long Korean message costs two to three short ones; so much is charged, so that nothing is sold below its
/// price.
const LMS_PARTS: u32 = 3;

/// Parts that a message is charged for at a provider; none when it is too long for it.
pub fn charged_parts(provider: MessengerId, channel: Channel, text: &str) -> Option<u32> {
    match (channel, provider) {
        (Channel::Call | Channel::Email | Channel::Kakao, _) => Some(1),
        (Channel::Sms, MessengerId::Solapi) => korean_type(text).map(|kind| match kind {
            KoreanType::Sms => 1,
            KoreanType::Lms => LMS_PARTS,
        }),
        (Channel::Sms, _) => u32::try_from(length(text).segments).ok(),
    }
}

impl PriceList {
    /// The prices of a hub whose staff put none yet.
    pub fn usual() -> PriceList {
        let rows = include_str!("../../data/notice/prices.csv").lines().filter_map(row).collect();
        PriceList::new(rows).unwrap_or_default()
    }
}

fn row(line: &str) -> Option<Price> {
    let fields: Vec<&str> = line.split(',').collect();
    let [provider, country, channel, amount, currency] = fields.as_slice() else { return None };
    Some(Price {
        provider: (*provider).to_owned(),
        country: (*country).to_owned(),
        channel: Channel::ALL.iter().copied().find(|known| known.as_str() == *channel)?,
        unit: Money::new(amount.parse().ok()?, currency.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn every_line_of_the_usual_prices_counts_and_names_a_provider() {
        let data = include_str!("../../data/notice/prices.csv").lines().filter(|line| !line.starts_with('#'));
        let rows = Vec::from(PriceList::usual());
        assert_eq!(rows.len(), data.count());
        assert!(rows.iter().all(|row| row.provider.parse::<MessengerId>().is_ok()));
        let price = PriceList::usual().price("smsc", "RU", Channel::Sms, 2);
        assert_eq!(price, Ok(Money::new(980, Currency::Rub)));
    }

    #[test]
    fn parts_by_provider_and_channel() {
        let parts = |provider, channel, text: &str| charged_parts(provider, channel, text);
        assert_eq!(parts(MessengerId::Smsc, Channel::Sms, &"a".repeat(160)), Some(1));
        assert_eq!(parts(MessengerId::Smsc, Channel::Sms, &"a".repeat(161)), Some(2));
        assert_eq!(parts(MessengerId::Solapi, Channel::Sms, &"가".repeat(45)), Some(1));
        assert_eq!(parts(MessengerId::Solapi, Channel::Sms, &"가".repeat(46)), Some(LMS_PARTS));
        assert_eq!(parts(MessengerId::Solapi, Channel::Sms, &"가".repeat(1_001)), None);
        assert_eq!(parts(MessengerId::Smtp, Channel::Email, &"a".repeat(900)), Some(1));
        assert_eq!(parts(MessengerId::Kavenegar, Channel::Call, ""), Some(1));
    }
}

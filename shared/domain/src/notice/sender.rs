//! Names that messages carry as their sender (S4-08 ... S4-12).

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Longest name with a letter in it, in characters (S4-10).
pub const MAX_NAME: usize = 11;
/// Longest name of digits (S4-10).
pub const MAX_DIGITS: usize = 15;
/// The name in the settings of a new shop; it must be replaced (S4-08).
pub const PLACEHOLDER: &str = "YourShop";
/// How long a review may take in working hours (S4-09).
pub const REVIEW: SignedDuration = SignedDuration::from_mins(20);
/// When hub staff begin.
const OPENS: Time = Time::constant(9, 0, 0, 0);
/// When they go home.
const CLOSES: Time = Time::constant(18, 0, 0, 0);
/// More days than any weekend has.
const MOST_DAYS_OFF: u8 = 8;

/// A sender's name that operators take: Latin letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SenderName(String);

/// Why a text is no sender's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SenderError {
    /// Nothing given.
    #[error("the sender name is empty")]
    Empty,
    /// Another sign than a Latin letter or digit.
    #[error("the sender name may hold Latin letters and digits only")]
    Characters,
    /// Too long.
    #[error("the sender name is too long: at most 11 characters with letters, or 15 digits")]
    TooLong,
    /// The name of a new shop's settings.
    #[error("the sender name is still the example; give your shop's own")]
    Placeholder,
}

impl SenderName {
    /// Reads a name.
    ///
    /// # Errors
    /// When it is empty, too long, holds other signs, or is the example.
    pub fn parse(text: &str) -> Result<SenderName, SenderError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(SenderError::Empty);
        }
        if !text.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(SenderError::Characters);
        }
        let digits = text.chars().all(|c| c.is_ascii_digit());
        if text.len() > if digits { MAX_DIGITS } else { MAX_NAME } {
            return Err(SenderError::TooLong);
        }
        if text.eq_ignore_ascii_case(PLACEHOLDER) {
            return Err(SenderError::Placeholder);
        }
        Ok(SenderName(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SenderName {
    type Error = SenderError;

    fn try_from(text: String) -> Result<Self, SenderError> {
        SenderName::parse(&text)
    }
}

impl From<SenderName> for String {
    fn from(name: SenderName) -> String {
        name.0
    }
}

/// Why a reviewer refused a name (S4-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It is somebody's work.
    Copyright,
    /// It is somebody's trade mark.
    TradeMark,
    /// It offends.
    Ethics,
    /// It does not name this shop.
    Unrelated,
}

/// How far a name has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Review {
    /// Not handed in.
    Draft,
    /// Waits for the reviewer.
    Pending {
        /// Since when.
        since: Timestamp,
    },
    /// In use.
    Approved,
    /// Refused; another name may be handed in.
    Rejected {
        /// Why.
        reason: Refusal,
    },
}

impl Review {
    /// Has the reviewer taken longer than promised? `worked` is the working time since it was handed in.
    pub fn is_overdue(&self, worked: SignedDuration) -> bool {
        matches!(self, Review::Pending { .. }) && worked > REVIEW
    }
}

/// When hub staff should have decided on a name: [`REVIEW`] of working time after it was handed in. They work from
/// Monday to Friday, 9:00 to 18:00 by the clock of `zone`; public holidays are not known, so that the alarm comes
/// too early rather than never.
pub fn review_due(handed_in: Timestamp, zone: &TimeZone) -> Timestamp {
    let (mut at, mut left) = (handed_in, REVIEW);
    for _ in 0..MOST_DAYS_OFF {
        let day = zone.to_datetime(at).date();
        let works = !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let (Some(opens), Some(closes)) = (moment(zone, day, OPENS), moment(zone, day, CLOSES)) else {
            break;
        };
        if works && at < closes {
            let from = at.max(opens);
            let room = closes.duration_since(from);
            if left <= room {
                return from.saturating_add(left).unwrap_or(from);
            }
            left = left.saturating_sub(room);
        }
        let Some(next) = day.tomorrow().ok().and_then(|next| moment(zone, next, Time::midnight())) else {
            break;
        };
        at = next;
    }
    handed_in.saturating_add(REVIEW).unwrap_or(handed_in)
}

fn moment(zone: &TimeZone, day: Date, time: Time) -> Option<Timestamp> {
    zone.to_zoned(day.to_datetime(time)).ok().map(|zoned| zoned.timestamp())
}

/// The name a message carries: the shop's once approved, else the hub's.
pub fn name_to_use<'a>(own: Option<(&'a SenderName, &Review)>, hub: &'a SenderName) -> &'a SenderName {
    match own {
        Some((name, Review::Approved)) => name,
        _ => hub,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eleven_letters_and_fifteen_digits() {
        for (text, verdict) in [
            ("ABCDEFGHIJK", Ok(())),
            ("ABCDEFGHIJKL", Err(SenderError::TooLong)),
            ("123456789012345", Ok(())),
            ("1234567890123456", Err(SenderError::TooLong)),
            ("12345678901a", Err(SenderError::TooLong)),
            ("1", Ok(())),
            ("", Err(SenderError::Empty)),
            ("Мой", Err(SenderError::Characters)),
            ("my shop", Err(SenderError::Characters)),
            ("yourshop", Err(SenderError::Placeholder)),
        ] {
            assert_eq!(SenderName::parse(text).map(|_| ()), verdict, "{text}");
        }
    }

    #[test]
    fn only_an_approved_name_is_used() {
        let (own, hub) = (SenderName::parse("ROMASHKA").unwrap(), SenderName::parse("YAM").unwrap());
        assert_eq!(name_to_use(Some((&own, &Review::Approved)), &hub), &own);
        for review in [
            Review::Draft,
            Review::Pending { since: Timestamp::UNIX_EPOCH },
            Review::Rejected { reason: Refusal::TradeMark },
        ] {
            assert_eq!(name_to_use(Some((&own, &review)), &hub), &hub);
        }
        assert_eq!(name_to_use(None, &hub), &hub);
    }

    #[test]
    fn a_review_is_overdue_after_twenty_minutes() {
        let pending = Review::Pending { since: Timestamp::UNIX_EPOCH };
        assert!(!pending.is_overdue(SignedDuration::from_mins(20)));
        assert!(pending.is_overdue(SignedDuration::from_secs(1_201)));
        assert!(!Review::Approved.is_overdue(SignedDuration::from_hours(1)));
    }

    #[test]
    fn a_review_is_due_after_twenty_working_minutes() {
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        for (handed_in, due) in [
            ("2026-11-23T10:00", "2026-11-23T10:20"),
            ("2026-11-23T03:00", "2026-11-23T09:20"),
            ("2026-11-23T17:40", "2026-11-23T18:00"),
            ("2026-11-23T17:45", "2026-11-24T09:05"),
            ("2026-11-20T17:50", "2026-11-23T09:10"),
            ("2026-11-21T12:00", "2026-11-23T09:20"),
            ("2026-11-23T18:00", "2026-11-24T09:20"),
        ] {
            let at = |text: &str| zone.to_zoned(format!("{text}:00").parse().unwrap()).unwrap().timestamp();
            assert_eq!(review_due(at(handed_in), &zone), at(due), "{handed_in}");
        }
    }
}

//! When messages leave: one window per local date, 10:00 to 12:00 unless set otherwise (S4-06).
//!
//! Half-open; a gap of the zone shrinks a window or takes it away, a fold makes one window, not two
//! (reliability notes, section 5).

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Kept free before a window ends, beside the call's own deadline.
const CLAIM_MARGIN: SignedDuration = SignedDuration::from_secs(5);
/// Left for retries at the end of a window (notification notes, section 7.4).
const RETRY_RESERVE: SignedDuration = SignedDuration::from_mins(10);
/// How many days are searched for a window; no zone skips two in a row.
const SEARCH_DAYS: i64 = 8;
/// Shortest window, in minutes.
const SHORTEST_MINUTES: i64 = 30;

/// Times of day between which messages leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Times", into = "Times")]
pub struct Window {
    start: Time,
    end: Time,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Times {
    start: Time,
    end: Time,
}

/// The times make no window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the window must end at least 30 minutes after it starts, on the same day")]
pub struct NoWindow;

impl TryFrom<Times> for Window {
    type Error = NoWindow;

    fn try_from(times: Times) -> Result<Self, NoWindow> {
        Window::new(times.start, times.end)
    }
}

impl From<Window> for Times {
    fn from(window: Window) -> Self {
        Times { start: window.start, end: window.end }
    }
}

/// On which day a text follows a call about the same thing (S4-40).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderDay {
    /// In the window in which the call ended, else the next.
    #[default]
    CallDay,
    /// On the day after the call.
    NextDay,
}

/// One day's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The local date.
    pub day: Date,
    /// First moment.
    pub opens_at: Timestamp,
    /// First moment after it.
    pub closes_at: Timestamp,
}

impl Window {
    /// 10:00 to 12:00.
    pub const USUAL: Window = Window { start: Time::constant(10, 0, 0, 0), end: Time::constant(12, 0, 0, 0) };

    /// A window between two times of one day.
    ///
    /// # Errors
    /// When it is shorter than 30 minutes.
    pub fn new(start: Time, end: Time) -> Result<Window, NoWindow> {
        let long_enough = start.duration_until(end) >= SignedDuration::from_mins(SHORTEST_MINUTES);
        if long_enough { Ok(Window { start, end }) } else { Err(NoWindow) }
    }

    /// The window of a date; none when the zone skips all of it.
    pub fn on(self, day: Date, zone: &TimeZone) -> Option<Slot> {
        let opens_at = moment(zone, day, self.start)?;
        let closes_at = moment(zone, day, self.end)?;
        (opens_at < closes_at).then_some(Slot { day, opens_at, closes_at })
    }

    /// The first window from `day` on in which a call of this length can still begin at `now` or later.
    pub fn next(self, day: Date, zone: &TimeZone, now: Timestamp, call: SignedDuration) -> Option<Slot> {
        let first = day.max(zone.to_datetime(now).date());
        (0..SEARCH_DAYS)
            .filter_map(|days| first.checked_add(SignedDuration::from_hours(24 * days)).ok())
            .filter_map(|day| self.on(day, zone))
            .find(|slot| slot.admits(now.max(slot.opens_at), call))
    }

    /// The first window that opens after `now`: what happens in an open window is reported in the next one.
    #[must_use]
    pub fn opening_after(self, zone: &TimeZone, now: Timestamp) -> Option<Slot> {
        let first = zone.to_datetime(now).date();
        (0..SEARCH_DAYS)
            .filter_map(|days| first.checked_add(SignedDuration::from_hours(24 * days)).ok())
            .filter_map(|day| self.on(day, zone))
            .find(|slot| slot.opens_at > now)
    }

    /// The window for what is told `after_days` days after something happened, judged at `now`.
    pub fn after_days(
        self,
        happened_at: Timestamp,
        after_days: u16,
        zone: &TimeZone,
        now: Timestamp,
        call: SignedDuration,
    ) -> Option<Slot> {
        let day = later(zone.to_datetime(happened_at).date(), i64::from(after_days))?;
        self.next(day, zone, now, call)
    }

    /// When the text that follows a call may leave: never before the call has ended.
    pub fn after_call(
        self,
        ended_at: Timestamp,
        rule: ReminderDay,
        zone: &TimeZone,
        call: SignedDuration,
    ) -> Option<Slot> {
        let day = zone.to_datetime(ended_at).date();
        let first = match rule {
            ReminderDay::CallDay => day,
            ReminderDay::NextDay => later(day, 1)?,
        };
        self.next(first, zone, ended_at, call)
    }
}

impl Slot {
    /// Does the moment lie in it?
    pub fn contains(self, at: Timestamp) -> bool {
        self.opens_at <= at && at < self.closes_at
    }

    /// May a call with this deadline begin now, so that it ends inside (reliability notes, section 5)?
    pub fn admits(self, now: Timestamp, call: SignedDuration) -> bool {
        let ends = now.checked_add(call).and_then(|ends| ends.checked_add(CLAIM_MARGIN));
        self.opens_at <= now && ends.is_ok_and(|ends| ends <= self.closes_at)
    }

    /// The moment at which a message with this hash is due: spread over what is left of the window at
    /// `now`, with ten minutes left for retries. The same hash is due at the same moment.
    pub fn spread(self, hash: u64, now: Timestamp) -> Timestamp {
        let from = now.max(self.opens_at);
        let room = self.closes_at.duration_since(from).saturating_sub(RETRY_RESERVE).as_secs();
        let room = u64::try_from(room).unwrap_or(0).max(1);
        let offset = i64::try_from(hash % room).unwrap_or(0);
        from.checked_add(SignedDuration::from_secs(offset)).unwrap_or(from)
    }

    /// The moment of the message at this place in a provider's queue, at its rate per minute; none when
    /// the window is full and the message waits for the next.
    pub fn paced(self, place: u32, per_minute: u32, now: Timestamp) -> Option<Timestamp> {
        let millis = (i64::from(place) * 60_000).checked_div(i64::from(per_minute))?;
        let at = now.max(self.opens_at).checked_add(SignedDuration::from_millis(millis)).ok()?;
        let last = self.closes_at.checked_sub(RETRY_RESERVE).ok()?;
        (at < last).then_some(at)
    }
}

/// How often a robot may ring, `wanted` times at most, so that the last ring ends before the window does. Providers
/// ring again by themselves (notification notes, section 7.4).
#[must_use]
pub fn rings_until(
    closes_at: Timestamp,
    first: Timestamp,
    wanted: u8,
    ring: SignedDuration,
    between: SignedDuration,
) -> u8 {
    let room = closes_at.duration_since(first).as_secs().saturating_sub(ring.as_secs());
    let step = ring.as_secs().saturating_add(between.as_secs()).max(1);
    let fit = if room < 0 { 0 } else { (room / step).saturating_add(1) };
    u8::try_from(fit).unwrap_or(u8::MAX).min(wanted)
}

fn later(day: Date, days: i64) -> Option<Date> {
    day.checked_add(SignedDuration::from_hours(24 * days)).ok()
}

/// The first moment at which the clock shows this time or, after a gap, a later one.
fn moment(zone: &TimeZone, day: Date, time: Time) -> Option<Timestamp> {
    let shown = day.to_datetime(time);
    match zone.to_ambiguous_timestamp(shown).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(shown).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(shown).ok(),
        AmbiguousOffset::Gap { after, .. } => {
            let before_gap = after.to_timestamp(shown).ok()?;
            zone.following(before_gap).next().map(|transition| transition.timestamp())
        }
    }
}

#[cfg(test)]
mod tests;

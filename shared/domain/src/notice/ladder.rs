//! Reminders of a parcel that waits, the cheapest first and measured by the time its office keeps it (beyond D4): an
//! e-mail costs nothing, a text little, and a call is left to those whom neither reached.
//!
//! The usual rules remind on days 5 and 10 wherever the parcel lies (S4-15, S4-27): where an office keeps it for three
//! days nobody is reminded at all, and where it keeps it for a month the call comes three weeks too early.

use super::kind::{Audience, Channel, Kind, Notice};
use super::rules::{MAX_AFTER_DAYS, Rule, RuleSet};

/// The steps for an office that keeps parcels for `storage_days`, by day after arrival.
#[must_use]
pub fn steps(storage_days: u16) -> Vec<(u16, Channel)> {
    let last = storage_days.saturating_sub(1).clamp(1, MAX_AFTER_DAYS);
    let part = |tenths: u16| (storage_days.saturating_mul(tenths) / 10).clamp(1, last);
    let mut steps = vec![
        (part(1), Channel::Email),
        (part(3), Channel::Email),
        (part(5), Channel::Sms),
        (part(7), Channel::Email),
        (part(8), Channel::Call),
    ];
    // Where a few days are all, steps of one channel fall together.
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// A shop's rules with the ladder in the place of its reminders. Which channels are on, and their texts, stay the shop's:
/// a step of a channel by which the shop reminds nobody is there and off.
#[must_use]
pub fn climb(rules: &RuleSet, storage_days: u16) -> Vec<Rule> {
    let kind = Kind::Other(Notice::NotCollected);
    let reminds = |rule: &&Rule| rule.kind == kind && rule.audience == Audience::Buyer;
    let own = |channel: Channel| rules.rules.iter().filter(reminds).find(|rule| rule.channel == channel);
    let mut all: Vec<Rule> = rules.rules.iter().filter(|rule| !reminds(rule)).cloned().collect();
    all.extend(steps(storage_days).into_iter().map(|(after_days, channel)| {
        let usual = Rule::new(kind, Audience::Buyer, channel, false);
        Rule { after_days, ..own(channel).cloned().unwrap_or(usual) }
    }));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days on which the usual rules remind, and by what.
    const FIXED: [(u16, Channel); 3] = [(5, Channel::Sms), (5, Channel::Email), (10, Channel::Call)];
    /// What a step costs, in texts.
    fn cost(channel: Channel) -> u32 {
        match channel {
            Channel::Email => 0,
            Channel::Sms | Channel::Kakao => 1,
            Channel::Call => 3,
        }
    }

    /// Whom a step reaches, in percent of those who forgot.
    fn reach(channel: Channel) -> u64 {
        match channel {
            Channel::Email => 25,
            Channel::Sms | Channel::Kakao => 45,
            Channel::Call => 60,
        }
    }

    /// A small generator of its own: the ladder must not depend on it.
    struct Dice(u64);

    impl Dice {
        fn percent(&mut self) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % 100
        }
    }

    #[derive(Debug, Default)]
    struct Outcome {
        returned: u32,
        spent: u32,
    }

    /// 20,000 parcels: most buyers come by themselves, some forget until something reaches them, few never come. A
    /// reminder that reached somebody brings them within days; nobody is reminded who has it.
    fn simulate(storage_days: u16, steps: &[(u16, Channel)]) -> Outcome {
        let mut dice = Dice(7);
        let mut outcome = Outcome::default();
        for _ in 0..20_000 {
            let kind = dice.percent();
            let mut daily = match kind {
                0..55 => 40,
                55..92 => 3,
                _ => 0,
            };
            let mut collected = false;
            for day in 0..=storage_days {
                for (_, channel) in steps.iter().filter(|(on, _)| *on == day) {
                    outcome.spent += cost(*channel);
                    if daily > 0 && dice.percent() < reach(*channel) {
                        daily = daily.max(35);
                    }
                }
                if dice.percent() < daily {
                    collected = true;
                    break;
                }
            }
            outcome.returned += u32::from(!collected);
        }
        outcome
    }

    #[test]
    fn fewer_parcels_come_back_and_no_more_is_spent_than_by_fixed_days() {
        for storage_days in [15, 30] {
            let (fixed, ladder) =
                (simulate(storage_days, &FIXED), simulate(storage_days, &steps(storage_days)));
            assert!(ladder.spent <= fixed.spent, "{storage_days}: {ladder:?} {fixed:?}");
            assert!(ladder.returned < fixed.returned, "{storage_days}: {ladder:?} {fixed:?}");
        }
        // Where parcels are kept for a few days, fixed days come too late or miss the call.
        for storage_days in [3, 5, 7] {
            let (fixed, ladder) =
                (simulate(storage_days, &FIXED), simulate(storage_days, &steps(storage_days)));
            assert!(ladder.returned * 10 < fixed.returned * 9, "{storage_days}: {ladder:?} {fixed:?}");
        }
    }

    #[test]
    fn steps_lie_within_the_storage_and_grow_dearer() {
        for storage_days in 1..=60 {
            let steps = steps(storage_days);
            assert!(
                steps.iter().all(|(day, _)| *day >= 1 && (*day < storage_days || storage_days == 1)),
                "{steps:?}"
            );
            let first = |channel| steps.iter().find(|(_, of)| *of == channel).unwrap().0;
            assert!(
                first(Channel::Email) <= first(Channel::Sms) && first(Channel::Sms) <= first(Channel::Call)
            );
        }
        let days: Vec<_> = steps(15).into_iter().collect();
        let expected = [
            (1, Channel::Email),
            (4, Channel::Email),
            (7, Channel::Sms),
            (10, Channel::Email),
            (12, Channel::Call),
        ];
        assert_eq!(days, expected);
    }

    #[test]
    fn a_ladder_keeps_the_shops_texts_and_choices() {
        let mut rules = RuleSet::usual();
        let reminder =
            rules.rules.iter_mut().find(|rule| rule.after_days > 0 && rule.channel == Channel::Sms).unwrap();
        (reminder.enabled, reminder.template_id) = (true, Some("remind".to_owned()));
        let climbed = RuleSet { rules: climb(&rules, 15), ..rules.clone() };
        assert_eq!(climbed.faults(), []);
        let reminders: Vec<&Rule> = climbed.rules.iter().filter(|rule| rule.after_days > 0).collect();
        assert_eq!(reminders.len(), 5);
        for rule in reminders {
            assert_eq!(rule.enabled, rule.channel == Channel::Sms, "{rule:?}");
            assert_eq!(rule.template_id.is_some(), rule.channel == Channel::Sms);
        }
        assert_eq!(climbed.rules.len(), rules.rules.len() - 3 + 5);
    }
}

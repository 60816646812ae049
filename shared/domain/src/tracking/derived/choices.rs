//! What a merchant chose instead of the defaults.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::DerivedSettings;
use crate::ids::CarrierId;

/// A merchant's choices about states that follow from time; what is left out keeps its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DerivedChoices {
    /// Days after which a text reminds of a parcel not collected, 1 to 60 (S4-15).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_collected_text_days: Option<u16>,
    /// Days after which a call does, 1 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_collected_call_days: Option<u16>,
    /// Days of silence after which a parcel is `stalled`, 7 to 180.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stalled_days: Option<u16>,
    /// Days after which a number nobody knows is an `invalid_code`, 1 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid_code_days: Option<u16>,
    /// Days of free storage at an office by carrier, 1 to 60: by contract or by country it may be another
    /// than the usual one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub storage_days: BTreeMap<CarrierId, u16>,
    /// Days before the end of storage from which on it is `storage_expiring`, 1 to 14.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_expiring_days_before: Option<u16>,
    /// From which probability on a silent parcel is `probably_arrived`, 50 to 99 percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_threshold_percent: Option<u16>,
}

impl DerivedChoices {
    /// What is wrong with them: field, least and most.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, u16, u16)> {
        let single = [
            ("not_collected_text_days", self.not_collected_text_days, 1, 60),
            ("not_collected_call_days", self.not_collected_call_days, 1, 60),
            ("stalled_days", self.stalled_days, 7, 180),
            ("invalid_code_days", self.invalid_code_days, 1, 60),
            ("storage_expiring_days_before", self.storage_expiring_days_before, 1, 14),
            ("arrived_threshold_percent", self.arrived_threshold_percent, 50, 99),
        ]
        .map(|(name, chosen, least, most)| (name.to_owned(), chosen, least, most));
        let storage = self.storage_days.iter();
        let storage = storage.map(|(carrier, days)| (format!("storage_days/{carrier}"), Some(*days), 1, 60));
        let outside = |chosen: Option<u16>, least, most| chosen.is_some_and(|n| n < least || n > most);
        single
            .into_iter()
            .chain(storage)
            .filter(|(_, chosen, least, most)| outside(*chosen, *least, *most))
            .map(|(name, _, least, most)| (name, least, most))
            .collect()
    }

    /// The settings with the choices in them.
    #[must_use]
    pub fn over(&self, carrier: CarrierId, mut settings: DerivedSettings) -> DerivedSettings {
        let put = |place: &mut u16, chosen: Option<u16>| {
            if let Some(chosen) = chosen {
                *place = chosen;
            }
        };
        put(&mut settings.not_collected_text_days, self.not_collected_text_days);
        put(&mut settings.not_collected_call_days, self.not_collected_call_days);
        put(&mut settings.stalled_days, self.stalled_days);
        put(&mut settings.invalid_code_days, self.invalid_code_days);
        put(&mut settings.storage.expiring_days_before, self.storage_expiring_days_before);
        let hundredths = self.arrived_threshold_percent.map(|percent| percent.saturating_mul(100));
        put(&mut settings.arrived_threshold, hundredths);
        if let Some(days) = self.storage_days.get(&carrier) {
            settings.storage.office_days = Some(*days);
        }
        settings
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn choices_replace_only_what_they_name() {
        let usual = DerivedSettings::for_carrier(CarrierId::RussianPost, TimeZone::UTC);
        assert_eq!(DerivedChoices::default().over(CarrierId::RussianPost, usual.clone()), usual);
        let choices: DerivedChoices = serde_json::from_str(
            r#"{"stalled_days": 30, "storage_days": {"iran_post": 7}, "arrived_threshold_percent": 90}"#,
        )
        .unwrap();
        let chosen = choices.over(CarrierId::RussianPost, usual.clone());
        assert_eq!((chosen.stalled_days, chosen.arrived_threshold), (30, 9_000));
        assert_eq!(chosen.storage, usual.storage, "another carrier's days");
        let iranian = DerivedSettings::for_carrier(CarrierId::IranPost, TimeZone::UTC);
        assert_eq!(choices.over(CarrierId::IranPost, iranian).storage.office_days, Some(7));
    }

    #[test]
    fn choices_out_of_bounds_are_named() {
        let choices = DerivedChoices {
            stalled_days: Some(6),
            invalid_code_days: Some(60),
            arrived_threshold_percent: Some(100),
            storage_days: BTreeMap::from([(CarrierId::KoreaPost, 61)]),
            ..DerivedChoices::default()
        };
        let names: Vec<String> = choices.faults().into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names, ["stalled_days", "arrived_threshold_percent", "storage_days/korea_post"]);
        assert!(DerivedChoices::default().faults().is_empty());
        assert!(serde_json::from_str::<DerivedChoices>(r#"{"stalled": 30}"#).is_err());
    }
}

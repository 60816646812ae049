//! Switches of the contract parcel service, for whatever the protocol leaves open.

use serde::{Deserialize, Serialize};

use crate::duplicates::Duplicates;

/// Which table `treatStusCd` follows (section 3.5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stages {
    /// The one derived from the manual.
    #[default]
    A,
    B,
    /// Ten steps.
    C,
}

/// Which year's list prices hold above 20 kg, where the sources differ (section 8).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Tariff {
    #[serde(rename = "2020")]
    Of2020,
    #[default]
    #[serde(rename = "2026")]
    Of2026,
}

/// The codes of refusals that nobody has recorded (sections 3.8 and 12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Codes {
    /// `orderNo` was used before.
    pub(crate) duplicate: String,
    pub(crate) unknown_key: String,
    /// `regData` cannot be deciphered.
    pub(crate) cipher: String,
    /// The security key has lapsed.
    pub(crate) lapsed: String,
    /// `custNo` or `memberID` is not the caller's.
    pub(crate) customer: String,
    /// `apprNo` is not approved, or does not cover micro parcels.
    pub(crate) approval: String,
    /// No site has this `officeSer`.
    pub(crate) office: String,
    /// Weight or volume is out of range.
    pub(crate) limit: String,
    /// Nothing is delivered to `recZip` at present.
    pub(crate) stopped: String,
}

impl Default for Codes {
    fn default() -> Self {
        let code = |code: &str| code.to_owned();
        Self {
            duplicate: code("ERR-226"),
            unknown_key: code("ERR-511"),
            cipher: code("ERR-511"),
            lapsed: code("ERR-511"),
            customer: code("ERR-123"),
            approval: code("ERR-523"),
            office: code("ERR-523"),
            limit: code("ERR-522"),
            stopped: code("ERR-523"),
        }
    }
}

/// How the service behaves at present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) duplicate_policy: Duplicates,
    /// Whether an `orderNo` of another day is a duplicate too.
    pub(crate) duplicates_of_any_day: bool,
    /// Days without a call after which a security key lapses.
    pub(crate) key_idle_days: u32,
    /// Texts stand in CDATA, with blanks around them.
    pub(crate) cdata: bool,
    /// Replies are in EUC-KR.
    pub(crate) euc_kr: bool,
    /// Names as the manual spells them: `regipoNm`, `canceledyn`, `notcancelreason`.
    pub(crate) manual_names: bool,
    /// Whether a `Host` of another service is sent away (307).
    pub(crate) redirect_wrong_host: bool,
    pub(crate) stages: Stages,
    pub(crate) tariff: Tariff,
    /// Whether Jeju gets the next-day service, which costs more.
    pub(crate) jeju_next_day: bool,
    /// Won, for islands beside Jeju.
    pub(crate) island_add_fee: i64,
    /// Postal codes to which nothing is delivered at present.
    pub(crate) stopped_zips: Vec<String>,
    /// Whether orders to them are refused; if not, `notifyMsg` says so.
    pub(crate) refuse_stopped: bool,
    /// Whether `delYn=N` issues a replacement that lives.
    pub(crate) replacement_lives: bool,
    /// Whether the receiver of a pick-up must have a detail address that names a place.
    pub(crate) strict_return_detail: bool,
    /// Taken whole: what is not named has its usual value.
    pub(crate) codes: Codes,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            duplicate_policy: Duplicates::Reject,
            duplicates_of_any_day: false,
            key_idle_days: 30,
            cdata: true,
            euc_kr: false,
            manual_names: false,
            redirect_wrong_host: true,
            stages: Stages::default(),
            tariff: Tariff::default(),
            jeju_next_day: true,
            island_add_fee: 5_000,
            stopped_zips: vec!["23100".to_owned()],
            refuse_stopped: true,
            replacement_lives: true,
            strict_return_detail: true,
            codes: Codes::default(),
        }
    }
}

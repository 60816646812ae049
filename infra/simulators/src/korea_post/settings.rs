//! Switches of the operator.

use serde::{Deserialize, Serialize};

/// What `eventhms` holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EventHms {
    /// The time of the day; the date stands beside it.
    #[default]
    Time,
    /// Fourteen digits.
    Timestamp,
}

/// Which rows the international targets write; both have been seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EmsRows {
    /// `eventnm`, `eventymd`, `upucd`.
    #[default]
    Events,
    /// `tracestatus`, as the domestic target.
    Trace,
}

/// How the operator behaves at present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) eventhms: EventHms,
    /// Texts stand in CDATA, with blanks around them.
    pub(crate) cdata: bool,
    /// `openapi` answers in EUC-KR; `openapi2` never does.
    pub(crate) euc_kr: bool,
    /// Without `showRec=Y` the acceptance record is left out.
    pub(crate) hide_acceptance: bool,
    pub(crate) ems_rows: EmsRows,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            eventhms: EventHms::default(),
            cdata: false,
            euc_kr: false,
            hide_acceptance: true,
            ems_rows: EmsRows::default(),
        }
    }
}

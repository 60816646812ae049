//! How a merchant sends with Russian Post: by contract through Otpravka, or at public prices.

use serde::{Deserialize, Serialize};

use super::products;
use super::vat::VatRate;

/// The contract, or where parcels are posted without one. Tokens are credentials and stand elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RussianPostSettings {
    /// Index of the office at which parcels are handed in.
    pub from_index: String,
    /// Services that are quoted when a request names none.
    #[serde(default = "usual_services")]
    pub services: Vec<String>,
    /// The goods' value is declared also where nothing is collected at the door.
    #[serde(default)]
    pub declare_value: bool,
    /// Prices are the contract's; else the public calculator's.
    #[serde(default = "yes")]
    pub contract_prices: bool,
    /// Postage is paid from the online balance.
    #[serde(default)]
    pub online_balance: bool,
    /// Labels are printed on A6 thermal paper; else on A5.
    #[serde(default)]
    pub thermal_labels: bool,
    /// Days an office keeps a parcel, 15 to 60; else the general term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf_life_days: Option<u8>,
    /// The operator texts the recipient at a fee.
    #[serde(default)]
    pub sms_notice: bool,
    /// VAT rate of goods that name none; with it, receipts for money collected at the door are ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_vat: Option<VatRate>,
}

impl RussianPostSettings {
    /// Handing in at an office, with everything else as usual.
    #[must_use]
    pub fn new(from_index: &str) -> Self {
        RussianPostSettings {
            from_index: from_index.to_owned(),
            services: usual_services(),
            declare_value: false,
            contract_prices: true,
            online_balance: false,
            thermal_labels: false,
            shelf_life_days: None,
            sms_notice: false,
            fiscal_vat: None,
        }
    }

    /// What is wrong with it: pairs of field name and reason.
    pub(super) fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut say =
            |field: &str, reason: &str| faults.push((format!("russian_post/{field}"), reason.to_owned()));
        if self.from_index.len() != 6 || !self.from_index.bytes().all(|byte| byte.is_ascii_digit()) {
            say("from_index", "use the six digits of the office at which parcels are handed in");
        }
        if self.services.is_empty() || self.services.iter().any(|id| products::find(id).is_none()) {
            say("services", &format!("use some of {}", products::IDS.join(", ")));
        }
        if self.shelf_life_days.is_some_and(|days| !(15..=60).contains(&days)) {
            say("shelf_life_days", "use 15 to 60 days");
        }
        faults
    }
}

fn usual_services() -> Vec<String> {
    ["parcel", "ems"].map(str::to_owned).to_vec()
}

const fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_bounded_and_named() {
        let fault = |edit: &dyn Fn(&mut RussianPostSettings)| {
            let mut settings = RussianPostSettings::new("101000");
            edit(&mut settings);
            settings.faults().into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };
        assert!(fault(&|_| {}).is_empty());
        for index in ["10100", "1010000", "10100a", "１０１０００"] {
            assert_eq!(fault(&|s| s.from_index = index.into()), ["russian_post/from_index"], "{index}");
        }
        assert_eq!(fault(&|s| s.services = vec!["pishtaz".into()]), ["russian_post/services"]);
        assert_eq!(fault(&|s| s.services.clear()), ["russian_post/services"]);
        assert_eq!(fault(&|s| s.shelf_life_days = Some(61)), ["russian_post/shelf_life_days"]);
        let read: RussianPostSettings = serde_json::from_str(r#"{"from_index":"101000"}"#).unwrap();
        assert_eq!(read, RussianPostSettings::new("101000"));
    }
}

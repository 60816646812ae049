//! A contract at Korea Post as a merchant, or one vendor of a marketplace, sets it up (S3-07 ... S3-09,
//! S3-23, S3-24).

use serde::{Deserialize, Serialize};
use yam_domain::korea::{ContentCode, Islands};

use super::tariff::Table;

/// Digits of a customer number and of an approval number.
const NUMBER_DIGITS: usize = 10;
/// Longest name of the shop that is printed as the orderer.
const LONGEST_NAME: usize = 100;
/// A discount of all is a mistake.
const MOST_BASIS_POINTS: u32 = 9_000;

/// The contract. Its keys are credentials and stand elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KoreaPostSettings {
    /// Customer number (고객번호), 10 digits.
    pub customer_number: String,
    /// Approval number (승인번호) of the parcel contract, 10 digits.
    pub approval_number: String,
    /// The sender's site (공급지코드) among the contract's.
    pub office: String,
    /// Name printed as the orderer.
    pub shop_name: String,
    /// Telephone for enquiries, national digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inquiry_phone: Option<String>,
    /// Content code of goods that name none.
    #[serde(default = "other")]
    pub content_code: ContentCode,
    /// Length, width and height together in cm of a parcel whose size is not known.
    #[serde(default = "usual_girth")]
    pub usual_girth_cm: u32,
    /// The contract has micro parcels (2 kg, 60 cm).
    #[serde(default)]
    pub micro: bool,
    /// The merchant prints the labels; else the post does.
    #[serde(default)]
    pub own_labels: bool,
    /// Registrations are rehearsed: the operator answers with its test number and sends nothing.
    #[serde(default)]
    pub test: bool,
    /// Prices.
    #[serde(default)]
    pub rates: ContractRates,
}

/// What a contract costs, by the public table or its own steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContractRates {
    /// Which public table stands behind it.
    pub table: Table,
    /// Discount on that table in hundredths of a per cent.
    pub discount_basis_points: u32,
    /// Steps of the contract itself, which replace the public ones where they fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Won added for Jeju where a step of the contract is used; the public table has its own.
    pub jeju_fee: u32,
    /// Won added for the other islands.
    pub island_fee: u32,
    /// Islands beside those everybody knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub islands: Vec<Islands>,
    /// Won for a micro parcel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub micro_price: Option<u32>,
}

/// One step of a contract's price list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Up to so many centimetres of length, width and height together.
    pub max_girth_cm: u32,
    /// Up to so many grams.
    pub max_grams: u32,
    /// Won.
    pub price: u32,
}

impl KoreaPostSettings {
    /// A contract with everything optional as usual.
    #[must_use]
    pub fn new(customer_number: &str, approval_number: &str, office: &str, shop_name: &str) -> Self {
        KoreaPostSettings {
            customer_number: customer_number.to_owned(),
            approval_number: approval_number.to_owned(),
            office: office.to_owned(),
            shop_name: shop_name.to_owned(),
            inquiry_phone: None,
            content_code: other(),
            usual_girth_cm: usual_girth(),
            micro: false,
            own_labels: false,
            test: false,
            rates: ContractRates::default(),
        }
    }

    /// What is wrong with it: pairs of field name and reason.
    pub(super) fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut say =
            |field: &str, reason: &str| faults.push((format!("korea_post/{field}"), reason.to_owned()));
        if !digits(&self.customer_number, NUMBER_DIGITS..=NUMBER_DIGITS) {
            say("customer_number", "the customer number has exactly 10 digits");
        }
        if !digits(&self.approval_number, NUMBER_DIGITS..=NUMBER_DIGITS) {
            say("approval_number", "the approval number has exactly 10 digits");
        }
        if !digits(&self.office, 2..=9) {
            say("office", "give the code of one of the contract's sender sites, 2 to 9 digits");
        }
        let name = self.shop_name.trim();
        if name.is_empty() || name.len() > LONGEST_NAME {
            say("shop_name", "is needed, at most 100 bytes long: it is printed as the orderer");
        }
        if self.inquiry_phone.as_deref().is_some_and(|phone| !digits(phone, 9..=12)) {
            say("inquiry_phone", "use 9 to 12 digits with the leading 0");
        }
        if !(1..=160).contains(&self.usual_girth_cm) {
            say("usual_girth_cm", "use 1 to 160 cm");
        }
        if self.rates.discount_basis_points > MOST_BASIS_POINTS {
            say("rates/discount_basis_points", "use 0 to 9000 (90 per cent)");
        }
        if self.rates.islands.iter().any(|range| !range.is_valid()) {
            say("rates/islands", "each range needs a first and a last postal code of five digits");
        }
        faults
    }
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

const fn other() -> ContentCode {
    ContentCode::OTHER
}

/// The value of the operator's own sample (protocol notes, section 3.3).
const fn usual_girth() -> u32 {
    60
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(edit: impl FnOnce(&mut KoreaPostSettings)) -> Vec<String> {
        let mut contract = KoreaPostSettings::new("0001234567", "1234567890", "01", "데모 상점");
        edit(&mut contract);
        contract.faults().into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn contract_numbers_have_exactly_ten_digits() {
        assert!(faults(|_| {}).is_empty());
        for number in ["123456789", "12345678901", "123456789a", "１２３４５６７８９０", ""] {
            assert_eq!(
                faults(|c| c.customer_number = number.into()),
                ["korea_post/customer_number"],
                "{number}"
            );
            assert_eq!(
                faults(|c| c.approval_number = number.into()),
                ["korea_post/approval_number"],
                "{number}"
            );
        }
    }

    #[test]
    fn the_other_fields_are_bounded() {
        assert_eq!(faults(|c| c.office = "x".into()), ["korea_post/office"]);
        assert_eq!(faults(|c| c.shop_name = " ".into()), ["korea_post/shop_name"]);
        assert_eq!(faults(|c| c.inquiry_phone = Some("15880000".into())), ["korea_post/inquiry_phone"]);
        assert_eq!(faults(|c| c.usual_girth_cm = 161), ["korea_post/usual_girth_cm"]);
        assert_eq!(
            faults(|c| c.rates.discount_basis_points = 9_001),
            ["korea_post/rates/discount_basis_points"]
        );
        let backwards = Islands { first: "20000".into(), last: "10000".into() };
        assert_eq!(faults(|c| c.rates.islands = vec![backwards]), ["korea_post/rates/islands"]);
    }

    #[test]
    fn only_the_contract_itself_has_to_be_set() {
        let text = r#"{"customer_number":"0001234567","approval_number":"1234567890","office":"01","shop_name":"s"}"#;
        let read: KoreaPostSettings = serde_json::from_str(text).unwrap();
        assert_eq!(read, KoreaPostSettings::new("0001234567", "1234567890", "01", "s"));
        assert!(serde_json::from_str::<KoreaPostSettings>(r#"{"customer":"1"}"#).is_err());
    }
}

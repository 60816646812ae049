//! Customers with a contract for parcels, and the keys they call with (section 2).

use serde::{Deserialize, Serialize};

use super::offices::Office;
use crate::registry::Named;

/// One customer, by its auth key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Customer {
    /// The auth key, thirty characters.
    pub(crate) key: String,
    /// Sixteen ASCII characters or more; the first sixteen are the cipher's key.
    pub(crate) security_key: String,
    pub(crate) member_id: String,
    /// Ten digits.
    pub(crate) cust_no: String,
    pub(crate) contracts: Vec<Contract>,
    /// Sites it had before anyone called; further ones are made by `InsertOffice`.
    #[serde(default = "one_office")]
    pub(crate) offices: Vec<Office>,
    /// Whether the security key has lapsed, whenever it was used.
    #[serde(default)]
    pub(crate) expired: bool,
    /// Calls a day until midnight in Korea, then ERR-131; without end if null.
    #[serde(default)]
    pub(crate) daily: Option<i64>,
    /// Off the list prices.
    #[serde(default)]
    pub(crate) discount_percent: u8,
}

/// One contract of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contract {
    /// The approval number, ten letters or digits.
    pub(crate) appr_no: String,
    /// `10` paid at once, `12` paid later.
    #[serde(default = "paid_later")]
    pub(crate) pay_type: String,
    /// The office that accepts the parcels.
    #[serde(default = "seoul")]
    pub(crate) post: String,
    #[serde(default = "yes")]
    pub(crate) approved: bool,
    /// Whether it covers micro parcels.
    #[serde(default)]
    pub(crate) micro: bool,
}

fn paid_later() -> String {
    "12".to_owned()
}

fn seoul() -> String {
    "서울중앙우체국".to_owned()
}

fn yes() -> bool {
    true
}

fn one_office() -> Vec<Office> {
    vec![Office {
        office_ser: "01".to_owned(),
        name: "본사 물류센터".to_owned(),
        zip: "04526".to_owned(),
        address: "서울특별시 중구 보기로 1".to_owned(),
        detail: "지하 1층".to_owned(),
        phone: "0200000000".to_owned(),
        contact: "담당자".to_owned(),
        division: "1".to_owned(),
    }]
}

impl Customer {
    /// What is wrong with it, if anything.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if !self.security_key.is_ascii() || self.security_key.len() < super::seed::BLOCK {
            return Some("security_key needs sixteen ASCII characters or more");
        }
        if self.cust_no.len() != 10 || !self.cust_no.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some("cust_no needs ten digits");
        }
        (self.discount_percent > 100).then_some("discount_percent is at most 100")
    }

    /// A contract by its approval number.
    pub(super) fn contract(&self, appr_no: &str) -> Option<&Contract> {
        self.contracts.iter().find(|contract| contract.appr_no == appr_no)
    }
}

impl Named for Customer {
    fn name(&self) -> &str {
        &self.key
    }
}

/// The customers that are there from the start.
pub(crate) fn seeds() -> Vec<Customer> {
    let contract = |appr_no: &str| Contract {
        appr_no: appr_no.to_owned(),
        pay_type: paid_later(),
        post: seoul(),
        approved: true,
        micro: false,
    };
    let customer = |key: &str, security_key: &str, member_id: &str, cust_no: &str, contracts| Customer {
        key: key.to_owned(),
        security_key: security_key.to_owned(),
        member_id: member_id.to_owned(),
        cust_no: cust_no.to_owned(),
        contracts,
        offices: one_office(),
        expired: false,
        daily: None,
        discount_percent: 0,
    };
    vec![
        customer(
            "demoshipkey0000000000000000001",
            "demoSecurityKey01",
            "demo-mall",
            "0001234567",
            vec![
                contract("1234567890"),
                Contract { micro: true, pay_type: "10".to_owned(), ..contract("1234567891") },
                Contract { approved: false, ..contract("1234567892") },
            ],
        ),
        customer(
            "demoshipkey0000000000000000002",
            "otherSecurityKey2",
            "other-mall",
            "0007654321",
            vec![contract("7654321098")],
        ),
        Customer {
            expired: true,
            ..customer(
                "demoshipkey0000000000000000003",
                "lapsedSecurityKey",
                "lapsed-mall",
                "0005550000",
                vec![contract("5550000000")],
            )
        },
    ]
}

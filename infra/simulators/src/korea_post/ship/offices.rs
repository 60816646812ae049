//! `GetOfficeInfo` and `InsertOffice`: sites parcels are sent from and returned to (section 3.7).

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::door::Guest;
use super::order::{PHONE, is_digits};
use super::reply::{Outcome, Refused, Reply};
use crate::error::Result;
use crate::korea_post::areas;
use crate::ledger;
use crate::pipeline::View;

/// One site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Office {
    pub(crate) office_ser: String,
    pub(crate) name: String,
    pub(crate) zip: String,
    pub(crate) address: String,
    #[serde(default)]
    pub(crate) detail: String,
    #[serde(default)]
    pub(crate) phone: String,
    #[serde(default)]
    pub(crate) contact: String,
    /// `1` for both, `2` dispatch, `4` return destination.
    #[serde(default = "both")]
    pub(crate) division: String,
}

fn both() -> String {
    "1".to_owned()
}

impl Office {
    /// The accepting office of its postal code.
    fn accepting(&self) -> String {
        areas::find(&self.zip).map_or_else(String::new, |area| format!("{}우체국", area.office))
    }
}

/// A site of a customer.
pub(super) fn find(connection: &Connection, guest: &Guest, office_ser: &str) -> Result<Option<Office>> {
    let seeded = guest.customer.offices.iter().find(|office| office.office_ser == office_ser);
    if let Some(office) = seeded {
        return Ok(Some(office.clone()));
    }
    let mut statement = connection
        .prepare_cached("SELECT value FROM korea_offices WHERE cust_no = ?1 AND office_ser = ?2")?;
    let found: Option<String> =
        statement.query_row((&guest.customer.cust_no, office_ser), |row| row.get(0)).optional()?;
    Ok(found.map(|text| serde_json::from_str(&text)).transpose()?)
}

/// All sites, or those of a division; `7` and nothing are all.
pub(super) fn list(view: &View<'_>, connection: &Connection, guest: &Guest) -> Result<Outcome> {
    if guest.fields.get("custNo").is_empty() {
        return Ok(Err(Refused::new("ERR-311", "custNo")));
    }
    let wanted = guest.fields.get("officeDivReqCd");
    if !matches!(wanted, "" | "1" | "2" | "4" | "7") {
        return Ok(Err(Refused::new("ERR-523", "officeDivReqCd")));
    }
    let mut offices = guest.customer.offices.clone();
    let mut statement = connection
        .prepare_cached("SELECT value FROM korea_offices WHERE cust_no = ?1 ORDER BY office_ser")?;
    for text in statement.query_map([&guest.customer.cust_no], |row| row.get::<_, String>(0))? {
        offices.push(serde_json::from_str(&text?)?);
    }
    offices
        .retain(|office| matches!(wanted, "" | "7") || office.division == wanted || office.division == "1");
    if offices.is_empty() {
        return Ok(Err(Refused::new("ERR-125", "officeSer")));
    }
    let mut reply = Reply::open(view);
    for office in &offices {
        reply.group(
            "officeInfo",
            &[
                ("officeSer", &office.office_ser),
                ("officeNm", &office.name),
                ("officeZip", &office.zip),
                ("officeAddr", format!("{} {}", office.address, office.detail).trim()),
                ("officeTelno", &office.phone),
                ("contactNm", &office.contact),
                ("regiPoNm", &office.accepting()),
            ],
        );
    }
    Ok(Ok(reply))
}

/// Makes a site under the number the caller chose.
pub(super) fn insert(view: &View<'_>, connection: &Connection, guest: &Guest) -> Result<Outcome> {
    let field = |name: &str| guest.fields.get(name).to_owned();
    for name in [
        "custNo",
        "officeSer",
        "officeNm",
        "officeZip",
        "officeAddr1",
        "officeAddr2",
        "officeTelno",
        "contactNm",
    ] {
        if guest.fields.get(name).is_empty() {
            return Ok(Err(Refused::new("ERR-311", name)));
        }
    }
    if !areas::is_zip(guest.fields.get("officeZip")) {
        return Ok(Err(Refused::new("ERR-522", "officeZip")));
    }
    if !is_digits(guest.fields.get("officeTelno"), PHONE) {
        return Ok(Err(Refused::new("ERR-522", "officeTelno")));
    }
    let division = match guest.fields.get("officeDivCd") {
        "" => both(),
        known @ ("1" | "2" | "4") => known.to_owned(),
        _ => return Ok(Err(Refused::new("ERR-523", "officeDivCd"))),
    };
    let office = Office {
        office_ser: field("officeSer"),
        name: field("officeNm"),
        zip: field("officeZip"),
        address: field("officeAddr1"),
        detail: field("officeAddr2"),
        phone: field("officeTelno"),
        contact: field("contactNm"),
        division,
    };
    if find(connection, guest, &office.office_ser)?.is_some() {
        return Ok(Err(Refused::new("ERR-226", "officeSer")));
    }
    connection.execute(
        "INSERT INTO korea_offices (cust_no, office_ser, value) VALUES (?1, ?2, ?3)",
        (&guest.customer.cust_no, &office.office_ser, serde_json::to_string(&office)?),
    )?;
    ledger::add(
        connection,
        &ledger::Entry {
            system: view.call.system,
            kind: "office",
            account: &guest.customer.cust_no,
            our_id: Some(&office.office_ser),
            its_id: Some(&office.office_ser),
            amount: None,
            text_hash: &ledger::text_hash(guest.fields.plain.as_bytes()),
            recipient: None,
            received: view.call.received,
            committed: view.now,
            detail: json!(office),
        },
    )?;
    let mut reply = Reply::open(view);
    reply.leaf("chkResult", "Y");
    reply.leaf("officeSer", &office.office_ser);
    reply.leaf("officeNm", &office.name);
    reply.leaf("regiPoNm", &office.accepting());
    Ok(Ok(reply))
}

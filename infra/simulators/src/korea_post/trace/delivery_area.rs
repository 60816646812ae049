//! Delivery areas (집배코드, section 6.3): the portal's `delivArea` and the gateway's `getDelivAreaCd`.

use rusqlite::Connection;

use super::{Fields, gateway, portal};
use crate::error::Result;
use crate::korea_post::areas::{self, Area};
use crate::korea_post::kst::{self, STAMP};
use crate::pipeline::{Answer, View};

/// The portal's answer; `option=001` adds what is printed. Its root is not known.
pub(super) fn portal(view: &View<'_>, connection: &Connection, fields: &Fields) -> Result<Answer> {
    if let Some(refusal) = portal::refused(view, connection, fields)? {
        return Ok(refusal);
    }
    let Some(area) = areas::find(fields.get("zip")) else { return Ok(portal::refusal(view, "ERR-125")) };
    let mut sheet = portal::sheet(view);
    sheet.open("delivArea");
    for (name, text) in leaves(&area) {
        sheet.leaf(name, text);
    }
    if fields.get("option") == "001" {
        sheet.leaf("printAreaCd", &area.printed);
    }
    sheet.close("delivArea");
    Ok(sheet.answer())
}

/// The gateway's answer; an unknown postal code has an empty list.
pub(super) fn gateway(view: &View<'_>, connection: &Connection, fields: &Fields) -> Result<Answer> {
    if let Some(failure) = gateway::refused(view, connection, fields)? {
        return Ok(failure);
    }
    if fields.get("zip").is_empty() {
        return Ok(gateway::failure(gateway::BAD_PARAMETER));
    }
    let list = areas::find(fields.get("zip")).map_or_else(String::new, |area| {
        let leaves = leaves(&area).map(|(name, text)| format!("<{name}>{text}</{name}>"));
        format!("<delivAreaCdList>{}</delivAreaCdList>", leaves.concat())
    });
    Ok(gateway::document(format!(
        "<DelivAreaCdResponse><cmmMsgHeader><responseTime>{}</responseTime><successYN>Y</successYN>\
         <returnCode>00</returnCode><errMsg/></cmmMsgHeader>{list}</DelivAreaCdResponse>",
        kst::format(view.now, STAMP)
    )))
}

fn leaves(area: &Area) -> [(&'static str, &str); 4] {
    [
        ("arrCnpoNm", area.hub),
        ("delivPoNm", area.office),
        ("delivAreaCd", &area.code),
        ("courseNo", &area.course),
    ]
}

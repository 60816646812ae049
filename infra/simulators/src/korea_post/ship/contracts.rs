//! `GetCustNo`, `GetApprNo` and `GetStoppedZipCd` (section 3.7).

use super::door::Guest;
use super::reply::{Outcome, Refused, Reply};
use crate::korea_post::areas;
use crate::pipeline::View;

/// The customer number of a member.
pub(super) fn customer_number(view: &View<'_>, guest: &Guest) -> Outcome {
    match guest.fields.get("memberID") {
        "" => Err(Refused::new("ERR-311", "memberID")),
        member if member == guest.customer.member_id => {
            let mut reply = Reply::open(view);
            reply.leaf("custNo", &guest.customer.cust_no);
            Ok(reply)
        }
        _ => Err(Refused::new(&view.shared.korea_post.ship.settings.get().codes.customer, "memberID")),
    }
}

/// The contracts of a customer, or with `statusCd=1` the approved ones.
pub(super) fn approvals(view: &View<'_>, guest: &Guest) -> Outcome {
    if guest.fields.get("custNo").is_empty() {
        return Err(Refused::new("ERR-311", "custNo"));
    }
    let only_approved = guest.fields.get("statusCd") == "1";
    let mut contracts =
        guest.customer.contracts.iter().filter(|contract| contract.approved || !only_approved).peekable();
    if contracts.peek().is_none() {
        return Err(Refused::new("ERR-125", "apprNo"));
    }
    let mut reply = Reply::open(view);
    for contract in contracts {
        let pay = if contract.pay_type == "10" { "즉납" } else { "후납" };
        reply.group(
            "contractInfo",
            &[
                ("apprNo", &contract.appr_no),
                ("payTypeCd", &contract.pay_type),
                ("payTypeNm", pay),
                ("postNm", &contract.post),
            ],
        );
    }
    Ok(reply)
}

/// Whether a postal code is served. Nobody has recorded this reply: its elements are ours.
pub(super) fn stopped_zip(view: &View<'_>, guest: &Guest) -> Outcome {
    let zip = guest.parameter("zipCd");
    if zip.is_empty() {
        return Err(Refused::new("ERR-311", "zipCd"));
    }
    if areas::find(zip).is_none() {
        return Err(Refused::new("ERR-125", "zipCd"));
    }
    let stopped = view.shared.korea_post.ship.settings.get().stopped_zips.iter().any(|known| known == zip);
    let mut reply = Reply::open(view);
    reply.leaf("zipCd", zip);
    reply.leaf("stoppedYn", if stopped { "Y" } else { "N" });
    reply.leaf("stoppedReason", if stopped { STOPPED } else { "" });
    Ok(reply)
}

/// Why nothing is delivered.
pub(super) const STOPPED: &str = "배달중지지역";

//! Methods and paths of the service, and the names of its operations (section 4.1).

use http::Method;

use crate::pipeline::Reach;

/// One operation.
pub(super) struct Operation {
    method: &'static str,
    /// Segments; `{}` stands for any.
    pattern: &'static str,
    pub(super) name: &'static str,
    pub(super) reach: Reach,
}

const fn look(method: &'static str, pattern: &'static str, name: &'static str) -> Operation {
    Operation { method, pattern, name, reach: Reach::Lookup }
}

const fn act(method: &'static str, pattern: &'static str, name: &'static str) -> Operation {
    Operation { method, pattern, name, reach: Reach::Effect }
}

/// More particular paths stand before those with a `{}` in the same place.
static OPERATIONS: [Operation; 47] = [
    look("GET", "1.0/settings/limit", "limit"),
    look("GET", "1.0/settings", "settings"),
    look("GET", "1.0/user-shipping-points", "shipping_points"),
    look("GET", "1.0/counterpart/balance", "balance"),
    look("POST", "1.0/tariff", "tariff"),
    look("POST", "1.0/clean/address", "clean_address"),
    look("POST", "1.0/clean/physical", "clean_physical"),
    look("POST", "1.0/clean/phone", "clean_phone"),
    look("POST", "1.0/unreliable-recipient", "unreliable_recipient"),
    act("PUT", "1.0/user/backlog", "create"),
    act("PUT", "2.0/user/backlog", "create"),
    act("POST", "1.0/user/backlog", "back_to_new"),
    look("GET", "1.0/backlog/search", "search_backlog"),
    look("GET", "1.0/backlog/by-group-name/{}", "backlog_group"),
    look("GET", "1.0/backlog/{}", "get_backlog"),
    act("PUT", "1.0/backlog/{}", "edit"),
    act("DELETE", "1.0/backlog", "delete_backlog"),
    act("POST", "1.0/user/shipment", "create_batch"),
    look("GET", "1.0/batch", "list_batches"),
    look("GET", "1.0/batch/{}", "get_batch"),
    look("GET", "1.0/batch/{}/shipment", "batch_orders"),
    act("POST", "1.0/batch/{}/shipment", "move_to_batch"),
    act("PUT", "1.0/batch/{}/shipment", "add_to_batch"),
    act("POST", "1.0/batch/{}/sending/{}/{}/{}", "sending_day"),
    act("POST", "1.0/batch/{}/checkin", "checkin"),
    act("GET", "1.0/batch/{}/checkin", "checkin"),
    look("GET", "1.0/shipment/search", "search_shipment"),
    look("GET", "1.0/shipment/{}", "get_shipment"),
    act("DELETE", "1.0/shipment", "delete_shipment"),
    look("GET", "1.0/archive", "list_archive"),
    act("PUT", "1.0/archive", "archive"),
    act("POST", "1.0/archive/revert", "revert_archive"),
    act("PUT", "1.0/returns", "return"),
    act("PUT", "1.0/returns/return-without-direct", "return_without_direct"),
    act("DELETE", "1.0/returns/delete-separate-return", "delete_return"),
    look("GET", "postoffice/1.0/by-address", "offices_by_address"),
    look("GET", "postoffice/1.0/nearby", "offices_nearby"),
    look("GET", "postoffice/1.0/settlement.offices.codes", "settlement_offices"),
    look("GET", "postoffice/1.0/{}", "office"),
    look("GET", "postoffice/1.0/{}/services", "office_services"),
    look("GET", "1.0/delivery-point/findAll", "delivery_points"),
    look("GET", "1.0/unloading-passport/zip", "unloading_passport"),
    look("GET", "1.0/forms/backlog/{}/forms", "forms_backlog"),
    look("GET", "1.0/forms/{}/forms", "forms"),
    look("GET", "1.0/forms/{}/f103pdf", "form_f103"),
    look("GET", "1.0/forms/{}/zip-all", "forms_zip"),
    look("GET", "1.0/forms/{}/{}", "form"),
];

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_matches('/').split('/')
}

/// The operation of a method and a path below the base.
pub(super) fn find(method: &Method, path: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.method == method.as_str() && operation.fits(path))
}

/// How far an operation reaches.
pub(super) fn reach(name: &str) -> Reach {
    OPERATIONS
        .iter()
        .find(|operation| operation.name == name)
        .map_or(Reach::Memory, |operation| operation.reach)
}

impl Operation {
    fn fits(&self, path: &str) -> bool {
        let (mut wanted, mut given) = (segments(self.pattern), segments(path));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some("{}"), Some(given)) if !given.is_empty() => {}
                (Some(wanted), Some(given)) if wanted == given => {}
                _ => return false,
            }
        }
    }
}

/// The segment of a path that has this place.
pub(super) fn segment(path: &str, place: usize) -> &str {
    segments(path).nth(place).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_their_operations() {
        let name = |method: Method, path: &str| find(&method, path).map(|operation| operation.name);
        assert_eq!(name(Method::GET, "/1.0/backlog/search"), Some("search_backlog"));
        assert_eq!(name(Method::GET, "/1.0/backlog/123"), Some("get_backlog"));
        assert_eq!(name(Method::PUT, "/2.0/user/backlog"), Some("create"));
        assert_eq!(name(Method::POST, "/1.0/batch/24/sending/2025/3/14"), Some("sending_day"));
        assert_eq!(name(Method::GET, "/1.0/forms/12/f7pdf"), Some("form"));
        assert_eq!(name(Method::GET, "/1.0/backlog/"), None);
        assert_eq!(name(Method::PUT, "/1.0/tariff"), None);
        assert_eq!(segment("/1.0/batch/24/shipment", 2), "24");
    }
}

//! Pages are written with the hub's own escaping.

pub(super) use yam_api::html::Html;
pub(super) use yam_api::put_html as put;

//! The merchant a request is about.

use yam_domain::ids::MerchantId;
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::items::Merchant;
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, Store};

use crate::store_problem;

/// A merchant, or 404.
///
/// # Errors
/// The problem to answer with.
pub async fn merchant(store: &Store, id: &MerchantId, read: Read) -> Result<Merchant, Problem> {
    let found = store.table.get(&of_merchant(id, sk::MERCHANT), read).await.map_err(store_problem)?;
    found.ok_or_else(|| Problem::new(Kind::NotFound))
}

/// The merchant that hub staff name in a path, or 404.
///
/// # Errors
/// The problem to answer with.
pub async fn existing(store: &Store, text: &str) -> Result<MerchantId, Problem> {
    let id = MerchantId::parse(text).map_err(|_| Problem::new(Kind::NotFound))?;
    merchant(store, &id, Read::Consistent).await.map(|_| id)
}

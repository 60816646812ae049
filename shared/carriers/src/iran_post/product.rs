//! Products as the post knows them: each has an id there, given once and kept by the caller.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use yam_domain::text::clean;
use yam_domain::weight::Grams;

use crate::account::Account;
use crate::carrier::References;
use crate::consignment::{Consignment, Stuff};

/// The REST wire's longest name; the SOAP wire tells none.
const LONGEST_NAME: usize = 70;

/// A product that is to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Product {
    /// Under which its id is kept.
    pub(super) key: String,
    /// Name.
    pub(super) name: String,
    /// Rial.
    pub(super) price: i64,
    /// Weight of one piece.
    pub(super) weight: Grams,
}

/// The reference key of a product: what the post would have to tell apart, hashed, because a name may
/// hold anything. The panel's user is in it, since ids are the panel's; the wire is, since nobody says
/// that the two wires share their ids.
pub(super) fn key(account: &Account, item: &Stuff) -> String {
    let (user, wire) = (&account.credentials.username, &account.settings.wire);
    let name = clean(&item.name);
    let (price, weight) = (item.price.amount(), item.weight.get());
    let mut hash = Sha256::new();
    // A NUL can stand in none of the parts, so no two products share a text.
    hash.update(format!("{wire}\0{user}\0{price}\0{weight}\0{name}"));
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("stuff/{hex}")
}

/// The ids already kept, and the products that have none yet, each once.
pub(super) async fn known(
    account: &Account,
    consignment: &Consignment,
    references: &dyn References,
) -> Result<(BTreeMap<String, String>, Vec<Product>), String> {
    let mut known = BTreeMap::new();
    let mut missing: Vec<Product> = Vec::new();
    for item in &consignment.items {
        let key = key(account, item);
        if known.contains_key(&key) || missing.iter().any(|product| product.key == key) {
            continue;
        }
        match references
            .get(&key)
            .await
            .map_err(|why| format!("the product's id could not be read: {why}"))?
        {
            Some(id) => {
                known.insert(key, id);
            }
            None => missing.push(Product {
                key,
                name: clean(&item.name).chars().take(LONGEST_NAME).collect(),
                price: item.price.amount(),
                weight: item.weight,
            }),
        }
    }
    Ok((known, missing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iran_post::samples::{account, consignment};
    use yam_domain::money::{Currency, Money};

    #[test]
    fn a_key_tells_apart_what_the_post_has_to() {
        let (eshop, item) = (account("eshop"), consignment().items.remove(0));
        let own = key(&eshop, &item);
        assert_eq!(own.len(), "stuff/".len() + 64);
        assert_eq!(own, key(&eshop, &Stuff { quantity: 9, ..item.clone() }));
        let mut other_user = account("eshop");
        other_user.credentials.username = "demo-shop-2".into();
        for other in [
            key(&account("rest"), &item),
            key(&other_user, &item),
            key(&eshop, &Stuff { name: "دیگر".into(), ..item.clone() }),
            key(&eshop, &Stuff { weight: Grams::new(401), ..item.clone() }),
            key(&eshop, &Stuff { price: Money::new(450_001, Currency::Irr), ..item.clone() }),
        ] {
            assert_ne!(own, other);
        }
    }
}

//! Ids that operators gave us, kept in the table under the account.

use yam_carriers::References;
use yam_domain::ids::{AccountId, MerchantId};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, Store};

/// The references of one account.
#[derive(Debug)]
pub(crate) struct StoredReferences<'a> {
    pub(crate) store: &'a Store,
    pub(crate) merchant: &'a MerchantId,
    pub(crate) account: &'a AccountId,
}

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct Reference {
    id: String,
}

#[async_trait::async_trait]
impl References for StoredReferences<'_> {
    async fn get(&self, key: &str) -> Result<Option<String>, String> {
        let at = of_merchant(self.merchant, sk::reference(self.account.as_str(), key));
        let stored: Result<Option<Reference>, _> = self.store.table.get(&at, Read::Eventual).await;
        stored.map(|r| r.map(|r| r.id)).map_err(|e| e.to_string())
    }

    async fn put_if_absent(&self, key: &str, value: &str) -> Result<String, String> {
        let at = of_merchant(self.merchant, sk::reference(self.account.as_str(), key));
        let mine = Reference { id: value.to_owned() };
        let earlier = self.store.table.put_new(&at, &mine).await.map_err(|e| e.to_string())?;
        Ok(earlier.map_or_else(|| value.to_owned(), |r| r.id))
    }
}

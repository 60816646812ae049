//! Accounts at payment gateways.

use std::collections::BTreeMap;

use yam_domain::ids::{AccountId, MerchantId};
use yam_gateways::{Account, AccountSettings, Credentials};
use yam_platform::secrets::Cipher;
use yam_store::items::GatewayAccount;
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Key, Read, Store, StoreError};

use crate::AccountError;

/// Every gateway account of a shop, in the order of their ids. 0.5 read units.
///
/// # Errors
/// The table does not answer.
pub async fn gateway_accounts(
    store: &Store,
    merchant: &MerchantId,
) -> Result<Vec<GatewayAccount>, StoreError> {
    let pk = merchant_partition(merchant);
    let all: Vec<(Key, GatewayAccount)> = store.table.query_all(&pk, sk::GATEWAYS, Read::Eventual).await?;
    Ok(all.into_iter().map(|(_, account)| account).collect())
}

/// Loads an account and opens its credentials. 1 read unit.
///
/// # Errors
/// [`AccountError`].
pub async fn open_gateway(
    store: &Store,
    merchant: &MerchantId,
    id: &AccountId,
) -> Result<Account, AccountError> {
    let key = of_merchant(merchant, sk::gateway(id.as_str()));
    let stored: Option<GatewayAccount> = store.table.get(&key, Read::Consistent).await?;
    let stored = stored.ok_or_else(|| AccountError::Missing(id.clone()))?;
    let cipher = store.vault.cipher(merchant).await?;
    opened_gateway(&cipher, merchant, &stored)
}

/// Opens an account that was loaded.
///
/// # Errors
/// [`AccountError::Unreadable`].
pub fn opened_gateway(
    cipher: &Cipher,
    merchant: &MerchantId,
    stored: &GatewayAccount,
) -> Result<Account, AccountError> {
    let unreadable = || AccountError::Unreadable(stored.id.clone());
    let fields: BTreeMap<String, String> =
        cipher.open(&GatewayAccount::purpose(&stored.id), &stored.credentials).map_err(|_| unreadable())?;
    let settings: AccountSettings =
        serde_json::from_value(stored.settings.clone()).map_err(|_| unreadable())?;
    Ok(Account {
        merchant: merchant.clone(),
        id: stored.id.clone(),
        gateway: stored.gateway,
        credentials: Credentials::new(fields),
        settings,
    })
}

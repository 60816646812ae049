//! Opening merchants' accounts at postal operators and payment gateways: the item, its sealed credentials,
//! its settings.

mod gateway;

pub use gateway::{gateway_accounts, open_gateway, opened_gateway};

use yam_carriers::account::{Account, AccountSettings, Credentials};
use yam_domain::ids::{AccountId, MerchantId};
use yam_platform::secrets::Cipher;
use yam_store::items::{CarrierAccount, StoredCredentials};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, Store, StoreError};

/// Why an account cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// It was deleted.
    #[error("the account {0} does not exist any more")]
    Missing(AccountId),
    /// Its settings or credentials cannot be read.
    #[error("the account {0} cannot be read; save it again in the settings")]
    Unreadable(AccountId),
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Loads an account and opens its credentials. 1 read unit.
///
/// # Errors
/// [`AccountError`].
pub async fn open_account(
    store: &Store,
    merchant: &MerchantId,
    id: &AccountId,
) -> Result<Account, AccountError> {
    let key = of_merchant(merchant, sk::account(id.as_str()));
    let stored: Option<CarrierAccount> = store.table.get(&key, Read::Consistent).await?;
    let stored = stored.ok_or_else(|| AccountError::Missing(id.clone()))?;
    let cipher = store.vault.cipher(merchant).await?;
    opened(&cipher, merchant, stored)
}

/// Opens an account that was loaded.
///
/// # Errors
/// [`AccountError::Unreadable`].
pub fn opened(
    cipher: &Cipher,
    merchant: &MerchantId,
    stored: CarrierAccount,
) -> Result<Account, AccountError> {
    let unreadable = || AccountError::Unreadable(stored.id.clone());
    let credentials: StoredCredentials =
        cipher.open(&CarrierAccount::purpose(&stored.id), &stored.credentials).map_err(|_| unreadable())?;
    let settings: AccountSettings = serde_json::from_value(stored.settings).map_err(|_| unreadable())?;
    Ok(Account {
        merchant: merchant.clone(),
        carrier: stored.carrier,
        credentials: open_credentials(credentials),
        settings,
        id: stored.id,
    })
}

/// Credentials as they were kept, ready to call with.
#[must_use]
pub fn open_credentials(stored: StoredCredentials) -> Credentials {
    let StoredCredentials { username, password, secrets } = stored;
    let open = Credentials::new(username, password);
    secrets.into_iter().fold(open, |open, (name, secret)| open.with(name, secret))
}

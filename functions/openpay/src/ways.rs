//! The ways to pay that a payer is offered.

use jiff::Timestamp;
use yam_accounts::{gateway_accounts, opened_gateway};
use yam_domain::ids::{AccountId, GatewayId, MerchantId};
use yam_domain::money::Money;
use yam_domain::payment::amount::check;
use yam_domain::payment::health::{Health, offered};
use yam_gateways::{Account, Gateways};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, Store, StoreError};

/// A gateway of the shop, ready to be chosen.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// The account.
    pub(crate) account: Account,
    /// What the payer reads.
    pub(crate) title: String,
}

/// The gateways that are switched on, take the amount's currency (and the amount, where it is known), are
/// allowed by the link, and do not fail at present.
pub(crate) async fn ways(
    store: &Store,
    gateways: &Gateways,
    merchant: &MerchantId,
    amount: Option<Money>,
    allowed: &[GatewayId],
    language: &str,
) -> Result<Vec<Way>, StoreError> {
    let cipher = store.vault.cipher(merchant).await?;
    let mut all = Vec::new();
    for stored in gateway_accounts(store, merchant).await? {
        let known = gateways.get(stored.gateway).filter(|_| stored.enabled);
        let Some(gateway) = known.filter(|_| allowed.is_empty() || allowed.contains(&stored.gateway)) else {
            continue;
        };
        let Ok(account) = opened_gateway(&cipher, merchant, &stored) else { continue };
        let limits = account.settings.limits(stored.gateway);
        if amount.is_some_and(|amount| check(stored.gateway, limits, amount).is_err()) {
            continue;
        }
        let key = of_merchant(merchant, sk::gateway_health(stored.id.as_str()));
        let health: Health = store.table.get(&key, Read::Eventual).await?.unwrap_or_default();
        let named = !stored.title.is_empty();
        let title = if named { stored.title } else { gateway.name(language).to_owned() };
        all.push((Way { account, title }, health));
    }
    let mut open = offered(all, store.clock.now());
    open.sort_by_key(|way| GatewayId::ALL.iter().position(|id| *id == way.account.gateway));
    Ok(open)
}

/// Notes how an opening ended.
pub(crate) async fn note(
    store: &Store,
    merchant: &MerchantId,
    account: &AccountId,
    opened: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = of_merchant(merchant, sk::gateway_health(account.as_str()));
    let before: Health = store.table.get(&key, Read::Eventual).await?.unwrap_or_default();
    if opened && before == Health::default() {
        return Ok(());
    }
    store.table.put(&key, &before.after(opened, now)).await
}

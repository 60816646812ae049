//! Operators' daily quotas: tokens are taken before the call, so that a crash wastes some and never
//! overspends.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use jiff::civil::Date;
use yam_domain::ids::{AccountId, MerchantId};

use crate::error::{StoreError, other};
use crate::keys::{of_merchant, sk};
use crate::store::Store;
use crate::table::{Read, key_item};

/// Days after which a day's count may be forgotten.
const KEPT_DAYS: i64 = 3;

/// Takes up to `wanted` calls of an account's quota for the operator's `day`; answers with how many.
/// One write unit, two when little is left. `waiting` parcels are noted beside it, where the caller knows
/// how many there are in the bucket.
///
/// # Errors
/// The table does not answer; calls may be lost then, never made twice.
pub async fn take_quota(
    store: &Store,
    merchant: &MerchantId,
    account: &AccountId,
    day: Date,
    wanted: u32,
    daily: u32,
    waiting: Option<usize>,
) -> Result<u32, StoreError> {
    let mut wanted = wanted.min(daily);
    let key = of_merchant(merchant, sk::quota(account.as_str(), day));
    let expires = store.clock.now().as_second().saturating_add(KEPT_DAYS * 86_400);
    while wanted > 0 {
        let number = |n: i64| AttributeValue::N(n.to_string());
        let noted = if waiting.is_some() { ", waiting = :waiting" } else { "" };
        let mut take = store
            .table
            .client
            .update_item()
            .table_name(&store.table.name)
            .set_key(Some(key_item(&key)))
            .update_expression(format!("SET v = :one, expires_at = :expires{noted} ADD used :wanted"))
            .condition_expression("attribute_not_exists(used) OR used <= :most")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":expires", number(expires))
            .expression_attribute_values(":wanted", number(i64::from(wanted)))
            .expression_attribute_values(":most", number(i64::from(daily) - i64::from(wanted)))
            .return_values(ReturnValue::None);
        if let Some(waiting) = waiting {
            let waiting = number(i64::try_from(waiting).unwrap_or(i64::MAX));
            take = take.expression_attribute_values(":waiting", waiting);
        }
        match take.send().await {
            Ok(_) => return Ok(wanted),
            Err(error)
                if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) =>
            {
                let used = quota_used(store, merchant, account, day).await?;
                let left = daily.saturating_sub(used.used);
                wanted = left.min(wanted.saturating_sub(1));
            }
            Err(error) => return Err(other(error)),
        }
    }
    Ok(0)
}

/// What was used of an account's quota on a day.
///
/// # Errors
/// The table does not answer.
pub async fn quota_used(
    store: &Store,
    merchant: &MerchantId,
    account: &AccountId,
    day: Date,
) -> Result<QuotaUsed, StoreError> {
    let key = of_merchant(merchant, sk::quota(account.as_str(), day));
    Ok(store.table.get(&key, Read::Consistent).await?.unwrap_or_default())
}

/// Calls made of a day's quota.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
pub struct QuotaUsed {
    /// Calls.
    #[serde(default)]
    pub used: u32,
    /// Parcels that were waiting for one at the last round, where a round was begun that day.
    #[serde(default)]
    pub waiting: Option<u32>,
}

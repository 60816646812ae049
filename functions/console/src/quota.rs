//! What an operator allows an account in a day, and how often that lets each parcel be asked for.

use serde_json::{Value, json};
use yam_api::store_problem;
use yam_carriers::account::AccountSettings;
use yam_domain::ids::MerchantId;
use yam_platform::Problem;
use yam_store::items::CarrierAccount;
use yam_store::tracking::quota_used;

use crate::ConsoleState;

/// The quota of an account; null where the operator counts nothing.
pub(crate) async fn of(
    state: &ConsoleState,
    merchant: &MerchantId,
    account: &CarrierAccount,
) -> Result<Value, Problem> {
    let settings: Option<AccountSettings> = serde_json::from_value(account.settings.clone()).ok();
    let access = state.trackers.get(account.carrier).map(|tracker| tracker.access(settings.as_ref()));
    let Some((access, daily)) = access.and_then(|access| Some((access, access.daily_quota?))) else {
        return Ok(Value::Null);
    };
    let now = state.store.clock.now();
    let used = quota_used(&state.store, merchant, &account.id, access.quota_day(now));
    let used = used.await.map_err(store_problem)?;
    Ok(json!({
        "calls_per_day": daily,
        "used_today": used.used.min(daily),
        "renews_at": access.quota_renews(now),
        "parcels": used.waiting,
        "each_parcel_every_minutes": used.waiting.map(|parcels| minutes_between(parcels, daily)),
    }))
}

/// Minutes from one poll of a parcel to the next when so many share the calls of a day.
fn minutes_between(parcels: u32, daily: u32) -> u64 {
    (u64::from(parcels) * 24 * 60).div_ceil(u64::from(daily.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_a_quota_allows() {
        for (parcels, daily, minutes) in [(0, 100, 0), (1, 100, 15), (100, 100, 1_440), (250, 100, 3_600)] {
            assert_eq!(minutes_between(parcels, daily), minutes, "{parcels} {daily}");
        }
    }
}

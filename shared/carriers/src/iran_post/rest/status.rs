//! Statuses of several parcels in one call.

use super::Rest;
use super::map::{self, ParcelState};
use super::wire::Method;
use crate::account::Account;
use crate::outcome::CallOutcome;

impl Rest {
    /// `Order/ParcelStatus`.
    pub(in crate::iran_post) async fn states(
        &self,
        account: &Account,
        codes: &[&str],
    ) -> CallOutcome<Vec<ParcelState>> {
        self.ask(Method::ParcelStatus, account, codes, self.deadlines.other, map::states).await
    }
}

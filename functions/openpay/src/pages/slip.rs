//! A slip that a payer enters, with or without its picture (S2-14, S2-15).

use axum::response::Response;
use yam_domain::payment::slip::{PictureKind, PictureProblem, Slip, SlipInput};
use yam_platform::Problem;

use super::carried::Carried;
use super::form::Visit;
use super::picture;
use super::posted::Posted;
use super::steps::{Faults, slip_faults};
use crate::pictures::Picture;
use crate::slips;

impl Visit<'_> {
    /// Takes the slip in, or names the fields that are wrong.
    pub(super) async fn slip(&self, carried: &Carried, posted: &Posted) -> Result<Response, Problem> {
        let Some(amount) = carried.amount.filter(|amount| self.takes(*amount)) else {
            return self.show_amount(carried, &Faults::default());
        };
        if self.shop.settings.bank_accounts.is_empty() {
            return self.show_ways(carried, &Faults::default(), None).await;
        }
        let typed = |name| posted.fields.get(name).unwrap_or("");
        let input = SlipInput {
            bank: typed("bank"),
            number: typed("number"),
            paid_on: typed("paid_on"),
            amount: typed("slip_amount"),
            last4: typed("last4"),
        };
        let today = self.state.store.clock.now().to_zoned(self.shop.zone.clone()).date();
        let slip = Slip::read(input, self.shop.unit, today);
        let kind = posted.picture.as_ref().map(|bytes| PictureKind::of(bytes)).transpose();
        let mut faults = slip.as_ref().err().map_or_else(Faults::default, |all| slip_faults(self.words, all));
        let words = picture::words(self.locale);
        match &kind {
            Err(PictureProblem::TooLarge) => faults.add("picture", words.large),
            Err(PictureProblem::Kind | PictureProblem::Mixed) => faults.add("picture", words.bad),
            Ok(Some(_)) if slip.is_err() => faults.note("picture", words.again),
            Ok(_) => {}
        }
        let (Ok(slip), Ok(kind)) = (slip, kind) else {
            return self.show_ways(carried, &faults, Some(&posted.fields)).await;
        };
        let picture = kind.zip(posted.picture.clone()).map(|(kind, bytes)| Picture { kind, bytes });
        let payment = self.payment(carried, amount)?;
        let submitted = slips::submit(&self.state.engine, &self.shop.merchant, payment, slip, picture).await;
        let payment = submitted.map_err(yam_api::store_problem)?;
        Ok(self.to_status(&payment))
    }
}

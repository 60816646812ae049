//! What was typed, on its way from page to page: sealed for this shop, so that a browser can neither read nor
//! change it, and nothing is stored before somebody pays.
//!
//! The seal is also what a form from elsewhere lacks: no page of another site can make one.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use yam_domain::ids::{LinkId, PaymentId};
use yam_domain::money::Money;
use yam_platform::IdGen;
use yam_platform::secrets::{Cipher, CipherError};
use yam_store::items::PayerDetails;

/// How long a page may stay open.
const OPEN_FOR: SignedDuration = SignedDuration::from_hours(2);
const PURPOSE: &str = "openpay/form";

/// What a form carries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Carried {
    /// The payment this page will become: a form that is sent twice makes one payment.
    #[serde(rename = "p")]
    pub(crate) payment: PaymentId,
    /// The link it belongs to.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<LinkId>,
    /// Who pays, as far as it was typed.
    #[serde(rename = "w")]
    pub(crate) payer: PayerDetails,
    /// What it is for.
    #[serde(rename = "d")]
    pub(crate) description: String,
    /// How much, as far as it is known.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub(crate) amount: Option<Money>,
    /// What the address or the link asked for.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub(crate) asked: Option<Money>,
    /// When the page was made.
    #[serde(rename = "t")]
    pub(crate) made_at: Timestamp,
}

impl Carried {
    pub(super) fn seal(&self, cipher: &Cipher, ids: &dyn IdGen) -> Result<String, CipherError> {
        cipher.seal(PURPOSE, self, ids)
    }

    /// Opens a field; none when it is not ours or too old.
    pub(super) fn open(text: &str, cipher: &Cipher, now: Timestamp) -> Option<Carried> {
        let carried: Carried = cipher.open(PURPOSE, text).ok()?;
        (now.duration_since(carried.made_at) < OPEN_FOR).then_some(carried)
    }
}

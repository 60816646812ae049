//! The link by which somebody leaves the list: it carries who they are as a keyed hash, sealed, and nothing is
//! written when it is handed out.

use serde::{Deserialize, Serialize};
use yam_domain::ids::MerchantId;
use yam_domain::notice::{Channel, Contact};
use yam_platform::IdGen;
use yam_platform::secrets::Cipher;
use yam_store::items::notices::OptOut;

const PURPOSE: &str = "leave";

/// Who leaves what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Leave {
    /// The keyed hash of the number or address.
    pub(crate) hash: String,
    /// The channel the link came by.
    pub(crate) channel: Channel,
}

impl Leave {
    /// For somebody who is written to; none for nobody.
    pub(crate) fn of(cipher: &Cipher, contact: &Contact, channel: Channel) -> Option<Leave> {
        let hash = match contact {
            Contact::None => return None,
            Contact::Phone(phone) => OptOut::hash_of_phone(cipher, phone),
            Contact::Email(email) => OptOut::hash_of_email(cipher, email),
        };
        Some(Leave { hash, channel })
    }

    /// The token of the link: the shop, a dot, this sealed for the purpose `leave`.
    pub(crate) fn token(&self, merchant: &MerchantId, cipher: &Cipher, ids: &dyn IdGen) -> Option<String> {
        let sealed = cipher.seal(PURPOSE, self, ids).ok()?;
        Some(format!("{merchant}.{sealed}"))
    }

    /// What a token of ours carries, behind the shop's name.
    pub(crate) fn read(cipher: &Cipher, sealed: &str) -> Option<Leave> {
        cipher.open(PURPOSE, sealed).ok()
    }
}

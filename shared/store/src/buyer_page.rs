//! The address of a parcel's page for its buyer: `/t/{token}`.

use yam_domain::ids::{MerchantId, ParcelId};
use yam_platform::secrets::Cipher;

/// Longest token that is looked at.
const LONGEST: usize = 256;
const PURPOSE: &str = "buyer-page";

/// The token of a parcel's page: shop, parcel and a keyed hash of 128 bits. The same parcel has always the same, so
/// that a message that is repeated says the same.
#[must_use]
pub fn token(cipher: &Cipher, merchant: &MerchantId, parcel: &ParcelId) -> String {
    format!("{merchant}.{parcel}.{}", cipher.fingerprint(PURPOSE, parcel.as_str()))
}

/// The shop and the parcel that a token names; whether it is ours is for [`is_genuine`] to say.
#[must_use]
pub fn named(token: &str) -> Option<(MerchantId, ParcelId)> {
    let (merchant, rest) = token.split_once('.').filter(|_| token.len() <= LONGEST)?;
    let (parcel, _) = rest.rsplit_once('.')?;
    Some((MerchantId::parse(merchant).ok()?, ParcelId::parse(parcel).ok()?))
}

/// Whether we made it.
#[must_use]
pub fn is_genuine(cipher: &Cipher, merchant: &MerchantId, parcel: &ParcelId, given: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    token(cipher, merchant, parcel).as_bytes().ct_eq(given.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_its_own_parcel_and_no_other() {
        let (cipher, other) = (Cipher::new([1; 32]), Cipher::new([2; 32]));
        let shop = MerchantId::parse("demo").unwrap();
        let [mine, theirs] = ["01kabc.1", "01kabc.2"].map(|id| ParcelId::parse(id).unwrap());
        let token = token(&cipher, &shop, &mine);
        assert_eq!(named(&token), Some((shop.clone(), mine.clone())));
        assert!(is_genuine(&cipher, &shop, &mine, &token));
        assert!(!is_genuine(&cipher, &shop, &theirs, &token));
        assert!(!is_genuine(&other, &shop, &mine, &token));
        for bad in ["", "demo", "demo.x", "demo.01kabc.1.", "..", "demo.01kabc.1.AAAA", &"a".repeat(300)] {
            let opened = named(bad).is_some_and(|(shop, parcel)| is_genuine(&cipher, &shop, &parcel, bad));
            assert!(!opened, "{bad}");
        }
    }
}

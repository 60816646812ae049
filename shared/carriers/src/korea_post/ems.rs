//! Products of Korea's EMS and K-Packet by the prefix of their numbers (protocol notes, section 4).

use yam_domain::waybill::{WaybillKind, WaybillNumber};

/// An international product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmsProduct {
    /// EMS with documents.
    Document,
    /// EMS with goods.
    Goods,
    /// EMS Premium.
    Premium,
    /// K-Packet.
    KPacket,
    /// Registered small packet.
    SmallPacket,
}

impl EmsProduct {
    /// `premiumcd` and `em_ee` of the register and rate messages.
    #[must_use]
    pub const fn codes(self) -> (&'static str, &'static str) {
        match self {
            EmsProduct::Document => ("31", "ee"),
            EmsProduct::Goods => ("31", "em"),
            EmsProduct::Premium => ("32", "em"),
            EmsProduct::KPacket => ("14", "rl"),
            EmsProduct::SmallPacket => ("12", "re"),
        }
    }
}

/// The product of a number, and whether it is one of the throw-away numbers of the test service, which never
/// name a real item. None for numbers of other posts and kinds.
#[must_use]
pub fn product(number: &WaybillNumber) -> Option<(EmsProduct, bool)> {
    let korean = number.kind() == Some(WaybillKind::S10) && number.as_str().ends_with("KR");
    let prefix = number.as_str().get(..2).filter(|_| korean)?;
    Some(match prefix {
        "ED" => (EmsProduct::Document, false),
        "MD" => (EmsProduct::Document, true),
        "EG" => (EmsProduct::Goods, false),
        "MG" => (EmsProduct::Goods, true),
        "UP" => (EmsProduct::Premium, false),
        "PW" => (EmsProduct::Premium, true),
        "LK" | "LI" | "LP" => (EmsProduct::KPacket, false),
        "ML" => (EmsProduct::KPacket, true),
        "RK" => (EmsProduct::SmallPacket, false),
        "MR" => (EmsProduct::SmallPacket, true),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_what_the_table_says() {
        let of = |text: &str| product(&WaybillNumber::try_from(text.to_owned()).unwrap());
        assert_eq!(of("EG123456785KR"), Some((EmsProduct::Goods, false)));
        assert_eq!(of("MG123456785KR"), Some((EmsProduct::Goods, true)));
        assert_eq!(of("LP123456785KR"), Some((EmsProduct::KPacket, false)));
        assert_eq!(of("MR123456785KR"), Some((EmsProduct::SmallPacket, true)));
        assert_eq!(of("EG123456785RU"), None);
        assert_eq!(of("ZZ123456785KR"), None);
        assert_eq!(of("6012300045678"), None);
        assert_eq!(EmsProduct::KPacket.codes(), ("14", "rl"));
    }
}

//! Codes of the EShop SOAP service (protocol notes, sections 3.2 and 7).
//!
//! They are not those of Ebazaar REST: sefareshi is 2 here and 0 there, cash on delivery 1 and 0.

use yam_domain::ids::Service as ServiceId;

use crate::outcome::RefusalKind;

/// `serviceType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceType {
    /// پیشتاز
    Pishtaz,
    /// سفارشی
    Sefareshi,
    /// نرخ مطبوع
    PrintedMatter,
}

impl ServiceType {
    /// The code on this wire.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            ServiceType::Pishtaz => 1,
            ServiceType::Sefareshi => 2,
            ServiceType::PrintedMatter => 3,
        }
    }

    /// The type of a service id, where this wire has it.
    #[must_use]
    pub fn of(service: &str) -> Option<Self> {
        match service {
            ServiceId::PISHTAZ => Some(ServiceType::Pishtaz),
            ServiceId::SEFARESHI => Some(ServiceType::Sefareshi),
            _ => None,
        }
    }
}

/// `payType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayType {
    /// The buyer pays goods and postage to the postman.
    CashOnDelivery,
    /// Paid to the shop already.
    Online,
    /// The buyer pays the goods to the postman; the postage is deducted from that.
    FreeDelivery,
}

impl PayType {
    /// The code on this wire.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            PayType::CashOnDelivery => 1,
            PayType::Online => 2,
            PayType::FreeDelivery => 88,
        }
    }

    /// How a parcel is paid for.
    #[must_use]
    pub const fn of(cod: bool, postage_by_merchant: bool) -> Self {
        match (cod, postage_by_merchant) {
            (true, true) => PayType::FreeDelivery,
            (true, false) => PayType::CashOnDelivery,
            (false, _) => PayType::Online,
        }
    }
}

/// `ErrorCode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// 0
    Ok,
    /// -1
    WrongLogin,
    /// -2
    ProductNotFound,
    /// -3
    NoProducts,
    /// -4
    BadPayment,
    /// -5
    BadDelivery,
    /// -6
    BadPostalCode,
    /// -10
    GatewayNotReached,
    /// 3, of `ReadyToShip`: done before.
    AlreadyReady,
    /// Not in the guide.
    Other(i64),
}

impl Code {
    /// Reads a code of `operation`.
    #[must_use]
    pub const fn of(code: i64) -> Self {
        match code {
            0 => Code::Ok,
            -1 => Code::WrongLogin,
            -2 => Code::ProductNotFound,
            -3 => Code::NoProducts,
            -4 => Code::BadPayment,
            -5 => Code::BadDelivery,
            -6 => Code::BadPostalCode,
            -10 => Code::GatewayNotReached,
            3 => Code::AlreadyReady,
            other => Code::Other(other),
        }
    }

    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Code::Ok => 0,
            Code::WrongLogin => -1,
            Code::ProductNotFound => -2,
            Code::NoProducts => -3,
            Code::BadPayment => -4,
            Code::BadDelivery => -5,
            Code::BadPostalCode => -6,
            Code::GatewayNotReached => -10,
            Code::AlreadyReady => 3,
            Code::Other(other) => other,
        }
    }

    /// The kind and the guide's meaning of a definite no; none for everything else.
    #[must_use]
    pub const fn refusal(self) -> Option<(RefusalKind, &'static str)> {
        match self {
            Code::WrongLogin => Some((RefusalKind::Credentials, "wrong user name or password")),
            Code::ProductNotFound => Some((RefusalKind::Goods, "a product is not registered at the post")),
            Code::NoProducts => Some((RefusalKind::Goods, "the order has no products")),
            Code::BadPayment => Some((RefusalKind::Service, "the way of payment is not accepted")),
            Code::BadDelivery => Some((RefusalKind::Service, "the service is not accepted")),
            Code::BadPostalCode => Some((RefusalKind::PostalCode, "the postal code is not valid")),
            Code::Ok | Code::GatewayNotReached | Code::AlreadyReady | Code::Other(_) => None,
        }
    }
}

/// Meaning of -10.
pub const GATEWAY_NOT_REACHED: &str = "the service cannot reach the post's gateway; try again later";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_this_wire() {
        assert_eq!(ServiceType::of("sefareshi").map(ServiceType::code), Some(2));
        assert_eq!(ServiceType::of("pishtaz").map(ServiceType::code), Some(1));
        assert_eq!(ServiceType::PrintedMatter.code(), 3);
        assert_eq!(ServiceType::of("vizhe"), None);
        assert_eq!(PayType::of(true, false).code(), 1);
        assert_eq!(PayType::of(false, false).code(), 2);
        assert_eq!(PayType::of(false, true).code(), 2);
        assert_eq!(PayType::of(true, true).code(), 88);
    }

    #[test]
    fn every_error_code_reads_back() {
        for number in -20..=20 {
            assert_eq!(Code::of(number).number(), number);
        }
        assert!((-6..=-1).all(|number| Code::of(number).refusal().is_some()));
        assert!([0, 3, -7, -10, -11, 1].into_iter().all(|number| Code::of(number).refusal().is_none()));
    }
}

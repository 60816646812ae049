//! Codes of Ebazaar REST (protocol notes, sections 4.1, 4.3 and 7).
//!
//! They are not those of EShop SOAP: sefareshi is 0 here and 2 there, cash on delivery 0 and 1.

use yam_domain::ids::Service as ServiceId;

use crate::outcome::RefusalKind;

/// `ServiceType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceType {
    /// سفارشی
    Sefareshi,
    /// پیشتاز
    Pishtaz,
}

impl ServiceType {
    /// The code on this wire.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            ServiceType::Sefareshi => 0,
            ServiceType::Pishtaz => 1,
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

/// `PayType`.
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
            PayType::CashOnDelivery => 0,
            PayType::Online => 1,
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

/// `NewStatus` of `ChangeStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewStatus {
    /// Called off.
    Cancel,
    /// May be collected.
    Ready,
}

impl NewStatus {
    /// The code on this wire.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            NewStatus::Cancel => 1,
            NewStatus::Ready => 2,
        }
    }

    /// Whether a parcel in `status` is where this change would have brought it, or further on.
    #[must_use]
    pub const fn is_reached_by(self, status: i64) -> bool {
        match self {
            NewStatus::Cancel => matches!(status, 1 | 80),
            NewStatus::Ready => !matches!(status, -1 | 0 | 1 | 3 | 4 | 80),
        }
    }
}

/// `ResCode`, of a whole answer or of one status change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResCode {
    /// 0
    Ok,
    /// -1
    RateExceeded,
    /// -2
    SystemError,
    /// 12
    PriceOrParameter,
    /// 13
    BadOrder,
    /// 14
    GatewayRefused,
    /// 16
    BadShop,
    /// 19
    BadStatusChange,
    /// 21
    ParcelNotFound,
    /// 22: the order may exist.
    NoBarcode,
    /// 9003
    StatusFixed,
    /// The rest.
    Other(i64),
}

impl ResCode {
    /// Reads a code.
    #[must_use]
    pub const fn of(code: i64) -> Self {
        match code {
            0 => ResCode::Ok,
            -1 => ResCode::RateExceeded,
            -2 => ResCode::SystemError,
            12 => ResCode::PriceOrParameter,
            13 => ResCode::BadOrder,
            14 => ResCode::GatewayRefused,
            16 => ResCode::BadShop,
            19 => ResCode::BadStatusChange,
            21 => ResCode::ParcelNotFound,
            22 => ResCode::NoBarcode,
            9003 => ResCode::StatusFixed,
            other => ResCode::Other(other),
        }
    }

    /// The kind and meaning of a definite no; none for everything else.
    #[must_use]
    pub const fn refusal(self) -> Option<(RefusalKind, &'static str)> {
        match self {
            ResCode::PriceOrParameter => {
                Some((RefusalKind::Other, "the price could not be computed, or a parameter is wrong"))
            }
            ResCode::BadOrder => Some((RefusalKind::Other, "the order's data is not valid")),
            ResCode::GatewayRefused => Some((RefusalKind::Other, "the post's gateway refused the order")),
            ResCode::BadShop => {
                Some((RefusalKind::AccountInactive, "the shop's code is not valid at the post"))
            }
            ResCode::BadStatusChange => Some((RefusalKind::State, "this change of status is not possible")),
            ResCode::ParcelNotFound => Some((RefusalKind::State, "the post does not know the parcel")),
            ResCode::Ok
            | ResCode::RateExceeded
            | ResCode::SystemError
            | ResCode::NoBarcode
            | ResCode::StatusFixed
            | ResCode::Other(_) => None,
        }
    }
}

/// Our id is in use: an earlier send may have won, so it is looked up and not believed.
pub const DUPLICATE_ID: i64 = 9505;

/// The kind and meaning of an item's `ErrorCode`.
#[must_use]
pub const fn item_error(code: i64) -> (RefusalKind, &'static str) {
    match code {
        1101 => (RefusalKind::Goods, "a product has no name"),
        1102 => (RefusalKind::Goods, "a product's stock must be above zero"),
        1103 => (RefusalKind::Weight, "the weight is below the minimum"),
        1104 => (RefusalKind::Weight, "the weight is above 30,000 g"),
        1105 => (RefusalKind::Goods, "the price must be 50,000 to 1,000,000,000 rial"),
        1106 | 1107 => (RefusalKind::Goods, "the discount is not valid"),
        1121 | 1122 | 2212..=2215 => (RefusalKind::Goods, "a product is not valid"),
        2101 => (RefusalKind::AccountInactive, "the shop is not valid at the post"),
        2102 | 9501 => (RefusalKind::City, "the province is not valid"),
        2103 | 9502 => (RefusalKind::City, "the city is not valid"),
        2106 => (RefusalKind::Service, "the service is not valid"),
        2107 => (RefusalKind::Service, "the shop has no contract for printed matter"),
        2108 => (RefusalKind::Service, "the way of payment is not valid"),
        2109 => (RefusalKind::Service, "above 5,000 g only pishtaz is possible"),
        2111 => (RefusalKind::Weight, "the weight is not allowed"),
        2112 | 2113 => (RefusalKind::Other, "the post's gateway gave no price"),
        2201 => (RefusalKind::Consignee, "the first name is empty"),
        2202 => (RefusalKind::Consignee, "the last name is empty"),
        2203 => (RefusalKind::Consignee, "the address is empty"),
        2204 => (RefusalKind::Consignee, "the phone number is empty"),
        2205 => (RefusalKind::Consignee, "the mobile number is empty"),
        2206 => (RefusalKind::Consignee, "the e-mail address is empty"),
        2207 => (RefusalKind::Consignee, "the buyer's internet address is empty"),
        2208 | 9101 => (RefusalKind::PostalCode, "the postal code is not valid"),
        2209 => (RefusalKind::Goods, "the parcel holds no products"),
        2301..=2305 => (RefusalKind::City, "the kiosk or pick-up point does not fit the city"),
        9003 => (RefusalKind::State, "the status cannot be changed at this stage"),
        DUPLICATE_ID => (RefusalKind::DuplicateId, "the order id is in use"),
        _ => (RefusalKind::Other, "refused by the post"),
    }
}

/// Why no token is given, by the code in `{"error":"…"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRefusal {
    /// Wrong user name or password, or no such shop.
    Credentials(&'static str),
    /// Right login, but the shop may not use the service (S0-16).
    Inactive(&'static str),
    /// Not now.
    Busy,
    /// Not in the list.
    Other,
}

impl TokenRefusal {
    /// Reads a code.
    #[must_use]
    pub fn of(code: &str) -> Self {
        match code {
            "401" => TokenRefusal::Credentials("Iran Post knows no shop of this user name"),
            "405" => TokenRefusal::Credentials("the user name or password is wrong"),
            "402" => TokenRefusal::Inactive(
                "the login is right, but the shop is not active in ebazaar; ask the post's e-commerce unit to activate it",
            ),
            "403" => TokenRefusal::Inactive(
                "the login is right, but the post closed the shop's access because of a debt; settle it in the panel",
            ),
            "404" => TokenRefusal::Inactive(
                "the login is right, but the post closed the shop's access; ask the post's e-commerce unit",
            ),
            "408" => TokenRefusal::Inactive(
                "the login is right, but this user may not use the web service; ask the post's e-commerce unit to allow it",
            ),
            "406" | "407" => TokenRefusal::Busy,
            _ => TokenRefusal::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_this_wire() {
        assert_eq!(ServiceType::of("sefareshi").map(ServiceType::code), Some(0));
        assert_eq!(ServiceType::of("pishtaz").map(ServiceType::code), Some(1));
        assert_eq!(ServiceType::of("vizhe"), None);
        assert_eq!(PayType::of(true, false).code(), 0);
        assert_eq!(PayType::of(false, false).code(), 1);
        assert_eq!(PayType::of(true, true).code(), 88);
        assert_eq!((NewStatus::Cancel.code(), NewStatus::Ready.code()), (1, 2));
    }

    #[test]
    fn a_wrong_password_is_told_from_a_closed_shop() {
        for code in ["401", "405"] {
            assert!(matches!(TokenRefusal::of(code), TokenRefusal::Credentials(_)), "{code}");
        }
        for code in ["402", "403", "404", "408"] {
            assert!(matches!(TokenRefusal::of(code), TokenRefusal::Inactive(_)), "{code}");
        }
        for code in ["406", "407"] {
            assert_eq!(TokenRefusal::of(code), TokenRefusal::Busy, "{code}");
        }
        assert_eq!(TokenRefusal::of("invalid_grant"), TokenRefusal::Other);
    }

    #[test]
    fn a_status_further_on_counts_as_ready_but_not_as_cancelled() {
        for status in [2, 5, 6, 7, 8, 10, 11, 70, 71] {
            assert!(
                NewStatus::Ready.is_reached_by(status) && !NewStatus::Cancel.is_reached_by(status),
                "{status}"
            );
        }
        assert!(NewStatus::Cancel.is_reached_by(1) && !NewStatus::Ready.is_reached_by(1));
        assert!(!NewStatus::Ready.is_reached_by(0) && !NewStatus::Cancel.is_reached_by(0));
    }
}

//! The EShop SOAP service, version 2.7, as it stands on the wire (protocol notes, section 3).

use super::codes::{PayType, ServiceType};
use super::envelope::Parameter;

/// Namespace and contract in front of the operation in the `SOAPAction` header.
const ACTION: &str = "http://tempuri.org/IEShopService/";

/// What can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Provinces.
    GetStates,
    /// Cities of a province.
    GetCities,
    /// Price of one service.
    GetDeliveryPrice,
    /// Prices of both services; its members are not documented.
    DeliveryMultiPrice,
    /// Registers a product.
    AddStuff,
    /// Registers products.
    AddStuffs,
    /// Registers a parcel; not repeatable.
    AddParcel,
    /// Registers a parcel with a discount on the whole order; not repeatable.
    AddParcelWithDiscount,
    /// Tells that a parcel may be collected.
    ReadyToShip,
    /// Status of a parcel.
    GetStatus,
}

impl Operation {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Operation::GetStates => "GetStates",
            Operation::GetCities => "GetCities",
            Operation::GetDeliveryPrice => "GetDeliveryPrice",
            Operation::DeliveryMultiPrice => "DeliveryMultiPrice",
            Operation::AddStuff => "AddStuff",
            Operation::AddStuffs => "AddStuffs",
            Operation::AddParcel => "AddParcel",
            Operation::AddParcelWithDiscount => "AddParcelWithDiscount",
            Operation::ReadyToShip => "ReadyToShip",
            Operation::GetStatus => "GetStatus",
        }
    }

    /// Value of the `SOAPAction` header, quotes included.
    #[must_use]
    pub fn action(self) -> String {
        format!("\"{ACTION}{}\"", self.name())
    }
}

/// User and password, the first two parameters of every operation.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// User name.
    pub username: &'a str,
    /// Password.
    pub password: &'a str,
}

impl Login<'_> {
    /// The parameters of an operation: the login, then `rest`.
    #[must_use]
    pub fn parameters(&self, rest: Vec<(&'static str, Parameter)>) -> Vec<(&'static str, Parameter)> {
        let login = [("username", self.username.into()), ("password", self.password.into())];
        login.into_iter().chain(rest).collect()
    }
}

/// A price request.
#[derive(Debug, Clone, Copy)]
pub struct PriceRequest {
    /// Destination.
    pub city_code: u32,
    /// Goods in Rial.
    pub price: i64,
    /// Grams.
    pub weight: u32,
    /// Service.
    pub service: ServiceType,
    /// Payment.
    pub pay: PayType,
}

impl PriceRequest {
    /// Parameters of `GetDeliveryPrice`, in schema order.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        let mut all = self.multi_parameters();
        all.push(("serviceType", self.service.code().into()));
        all.push(("payType", self.pay.code().into()));
        all
    }

    /// Parameters of `DeliveryMultiPrice`.
    #[must_use]
    pub fn multi_parameters(&self) -> Vec<(&'static str, Parameter)> {
        vec![
            ("cityCode", i64::from(self.city_code).into()),
            ("price", self.price.into()),
            ("weight", i64::from(self.weight).into()),
        ]
    }
}

/// A product to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStuff {
    /// Name.
    pub name: String,
    /// Rial.
    pub price: i64,
    /// Grams.
    pub weight: u32,
    /// Pieces in stock.
    pub count: i64,
}

impl NewStuff {
    /// Parameters of `AddStuff`.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        vec![
            ("name", self.name.as_str().into()),
            ("price", self.price.into()),
            ("weight", i64::from(self.weight).into()),
            ("count", self.count.into()),
            ("description", self.name.as_str().into()),
            ("percentDiscount", 0.into()),
        ]
    }

    /// A record of `AddStuffs`; member names as of `AddStuff`, alphabetical.
    #[must_use]
    pub fn row(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Count", self.count.to_string()),
            ("Description", self.name.clone()),
            ("Name", self.name.clone()),
            ("PercentDiscount", "0".into()),
            ("Price", self.price.to_string()),
            ("Weight", self.weight.to_string()),
        ]
    }
}

/// A product in a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TempProduct {
    /// From `AddStuff`.
    pub id: i64,
    /// Pieces.
    pub count: u32,
}

/// A parcel to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewParcel {
    /// Products.
    pub products: Vec<TempProduct>,
    /// Destination.
    pub city_code: u32,
    /// Service.
    pub service: ServiceType,
    /// Payment.
    pub pay: PayType,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address.
    pub address: String,
    /// Land line or other number.
    pub phone: String,
    /// Mobile.
    pub mobile: String,
    /// Ten digits.
    pub postal_code: String,
    /// Rial off the whole order; zero for none.
    pub discount: i64,
}

impl NewParcel {
    /// Which operation registers it.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        if self.discount == 0 { Operation::AddParcel } else { Operation::AddParcelWithDiscount }
    }

    /// Its parameters, in schema order.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        let row = |product: &TempProduct| {
            vec![
                ("Count", product.count.to_string()),
                ("DisCount", "0".to_owned()),
                ("Id", product.id.to_string()),
            ]
        };
        let rows = self.products.iter().map(row).collect();
        let mut all = vec![
            ("productsId", Parameter::Rows { element: "TempProducts", rows }),
            ("cityCode", i64::from(self.city_code).into()),
            ("serviceType", self.service.code().into()),
            ("payType", self.pay.code().into()),
            ("registerFirstName", self.first_name.as_str().into()),
            ("registerLastName", self.last_name.as_str().into()),
            ("registerAddress", self.address.as_str().into()),
            ("registerPhoneNumber", self.phone.as_str().into()),
            ("registerMobile", self.mobile.as_str().into()),
            ("registerPostalCode", self.postal_code.as_str().into()),
        ];
        if self.discount != 0 {
            // The guide says "one Rial amount" and gives no name.
            all.push(("discountAmount", self.discount.into()));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_name_the_contract() {
        assert_eq!(Operation::AddParcel.action(), "\"http://tempuri.org/IEShopService/AddParcel\"");
    }
}

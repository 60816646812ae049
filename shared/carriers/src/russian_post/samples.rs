//! Invented data for the unit tests of this adapter.

use yam_domain::dimensions::Dimensions;
use yam_domain::ids::{AccountId, CarrierId, MerchantId, ParcelId};
use yam_domain::money::{Currency, Money};
use yam_domain::phone::Phone;
use yam_domain::weight::Grams;

use super::{OTPRAVKA, RussianPostSettings};
use crate::account::{Account, AccountSettings, Credentials};
use crate::consignment::{Consignee, Consignment, Quote, QuoteDestination, Stuff};
use crate::our_id::OurId;

pub(super) fn rub(kopecks: i64) -> Money {
    Money::new(kopecks, Currency::Rub)
}

pub(super) fn account(wire: &str) -> Account {
    Account {
        merchant: MerchantId::parse("demo").unwrap(),
        id: AccountId::parse("pochta").unwrap(),
        carrier: CarrierId::RussianPost,
        credentials: Credentials::new("demo@example.com", "demo-pass")
            .with("access_token", "demo-token-0123456789"),
        settings: AccountSettings {
            russian_post: Some(RussianPostSettings::new("101000")),
            ..AccountSettings::of_wire(wire)
        },
    }
}

pub(super) fn sender() -> Account {
    account(OTPRAVKA)
}

pub(super) fn ours() -> OurId {
    OurId::new(ParcelId::parse("p-1").unwrap(), 1)
}

pub(super) fn quote() -> Quote {
    Quote {
        destination: QuoteDestination {
            country: "RU".into(),
            region: None,
            city: Some("Новосибирск".into()),
            postal_code: Some("630099".into()),
        },
        weight: Grams::new(1_250),
        dimensions: Some(Dimensions::new(255, 170, 80)),
        goods_total: rub(150_000),
        declared_value: None,
        cod: false,
        services: vec!["parcel".into()],
    }
}

pub(super) fn consignment() -> Consignment {
    Consignment {
        parcel: ParcelId::parse("p-1").unwrap(),
        marker: None,
        consignee: Consignee {
            first_name: "Петр".into(),
            last_name: "Сидоров".into(),
            middle_name: None,
            phone: Some(Phone::parse("89161234567", "RU").unwrap()),
            phone2: None,
            email: None,
            country: "RU".into(),
            region: Some("Новосибирская область".into()),
            city: Some("Новосибирск".into()),
            postal_code: Some("630099".into()),
            address: "ул. Примерная, д. 7, кв. 12".into(),
            address2: None,
        },
        items: vec![Stuff::plain("Книга-пример", 1, Grams::new(1_000), rub(150_000))],
        weight: Grams::new(1_250),
        dimensions: None,
        service: "parcel".into(),
        cod: true,
        cod_amount: None,
        declared_value: None,
        postage_on_delivery: false,
        postage_by_merchant: false,
        discount: rub(0),
        buyer_ip: None,
        delivery_note: None,
    }
}

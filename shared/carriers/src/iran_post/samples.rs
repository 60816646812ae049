//! Invented data for the unit tests of this adapter.

use yam_domain::ids::{AccountId, CarrierId, MerchantId, ParcelId};
use yam_domain::money::{Currency, Money};
use yam_domain::phone::Phone;
use yam_domain::weight::{Grams, WeightLimits};

use crate::account::{Account, AccountSettings, Credentials};
use crate::consignment::{Consignee, Consignment, Quote, QuoteDestination, Stuff};

pub(super) fn settings(wire: &str) -> AccountSettings {
    AccountSettings {
        wire: wire.into(),
        origin_state: Some(1),
        origin_city: Some(1),
        limits: WeightLimits::default(),
        tariff: None,
        address_marker: true,
        track_every_minutes: None,
    }
}

pub(super) fn account(wire: &str) -> Account {
    Account {
        merchant: MerchantId::parse("demo-ir").unwrap(),
        id: AccountId::parse("post").unwrap(),
        carrier: CarrierId::IranPost,
        credentials: Credentials { username: "demo-shop".into(), password: "demo-pass".to_owned().into() },
        settings: settings(wire),
    }
}

pub(super) fn quote() -> Quote {
    Quote {
        destination: QuoteDestination {
            country: "IR".into(),
            region: Some("فارس".into()),
            city: Some("شیراز".into()),
            postal_code: None,
        },
        weight: Grams::new(800),
        goods_total: Money::new(900_000, Currency::Irr),
        cod: true,
        services: Vec::new(),
    }
}

pub(super) fn consignment() -> Consignment {
    Consignment {
        parcel: ParcelId::parse("p-1").unwrap(),
        marker: Some("Y-7K2M".into()),
        consignee: Consignee {
            first_name: "نام".into(),
            last_name: "آزمایشی".into(),
            phone: Some(Phone::parse("09170000000", "IR").unwrap()),
            phone2: None,
            email: None,
            country: "IR".into(),
            region: Some("فارس".into()),
            city: Some("شیراز".into()),
            postal_code: Some("7134467891".into()),
            address: "خیابان نمونه، پلاک ۱".into(),
        },
        items: vec![Stuff {
            name: "کتاب نمونه".into(),
            quantity: 2,
            weight: Grams::new(400),
            price: Money::new(450_000, Currency::Irr),
        }],
        weight: Grams::new(900),
        service: "pishtaz".into(),
        cod: true,
        postage_by_merchant: false,
        discount: Money::new(0, Currency::Irr),
        buyer_ip: None,
    }
}

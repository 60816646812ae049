//! Invented data for the unit tests of this adapter.

use yam_domain::dimensions::Dimensions;
use yam_domain::ids::{AccountId, CarrierId, MerchantId, ParcelId};
use yam_domain::money::{Currency, Money};
use yam_domain::phone::Phone;
use yam_domain::weight::Grams;

use super::{AUTH_KEY, KoreaPostSettings, SECURITY_KEY, SHIP};
use crate::account::{Account, AccountSettings, Credentials};
use crate::consignment::{Consignee, Consignment, Quote, QuoteDestination, Stuff};
use crate::our_id::OurId;

pub(super) fn contract() -> KoreaPostSettings {
    KoreaPostSettings::new("0001234567", "1234567890", "01", "데모 상점")
}

pub(super) fn settings() -> AccountSettings {
    AccountSettings { korea_post: Some(contract()), ..AccountSettings::of_wire(SHIP) }
}

pub(super) fn account() -> Account {
    Account {
        merchant: MerchantId::parse("demo-kr").unwrap(),
        id: AccountId::parse("epost").unwrap(),
        carrier: CarrierId::KoreaPost,
        credentials: Credentials::new("testmall", "panel-pass")
            .with(AUTH_KEY, "demoauthkey0000000000000000001")
            .with(SECURITY_KEY, "0123456789abcdef"),
        settings: settings(),
    }
}

pub(super) fn won(amount: i64) -> Money {
    Money::new(amount, Currency::Krw)
}

pub(super) fn ours() -> OurId {
    OurId::new(ParcelId::parse("p-1").unwrap(), 1).on(vec![jiff::civil::date(2025, 1, 2)])
}

pub(super) fn quote() -> Quote {
    Quote {
        destination: QuoteDestination {
            country: "KR".into(),
            region: None,
            city: None,
            postal_code: Some("04524".into()),
        },
        weight: Grams::new(1_500),
        dimensions: Some(Dimensions::new(300, 200, 200)),
        goods_total: won(30_000),
        declared_value: None,
        cod: false,
        services: Vec::new(),
    }
}

pub(super) fn consignment() -> Consignment {
    Consignment {
        parcel: ParcelId::parse("p-1").unwrap(),
        marker: None,
        consignee: Consignee {
            first_name: "길동".into(),
            last_name: "홍".into(),
            middle_name: None,
            phone: Some(Phone::parse("010-1234-5678", "KR").unwrap()),
            phone2: None,
            email: None,
            country: "KR".into(),
            region: Some("서울특별시".into()),
            city: Some("중구".into()),
            postal_code: Some("04524".into()),
            address: "세종대로 110".into(),
            address2: Some("3층".into()),
        },
        items: vec![Stuff::plain("예제 도서", 2, Grams::new(700), won(15_000))],
        weight: Grams::new(1_500),
        dimensions: None,
        service: "parcel".into(),
        cod: false,
        cod_amount: None,
        declared_value: None,
        postage_on_delivery: false,
        postage_by_merchant: false,
        discount: won(0),
        buyer_ip: None,
        delivery_note: Some("문 앞에 놓아 주세요".into()),
    }
}

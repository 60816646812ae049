//! Answers and attempts that the unit tests share.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use yam_domain::ids::{AccountId, GatewayId, MerchantId};
use yam_domain::money::Money;
use yam_domain::payment::order_number::OrderNumber;
use yam_platform::http::Answer;

use crate::account::{Account, AccountSettings, Credentials};
use crate::attempt::Attempt;

pub(crate) fn answer(status: u16, body: impl Into<Bytes>) -> Answer {
    let media = HeaderValue::from_static("application/json");
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, media)]),
        body: body.into(),
        complete: true,
    }
}

pub(crate) fn attempt(gateway: GatewayId, gateway_id: &str, amount: i64) -> Attempt {
    Attempt {
        order: OrderNumber::nth(gateway, 0, 1).unwrap(),
        gateway_id: gateway_id.to_owned(),
        amount: Money::new(amount, gateway.currency()),
        receipt: None,
        verify_sends: 0,
    }
}

pub(crate) fn account(gateway: GatewayId, credentials: &[(&str, &str)]) -> Account {
    let pairs = credentials.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Account {
        merchant: MerchantId::parse("demo").unwrap(),
        id: AccountId::parse("a-1").unwrap(),
        gateway,
        credentials: Credentials::new(pairs),
        settings: AccountSettings::default(),
    }
}

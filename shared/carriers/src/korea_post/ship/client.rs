//! Calls of the contract-parcel service: one form each (protocol notes, section 3.1).
//!
//! The manual's way is a GET with everything in the address; the same form by POST is taken too, keeps
//! buyers' data out of access logs, has no limit on its length, and no proxy repeats it.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use url::form_urlencoded::Serializer;
use yam_platform::Config;
use yam_platform::http::{Answer, Deadline, EffectClient, Endpoint, Outbound, SendFailure};

use super::reg_data::{self, Fields};
use crate::account::Account;
use crate::korea_post::client::{AGENT, XML};

const SYSTEM: &str = "KOREA_POST_SHIP";
const SETTING: &str = "YAM_URL_KOREA_POST_SHIP";
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// A message of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    CustomerNumber,
    Contracts,
    StoppedArea,
    Offices,
    Insert,
    LookUp,
    Cancel,
}

impl Message {
    /// Its path, which is its name in logs too.
    pub(super) fn path(self) -> &'static str {
        match self {
            Message::CustomerNumber => "api.GetCustNo.jparcel",
            Message::Contracts => "api.GetApprNo.jparcel",
            Message::StoppedArea => "api.GetStoppedZipCd.jparcel",
            Message::Offices => "api.GetOfficeInfo.jparcel",
            Message::Insert => "api.InsertOrder.jparcel",
            Message::LookUp => "api.GetResInfo.jparcel",
            Message::Cancel => "api.GetResCancelCmd.jparcel",
        }
    }
}

/// The way to the service.
#[derive(Debug, Clone)]
pub(super) struct Client {
    http: EffectClient,
    endpoint: Endpoint,
}

impl Client {
    pub(super) fn new(http: EffectClient, config: &Config) -> Self {
        Client { http, endpoint: Endpoint::new(config, SETTING) }
    }

    /// Sends a message of enciphered fields.
    ///
    /// # Errors
    /// [`SendFailure::NotSent`] also when the account's keys cannot be used.
    pub(super) async fn call(
        &self,
        message: Message,
        account: &Account,
        fields: &Fields,
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let unusable = |why: &str| SendFailure::NotSent(why.to_owned());
        let credentials = &account.credentials;
        let auth_key = credentials.secret(super::AUTH_KEY);
        let auth_key = auth_key.ok_or_else(|| unusable("the account has no authentication key"))?;
        let security_key = credentials.secret(super::SECURITY_KEY);
        let security_key = security_key.ok_or_else(|| unusable("the account has no security key"))?;
        let key = reg_data::key(security_key).map_err(unusable)?;
        let sealed = reg_data::sealed(fields, key);
        self.post(message, &[("key", auth_key), ("regData", &sealed)], deadline).await
    }

    /// Sends a message of plain fields.
    pub(super) async fn plain(
        &self,
        message: Message,
        fields: &[(&str, &str)],
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        self.post(message, fields, deadline).await
    }

    pub(super) fn address(&self) -> String {
        self.endpoint.shown()
    }

    async fn post(
        &self,
        message: Message,
        fields: &[(&str, &str)],
        deadline: Deadline,
    ) -> Result<Answer, SendFailure> {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let call = Outbound {
            system: SYSTEM,
            operation: message.path(),
            method: Method::POST,
            url: self.endpoint.join(message.path())?,
            headers: HeaderMap::from_iter([(USER_AGENT, AGENT), (ACCEPT, XML), (CONTENT_TYPE, FORM)]),
            body: Bytes::from(body),
            limits: deadline.limits()?,
        };
        self.http.send(call).await
    }
}

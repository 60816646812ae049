//! The public-data gateway: its keys and its failures.

use http::StatusCode;
use rusqlite::Connection;

use super::{Fields, granted};
use crate::error::Result;
use crate::korea_post::keys::Service;
use crate::pipeline::{Answer, View};

pub(super) const BAD_PARAMETER: i32 = 10;
pub(super) const NO_SERVICE: i32 = 12;
const DENIED: i32 = 20;
pub(super) const USED_UP: i32 = 22;
const UNKNOWN_KEY: i32 = 30;
const EXPIRED: i32 = 31;

const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// The name of a failure, from the gateway's table.
fn name(code: i32) -> &'static str {
    match code {
        1 => "APPLICATION_ERROR",
        BAD_PARAMETER => "INVALID_REQUEST_PARAMETER_ERROR",
        NO_SERVICE => "NO_OPENAPI_SERVICE_ERROR",
        DENIED => "SERVICE_ACCESS_DENIED_ERROR",
        USED_UP => "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR",
        UNKNOWN_KEY => "SERVICE_KEY_IS_NOT_REGISTERED_ERROR",
        EXPIRED => "DEADLINE_HAS_EXPIRED_ERROR",
        32 => "UNREGISTERED_IP_ERROR",
        _ => "UNKNOWN_ERROR",
    }
}

/// A document of the services behind the gateway.
pub(super) fn document(body: String) -> Answer {
    Answer { status: StatusCode::OK, content_type: CONTENT_TYPE, body: body.into() }
}

/// A failure of the gateway itself, before any service.
pub(super) fn failure(code: i32) -> Answer {
    document(format!(
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>{}</returnAuthMsg>\
         <returnReasonCode>{code}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>",
        name(code)
    ))
}

/// Why a call is not let in, if it is not: its key, or the quota.
pub(super) fn refused(view: &View<'_>, connection: &Connection, fields: &Fields) -> Result<Option<Answer>> {
    let key = view.shared.korea_post.keys.get(fields.get_any_case("ServiceKey"));
    let Some(key) = key.filter(|key| key.service == Service::Gateway) else {
        return Ok(Some(failure(UNKNOWN_KEY)));
    };
    if !key.enabled {
        return Ok(Some(failure(DENIED)));
    }
    if key.expired {
        return Ok(Some(failure(EXPIRED)));
    }
    Ok(if granted(view, connection, &key)? { None } else { Some(failure(USED_UP)) })
}

/// The number asked for, if the key lets the call through.
pub(super) fn number<'a>(
    view: &View<'_>,
    connection: &Connection,
    fields: &'a Fields,
) -> Result<std::result::Result<&'a str, Answer>> {
    if let Some(failure) = refused(view, connection, fields)? {
        return Ok(Err(failure));
    }
    let number = fields.get("rgist");
    Ok(if number.is_empty() { Err(failure(BAD_PARAMETER)) } else { Ok(number) })
}

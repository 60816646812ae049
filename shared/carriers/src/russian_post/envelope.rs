//! Envelopes of both wires (protocol notes, sections 1.2, 1.5, 2.1 and 2.2). Credentials stand in the body
//! and nowhere else; the order of elements is fixed by the schemas.

use yam_platform::secrets::ExposeSecret as _;
use yam_platform::xml::escaped;

use crate::account::Credentials;

/// A SOAP 1.2 envelope of the single wire around an operation.
pub(super) fn single(operation: &str) -> String {
    format!(
        "<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:oper=\"http://russianpost.org/operationhistory\" \
         xmlns:data=\"http://russianpost.org/operationhistory/data\" \
         xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <soap:Header/><soap:Body>{operation}</soap:Body></soap:Envelope>"
    )
}

/// The login of the single wire, which stands in the body of the envelope.
pub(super) fn single_login(credentials: &Credentials) -> String {
    let (login, password) = login(credentials);
    format!(
        "<data:AuthorizationHeader soapenv:mustUnderstand=\"1\">\
         <data:login>{login}</data:login><data:password>{password}</data:password></data:AuthorizationHeader>"
    )
}

/// A SOAP 1.1 envelope of the batch wire around an operation.
pub(super) fn batch(operation: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:pos=\"http://fclient.russianpost.org/postserver\" \
         xmlns:fcl=\"http://fclient.russianpost.org\">\
         <soapenv:Header/><soapenv:Body>{operation}</soapenv:Body></soapenv:Envelope>"
    )
}

/// The login of the batch wire: two unqualified elements.
pub(super) fn batch_login(credentials: &Credentials) -> String {
    let (login, password) = login(credentials);
    format!("<login>{login}</login><password>{password}</password>")
}

fn login(credentials: &Credentials) -> (String, String) {
    (escaped(&credentials.username), escaped(credentials.password.expose_secret()))
}

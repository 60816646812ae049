//! SOAP 1.1, document/literal wrapped: the operation has a prefix, its children stand bare and in the order
//! of the WSDL (gateway notes, section 3).

use yam_platform::xml::{Pull, Token, escaped};

const NAMESPACE: &str = "http://interfaces.core.sw.bps.com/";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// Writes a request; the children keep their order.
pub(super) fn write(operation: &str, children: &[(&str, String)]) -> String {
    let inner: String =
        children.iter().map(|(name, value)| format!("<{name}>{}</{name}>", escaped(value))).collect();
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"{SOAP}\" xmlns:int=\"{NAMESPACE}\"><soapenv:Body>\
         <int:{operation}>{inner}</int:{operation}></soapenv:Body></soapenv:Envelope>"
    )
}

/// The text of `<return>` in the answer to an operation, of a whole and well-formed document only.
pub(super) fn read(operation: &str, body: &[u8]) -> Result<String, &'static str> {
    let mut path: Vec<String> = Vec::new();
    let mut pull = Pull::new(body);
    let mut found = None;
    loop {
        match pull.token() {
            Token::Open(tag) => {
                if path.is_empty() && !tag.name().eq_ignore_ascii_case("Envelope") {
                    return Err("no SOAP envelope");
                }
                path.push(tag.name().to_owned());
            }
            Token::Close(text) => {
                let inside = matches!(path.as_slice(), [_, body, answer, last]
                    if body == "Body" && last == "return" && answer.strip_suffix("Response") == Some(operation));
                if inside && found.replace(text.trim().to_owned()).is_some() {
                    return Err("two answers in one envelope");
                }
                path.pop();
            }
            Token::End => return found.ok_or("no answer in the envelope"),
            Token::Stop(why) => return Err(why),
        }
    }
}

/// `return`: a code, and behind the first comma what belongs to it.
pub(super) fn code(text: &str) -> Option<(i64, Option<String>)> {
    let (code, rest) = match text.split_once(',') {
        Some((code, rest)) => (code, Some(rest.trim().to_owned()).filter(|r| !r.is_empty())),
        None => (text, None),
    };
    Some((code.trim().parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Section 3.
    const ANSWER: &str = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><ns2:bpPayRequestResponse xmlns:ns2=\"http://interfaces.core.sw.bps.com/\"><return>0, AF82041a2Bf6989c7fF9</return></ns2:bpPayRequestResponse></soap:Body></soap:Envelope>";

    #[test]
    fn requests_are_escaped_and_ordered() {
        let text =
            write("bpVerifyRequest", &[("terminalId", "1234".into()), ("userPassword", "a<&\"b".into())]);
        assert!(text.contains(
            "<int:bpVerifyRequest><terminalId>1234</terminalId><userPassword>a&lt;&amp;&quot;b</userPassword></int:bpVerifyRequest>"
        ));
    }

    #[test]
    fn the_answer_of_the_notes() {
        let text = read("bpPayRequest", ANSWER.as_bytes()).unwrap();
        assert_eq!(code(&text), Some((0, Some("AF82041a2Bf6989c7fF9".into()))));
        assert_eq!(code("421"), Some((421, None)));
        assert_eq!(code("0,"), Some((0, None)));
        assert_eq!(code("ok"), None);
    }

    #[test]
    fn what_is_no_whole_answer_to_the_operation() {
        assert!(read("bpVerifyRequest", ANSWER.as_bytes()).is_err());
        for at in 0..ANSWER.len() {
            assert!(read("bpPayRequest", &ANSWER.as_bytes()[..at]).is_err(), "cut at {at}");
        }
        for body in [
            "<html><body>busy</body></html>",
            "<s:Envelope xmlns:s='x'><s:Body><s:Fault><faultstring>e</faultstring></s:Fault></s:Body></s:Envelope>",
            "<!DOCTYPE a [<!ENTITY x '0'>]><Envelope><Body><bpPayRequestResponse><return>&x;</return></bpPayRequestResponse></Body></Envelope>",
            "<Envelope><Body><bpPayRequestResponse><return>0</return><return>0</return></bpPayRequestResponse></Body></Envelope>",
        ] {
            assert!(read("bpPayRequest", body.as_bytes()).is_err(), "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(body in prop::collection::vec(any::<u8>(), 0..300), text in ".*") {
            prop_assert!(read("bpPayRequest", &body).is_err());
            let _read = code(&text);
        }
    }
}

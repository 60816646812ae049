//! The service description, as far as clients need one.

use std::fmt::Write as _;

use http::{HeaderMap, StatusCode};

use super::OPERATIONS;
use crate::pipeline::Answer;
use crate::xml::escaped;

/// A WSDL 1.1 with the operations and their parameters; result types are left open.
pub(super) fn answer(headers: &HeaderMap) -> Answer {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("svc.ebazaar-post.ir");
    let (mut elements, mut messages, mut port, mut binding) =
        (String::new(), String::new(), String::new(), String::new());
    for (name, parameters) in OPERATIONS {
        let _ = write!(elements, "<xs:element name=\"{name}\"><xs:complexType><xs:sequence>");
        for parameter in parameters {
            let _ = write!(elements, "<xs:element minOccurs=\"0\" name=\"{parameter}\"/>");
        }
        let _ = write!(
            elements,
            "</xs:sequence></xs:complexType></xs:element><xs:element name=\"{name}Response\"><xs:complexType>\
             <xs:sequence><xs:element minOccurs=\"0\" name=\"{name}Result\"/></xs:sequence></xs:complexType></xs:element>"
        );
        let _ = write!(
            messages,
            "<wsdl:message name=\"{name}In\"><wsdl:part name=\"parameters\" element=\"tns:{name}\"/></wsdl:message>\
             <wsdl:message name=\"{name}Out\"><wsdl:part name=\"parameters\" element=\"tns:{name}Response\"/></wsdl:message>"
        );
        let _ = write!(
            port,
            "<wsdl:operation name=\"{name}\"><wsdl:input message=\"tns:{name}In\"/>\
             <wsdl:output message=\"tns:{name}Out\"/></wsdl:operation>"
        );
        let _ = write!(
            binding,
            "<wsdl:operation name=\"{name}\"><soap:operation soapAction=\"http://tempuri.org/IEShopService/{name}\" \
             style=\"document\"/><wsdl:input><soap:body use=\"literal\"/></wsdl:input>\
             <wsdl:output><soap:body use=\"literal\"/></wsdl:output></wsdl:operation>"
        );
    }
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><wsdl:definitions name=\"EShopService\" \
         targetNamespace=\"http://tempuri.org/\" xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\" \
         xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:tns=\"http://tempuri.org/\"><wsdl:types><xs:schema elementFormDefault=\"qualified\" \
         targetNamespace=\"http://tempuri.org/\">{elements}</xs:schema></wsdl:types>{messages}\
         <wsdl:portType name=\"IEShopService\">{port}</wsdl:portType>\
         <wsdl:binding name=\"BasicHttpBinding_IEShopService\" type=\"tns:IEShopService\">\
         <soap:binding transport=\"http://schemas.xmlsoap.org/soap/http\"/>{binding}</wsdl:binding>\
         <wsdl:service name=\"EShopService\"><wsdl:port name=\"BasicHttpBinding_IEShopService\" \
         binding=\"tns:BasicHttpBinding_IEShopService\"><soap:address \
         location=\"http://{}/iran_post/eshop/EShopService.svc\"/></wsdl:port></wsdl:service></wsdl:definitions>",
        escaped(host)
    );
    Answer { status: StatusCode::OK, content_type: "text/xml; charset=utf-8", body: body.into() }
}

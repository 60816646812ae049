//! The service description, as far as clients need one.

use std::fmt::Write as _;

use http::StatusCode;

use super::operations::{LOGIN, OPERATIONS};
use super::soap::NAMESPACE;
use crate::pipeline::Answer;
use crate::xml::escaped;

/// A WSDL 1.1 with the operations and their parameters.
pub(super) fn answer(base: &str) -> Answer {
    let (mut elements, mut messages, mut port, mut binding) =
        (String::new(), String::new(), String::new(), String::new());
    for operation in &OPERATIONS {
        let name = operation.name;
        let _ = write!(
            elements,
            "<xs:element name=\"{name}\" type=\"tns:{name}\"/><xs:complexType name=\"{name}\"><xs:sequence>"
        );
        for parameter in LOGIN.iter().chain(operation.parameters) {
            let _ = write!(elements, "<xs:element name=\"{parameter}\"/>");
        }
        for parameter in operation.optional {
            let _ = write!(elements, "<xs:element minOccurs=\"0\" name=\"{parameter}\"/>");
        }
        let _ = write!(
            elements,
            "</xs:sequence></xs:complexType><xs:element name=\"{name}Response\" type=\"tns:{name}Response\"/>\
             <xs:complexType name=\"{name}Response\"><xs:sequence><xs:element minOccurs=\"0\" name=\"return\" \
             type=\"xs:string\"/></xs:sequence></xs:complexType>"
        );
        let _ = write!(
            messages,
            "<wsdl:message name=\"{name}\"><wsdl:part name=\"parameters\" element=\"tns:{name}\"/></wsdl:message>\
             <wsdl:message name=\"{name}Response\"><wsdl:part name=\"parameters\" element=\"tns:{name}Response\"/></wsdl:message>"
        );
        let _ = write!(
            port,
            "<wsdl:operation name=\"{name}\"><wsdl:input message=\"tns:{name}\"/>\
             <wsdl:output message=\"tns:{name}Response\"/></wsdl:operation>"
        );
        let _ = write!(
            binding,
            "<wsdl:operation name=\"{name}\"><soap:operation soapAction=\"\" style=\"document\"/><wsdl:input>\
             <soap:body use=\"literal\"/></wsdl:input><wsdl:output><soap:body use=\"literal\"/></wsdl:output></wsdl:operation>"
        );
    }
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><wsdl:definitions name=\"PaymentGatewayImplService\" \
         targetNamespace=\"{NAMESPACE}\" xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\" \
         xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:tns=\"{NAMESPACE}\"><wsdl:types><xs:schema elementFormDefault=\"unqualified\" \
         targetNamespace=\"{NAMESPACE}\">{elements}</xs:schema></wsdl:types>{messages}\
         <wsdl:portType name=\"IPaymentGateway\">{port}</wsdl:portType>\
         <wsdl:binding name=\"PaymentGatewayImplServiceSoapBinding\" type=\"tns:IPaymentGateway\">\
         <soap:binding transport=\"http://schemas.xmlsoap.org/soap/http\"/>{binding}</wsdl:binding>\
         <wsdl:service name=\"PaymentGatewayImplService\"><wsdl:port name=\"PaymentGatewayImplPort\" \
         binding=\"tns:PaymentGatewayImplServiceSoapBinding\"><soap:address \
         location=\"{}/mellat/pgwchannel/services/pgw\"/></wsdl:port></wsdl:service></wsdl:definitions>",
        escaped(base)
    );
    Answer { status: StatusCode::OK, content_type: "text/xml;charset=UTF-8", body: body.into() }
}

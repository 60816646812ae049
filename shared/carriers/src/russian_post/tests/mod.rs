//! What answers mean: the examples of the protocol notes, and bodies nobody would send.

mod history;
mod tickets;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use yam_domain::money::{Currency, Money};
use yam_domain::tracking::{CodMoney, Office, Snapshot, dictionary};
use yam_domain::waybill::WaybillNumber;
use yam_platform::http::Answer;

use super::{batch, money, single};
use crate::account::Credentials;
use crate::tracker::{MOST_SCANS, Ticket, TrackOutcome};

const CODE: &str = "10100007000014";

/// Section 1.3 of the notes, with a second record without names.
const HISTORY: &str = "<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S=\"http://www.w3.org/2003/05/soap-envelope\"><S:Body>
<ns7:getOperationHistoryResponse xmlns:ns3=\"http://russianpost.org/operationhistory/data\" xmlns:ns7=\"http://russianpost.org/operationhistory\">
<ns3:OperationHistoryData><ns3:historyRecord>
 <ns3:AddressParameters><ns3:DestinationAddress><ns3:Index>630099</ns3:Index><ns3:Description>Новосибирск 99</ns3:Description></ns3:DestinationAddress>
  <ns3:OperationAddress><ns3:Index>101000</ns3:Index><ns3:Description>Москва</ns3:Description></ns3:OperationAddress>
  <ns3:MailDirect><ns3:Id>643</ns3:Id><ns3:Code2A>RU</ns3:Code2A><ns3:NameRU>Российская Федерация</ns3:NameRU></ns3:MailDirect></ns3:AddressParameters>
 <ns3:FinanceParameters><ns3:Payment>150000</ns3:Payment><ns3:Value>150000</ns3:Value></ns3:FinanceParameters>
 <ns3:ItemParameters><ns3:Barcode>10100007000014</ns3:Barcode><ns3:ValidRuType>true</ns3:ValidRuType>
  <ns3:MailRank><ns3:Id>0</ns3:Id><ns3:Name>Без разряда</ns3:Name></ns3:MailRank><ns3:Mass>1250</ns3:Mass></ns3:ItemParameters>
 <ns3:OperationParameters><ns3:OperType><ns3:Id>1</ns3:Id><ns3:Name>Прием</ns3:Name></ns3:OperType><ns3:OperAttr><ns3:Id>2</ns3:Id><ns3:Name>Партионный</ns3:Name></ns3:OperAttr><ns3:OperDate>2025-03-14T10:15:00.000+03:00</ns3:OperDate></ns3:OperationParameters>
 <ns3:UserParameters><ns3:SendCtg><ns3:Id>5</ns3:Id><ns3:Name>Корпоративный клиент</ns3:Name></ns3:SendCtg><ns3:Sndr>ООО ПРИМЕР</ns3:Sndr><ns3:Rcpn>СИДОРОВ П П</ns3:Rcpn></ns3:UserParameters>
</ns3:historyRecord><ns3:historyRecord>
 <ns3:AddressParameters><ns3:OperationAddress><ns3:Index>630099</ns3:Index></ns3:OperationAddress></ns3:AddressParameters>
 <ns3:ItemParameters/>
 <ns3:OperationParameters><ns3:OperType><ns3:Id>8</ns3:Id></ns3:OperType><ns3:OperAttr><ns3:Id>0</ns3:Id></ns3:OperAttr><ns3:OperDate>2025-03-18T08:40:00.0000000+07:00</ns3:OperDate></ns3:OperationParameters>
</ns3:historyRecord></ns3:OperationHistoryData></ns7:getOperationHistoryResponse></S:Body></S:Envelope>";

/// Section 2.2 of the notes.
const ANSWER: &str = "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body><ns2:answerByTicketResponse xmlns:ns2=\"http://fclient.russianpost.org/postserver\" xmlns:ns3=\"http://fclient.russianpost.org\">
<value FileName=\"\" FileTypeID=\"2\" FileNumber=\"1\" RecipientID=\"1\" DatePreparation=\"14.03.2025 10:31:02\">
 <ns3:Item Barcode=\"10100007000014\"><ns3:Operation OperTypeID=\"1\" OperCtgID=\"2\" OperName=\"Прием\" DateOper=\"14.03.2025 10:15:00\" IndexOper=\"101000\"/><ns3:Operation OperTypeID=\"8\" OperCtgID=\"2\" OperName=\"Обработка\" DateOper=\"18.03.2025 08:40:00\" IndexOper=\"630099\"/></ns3:Item>
 <ns3:Item Barcode=\"RA000000014RU\"><ns3:Error ErrorTypeID=\"12\" ErrorName=\"Сообщение не найдено\"/></ns3:Item>
</value></ns2:answerByTicketResponse></S:Body></S:Envelope>";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn asked_at() -> Timestamp {
    at("2025-03-20T00:00:00Z")
}

fn number(code: &str) -> WaybillNumber {
    WaybillNumber::try_from(code.to_owned()).unwrap()
}

fn credentials() -> Credentials {
    Credentials::new("hubDemoLogin", "hub<Demo>&\"Pass\"")
}

fn answer(status: u16, body: impl Into<Bytes>) -> Answer {
    let media = HeaderValue::from_static("text/xml; charset=utf-8");
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, media)]),
        body: body.into(),
        complete: true,
    }
}

fn history(body: impl Into<Bytes>) -> TrackOutcome<Snapshot> {
    single::read(&answer(200, body), &number(CODE), asked_at())
}

fn snapshot(body: &str) -> Snapshot {
    match history(body.to_owned()) {
        TrackOutcome::Answer(snapshot) => snapshot,
        other => panic!("{}", other.describe()),
    }
}

fn ticket() -> Ticket {
    Ticket { id: "20250314101530123HUBDEMOLOGIN".into(), asked_at: asked_at() }
}

fn soap(body: &str) -> String {
    format!(
        "<S:Envelope xmlns:S=\"http://www.w3.org/2003/05/soap-envelope\"><S:Body>{body}</S:Body></S:Envelope>"
    )
}

fn records(records: &str) -> String {
    soap(&format!(
        "<r:getOperationHistoryResponse xmlns:r=\"r\"><d:OperationHistoryData xmlns:d=\"d\">{records}</d:OperationHistoryData></r:getOperationHistoryResponse>"
    ))
}

fn record(kind: &str, date: &str, barcode: &str) -> String {
    format!(
        "<d:historyRecord><d:ItemParameters><d:Barcode>{barcode}</d:Barcode></d:ItemParameters><d:OperationParameters>\
         <d:OperType><d:Id>{kind}</d:Id></d:OperType><d:OperDate>{date}</d:OperDate></d:OperationParameters></d:historyRecord>"
    )
}

#[test]
fn requests_are_those_of_the_notes_and_escaped() {
    let (code, credentials) = (number(CODE), credentials());
    let login = "<data:login>hubDemoLogin</data:login><data:password>hub&lt;Demo&gt;&amp;&quot;Pass&quot;</data:password>";
    let request = single::request(&code, &credentials);
    assert!(request.contains("<data:Barcode>10100007000014</data:Barcode><data:MessageType>0</data:MessageType><data:Language>RUS</data:Language></data:OperationHistoryRequest><data:AuthorizationHeader soapenv:mustUnderstand=\"1\">"));
    assert!(request.contains(login));
    let request = money::request(&code, &credentials);
    let header = request.find("AuthorizationHeader").unwrap();
    assert!(header < request.find("PostalOrderEventsForMailInput").unwrap() && request.contains(login));
    let request = batch::ticket_request(&[code, number("RA000000014RU")], &credentials);
    assert!(request.contains("<pos:ticketRequest><request><fcl:Item Barcode=\"10100007000014\"/><fcl:Item Barcode=\"RA000000014RU\"/></request><login>hubDemoLogin</login><password>hub&lt;Demo&gt;&amp;&quot;Pass&quot;</password><language>RUS</language></pos:ticketRequest>"));
    let request = batch::answer_request("2025<1>", &credentials);
    assert!(
        request
            .contains("<pos:answerByTicketRequest><ticket>2025&lt;1&gt;</ticket><login>hubDemoLogin</login>")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_break_a_reader(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let answer = answer(200, body);
        let _total = (money::read(&answer), batch::ticket(&answer, asked_at()), batch::parcels(&answer, &ticket()));
        prop_assert!(!matches!(single::read(&answer, &number(CODE), asked_at()), TrackOutcome::Answer(_)));
    }

    #[test]
    fn odd_values_break_nothing(kind in "\\PC{0,12}", date in "\\PC{0,30}", index in "\\PC{0,8}") {
        let [kind, date, index] = [&kind, &date, &index].map(|text| yam_platform::xml::escaped(text));
        let _total = history(records(&record(&kind, &date, &index)));
        let item = format!("<n:answerByTicketResponse xmlns:n='n'><value DatePreparation='{date}'><Item Barcode='{index}'><Operation OperTypeID='{kind}' DateOper='{date}' IndexOper='{index}'/></Item></value></n:answerByTicketResponse>");
        let _total = batch::parcels(&answer(200, soap(&item)), &ticket());
    }
}

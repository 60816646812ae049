//! `getOperationHistory` and `PostalOrderEventsForMail`.

use std::fmt::Write as _;

use rusqlite::Connection;

use super::soap12::{self, DATA, MONEY};
use super::{QUOTA, SINGLE, knowledge, record};
use crate::error::Result;
use crate::pipeline::{Answer, View};
use crate::post::Post;
use crate::russian_post::offices::{self, MOSCOW};
use crate::russian_post::settings::UnknownNumber;
use crate::russian_post::{Item, RussianPost, money};
use crate::usage::{self, Meter};
use crate::xml::{Element, escaped};

const BAD_LOGIN: &str = "Ошибка авторизации";

/// Whether a client may ask.
enum Door {
    Open,
    BadLogin,
    UsedUp,
}

/// Login first, then the quota; both operations take from the same one.
fn door(view: &View<'_>, connection: &Connection, wrapper: &Element) -> Result<Door> {
    let header = wrapper.child_in(DATA, "AuthorizationHeader");
    let (login, password) =
        header.map(|header| (header.text_of("login"), header.text_of("password"))).unwrap_or_default();
    let account = view.shared.russian_post.accounts.get(login);
    let Some(account) = account.filter(|account| account.password == password) else {
        return Ok(Door::BadLogin);
    };
    let meter = Meter {
        system: view.call.system,
        account: &account.login,
        service: "single",
        limit: account.call_limit(),
        zone: MOSCOW,
    };
    Ok(if usage::take(connection, &meter, view.now)? { Door::Open } else { Door::UsedUp })
}

/// The fault for a wrong login.
pub(super) fn bad_login() -> Answer {
    soap12::declared("AuthorizationFaultReason", BAD_LOGIN, BAD_LOGIN)
}

/// The fault for a quota that is used up.
pub(super) fn used_up() -> Answer {
    soap12::declared("AuthorizationFaultReason", BAD_LOGIN, QUOTA)
}

/// `getOperationHistory`.
pub(super) fn history(view: &View<'_>, connection: &Connection, wrapper: &Element) -> Result<Answer> {
    match door(view, connection, wrapper)? {
        Door::Open => {}
        Door::BadLogin => return Ok(bad_login()),
        Door::UsedUp => return Ok(used_up()),
    }
    let request = wrapper.child_in(DATA, "OperationHistoryRequest");
    let text = |name| request.map(|request| request.text_of(name)).unwrap_or_default();
    let (barcode, message, language) = (text("Barcode"), text("MessageType"), text("Language"));
    if !known_language(language) {
        return Ok(bad_language());
    }
    if !RussianPost::accepts(barcode) || !matches!(message, "0" | "1") {
        let text = match language {
            "ENG" => "The format of the request data is invalid",
            _ => "Формат данных запроса не соответствует установленному в регламенте обмена",
        };
        return Ok(soap12::declared("OperationHistoryFaultReason", text, text));
    }
    let item = Item::find(view.shared, connection, barcode, knowledge(view))?;
    let unknown = view.shared.russian_post.settings.get().unknown;
    if item.operations.is_empty() && unknown == UnknownNumber::Fault {
        let text = "Информация об отправлении не найдена";
        return Ok(soap12::declared("OperationHistoryFaultReason", text, text));
    }
    let mut records = String::new();
    // Nobody sends notices of delivery here, so they have no history.
    if message == "0" {
        record::write_all(&mut records, &item);
    }
    let data = if records.is_empty() {
        "<ns3:OperationHistoryData/>".to_owned()
    } else {
        format!("<ns3:OperationHistoryData>{records}</ns3:OperationHistoryData>")
    };
    Ok(soap12::answer(&format!(
        "<ns7:getOperationHistoryResponse xmlns:ns2=\"http://russianpost.org/sms-info/data\" xmlns:ns3=\"{DATA}\" \
         xmlns:ns4=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:ns5=\"http://www.russianpost.org/custom-duty-info/data\" xmlns:ns6=\"{MONEY}\" \
         xmlns:ns7=\"{SINGLE}\">{data}</ns7:getOperationHistoryResponse>"
    )))
}

fn known_language(language: &str) -> bool {
    matches!(language, "" | "RUS" | "ENG")
}

fn bad_language() -> Answer {
    let text = "Неподдерживаемый язык";
    soap12::declared("LanguageFaultReason", text, text)
}

/// `PostalOrderEventsForMail`.
pub(super) fn money_orders(view: &View<'_>, connection: &Connection, wrapper: &Element) -> Result<Answer> {
    match door(view, connection, wrapper)? {
        Door::Open => {}
        Door::BadLogin => return Ok(money_fault("InvalidLoginOrPassword")),
        Door::UsedUp => return Ok(used_up()),
    }
    let input = wrapper.child_in(MONEY, "PostalOrderEventsForMailInput");
    let attribute = |name| input.and_then(|input| input.attribute(name)).unwrap_or_default();
    if !known_language(attribute("Language")) {
        return Ok(bad_language());
    }
    let barcode = attribute("Barcode");
    if barcode.is_empty() {
        return Ok(money_fault("BarcodeIsNull"));
    }
    let asked = knowledge(view);
    let item = Item::find(view.shared, connection, barcode, asked)?;
    let journey = item.journey.as_ref().zip(item.facts.as_ref());
    let mut events = String::new();
    for (at, order) in money::shown(&item.dossier, journey, asked)? {
        let _ = write!(
            events,
            "<PostalOrderEvent Number=\"{}\" EventDateTime=\"{}\" EventType=\"{}\" EventName=\"{}\" \
             IndexTo=\"{}\" IndexEvent=\"{}\" SumPaymentForward=\"{}\" CountryEventCode=\"RU\" \
             CountryToCode=\"RU\"/>",
            escaped(&order.number),
            offices::in_moscow(at),
            order.kind,
            order.name(),
            escaped(&order.index_to),
            escaped(&order.index_event),
            order.sum
        );
    }
    Ok(soap12::answer(&format!(
        "<ns7:PostalOrderEventsForMailResponse xmlns:ns7=\"{SINGLE}\">\
         <ns6:PostalOrderEventsForMaiOutput xmlns:ns6=\"{MONEY}\">{events}</ns6:PostalOrderEventsForMaiOutput>\
         </ns7:PostalOrderEventsForMailResponse>"
    )))
}

fn money_fault(id: &str) -> Answer {
    let detail = format!(
        "<ns6:PostalOrderEventsForMailFault xmlns:ns6=\"{MONEY}\"><PostalOrderEventsForMailError \
         ErrorID=\"{id}\"/></ns6:PostalOrderEventsForMailFault>"
    );
    soap12::fault("Receiver", BAD_LOGIN, &detail)
}

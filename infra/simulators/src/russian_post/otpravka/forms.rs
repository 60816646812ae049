//! Forms: labels and lists as files (section 4.1).

use http::StatusCode;
use rusqlite::Connection;

use super::batches::{self, Batch};
use super::door::Asked;
use super::orders::{self, Order};
use super::pdf::{self, Paper};
use super::{reply, zip};
use crate::error::Result;
use crate::pipeline::Answer;

const PDF: &str = "application/pdf";
const ZIP: &str = "application/zip";

fn file(content_type: &'static str, body: Vec<u8>) -> Answer {
    Answer { status: StatusCode::OK, content_type, body: body.into() }
}

fn paper(asked: &Asked<'_>) -> Paper {
    if asked.parameter("print-type") == "THERMO" { Paper::A6 } else { Paper::A5 }
}

fn lines(form: &str, order: &Order) -> Vec<String> {
    vec![
        form.to_owned(),
        order.barcode.clone(),
        format!("Order {}", order.order_num),
        format!("Index {}", order.value["index-to"]),
        format!("Mass {} g", order.mass),
        format!("COD {} kop.", order.value["payment"].as_i64().unwrap_or(0)),
    ]
}

fn refused(text: &str) -> Answer {
    reply::failure(StatusCode::BAD_REQUEST, "1003", text, "FORM_ERROR")
}

/// `/1.0/forms/{id}/…`: a label, the form of money collected, or all there is of an order.
pub(super) fn of_order(asked: &Asked<'_>, connection: &Connection, place: usize) -> Result<Answer> {
    let kind = asked.segment(place + 1);
    if matches!(kind, "easy-return-pdf" | "completeness-checking-form") {
        return plain(asked, connection, kind);
    }
    let order = match asked.segment(place).parse() {
        Ok(id) => orders::get(connection, &asked.client.token, id)?,
        Err(_) => None,
    };
    let in_backlog = asked.segment(2) == "backlog";
    let Some(order) = order.filter(|order| order.batch.is_none() == in_backlog || kind == "f7pdf") else {
        return Ok(reply::not_found("Order", asked.segment(place)));
    };
    let form = match kind {
        "f7pdf" => "F7p",
        "f112pdf" if !order.is_cod() => return Ok(refused("Отправление без наложенного платежа")),
        "f112pdf" => "F112EK",
        "forms" => "Forms",
        _ => return Ok(reply::not_found("Form", kind)),
    };
    Ok(file(PDF, pdf::write(&lines(form, &order), paper(asked))))
}

/// Forms of a return's number or a batch's name.
fn plain(asked: &Asked<'_>, connection: &Connection, kind: &str) -> Result<Answer> {
    let (name, account) = (asked.segment(2), &asked.client.token);
    let known = if kind == "easy-return-pdf" {
        let mut statement = connection
            .prepare_cached("SELECT 1 FROM otpravka_returns WHERE account = ?1 AND barcode = ?2")?;
        statement.exists((account, name))?
    } else {
        batches::get(connection, account, name)?.is_some()
    };
    Ok(if known {
        file(PDF, pdf::write(&[kind.to_owned(), name.to_owned()], paper(asked)))
    } else {
        reply::not_found("Form", name)
    })
}

/// The batch a list is wanted of: it must have been checked in.
fn batch(asked: &Asked<'_>, connection: &Connection) -> Result<std::result::Result<Batch, Answer>> {
    Ok(match batches::get(connection, &asked.client.token, asked.segment(2))? {
        None => Err(reply::broken("Batch is not found")),
        Some(batch) if batch.is_open() => Err(refused("Партия еще не отправлена")),
        Some(batch) => Ok(batch),
    })
}

fn list(orders: &[Order]) -> Vec<u8> {
    let mut lines = vec!["F103".to_owned()];
    lines.extend(orders.iter().map(|order| format!("{}  {} g", order.barcode, order.mass)));
    pdf::write(&lines, Paper::A5)
}

/// `/1.0/forms/{name}/f103pdf`
pub(super) fn f103(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let batch = match batch(asked, connection)? {
        Ok(batch) => batch,
        Err(answer) => return Ok(answer),
    };
    Ok(file(PDF, list(&orders::in_batch(connection, &batch.account, &batch.name)?)))
}

/// `/1.0/forms/{name}/zip-all`
pub(super) fn all(asked: &Asked<'_>, connection: &Connection) -> Result<Answer> {
    let batch = match batch(asked, connection)? {
        Ok(batch) => batch,
        Err(answer) => return Ok(answer),
    };
    let orders = orders::in_batch(connection, &batch.account, &batch.name)?;
    let table: String = orders
        .iter()
        .map(|order| format!("{};{};{}\n", order.barcode, order.order_num, order.mass))
        .collect();
    let labels = orders.iter().flat_map(|order| lines("F7p", order)).collect::<Vec<_>>();
    Ok(file(
        ZIP,
        zip::write(&[
            ("Export.xls", table.replace(';', "\t").into_bytes()),
            ("Export.csv", table.into_bytes()),
            ("F103.pdf", list(&orders)),
            ("labels.pdf", pdf::write(&labels, Paper::A5)),
        ]),
    ))
}

/// The name of a file, by the path it was asked for.
pub(super) fn name(path: &str, content_type: &str) -> Option<String> {
    let ending = match content_type {
        PDF => "pdf",
        ZIP | OCTETS => "zip",
        _ => return None,
    };
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.rsplit('/').take(2).collect();
    let clean = |part: &str| part.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let (kind, of) = (parts.first().map(|part| clean(part))?, parts.get(1).map(|part| clean(part))?);
    Some(format!("{of}-{kind}.{ending}"))
}

/// What the list of pick-up points is sent as.
const OCTETS: &str = "application/octet-stream";

/// A file of unnamed kind.
pub(super) fn octets(files: &[(&str, Vec<u8>)]) -> Answer {
    file(OCTETS, zip::write(files))
}

//! What it costs to read the posts' answers; `tests/bench/parsing` runs it and holds the figures to their bounds.
//!
//! One line of JSON per figure: `{"figure", "value", "unit"}`. All answers are read in turn within one run, so that
//! a slow moment of the machine hits all of them alike, and the XML ones are compared with a walk through the same
//! bytes by quick-xml alone. Codes, places and times are invented.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use quick_xml::events::Event;
use yam_carriers::{Ticket, TrackOutcome, iran_post, korea_post, russian_post};
use yam_domain::tracking::Snapshot;
use yam_domain::waybill::{WaybillNumber, ru14_check_digit};
use yam_platform::http::Answer;

/// Parcels in a ticket.
const PARCELS: u32 = 3_000;
/// Scans of each parcel.
const SCANS: u32 = 12;
/// Readings of an answer about one parcel that are measured as one.
const REPEATS: u32 = 300;
/// Rounds through all answers; the median counts.
const ROUNDS: usize = 15;

const KOREAN: &str = "6012300045678";
const IRANIAN: &str = "29999000711000000012";

/// Something to be measured.
struct Work<'a> {
    figure: &'static str,
    /// Parcels it reads.
    parcels: u32,
    read: Box<dyn Fn() + 'a>,
}

fn main() {
    let (ticket, page) = (answer("text/xml", ticket_answer()), answer("text/html", iranian_page()));
    let trace = answer("text/xml", korean_trace());
    check(&ticket, &trace, &page);
    let works = [
        Work {
            figure: "parse_russian_ticket_bare_xml",
            parcels: PARCELS,
            read: Box::new(|| walk(&ticket.body)),
        },
        Work {
            figure: "parse_russian_ticket",
            parcels: PARCELS,
            read: Box::new(|| drop(black_box(russian_post::batch::parcels(&ticket, &asked())))),
        },
        Work {
            figure: "parse_korean_trace_bare_xml",
            parcels: REPEATS,
            read: Box::new(|| (0..REPEATS).for_each(|_| walk(&trace.body))),
        },
        Work {
            figure: "parse_korean_trace",
            parcels: REPEATS,
            read: Box::new(|| (0..REPEATS).for_each(|_| drop(black_box(korean(&trace))))),
        },
        Work {
            figure: "parse_iranian_page",
            parcels: REPEATS,
            read: Box::new(|| (0..REPEATS).for_each(|_| drop(black_box(iranian(&page))))),
        },
    ];
    let mut taken: Vec<Vec<Duration>> = vec![Vec::new(); works.len()];
    for _ in 0..ROUNDS {
        for (work, taken) in works.iter().zip(&mut taken) {
            let began = Instant::now();
            (work.read)();
            taken.push(began.elapsed());
        }
    }
    for (work, mut taken) in works.iter().zip(taken) {
        taken.sort_unstable();
        let median = taken.get(taken.len() / 2).copied().unwrap_or_default();
        let micros = median.as_secs_f64() * 1e6 / f64::from(work.parcels);
        println!("{{\"figure\":\"{}\",\"value\":{micros:.3},\"unit\":\"us per parcel\"}}", work.figure);
    }
}

/// What is measured must be read: an answer that is refused is cheap.
fn check(ticket: &Answer, trace: &Answer, page: &Answer) {
    let TrackOutcome::Answer(read) = russian_post::batch::parcels(ticket, &asked()) else {
        panic!("the ticket's answer is not read");
    };
    assert_eq!((read.parcels.len(), read.unreadable), (PARCELS as usize, 0));
    for (_, outcome) in &read.parcels {
        assert_eq!(scans(outcome), SCANS as usize);
    }
    assert_eq!(scans(&korean(trace)), SCANS as usize);
    assert_eq!(scans(&iranian(page)), SCANS as usize);
}

fn scans(outcome: &TrackOutcome<Snapshot>) -> usize {
    let TrackOutcome::Answer(snapshot) = outcome else { panic!("{}", outcome.describe()) };
    assert_eq!(snapshot.unreadable, 0);
    snapshot.scans.len()
}

fn korean(trace: &Answer) -> TrackOutcome<Snapshot> {
    korea_post::portal::read(trace, &number(KOREAN), now())
}

fn iranian(page: &Answer) -> TrackOutcome<Snapshot> {
    iran_post::read_page(page, now())
}

/// The least there is to do: every piece of the document once.
fn walk(body: &[u8]) {
    let mut reader = quick_xml::Reader::from_reader(body);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return,
            Ok(event) => drop(black_box(event)),
            Err(error) => panic!("{error}"),
        }
    }
}

fn now() -> Timestamp {
    "2025-03-20T00:00:00Z".parse().expect("a time")
}

fn asked() -> Ticket {
    Ticket { id: "20250314101530123HUBDEMOLOGIN".to_owned(), asked_at: now() }
}

fn number(code: &str) -> WaybillNumber {
    WaybillNumber::try_from(code.to_owned()).expect("a number")
}

fn answer(media: &'static str, body: String) -> Answer {
    Answer {
        status: StatusCode::OK,
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(media))]),
        body: Bytes::from(body),
        complete: true,
    }
}

/// Day and hour of a scan: one every five hours.
fn moment(scan: u32) -> (u32, u32) {
    let hours = 5 * scan;
    (1 + hours / 24, hours % 24)
}

/// Russian Post notes, section 2.4: a ticket of 3,000 parcels with twelve operations each.
fn ticket_answer() -> String {
    let mut items = String::new();
    for n in 0..PARCELS {
        let body = format!("80082{:08}", 24_000_000 + n);
        let digit = ru14_check_digit(&body).expect("thirteen digits");
        items.push_str(&format!("<ns3:Item Barcode=\"{body}{digit}\">"));
        for scan in 0..SCANS {
            let (day, hour) = moment(scan);
            let (kind, attribute, name) =
                if scan == 0 { (1, 2, "Прием") } else { (8, 4, "Обработка") };
            items.push_str(&format!(
                "<ns3:Operation OperTypeID=\"{kind}\" OperCtgID=\"{attribute}\" OperName=\"{name}\" \
                 DateOper=\"{day:02}.03.2025 {hour:02}:40:00\" IndexOper=\"{}\"/>",
                101_000 + scan
            ));
        }
        items.push_str("</ns3:Item>");
    }
    format!(
        "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body>\
         <ns2:answerByTicketResponse xmlns:ns2=\"http://fclient.russianpost.org/postserver\" \
         xmlns:ns3=\"http://fclient.russianpost.org\"><value FileName=\"\" FileTypeID=\"2\" FileNumber=\"1\" \
         RecipientID=\"1\" DatePreparation=\"14.03.2025 10:31:02\">{items}</value>\
         </ns2:answerByTicketResponse></S:Body></S:Envelope>"
    )
}

/// Korea Post notes, section 5.1.
fn korean_trace() -> String {
    let mut items = String::new();
    for scan in 0..SCANS {
        let (day, hour) = moment(scan);
        let status = if scan == 0 { "접수" } else { "발송" };
        items.push_str(&format!(
            "<item><sortingdate><![CDATA[202503{day:02}]]></sortingdate><eventhms><![CDATA[{hour:02}:40]]></eventhms>\
             <eventregiponm>예시{scan}우체국</eventregiponm><tracestatus><![CDATA[{status}]]></tracestatus></item>"
        ));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><trace><regino><![CDATA[{KOREAN}]]></regino><sendnm>홍*동</sendnm>\
         <eventnm>발송</eventnm><itemlist>{items}</itemlist></trace>"
    )
}

/// Iran Post notes, section 9.1: the newest day first.
fn iranian_page() -> String {
    let mut rows = String::new();
    for scan in (0..SCANS).rev() {
        let (day, hour) = moment(scan);
        let event = if scan == 0 { "قبول مرسوله" } else { "رهسپار به نقطه پستی" };
        rows.push_str(&format!(
            "<div class=\"row\"><div class=\"newtdheader\">{day} تیر 1403</div></div><div class=\"row newrowdata\">\
             <div class=\"newtddata\">{}</div><div class=\"newtddata\">{event}</div>\
             <div class=\"newtddata\">فارس،شیراز،ناحیه {scan}</div><div class=\"newtddata\">{hour:02}:40</div></div>",
            scan + 1
        ));
    }
    format!(
        "<html><head><title>رهگیری {IRANIAN}</title></head><body><form><div id=\"pnlResult\">{rows}</div>\
         <div id=\"pParcelInfo\"><div class=\"newrowdatacol\"><div class=\"newcolheader\">مقصد :</div>\
         <div class=\"newcoldata\">فارس - شیراز</div></div></div></form></body></html>"
    )
}

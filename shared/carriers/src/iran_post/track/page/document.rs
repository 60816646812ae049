//! The public page as a document (protocol notes, section 9.1): its timeline, its facts, its form, and the
//! words by which it says that there is nothing.

use yam_domain::jalali::JalaliDate;
use yam_domain::text::{ascii_digits, fold_persian};
use yam_domain::tracking::{Office, RawScan, Scan, dictionary};

use super::heading;
use super::scanner::{Piece, Scanner, attribute, decode};
use crate::tracker::{Scans, office, words};
use crate::wire_time;

/// Elements in each other; real pages have a third of it.
const DEEPEST: usize = 128;
/// Bytes of visible text that are looked through for words.
const MOST_TEXT: usize = 64 * 1024;
/// Cells of a row and hidden fields of a form that are kept.
const MOST_CELLS: usize = 8;
const MOST_FIELDS: usize = 64;
/// Elements that never have an end tag.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];

/// What a page holds.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// `#pnlResult` is there.
    pub(super) has_result: bool,
    /// Something stands in it.
    pub(super) result_says: bool,
    /// Rows of the timeline, readable or not.
    pub(super) rows: usize,
    /// Folded title.
    pub(super) title: String,
    /// Text of the alerts.
    pub(super) alert: String,
    /// All visible text, folded.
    pub(super) text: String,
    /// Hidden fields of the form.
    pub(super) hidden: Vec<(String, String)>,
    /// Office of destination.
    pub(super) destination: Option<Office>,
    /// Rows that were read, with their sequence numbers, in the order of the page: newest first.
    scans: Vec<(Option<u32>, Scan)>,
}

impl Document {
    /// Reads a page, whatever it is.
    pub(super) fn read(html: &str) -> Self {
        let mut walk = Walk::default();
        for piece in Scanner::new(html) {
            match piece {
                Piece::Open { name, attributes, empty } => walk.open(name, attributes, empty),
                Piece::Close { name } => walk.close(name),
                Piece::Text(text) => walk.text(&decode(text)),
            }
        }
        walk.finish()
    }

    /// The value of a hidden field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.hidden.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The scans, oldest first: by their sequence numbers, or else the page turned round.
    pub(super) fn scans(mut self) -> Scans {
        let mut gathered = Scans::default();
        for _ in self.scans.len()..self.rows {
            gathered.add(None);
        }
        self.scans.reverse();
        if self.scans.iter().all(|(number, _)| number.is_some()) {
            self.scans.sort_by_key(|(number, _)| *number);
        }
        for (_, scan) in self.scans {
            gathered.add(Some(scan));
        }
        gathered
    }
}

/// What an element is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Result,
    Header,
    Row,
    Cell,
    /// A link in a cell is no part of its text.
    Link,
    Label,
    Value,
    Title,
    Alert,
    Other,
}

impl Kind {
    fn of(name: &str, attributes: &str) -> Self {
        if attribute(attributes, "id") == Some("pnlResult") {
            return Kind::Result;
        }
        if name.eq_ignore_ascii_case("a") {
            return Kind::Link;
        }
        if name.eq_ignore_ascii_case("title") {
            return Kind::Title;
        }
        let mut classes = attribute(attributes, "class").unwrap_or_default().split_ascii_whitespace();
        let kind = |class: &str| match class {
            "newtdheader" => Some(Kind::Header),
            "newrowdata" => Some(Kind::Row),
            "newtddata" => Some(Kind::Cell),
            "newcolheader" => Some(Kind::Label),
            "newcoldata" => Some(Kind::Value),
            "alert-danger" | "alert-warning" => Some(Kind::Alert),
            _ => None,
        };
        classes.find_map(kind).unwrap_or(Kind::Other)
    }

    /// Its text is gathered.
    fn has_text(self) -> bool {
        matches!(self, Kind::Header | Kind::Cell | Kind::Label | Kind::Value | Kind::Title | Kind::Alert)
    }
}

#[derive(Debug, Default)]
struct Walk {
    page: Document,
    open: Vec<(String, Kind)>,
    /// Of the element being gathered.
    gathered: String,
    date: Option<JalaliDate>,
    cells: Vec<String>,
    label: String,
}

impl Walk {
    fn open(&mut self, name: &str, attributes: &str, empty: bool) {
        if name.eq_ignore_ascii_case("input") {
            self.input(attributes);
        }
        if VOID.iter().any(|void| name.eq_ignore_ascii_case(void)) {
            self.text(" ");
            return;
        }
        let kind = Kind::of(name, attributes);
        self.page.has_result |= kind == Kind::Result;
        if empty || self.open.len() >= DEEPEST {
            return;
        }
        if kind == Kind::Row {
            self.cells.clear();
        }
        if kind.has_text() {
            self.gathered.clear();
        }
        self.open.push((name.to_ascii_lowercase(), kind));
    }

    /// Ends the innermost element of this name, and whatever was left open in it.
    fn close(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|(open, _)| open.eq_ignore_ascii_case(name)) else {
            return;
        };
        while self.open.len() > at {
            if let Some((_, kind)) = self.open.pop() {
                self.end(kind);
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.page.text.len() < MOST_TEXT {
            self.page.text.push_str(text);
            self.page.text.push(' ');
        }
        let says = !text.trim().is_empty();
        self.page.result_says |= says && self.open.iter().any(|(_, kind)| *kind == Kind::Result);
        let nearest = self.open.iter().rev().map(|(_, kind)| *kind).find(|kind| *kind != Kind::Other);
        if nearest.is_some_and(Kind::has_text) {
            self.gathered.push_str(text);
        }
    }

    fn end(&mut self, kind: Kind) {
        match kind {
            Kind::Header => self.date = heading::date(&self.gathered),
            Kind::Cell if self.cells.len() < MOST_CELLS => self.cells.push(words(&self.gathered)),
            Kind::Row => {
                self.page.rows += 1;
                let scan = self.scan();
                self.page.scans.extend(scan);
            }
            Kind::Label => self.label = fold_persian(&self.gathered),
            Kind::Value if self.label.contains("مقصد") => {
                self.page.destination = office("", &self.gathered);
            }
            Kind::Title => self.page.title = fold_persian(&self.gathered).to_lowercase(),
            Kind::Alert => self.page.alert.push_str(&words(&self.gathered)),
            Kind::Cell | Kind::Value | Kind::Result | Kind::Link | Kind::Other => {}
        }
    }

    /// Sequence number, event, place, `HH:MM`; the day stands in the heading above.
    fn scan(&self) -> Option<(Option<u32>, Scan)> {
        let [number, event, place, time, ..] = self.cells.as_slice() else { return None };
        let date = self.date.filter(|_| !event.is_empty())?;
        let local = date.to_gregorian().to_datetime(wire_time::time(&ascii_digits(time))?);
        let scan = Scan {
            happened_at: wire_time::at(local, heading::offset(date))?,
            reading: dictionary::iran_post_phrase(event),
            office: office("", place),
            raw: RawScan { code: event.clone(), text: String::new(), detail: String::new() },
        };
        Some((ascii_digits(number).parse().ok(), scan))
    }

    fn input(&mut self, attributes: &str) {
        let is_hidden = attribute(attributes, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("hidden"));
        let name = attribute(attributes, "name").filter(|name| !name.is_empty());
        if let Some(name) = name.filter(|_| is_hidden && self.page.hidden.len() < MOST_FIELDS) {
            let value = attribute(attributes, "value").unwrap_or_default();
            self.page.hidden.push((decode(name), decode(value)));
        }
    }

    /// Ends what the page left open.
    fn finish(mut self) -> Document {
        while let Some((_, kind)) = self.open.pop() {
            self.end(kind);
        }
        self.page.text = fold_persian(&self.page.text);
        self.page
    }
}

//! SOAP 1.1 envelopes: written with escaping, read by local name, also when only a beginning arrived.
//!
//! An answer is read as far as it goes. Each element remembers whether its closing tag was seen, because
//! a barcode is proof from the moment its own tag is closed, while a refusal needs the whole answer.

use std::io;

use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

use yam_platform::xml::{character, is_xml_char};

const ENVELOPE_NS: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const OPERATION_NS: &str = "http://tempuri.org/";
/// The suffix is unknown (protocol notes, section 3.1).
const DATA_NS: &str = "http://schemas.datacontract.org/2004/07/";
const DEEPEST: usize = 32;
const MOST_ELEMENTS: usize = 20_000;

/// One parameter of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// Text or a number.
    Text(String),
    /// An array of records; the members of each stand in the order given, which has to be alphabetical,
    /// because a data contract drops members that come late.
    Rows {
        /// Element name of each record.
        element: &'static str,
        /// Members of each record.
        rows: Vec<Vec<(&'static str, String)>>,
    },
}

impl From<&str> for Parameter {
    fn from(text: &str) -> Self {
        Parameter::Text(text.to_owned())
    }
}

impl From<i64> for Parameter {
    fn from(number: i64) -> Self {
        Parameter::Text(number.to_string())
    }
}

/// Writes a request.
///
/// # Errors
/// Only what the writer reports; writing to memory does not fail.
pub fn write(operation: &str, parameters: &[(&'static str, Parameter)]) -> io::Result<Vec<u8>> {
    let mut out = Writer::new(Vec::with_capacity(1_024));
    let envelope = BytesStart::new("s:Envelope").with_attributes([("xmlns:s", ENVELOPE_NS)]);
    out.write_event(Event::Start(envelope))?;
    out.write_event(Event::Start(BytesStart::new("s:Body")))?;
    let call = BytesStart::new(operation).with_attributes([("xmlns", OPERATION_NS)]);
    out.write_event(Event::Start(call))?;
    for (name, parameter) in parameters {
        match parameter {
            Parameter::Text(text) => leaf(&mut out, name, text)?,
            Parameter::Rows { element, rows } => {
                let list = BytesStart::new(*name).with_attributes([("xmlns:d", DATA_NS)]);
                out.write_event(Event::Start(list))?;
                for row in rows {
                    record(&mut out, element, row)?;
                }
                out.write_event(Event::End(BytesEnd::new(*name)))?;
            }
        }
    }
    for name in [operation, "s:Body", "s:Envelope"] {
        out.write_event(Event::End(BytesEnd::new(name)))?;
    }
    Ok(out.into_inner())
}

fn record(out: &mut Writer<Vec<u8>>, element: &str, members: &[(&'static str, String)]) -> io::Result<()> {
    let element = format!("d:{element}");
    out.write_event(Event::Start(BytesStart::new(element.as_str())))?;
    for (name, text) in members {
        leaf(out, &format!("d:{name}"), text)?;
    }
    out.write_event(Event::End(BytesEnd::new(element.as_str())))
}

fn leaf(out: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    let legal: String = text.chars().filter(|c| is_xml_char(*c)).collect();
    out.write_event(Event::Start(BytesStart::new(name)))?;
    out.write_event(Event::Text(BytesText::new(&legal)))?;
    out.write_event(Event::End(BytesEnd::new(name)))
}

/// An element of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Name without its prefix.
    pub name: String,
    /// Its own text, trimmed.
    pub text: String,
    /// Elements in it.
    pub children: Vec<Element>,
    /// Whether its closing tag arrived.
    pub closed: bool,
}

impl Element {
    /// The first child of a name, in any case.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name.eq_ignore_ascii_case(name))
    }
}

/// An answer, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The outermost element.
    root: Option<Element>,
    /// Nothing is missing and nothing is wrong.
    whole: bool,
}

/// What an answer is to the operation that was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply<'a> {
    /// `<OpResult>` of the operation.
    Result {
        /// The element.
        result: &'a Element,
        /// Whether the whole document arrived and is well-formed.
        whole: bool,
    },
    /// A SOAP fault.
    Fault,
    /// A web page.
    Html,
    /// Anything else.
    Nothing,
}

impl Document {
    /// Reads a body; never fails, whatever the bytes.
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let mut tree = Tree::default();
        let end = tree.read(text.trim_start_matches('\u{feff}').trim_start());
        let whole = end == End::Eof && tree.open.is_empty() && tree.root.is_some();
        Document { root: tree.into_root(), whole }
    }

    /// What it is to `operation`.
    #[must_use]
    pub fn reply(&self, operation: &str) -> Reply<'_> {
        let Some(root) = &self.root else { return Reply::Nothing };
        if root.name.eq_ignore_ascii_case("html") {
            return Reply::Html;
        }
        let body =
            Some(root).filter(|r| r.name.eq_ignore_ascii_case("Envelope")).and_then(|r| r.child("Body"));
        let Some(body) = body else { return Reply::Nothing };
        if body.child("Fault").is_some() {
            return Reply::Fault;
        }
        let response = body.child(&format!("{operation}Response"));
        match response.and_then(|r| r.child(&format!("{operation}Result"))) {
            Some(result) => Reply::Result { result, whole: self.whole },
            None => Reply::Nothing,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum End {
    Eof,
    /// Not well-formed, too deep, too large, or a document type, which is never read.
    Stopped,
}

#[derive(Debug, Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Tree {
    fn read(&mut self, text: &str) -> End {
        let mut reader = Reader::from_str(text);
        loop {
            let goes_on = match reader.read_event() {
                Ok(Event::Eof) => return End::Eof,
                Ok(Event::Start(tag)) => self.start(tag.local_name().into_inner()),
                Ok(Event::Empty(tag)) => self.start(tag.local_name().into_inner()) && self.end(),
                Ok(Event::End(_)) => self.end(),
                Ok(Event::Text(text)) => self.text(&text.into_inner()),
                Ok(Event::CData(text)) => self.text(&text.into_inner()),
                Ok(Event::GeneralRef(entity)) => match character(&entity) {
                    Some(c) => self.text(c.encode_utf8(&mut [0; 4])),
                    None => false,
                },
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => true,
                Ok(Event::DocType(_)) | Err(_) => false,
            };
            if !goes_on {
                return End::Stopped;
            }
        }
    }

    fn start(&mut self, name: &str) -> bool {
        self.elements += 1;
        if self.root.is_some() || self.open.len() >= DEEPEST || self.elements > MOST_ELEMENTS {
            return false;
        }
        self.open.push(Element { name: name.to_owned(), ..Element::default() });
        true
    }

    fn end(&mut self) -> bool {
        let Some(mut element) = self.open.pop() else { return false };
        element.closed = true;
        self.put(element);
        true
    }

    /// Text outside the outermost element makes the document wrong, white space apart.
    fn text(&mut self, text: &str) -> bool {
        match self.open.last_mut() {
            Some(element) => {
                element.text.push_str(text);
                true
            }
            None => text.trim().is_empty(),
        }
    }

    fn put(&mut self, mut element: Element) {
        element.text = element.text.trim().to_owned();
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    /// Folds what stayed open into its parents, still marked as open.
    fn into_root(mut self) -> Option<Element> {
        while let Some(element) = self.open.pop() {
            self.put(element);
        }
        self.root
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result_of(body: &str) -> Option<(Element, bool)> {
        match Document::read(body.as_bytes()).reply("Op") {
            Reply::Result { result, whole } => Some((result.clone(), whole)),
            Reply::Fault | Reply::Html | Reply::Nothing => None,
        }
    }

    #[test]
    fn a_request_is_escaped_and_in_order() {
        let parameters = [
            ("username", Parameter::from("a<b>&\"c\"")),
            ("productsId", Parameter::Rows { element: "TempProducts", rows: vec![vec![("Id", "7".into())]] }),
            ("cityCode", Parameter::from(71)),
            ("text", Parameter::from("x\u{0}\u{b}y")),
        ];
        let xml = String::from_utf8(write("Op", &parameters).unwrap()).unwrap();
        assert_eq!(
            xml,
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
             <Op xmlns=\"http://tempuri.org/\"><username>a&lt;b&gt;&amp;&quot;c&quot;</username>\
             <productsId xmlns:d=\"http://schemas.datacontract.org/2004/07/\">\
             <d:TempProducts><d:Id>7</d:Id></d:TempProducts></productsId>\
             <cityCode>71</cityCode><text>xy</text></Op></s:Body></s:Envelope>"
        );
    }

    #[test]
    fn an_answer_is_read_by_local_name() {
        let body = "\u{feff}<?xml version=\"1.0\"?>\n<x:Envelope xmlns:x='e'><x:Body><OpResponse xmlns='t'>\
            <a:OpResult xmlns:a='q'><a:A> <![CDATA[1 < 2]]> &amp; &#x31;</a:A><B/></a:OpResult>\
            </OpResponse></x:Body></x:Envelope>\n";
        let (result, whole) = result_of(body).unwrap();
        assert!(whole);
        assert_eq!(result.child("a").map(|e| e.text.as_str()), Some("1 < 2 & 1"));
        assert_eq!(result.child("B").map(|e| (e.text.as_str(), e.closed)), Some(("", true)));
    }

    #[test]
    fn a_cut_answer_keeps_what_was_closed() {
        let body = "<Envelope><Body><OpResponse><OpResult><A>1</A><B>2";
        let (result, whole) = result_of(body).unwrap();
        assert!(!whole && !result.closed);
        assert_eq!(result.child("A").map(|e| e.closed), Some(true));
        assert_eq!(result.child("B").map(|e| e.closed), Some(false));
    }

    #[test]
    fn a_document_type_is_not_read() {
        let body = "<!DOCTYPE x [<!ENTITY a 'b'>]><Envelope><Body><OpResponse><OpResult/></OpResponse></Body></Envelope>";
        assert_eq!(Document::read(body.as_bytes()).reply("Op"), Reply::Nothing);
        let entity =
            "<Envelope><Body><OpResponse><OpResult><A>&a;</A></OpResult></OpResponse></Body></Envelope>";
        assert!(!result_of(entity).unwrap().1);
    }

    #[test]
    fn pages_faults_and_others_are_told_apart() {
        let reply = |body: &str| match Document::read(body.as_bytes()).reply("Op") {
            Reply::Result { .. } => "result",
            Reply::Fault => "fault",
            Reply::Html => "html",
            Reply::Nothing => "nothing",
        };
        assert_eq!(reply("<html><body>down</body></html>"), "html");
        assert_eq!(
            reply("<Envelope><Body><Fault><faultstring>x</faultstring></Fault></Body></Envelope>"),
            "fault"
        );
        assert_eq!(
            reply(
                "<Envelope><Body><OtherResponse><OtherResult>1</OtherResult></OtherResponse></Body></Envelope>"
            ),
            "nothing"
        );
        for other in ["", "ok", "{}", "<a/>", "\u{0}", "<<>>"] {
            assert_eq!(reply(other), "nothing", "{other:?}");
        }
    }

    #[test]
    fn depth_and_trailing_matter_are_bounded() {
        let deep = "<a>".repeat(10_000);
        assert_eq!(Document::read(deep.as_bytes()).reply("Op"), Reply::Nothing);
        let twice =
            "<Envelope><Body><OpResponse><OpResult>1</OpResult></OpResponse></Body></Envelope><more/>";
        assert!(!result_of(twice).unwrap().1);
    }
}

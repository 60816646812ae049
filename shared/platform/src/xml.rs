//! XML answers read as a bounded stream of elements, by local name, and text made fit for XML.
//!
//! Nothing is built but what a reader keeps. An element's own text comes with its end and is borrowed
//! from the body unless it holds entities or CDATA beside other text. A document type ends the reading,
//! so there are no entities but XML's own five and character references.

use std::borrow::Cow;

use quick_xml::escape::escape;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// No wire comes near it.
const DEEPEST: usize = 32;

/// What comes next in a document.
#[derive(Debug)]
pub enum Token<'a> {
    /// An element begins; an empty one is followed by its end.
    Open(Tag<'a>),
    /// The innermost open element ends, with the text since its last child, or all of it.
    Close(Cow<'a, str>),
    /// The end of a whole, well-formed document.
    End,
    /// Not well-formed, cut, too deep, or a document type; nothing more is read.
    Stop(&'static str),
}

/// The beginning of an element.
#[derive(Debug)]
pub struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// Name without its prefix.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// Hands over every attribute by its local name; false when one of them is not well-formed.
    pub fn each_attribute<'s>(&'s self, mut with: impl FnMut(&'s str, Cow<'s, str>)) -> bool {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        for attribute in attributes {
            let Ok(attribute) = attribute else { return false };
            let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { return false };
            with(attribute.key.local_name().into_inner(), value);
        }
        true
    }
}

/// A document being read.
#[derive(Debug)]
pub struct Pull<'a> {
    reader: Reader<&'a [u8]>,
    text: Cow<'a, str>,
    depth: usize,
    /// The tag given out last was an empty element: its end comes next.
    empty: bool,
    /// The outermost element was seen.
    began: bool,
}

impl<'a> Pull<'a> {
    /// Begins to read a body.
    #[must_use]
    pub fn new(body: &'a [u8]) -> Self {
        let reader = Reader::from_reader(body);
        Pull { reader, text: Cow::Borrowed(""), depth: 0, empty: false, began: false }
    }

    /// The next token. After [`Token::End`] and [`Token::Stop`] there is nothing to ask for.
    pub fn token(&mut self) -> Token<'a> {
        if self.empty {
            self.empty = false;
            return self.close();
        }
        loop {
            match self.reader.read_event() {
                Ok(Event::Start(tag)) => return self.open(tag),
                Ok(Event::Empty(tag)) => {
                    self.empty = true;
                    return self.open(tag);
                }
                Ok(Event::End(_)) => return self.close(),
                Ok(Event::Text(piece)) if self.depth == 0 && !piece.trim().is_empty() => {
                    return Token::Stop("text outside the outermost element");
                }
                Ok(Event::Text(piece)) => self.add(piece.into_inner()),
                Ok(Event::CData(piece)) => self.add(piece.into_inner()),
                Ok(Event::GeneralRef(entity)) => match character(&entity) {
                    Some(c) => self.text.to_mut().push(c),
                    None => return Token::Stop("an entity that XML does not know"),
                },
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
                Ok(Event::DocType(_)) => return Token::Stop("a document type, which is never read"),
                Ok(Event::Eof) if self.began && self.depth == 0 => return Token::End,
                Ok(Event::Eof) => return Token::Stop("an unfinished document"),
                Err(_) => return Token::Stop("no well-formed XML"),
            }
        }
    }

    /// Passes over what is left of the innermost open element of this local name, so that its end comes
    /// next. What is passed over is not looked into.
    pub fn skip(&mut self, name: &str) {
        if self.empty {
            return;
        }
        let rest = *self.reader.get_ref();
        if let Some(end) = closing(rest, name.as_bytes()).and_then(|at| rest.get(at..)) {
            *self.reader.get_mut() = end;
        }
    }

    fn open(&mut self, tag: BytesStart<'a>) -> Token<'a> {
        self.text = Cow::Borrowed("");
        if self.began && self.depth == 0 {
            return Token::Stop("a second outermost element");
        }
        if self.depth >= DEEPEST {
            return Token::Stop("elements too deep in each other");
        }
        self.began = true;
        self.depth += 1;
        Token::Open(Tag(tag))
    }

    fn close(&mut self) -> Token<'a> {
        self.depth = self.depth.saturating_sub(1);
        Token::Close(std::mem::replace(&mut self.text, Cow::Borrowed("")))
    }

    fn add(&mut self, piece: Cow<'a, str>) {
        if self.text.is_empty() {
            self.text = piece;
        } else {
            self.text.to_mut().push_str(&piece);
        }
    }
}

/// Where the next closing tag of a local name begins.
fn closing(rest: &[u8], name: &[u8]) -> Option<usize> {
    // Every piece but the first stands behind a `<`, which `at` then has counted.
    let mut at = 0;
    for piece in rest.split(|byte| *byte == b'<') {
        if at > 0 && closes(piece, name) {
            return Some(at - 1);
        }
        at += piece.len() + 1;
    }
    None
}

/// Whether a piece behind `<` reads `/name>` or `/prefix:name>`.
fn closes(piece: &[u8], name: &[u8]) -> bool {
    let Some(tag) = piece.strip_prefix(b"/") else { return false };
    let end = tag.iter().position(|byte| matches!(byte, b'>' | b' ' | b'\t' | b'\r' | b'\n'));
    let Some(tag) = end.and_then(|end| tag.get(..end)) else { return false };
    let local = tag.iter().position(|byte| *byte == b':').and_then(|colon| tag.get(colon + 1..));
    local.unwrap_or(tag) == name
}

/// The same body with what is not UTF-8 replaced; none when all of it is. Worth a second reading when the
/// first one stopped: a broken letter in one name must not lose the rest.
#[must_use]
pub fn mended(body: &[u8]) -> Option<Vec<u8>> {
    match String::from_utf8_lossy(body) {
        Cow::Owned(text) => Some(text.into_bytes()),
        Cow::Borrowed(_) => None,
    }
}

/// The five entities of XML and character references; there are no others without a document type.
#[must_use]
pub fn character(entity: &BytesRef<'_>) -> Option<char> {
    match entity.as_ref() {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => entity.resolve_char_ref().ok().flatten(),
    }
}

/// The `Char` production of XML 1.0: other characters cannot be written, not even escaped.
#[must_use]
pub fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

/// Text as it may stand in an element or a quoted attribute.
#[must_use]
pub fn escaped(raw: &str) -> String {
    let legal: String = raw.chars().filter(|c| is_xml_char(*c)).collect();
    escape(legal).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens of a document in short: `+name`, `-text`, and how it ended.
    fn tokens(body: &str) -> Vec<String> {
        let mut pull = Pull::new(body.as_bytes());
        let mut seen = Vec::new();
        loop {
            match pull.token() {
                Token::Open(tag) => seen.push(format!("+{}", tag.name())),
                Token::Close(text) => seen.push(format!("-{}", text.trim())),
                Token::End => {
                    seen.push("end".into());
                    return seen;
                }
                Token::Stop(_) => {
                    seen.push("stop".into());
                    return seen;
                }
            }
        }
    }

    #[test]
    fn elements_come_by_local_name_and_text_with_their_end() {
        let body = "\u{feff}<?xml version='1.0'?>\n<a:r xmlns:a='x'> <b>1 &lt; <![CDATA[2 & 3]]>&#x21;</b><!-- c --><c:d/> </a:r>\n";
        assert_eq!(tokens(body), ["+r", "+b", "-1 < 2 & 3!", "+d", "-", "-", "end"]);
    }

    #[test]
    fn what_is_not_one_whole_document_stops() {
        for body in [
            "",
            "text",
            "{}",
            "<a>",
            "<a><b></a></b>",
            "<a/><b/>",
            "<a/>b",
            "<a>&unknown;</a>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<a attribute",
            "<<>>",
        ] {
            assert_eq!(tokens(body).last().map(String::as_str), Some("stop"), "{body:?}");
        }
        assert_eq!(tokens(&"<a>".repeat(10_000)).len(), DEEPEST + 1);
    }

    #[test]
    fn attributes_are_unescaped_and_a_broken_one_is_told() {
        let read = |body: &str| {
            let mut pull = Pull::new(body.as_bytes());
            let Token::Open(tag) = pull.token() else { panic!("{body}") };
            let mut seen = Vec::new();
            let whole = tag.each_attribute(|name, value| seen.push(format!("{name}={value}")));
            (seen, whole)
        };
        assert_eq!(read("<a x='1' n:y=\"&quot;&#65;\"/>"), (vec!["x=1".into(), "y=\"A".into()], true));
        assert!(!read("<a x='1' y=2/>").1);
        assert!(!read("<a x='&nothing;'/>").1);
    }

    #[test]
    fn skipping_leads_to_the_end_of_the_element() {
        let body = "<r><p:big><x>1</x><y a='</'/></p:big ><small/></r>";
        let mut pull = Pull::new(body.as_bytes());
        assert!(matches!(pull.token(), Token::Open(_)));
        assert!(matches!(pull.token(), Token::Open(tag) if tag.name() == "big"));
        pull.skip("big");
        assert!(matches!(pull.token(), Token::Close(text) if text.is_empty()));
        assert!(matches!(pull.token(), Token::Open(tag) if tag.name() == "small"));
        pull.skip("small");
        assert!(matches!(pull.token(), Token::Close(_)));
        assert!(matches!(pull.token(), Token::Close(_)));
        assert!(matches!(pull.token(), Token::End));
    }

    #[test]
    fn skipping_without_an_end_changes_nothing() {
        let mut pull = Pull::new(b"<r><big><x>1</x>");
        assert!(matches!(pull.token(), Token::Open(_)));
        assert!(matches!(pull.token(), Token::Open(_)));
        pull.skip("big");
        assert!(matches!(pull.token(), Token::Open(tag) if tag.name() == "x"));
    }

    #[test]
    fn letters_that_are_not_utf8_are_mended() {
        assert_eq!(mended("<a>я</a>".as_bytes()), None);
        assert_eq!(mended(b"<a>\xd0</a>").as_deref(), Some("<a>\u{fffd}</a>".as_bytes()));
        assert!(matches!(Pull::new(b"<a>\xd0</a>").token(), Token::Open(_)));
    }

    #[test]
    fn text_is_escaped_and_made_legal() {
        assert_eq!(escaped("a<b>&\"c\"\u{0}\u{b}"), "a&lt;b&gt;&amp;&quot;c&quot;");
    }
}

//! A small reader and writer of XML: no external entities, no document types, bounded depth.

use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};

/// An element by its local name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// What its prefix, or the lack of one, stands for; empty if nothing was declared.
    pub(crate) namespace: String,
    /// Attributes by their local names, without namespace declarations.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) nil: bool,
    pub(crate) children: Vec<Element>,
}

/// A namespace declared on an element of this depth, and on what lies in it.
struct Declared {
    depth: usize,
    prefix: String,
    namespace: String,
}

const MAX_DEPTH: usize = 32;
const MAX_ELEMENTS: usize = 50_000;

/// Parses a document; the error says what is wrong with it.
pub(crate) fn parse(text: &[u8]) -> Result<Element, String> {
    let text = std::str::from_utf8(text).map_err(|_| "the message is not UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open = vec![Element::default()];
    let mut declared = Vec::<Declared>::new();
    let mut elements = 0_usize;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                elements += 1;
                if open.len() > MAX_DEPTH || elements > MAX_ELEMENTS {
                    return Err("the message is too deep or too long".to_owned());
                }
                let element = element(&start, &mut declared, open.len())?;
                open.push(element);
            }
            Event::Empty(start) => {
                elements += 1;
                if elements > MAX_ELEMENTS {
                    return Err("the message is too long".to_owned());
                }
                let element = element(&start, &mut declared, open.len())?;
                declared.retain(|scope| scope.depth < open.len());
                top(&mut open)?.children.push(element);
            }
            Event::End(_) => {
                let done = open.pop().ok_or("unbalanced elements")?;
                declared.retain(|scope| scope.depth < open.len());
                top(&mut open)?.children.push(done);
            }
            Event::Text(text) => top(&mut open)?.text.push_str(&text.xml10_content()),
            Event::CData(text) => top(&mut open)?.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref().map_err(|error| error.to_string())? {
                    Some(character) => character.to_string(),
                    None => resolve_predefined_entity(&reference).ok_or("unknown entity")?.to_owned(),
                };
                top(&mut open)?.text.push_str(&resolved);
            }
            Event::DocType(_) => return Err("a document type is not allowed".to_owned()),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    let mut document = open.pop().ok_or("no element")?;
    if !open.is_empty() {
        return Err("the message ends in the middle".to_owned());
    }
    match document.children.len() {
        1 => document.children.pop().ok_or_else(|| "no element".to_owned()),
        _ => Err("the message needs exactly one root element".to_owned()),
    }
}

fn top(open: &mut [Element]) -> Result<&mut Element, String> {
    open.last_mut().ok_or_else(|| "unbalanced elements".to_owned())
}

fn element(start: &BytesStart<'_>, declared: &mut Vec<Declared>, depth: usize) -> Result<Element, String> {
    let mut element = Element { name: start.local_name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = unescape(&attribute.value).map_err(|error| error.to_string())?.into_owned();
        let (prefix, name) = split(attribute.key.0);
        match (prefix, name) {
            ("", "xmlns") => declared.push(Declared { depth, prefix: String::new(), namespace: value }),
            ("xmlns", prefix) => {
                declared.push(Declared { depth, prefix: prefix.to_owned(), namespace: value });
            }
            (_, name) => {
                element.nil |= name == "nil" && value.trim() == "true";
                element.attributes.push((name.to_owned(), value));
            }
        }
    }
    let (prefix, _) = split(start.name().0);
    let scope = declared.iter().rev().find(|scope| scope.prefix == prefix);
    element.namespace = scope.map(|scope| scope.namespace.clone()).unwrap_or_default();
    Ok(element)
}

/// Prefix, or nothing, and local name.
fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

impl Element {
    /// The first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first child of this name in this namespace.
    pub(crate) fn child_in(&self, namespace: &str, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name && child.namespace == namespace)
    }

    /// The text of a child without the blanks around it; empty without the child.
    pub(crate) fn text_of(&self, name: &str) -> &str {
        self.child(name).map(|child| child.text.trim()).unwrap_or_default()
    }

    /// An attribute by its local name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All content but passwords, for telling equal requests from different ones.
    pub(crate) fn content(&self) -> String {
        let mut out = String::new();
        self.write_content(&mut out);
        out
    }

    fn write_content(&self, out: &mut String) {
        if self.name.eq_ignore_ascii_case("password") {
            return;
        }
        let _ = write!(out, "<{}>{}", self.name, self.text.trim());
        for child in &self.children {
            child.write_content(out);
        }
        out.push_str("</>");
    }
}

/// The text with each digit outside the tags replaced: right shape, wrong types.
pub(crate) fn without_digits(text: &[u8], instead: &str) -> String {
    const CDATA: &str = "<![CDATA[";
    let text = String::from_utf8_lossy(text);
    let mut out = String::with_capacity(text.len());
    let (mut in_tag, mut rest) = (false, &*text);
    while let Some(character) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix(CDATA) {
            out.push_str(CDATA);
            rest = behind;
            continue;
        }
        in_tag = match character {
            '<' => true,
            '>' => false,
            _ => in_tag,
        };
        match character {
            '0'..='9' if !in_tag => out.push_str(instead),
            _ => out.push(character),
        }
        rest = &rest[character.len_utf8()..];
    }
    out
}

/// Text for use between tags.
pub(crate) fn escaped(text: &str) -> String {
    // Control characters cannot stand in XML 1.0 at all.
    let clean: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect();
    quick_xml::escape::escape(clean.as_str()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_and_order_do_not_matter_to_the_reader() {
        let parsed =
            parse("<a:x xmlns:a='u'><b:y xmlns:b='v'>1 &lt; 2&#x41;</b:y><z/></a:x>".as_bytes()).unwrap();
        assert_eq!(parsed.name, "x");
        assert_eq!(parsed.child("y").unwrap().text, "1 < 2A");
        assert!(parsed.child("z").is_some());
    }

    #[test]
    fn namespaces_hold_where_they_are_declared() {
        let parsed = parse(
            "<x xmlns='one' xmlns:p='two' a='1 &lt; 2'><p:y/><y xmlns='three'><z/></y><z/></x>".as_bytes(),
        )
        .unwrap();
        assert_eq!((parsed.namespace.as_str(), parsed.attribute("a")), ("one", Some("1 < 2")));
        assert!(parsed.child_in("two", "y").is_some());
        let inner = parsed.child_in("three", "y").unwrap();
        assert_eq!(inner.children[0].namespace, "three");
        assert_eq!(parsed.child("z").unwrap().namespace, "one");
        assert_eq!(parse(b"<q:x/>").unwrap().namespace, "");
    }

    proptest::proptest! {
        #[test]
        fn no_input_panics(text in "[<>/&;!a-c \"'=\\[\\]-]{0,80}", bytes: Vec<u8>) {
            let _ = parse(text.as_bytes());
            let _ = parse(&bytes);
        }

        #[test]
        fn escaped_text_comes_back(text in "\\PC{0,60}") {
            let parsed = parse(format!("<a>{}</a>", escaped(&text)).as_bytes()).unwrap();
            proptest::prop_assert_eq!(parsed.text, text);
        }
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000));
        let bomb = "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
        let external = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>";
        for text in
            ["", "<a>", "</a>", "<a></b>", "<a/><b/>", "<a>&b;</a>", "text", deep.as_str(), bomb, external]
        {
            assert!(parse(text.as_bytes()).is_err(), "{}", &text[..text.len().min(40)]);
        }
        assert!(parse(&[0xff, 0xfe, 0x00]).is_err());
    }
}

//! A small reader and writer of XML: no external entities, no document types, bounded depth.

use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

/// An element by its local name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) nil: bool,
    pub(crate) children: Vec<Element>,
}

const MAX_DEPTH: usize = 32;
const MAX_ELEMENTS: usize = 50_000;

/// Parses a document; the error says what is wrong with it.
pub(crate) fn parse(text: &[u8]) -> Result<Element, String> {
    let text = std::str::from_utf8(text).map_err(|_| "the message is not UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open = vec![Element::default()];
    let mut elements = 0_usize;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                elements += 1;
                if open.len() > MAX_DEPTH || elements > MAX_ELEMENTS {
                    return Err("the message is too deep or too long".to_owned());
                }
                open.push(element(&start)?);
            }
            Event::Empty(start) => {
                elements += 1;
                if elements > MAX_ELEMENTS {
                    return Err("the message is too long".to_owned());
                }
                let element = element(&start)?;
                top(&mut open)?.children.push(element);
            }
            Event::End(_) => {
                let done = open.pop().ok_or("unbalanced elements")?;
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

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut element = Element { name: start.local_name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        element.nil |= attribute.key.local_name().as_ref() == "nil" && attribute.value.trim() == "true";
    }
    Ok(element)
}

impl Element {
    /// The first child of this name.
    #[cfg(test)]
    fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
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

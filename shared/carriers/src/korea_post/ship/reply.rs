//! Answers of the contract-parcel service as lists of leaves (protocol notes, section 3.4).
//!
//! Values stand in CDATA with blanks around them, names change their case between manual and service, and
//! lists wrap their entries in an element of their own.

use yam_domain::text::clean;
use yam_platform::http::Answer;
use yam_platform::xml::{Pull, Token, mended};

use crate::tracker::words;

/// One entry: its leaves by lower-case name, in their order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Entry(Vec<(String, String)>);

impl Entry {
    /// A leaf's text, unless it is empty; names match in any case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, text)| known.eq_ignore_ascii_case(name) && !text.is_empty());
        found.map(|(_, text)| text.as_str())
    }

    /// Digits of a leaf; blanks and hyphens between them do not count.
    pub(super) fn digits(&self, name: &str) -> Option<String> {
        let text: String = self.get(name)?.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
    }

    /// The leaves that have these names and are not empty.
    pub(super) fn some(&self, names: &[&str]) -> std::collections::BTreeMap<String, String> {
        let told = names.iter().filter_map(|name| Some(((*name).to_owned(), words(self.get(name)?))));
        told.collect()
    }

    /// Every text that is not empty.
    pub(super) fn texts(&self) -> Vec<String> {
        self.0.iter().filter(|(_, text)| !text.is_empty()).map(|(_, text)| words(text)).collect()
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, text)| text.is_empty())
    }
}

/// An answer as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Reply {
    /// Entries of the list asked for; the whole answer when nothing wraps its leaves.
    pub(super) entries: Vec<Entry>,
    /// The operator's error: code and words.
    pub(super) error: Option<(String, String)>,
    /// Why reading stopped before the end of a document.
    pub(super) stopped: Option<&'static str>,
}

impl Reply {
    /// Reads an answer whose entries are wrapped in elements of this name.
    pub(super) fn of(answer: &Answer, wrapper: &str) -> Self {
        let body = mended(&answer.body);
        let mut reply = read(body.as_deref().unwrap_or(&answer.body), wrapper);
        if reply.stopped.is_none() && !answer.complete {
            reply.stopped = Some("an answer that is not whole");
        }
        reply
    }

    /// The only entry, or the first.
    pub(super) fn first(&self) -> Option<&Entry> {
        self.entries.first()
    }
}

fn read(body: &[u8], wrapper: &str) -> Reply {
    let mut reply = Reply::default();
    let mut whole = Entry::default();
    let mut pull = Pull::new(body);
    // Names of the open elements, each with whether an element was opened in it.
    let mut open: Vec<(String, bool)> = Vec::new();
    let mut wrapped = 0_usize;
    reply.stopped = loop {
        match pull.token() {
            Token::Open(tag) => {
                if let Some((_, has_children)) = open.last_mut() {
                    *has_children = true;
                }
                let name = tag.name().to_ascii_lowercase();
                if name.eq_ignore_ascii_case(wrapper) {
                    wrapped += 1;
                    reply.entries.push(Entry::default());
                }
                open.push((name, false));
            }
            Token::Close(text) => {
                let Some((name, has_children)) = open.pop() else { break Some("an element too many") };
                if name.eq_ignore_ascii_case(wrapper) {
                    wrapped = wrapped.saturating_sub(1);
                }
                if !has_children && !open.is_empty() {
                    let entry = match reply.entries.last_mut() {
                        Some(entry) if wrapped > 0 => entry,
                        _ => &mut whole,
                    };
                    entry.0.push((name, clean(&text)));
                }
            }
            Token::End => break None,
            Token::Stop(why) => break Some(why),
        }
    };
    let any = reply.entries.iter().chain([&whole]);
    reply.error = any
        .filter_map(|entry| {
            Some((entry.get("error_code")?.to_owned(), entry.get("message").unwrap_or_default()))
        })
        .map(|(code, told)| (code, words(told)))
        .next();
    if reply.entries.is_empty() && !whole.is_empty() {
        reply.entries.push(whole);
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ISSUED: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xsync>\n  <reqNo><![CDATA[202501020000123456]]></reqNo>\n  \
        <regiNo><![CDATA[  60123-0004-5678 ]]></regiNo>\n  <regipoNm><![CDATA[서울중앙우체국]]></regipoNm><vTelNo><![CDATA[]]></vTelNo>\n</xsync>";

    #[test]
    fn leaves_are_trimmed_and_found_in_any_case() {
        let reply = read(ISSUED.as_bytes(), "resInfo");
        assert_eq!(reply.stopped, None);
        let entry = reply.first().unwrap();
        assert_eq!(entry.get("regiPoNm"), Some("서울중앙우체국"));
        assert_eq!(entry.digits("regiNo").as_deref(), Some("6012300045678"));
        assert_eq!((entry.get("vTelNo"), entry.get("price")), (None, None));
        assert_eq!(entry.some(&["regiPoNm", "vTelNo"]).len(), 1);
    }

    #[test]
    fn entries_of_a_list_are_told_apart() {
        let body = "<xsync><count>2</count><resInfo><regiNo>1</regiNo></resInfo><resInfo><regiNo>2</regiNo></resInfo></xsync>";
        let reply = read(body.as_bytes(), "resInfo");
        let numbers: Vec<_> = reply.entries.iter().map(|entry| entry.get("regiNo")).collect();
        assert_eq!(numbers, [Some("1"), Some("2")]);
        assert!(read(b"<xsync/>", "resInfo").entries.is_empty());
        assert!(read(b"<xsync><resInfo/></xsync>", "resInfo").first().is_some());
    }

    #[test]
    fn an_error_is_found_anywhere() {
        for body in [
            "<xsync><error><error_code><![CDATA[ERR-511]]></error_code><message><![CDATA[ 보안키 ]]></message></error></xsync>",
            "<error><error_code>ERR-511</error_code><message>보안키</message></error>",
            "<xsync><resInfo><error_code>ERR-511</error_code><message>보안키</message></resInfo></xsync>",
        ] {
            let error = read(body.as_bytes(), "resInfo").error;
            assert_eq!(error, Some(("ERR-511".to_owned(), "보안키".to_owned())), "{body}");
        }
    }

    #[test]
    fn a_cut_answer_keeps_its_whole_leaves() {
        let cut = ISSUED.find("</regipoNm>").unwrap();
        let reply = read(&ISSUED.as_bytes()[..cut], "resInfo");
        assert!(reply.stopped.is_some());
        assert!(reply.first().unwrap().digits("regiNo").is_some());
        let before = ISSUED.find("</regiNo>").unwrap();
        let reply = read(&ISSUED.as_bytes()[..before], "resInfo");
        assert!(reply.first().is_none_or(|entry| entry.get("regiNo").is_none()));
    }

    proptest! {
        #[test]
        fn no_body_breaks_the_reader(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _total = read(&body, "resInfo");
        }
    }
}

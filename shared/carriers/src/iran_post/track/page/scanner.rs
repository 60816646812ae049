//! HTML cut into tags and text. Total and tolerant: pages for people are never quite well-formed, and the
//! reader above it decides what a shape means.

/// Bytes of an entity's name and its semicolon.
const LONGEST_ENTITY: usize = 12;

/// A piece of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A tag begins an element.
    Open {
        /// Name as written.
        name: &'a str,
        /// Everything behind the name.
        attributes: &'a str,
        /// Closed in itself.
        empty: bool,
    },
    /// A tag ends an element.
    Close {
        /// Name as written.
        name: &'a str,
    },
    /// Text with its entities.
    Text(&'a str),
}

/// The pieces of a page. Comments, declarations, scripts and styles are left out.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    rest: &'a str,
    /// The element whose content is no markup, just opened.
    raw: Option<&'a str>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(page: &'a str) -> Self {
        Scanner { rest: page, raw: None }
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            if let Some(name) = self.raw.take() {
                self.rest = from_end_tag(self.rest, name);
            }
            match self.rest.find('<') {
                None if self.rest.is_empty() => return None,
                None => return Some(Piece::Text(std::mem::take(&mut self.rest))),
                Some(0) => {}
                Some(at) => return Some(self.text(at)),
            }
            if self.rest.starts_with("<!--") {
                self.rest = behind(self.rest, "-->");
            } else if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
                self.rest = behind(self.rest, ">");
            } else if let Some((piece, rest)) = tag(self.rest) {
                self.rest = rest;
                if let Piece::Open { name, empty: false, .. } = piece {
                    let no_markup = ["script", "style"].iter().any(|raw| name.eq_ignore_ascii_case(raw));
                    self.raw = Some(name).filter(|_| no_markup);
                }
                return Some(piece);
            } else {
                return Some(self.text(1));
            }
        }
    }
}

impl<'a> Scanner<'a> {
    /// The next `length` bytes as text.
    fn text(&mut self, length: usize) -> Piece<'a> {
        let (text, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        Piece::Text(text)
    }
}

/// What follows `end`; nothing when it does not come.
fn behind<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or("", |(_, rest)| rest)
}

/// The text from the closing tag of `name` on.
fn from_end_tag<'a>(text: &'a str, name: &str) -> &'a str {
    let is_it = |at: &usize| {
        let tag = text.get(at + 2..at + 2 + name.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
    };
    let at = text.match_indices("</").map(|(at, _)| at).find(is_it);
    at.and_then(|at| text.get(at..)).unwrap_or("")
}

/// A tag at the beginning of the text, and what follows it; none when `<` is only a sign.
fn tag(text: &str) -> Option<(Piece<'_>, &str)> {
    let closing = text.starts_with("</");
    let sign = if closing { "</" } else { "<" };
    let text = text.strip_prefix(sign)?;
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let (inside, rest) = match tag_end(text) {
        Some(end) => (text.get(..end)?, text.get(end + 1..)?),
        None => (text, ""),
    };
    let name_end = inside.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inside.len());
    let (name, attributes) = inside.split_at_checked(name_end)?;
    let piece = if closing {
        Piece::Close { name }
    } else {
        Piece::Open { name, attributes, empty: attributes.trim_end().ends_with('/') }
    };
    Some((piece, rest))
}

/// The closing bracket of a tag, which may stand in a quoted value without closing it.
fn tag_end(text: &str) -> Option<usize> {
    let (mut quote, mut before) = (None, b' ');
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    // A quote that is never closed does not swallow the page.
    text.find('>')
}

/// The value of an attribute with its entities; empty when it has none.
pub(super) fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '/' | '=' | '"' | '\''));
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '=')).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end)?;
        if name.is_empty() {
            return None;
        }
        let (value, after) = value(after.trim_start());
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after;
    }
}

/// A value behind `=`, and what follows it.
fn value(text: &str) -> (&str, &str) {
    let Some(text) = text.strip_prefix('=') else { return ("", text) };
    let text = text.trim_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Text with its entities resolved, as far as they are known.
pub(super) fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('&') {
        decoded.push_str(before);
        match entity(from) {
            Some((c, after)) => {
                decoded.push(c);
                rest = after;
            }
            None => {
                decoded.push('&');
                rest = from;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

/// The character of an entity whose `&` has been taken, and what follows it.
fn entity(from: &str) -> Option<(char, &str)> {
    // Looked for nearby only: a page of nothing but `&` must not cost its square.
    let end = from.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';')?;
    let (name, after) = (from.get(..end)?, from.get(end + 1..)?);
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "zwnj" => '\u{200c}',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number)?
        }
    };
    Some((c, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(page: &str) -> Vec<String> {
        let show = |piece| match piece {
            Piece::Open { name, empty, .. } => format!("{}{name}", if empty { "=" } else { "+" }),
            Piece::Close { name } => format!("-{name}"),
            Piece::Text(text) => decode(text),
        };
        Scanner::new(page).map(show).collect()
    }

    #[test]
    fn tags_and_text_of_an_untidy_page() {
        let page = "<!DOCTYPE html><?x?><!-- <p> --><DIV class='a>b' x=1>1 < 2 &amp; &#x6F1;<br/>&nope;\
            <script>if (a < b) { '<p>' }</SCRIPT><style></style></div ><a";
        let expected = [
            "+DIV", "1 ", "<", " 2 & ۱", "=br", "&nope;", "+script", "-SCRIPT", "+style", "-style", "-div",
            "+a",
        ];
        assert_eq!(shown(page), expected);
        assert_eq!(shown("<p x=\"never closed>text"), ["+p", "text"]);
        assert_eq!(shown("<script>never closed"), ["+script"]);
        assert!(shown("<!-- never closed").is_empty());
    }

    #[test]
    fn attributes_in_every_quoting() {
        let attributes = " type=hidden  NAME='__VIEWSTATE' value=\"a&amp;b=\" disabled/";
        assert_eq!(attribute(attributes, "type"), Some("hidden"));
        assert_eq!(attribute(attributes, "name"), Some("__VIEWSTATE"));
        assert_eq!(attribute(attributes, "value"), Some("a&amp;b="));
        assert_eq!(attribute(attributes, "disabled"), Some(""));
        assert_eq!(attribute(attributes, "id"), None);
        assert_eq!(attribute("= = '' x", "x"), Some(""));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_scanner(page in "[<>/!?=\"'&;#a-c \u{6f0}-\u{6f9}-]{0,80}|.{0,80}") {
            for piece in Scanner::new(&page) {
                match piece {
                    Piece::Open { attributes, .. } => {
                        let _total = attribute(attributes, "class");
                    }
                    Piece::Close { .. } => {}
                    Piece::Text(text) => {
                        let _total = decode(text);
                    }
                }
            }
        }
    }
}

//! What a mail says: subject, text and HTML of a MIME message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A mail as a person would read it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mail {
    pub(super) headers: Vec<(String, String)>,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
}

/// How deep parts may stand in parts.
const MAX_DEPTH: usize = 5;

impl Mail {
    /// Reads a message; what cannot be read is left out.
    pub(super) fn read(raw: &[u8]) -> Self {
        let mut mail = Self::default();
        let (headers, body) = split(raw);
        mail.gather(&headers, body, 0);
        mail.headers = headers;
        mail
    }

    /// A header with its encoded words read.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        find(&self.headers, name).map(words)
    }

    fn gather(&mut self, headers: &[(String, String)], body: &[u8], depth: usize) {
        let kind = find(headers, "content-type").unwrap_or("text/plain");
        let plain = kind.split(';').next().unwrap_or_default().trim().to_lowercase();
        if plain.starts_with("multipart/") {
            let Some(boundary) = parameter(kind, "boundary").filter(|_| depth < MAX_DEPTH) else { return };
            for part in parts(body, &boundary) {
                let (headers, body) = split(part);
                self.gather(&headers, body, depth + 1);
            }
            return;
        }
        let encoding = find(headers, "content-transfer-encoding").unwrap_or("7bit");
        let content =
            String::from_utf8_lossy(&decoded(encoding.trim(), body)).trim_end().replace("\r\n", "\n");
        match plain.as_str() {
            "text/plain" if self.text.is_none() => self.text = Some(content),
            "text/html" if self.html.is_none() => self.html = Some(content),
            _ => {}
        }
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Headers with their folds undone, and the body.
fn split(raw: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let (head, body) = match position(raw, b"\r\n\r\n") {
        Some(at) => (raw.get(..at).unwrap_or_default(), raw.get(at + 4..).unwrap_or_default()),
        None => (raw, b"".as_slice()),
    };
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in String::from_utf8_lossy(head).split("\r\n") {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    (headers, body)
}

fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|part| {
        let (known, value) = part.trim().split_once('=')?;
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The parts between the boundaries.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mark = format!("--{boundary}");
    let (mut found, mut rest) = (Vec::new(), body);
    let Some(first) = position(rest, mark.as_bytes()) else { return found };
    rest = rest.get(first + mark.len()..).unwrap_or_default();
    while !rest.starts_with(b"--") {
        let Some(end) = position(rest, mark.as_bytes()) else { break };
        let part = rest.get(..end).unwrap_or_default();
        found.push(part.strip_prefix(b"\r\n").unwrap_or(part));
        rest = rest.get(end + mark.len()..).unwrap_or_default();
    }
    found
}

fn decoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    match encoding.to_lowercase().as_str() {
        "base64" => {
            let packed: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            STANDARD.decode(packed).unwrap_or_default()
        }
        "quoted-printable" => quoted(body, false),
        _ => body.to_vec(),
    }
}

/// Quoted-printable; in headers an underscore is a blank.
fn quoted(text: &[u8], header: bool) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'=' if tail.starts_with(b"\r\n") => rest = tail.get(2..).unwrap_or_default(),
            b'=' => {
                let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
                if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                    bytes.push(byte);
                    rest = tail.get(2..).unwrap_or_default();
                } else {
                    bytes.push(b'=');
                }
            }
            b'_' if header => bytes.push(b' '),
            other => bytes.push(*other),
        }
    }
    bytes
}

/// Undoes encoded words (`=?utf-8?b?…?=`); a blank between two of them belongs to neither.
fn words(value: &str) -> String {
    let (mut out, mut rest, mut after_word) = (String::new(), value, false);
    while let Some(start) = rest.find("=?") {
        let (before, word) = rest.split_at(start);
        let mut fields = word.get(2..).unwrap_or_default().splitn(4, '?');
        let (Some(_), Some(kind), Some(text), Some(tail)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            break;
        };
        let Some(tail) = tail.strip_prefix('=') else { break };
        if !(after_word && before.trim().is_empty()) {
            out.push_str(before);
        }
        let bytes = match kind {
            "b" | "B" => STANDARD.decode(text).unwrap_or_default(),
            _ => quoted(text.as_bytes(), true),
        };
        out.push_str(&String::from_utf8_lossy(&bytes));
        (rest, after_word) = (tail, true);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_folds_and_parts_are_read() {
        let raw = "Subject: =?utf-8?b?0J/QvtGB0YvQu9C60LA=?=\r\n =?utf-8?q?_=E2=84=961?=\r\n\
            Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\
            Content-Transfer-Encoding: base64\r\n\r\n0JTQsA==\r\n--b\r\nContent-Type: text/html\r\n\
            Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>=D0=94=\r\n=D0=B0</p>\r\n--b--\r\n";
        let mail = Mail::read(raw.as_bytes());
        assert_eq!(mail.header("subject").as_deref(), Some("Посылка №1"));
        assert_eq!((mail.text.as_deref(), mail.html.as_deref()), (Some("Да"), Some("<p>Да</p>")));
    }
}

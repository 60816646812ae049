//! How the payer's browser returns to the shop.

use std::fmt::Write as _;

/// A request that a browser makes by link or form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WayBack {
    /// A form that is posted, or else a link.
    pub(crate) post: bool,
    pub(crate) url: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl WayBack {
    /// By link.
    pub(crate) fn get<const N: usize>(url: &str, fields: [(&str, String); N]) -> Self {
        Self { post: false, url: url.to_owned(), fields: owned(fields) }
    }

    /// By form.
    pub(crate) fn post<const N: usize>(url: &str, fields: [(&str, String); N]) -> Self {
        Self { post: true, url: url.to_owned(), fields: owned(fields) }
    }

    /// The address a link leads to: the fields follow the query that is there.
    pub(crate) fn target(&self) -> String {
        if self.post || self.fields.is_empty() {
            return ascii(&self.url);
        }
        let joint = match self.url.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) => "&",
        };
        format!("{}{joint}{}", ascii(&self.url), query(&self.fields))
    }

    /// The body of the form, if it is one.
    pub(crate) fn body(&self) -> String {
        if self.post { query(&self.fields) } else { String::new() }
    }
}

fn owned<const N: usize>(fields: [(&str, String); N]) -> Vec<(String, String)> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Fields as a query or a form has them.
pub(crate) fn query(fields: &[(String, String)]) -> String {
    let mut out = String::new();
    for (name, value) in fields {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(&escaped(name));
        out.push('=');
        out.push_str(&escaped(value));
    }
    out
}

/// A text as it stands in a query.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// An address without the characters that cannot stand in a header.
fn ascii(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for byte in url.bytes() {
        if byte.is_ascii_graphic() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The host of an address of the web, if it is one: `http` or `https`, at most 2,083 characters.
pub(crate) fn host_of(url: &str) -> Option<String> {
    let uri: http::Uri = ascii(url).parse().ok()?;
    let web = matches!(uri.scheme_str(), Some("http" | "https"));
    let host = uri.host().filter(|host| web && !host.is_empty() && url.len() <= 2_083)?;
    Some(host.trim_matches(['[', ']']).to_ascii_lowercase())
}

/// Whether a shop that registered a domain may be returned to at this address.
pub(crate) fn may_return_to(url: &str, domain: Option<&str>) -> bool {
    match (host_of(url), domain) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(host), Some(domain)) => {
            host == domain || host.strip_suffix(domain).is_some_and(|sub| sub.ends_with('.'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_follow_the_query_that_is_there() {
        let link = |url: &str| WayBack::get(url, [("a", "1 &".to_owned())]).target();
        assert_eq!(link("http://s.example/cb"), "http://s.example/cb?a=1%20%26");
        assert_eq!(link("http://s.example/cb?x=2"), "http://s.example/cb?x=2&a=1%20%26");
        assert_eq!(link("http://s.example/cb?"), "http://s.example/cb?a=1%20%26");
        assert_eq!(link("http://s.example/\r\nب"), "http://s.example/%0D%0A%D8%A8?a=1%20%26");
    }

    #[test]
    fn only_addresses_of_the_web_and_of_the_domain_are_returned_to() {
        for bad in ["", "cb", "ftp://s.example/", "javascript:alert(1)", "http://", "//s.example"] {
            assert!(!may_return_to(bad, None), "{bad}");
        }
        assert!(may_return_to("https://pay.s.example:8443/cb?x=1", Some("s.example")));
        assert!(!may_return_to("https://evils.example/cb", Some("s.example")));
        assert!(may_return_to("http://127.0.0.1:4000/cb", None));
    }
}

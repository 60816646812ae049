//! `List-Unsubscribe` with one click (RFC 2369, RFC 8058).

use url::Url;

use super::address::EmailAddress;

/// Of a header's value at SES (notification notes, section 4.4).
const LONGEST: usize = 995;

/// How to leave a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsubscribe {
    url: Url,
    mailto: Option<EmailAddress>,
}

impl Unsubscribe {
    /// By an https address that takes a POST without cookies, and perhaps by e-mail; none when the address is
    /// not https or does not fit into a header.
    #[must_use]
    pub fn new(url: Url, mailto: Option<EmailAddress>) -> Option<Self> {
        let plain = url.scheme() == "https" && !url.as_str().contains(['<', '>', ',', ' ']);
        let made = Unsubscribe { url, mailto };
        (plain && made.headers().iter().all(|(_, value)| value.len() <= LONGEST)).then_some(made)
    }

    /// The address, for the letter's foot.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Header names and values.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, String); 2] {
        let mut ways = format!("<{}>", self.url);
        if let Some(address) = &self.mailto {
            ways.push_str(&format!(", <mailto:{}?subject=unsubscribe>", address.as_str()));
        }
        [("List-Unsubscribe", ways), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_click_is_https() {
        let mailto = EmailAddress::parse("leave@hub.example").ok();
        let made = Unsubscribe::new(Url::parse("https://hub.example/u/abc").unwrap(), mailto).unwrap();
        let [ways, post] = made.headers();
        assert_eq!(ways.1, "<https://hub.example/u/abc>, <mailto:leave@hub.example?subject=unsubscribe>");
        assert_eq!(post, ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        let long = |length: usize| Url::parse(&format!("https://hub.example/u/{}", "a".repeat(length)));
        let address = || EmailAddress::parse(&format!("{}@hub.example", "b".repeat(60))).ok();
        assert!(Unsubscribe::new(long(900).unwrap(), None).is_some());
        assert!(Unsubscribe::new(long(900).unwrap(), address()).is_none());
        assert!(Unsubscribe::new(long(1_000).unwrap(), None).is_none());
        for bad in ["http://hub.example/u", "mailto:a@b.example", "https://hub.example/u?a,b"] {
            assert_eq!(Unsubscribe::new(Url::parse(bad).unwrap(), None), None, "{bad}");
        }
    }
}

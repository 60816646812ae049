//! What every wire needs for a call: its time, its address, its bounds.

use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::{Limits, SendFailure};
use crate::Config;

/// The largest answer that is read: the list of one state's cities is far below.
const BODY_LIMIT: usize = 256 * 1024;

/// The end of everything one step may take, however many calls it makes.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// The end of a step that begins now.
    #[must_use]
    pub fn after(total: Duration) -> Self {
        Deadline(Instant::now() + total)
    }

    /// The bounds of the next call.
    ///
    /// # Errors
    /// [`SendFailure::NotSent`] when no time is left.
    pub fn limits(self) -> Result<Limits, SendFailure> {
        self.limits_for(BODY_LIMIT)
    }

    /// The bounds of a call whose answer may be larger or must be smaller than usual.
    ///
    /// # Errors
    /// [`SendFailure::NotSent`] when no time is left.
    pub fn limits_for(self, body: usize) -> Result<Limits, SendFailure> {
        let left = self.0.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(SendFailure::NotSent("no time left for the call".into()));
        }
        Ok(Limits { total: left, body })
    }

    /// The same end, or an earlier one.
    #[must_use]
    pub fn at_most(self, total: Duration) -> Self {
        Deadline(self.0.min(Instant::now() + total))
    }
}

/// An endpoint from the settings; a wrong address is told at the first call, as the settings are not
/// ours to check.
#[derive(Debug, Clone)]
pub struct Endpoint {
    setting: &'static str,
    url: Option<Url>,
}

impl Endpoint {
    /// The address that a setting holds.
    #[must_use]
    pub fn new(config: &Config, setting: &'static str) -> Self {
        let url = Url::parse(config.text(setting)).ok().filter(|u| matches!(u.scheme(), "http" | "https"));
        Endpoint { setting, url }
    }

    /// The endpoint itself.
    ///
    /// # Errors
    /// [`SendFailure::NotSent`] when the setting is no web address.
    pub fn url(&self) -> Result<Url, SendFailure> {
        let unusable = || SendFailure::NotSent(format!("{} is not a web address", self.setting));
        self.url.clone().ok_or_else(unusable)
    }

    /// The endpoint followed by `path`.
    ///
    /// # Errors
    /// As [`Endpoint::url`].
    pub fn join(&self, path: &str) -> Result<Url, SendFailure> {
        let mut url = self.url()?;
        let whole = format!("{}/{path}", url.path().trim_end_matches('/'));
        url.set_path(&whole);
        Ok(url)
    }

    /// For people: without a user name or password that somebody put into the setting.
    #[must_use]
    pub fn shown(&self) -> String {
        let Some(mut url) = self.url.clone() else { return format!("({} is not set)", self.setting) };
        if url.set_username("").is_err() || url.set_password(None).is_err() {
            return String::new();
        }
        url.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str) -> Endpoint {
        let config = Config::from_lookup(|name| (name == "YAM_URL_IRAN_POST_REST").then(|| url.to_owned()));
        Endpoint::new(&config.unwrap(), "YAM_URL_IRAN_POST_REST")
    }

    #[test]
    fn paths_follow_the_base_with_and_without_a_slash() {
        for base in ["http://post.example/RestApi", "http://post.example/RestApi/"] {
            let url = endpoint(base).join("api/v0/BaseInfo/Province").unwrap();
            assert_eq!(url.as_str(), "http://post.example/RestApi/api/v0/BaseInfo/Province");
        }
    }

    #[test]
    fn a_wrong_address_is_not_sent_and_names_its_setting() {
        let error = endpoint("file:///etc/passwd").url().unwrap_err();
        assert!(matches!(error, SendFailure::NotSent(why) if why.contains("YAM_URL_IRAN_POST_REST")));
    }

    #[test]
    fn credentials_in_an_address_are_not_shown() {
        assert_eq!(endpoint("http://u:p@post.example/x").shown(), "http://post.example/x");
    }

    #[test]
    fn a_spent_deadline_sends_nothing() {
        assert!(Deadline::after(Duration::ZERO).limits().is_err());
        let bounded = Deadline::after(Duration::from_secs(40)).at_most(Duration::from_secs(1));
        assert!(bounded.limits().unwrap().total <= Duration::from_secs(1));
        assert_eq!(bounded.limits_for(7).unwrap().body, 7);
    }
}

//! Choosing the language of an answer.

/// Languages the hub speaks to callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Persian.
    Fa,
    /// Russian.
    Ru,
    /// Korean.
    Ko,
}

impl Language {
    /// The tag for `Content-Language`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Fa => "fa",
            Language::Ru => "ru",
            Language::Ko => "ko",
        }
    }

    /// The best language of an `Accept-Language` header (RFC 9110, section 12.5.4): highest quality,
    /// first wins a tie; English when nothing fits.
    #[must_use]
    pub fn negotiate(header: &str) -> Self {
        let mut best = (Language::En, 0.0_f32);
        for range in header.split(',').take(20) {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or("").trim().to_ascii_lowercase();
            let quality = parts
                .find_map(|p| p.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()))
                .filter(|q| (0.0..=1.0).contains(q))
                .unwrap_or(1.0);
            let language = match tag.split('-').next().unwrap_or("") {
                "en" | "*" => Language::En,
                "fa" => Language::Fa,
                "ru" => Language::Ru,
                "ko" => Language::Ko,
                _ => continue,
            };
            if quality > best.1 {
                best = (language, quality);
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_the_best_language_we_speak() {
        for (header, expected) in [
            ("", Language::En),
            ("fa", Language::Fa),
            ("fa-IR,en;q=0.5", Language::Fa),
            ("de, ru;q=0.7, en;q=0.3", Language::Ru),
            ("en;q=0.2, ko;q=0.9", Language::Ko),
            ("ko;q=0, en", Language::En),
            ("de", Language::En),
            ("ru;q=nonsense", Language::Ru),
            ("*", Language::En),
        ] {
            assert_eq!(Language::negotiate(header), expected, "{header}");
        }
    }
}

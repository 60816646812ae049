//! One letter, written twice: HTML that a phone shows well, and text.
//!
//! The HTML is one column of tables with styles in place, as mail programs drop style sheets; the sheet in the
//! head only adds dark colours, and both sets of colours are readable when a program inverts one of them.
//! Persian runs from right to left, while codes and amounts in it are isolated. There are no pictures: nothing
//! is fetched, so nothing is blocked and nobody is counted.

use url::Url;
use yam_domain::text::clean;

use super::html::Html;

const LONGEST_LINE: usize = 2_000;
const MOST_PARTS: usize = 40;

/// The direction of a language's script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Direction {
    /// Of a language tag; Persian, Arabic, Hebrew and Urdu run from right to left.
    #[must_use]
    pub fn of(language: &str) -> Self {
        match language.split('-').next().unwrap_or("") {
            "fa" | "ar" | "he" | "ur" => Direction::Rtl,
            _ => Direction::Ltr,
        }
    }
}

/// A line of the letter's table, such as a tracking code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: String,
}

/// What a letter says; everything is plain text and escaped here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    /// Language tag: `fa`, `ru`, `ko`, `en`.
    pub language: String,
    /// The shop's name at the head.
    pub shop: String,
    /// Heading.
    pub heading: String,
    /// What a list of mails shows behind the subject.
    pub preview: String,
    /// Paragraphs; a line break in one stays a line break.
    pub paragraphs: Vec<String>,
    /// Facts.
    pub facts: Vec<Fact>,
    /// Label and https address of the one button.
    pub button: Option<(String, Url)>,
    /// Small print: the shop's contacts, why this mail came.
    pub footer: Vec<String>,
    /// Label and https address of the way out of the list.
    pub leave: Option<(String, Url)>,
}

/// Why a letter is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// A link is not https.
    #[error("links in an e-mail must start with https://")]
    Link,
    /// Too many parts or too long ones.
    #[error("an e-mail takes at most 40 parts of 2000 characters; shorten it")]
    TooLong,
    /// Says nothing.
    #[error("an e-mail needs at least one paragraph or fact")]
    Empty,
}

/// A letter, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// HTML.
    pub html: String,
    /// Text.
    pub text: String,
}

impl Letter {
    /// Writes the letter.
    ///
    /// # Errors
    /// [`LetterError`] saying what to change.
    pub fn write(&self) -> Result<Written, LetterError> {
        let links = self.button.iter().chain(&self.leave);
        if links.clone().any(|(_, url)| url.scheme() != "https") {
            return Err(LetterError::Link);
        }
        if self.paragraphs.is_empty() && self.facts.is_empty() {
            return Err(LetterError::Empty);
        }
        let texts = self.paragraphs.iter().chain(&self.footer);
        let facts = self.facts.iter().flat_map(|fact| [&fact.label, &fact.value]);
        let heads = [&self.shop, &self.heading, &self.preview, &self.language];
        let parts: Vec<&String> =
            texts.chain(facts).chain(heads).chain(links.map(|(label, _)| label)).collect();
        if parts.len() > MOST_PARTS || parts.iter().any(|part| part.chars().count() > LONGEST_LINE) {
            return Err(LetterError::TooLong);
        }
        Ok(Written { html: self.html(), text: self.text() })
    }

    fn html(&self) -> String {
        let (dir, align) = match Direction::of(&self.language) {
            Direction::Ltr => ("ltr", "left"),
            Direction::Rtl => ("rtl", "right"),
        };
        let mut page = Html::default();
        page.raw("<!doctype html><html lang=\"").text(&self.language).raw("\" dir=\"").text(dir).raw(HEAD);
        page.text(&clean(&self.heading)).raw("</title>").raw(STYLE);
        page.raw("<div style=\"display:none;max-height:0;overflow:hidden\">").text(&clean(&self.preview));
        page.raw(
            "</div><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" dir=\"",
        );
        page.text(dir).raw("\" class=\"y-page\" style=\"background:#f2f4f7\"><tr><td align=\"center\" style=\"padding:16px 8px\">");
        page.raw("<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" class=\"y-card\" style=\"max-width:560px;background:#ffffff;border-radius:8px\"><tr><td style=\"padding:24px 20px;text-align:");
        page.text(align).raw(";font:16px/1.6 -apple-system,'Segoe UI',Roboto,Vazirmatn,Tahoma,'Apple SD Gothic Neo','Malgun Gothic',sans-serif;color:#1d2530\" class=\"y-text\">");
        page.raw("<p style=\"margin:0 0 8px;font-size:14px;color:#5a6675\" class=\"y-soft\">");
        page.text(&clean(&self.shop))
            .raw("</p><h1 style=\"margin:0 0 16px;font-size:20px;line-height:1.4\">");
        page.text(&clean(&self.heading)).raw("</h1>");
        for paragraph in &self.paragraphs {
            page.raw("<p style=\"margin:0 0 14px\">");
            for (index, line) in lines(paragraph).enumerate() {
                page.raw(if index == 0 { "" } else { "<br>" }).text(&line);
            }
            page.raw("</p>");
        }
        self.table(&mut page);
        if let Some((label, url)) = &self.button {
            page.raw("<p style=\"margin:20px 0\"><a href=\"").text(url.as_str());
            page.raw("\" class=\"y-button\" style=\"display:inline-block;padding:12px 24px;border-radius:6px;background:#1f5fbf;color:#ffffff;text-decoration:none;font-weight:600\">");
            page.text(&clean(label)).raw("</a></p>");
        }
        page.raw("</td></tr></table><p style=\"max-width:560px;margin:12px auto 0;font:13px/1.6 Tahoma,sans-serif;color:#5a6675\" class=\"y-soft\">");
        for line in &self.footer {
            page.text(&clean(line)).raw("<br>");
        }
        if let Some((label, url)) = &self.leave {
            page.raw("<a href=\"").text(url.as_str()).raw("\" class=\"y-soft\" style=\"color:#5a6675\">");
            page.text(&clean(label)).raw("</a>");
        }
        page.raw("</p></td></tr></table></body></html>");
        page.into_string()
    }

    fn table(&self, page: &mut Html) {
        if self.facts.is_empty() {
            return;
        }
        page.raw("<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:0 0 14px;font-size:15px\">");
        for fact in &self.facts {
            page.raw(
                "<tr><td style=\"padding:4px 0;padding-inline-end:16px;color:#5a6675\" class=\"y-soft\">",
            );
            page.text(&clean(&fact.label)).raw("</td><td style=\"padding:4px 0;font-weight:600\"><bdi>");
            page.text(&clean(&fact.value)).raw("</bdi></td></tr>");
        }
        page.raw("</table>");
    }

    fn text(&self) -> String {
        let mut text = format!("{}\n{}\n", clean(&self.shop), clean(&self.heading));
        for paragraph in &self.paragraphs {
            text.push('\n');
            lines(paragraph).for_each(|line| text.push_str(&format!("{line}\n")));
        }
        if !self.facts.is_empty() {
            text.push('\n');
        }
        for fact in &self.facts {
            text.push_str(&format!("{}: {}\n", clean(&fact.label), clean(&fact.value)));
        }
        if let Some((label, url)) = &self.button {
            text.push_str(&format!("\n{}:\n{url}\n", clean(label)));
        }
        // The mark before a signature, which mail programs fold away.
        text.push_str("\n-- \n");
        for line in &self.footer {
            text.push_str(&format!("{}\n", clean(line)));
        }
        if let Some((label, url)) = &self.leave {
            text.push_str(&format!("{}: {url}\n", clean(label)));
        }
        text
    }
}

fn lines(paragraph: &str) -> impl Iterator<Item = String> {
    paragraph.lines().map(clean)
}

const HEAD: &str = "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\"><meta name=\"format-detection\" content=\"telephone=no,date=no,address=no,email=no\"><title>";
const STYLE: &str = "<style>:root{color-scheme:light dark;supported-color-schemes:light dark}@media (prefers-color-scheme:dark){.y-page{background:#11151b!important}.y-card{background:#1c222b!important}.y-text{color:#e8ecf1!important}.y-soft{color:#a9b4c2!important}.y-button{background:#3b7ddd!important;color:#ffffff!important}}</style></head><body style=\"margin:0;padding:0\">";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn letter(language: &str) -> Letter {
        Letter {
            language: language.into(),
            shop: "Romashka".into(),
            heading: "Order 1024 has arrived".into(),
            preview: "At post office 101000".into(),
            paragraphs: vec!["Hello,\nyour parcel is here.".into()],
            facts: vec![Fact { label: "Track".into(), value: "80083741236541".into() }],
            button: Some(("Follow".into(), Url::parse("https://hub.example/t/1?a=1&b=2").unwrap())),
            footer: vec!["Romashka, +7 495 123-00-01".into()],
            leave: Some(("No more mails".into(), Url::parse("https://hub.example/u/abc").unwrap())),
        }
    }

    #[test]
    fn both_bodies_say_the_same() {
        let Written { html, text } = letter("ru").write().unwrap();
        for part in ["Romashka", "Order 1024", "80083741236541", "https://hub.example/u/abc"] {
            assert!(html.contains(part) && text.contains(part), "{part}");
        }
        assert!(html.contains("Hello,<br>your parcel is here."));
        assert!(html.contains("https://hub.example/t/1?a=1&amp;b=2") && text.contains("?a=1&b=2"));
        assert!(html.contains("width=device-width") && html.contains("prefers-color-scheme:dark"));
        assert!(!html.contains("<img") && !html.contains("<script"));
    }

    #[test]
    fn persian_runs_from_right_to_left() {
        let html = letter("fa").write().unwrap().html;
        assert!(html.contains("lang=\"fa\" dir=\"rtl\"") && html.contains("text-align:right"));
        assert!(html.contains("<bdi>80083741236541</bdi>"));
        let html = letter("ko").write().unwrap().html;
        assert!(html.contains("lang=\"ko\" dir=\"ltr\"") && html.contains("text-align:left"));
        assert_eq!(Direction::of("fa-IR"), Direction::Rtl);
    }

    #[test]
    fn limits() {
        let plain =
            Letter { button: Some(("x".into(), Url::parse("http://a.example").unwrap())), ..letter("ru") };
        assert_eq!(plain.write(), Err(LetterError::Link));
        let script =
            Letter { leave: Some(("x".into(), Url::parse("javascript:a").unwrap())), ..letter("ru") };
        assert_eq!(script.write(), Err(LetterError::Link));
        assert_eq!(Letter::default().write(), Err(LetterError::Empty));
        let long = Letter { paragraphs: vec!["a".repeat(LONGEST_LINE + 1)], ..letter("ru") };
        assert_eq!(long.write(), Err(LetterError::TooLong));
        let many = Letter { paragraphs: vec![String::from("a"); MOST_PARTS], ..letter("ru") };
        assert_eq!(many.write(), Err(LetterError::TooLong));
    }

    proptest! {
        #[test]
        fn what_was_typed_never_becomes_markup(typed in "[<>\"'&a-z/= \\PC]{0,40}") {
            let plain = letter("ru").write().unwrap().html;
            let made = Letter {
                language: typed.clone(),
                shop: typed.clone(),
                heading: typed.clone(),
                preview: typed.clone(),
                paragraphs: vec![typed.clone()],
                facts: vec![Fact { label: typed.clone(), value: typed.clone() }],
                footer: vec![typed.clone()],
                ..letter("ru")
            };
            let html = made.write().unwrap().html;
            // The one line break of the sample's paragraph is gone.
            prop_assert_eq!(html.matches('<').count(), plain.matches('<').count() - 1);
            prop_assert_eq!(html.matches('"').count(), plain.matches('"').count());
        }
    }
}

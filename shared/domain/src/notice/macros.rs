//! The one macro syntax of all channels, `{track}`, and how texts are filled (S4-18, S4-24).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Longest template, in characters.
pub const MAX_TEXT: usize = 2_000;

/// A value that texts can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Macro {
    /// The buyer's name.
    Name,
    /// The tracking code.
    Track,
    /// The sum of the order or payment, with its unit.
    Sum,
    /// The product's name (S1-12).
    ProductName,
    /// The order's number.
    Order,
    /// The shop's name.
    Shop,
    /// The office where the parcel lies.
    Office,
    /// The last day of free storage.
    Deadline,
    /// Days since arrival.
    Days,
    /// A link: where a payment is made or looked at.
    Link,
    /// The account at a post or a provider that the news is about.
    Account,
    /// The report of the day in one line.
    Report,
}

impl Macro {
    /// All of them.
    pub const ALL: [Macro; 12] = [
        Macro::Name,
        Macro::Track,
        Macro::Sum,
        Macro::ProductName,
        Macro::Order,
        Macro::Shop,
        Macro::Office,
        Macro::Deadline,
        Macro::Days,
        Macro::Link,
        Macro::Account,
        Macro::Report,
    ];

    /// Its word between the braces.
    pub const fn as_str(self) -> &'static str {
        match self {
            Macro::Name => "name",
            Macro::Track => "track",
            Macro::Sum => "sum",
            Macro::ProductName => "product_name",
            Macro::Order => "order",
            Macro::Shop => "shop",
            Macro::Office => "office",
            Macro::Deadline => "deadline",
            Macro::Days => "days",
            Macro::Link => "link",
            Macro::Account => "account",
            Macro::Report => "report",
        }
    }

    fn from_word(word: &str) -> Option<Macro> {
        Macro::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MacroError {
    /// Nothing to say.
    #[error("the text is empty; write what is to be told")]
    Empty,
    /// Longer than [`MAX_TEXT`].
    #[error("the text is longer than 2000 characters; shorten it")]
    TooLong,
    /// A macro of another product's syntax.
    #[error("{found} is not a macro here; write {{track}}, with one pair of braces")]
    Dialect {
        /// The sign it begins with.
        found: &'static str,
    },
    /// A brace without its other half.
    #[error("a brace stands alone; macros are written {{track}}, and texts hold no other braces")]
    Brace,
    /// Braces around a word that is no macro.
    #[error(
        "{{{word}}} is no macro; use one of name, track, sum, product_name, order, shop, office, deadline, days, link, account, report"
    )]
    Unknown {
        /// The word, cut to 32 characters.
        word: String,
    },
}

/// Signs with which other products begin their macros.
const DIALECTS: [&str; 6] = ["{{", "${", "#{", "<%", "%(", "[["];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value(Macro),
}

/// A text with macros, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pieces: Vec<Piece>,
}

/// The values to fill in. A missing one is filled with nothing.
pub type Values = BTreeMap<Macro, String>;

impl Text {
    /// Reads a template.
    ///
    /// # Errors
    /// When it is empty or too long, names an unknown macro, or is written in another syntax.
    pub fn parse(source: &str) -> Result<Text, MacroError> {
        if source.trim().is_empty() {
            return Err(MacroError::Empty);
        }
        if source.chars().count() > MAX_TEXT {
            return Err(MacroError::TooLong);
        }
        if let Some(found) = dialect(source) {
            return Err(MacroError::Dialect { found });
        }
        let mut pieces = Vec::new();
        let mut rest = source;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, behind) = after.split_once('}').ok_or(MacroError::Brace)?;
            push_text(&mut pieces, before)?;
            let known = Macro::from_word(word)
                .ok_or_else(|| MacroError::Unknown { word: word.chars().take(32).collect() })?;
            pieces.push(Piece::Value(known));
            rest = behind;
        }
        push_text(&mut pieces, rest)?;
        Ok(Text { pieces })
    }

    /// Does it name this macro?
    pub fn uses(&self, wanted: Macro) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Value(found) if *found == wanted))
    }

    /// Fills it. Values are inserted as they are: a buyer called `{sum}` stays `{sum}`.
    pub fn fill(&self, values: &Values) -> String {
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Value(name) => filled.push_str(values.get(name).map_or("", String::as_str)),
            }
        }
        filled
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) -> Result<(), MacroError> {
    if text.contains('}') {
        return Err(MacroError::Brace);
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
    Ok(())
}

/// `%NAME%` counts only when the word is a macro's: `50% off` and `100%` are plain text.
fn dialect(source: &str) -> Option<&'static str> {
    if let Some(found) = DIALECTS.into_iter().find(|sign| source.contains(sign)) {
        return Some(found);
    }
    let words = source.split('%').skip(1);
    let percent = words.map(str::to_lowercase).any(|word| Macro::from_word(&word).is_some());
    percent.then_some("%...%")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_are_filled_once() {
        let text = Text::parse("{name}: {track}, {sum}").unwrap();
        let values = Values::from([
            (Macro::Name, "{sum}".to_owned()),
            (Macro::Track, "RR1".to_owned()),
            (Macro::Sum, "5".to_owned()),
        ]);
        assert_eq!(text.fill(&values), "{sum}: RR1, 5");
        assert_eq!(Text::parse("a {name}b").unwrap().fill(&Values::new()), "a b");
        assert!(text.uses(Macro::Name) && !text.uses(Macro::Shop));
    }

    #[test]
    fn other_dialects_are_refused_by_name() {
        for (source, found) in [
            ("{{name}}", "{{"),
            ("Hi ${name}", "${"),
            ("#{name}", "#{"),
            ("<%= name %>", "<%"),
            ("%(name)s", "%("),
            ("[[name]]", "[["),
            ("Hi %NAME%", "%...%"),
        ] {
            assert_eq!(Text::parse(source), Err(MacroError::Dialect { found }), "{source}");
        }
        assert!(Text::parse("50% off, 100% sure").is_ok());
    }

    #[test]
    fn braces_and_unknown_words() {
        for source in ["a {name", "a } b", "{name} }"] {
            assert_eq!(Text::parse(source), Err(MacroError::Brace), "{source}");
        }
        assert_eq!(Text::parse("{nome}"), Err(MacroError::Unknown { word: "nome".to_owned() }));
        assert!(Text::parse("{track:digits}").is_err());
        assert_eq!(Text::parse(" "), Err(MacroError::Empty));
        assert!(Text::parse(&"a".repeat(2_000)).is_ok());
        assert_eq!(Text::parse(&"a".repeat(2_001)), Err(MacroError::TooLong));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(source in "\\PC{0,80}") {
            if let Ok(text) = Text::parse(&source) && !source.contains('{') {
                prop_assert_eq!(text.fill(&Values::new()), source);
            }
        }
    }
}

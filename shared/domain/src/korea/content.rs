//! Content codes of a contract parcel (Korea Post notes, section 3.3.1).

use serde::{Deserialize, Serialize};

/// What is in a parcel, by the operator's nine classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentCode(u8);

const NAMES: [&str; 9] = [
    "farm, fishery and livestock products",
    "chilled or frozen food",
    "electronics",
    "books",
    "clothing and fashion",
    "cosmetics",
    "medical and health food",
    "household goods",
    "other",
];

impl ContentCode {
    /// Anything else.
    pub const OTHER: ContentCode = ContentCode(29);

    /// Reads `021` to `029`, with or without the leading zero.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim();
        let plain = matches!(digits.len(), 2 | 3) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let code = plain.then(|| digits.parse::<u8>().ok()).flatten()?;
        (21..=29).contains(&code).then_some(ContentCode(code))
    }

    /// What it stands for, in English.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.get(usize::from(self.0.saturating_sub(21))).copied().unwrap_or("other")
    }
}

impl std::fmt::Display for ContentCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:03}", self.0)
    }
}

impl TryFrom<String> for ContentCode {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        ContentCode::parse(&text).ok_or("use one of Korea Post's content codes, 021 to 029")
    }
}

impl From<ContentCode> for String {
    fn from(code: ContentCode) -> String {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_nine_of_the_form() {
        for (text, name) in
            [("021", "farm, fishery and livestock products"), ("24", "books"), (" 029 ", "other")]
        {
            assert_eq!(ContentCode::parse(text).map(ContentCode::name), Some(name));
        }
        for text in ["", "020", "030", "1", "0024", "+24", "x24"] {
            assert_eq!(ContentCode::parse(text), None, "{text}");
        }
        assert_eq!(serde_json::to_string(&ContentCode::OTHER).unwrap(), "\"029\"");
        assert!(serde_json::from_str::<ContentCode>("\"099\"").is_err());
    }
}

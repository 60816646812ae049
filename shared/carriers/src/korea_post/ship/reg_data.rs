//! `regData`: the fields of a message as one enciphered text (protocol notes, section 3.2).
//!
//! `k=v&k=v` in UTF-8 without any escaping, filled with zero bytes to whole blocks, SEED-128 block by block
//! under the first 16 bytes of the security key, as lower-case hexadecimal digits.

use super::seed::Seed;

const BLOCK: usize = 16;

/// The fields of one message, in the order in which they are sent.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Fields(Vec<(&'static str, String)>);

impl Fields {
    /// Adds a field; an empty one is left out. `&`, `=` and line ends would shift what follows, as nothing
    /// is escaped: they become blanks.
    pub(super) fn add(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        let harmless = |c: char| if matches!(c, '&' | '=' | '\r' | '\n' | '\0') { ' ' } else { c };
        let value: String = value.as_ref().chars().map(harmless).collect();
        let value = value.trim();
        if !value.is_empty() {
            self.0.push((name, value.to_owned()));
        }
        self
    }

    /// The value of a field.
    #[cfg(test)]
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    fn text(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

/// A security key, of which the first 16 bytes count.
///
/// # Errors
/// When it is shorter, or not plain ASCII.
pub(super) fn key(security_key: &str) -> Result<[u8; BLOCK], &'static str> {
    if !security_key.is_ascii() {
        return Err("the security key holds letters that are not ASCII");
    }
    let first = security_key.as_bytes().get(..BLOCK).and_then(|bytes| bytes.try_into().ok());
    first.ok_or("the security key has at least 16 characters")
}

/// The fields enciphered.
pub(super) fn sealed(fields: &Fields, key: [u8; BLOCK]) -> String {
    let seed = Seed::new(key);
    let mut bytes = fields.text().into_bytes();
    let blocks = bytes.len().div_ceil(BLOCK).max(1);
    bytes.resize(blocks * BLOCK, 0);
    let mut hex = String::with_capacity(bytes.len() * 2);
    for block in bytes.chunks_exact(BLOCK) {
        let block: [u8; BLOCK] = std::array::from_fn(|i| block.get(i).copied().unwrap_or_default());
        for byte in seed.encrypt(block) {
            hex.push_str(&format!("{byte:02x}"));
        }
    }
    hex
}

/// What a server reads from `regData`.
#[cfg(test)]
pub(in crate::korea_post) fn opened(hex: &str, key: [u8; BLOCK]) -> String {
    let seed = Seed::new(key);
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
    let plain: Vec<u8> =
        bytes.chunks(BLOCK).flat_map(|block| seed.decrypt(block.try_into().unwrap())).collect();
    String::from_utf8(plain).unwrap().trim_end_matches('\0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: [u8; 16] = *b"0123456789abcdef";

    fn of(fields: &[(&'static str, &str)]) -> Fields {
        fields.iter().fold(Fields::default(), |all, (name, value)| all.add(name, value))
    }

    /// The worked vectors of section 3.2.
    #[test]
    fn the_vectors_of_the_notes() {
        for (fields, hex) in [
            (of(&[("recNm", "홍길동")]), "3862ead45e5dcccc1176204da0f22436"),
            (of(&[]), "1a9ac8191c4f444824871ea79bce58ea"),
            (
                of(&[("memberID", "testmall")]),
                "d930a5eba13d55e2d41e34c24ad60f0fc54b85eeae13fc431aa1bf2f3dcf6375",
            ),
            (
                of(&[("custNo", "0001234567")]),
                "a0a035e5908ddf310b8ecce38bb71e025e449213625b03fc47ab0eeda3dc4fda",
            ),
            (
                of(&[
                    ("custNo", "0001234567"),
                    ("reqType", "1"),
                    ("orderNo", "HUB-20250102-0001"),
                    ("reqYmd", "20250102"),
                ]),
                "a0a035e5908ddf310b8ecce38bb71e0292822b2c011e371a40bea1eec630f4c3df13f06e237491337d8a012535661d52\
                 29b32e794daf7a4dd8f92fbfb59aa31589e13598be680c95cc9c9dd94290e7af",
            ),
        ] {
            assert_eq!(sealed(&fields, KEY), hex, "{fields:?}");
        }
    }

    #[test]
    fn a_whole_block_gets_no_other_behind_it() {
        let seed = Seed::new(KEY);
        let hex: String =
            seed.encrypt(*b"1234567890abcdef").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "6eaf7aea55428c29898d8222f59371ae");
        assert_eq!(sealed(&of(&[("a", "12345678901234")]), KEY).len(), 32);
        assert_eq!(sealed(&of(&[("a", "123456789012345")]), KEY).len(), 64);
    }

    #[test]
    fn no_value_shifts_another_field() {
        let fields = of(&[("a", "1&b=2\r\nc"), ("none", " "), ("d", "=")]);
        assert_eq!(fields.text(), "a=1 b 2  c");
        assert_eq!((fields.get("a"), fields.get("none")), (Some("1 b 2  c"), None));
    }

    #[test]
    fn sixteen_bytes_of_the_key_count() {
        assert_eq!(key("0123456789abcdefMORE"), Ok(KEY));
        assert!(key("0123456789abcde").is_err());
        assert!(key("0123456789abcdé").is_err());
    }

    proptest! {
        #[test]
        fn the_server_reads_what_was_written(value in "[^\u{0}&=]{0,80}") {
            let fields = Fields::default().add("recAddr1", &value).add("last", "x");
            prop_assert_eq!(opened(&sealed(&fields, KEY), KEY), fields.text());
        }
    }
}

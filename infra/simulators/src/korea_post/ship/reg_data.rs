//! `regData`: fields in a cipher in hex (section 3.2).

use std::collections::HashMap;

use super::seed::{BLOCK, Seed};

/// The fields of a message, as they came: nothing in them is unescaped.
#[derive(Debug, Default)]
pub(super) struct Fields {
    values: HashMap<String, String>,
    /// The plaintext, for telling equal messages from different ones.
    pub(super) plain: String,
}

impl Fields {
    /// Deciphers and splits; none if the key cannot be the one the sender used. Where a value held a
    /// separator, its rest is lost, and a repeated field counts as last given.
    pub(super) fn open(hex: &str, security_key: &str) -> Option<Self> {
        let cipher = bytes(hex)?;
        let key: [u8; BLOCK] = security_key.as_bytes().get(..BLOCK)?.try_into().ok()?;
        let mut plain = Seed::new(key).decrypt(&cipher);
        let end = plain.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        plain.truncate(end);
        let plain = String::from_utf8(plain).ok()?;
        let named = |piece: &str| {
            piece
                .split_once('=')
                .is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        };
        if !plain.is_empty() && !plain.split('&').next().is_some_and(named) {
            return None;
        }
        let pairs = plain.split('&').filter_map(|piece| piece.split_once('='));
        let values = pairs.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
        Some(Self { values, plain })
    }

    /// A field; empty if it is missing.
    pub(super) fn get(&self, name: &str) -> &str {
        self.values.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// Whole blocks from hex digits.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if digits.is_empty() || !digits.len().is_multiple_of(2 * BLOCK) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (pairs, _) = digits.as_chunks::<2>();
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef";

    /// The worked vectors of section 3.2.
    #[test]
    fn the_protocols_vectors_hold() {
        for (plain, hex) in [
            ("1234567890abcdef", "6eaf7aea55428c29898d8222f59371ae"),
            ("recNm=홍길동", "3862ead45e5dcccc1176204da0f22436"),
            ("", "1a9ac8191c4f444824871ea79bce58ea"),
            ("memberID=testmall", "d930a5eba13d55e2d41e34c24ad60f0fc54b85eeae13fc431aa1bf2f3dcf6375"),
            ("custNo=0001234567", "a0a035e5908ddf310b8ecce38bb71e025e449213625b03fc47ab0eeda3dc4fda"),
            (
                "custNo=0001234567&reqType=1&orderNo=HUB-20250102-0001&reqYmd=20250102",
                "a0a035e5908ddf310b8ecce38bb71e0292822b2c011e371a40bea1eec630f4c3df13f06e237491337d8a012535661d5229b32e794daf7a4dd8f92fbfb59aa31589e13598be680c95cc9c9dd94290e7af",
            ),
        ] {
            let key = Seed::new(KEY.as_bytes().try_into().unwrap());
            assert_eq!(key.encrypt(plain.as_bytes()), bytes(hex).unwrap(), "{plain}");
            let opened = Fields::open(hex, KEY).map(|fields| fields.plain);
            let is_fields = plain.is_empty() || plain.contains('=');
            assert_eq!(opened.as_deref(), is_fields.then_some(plain));
        }
    }

    #[test]
    fn what_is_no_cipher_of_this_key_is_nothing() {
        let hex = "3862ead45e5dcccc1176204da0f22436";
        assert_eq!(Fields::open(&hex.to_uppercase(), KEY).unwrap().get("recNm"), "홍길동");
        for (hex, key) in [
            (hex, "fedcba9876543210"),
            (hex, "short"),
            ("", KEY),
            ("38", KEY),
            (&hex[..31], KEY),
            ("zz62ead45e5dcccc1176204da0f22436", KEY),
            ("980e605c405a3264e00acbb0a341902c", KEY),
        ] {
            assert!(Fields::open(hex, key).is_none(), "{hex} {key}");
        }
    }

    #[test]
    fn a_separator_in_a_value_loses_its_rest() {
        let key = Seed::new(KEY.as_bytes().try_into().unwrap());
        let hex: String = key
            .encrypt("goodsNm=A&B&recNm=%EA".as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let fields = Fields::open(&hex, KEY).unwrap();
        assert_eq!((fields.get("goodsNm"), fields.get("recNm"), fields.get("B")), ("A", "%EA", ""));
    }
}

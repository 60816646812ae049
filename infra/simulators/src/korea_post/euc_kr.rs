//! EUC-KR, as the older flavour of the portal writes it.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The syllables of KS X 1001 in the order of the standard, a row a line.
const SYLLABLES: &str = include_str!("ksx1001.txt");
/// Where the syllables begin.
const FIRST_ROW: u8 = 0xB0;
const FIRST_CELL: u8 = 0xA1;

static CODES: LazyLock<HashMap<char, [u8; 2]>> = LazyLock::new(|| {
    let rows = SYLLABLES.lines().zip(FIRST_ROW..);
    rows.flat_map(|(line, row)| line.chars().zip(FIRST_CELL..).map(move |(c, cell)| (c, [row, cell])))
        .collect()
});

/// Whether it is one of the standard's syllables.
pub(crate) fn is_syllable(character: char) -> bool {
    CODES.contains_key(&character)
}

/// The text in EUC-KR; what is neither ASCII nor a syllable of the standard becomes a question mark.
pub(super) fn encode(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for character in text.chars() {
        match (u8::try_from(character), CODES.get(&character)) {
            (Ok(byte), _) if byte.is_ascii() => out.push(byte),
            (_, Some(code)) => out.extend_from_slice(code),
            _ => out.push(b'?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_have_the_codes_of_the_standard() {
        assert_eq!(CODES.len(), 2_350);
        assert_eq!(encode("가"), [0xB0, 0xA1]);
        assert_eq!(encode("힝"), [0xC8, 0xFE]);
        assert_eq!(encode("배달 ok"), [0xB9, 0xE8, 0xB4, 0xDE, b' ', b'o', b'k']);
        assert_eq!(encode("é·"), *b"??");
    }
}

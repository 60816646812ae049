//! Lengths of text messages (section 3).

const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§\
¿abcdefghijklmnopqrstuvwxyzäöñüà";
const GSM_EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How many parts a text is sent in; none is still one.
pub(super) fn parts(text: &str) -> u32 {
    let septets: Option<Vec<usize>> = text
        .chars()
        .map(|c| if GSM.contains(c) { Some(1) } else { GSM_EXTENDED.contains(c).then_some(2) })
        .collect();
    match septets {
        Some(units) => packed(&units, 160, 153),
        None => packed(&text.chars().map(char::len_utf16).collect::<Vec<_>>(), 70, 67),
    }
}

/// Fills parts without tearing a pair apart.
fn packed(units: &[usize], single: usize, each: usize) -> u32 {
    if units.iter().sum::<usize>() <= single {
        return 1;
    }
    let (mut parts, mut room) = (1, each);
    for unit in units {
        if *unit > room {
            parts += 1;
            room = each;
        }
        room -= unit;
    }
    parts
}

/// Bytes in EUC-KR; `None` if a character is outside KS X 1001.
pub(super) fn euc_kr_length(text: &str) -> Option<usize> {
    text.chars()
        .map(|c| match c {
            c if c.is_ascii() => Some(1),
            // Symbols of the standard's first rows that texts to buyers have.
            '€' | '①'..='⑮' | '·' | '…' | '‘' | '’' | '“' | '”' | '※' | '★' | '☆' | '→' | '☎' => {
                Some(2)
            }
            '\u{3001}'..='\u{3003}' | '\u{3131}'..='\u{318e}' | '\u{ff01}'..='\u{ff5d}' => Some(2),
            c => crate::korea_post::is_syllable(c).then_some(2),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_the_protocol() {
        let a = |n: usize| "a".repeat(n);
        let y = |n: usize| "Ы".repeat(n);
        for (text, expected) in [
            (a(160), 1),
            (a(161), 2),
            (a(306), 2),
            (a(307), 3),
            (a(459), 3),
            (a(460), 4),
            (a(158) + "€", 1),
            (a(159) + "€", 2),
            (a(152) + "€" + &a(151), 2),
            (a(152) + "€" + &a(152), 3),
            (y(70), 1),
            (y(71), 2),
            (y(134), 2),
            (y(135), 3),
            (y(201), 3),
            (y(202), 4),
            ("😀".repeat(35), 1),
            ("😀".repeat(36), 2),
            (y(66) + "😀" + &y(65), 2),
            (y(66) + "😀" + &y(66), 3),
        ] {
            assert_eq!(parts(&text), expected, "{text}");
        }
    }

    #[test]
    fn korean_bytes_are_those_of_the_protocol() {
        assert_eq!(euc_kr_length(&"가".repeat(45)), Some(90));
        let text = "주문 1024 상품이 우체국에 도착했습니다. 등기번호 6012345678901";
        assert_eq!(euc_kr_length(text), Some(62));
        assert_eq!(euc_kr_length("뷁뒑뤩궭훩홊"), None);
        assert_eq!(euc_kr_length("—"), None);
        assert_eq!(euc_kr_length("€①"), Some(4));
    }
}

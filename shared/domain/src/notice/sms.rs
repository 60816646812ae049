//! How long a text message is: septets, UTF-16 units or Korean bytes, and how many parts it takes.
//!
//! Source: notification notes, sections 3 and 10.1.

/// GSM 03.38 basic set beside ASCII letters and digits.
const GSM_BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// Its extension table: two septets each. The first is a form feed.
const GSM_EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How a message is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// GSM 7-bit: 160 septets, or 153 a part.
    Gsm7,
    /// UCS-2: 70 units, or 67 a part.
    Ucs2,
}

/// How long a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// Its encoding; one character outside GSM switches all of it.
    pub encoding: Encoding,
    /// Septets or UTF-16 units.
    pub units: usize,
    /// Parts sent and charged; 0 for an empty text.
    pub segments: usize,
}

/// Measures a text. Neither an escape pair nor a surrogate pair straddles two parts.
pub fn length(text: &str) -> Length {
    let gsm: Option<Vec<usize>> = text.chars().map(septets).collect();
    let (encoding, costs, single, part) = match gsm {
        Some(costs) => (Encoding::Gsm7, costs, 160, 153),
        None => (Encoding::Ucs2, text.chars().map(char::len_utf16).collect(), 70, 67),
    };
    let units: usize = costs.iter().sum();
    let segments = if units <= single { usize::from(units > 0) } else { parts(&costs, part) };
    Length { encoding, units, segments }
}

fn septets(c: char) -> Option<usize> {
    if c.is_ascii_alphanumeric() || GSM_BASIC.contains(c) {
        Some(1)
    } else {
        GSM_EXTENDED.contains(c).then_some(2)
    }
}

fn parts(costs: &[usize], size: usize) -> usize {
    let (mut parts, mut used) = (1, 0);
    for cost in costs {
        if used + cost > size {
            parts += 1;
            used = 0;
        }
        used += cost;
    }
    parts
}

/// What a provider takes in one message (notification notes, section 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cap {
    /// So many characters.
    Characters(usize),
    /// So many parts.
    Segments(usize),
    /// So many bytes of UTF-8.
    Bytes(usize),
    /// So many characters, fewer outside GSM.
    CharactersByEncoding {
        /// When all of it is GSM.
        gsm: usize,
        /// Otherwise.
        other: usize,
    },
}

impl Cap {
    /// Kavenegar.
    pub const KAVENEGAR: Cap = Cap::Characters(900);
    /// SMSC.
    pub const SMSC: Cap = Cap::Characters(1_000);
    /// SMS.ru (error 205).
    pub const SMS_RU: Cap = Cap::Segments(8);
    /// Amazon SNS, one Publish.
    pub const SNS: Cap = Cap::Bytes(1_600);
    /// AWS End User Messaging.
    pub const END_USER_MESSAGING: Cap = Cap::CharactersByEncoding { gsm: 1_600, other: 630 };

    /// Does the text fit?
    pub fn admits(self, text: &str) -> bool {
        let characters = || text.chars().count();
        match self {
            Cap::Characters(max) => characters() <= max,
            Cap::Segments(max) => length(text).segments <= max,
            Cap::Bytes(max) => text.len() <= max,
            Cap::CharactersByEncoding { gsm, other } => {
                characters() <= if length(text).encoding == Encoding::Gsm7 { gsm } else { other }
            }
        }
    }
}

/// How a Korean provider sends a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KoreanType {
    /// Up to 90 bytes.
    Sms,
    /// Up to 2,000 bytes.
    Lms,
}

/// Bytes of a text at a Korean provider: one for ASCII, two for everything else.
///
/// Whether KS X 1001 has the character is the provider's to refuse: it is always asked to be strict
/// (notification notes, sections 3.2 and 12).
pub fn korean_bytes(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// How a Korean text goes out; none when it is longer than any message.
pub fn korean_type(text: &str) -> Option<KoreanType> {
    match korean_bytes(text) {
        0..=90 => Some(KoreanType::Sms),
        91..=2_000 => Some(KoreanType::Lms),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn measured(text: &str) -> (Encoding, usize, usize) {
        let length = length(text);
        (length.encoding, length.units, length.segments)
    }

    #[test]
    fn vectors_of_the_notes() {
        use Encoding::{Gsm7, Ucs2};
        let a = |n: usize| "a".repeat(n);
        let y = |n: usize| "Ы".repeat(n);
        for (n, segments) in [(160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4)] {
            assert_eq!(measured(&a(n)), (Gsm7, n, segments), "{n}");
        }
        for (n, segments) in [(70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)] {
            assert_eq!(measured(&y(n)), (Ucs2, n, segments), "{n}");
        }
        assert_eq!(measured(&format!("{}€", a(158))), (Gsm7, 160, 1));
        assert_eq!(measured(&format!("{}€", a(159))), (Gsm7, 161, 2));
        assert_eq!(measured(&format!("{}€{}", a(152), a(151))), (Gsm7, 305, 2));
        assert_eq!(measured(&format!("{}€{}", a(152), a(152))), (Gsm7, 306, 3));
        assert_eq!(measured("[]{}\\~^|€"), (Gsm7, 18, 1));
        for (text, units) in [("`", 1), ("ё", 1), ("a\u{a0}b", 3), ("a—b", 3)] {
            assert_eq!(measured(text), (Ucs2, units, 1), "{text}");
        }
        assert_eq!(measured(&"😀".repeat(35)), (Ucs2, 70, 1));
        assert_eq!(measured(&"😀".repeat(36)), (Ucs2, 72, 2));
        assert_eq!(measured(&format!("{}😀{}", y(66), y(65))), (Ucs2, 133, 2));
        assert_eq!(measured(&format!("{}😀{}", y(66), y(66))), (Ucs2, 134, 3));
        let russian = "Ваш заказ №1024 ждёт вас в отделении 101000. Трек 80083741236541.";
        assert_eq!(measured(russian), (Ucs2, 65, 1));
        assert_eq!(measured("می\u{200c}رسد"), (Ucs2, 6, 1));
        let persian = "مرسوله شما به دفتر پست رسید. کد رهگیری: 220150000012345678901234";
        assert_eq!(measured(persian), (Ucs2, 64, 1));
        assert_eq!(measured(""), (Gsm7, 0, 0));
    }

    #[test]
    fn korean_lengths() {
        assert_eq!(korean_type(&"가".repeat(45)), Some(KoreanType::Sms));
        assert_eq!(korean_type(&"가".repeat(46)), Some(KoreanType::Lms));
        assert_eq!(korean_type(&"가".repeat(1_000)), Some(KoreanType::Lms));
        assert_eq!(korean_type(&"가".repeat(1_001)), None);
        assert_eq!(korean_bytes("주문 1024 상품이 우체국에 도착했습니다. 등기번호 6012345678901"), 62);
        assert_eq!(korean_bytes("뷁뒑뤩궭훩홊"), 12);
        assert_eq!((korean_bytes("€"), korean_bytes("①")), (2, 2));
    }

    #[test]
    fn caps_of_providers() {
        assert!(Cap::KAVENEGAR.admits(&"م".repeat(900)) && !Cap::KAVENEGAR.admits(&"م".repeat(901)));
        assert!(Cap::SMS_RU.admits(&"Ы".repeat(67 * 8)) && !Cap::SMS_RU.admits(&"Ы".repeat(67 * 8 + 1)));
        assert!(Cap::SNS.admits(&"Ы".repeat(800)) && !Cap::SNS.admits(&"Ы".repeat(801)));
        assert!(Cap::END_USER_MESSAGING.admits(&"a".repeat(1_600)));
        assert!(!Cap::END_USER_MESSAGING.admits(&"Ы".repeat(631)));
    }

    proptest! {
        #[test]
        fn longer_texts_never_take_fewer_parts(text in "\\PC{0,200}", more in "\\PC{0,20}") {
            let longer = format!("{text}{more}");
            prop_assert!(length(&longer).segments >= length(&text).segments);
        }
    }
}

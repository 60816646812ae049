//! What somebody means who answers a text with one word.

use crate::text::clean;

/// An answer that the hub understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// No more messages.
    Stop,
    /// Messages again, after a stop.
    Start,
}

/// Whole answers that mean "stop", in small letters and without spaces.
const STOP: [&str; 22] = [
    "stop",
    "stopall",
    "unsubscribe",
    "end",
    "quit",
    "cancel",
    "optout",
    "opt-out",
    "remove",
    "стоп",
    "отписка",
    "отписаться",
    "отмена",
    "لغو",
    "قطع",
    "توقف",
    "11",
    "수신거부",
    "거부",
    "정지",
    "중지",
    "취소",
];
/// Whole answers that mean "again".
const START: [&str; 7] = ["start", "unstop", "subscribe", "старт", "شروع", "수신동의", "시작"];
/// Longest answer that is looked at, in characters.
const LONGEST: usize = 40;

/// Reads an answer: one word alone, in any case, with or without signs around it. A sentence that holds such a word is
/// left to people, for "do not stop" is not a stop.
#[must_use]
pub fn read(text: &str) -> Option<Answer> {
    if text.chars().count() > LONGEST {
        return None;
    }
    let plain = clean(text).replace('\u{64a}', "\u{6cc}").replace('\u{643}', "\u{6a9}");
    let word: String = plain.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
    if STOP.contains(&word.as_str()) {
        Some(Answer::Stop)
    } else if START.contains(&word.as_str()) {
        Some(Answer::Start)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_alone_is_an_answer() {
        for text in [
            "STOP",
            " stop! ",
            "Стоп",
            "ОТПИСАТЬСЯ.",
            "لغو",
            "لغو.",
            "수신거부",
            "수신 거부",
            "opt-out",
            "11",
            "Stop all",
        ] {
            assert_eq!(read(text), Some(Answer::Stop), "{text}");
        }
        for text in ["START", "старт", "수신동의"] {
            assert_eq!(read(text), Some(Answer::Start), "{text}");
        }
    }

    #[test]
    fn a_sentence_is_left_to_people() {
        for text in [
            "",
            "please do not stop",
            "when does it end?",
            "не надо стоп",
            "спасибо",
            "1",
            &"stop".repeat(20),
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

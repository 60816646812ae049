//! Sender names and numbers (S4-10; notification notes, section 1), before a provider is asked to approve one.

const LONGEST_NAME: usize = 11;
const LONGEST_NUMBER: usize = 15;

/// Why a text is no sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SenderError {
    /// Nothing was given.
    #[error("the sender is empty")]
    Empty,
    /// A name longer than 11 or a number longer than 15.
    #[error("a sender name has at most 11 characters, a sender number at most 15 digits")]
    TooLong,
    /// Shorter than the provider takes.
    #[error("the sender is shorter than this provider takes")]
    TooShort,
    /// Other characters.
    #[error("a sender name may hold Latin letters, digits, spaces and . _ - only, with one letter at least")]
    Characters,
    /// The provider takes numbers only.
    #[error("this provider sends from numbers only; enter one of your lines, digits only")]
    NumbersOnly,
    /// A sender needs no name here, or has another shape.
    #[error("this provider takes the sender from the message's own address")]
    NotUsed,
}

/// A name of 1 to 11 characters with a letter, or 1 to 15 digits.
pub(crate) fn name_or_number(sender: &str) -> Result<(), SenderError> {
    if sender.is_empty() {
        return Err(SenderError::Empty);
    }
    if is_number(sender) {
        return if sender.len() <= LONGEST_NUMBER { Ok(()) } else { Err(SenderError::TooLong) };
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'.' | b'_' | b'-');
    let outer_blank = sender.trim().len() != sender.len();
    if outer_blank || !sender.bytes().all(allowed) || !sender.bytes().any(|b| b.is_ascii_alphabetic()) {
        return Err(SenderError::Characters);
    }
    if sender.len() <= LONGEST_NAME { Ok(()) } else { Err(SenderError::TooLong) }
}

/// Digits only, so many.
pub(crate) fn number(sender: &str, shortest: usize, longest: usize) -> Result<(), SenderError> {
    match sender.len() {
        0 => Err(SenderError::Empty),
        _ if !is_number(sender) => Err(SenderError::NumbersOnly),
        length if length < shortest => Err(SenderError::TooShort),
        length if length > longest => Err(SenderError::TooLong),
        _ => Ok(()),
    }
}

/// Whether it is made of digits.
pub(crate) fn is_number(sender: &str) -> bool {
    !sender.is_empty() && sender.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_at_their_boundaries() {
        for (sender, expected) in [
            ("ROMASHKA", Ok(())),
            ("My Shop-1._", Ok(())),
            ("ABCDEFGHIJK", Ok(())),
            ("ABCDEFGHIJKL", Err(SenderError::TooLong)),
            ("123456789012345", Ok(())),
            ("1234567890123456", Err(SenderError::TooLong)),
            ("", Err(SenderError::Empty)),
            ("РОМАШКА", Err(SenderError::Characters)),
            ("A&B", Err(SenderError::Characters)),
            (" SHOP", Err(SenderError::Characters)),
            ("1-2", Err(SenderError::Characters)),
            ("+79160000001", Err(SenderError::Characters)),
        ] {
            assert_eq!(name_or_number(sender), expected, "{sender}");
        }
    }

    #[test]
    fn numbers_only() {
        assert_eq!(number("0200000001", 8, 11), Ok(()));
        assert_eq!(number("ROMASHKA", 8, 11), Err(SenderError::NumbersOnly));
        assert_eq!(number("0200000", 8, 11), Err(SenderError::TooShort));
        assert_eq!(number("020000000123", 8, 11), Err(SenderError::TooLong));
    }
}

//! The post's own rule for postal codes.

/// Ten digits, no `0` and no `2` among the first five.
pub(crate) fn valid(code: &str) -> bool {
    code.len() == 10
        && code.bytes().all(|digit| digit.is_ascii_digit())
        && code.bytes().take(5).all(|digit| !matches!(digit, b'0' | b'2'))
}

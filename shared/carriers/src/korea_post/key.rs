//! Keys in a query string. The public-data portal hands its key out percent-encoded already (protocol
//! notes, section 5.2): encoding that once more would make it an unknown key.

/// The key as it stands in a query string.
pub(super) fn in_query(key: &str) -> String {
    let key = key.trim();
    if is_encoded(key) {
        return key.to_owned();
    }
    url::form_urlencoded::byte_serialize(key.as_bytes()).collect()
}

/// Unreserved characters and at least one `%XX`, and nothing else.
fn is_encoded(key: &str) -> bool {
    let mut rest = key.as_bytes();
    let mut escapes = 0;
    loop {
        match rest {
            [] => return escapes > 0,
            [b'%', high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                escapes += 1;
                rest = after;
            }
            [byte, after @ ..] if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) => rest = after,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_encoded_once() {
        for (key, query) in [
            ("abc123", "abc123"),
            ("ab+c/d==", "ab%2Bc%2Fd%3D%3D"),
            ("ab%2Bc%2Fd%3D%3D", "ab%2Bc%2Fd%3D%3D"),
            (" ab%2Bc ", "ab%2Bc"),
            ("100%", "100%25"),
            ("a%2Bb&x=1", "a%252Bb%26x%3D1"),
            ("", ""),
        ] {
            assert_eq!(in_query(key), query, "{key}");
        }
    }
}

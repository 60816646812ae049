//! Our ids in the shapes that wires take, always the same for the same message (notification notes, 7.2).

use sha2::{Digest as _, Sha256};

use crate::message::{Channel, MessageKey};

fn digest(channel: Channel, key: &MessageKey) -> [u8; 32] {
    Sha256::digest(format!("SEND:{}:{}", channel.as_str(), key.as_str()).as_bytes()).into()
}

/// 1 to 2147483647, for SMSC: two messages to one phone may meet there only once in two thousand million, and
/// it looks messages up by phone and id.
#[must_use]
pub fn positive_31(channel: Channel, key: &MessageKey) -> u32 {
    let [a, b, c, d, ..] = digest(channel, key);
    (u32::from_be_bytes([a, b, c, d]) & 0x7fff_ffff).max(1)
}

/// 1 to 2^63 - 1, for Kavenegar's `localid`.
#[must_use]
pub fn positive_63(channel: Channel, key: &MessageKey) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = digest(channel, key);
    (u64::from_be_bytes([a, b, c, d, e, f, g, h]) & 0x7fff_ffff_ffff_ffff).max(1)
}

/// 32 hex digits, for the salt of a signature that has to be the same at a repeat (Solapi).
#[must_use]
pub fn salt(channel: Channel, key: &MessageKey) -> String {
    hex(&digest(channel, key)[..16])
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_of_the_notes() {
        let key = MessageKey::parse("3f0c6a1e-0000-4000-8000-000000000001").unwrap();
        assert_eq!(positive_31(Channel::Sms, &key), 2_082_157_361);
        assert_ne!(positive_31(Channel::Voice, &key), positive_31(Channel::Sms, &key));
        assert_eq!(salt(Channel::Sms, &key).len(), 32);
        assert!(i64::try_from(positive_63(Channel::Sms, &key)).is_ok());
    }
}

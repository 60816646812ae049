//! SEED-128 (RFC 4269), encryption of whole blocks.
//!
//! Written here because no maintained crate fits: `kisaseed` stands still on the previous generation of the
//! cipher traits, which would come into every function a second time, and has unsafe code. What is used is
//! held to the vectors of the RFC and of the protocol notes.

use super::seed_boxes::{S0, S1};

const MASKS: [u8; 4] = [0xfc, 0xf3, 0xcf, 0x3f];
const GOLDEN: u32 = 0x9e37_79b9;
const ROUNDS: usize = 16;

/// A key made ready.
pub(super) struct Seed {
    rounds: [(u32, u32); ROUNDS],
}

impl Seed {
    /// Makes a key ready.
    pub(super) fn new(key: [u8; 16]) -> Self {
        let key = u128::from_be_bytes(key);
        let (mut left, mut right) = (high(key), low(key));
        let mut constant = GOLDEN;
        let mut rounds = [(0, 0); ROUNDS];
        for (i, round) in rounds.iter_mut().enumerate() {
            let (a, b) = halves(left);
            let (c, d) = halves(right);
            *round = (
                mix(a.wrapping_add(c).wrapping_sub(constant)),
                mix(b.wrapping_sub(d).wrapping_add(constant)),
            );
            if i % 2 == 0 {
                left = left.rotate_right(8);
            } else {
                right = right.rotate_left(8);
            }
            constant = constant.rotate_left(1);
        }
        Seed { rounds }
    }

    /// One block, enciphered.
    pub(super) fn encrypt(&self, block: [u8; 16]) -> [u8; 16] {
        self.pass(block, self.rounds.iter())
    }

    /// One block, deciphered.
    #[cfg(test)]
    pub(super) fn decrypt(&self, block: [u8; 16]) -> [u8; 16] {
        self.pass(block, self.rounds.iter().rev())
    }

    fn pass<'a>(&self, block: [u8; 16], rounds: impl Iterator<Item = &'a (u32, u32)>) -> [u8; 16] {
        let block = u128::from_be_bytes(block);
        let (mut left, mut right) = (high(block), low(block));
        for key in rounds {
            (left, right) = (right, left ^ round(right, *key));
        }
        // The last round does not swap.
        ((u128::from(right) << 64) | u128::from(left)).to_be_bytes()
    }
}

fn round(half: u64, key: (u32, u32)) -> u64 {
    let (c, d) = halves(half);
    let (c, d) = (c ^ key.0, d ^ key.1);
    let t = mix(c ^ d);
    let u = mix(t.wrapping_add(c));
    let v = mix(u.wrapping_add(t));
    (u64::from(u.wrapping_add(v)) << 32) | u64::from(v)
}

/// The function G.
fn mix(word: u32) -> u32 {
    let [x3, x2, x1, x0] = word.to_be_bytes();
    let s = [S0[usize::from(x0)], S1[usize::from(x1)], S0[usize::from(x2)], S1[usize::from(x3)]];
    let z = |shift: usize| {
        s.iter().enumerate().fold(0, |z, (i, byte)| z ^ (byte & MASKS[(i + shift) % MASKS.len()]))
    };
    u32::from_be_bytes([z(3), z(2), z(1), z(0)])
}

fn halves(word: u64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = word.to_be_bytes();
    (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
}

fn high(block: u128) -> u64 {
    u64::try_from(block >> 64).unwrap_or_default()
}

fn low(block: u128) -> u64 {
    u64::try_from(block & u128::from(u64::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block(hex: &str) -> [u8; 16] {
        let byte = |i: usize| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap();
        std::array::from_fn(byte)
    }

    /// RFC 4269, appendix B.
    #[test]
    fn the_vectors_of_the_rfc() {
        for (key, plain, cipher) in [
            (
                "00000000000000000000000000000000",
                "000102030405060708090a0b0c0d0e0f",
                "5ebac6e0054e166819aff1cc6d346cdb",
            ),
            (
                "000102030405060708090a0b0c0d0e0f",
                "00000000000000000000000000000000",
                "c11f22f20140505084483597e4370f43",
            ),
            (
                "4706480851e61be85d74bfb3fd956185",
                "83a2f8a288641fb9a4e9a5cc2f131c7d",
                "ee54d13ebcae706d226bc3142cd40d4a",
            ),
            (
                "28dbc3bc49ffd87dcfa509b11d422be7",
                "b41e6be2eba84a148e2eed84593c5ec7",
                "9b9b7bfcd1813cb95d0b3618f40f5122",
            ),
        ] {
            let seed = Seed::new(block(key));
            assert_eq!(seed.encrypt(block(plain)), block(cipher), "{key}");
            assert_eq!(seed.decrypt(block(cipher)), block(plain), "{key}");
        }
    }

    #[test]
    fn the_first_round_key_of_the_rfc() {
        assert_eq!(Seed::new([0; 16]).rounds[0], (0x7c8f_8c7e, 0xc737_a22c));
    }

    proptest! {
        #[test]
        fn what_was_enciphered_can_be_read(key: [u8; 16], plain: [u8; 16]) {
            let seed = Seed::new(key);
            prop_assert_eq!(seed.decrypt(seed.encrypt(plain)), plain);
        }
    }
}

//! The block cipher SEED-128 (RFC 4269; section 3.2.1), as the contract parcel service uses it: ECB, the
//! last block filled up with zeros (section 3.2).

/// Substitution tables.
const S0: [u8; 256] = table(
    b"a985d6d3541dac255d43181e51fcca632844209de0e2c817a58f037bbb13d2ee\
      708c3fa832ddf674ec950b575c5bbd01241c739810ccf2d92ce772839bd186c9\
      6050a3eb0db69e4fb75ac678a612afd561c3b441527d8d081f9900190453f7e1\
      fd762f27b08b0eaba26e934d697c090abfeff3c58714fe64de2e4b1a06216b66\
      02f5928a0cb37ed07a4796e52680addfa13037ae36152238f4a7454c81e98497\
      35cbce3c7111c78975fbdaf8945982c4ff493967c0cfd7b80f8e4223916cdba4\
      34f148c26f3d2d40be3ebcc1aaba4e553bdc687f9cd84a5677a0ed46b52b65fa\
      e3b9b19f5ef9e6b231ea6d5fe4f0cd88163a58d462290733e81b0579906a2a9a",
);
const S1: [u8; 256] = table(
    b"38e82da6cfdeb3b8af6055c7446f6b5bc36233b529a0e2a7d39111061cbc364b\
      ef886ca817c416f4c245e1d63f3d8e98284ef63ea5f90ddfd82b667a272ff172\
      42d441c07367ac8bf7ad801fca2caa34d20beee95d9418f857ae08c513cd86b9\
      ff7dc131f58a6ab1d120d7022204687107db9d9961bee659dd5190dc9aa3abd0\
      810f471ae3ec8dbf967b5ca2a163234dc89e9c3a0c2eba6e9f5af292f34978cc\
      15fb70757f351003646dc674d5b4ea097619fe4012e0bd05fa01f02a5ea95643\
      8514899bb0e5487997fc1e82218c1b5f7754b21d254f0046ed5852eb7edac9fd\
      3095653cb6e4bb7c0e5039263284699337e724a4cb530a87d94c838fce3b4ab7",
);

/// Masks of the function G.
const MASKS: [u8; 4] = [0xfc, 0xf3, 0xcf, 0x3f];
/// The first constant of the key schedule; each further one is it, rotated left by one more.
const GOLDEN: u32 = 0x9e37_79b9;
/// Bytes in a block, and in a key.
pub(crate) const BLOCK: usize = 16;
const ROUNDS: usize = 16;

const fn table(hex: &[u8; 512]) -> [u8; 256] {
    let mut out = [0; 256];
    let mut at = 0;
    while at < 256 {
        out[at] = nibble(hex[2 * at]) << 4 | nibble(hex[2 * at + 1]);
        at += 1;
    }
    out
}

const fn nibble(digit: u8) -> u8 {
    if digit <= b'9' { digit - b'0' } else { digit - b'a' + 10 }
}

/// A key, expanded.
pub(crate) struct Seed {
    rounds: [(u32, u32); ROUNDS],
}

impl Seed {
    /// Expands a key.
    pub(crate) fn new(key: [u8; BLOCK]) -> Self {
        let [mut a, mut b, mut c, mut d] = words(key);
        let mut rounds = [(0, 0); ROUNDS];
        for (at, round) in (0_u32..).zip(rounds.iter_mut()) {
            let constant = GOLDEN.rotate_left(at);
            *round =
                (g(a.wrapping_add(c).wrapping_sub(constant)), g(b.wrapping_sub(d).wrapping_add(constant)));
            if at % 2 == 0 {
                (a, b) = halves(joined(a, b).rotate_right(8));
            } else {
                (c, d) = halves(joined(c, d).rotate_left(8));
            }
        }
        Self { rounds }
    }

    /// Deciphers whole blocks; what does not fill one is left out.
    pub(crate) fn decrypt(&self, text: &[u8]) -> Vec<u8> {
        let (blocks, _) = text.as_chunks::<BLOCK>();
        blocks.iter().flat_map(|block| run(*block, self.rounds.iter().rev())).collect()
    }

    /// Enciphers a text; a full last block gets no further one, an empty text gets one.
    #[cfg(test)]
    pub(crate) fn encrypt(&self, text: &[u8]) -> Vec<u8> {
        let mut filled = text.to_vec();
        filled.resize(text.len().max(1).next_multiple_of(BLOCK), 0);
        let (blocks, _) = filled.as_chunks::<BLOCK>();
        blocks.iter().flat_map(|block| run(*block, self.rounds.iter())).collect()
    }
}

fn run<'a>(block: [u8; BLOCK], rounds: impl Iterator<Item = &'a (u32, u32)>) -> [u8; BLOCK] {
    let [mut l0, mut l1, mut r0, mut r1] = words(block);
    for key in rounds {
        let (f0, f1) = f(r0, r1, *key);
        (l0, l1, r0, r1) = (r0, r1, l0 ^ f0, l1 ^ f1);
    }
    // The halves are not exchanged after the last round.
    let mut out = [0; BLOCK];
    for (bytes, word) in out.chunks_exact_mut(4).zip([r0, r1, l0, l1]) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    out
}

/// The round function.
fn f(c: u32, d: u32, (k0, k1): (u32, u32)) -> (u32, u32) {
    let (c, d) = (c ^ k0, d ^ k1);
    let t = g(c ^ d);
    let u = g(t.wrapping_add(c));
    let v = g(u.wrapping_add(t));
    (u.wrapping_add(v), v)
}

/// Substitutes each byte, then mixes the bits of the four.
fn g(x: u32) -> u32 {
    let [x0, x1, x2, x3] = x.to_le_bytes();
    let found = [S0[usize::from(x0)], S1[usize::from(x1)], S0[usize::from(x2)], S1[usize::from(x3)]];
    let mixed = |turn: usize| {
        found.iter().zip(MASKS.iter().cycle().skip(turn)).fold(0, |sum, (byte, mask)| sum ^ (byte & mask))
    };
    u32::from_le_bytes([mixed(0), mixed(1), mixed(2), mixed(3)])
}

fn words(bytes: [u8; BLOCK]) -> [u32; 4] {
    let number = u128::from_be_bytes(bytes);
    [96, 64, 32, 0].map(|shift| u32::try_from(number >> shift & 0xffff_ffff).unwrap_or_default())
}

fn joined(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

fn halves(number: u64) -> (u32, u32) {
    let half = |shift: u32| u32::try_from(number >> shift & 0xffff_ffff).unwrap_or_default();
    (half(32), half(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> [u8; BLOCK] {
        u128::from_str_radix(hex, 16).unwrap().to_be_bytes()
    }

    /// Appendix B of the RFC.
    #[test]
    fn the_rfcs_vectors_hold() {
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
            let seed = Seed::new(bytes(key));
            assert_eq!(seed.encrypt(&bytes(plain)), bytes(cipher), "{key}");
            assert_eq!(seed.decrypt(&bytes(cipher)), bytes(plain), "{key}");
        }
        assert_eq!(Seed::new([0; BLOCK]).rounds[0], (0x7c8f_8c7e, 0xc737_a22c));
    }

    #[test]
    fn what_fills_no_block_is_left_out() {
        let seed = Seed::new([7; BLOCK]);
        let two = seed.encrypt(&[1; 17]);
        assert_eq!(two.len(), 32);
        assert_eq!(seed.decrypt(&two[..31]), [1; BLOCK]);
        assert_eq!(seed.encrypt(b"").len(), BLOCK);
    }
}

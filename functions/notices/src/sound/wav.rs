//! WAV files: 16-bit sound of one channel, read within limits and written whole.

use bytes::Bytes;

/// Largest sound that is read or made: 65 s at 32,000 samples a second.
pub(super) const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of the head that is written.
const HEAD: usize = 44;
/// Bytes of a sample.
const SAMPLE: usize = 2;

/// Sound of one channel, 16 bits a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wav {
    rate: u32,
    samples: Bytes,
}

/// Why bytes are no sound that can be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoWav {
    /// Not a WAV file, or cut off in its head.
    #[error("it is no WAV file")]
    Head,
    /// Another kind of sound.
    #[error("it is not 16-bit sound of one channel at 8000 to 48000 samples a second")]
    Kind,
    /// Nothing to hear.
    #[error("it holds no sound")]
    Empty,
    /// More than is looked at.
    #[error("it is longer than 4 MB")]
    TooLong,
}

impl Wav {
    /// Takes bare samples.
    pub(super) fn of_samples(rate: u32, samples: Bytes) -> Result<Wav, NoWav> {
        if !(8_000..=48_000).contains(&rate) {
            return Err(NoWav::Kind);
        }
        if samples.len() > MOST_BYTES {
            return Err(NoWav::TooLong);
        }
        let whole = samples.len() - samples.len() % SAMPLE;
        if whole == 0 {
            return Err(NoWav::Empty);
        }
        Ok(Wav { rate, samples: samples.slice(..whole) })
    }

    /// Reads a file. A program that writes to a pipe cannot know its length, so the length of the last piece is not
    /// believed where it says more than there is.
    pub(super) fn read(file: &Bytes) -> Result<Wav, NoWav> {
        if file.len() > MOST_BYTES {
            return Err(NoWav::TooLong);
        }
        if file.get(..4) != Some(b"RIFF") || file.get(8..12) != Some(b"WAVE") {
            return Err(NoWav::Head);
        }
        let (mut at, mut rate) = (12, None);
        while let Some(head) = file.get(at..at + 8) {
            let size = number(head.get(4..8)).ok_or(NoWav::Head)?;
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let begins = at + 8;
            let ends = begins.saturating_add(size).min(file.len());
            match head.get(..4) {
                Some(b"fmt ") => rate = Some(format(file.get(begins..ends).ok_or(NoWav::Head)?)?),
                Some(b"data") => {
                    let rate = rate.ok_or(NoWav::Head)?;
                    return Wav::of_samples(rate, file.slice(begins..ends));
                }
                _ => {}
            }
            // Pieces begin at even places.
            at = ends.saturating_add(size % 2);
        }
        Err(NoWav::Empty)
    }

    /// How long it lasts.
    pub(crate) fn seconds(&self) -> f64 {
        let samples = u32::try_from(self.samples.len() / SAMPLE).unwrap_or(u32::MAX);
        f64::from(samples) / f64::from(self.rate)
    }

    /// The file.
    pub(crate) fn into_bytes(self) -> Bytes {
        let length = u32::try_from(self.samples.len()).unwrap_or(u32::MAX);
        let mut file = Vec::with_capacity(HEAD + self.samples.len());
        file.extend_from_slice(b"RIFF");
        file.extend_from_slice(&length.saturating_add(36).to_le_bytes());
        file.extend_from_slice(b"WAVEfmt ");
        file.extend_from_slice(&16_u32.to_le_bytes());
        // PCM, one channel.
        file.extend_from_slice(&[1, 0, 1, 0]);
        file.extend_from_slice(&self.rate.to_le_bytes());
        file.extend_from_slice(&self.rate.saturating_mul(2).to_le_bytes());
        // Bytes a frame, bits a sample.
        file.extend_from_slice(&[2, 0, 16, 0]);
        file.extend_from_slice(b"data");
        file.extend_from_slice(&length.to_le_bytes());
        file.extend_from_slice(&self.samples);
        Bytes::from(file)
    }
}

/// The rate of a format piece: PCM, one channel, 16 bits.
fn format(piece: &[u8]) -> Result<u32, NoWav> {
    let right = piece.get(..4) == Some(&[1, 0, 1, 0]) && piece.get(14..16) == Some(&[16, 0]);
    if !right {
        return Err(NoWav::Kind);
    }
    number(piece.get(4..8)).ok_or(NoWav::Head)
}

fn number(bytes: Option<&[u8]>) -> Option<u32> {
    Some(u32::from_le_bytes(bytes?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second() -> Wav {
        Wav::of_samples(16_000, Bytes::from(vec![1; 32_000])).unwrap()
    }

    #[test]
    fn a_file_reads_back_with_its_length() {
        let file = second().into_bytes();
        assert_eq!(file.len(), HEAD + 32_000);
        let read = Wav::read(&file).unwrap();
        assert_eq!(read, second());
        assert!((read.seconds() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_length_of_a_pipe_is_not_believed() {
        let mut file = second().into_bytes().to_vec();
        file[4..8].copy_from_slice(&0x7fff_f024_u32.to_le_bytes());
        file[40..44].copy_from_slice(&0x7fff_f000_u32.to_le_bytes());
        assert_eq!(Wav::read(&Bytes::from(file)), Ok(second()));
    }

    #[test]
    fn other_pieces_are_passed_over() {
        let plain = second().into_bytes();
        let mut file = plain[..36].to_vec();
        file.extend_from_slice(b"LIST\x03\0\0\0abc\0");
        file.extend_from_slice(&plain[36..]);
        assert_eq!(Wav::read(&Bytes::from(file)), Ok(second()));
    }

    #[test]
    fn what_is_no_sound_is_refused() {
        let plain = second().into_bytes();
        let stereo = {
            let mut file = plain.to_vec();
            file[22] = 2;
            file
        };
        for (file, wrong) in [
            (Vec::new(), NoWav::Head),
            (b"RIFF\0\0\0\0WAVX".to_vec(), NoWav::Head),
            (plain[..20].to_vec(), NoWav::Head),
            (plain[..44].to_vec(), NoWav::Empty),
            (plain[..36].to_vec(), NoWav::Empty),
            (stereo, NoWav::Kind),
            (vec![0; MOST_BYTES + 1], NoWav::TooLong),
        ] {
            let length = file.len();
            let seen = Wav::read(&Bytes::from(file));
            assert!(
                seen == Err(wrong) || (length == 20 && seen == Err(NoWav::Kind)),
                "{length}: {seen:?} instead of {wrong:?}"
            );
        }
        assert_eq!(Wav::of_samples(7_999, Bytes::from_static(&[0, 0])), Err(NoWav::Kind));
    }
}

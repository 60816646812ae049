//! An archive in ZIP, its files stored as they are.

/// Writes the files under their names.
pub(super) fn write(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let offset = size(out.len());
        let mut common = Vec::new();
        // Version 2.0, names in UTF-8, stored, the first of January 1980.
        for part in [20_u16, 1 << 11, 0, 0, 33] {
            common.extend(part.to_le_bytes());
        }
        for part in [crc32(content), size(content.len()), size(content.len())] {
            common.extend(part.to_le_bytes());
        }
        common.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(content);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        // No comment, first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, count) = (size(out.len()), u16::try_from(files.len()).unwrap_or(u16::MAX));
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size(directory.len()).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn size(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| {
                if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sum_is_the_known_one() {
        assert_eq!((crc32(b"123456789"), crc32(b"")), (0xcbf4_3926, 0));
    }

    #[test]
    fn the_directory_leads_to_the_files() {
        let zip = write(&[("a.csv", b"1;2".to_vec()), ("b.pdf", b"%PDF".to_vec())]);
        let end = zip.len() - 22;
        assert_eq!(&zip[end..end + 4], b"PK\x05\x06");
        let word = |at: usize| u32::from_le_bytes(zip[at..at + 4].try_into().unwrap()) as usize;
        let directory = word(end + 16);
        assert_eq!(directory + word(end + 12), end);
        let second = directory + 46 + 5;
        assert_eq!(&zip[second..second + 4], b"PK\x01\x02");
        let file = word(second + 42);
        assert_eq!(&zip[file..file + 4], b"PK\x03\x04");
        assert_eq!(&zip[file + 30..file + 39], b"b.pdf%PDF");
    }
}

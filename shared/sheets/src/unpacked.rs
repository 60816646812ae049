//! What a workbook unpacks to, measured before anything reads it.
//!
//! A workbook is an archive of XML. The sizes its directory names are the sender's word; what counts is what comes
//! out. One number inside is dangerous too: readers make room for as many texts as the table of texts says it has.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::limits::Limits;
use crate::read::Unreadable;

/// Most parts of a workbook: a bank's has about ten.
const MOST_PARTS: usize = 1_000;
/// An archive that unpacks to so many times its size holds nothing people typed, however small it is. Rows of
/// zeros, the most repetitive that people make, stay below 100.
const MOST_TIMES: usize = 200;
/// Below this no ratio is looked at.
const SMALL: usize = 1024 * 1024;
/// The attribute that readers make room by.
const COUNT: &[u8] = b"uniqueCount";

fn broken(error: impl std::fmt::Display) -> Unreadable {
    Unreadable::Workbook(error.to_string())
}

/// Looks through an archive.
///
/// # Errors
/// [`Unreadable::TooMuchInside`], [`Unreadable::Workbook`].
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > MOST_PARTS {
        return Err(broken(format_args!("more than {MOST_PARTS} parts")));
    }
    let times = bytes.len().saturating_mul(MOST_TIMES).max(SMALL);
    let most = limits.unpacked.min(times);
    let mut seen = 0_usize;
    let mut part = Vec::new();
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(broken)?;
        let room = most.saturating_sub(seen);
        part.clear();
        // One byte more than there is room for shows that it is too much.
        let readable = u64::try_from(room).unwrap_or(u64::MAX).saturating_add(1);
        file.take(readable).read_to_end(&mut part).map_err(broken)?;
        if part.len() > room {
            return Err(Unreadable::TooMuchInside(limits.unpacked));
        }
        seen = seen.saturating_add(part.len());
        if promises(&part).is_some_and(|texts| texts > limits.cells()) {
            return Err(Unreadable::TooMuchInside(limits.unpacked));
        }
    }
    Ok(())
}

/// The largest number of texts that a part says it has.
fn promises(part: &[u8]) -> Option<usize> {
    let found = part.windows(COUNT.len()).enumerate().filter(|(_, window)| *window == COUNT);
    let numbers = found.filter_map(|(at, _)| {
        let behind = part.get(at.saturating_add(COUNT.len())..)?;
        let marks = |byte: &&u8| matches!(**byte, b'=' | b'"' | b'\'') || byte.is_ascii_whitespace();
        let digits: Vec<u8> =
            behind.iter().skip_while(marks).take_while(|byte| byte.is_ascii_digit()).copied().collect();
        let text = String::from_utf8(digits).ok().filter(|digits| !digits.is_empty())?;
        // A number that does not even fit is the largest.
        Some(text.parse().unwrap_or(usize::MAX))
    });
    numbers.max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    const LIMITS: Limits = Limits { bytes: 1 << 20, unpacked: 8 << 20, rows: 100, columns: 10 };

    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn a_small_file_that_unpacks_to_a_large_one_is_refused() {
        let bomb = archive(&[("xl/worksheets/sheet1.xml", &vec![b'0'; 64 << 20])]);
        assert!(bomb.len() < LIMITS.bytes, "{} bytes", bomb.len());
        assert_eq!(check(&bomb, &LIMITS), Err(Unreadable::TooMuchInside(LIMITS.unpacked)));
        let many: Vec<(String, Vec<u8>)> = (0..9).map(|n| (format!("{n}"), vec![b'0'; 1 << 20])).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|(name, part)| (name.as_str(), &part[..])).collect();
        assert_eq!(check(&archive(&many), &LIMITS), Err(Unreadable::TooMuchInside(LIMITS.unpacked)));
        // Smaller than the limit, and still nothing anybody typed.
        let thin = archive(&[("a", &vec![b'0'; 4 << 20])]);
        assert_eq!(check(&thin, &LIMITS), Err(Unreadable::TooMuchInside(LIMITS.unpacked)));
        assert_eq!(check(&archive(&[("a", b"some text")]), &LIMITS), Ok(()));
    }

    #[test]
    fn a_table_of_texts_cannot_promise_more_than_there_is() {
        for lie in
            ["uniqueCount=\"99999999999\"", "uniqueCount = '1001'", "uniqueCount=\"99999999999999999999999\""]
        {
            let part = format!("<sst count=\"1\" {lie}><si><t>x</t></si></sst>");
            let file = archive(&[("xl/sharedStrings.xml", part.as_bytes())]);
            assert_eq!(check(&file, &LIMITS), Err(Unreadable::TooMuchInside(LIMITS.unpacked)), "{lie}");
        }
        let honest = archive(&[("xl/sharedStrings.xml", b"<sst count=\"1\" uniqueCount=\"1000\">")]);
        assert_eq!(check(&honest, &LIMITS), Ok(()));
    }

    #[test]
    fn a_broken_archive_is_named() {
        let mut file = archive(&[("a", b"some text")]);
        file.truncate(30);
        assert!(matches!(check(&file, &LIMITS), Err(Unreadable::Workbook(_))));
    }
}

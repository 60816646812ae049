//! Reading a table.

use crate::kind::Kind;
use crate::limits::Limits;
use crate::workbook;

/// A line of a table that holds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands in the file, counted from 1.
    pub line: usize,
    /// Its cells; empty ones are empty texts, those behind the last may be missing.
    pub cells: Vec<String>,
}

/// Why a table cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Too many bytes.
    #[error("the file is larger than {0} bytes; send it in parts")]
    TooLarge(usize),
    /// A small file that unpacks to a large one.
    #[error("the workbook unpacks to more than {0} bytes; remove its pictures and other sheets, or send CSV")]
    TooMuchInside(usize),
    /// Too many rows.
    #[error("the file has more than {0} lines; import it in parts")]
    TooManyRows(usize),
    /// Too many columns.
    #[error("line {line} has more than {most} columns")]
    TooManyColumns {
        /// The line.
        line: usize,
        /// Most columns.
        most: usize,
    },
    /// Neither UTF-8 nor marked UTF-16.
    #[error("the file is not UTF-8; save it as \"CSV UTF-8\" or as XLSX")]
    Encoding,
    /// Broken quotes.
    #[error("the file is not CSV: {0}")]
    Csv(String),
    /// A broken archive, or not of a workbook.
    #[error("the workbook cannot be read: {0}; save it again as XLSX, or send CSV")]
    Workbook(String),
}

/// Reads a table; of a workbook the first sheet that holds anything.
///
/// # Errors
/// [`Unreadable`].
pub fn read(bytes: &[u8], kind: Kind, limits: &Limits) -> Result<Vec<Row>, Unreadable> {
    if bytes.len() > limits.bytes {
        return Err(Unreadable::TooLarge(limits.bytes));
    }
    match kind {
        Kind::Csv => text(bytes, limits),
        Kind::Xlsx => workbook::read(bytes, limits),
    }
}

fn text(bytes: &[u8], limits: &Limits) -> Result<Vec<Row>, Unreadable> {
    let text = decoded(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(&text))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| Unreadable::Csv(error.to_string()))?;
        let line = record.position().map_or(0, |position| line_at(&text, position));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() > limits.columns {
            return Err(Unreadable::TooManyColumns { line, most: limits.columns });
        }
        if rows.len() >= limits.rows {
            return Err(Unreadable::TooManyRows(limits.rows));
        }
        rows.push(Row { line, cells: record.iter().map(str::to_owned).collect() });
    }
    Ok(rows)
}

/// The line a record begins in. The reader stops between the two bytes of a line's end, and before empty lines.
fn line_at(text: &str, position: &csv::Position) -> usize {
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let ahead = text.as_bytes().iter().skip(at).take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let ends = ahead.filter(|byte| **byte == b'\n').count();
    usize::try_from(position.line()).unwrap_or(usize::MAX).saturating_add(ends)
}

/// UTF-8, or UTF-16 with its mark.
fn decoded(bytes: &[u8]) -> Result<String, Unreadable> {
    match bytes {
        [0xff, 0xfe, wide @ ..] => wide_text(wide, u16::from_le_bytes),
        [0xfe, 0xff, wide @ ..] => wide_text(wide, u16::from_be_bytes),
        _ => {
            let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::Encoding)?;
            Ok(text.trim_start_matches('\u{feff}').to_owned())
        }
    }
}

fn wide_text(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Result<String, Unreadable> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return Err(Unreadable::Encoding);
    }
    let units = pairs.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| Unreadable::Encoding)
}

/// The separator that the first lines hold most of.
fn separator(text: &str) -> u8 {
    let head: String = text.lines().take(10).collect();
    let count = |separator: char| head.chars().filter(|c| *c == separator).count();
    match (count(';'), count('\t'), count(',')) {
        (semicolons, tabs, commas) if semicolons > tabs && semicolons > commas => b';',
        (_, tabs, commas) if tabs > commas => b'\t',
        _ => b',',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { bytes: 1_000, unpacked: 1_000, rows: 3, columns: 4 };

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        read(bytes, Kind::Csv, &LIMITS).unwrap().into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn three_separators_and_two_encodings() {
        for text in ["a;b,c\n1;2\n", "a\tb,c\n1\t2\n", "\u{feff}a,\"b,c\"\r\n1,2\r\n"] {
            assert_eq!(cells(text.as_bytes()), [["a", "b,c"], ["1", "2"]], "{text}");
        }
        let mut wide = vec![0xff, 0xfe];
        wide.extend("تاریخ\tمبلغ\n".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(cells(&wide), [["تاریخ", "مبلغ"]]);
        assert_eq!(read(&[0xff, 0xfe, 1], Kind::Csv, &LIMITS), Err(Unreadable::Encoding));
        assert_eq!(read(b"\xd4\xe0\xf2\xe0", Kind::Csv, &LIMITS), Err(Unreadable::Encoding), "windows-1251");
    }

    #[test]
    fn what_is_over_a_limit_is_refused() {
        let lines = |n: usize| "a,b\n".repeat(n).into_bytes();
        assert_eq!(read(&lines(3), Kind::Csv, &LIMITS).unwrap().len(), 3);
        assert_eq!(read(&lines(4), Kind::Csv, &LIMITS), Err(Unreadable::TooManyRows(3)));
        assert_eq!(read(&lines(251), Kind::Csv, &LIMITS), Err(Unreadable::TooLarge(1_000)));
        let wide = Unreadable::TooManyColumns { line: 2, most: 4 };
        assert_eq!(read(b"a\n1,2,3,4,5\n", Kind::Csv, &LIMITS), Err(wide));
    }

    #[test]
    fn empty_lines_count_but_are_not_there() {
        let rows = read(b"a,b\n\n,,\n1,2\n", Kind::Csv, &LIMITS).unwrap();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 4]);
    }
}

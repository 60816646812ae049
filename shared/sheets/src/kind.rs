//! What a file is.

/// A kind of table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text with separators (RFC 4180 and its dialects).
    Csv,
    /// A workbook of Excel 2007 and later (ECMA-376).
    Xlsx,
}

/// Why a file is no table that is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotATable {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// A workbook of before 2007, or one under a password: both begin the same.
    #[error("this is an old or encrypted Excel workbook; save it as XLSX without a password, or as CSV")]
    OldWorkbook,
    /// A web page, as some banks name `.xls`.
    #[error("this is a web page; open it in a spreadsheet and save it as XLSX or CSV")]
    WebPage,
    /// A document.
    #[error("this is a PDF; export the table as XLSX or CSV")]
    Pdf,
    /// Anything else that is no text.
    #[error("this is neither CSV nor XLSX")]
    Other,
    /// The sender said CSV.
    #[error("the content type says CSV, but the file is a workbook; send it as {}", XLSX_TYPE)]
    SaidCsv,
    /// The sender said XLSX.
    #[error("the content type says XLSX, but the file is no workbook")]
    SaidXlsx,
    /// The sender said something that is no table.
    #[error("send the file as text/csv or as {}", XLSX_TYPE)]
    ContentType,
}

const CSV_TYPE: &str = "text/csv";
const XLSX_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl Kind {
    /// The kind of a file, by its first bytes and what its sender calls it.
    ///
    /// # Errors
    /// [`NotATable`].
    pub fn of(bytes: &[u8], content_type: Option<&str>) -> Result<Kind, NotATable> {
        let found = Kind::by_bytes(bytes)?;
        match (said(content_type)?, found) {
            (Some(Kind::Csv), Kind::Xlsx) => Err(NotATable::SaidCsv),
            (Some(Kind::Xlsx), Kind::Csv) => Err(NotATable::SaidXlsx),
            _ => Ok(found),
        }
    }

    fn by_bytes(bytes: &[u8]) -> Result<Kind, NotATable> {
        match bytes {
            [] => return Err(NotATable::Empty),
            [b'P', b'K', 3, 4, ..] => return Ok(Kind::Xlsx),
            [0xd0, 0xcf, 0x11, 0xe0, ..] => return Err(NotATable::OldWorkbook),
            [b'%', b'P', b'D', b'F', ..] => return Err(NotATable::Pdf),
            // Text in two bytes a character, as spreadsheets save "Unicode text".
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Ok(Kind::Csv),
            _ => {}
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if text.trim_ascii_start().first() == Some(&b'<') {
            return Err(NotATable::WebPage);
        }
        let head = bytes.get(..4_096).unwrap_or(bytes);
        if head.contains(&0) { Err(NotATable::Other) } else { Ok(Kind::Csv) }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Kind::Csv => "text/csv; charset=utf-8",
            Kind::Xlsx => XLSX_TYPE,
        }
    }

    /// How its files' names end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Kind::Csv => "csv",
            Kind::Xlsx => "xlsx",
        }
    }

    pub(crate) fn of_media_type(name: &str) -> Option<Kind> {
        match name {
            CSV_TYPE => Some(Kind::Csv),
            XLSX_TYPE => Some(Kind::Xlsx),
            _ => None,
        }
    }
}

/// What the sender calls it; none where that leaves it open.
fn said(content_type: Option<&str>) -> Result<Option<Kind>, NotATable> {
    let bare = content_type.and_then(|text| text.split(';').next()).unwrap_or("").trim().to_ascii_lowercase();
    match bare.as_str() {
        // Windows with Excel calls CSV files by the second name; forms and curl say nothing or the last two.
        ""
        | "application/vnd.ms-excel"
        | "application/octet-stream"
        | "application/x-www-form-urlencoded" => Ok(None),
        "text/plain" | "text/tab-separated-values" | "application/csv" => Ok(Some(Kind::Csv)),
        other => Kind::of_media_type(other).map(Some).ok_or(NotATable::ContentType),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_decide_and_the_name_must_agree() {
        let zip = b"PK\x03\x04rest";
        for (bytes, name, found) in [
            (&b"a,b"[..], None, Ok(Kind::Csv)),
            (b"a,b", Some("text/csv; charset=utf-8"), Ok(Kind::Csv)),
            (b"a,b", Some("application/vnd.ms-excel"), Ok(Kind::Csv)),
            (b"\xff\xfea\0", Some("text/plain"), Ok(Kind::Csv)),
            (zip, None, Ok(Kind::Xlsx)),
            (zip, Some(XLSX_TYPE), Ok(Kind::Xlsx)),
            (zip, Some("text/csv"), Err(NotATable::SaidCsv)),
            (b"a,b", Some(XLSX_TYPE), Err(NotATable::SaidXlsx)),
            (b"", None, Err(NotATable::Empty)),
            (b"\xd0\xcf\x11\xe0", None, Err(NotATable::OldWorkbook)),
            (b"%PDF-1.7", None, Err(NotATable::Pdf)),
            (b"\xef\xbb\xbf \n<html>", Some("application/vnd.ms-excel"), Err(NotATable::WebPage)),
            (b"\x89PNG\r\n\x1a\n\0\0", None, Err(NotATable::Other)),
            (b"a,b", Some("image/png"), Err(NotATable::ContentType)),
        ] {
            assert_eq!(Kind::of(bytes, name), found, "{bytes:?} as {name:?}");
        }
    }
}

//! Writing a table that no spreadsheet takes for a program.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::kind::Kind;

/// Most characters that a cell of a workbook holds (ECMA-376; Excel's limits).
const LONGEST_TEXT: usize = 32_767;
/// Above this a workbook, whose numbers are 64-bit floats, would round.
const LARGEST_EXACT: i64 = 1 << 53;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text; never a formula, whatever it begins with.
    Text(String),
    /// A number to reckon with.
    Number(i64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

/// A table to be written.
#[derive(Debug, Clone)]
pub struct Sheet<'a> {
    /// Name of the file without its ending; our own word.
    pub name: &'a str,
    /// Headings; our own words.
    pub columns: &'a [&'a str],
    /// Rows, each as long as the headings.
    pub rows: Vec<Vec<Cell>>,
}

/// A written table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// `Content-Type`.
    pub media_type: &'static str,
    /// `Content-Disposition`.
    pub disposition: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A table could not be written: too many rows for a workbook.
#[derive(Debug, thiserror::Error)]
#[error("the table cannot be written: {0}")]
pub struct WriteError(String);

impl From<XlsxError> for WriteError {
    fn from(error: XlsxError) -> Self {
        WriteError(error.to_string())
    }
}

impl Sheet<'_> {
    /// The table as a file.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn write(&self, kind: Kind) -> Result<File, WriteError> {
        let bytes = match kind {
            Kind::Csv => self.csv().map_err(|error| WriteError(error.to_string()))?,
            Kind::Xlsx => self.workbook()?,
        };
        let disposition = format!("attachment; filename=\"{}.{}\"", self.name, kind.extension());
        Ok(File { media_type: kind.media_type(), disposition, bytes })
    }

    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        // Spreadsheets take a file without this mark for another encoding and break Persian names.
        let mark = "\u{feff}".as_bytes().to_vec();
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(mark);
        writer.write_record(self.columns)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| match cell {
                Cell::Text(text) => safe(text),
                Cell::Number(number) => number.to_string(),
            }))?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
    }

    fn workbook(&self) -> Result<Vec<u8>, WriteError> {
        let mut workbook = Workbook::new();
        let bold = Format::new().set_bold();
        // A text cell is no formula, and with this mark it stays none when somebody edits it.
        let quoted = Format::new().set_quote_prefix();
        let sheet = workbook.add_worksheet();
        sheet.set_freeze_panes(1, 0)?;
        for (column, name) in (0_u16..).zip(self.columns) {
            sheet.write_string_with_format(0, column, *name, &bold)?;
        }
        for (row, cells) in (1_u32..).zip(&self.rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                match cell {
                    Cell::Text(text) if text.is_empty() => {}
                    Cell::Text(text) if is_formula(text) => {
                        sheet.write_string_with_format(row, column, shortened(text), &quoted)?;
                    }
                    Cell::Text(text) => {
                        sheet.write_string(row, column, shortened(text))?;
                    }
                    Cell::Number(number) if number.abs() <= LARGEST_EXACT => {
                        sheet.write_number(row, column, *number as f64)?;
                    }
                    Cell::Number(number) => {
                        sheet.write_string(row, column, number.to_string())?;
                    }
                }
            }
        }
        Ok(workbook.save_to_buffer()?)
    }
}

fn shortened(text: &str) -> String {
    // The limit counts UTF-16 units; half of it is safe for any text, and no text of ours comes near.
    if text.len() <= LONGEST_TEXT { text.to_owned() } else { text.chars().take(LONGEST_TEXT / 2).collect() }
}

/// Whether a spreadsheet would reckon with a text: it begins like a formula, also behind white space.
fn is_formula(cell: &str) -> bool {
    let begins = cell.trim_start().chars().next();
    let like = begins
        .is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠'))
        || cell.starts_with(['\t', '\r', '\n']);
    like && cell.parse::<f64>().is_err()
}

fn safe(cell: &str) -> String {
    if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::read::read;

    const LIMITS: Limits = Limits { bytes: 1 << 20, unpacked: 8 << 20, rows: 100, columns: 10 };

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", " =HYPERLINK(1)", "\t=1", "＝1+1"] {
            assert!(safe(cell).starts_with('\''), "{cell}");
        }
        for cell in ["-5", "250000", "سفارش ۱۲", "a=b", ""] {
            assert_eq!(safe(cell), cell);
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let rows = vec![
            vec![Cell::from("سفارش, \"۱۲\""), Cell::Number(2_500_000), Cell::from("=1+1")],
            vec![Cell::from(""), Cell::Number(i64::MAX), Cell::from("\u{1}")],
        ];
        let sheet = Sheet { name: "payments", columns: &["a", "b", "c"], rows };
        for kind in [Kind::Csv, Kind::Xlsx] {
            let file = sheet.write(kind).unwrap();
            assert_eq!(Kind::of(&file.bytes, Some(file.media_type)), Ok(kind));
            assert!(file.disposition.ends_with(&format!("payments.{}\"", kind.extension())));
            let read = read(&file.bytes, kind, &LIMITS).unwrap();
            assert_eq!(read[0].cells, ["a", "b", "c"]);
            let formula = if kind == Kind::Csv { "'=1+1" } else { "=1+1" };
            assert_eq!(read[1].cells, ["سفارش, \"۱۲\"", "2500000", formula]);
            assert_eq!(read[2].cells[1], i64::MAX.to_string());
        }
    }

    #[test]
    fn a_text_like_a_formula_is_stored_as_text() {
        let sheet = Sheet { name: "x", columns: &["a"], rows: vec![vec![Cell::from("=HYPERLINK(\"x\")")]] };
        let file = sheet.write(Kind::Xlsx).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file.bytes)).unwrap();
        let mut part = |name: &str| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
        let cells = part("xl/worksheets/sheet1.xml");
        assert!(!cells.contains("<f>") && cells.contains("t=\"s\""), "{cells}");
        assert!(part("xl/styles.xml").contains("quotePrefix=\"1\""));
    }
}

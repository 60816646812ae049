//! Workbooks: the cells of one sheet as text.
//!
//! Cells are taken one by one. A sheet's own word about its size is not believed, nor is the space between two
//! cells ever filled.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader as _, SheetType, Xlsx};

use crate::limits::Limits;
use crate::read::{Row, Unreadable};
use crate::unpacked;

fn broken(error: impl std::fmt::Display) -> Unreadable {
    Unreadable::Workbook(error.to_string())
}

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Row>, Unreadable> {
    unpacked::check(bytes, limits)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let cells = |sheet: &&calamine::Sheet| matches!(sheet.typ, SheetType::WorkSheet);
    let names: Vec<String> =
        workbook.sheets_metadata().iter().filter(cells).map(|sheet| sheet.name.clone()).collect();
    for name in names {
        let rows = sheet(&mut workbook, &name, limits)?;
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Ok(vec![])
}

fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str, limits: &Limits) -> Result<Vec<Row>, Unreadable> {
    let mut reader = workbook.worksheet_cells_reader(name).map_err(broken)?;
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut written = 0_usize;
    while let Some(cell) = reader.next_cell().map_err(broken)? {
        let text = text(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let line = usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1);
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= limits.columns {
            return Err(Unreadable::TooManyColumns { line, most: limits.columns });
        }
        written = written.saturating_add(text.len());
        if written > limits.unpacked {
            return Err(Unreadable::TooMuchInside(limits.unpacked));
        }
        if rows.len() >= limits.rows && !rows.contains_key(&row) {
            return Err(Unreadable::TooManyRows(limits.rows));
        }
        let cells = rows.entry(row).or_default();
        if cells.len() <= column {
            cells.resize(column.saturating_add(1), String::new());
        }
        if let Some(place) = cells.get_mut(column) {
            *place = text;
        }
    }
    let line = |row: u32| usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1);
    Ok(rows.into_iter().map(|(row, cells)| Row { line: line(row), cells }).collect())
}

/// A cell as a person would read it; a formula is what it came to, an error nothing.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// Fifteen digits are what a spreadsheet keeps and shows: the rest is binary noise. Never with an exponent.
fn number_text(number: f64) -> String {
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    let mut text = rounded.to_string();
    // Three digits behind a point would be read as thousands.
    if text.split_once('.').is_some_and(|(_, behind)| behind.len() == 3) {
        text.push('0');
    }
    text
}

fn moment_text(moment: &ExcelDateTime) -> String {
    let days = moment.as_f64();
    if !moment.is_datetime() || days < 0.0 {
        return number_text(days);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    match (days < 1.0, (hour, minute, second) == (0, 0, 0)) {
        (true, _) => time,
        (false, true) => date,
        (false, false) => format!("{date} {time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;
    use crate::read::read;
    use rust_xlsxwriter::{ExcelDateTime as Moment, Format, Formula, Workbook};

    const LIMITS: Limits = Limits { bytes: 1 << 20, unpacked: 8 << 20, rows: 100, columns: 10 };

    fn book(fill: impl Fn(&mut Workbook)) -> Vec<u8> {
        let mut workbook = Workbook::new();
        fill(&mut workbook);
        workbook.save_to_buffer().unwrap()
    }

    #[test]
    fn days_times_numbers_and_formulas_are_read_as_they_are_shown() {
        let file = book(|workbook| {
            workbook.add_worksheet();
            let sheet = workbook.add_worksheet();
            let day = Format::new().set_num_format("yyyy/mm/dd");
            let time = Format::new().set_num_format("yyyy-mm-dd hh:mm");
            sheet.write(2, 0, "تاریخ").unwrap();
            let at = Moment::from_ymd(2026, 11, 22).unwrap();
            sheet.write_with_format(3, 0, &at, &day).unwrap();
            let at = Moment::from_ymd(2026, 11, 22).unwrap().and_hms(10, 15, 0).unwrap();
            sheet.write_with_format(3, 1, &at, &time).unwrap();
            sheet.write(3, 2, 2_500_000).unwrap();
            sheet.write(3, 3, 0.1 + 0.2).unwrap();
            sheet.write(3, 4, 123_456_789_012_345_f64).unwrap();
            sheet.write(3, 5, Formula::new("=1+1").set_result("2")).unwrap();
            sheet.write(3, 7, true).unwrap();
            sheet.write(3, 8, 12.345).unwrap();
        });
        let rows = read(&file, Kind::Xlsx, &LIMITS).unwrap();
        assert_eq!(rows[0], Row { line: 3, cells: vec!["تاریخ".into()] });
        let told = [
            "2026-11-22",
            "2026-11-22 10:15:00",
            "2500000",
            "0.3",
            "123456789012345",
            "2",
            "",
            "TRUE",
            "12.3450",
        ];
        assert_eq!((rows[1].line, rows[1].cells.as_slice()), (4, told.map(String::from).as_slice()));
    }

    #[test]
    fn far_cells_cost_nothing_and_wide_ones_are_refused() {
        let far = book(|workbook| {
            let sheet = workbook.add_worksheet();
            sheet.write(0, 0, "a").unwrap();
            sheet.write(1_048_575, 9, "b").unwrap();
        });
        let rows = read(&far, Kind::Xlsx, &LIMITS).unwrap();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 1_048_576]);
        let wide = book(|workbook| {
            workbook.add_worksheet().write(0, 16_383, "b").unwrap();
        });
        let refused = Unreadable::TooManyColumns { line: 1, most: 10 };
        assert_eq!(read(&wide, Kind::Xlsx, &LIMITS), Err(refused));
        let long = book(|workbook| {
            let sheet = workbook.add_worksheet();
            for row in 0..101 {
                sheet.write(row, 0, "a").unwrap();
            }
        });
        assert_eq!(read(&long, Kind::Xlsx, &LIMITS), Err(Unreadable::TooManyRows(100)));
    }

    #[test]
    fn one_long_text_named_by_many_cells_is_refused() {
        let text: String =
            (0..32_000_u32).map(|n| char::from(b'a' + u8::try_from(n * n % 23).unwrap())).collect();
        let file = book(|workbook| {
            let sheet = workbook.add_worksheet();
            for cell in 0..1_000_u32 {
                sheet.write(cell / 10, u16::try_from(cell % 10).unwrap(), &text).unwrap();
            }
        });
        assert!(file.len() < 100_000, "{} bytes", file.len());
        let limits = Limits { unpacked: 4 << 20, ..LIMITS };
        assert_eq!(read(&file, Kind::Xlsx, &limits), Err(Unreadable::TooMuchInside(4 << 20)));
    }

    #[test]
    fn an_archive_that_is_no_workbook_is_named() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
        let file = writer.finish().unwrap().into_inner();
        assert!(matches!(read(&file, Kind::Xlsx, &LIMITS), Err(Unreadable::Workbook(_))));
    }
}

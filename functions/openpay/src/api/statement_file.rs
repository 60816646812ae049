//! Bank statements as tables: columns are found by their headings, in several languages.

use jiff::civil::Date;
use yam_domain::jalali::JalaliDate;
use yam_domain::payment::form::{Unit, parse_price};
use yam_domain::payment::statement::StatementRow;
use yam_domain::text::{ascii_digits, fold_persian};
use yam_sheets::{Kind, Limits, NotATable, Row};

/// Most bytes of one file: what 5,000 lines of a bank take as CSV, with room.
pub(super) const MOST_BYTES: usize = 2 * 1024 * 1024;
/// What is read of one file; what it unpacks to has to fit into a function of 256 MB several times over.
const LIMITS: Limits = Limits { bytes: MOST_BYTES, unpacked: 16 * 1024 * 1024, rows: 5_000, columns: 100 };

/// Why a file cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    /// No heading names the day and the amount.
    #[error("no line of headings was found: name the columns for the day and the credited amount")]
    Headings,
    /// Another kind of file.
    #[error(transparent)]
    Kind(#[from] NotATable),
    /// Too long, or broken.
    #[error(transparent)]
    Table(#[from] yam_sheets::Unreadable),
}

/// What was read of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Statement {
    /// Transfers that came in.
    pub(super) rows: Vec<StatementRow>,
    /// Lines, counted from 1, that have no day or no credited amount.
    pub(super) skipped: Vec<usize>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Date,
    Credit,
    Reference,
    Text,
    Card,
}

/// Headings by what they mean, folded (Iranian banks' panels; Russian client banks; Korean and English exports).
const HEADINGS: &[(Column, &[&str])] = &[
    (
        Column::Date,
        &[
            "تاریخ",
            "تاریخ تراکنش",
            "date",
            "booking date",
            "value date",
            "дата",
            "дата операции",
            "거래일",
            "거래일시",
        ],
    ),
    (
        Column::Credit,
        &[
            "بستانکار",
            "واریز",
            "مبلغ واریز",
            "مبلغ بستانکار",
            "credit",
            "credit amount",
            "amount",
            "deposit",
            "приход",
            "поступление",
            "кредит",
            "сумма",
            "입금",
            "입금액",
            "مبلغ",
        ],
    ),
    (
        Column::Reference,
        &[
            "شماره پیگیری",
            "کد پیگیری",
            "شماره سند",
            "شماره ارجاع",
            "شماره مرجع",
            "reference",
            "ref",
            "document",
            "tracking number",
            "номер",
            "номер документа",
            "№ документа",
            "거래번호",
            "승인번호",
        ],
    ),
    (
        Column::Text,
        &[
            "شرح",
            "توضیحات",
            "شرح تراکنش",
            "description",
            "details",
            "purpose",
            "назначение",
            "назначение платежа",
            "описание",
            "적요",
            "내용",
        ],
    ),
    (Column::Card, &["شماره کارت", "کارت", "card", "payer card", "карта", "카드번호"]),
];

fn column_of(heading: &str) -> Option<Column> {
    let folded = fold_persian(&heading.to_lowercase());
    let folded = folded.trim_matches(|c: char| c == ':' || c == '*' || c.is_whitespace()).to_owned();
    let bare = folded.split('(').next().unwrap_or("").trim().to_owned();
    let names = |column: &(Column, &[&str])| column.1.iter().any(|known| fold_persian(known) == bare);
    HEADINGS.iter().find(|column| names(column)).map(|(column, _)| *column)
}

/// Reads a file, CSV or XLSX. `unit` is the unit of its amounts.
pub(super) fn read(bytes: &[u8], content_type: Option<&str>, unit: Unit) -> Result<Statement, Unreadable> {
    let kind = Kind::of(bytes, content_type)?;
    let mut columns: Option<Vec<Option<Column>>> = None;
    let mut statement = Statement::default();
    for line in yam_sheets::read(bytes, kind, &LIMITS)? {
        let Some(known) = &columns else {
            let found: Vec<Option<Column>> = line.cells.iter().map(|cell| column_of(cell)).collect();
            let complete = [Column::Date, Column::Credit].iter().all(|need| found.contains(&Some(*need)));
            if complete {
                columns = Some(found);
            }
            continue;
        };
        match row(&line, known, unit) {
            Some(row) => statement.rows.push(row),
            None => statement.skipped.push(line.line),
        }
    }
    if columns.is_some() { Ok(statement) } else { Err(Unreadable::Headings) }
}

fn row(line: &Row, columns: &[Option<Column>], unit: Unit) -> Option<StatementRow> {
    let cell = |wanted: Column| {
        let at = columns.iter().position(|column| *column == Some(wanted))?;
        line.cells.get(at).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    };
    let amount = parse_price(cell(Column::Credit)?, unit).ok()?;
    let date = day(cell(Column::Date)?)?;
    let card: Option<String> = cell(Column::Card).map(|card| {
        let digits: Vec<char> = ascii_digits(card).chars().filter(char::is_ascii_digit).collect();
        digits.iter().rev().take(4).rev().collect()
    });
    Some(StatementRow {
        amount,
        date,
        reference: cell(Column::Reference).map(str::to_owned),
        text: cell(Column::Text).unwrap_or("").to_owned(),
        last4: card.filter(|card| card.len() == 4),
    })
}

/// A day, with or without a time behind it: Jalali, ISO, or day.month.year.
fn day(text: &str) -> Option<Date> {
    let text = ascii_digits(text);
    let head = text.split([' ', 'T']).next()?.trim();
    let parts: Vec<i32> = head.split(['/', '-', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [a, b, c] = parts.as_slice() else { return None };
    let (year, month, day) = if *a > 31 { (*a, *b, *c) } else { (*c, *b, *a) };
    if (1300..=1500).contains(&year) {
        let (year, month, day) =
            (i16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        return JalaliDate::new(year, month, day).ok().map(JalaliDate::to_gregorian);
    }
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use yam_sheets::{Cell, Sheet};

    #[test]
    fn three_layouts_of_three_countries() {
        let iran = "صورتحساب حساب ۱۲۳\nتاریخ,شرح,شماره پیگیری,بدهکار,بستانکار\n\
                    ۱۴۰۵/۰۹/۰۱,واریز کارت به کارت,۱۲۳۴۵۶۷,,\"۲,۵۰۰,۰۰۰\"\n1405/09/01,کارمزد,99,5000,\n";
        let read_iran = read(iran.as_bytes(), Some("text/csv"), Unit::Rial).unwrap();
        assert_eq!(read_iran.rows.len(), 1);
        assert_eq!(read_iran.rows[0].date, date(2026, 11, 22));
        assert_eq!(read_iran.rows[0].amount.amount(), 2_500_000);
        assert_eq!(read_iran.rows[0].reference.as_deref(), Some("۱۲۳۴۵۶۷"));
        assert_eq!(read_iran.skipped, [4]);
        let russia =
            "Дата;Номер документа;Назначение платежа;Приход\n22.11.2026;77;Оплата заказа 12;1 500,50\n";
        let read_russia = read(russia.as_bytes(), Some("text/csv"), Unit::Ruble).unwrap();
        assert_eq!(
            (read_russia.rows[0].date, read_russia.rows[0].amount.amount()),
            (date(2026, 11, 22), 150_050)
        );
        let english = "Date\tAmount\tReference\tDescription\tCard\n2026-11-22 10:15\t250000\tA-1\tpaid\t610433******1234\n";
        let read_english = read(english.as_bytes(), Some("text/csv"), Unit::Rial).unwrap();
        assert_eq!(read_english.rows[0].last4.as_deref(), Some("1234"));
        assert_eq!(read_english.rows[0].text, "paid");
    }

    #[test]
    fn a_file_without_headings_is_refused() {
        assert_eq!(read(b"a,b\n1,2\n", None, Unit::Rial), Err(Unreadable::Headings));
        assert_eq!(read(b"", None, Unit::Rial), Err(Unreadable::Kind(NotATable::Empty)));
    }

    #[test]
    fn a_workbook_says_the_same_as_its_csv() {
        let row = |cells: [&str; 3], amount: Cell| {
            let mut row: Vec<Cell> = cells.into_iter().map(Cell::from).collect();
            row.push(amount);
            row
        };
        let rows = vec![
            row(["۱۴۰۵/۰۹/۰۱", "واریز", "۱۲۳۴۵۶۷"], Cell::Number(2_500_000)),
            row(["1405/09/02", "کارمزد", "99"], Cell::from("")),
        ];
        let sheet = Sheet {
            name: "statement", columns: &["تاریخ", "شرح", "شماره پیگیری", "بستانکار"], rows
        };
        let read_as = |kind| read(&sheet.write(kind).unwrap().bytes, None, Unit::Rial).unwrap();
        let workbook = read_as(Kind::Xlsx);
        assert_eq!(workbook, read_as(Kind::Csv));
        assert_eq!(
            (workbook.rows[0].amount.amount(), workbook.rows[0].date),
            (2_500_000, date(2026, 11, 22))
        );
        assert_eq!(workbook.skipped, [3]);
    }
}

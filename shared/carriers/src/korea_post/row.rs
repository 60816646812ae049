//! A scan as Korea Post's services tell it, whatever they call its parts (protocol notes, sections 5.1, 5.2
//! and 5.4). All clocks are Korea's; events abroad are taken as told in Korean time too, as nothing says
//! otherwise.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::Offset;
use yam_domain::tracking::{Meaning, RawScan, Reading, Scan, dictionary};

use crate::tracker::{office, words};
use crate::wire_time;

/// Korea has no daylight saving.
pub(super) const SEOUL: Offset = Offset::constant(9);

/// The parts of a scan as they stand in the answer.
#[derive(Debug, Default)]
pub(super) struct Row<'a> {
    /// The day of the event.
    pub(super) date: Cow<'a, str>,
    /// Its time, or the whole of it in 12 or 14 digits.
    pub(super) time: Cow<'a, str>,
    /// The day by which the portal sorts, or the whole of it in 14 digits; used where no other is told.
    pub(super) sorted: Cow<'a, str>,
    /// The status; a second line is detail.
    pub(super) status: Cow<'a, str>,
    /// Office.
    pub(super) place: Cow<'a, str>,
    /// Remark, result of a delivery.
    pub(super) detail: Cow<'a, str>,
    /// Why it was not delivered.
    pub(super) reason: Cow<'a, str>,
}

impl Row<'_> {
    /// The scan, unless it has no status or no time.
    pub(super) fn scan(&self, international: bool) -> Option<Scan> {
        let mut lines = self.status.lines().map(str::trim).filter(|line| !line.is_empty());
        let status = words(lines.next()?);
        if status.is_empty() {
            return None;
        }
        let more = lines.chain([self.detail.trim(), self.reason.trim()]);
        let detail = words(&more.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "));
        Some(Scan {
            happened_at: self.happened_at()?,
            reading: reading(&status, &detail, international),
            office: office("", &self.place),
            raw: RawScan { code: status, text: String::new(), detail },
        })
    }

    /// The parts are told in several ways: all in the time, all in the sorting date, or day and time apart.
    fn happened_at(&self) -> Option<Timestamp> {
        let sorted = || wire_time::stamp(&self.sorted);
        let local = wire_time::stamp(&self.time).or_else(|| self.apart()).or_else(sorted)?;
        wire_time::at(local, SEOUL)
    }

    fn apart(&self) -> Option<DateTime> {
        let digits = |day: &&str| day.bytes().all(|byte| byte.is_ascii_digit());
        let sorted = self.sorted.trim().get(..8).filter(digits).unwrap_or(&self.sorted);
        let date = wire_time::date(&self.date).or_else(|| wire_time::date(sorted))?;
        let time = match self.time.trim() {
            // The day alone, unless the sorting date knows more.
            "" if wire_time::stamp(&self.sorted).is_some() => return None,
            "" => Time::midnight(),
            told => wire_time::time(told)?,
        };
        Some(date.to_datetime(time))
    }
}

/// International numbers have events of their own beside the domestic ones.
fn reading(status: &str, detail: &str, international: bool) -> Reading {
    let detail = Some(detail).filter(|detail| !detail.is_empty());
    if international {
        let reading = dictionary::korea_post_ems(status);
        if reading.meaning != Meaning::Unknown {
            return reading;
        }
    }
    dictionary::korea_post(status, detail)
}

/// A parcel's number without the hyphens and blanks it is shown with; none when it is not told.
pub(super) fn number(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    Some(bare).filter(|bare| !bare.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happened(date: &'static str, time: &'static str, sorted: &'static str) -> Option<String> {
        let row = Row {
            date: date.into(),
            time: time.into(),
            sorted: sorted.into(),
            status: "발송".into(),
            ..Row::default()
        };
        row.scan(false).map(|scan| scan.happened_at.to_string())
    }

    #[test]
    fn times_in_all_their_forms_are_korean() {
        let expected = Some("2025-01-02T04:47:00Z".to_owned());
        for (date, time, sorted) in [
            ("2025-01-02", "13:47", ""),
            ("2025.01.02", "13:47", ""),
            ("", "20250102134700", ""),
            ("", "202501021347", "20250101"),
            ("", "13:47", "20250102"),
            ("", "1347", "2025.01.02"),
            ("", "13:47", "2025.1.02"),
            ("2025.01.02", "13:47", "20250102134700  "),
            ("", "", "20250102134700  "),
            ("", "13:47", "20250102090000"),
        ] {
            assert_eq!(happened(date, time, sorted), expected, "{date}|{time}|{sorted}");
        }
        assert_eq!(happened("2025-01-02", "", ""), Some("2025-01-01T15:00:00Z".to_owned()));
        for (date, time, sorted) in [("", "", ""), ("soon", "13:47", ""), ("2025-01-02", "25:00", "")] {
            assert_eq!(happened(date, time, sorted), None, "{date}|{time}|{sorted}");
        }
    }

    #[test]
    fn the_first_line_is_the_status_and_the_rest_detail() {
        let row = Row {
            date: "2025-01-02".into(),
            time: "13:47".into(),
            status: " 배달완료 \n (수령인:김*수 - 본인)".into(),
            place: " 서울중앙우체국 ".into(),
            detail: "본인".into(),
            ..Row::default()
        };
        let scan = row.scan(false).unwrap();
        assert_eq!(
            (scan.raw.code.as_str(), scan.raw.detail.as_str()),
            ("배달완료", "(수령인:김*수 - 본인); 본인")
        );
        assert_eq!(scan.reading, dictionary::korea_post("배달완료", Some("(수령인:김*수 - 본인); 본인")));
        assert_eq!(scan.office.and_then(|office| office.name).as_deref(), Some("서울중앙우체국"));
        let blank = Row { status: " \n ".into(), ..row };
        assert_eq!(blank.scan(false), None);
    }
}

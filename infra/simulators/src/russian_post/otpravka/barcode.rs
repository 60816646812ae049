//! Item numbers with valid check digits (section 6).

use jiff::Timestamp;
use rusqlite::Connection;

use crate::error::{Error, Result};
use crate::russian_post::offices::MOSCOW;
use crate::store::{meta, set_meta};

const SERIAL: &str = "otpravka_barcode";

/// A new number: fourteen digits from the virtual range for items in the country, thirteen signs for those
/// that leave it.
pub(super) fn issue(connection: &Connection, now: Timestamp, abroad: bool) -> Result<String> {
    let serial = meta(connection, SERIAL)?.and_then(|serial| serial.parse().ok()).unwrap_or(0_u64) + 1;
    if serial > 9_999_999 {
        return Err(Error::Range("barcode serial"));
    }
    set_meta(connection, SERIAL, &serial.to_string())?;
    if abroad {
        let digits = format!("{serial:08}");
        return Ok(format!("RA{digits}{}RU", international_check(&digits)));
    }
    let date = MOSCOW.to_datetime(now).date();
    let months = (i64::from(date.year()) - 2_000) * 12 + i64::from(date.month());
    let month = months.rem_euclid(99) + 1;
    let digits = format!("80{:04}{month:02}{:05}", serial / 100_000, serial % 100_000);
    Ok(format!("{digits}{}", domestic_check(&digits)))
}

fn digits(text: &str) -> impl Iterator<Item = u32> {
    text.chars().filter_map(|digit| digit.to_digit(10))
}

/// Thrice the digits in odd places and once the others make a multiple of ten with it.
fn domestic_check(thirteen: &str) -> u32 {
    let sum: u32 =
        digits(thirteen).zip([3, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    (10 - sum % 10) % 10
}

fn international_check(eight: &str) -> u32 {
    let sum: u32 = digits(eight).zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(digit, weight)| digit * weight).sum();
    match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        check => check,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_have_these_check_digits() {
        for number in
            ["80082240994512", "62009147017544", "80083740712514", "12542476046939", "10100007000090"]
        {
            assert_eq!(domestic_check(&number[..13]).to_string(), number[13..], "{number}");
        }
        for (number, check) in [("22354757", 7), ("47312482", 9), ("00000000", 5), ("00000012", 0)] {
            assert_eq!(international_check(number), check, "{number}");
        }
    }

    #[test]
    fn the_month_stands_in_the_number() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)").unwrap();
        let issue = |at: &str, abroad| issue(&connection, at.parse().unwrap(), abroad).unwrap();
        assert_eq!(issue("2019-09-15T00:00:00Z", false)[..13], *"8000004000001");
        assert_eq!(issue("2026-07-01T00:00:00Z", false)[6..8], *"23");
        assert_eq!(issue("2026-07-01T00:00:00Z", true), "RA000000031RU");
    }
}

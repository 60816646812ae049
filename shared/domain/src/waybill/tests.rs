//! The vectors of the three protocol notes, and what must hold for any text.

use super::*;
use proptest::prelude::*;

fn ok(carrier: CarrierId, text: &str) -> bool {
    validate(carrier, text).is_ok()
}

#[test]
fn russian_domestic_numbers() {
    for code in [
        "80082240994512",
        "80083740712514",
        "80084740397510",
        "80093053624992",
        "80092578900475",
        "80092578900482",
        "80092578900499",
        "80092063905992",
        "80094463220644",
        "80094463220651",
        "62009147017544",
        "14102192069353",
        "10756482010651",
        "12542476046939",
        "29014562148754",
        "10944022440321",
        "10944022490302",
        "11172522364055",
        "10100007000014",
        "10100007000021",
        "10100007000038",
        "10100007000090",
        "19000004999995",
        "63009917123450",
    ] {
        assert!(ok(CarrierId::RussianPost, code), "{code}");
    }
    for (code, expected) in [
        ("44334455667733", 5),
        ("45008378901234", 6),
        ("10725878901235", 1),
        ("80000000000000", 6),
        ("12345678901234", 1),
    ] {
        assert_eq!(
            validate(CarrierId::RussianPost, code),
            Err(WaybillError::CheckDigit { expected }),
            "{code}"
        );
    }
}

#[test]
fn international_numbers() {
    for code in [
        "RA223547577RU",
        "RR473124829US",
        "RD025500807SE",
        "LC528964811CN",
        "EB000717618HK",
        "RA000000014RU",
        "EA123456785RU",
        "CP000000076RU",
        "EE000000005RU",
        "RA000000120RU",
        "RA000000080RU",
        "RA000000155RU",
        "RR473124829CN",
        "LP257594783SG",
    ] {
        for carrier in CarrierId::ALL {
            assert!(ok(carrier, code), "{code} at {carrier}");
        }
    }
    for code in ["RA644000001RU", "EA123456789RU"] {
        let expected = Err(WaybillError::CheckDigit { expected: 5 });
        assert_eq!(validate(CarrierId::RussianPost, code), expected, "{code}");
    }
    for code in ["RR123456789EE", "ZB005012591HK"] {
        assert!(!ok(CarrierId::RussianPost, code), "{code}");
    }
}

#[test]
fn s10_check_digits() {
    for (serial, digit) in [
        ("47312482", 9),
        ("12345678", 5),
        ("22139685", 7),
        ("10000014", 0),
        ("99999999", 5),
        ("00000001", 4),
        ("50000000", 4),
    ] {
        assert_eq!(s10_check_digit(serial), Some(digit), "{serial}");
    }
    assert_eq!(s10_check_digit("1234567"), None);
    assert_eq!(s10_check_digit("1234567x"), None);
    assert_eq!(s10_check_digit("۱۲۳۴"), None);
}

#[test]
fn korean_domestic_numbers_have_no_check_digit() {
    for code in [
        "4092007735160",
        "6892058349240",
        "6079536471887",
        "6865109394355",
        "68651-0939-4355",
        "6865109394356",
    ] {
        assert!(ok(CarrierId::KoreaPost, code), "{code}");
    }
    assert_eq!(validate(CarrierId::KoreaPost, "TESTREGINOAPI"), Err(WaybillError::TestValue));
    for code in ["686510939435", "68651093943550", "686510939435A"] {
        assert!(!ok(CarrierId::KoreaPost, code), "{code}");
    }
}

#[test]
fn iranian_numbers() {
    let number = validate(CarrierId::IranPost, "۰۵۱۸ ۰۰۵۰-۶۴۰۰۰۸۱۱۶۰۸۳۹۱۰۲").unwrap();
    assert_eq!(number.as_str(), "051800506400081160839102");
    assert_eq!(number.kind(), Some(WaybillKind::Iranian20To24));
    for digits in 20..=24 {
        assert!(ok(CarrierId::IranPost, &"7".repeat(digits)), "{digits}");
    }
    for digits in [12, 19, 25] {
        assert!(!ok(CarrierId::IranPost, &"7".repeat(digits)), "{digits}");
    }
    for wrong_field in ["3713176951", "09121234567"] {
        assert_eq!(validate(CarrierId::IranPost, wrong_field), Err(WaybillError::PostalCodeOrPhone));
    }
    assert_eq!(
        validate(CarrierId::IranPost, "IR06 2960 0000 0010 0324 2000 01"),
        Err(WaybillError::BankAccount)
    );
}

#[test]
fn a_twenty_digit_number_reads_apart() {
    let parts = iran20::parse("21292000411901545180");
    assert_eq!(parts, Some(iran20::Iran20 { shop: 21_292, city: 41, flag: 1, serial: 901_545_180 }));
    assert_eq!(iran20::parse("051800506400081160839102"), None);
    assert_eq!(iran20::parse(""), None);
}

#[test]
fn scanners_and_layouts_are_mended() {
    for (typed, bare) in [
        ("]C1RA223547577RU\r\n", "RA223547577RU"),
        ("*80082240994512*", "80082240994512"),
        ("\u{2}80082240994512\u{3}", "80082240994512"),
        ("\t]C080082240994512\u{1d}", "80082240994512"),
        ("800822 40 99451 2", "80082240994512"),
        ("ra223547577ru", "RA223547577RU"),
        ("КФ223547577КГ", "RA223547577RU"),
        ("кф223547577кг", "RA223547577RU"),
        ("RА223547577RU", "RA223547577RU"),
        ("СР000000076RU", "CP000000076RU"),
        ("ДС528964811СТ", "LC528964811CN"),
    ] {
        assert_eq!(repair(typed), bare, "{typed:?}");
    }
    assert!(ok(CarrierId::RussianPost, "КФ223547577КГ"));
    assert!(!ok(CarrierId::RussianPost, "RЖ223547577RU"));
}

#[test]
fn stored_numbers_are_facts() {
    let stored: WaybillNumber = serde_json::from_str("\"12345678901234\"").unwrap();
    assert_eq!(stored.kind(), Some(WaybillKind::Russian14));
    assert!(serde_json::from_str::<WaybillNumber>("\"a b\"").is_err());
}

/// `text` with the digit at `place` raised by `step` (1 to 9) modulo 10.
fn change_digit(text: &str, place: usize, step: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[place] = (bytes[place] - b'0' + step) % 10 + b'0';
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #[test]
    fn never_panics(s in ".*") {
        for carrier in CarrierId::ALL {
            if let Ok(number) = validate(carrier, &s) {
                prop_assert!(number.kind().is_some());
                prop_assert_eq!(validate(carrier, number.as_str()), Ok(number.clone()));
                prop_assert_eq!(WaybillNumber::try_from(number.as_str().to_owned()), Ok(number));
            }
        }
        let _ = iran20::parse(&s);
    }

    #[test]
    fn mending_twice_changes_nothing(s in "[\\]A-Za-zА-Яа-я0-9 *-]{0,30}") {
        let once = repair(&s);
        prop_assert_eq!(repair(&once), once.clone());
    }

    #[test]
    fn a_wrong_digit_is_found_in_russian_numbers(n in 0u64..10_000_000_000_000, place in 0usize..14, step in 1u8..10) {
        let payload = format!("{n:013}");
        let code = format!("{payload}{}", ru14_check_digit(&payload).unwrap());
        prop_assert!(ok(CarrierId::RussianPost, &code));
        prop_assert!(!ok(CarrierId::RussianPost, &change_digit(&code, place, step)));
    }

    #[test]
    fn a_wrong_digit_is_found_in_s10_numbers(n in 0u32..100_000_000, place in 2usize..11, step in 1u8..10) {
        let serial = format!("{n:08}");
        let code = format!("RA{serial}{}RU", s10_check_digit(&serial).unwrap());
        prop_assert!(ok(CarrierId::RussianPost, &code));
        let wrong = change_digit(&code, place, step);
        // S10 gives remainders 0 (11 becomes 5) and 6 (11 - 6) the same check digit: the standard
        // itself cannot see a change between exactly these two.
        let same_digit = s10_check_digit(&wrong[2..10]) == s10_check_digit(&serial);
        prop_assert_eq!(ok(CarrierId::RussianPost, &wrong), place < 10 && same_digit);
    }
}

//! A number that changes when, and only when, what an operator tells changes.
//!
//! FNV-1a over the scans in the order of their keys, stirred once at the end: it need not resist an
//! attacker, it must be the same in every build, and it must cost microseconds for each parcel of a
//! ticket of 3,000. When something was seen is not part of it.

use std::collections::BTreeMap;

use crate::tracking::history::record::KeyRef;
use crate::tracking::scan::{Meaning, Reading, Scan, StorageWord};

/// Of all scans told, each once, whatever their order.
pub(super) fn of_scans<'a>(scans: impl Iterator<Item = &'a Scan>) -> u64 {
    let mut distinct: BTreeMap<KeyRef<'a>, &'a Scan> = BTreeMap::new();
    for scan in scans {
        let kept = distinct.entry(scan.key_ref()).or_insert(scan);
        if scan.wording() > kept.wording() {
            *kept = scan;
        }
    }
    let mut hash = Fnv::new();
    for scan in distinct.values() {
        hash.number(scan.happened_at.as_second());
        hash.number(i64::from(scan.happened_at.subsec_nanosecond()));
        hash.saying(scan);
    }
    hash.finish()
}

/// Of a scan that tells only the present status: its time is that of the question.
pub(super) fn of_present(scan: Option<&Scan>) -> u64 {
    let mut hash = Fnv::new();
    if let Some(scan) = scan {
        hash.saying(scan);
    }
    hash.finish()
}

struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    fn number(&mut self, number: i64) {
        number.to_le_bytes().into_iter().for_each(|byte| self.byte(byte));
    }

    /// Ends with a byte that no UTF-8 text holds, so that neighbours cannot run together.
    fn text(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.byte(byte));
        self.byte(0xff);
    }

    /// All but the time.
    fn saying(&mut self, scan: &Scan) {
        self.text(&scan.raw.code);
        self.text(&scan.raw.text);
        self.text(&scan.raw.detail);
        let office = scan.office.as_ref();
        self.text(office.and_then(|office| office.index.as_deref()).unwrap_or_default());
        self.text(office.and_then(|office| office.name.as_deref()).unwrap_or_default());
        self.reading(scan.reading);
    }

    /// Part of the number, so that a better dictionary reaches parcels that do not move any more.
    fn reading(&mut self, reading: Reading) {
        self.text(match reading.meaning {
            Meaning::Status(status) => status.as_str(),
            Meaning::Info => "info",
            Meaning::CancelsPrevious => "cancels_previous",
            Meaning::Renumbered => "renumbered",
            Meaning::Unknown => "",
        });
        self.byte(reading.reason.map_or(0, |reason| reason as u8 + 1));
        self.byte(match reading.storage {
            None => 0,
            Some(StorageWord::Extended) => 1,
            Some(StorageWord::DaysLeft(days)) => days.saturating_add(2),
        });
        let flags = [reading.left_sorting, reading.locker, reading.turns_back, reading.cancelled];
        self.byte(flags.into_iter().fold(0, |bits, flag| (bits << 1) | u8::from(flag)));
    }

    fn finish(self) -> u64 {
        let mut hash = self.0;
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        hash ^ (hash >> 33)
    }
}

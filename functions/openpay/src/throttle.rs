//! A brake on forms: so many a minute from one address, counted in this container only.
//!
//! It costs no write and no read. What gets past it by many containers meets the front door's own limit.

use std::collections::HashMap;
use std::sync::Mutex;

use http::HeaderMap;
use jiff::Timestamp;

/// Addresses that are remembered.
const REMEMBERED: usize = 10_000;

/// The brake.
#[derive(Debug)]
pub(crate) struct Throttle {
    per_minute: u64,
    /// Minute and count of each address.
    seen: Mutex<HashMap<String, (i64, u64)>>,
}

impl Throttle {
    pub(crate) fn new(per_minute: u64) -> Self {
        Throttle { per_minute, seen: Mutex::new(HashMap::new()) }
    }

    /// Whether one more form may come from here.
    pub(crate) fn admits(&self, headers: &HeaderMap, now: Timestamp) -> bool {
        let address = address(headers);
        let minute = now.as_second().div_euclid(60);
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.retain(|_, (last, _)| *last == minute);
        }
        let entry = seen.entry(address).or_insert((minute, 0));
        if entry.0 != minute {
            *entry = (minute, 0);
        }
        entry.1 = entry.1.saturating_add(1);
        entry.1 <= self.per_minute
    }
}

/// The last address of the chain: the one the front door has seen itself.
fn address(headers: &HeaderMap) -> String {
    let chain = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()).unwrap_or("");
    chain.rsplit(',').next().unwrap_or("").trim().chars().take(45).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_count_and_each_minute_a_new_one() {
        let throttle = Throttle::new(2);
        let from = |chain: &str| {
            HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), chain.parse().unwrap())])
        };
        let at = |second| Timestamp::from_second(second).unwrap();
        let (a, b) = (from("203.0.113.1, 198.51.100.7"), from("198.51.100.8"));
        assert!(throttle.admits(&a, at(60)) && throttle.admits(&a, at(61)));
        // What a client writes before its own address changes nothing.
        assert!(!throttle.admits(&from("192.0.2.9, 198.51.100.7"), at(62)));
        assert!(throttle.admits(&b, at(62)));
        assert!(throttle.admits(&a, at(120)));
    }
}

//! Addresses: a simple reader of comma-separated parts, with or without what they are called.

use serde_json::{Value, json};

use crate::russian_post::offices::NETWORK;

/// What was found in an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    index: String,
    region: String,
    area: String,
    place: String,
    street: String,
    house: String,
    corpus: String,
    building: String,
    letter: String,
    room: String,
    /// The number of a box or a unit.
    number: String,
    kind: Kind,
    is_foreign: bool,
    /// Something was left over.
    is_mixed: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Default,
    Box,
    Demand,
    Unit,
}

/// Words that name a part; they stand before it, or after it where that is usual.
const REGION: [&str; 8] = ["обл", "область", "край", "респ", "республика", "ао", "автономный", "округ"];
const AREA: [&str; 3] = ["р-н", "район", "улус"];
const PLACE: [&str; 11] = ["г", "город", "пгт", "пос", "поселок", "п", "с", "село", "д", "деревня", "ст-ца"];
const STREET: [&str; 17] = [
    "ул",
    "улица",
    "пр-кт",
    "проспект",
    "пр",
    "пер",
    "переулок",
    "ш",
    "шоссе",
    "пл",
    "площадь",
    "б-р",
    "бульвар",
    "наб",
    "набережная",
    "мкр",
    "проезд",
];
const HOUSE: [&str; 3] = ["д", "дом", "вл"];
const CORPUS: [&str; 4] = ["к", "корп", "корпус", "кор"];
const BUILDING: [&str; 2] = ["стр", "строение"];
const ROOM: [&str; 5] = ["кв", "квартира", "оф", "офис", "комн"];

impl Address {
    /// Reads an address.
    pub(super) fn read(original: &str) -> Self {
        let mut address = Self::default();
        let letters = || original.chars().filter(|sign| sign.is_alphabetic());
        address.is_foreign =
            letters().count() > 0 && letters().filter(char::is_ascii).count() * 2 > letters().count();
        for part in original.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            if !address.is_foreign {
                address.take(part);
            }
        }
        address.complete();
        address
    }

    /// Finds out what a part is.
    fn take(&mut self, part: &str) {
        let lower = part.to_lowercase();
        let is_number = part.chars().next().is_some_and(|sign| sign.is_ascii_digit());
        if part.len() == 6 && part.bytes().all(|byte| byte.is_ascii_digit()) && self.index.is_empty() {
            part.clone_into(&mut self.index);
        } else if let Some(number) = lower.strip_prefix("а/я") {
            (self.kind, self.number) = (Kind::Box, number.trim().to_owned());
        } else if let Some(number) = lower.strip_prefix("в/ч") {
            (self.kind, self.number) = (Kind::Unit, number.trim().to_owned());
        } else if lower.contains("до востребования") {
            self.kind = Kind::Demand;
        } else if let Some((slot, text)) = self.named(part) {
            *slot = text;
        } else {
            let slots = if is_number {
                [&mut self.house, &mut self.room]
            } else {
                [&mut self.place, &mut self.street]
            };
            match slots.into_iter().find(|slot| slot.is_empty()) {
                Some(slot) => part.clone_into(slot),
                None => self.is_mixed = true,
            }
        }
    }

    /// The slot of a part that says what it is, and the part as the operator writes it.
    fn named(&mut self, part: &str) -> Option<(&mut String, String)> {
        let words: Vec<&str> = part.split_whitespace().flat_map(|word| word.split_inclusive('.')).collect();
        let plain = |word: &str| word.trim_end_matches('.').to_lowercase();
        let (first, last) = (plain(words.first()?), plain(words.last()?));
        let rest = |words: &[&str]| words.join(" ").trim().to_owned();
        let is_number = |text: &str| text.chars().next().is_some_and(|sign| sign.is_ascii_digit());
        let after = rest(words.get(1..).unwrap_or_default());
        let before = rest(words.get(..words.len() - 1).unwrap_or_default());
        let put = |slot, word: &str, text: String| Some((slot, format!("{word} {text}")));
        if words.len() > 1 && is_number(&after) {
            let slot = match first.as_str() {
                word if HOUSE.contains(&word) => Some(&mut self.house),
                word if CORPUS.contains(&word) => Some(&mut self.corpus),
                word if BUILDING.contains(&word) => Some(&mut self.building),
                word if ROOM.contains(&word) => Some(&mut self.room),
                _ => None,
            };
            if let Some(slot) = slot {
                return Some((slot, after));
            }
        }
        for (names, slot) in [
            (&REGION[..], &mut self.region),
            (&AREA[..], &mut self.area),
            (&PLACE[..], &mut self.place),
            (&STREET[..], &mut self.street),
        ] {
            if words.len() > 1 && names.contains(&first.as_str()) {
                return put(slot, &first, after);
            }
            if words.len() > 1 && names.contains(&last.as_str()) {
                return put(slot, &last, before);
            }
        }
        None
    }

    /// Fills in what follows from the rest: the index from the town, the town's number from a house with a
    /// letter.
    fn complete(&mut self) {
        if let Some(at) = self.house.find(|sign: char| sign.is_alphabetic()) {
            self.letter = self.house.split_off(at).trim().to_owned();
            self.house = self.house.trim().to_owned();
        }
        let town = self.place.trim_start_matches("г ").trim_start_matches("город ").to_lowercase();
        let mut offices = NETWORK.regions.iter().flat_map(|region| region.offices);
        let known = |name: &str| {
            name.to_lowercase().trim_end_matches(|sign: char| sign.is_ascii_digit()).trim() == town
        };
        if self.index.is_empty()
            && let Some(office) = offices.find(|office| known(office.name))
        {
            office.code.clone_into(&mut self.index);
        }
    }

    fn quality(&self) -> &'static str {
        let missing = |text: &String| text.is_empty();
        match self.kind {
            _ if self.is_foreign => "UNDEF_07",
            _ if missing(&self.place) && missing(&self.region) && missing(&self.index) => "UNDEF_01",
            _ if missing(&self.place) => "UNDEF_02",
            Kind::Box => "POSTAL_BOX",
            Kind::Demand => "ON_DEMAND",
            Kind::Unit => "GOOD",
            Kind::Default if missing(&self.street) => "UNDEF_03",
            Kind::Default if missing(&self.house) => "UNDEF_04",
            Kind::Default if missing(&self.room) => "UNDEF_05",
            Kind::Default => "GOOD",
        }
    }

    fn validation(&self, quality: &str) -> &'static str {
        match quality {
            "UNDEF_07" => "NOT_VALIDATED_FOREIGN",
            "UNDEF_01" | "UNDEF_02" => "NOT_VALIDATED_HAS_NO_MAIN_POINTS",
            _ if self.is_mixed => "NOT_VALIDATED_HAS_UNPARSED_PARTS",
            "UNDEF_03" if !self.house.is_empty() => "NOT_VALIDATED_HOUSE_WITHOUT_STREET_OR_NP",
            "UNDEF_03" | "UNDEF_04" => "NOT_VALIDATED_HAS_NO_MAIN_POINTS",
            _ if self.index.is_empty() => "NOT_VALIDATED_HAS_ASSUMPTION",
            _ => "VALIDATED",
        }
    }

    /// As the service writes it; what was not found is left out.
    pub(super) fn shown(&self) -> Value {
        let quality = self.quality();
        let kind = match self.kind {
            Kind::Default => "DEFAULT",
            Kind::Box => "PO_BOX",
            Kind::Demand => "DEMAND",
            Kind::Unit => "UNIT",
        };
        let mut shown = json!({
            "address-type": kind, "quality-code": quality, "validation-code": self.validation(quality),
        });
        for (name, text) in [
            ("index", &self.index),
            ("region", &self.region),
            ("area", &self.area),
            ("place", &self.place),
            ("street", &self.street),
            ("house", &self.house),
            ("corpus", &self.corpus),
            ("building", &self.building),
            ("letter", &self.letter),
            ("room", &self.room),
            ("num-address-type", &self.number),
        ] {
            if !text.is_empty() {
                shown[name] = json!(text);
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(original: &str) -> (&'static str, &'static str) {
        let address = Address::read(original);
        (address.quality(), address.validation(address.quality()))
    }

    #[test]
    fn named_parts_find_their_places() {
        let read = Address::read(
            "630099, Новосибирская обл., г. Новосибирск, ул. Примерная, д. 7а, корп. 2, кв. 12",
        );
        let part = |text: &str| text.to_owned();
        assert_eq!((read.index.clone(), read.region.clone()), (part("630099"), part("обл Новосибирская")));
        assert_eq!((read.place.clone(), read.street.clone()), (part("г Новосибирск"), part("ул Примерная")));
        assert_eq!((read.house.clone(), read.letter.clone()), (part("7"), part("а")));
        assert_eq!((read.corpus.clone(), read.room.clone()), (part("2"), part("12")));
        assert_eq!(read.shown()["quality-code"], "GOOD");
    }

    #[test]
    fn plain_parts_are_told_by_their_order() {
        let read = Address::read("Новосибирск, Примерная, 7, 12");
        assert_eq!((read.index.as_str(), read.house.as_str(), read.room.as_str()), ("630004", "7", "12"));
        assert_eq!(read.validation(read.quality()), "VALIDATED");
    }

    #[test]
    fn what_is_missing_has_its_code() {
        for (original, quality, validation) in [
            ("", "UNDEF_01", "NOT_VALIDATED_HAS_NO_MAIN_POINTS"),
            ("630099", "UNDEF_02", "NOT_VALIDATED_HAS_NO_MAIN_POINTS"),
            ("630099, г Новосибирск", "UNDEF_03", "NOT_VALIDATED_HAS_NO_MAIN_POINTS"),
            ("630099, г Новосибирск, д 7", "UNDEF_03", "NOT_VALIDATED_HOUSE_WITHOUT_STREET_OR_NP"),
            ("630099, г Новосибирск, ул Примерная", "UNDEF_04", "NOT_VALIDATED_HAS_NO_MAIN_POINTS"),
            ("630099, г Новосибирск, ул Примерная, 7", "UNDEF_05", "VALIDATED"),
            ("630099, г Новосибирск, а/я 15", "POSTAL_BOX", "VALIDATED"),
            ("630099, г Новосибирск, до востребования", "ON_DEMAND", "VALIDATED"),
            ("12 Example Street, Springfield", "UNDEF_07", "NOT_VALIDATED_FOREIGN"),
            (
                "630099, Новосибирск, Примерная, 7, 12, во двор, налево",
                "GOOD",
                "NOT_VALIDATED_HAS_UNPARSED_PARTS",
            ),
            ("г Энск, ул Примерная, 7, 1", "GOOD", "NOT_VALIDATED_HAS_ASSUMPTION"),
        ] {
            assert_eq!(codes(original), (quality, validation), "{original}");
        }
    }
}

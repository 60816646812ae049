//! The banks of the slip form, and what the first six digits of a card say about its bank (gateway notes,
//! section 7.6; a hint only).

/// A bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bank {
    /// Id in forms and keys.
    pub slug: &'static str,
    /// First six digits of its cards; empty when none is known.
    pub bin: &'static str,
    /// Name in Persian.
    pub name_fa: &'static str,
    /// Name in Latin letters.
    pub name_en: &'static str,
}

const fn row(slug: &'static str, bin: &'static str, name_fa: &'static str, name_en: &'static str) -> Bank {
    Bank { slug, bin, name_fa, name_en }
}

/// Slug of a bank that is not in the list.
pub const OTHER: &str = "other";

/// All banks, in the order of the form.
pub const BANKS: &[Bank] = &[
    row("melli", "603799", "ملی ایران", "Melli"),
    row("mellat", "610433", "ملت", "Mellat"),
    row("saman", "621986", "سامان", "Saman"),
    row("parsian", "622106", "پارسیان", "Parsian"),
    row("pasargad", "502229", "پاسارگاد", "Pasargad"),
    row("sepah", "589210", "سپه", "Sepah"),
    row("saderat", "603769", "صادرات ایران", "Saderat"),
    row("tejarat", "627353", "تجارت", "Tejarat"),
    row("maskan", "628023", "مسکن", "Maskan"),
    row("refah", "589463", "رفاه کارگران", "Refah"),
    row("eghtesad_novin", "627412", "اقتصاد نوین", "Eghtesad Novin"),
    row("keshavarzi", "603770", "کشاورزی", "Keshavarzi"),
    row("shahr", "502806", "شهر", "Shahr"),
    row("resalat", "504172", "قرض‌الحسنه رسالت", "Resalat"),
    row(OTHER, "", "بانک دیگر", "Another bank"),
];

/// The bank of a slug.
pub fn bank(slug: &str) -> Option<&'static Bank> {
    BANKS.iter().find(|bank| bank.slug == slug)
}

/// The bank that issued a card, by its first six digits.
pub fn bank_of_card(card: &str) -> Option<&'static Bank> {
    BANKS.iter().find(|bank| !bank.bin.is_empty() && card.starts_with(bank.bin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_cards_lead_to_them() {
        for bank in BANKS {
            assert_eq!(BANKS.iter().filter(|other| other.slug == bank.slug).count(), 1, "{}", bank.slug);
        }
        assert_eq!(bank_of_card("6104330000001233").map(|b| b.slug), Some("mellat"));
        assert_eq!(bank_of_card("621986****1231").map(|b| b.slug), Some("saman"));
        assert_eq!(bank_of_card(""), None);
        assert_eq!(bank("mellat").map(|b| b.name_en), Some("Mellat"));
        assert!(bank("Mellat").is_none());
    }
}

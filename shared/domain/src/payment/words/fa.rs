//! Persian: «و» between all parts, «هزار» without a one before it.

use super::{Coin, Count, groups, word};

const SMALL: [&str; 20] = [
    "صفر",
    "یک",
    "دو",
    "سه",
    "چهار",
    "پنج",
    "شش",
    "هفت",
    "هشت",
    "نه",
    "ده",
    "یازده",
    "دوازده",
    "سیزده",
    "چهارده",
    "پانزده",
    "شانزده",
    "هفده",
    "هجده",
    "نوزده",
];
const TENS: [&str; 10] = ["", "", "بیست", "سی", "چهل", "پنجاه", "شصت", "هفتاد", "هشتاد", "نود"];
const HUNDREDS: [&str; 10] = ["", "صد", "دویست", "سیصد", "چهارصد", "پانصد", "ششصد", "هفتصد", "هشتصد", "نهصد"];
const SCALES: [&str; 7] = ["", "هزار", "میلیون", "میلیارد", "تریلیون", "کوادریلیون", "کوینتیلیون"];
const AND: &str = " و ";

pub(super) fn say(count: Count) -> String {
    let coin = match count.of {
        Coin::Rial => "ریال",
        Coin::Toman => "تومان",
        Coin::Ruble => "روبل",
        Coin::Kopeck => "کوپک",
        Coin::Won => "وون",
    };
    format!("{} {coin}", number(count.many))
}

fn number(number: u64) -> String {
    if number == 0 {
        return word(&SMALL, 0).to_owned();
    }
    let spoken: Vec<String> = groups(number, 1_000)
        .into_iter()
        .map(|(value, power)| match (value, power, SCALES.get(power)) {
            (1, 1, Some(thousand)) => (*thousand).to_owned(),
            (_, 0, _) | (_, _, None) => below_thousand(value),
            (_, _, Some(scale)) => format!("{} {scale}", below_thousand(value)),
        })
        .collect();
    spoken.join(AND)
}

fn below_thousand(value: u64) -> String {
    let rest = value % 100;
    let mut parts = vec![word(&HUNDREDS, value / 100)];
    if rest < 20 {
        parts.push(if rest == 0 { "" } else { word(&SMALL, rest) });
    } else {
        parts.push(word(&TENS, rest / 10));
        parts.push(match rest % 10 {
            0 => "",
            one => word(&SMALL, one),
        });
    }
    parts.retain(|part| !part.is_empty());
    parts.join(AND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (value, words) in [
            (0, "صفر"),
            (7, "هفت"),
            (18, "هجده"),
            (20, "بیست"),
            (45, "چهل و پنج"),
            (100, "صد"),
            (219, "دویست و نوزده"),
            (1_000, "هزار"),
            (1_001, "هزار و یک"),
            (2_500, "دو هزار و پانصد"),
            (1_000_000, "یک میلیون"),
            (1_250_300, "یک میلیون و دویست و پنجاه هزار و سیصد"),
            (3_000_000_000, "سه میلیارد"),
        ] {
            assert_eq!(number(value), words);
        }
    }
}

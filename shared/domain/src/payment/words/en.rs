//! English: short scale, hyphen between ten and one.

use super::{Coin, Count, groups, word};

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [&str; 7] =
    ["", " thousand", " million", " billion", " trillion", " quadrillion", " quintillion"];

pub(super) fn say(count: Count) -> String {
    let one = count.many == 1;
    let coin = match count.of {
        Coin::Rial if one => "rial",
        Coin::Rial => "rials",
        Coin::Toman if one => "toman",
        Coin::Toman => "tomans",
        Coin::Ruble if one => "ruble",
        Coin::Ruble => "rubles",
        Coin::Kopeck if one => "kopeck",
        Coin::Kopeck => "kopecks",
        Coin::Won => "won",
    };
    format!("{} {coin}", number(count.many))
}

fn number(number: u64) -> String {
    if number == 0 {
        return word(&SMALL, 0).to_owned();
    }
    let spoken: Vec<String> = groups(number, 1_000)
        .into_iter()
        .map(|(value, power)| format!("{}{}", below_thousand(value), SCALES.get(power).unwrap_or(&"")))
        .collect();
    spoken.join(" ")
}

fn below_thousand(value: u64) -> String {
    let (hundreds, rest) = (value / 100, value % 100);
    let rest = match rest {
        0 => String::new(),
        1..20 => word(&SMALL, rest).to_owned(),
        _ if rest % 10 == 0 => word(&TENS, rest / 10).to_owned(),
        _ => format!("{}-{}", word(&TENS, rest / 10), word(&SMALL, rest % 10)),
    };
    match (hundreds, rest.is_empty()) {
        (0, _) => rest,
        (_, true) => format!("{} hundred", word(&SMALL, hundreds)),
        (_, false) => format!("{} hundred {rest}", word(&SMALL, hundreds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (value, words) in [
            (0, "zero"),
            (1, "one"),
            (13, "thirteen"),
            (20, "twenty"),
            (21, "twenty-one"),
            (100, "one hundred"),
            (119, "one hundred nineteen"),
            (1_000, "one thousand"),
            (250_000, "two hundred fifty thousand"),
            (1_000_001, "one million one"),
            (2_013_040, "two million thirteen thousand forty"),
        ] {
            assert_eq!(number(value), words);
        }
        assert_eq!(say(Count { many: 1, of: Coin::Toman }), "one toman");
    }
}

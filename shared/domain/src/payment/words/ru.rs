//! Russian: thousands, kopecks and won are feminine, and each noun has three forms.

use super::{Coin, Count, groups, word};

const MASCULINE: [&str; 20] = [
    "ноль",
    "один",
    "два",
    "три",
    "четыре",
    "пять",
    "шесть",
    "семь",
    "восемь",
    "девять",
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
];
const TENS: [&str; 10] = [
    "",
    "",
    "двадцать",
    "тридцать",
    "сорок",
    "пятьдесят",
    "шестьдесят",
    "семьдесят",
    "восемьдесят",
    "девяносто",
];
const HUNDREDS: [&str; 10] =
    ["", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот"];

/// A noun counted: its forms after 1, after 2 to 4, and after anything else, and its gender.
struct Noun {
    forms: [&'static str; 3],
    feminine: bool,
}

const SCALES: [Noun; 6] = [
    Noun { forms: ["тысяча", "тысячи", "тысяч"], feminine: true },
    Noun { forms: ["миллион", "миллиона", "миллионов"], feminine: false },
    Noun { forms: ["миллиард", "миллиарда", "миллиардов"], feminine: false },
    Noun { forms: ["триллион", "триллиона", "триллионов"], feminine: false },
    Noun {
        forms: ["квадриллион", "квадриллиона", "квадриллионов"], feminine: false
    },
    Noun {
        forms: ["квинтиллион", "квинтиллиона", "квинтиллионов"], feminine: false
    },
];

pub(super) fn say(count: Count) -> String {
    let coin = match count.of {
        Coin::Rial => Noun { forms: ["риал", "риала", "риалов"], feminine: false },
        Coin::Toman => Noun { forms: ["туман", "тумана", "туманов"], feminine: false },
        Coin::Ruble => Noun { forms: ["рубль", "рубля", "рублей"], feminine: false },
        Coin::Kopeck => Noun { forms: ["копейка", "копейки", "копеек"], feminine: true },
        Coin::Won => Noun { forms: ["вона", "воны", "вон"], feminine: true },
    };
    format!("{} {}", number(count.many, coin.feminine), form(&coin, count.many))
}

fn number(number: u64, feminine: bool) -> String {
    if number == 0 {
        return word(&MASCULINE, 0).to_owned();
    }
    let spoken: Vec<String> = groups(number, 1_000)
        .into_iter()
        .map(|(value, power)| match power.checked_sub(1).and_then(|i| SCALES.get(i)) {
            None => below_thousand(value, feminine),
            Some(scale) => format!("{} {}", below_thousand(value, scale.feminine), form(scale, value)),
        })
        .collect();
    spoken.join(" ")
}

fn below_thousand(value: u64, feminine: bool) -> String {
    let rest = value % 100;
    let mut parts = vec![word(&HUNDREDS, value / 100)];
    if rest >= 20 {
        parts.push(word(&TENS, rest / 10));
    }
    let last = if rest >= 20 { rest % 10 } else { rest };
    parts.push(match (last, feminine) {
        (0, _) => "",
        (1, true) => "одна",
        (2, true) => "две",
        _ => word(&MASCULINE, last),
    });
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

fn form(noun: &Noun, count: u64) -> &'static str {
    let [one, few, many] = noun.forms;
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_agree_with_their_nouns() {
        for (many, of, words) in [
            (0, Coin::Ruble, "ноль рублей"),
            (1, Coin::Ruble, "один рубль"),
            (2, Coin::Kopeck, "две копейки"),
            (11, Coin::Ruble, "одиннадцать рублей"),
            (21, Coin::Kopeck, "двадцать одна копейка"),
            (101, Coin::Won, "сто одна вона"),
            (112, Coin::Ruble, "сто двенадцать рублей"),
            (1_000, Coin::Ruble, "одна тысяча рублей"),
            (2_022, Coin::Ruble, "две тысячи двадцать два рубля"),
            (5_000, Coin::Toman, "пять тысяч туманов"),
            (1_000_001, Coin::Ruble, "один миллион один рубль"),
            (3_100_000_000, Coin::Rial, "три миллиарда сто миллионов риалов"),
        ] {
            assert_eq!(say(Count { many, of }), words);
        }
    }
}

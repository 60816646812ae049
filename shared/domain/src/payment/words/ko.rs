//! Korean: groups of ten thousand, no "one" before ten, hundred and thousand nor before a leading 만.

use super::{Coin, Count, groups, word};

const DIGITS: [&str; 10] = ["영", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"];
const PLACES: [(u64, &str); 4] = [(1_000, "천"), (100, "백"), (10, "십"), (1, "")];
const SCALES: [&str; 5] = ["", "만", "억", "조", "경"];

pub(super) fn say(count: Count) -> String {
    let coin = match count.of {
        Coin::Rial => "리알",
        Coin::Toman => "토만",
        Coin::Ruble => "루블",
        Coin::Kopeck => "코페이카",
        Coin::Won => "원",
    };
    format!("{} {coin}", number(count.many))
}

fn number(number: u64) -> String {
    if number == 0 {
        return word(&DIGITS, 0).to_owned();
    }
    let spoken: Vec<String> = groups(number, 10_000)
        .into_iter()
        .enumerate()
        .map(|(position, (value, power))| {
            let scale = SCALES.get(power).copied().unwrap_or("");
            if position == 0 && value == 1 && power == 1 {
                return scale.to_owned();
            }
            format!("{}{scale}", below_ten_thousand(value))
        })
        .collect();
    spoken.join(" ")
}

fn below_ten_thousand(value: u64) -> String {
    let mut spoken = String::new();
    for (place, name) in PLACES {
        match value / place % 10 {
            0 => {}
            1 if place > 1 => spoken.push_str(name),
            digit => {
                spoken.push_str(word(&DIGITS, digit));
                spoken.push_str(name);
            }
        }
    }
    spoken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (value, words) in [
            (0, "영"),
            (1, "일"),
            (10, "십"),
            (11, "십일"),
            (110, "백십"),
            (1_111, "천백십일"),
            (10_000, "만"),
            (12_345, "만 이천삼백사십오"),
            (100_000, "십만"),
            (250_000, "이십오만"),
            (100_000_000, "일억"),
            (100_010_000, "일억 일만"),
            (1_234_567_890_000, "일조 이천삼백사십오억 육천칠백팔십구만"),
        ] {
            assert_eq!(number(value), words);
        }
    }
}

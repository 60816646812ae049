//! What is wrong with one field.

use super::{Language, Text};

/// One field error: where, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer as a URI fragment without `#`, e.g. `/items/0/weight_g`.
    pub pointer: String,
    /// What is wrong.
    pub fault: Fault,
}

impl FieldError {
    /// A fault at a pointer.
    pub fn new(pointer: impl Into<String>, fault: Fault) -> Self {
        FieldError { pointer: pointer.into(), fault }
    }
}

/// Kinds of field errors, each with words in four languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Missing or empty.
    Required,
    /// Longer than so many characters or entries.
    TooLong(usize),
    /// Not between these bounds; unit included in the texts.
    OutOfRange(String, String),
    /// Must be more than the first and less than the second (grams).
    Weight(u32, u32),
    /// One of these is expected.
    OneOf(String),
    /// Not a phone number of the country.
    Phone,
    /// Not a postal code of the country; says why.
    PostalCode(String),
    /// No such place.
    UnknownCity(String),
    /// The same city name in several provinces, which are listed.
    AmbiguousCity(String),
    /// Another currency than the first, which is expected.
    Currency(String),
    /// Below zero.
    Negative,
    /// Not a date, or a date that cannot be used; says why.
    Date(String),
    /// Wrong JSON type or unknown field; the parser's words.
    Shape(String),
    /// Does not add up; says what was expected.
    Sum(String),
    /// Not acceptable for a reason given in English, for rules that only integrators meet.
    Other(String),
}

impl Fault {
    /// The words for people.
    #[must_use]
    pub fn describe(&self, language: Language) -> String {
        let (text, arguments) = self.parts();
        text.render(language, &arguments)
    }

    fn parts(&self) -> (Text, Vec<String>) {
        match self {
            Fault::Required => (REQUIRED, vec![]),
            Fault::TooLong(max) => (TOO_LONG, vec![max.to_string()]),
            Fault::OutOfRange(min, max) => (OUT_OF_RANGE, vec![min.clone(), max.clone()]),
            Fault::Weight(min, max) => (WEIGHT, vec![min.to_string(), max.to_string()]),
            Fault::OneOf(list) => (ONE_OF, vec![list.clone()]),
            Fault::Phone => (PHONE, vec![]),
            Fault::PostalCode(why) => (POSTAL_CODE, vec![why.clone()]),
            Fault::UnknownCity(name) => (UNKNOWN_CITY, vec![name.clone()]),
            Fault::AmbiguousCity(list) => (AMBIGUOUS_CITY, vec![list.clone()]),
            Fault::Currency(expected) => (CURRENCY, vec![expected.clone()]),
            Fault::Negative => (NEGATIVE, vec![]),
            Fault::Date(why) => (DATE, vec![why.clone()]),
            Fault::Shape(why) => (SHAPE, vec![why.clone()]),
            Fault::Sum(expected) => (SUM, vec![expected.clone()]),
            Fault::Other(why) => (OTHER, vec![why.clone()]),
        }
    }
}

const REQUIRED: Text =
    Text {
        en: "is required", fa: "الزامی است", ru: "обязательное поле", ko: "필수 항목입니다"
    };
const TOO_LONG: Text = Text {
    en: "is too long: at most {0}",
    fa: "بیش از حد طولانی است: حداکثر {0}",
    ru: "слишком длинно: не больше {0}",
    ko: "너무 깁니다: 최대 {0}",
};
const OUT_OF_RANGE: Text = Text {
    en: "must be from {0} to {1}",
    fa: "باید از {0} تا {1} باشد",
    ru: "должно быть от {0} до {1}",
    ko: "{0}에서 {1} 사이여야 합니다",
};
const WEIGHT: Text = Text {
    en: "weight must be above {0} g and below {1} g",
    fa: "وزن باید بیشتر از {0} گرم و کمتر از {1} گرم باشد",
    ru: "вес должен быть больше {0} г и меньше {1} г",
    ko: "무게는 {0}g 초과 {1}g 미만이어야 합니다",
};
const ONE_OF: Text = Text {
    en: "must be one of: {0}",
    fa: "باید یکی از این‌ها باشد: {0}",
    ru: "допустимые значения: {0}",
    ko: "다음 중 하나여야 합니다: {0}",
};
const PHONE: Text = Text {
    en: "is not a phone number of this country; write it with its country code",
    fa: "شماره تلفن معتبر این کشور نیست؛ آن را با کد کشور بنویسید",
    ru: "не похоже на номер телефона этой страны; укажите его с кодом страны",
    ko: "이 국가의 전화번호가 아닙니다. 국가 번호와 함께 입력하세요",
};
const POSTAL_CODE: Text = Text {
    en: "is not a valid postal code: {0}",
    fa: "کد پستی معتبر نیست: {0}",
    ru: "неверный почтовый индекс: {0}",
    ko: "올바른 우편번호가 아닙니다: {0}",
};
const UNKNOWN_CITY: Text = Text {
    en: "the post does not know the city {0}; choose it from the post's list or give the postal code",
    fa: "پست شهر {0} را نمی‌شناسد؛ آن را از فهرست پست انتخاب کنید یا کد پستی را وارد کنید",
    ru: "почта не знает города {0}; выберите его из списка почты или укажите индекс",
    ko: "우체국 목록에 {0} 도시가 없습니다. 목록에서 선택하거나 우편번호를 입력하세요",
};
const AMBIGUOUS_CITY: Text = Text {
    en: "there are several cities of this name ({0}); give the region too",
    fa: "چند شهر با این نام وجود دارد ({0})؛ استان را هم بنویسید",
    ru: "городов с таким названием несколько ({0}); укажите и регион",
    ko: "같은 이름의 도시가 여러 곳입니다({0}). 지역도 입력하세요",
};
const CURRENCY: Text = Text {
    en: "must be in {0}, like the other amounts",
    fa: "باید مانند مبالغ دیگر به {0} باشد",
    ru: "валюта должна быть {0}, как у остальных сумм",
    ko: "다른 금액과 같이 {0}이어야 합니다",
};
const NEGATIVE: Text = Text {
    en: "must not be negative",
    fa: "نباید منفی باشد",
    ru: "не может быть отрицательным",
    ko: "음수일 수 없습니다",
};
const DATE: Text = Text {
    en: "is not a usable date: {0}",
    fa: "تاریخ قابل استفاده نیست: {0}",
    ru: "дату нельзя использовать: {0}",
    ko: "사용할 수 없는 날짜입니다: {0}",
};
const SHAPE: Text = Text {
    en: "cannot be read: {0}",
    fa: "خوانده نمی‌شود: {0}",
    ru: "не удаётся прочитать: {0}",
    ko: "읽을 수 없습니다: {0}",
};
const SUM: Text = Text {
    en: "does not add up: {0}",
    fa: "جمع درست نیست: {0}",
    ru: "сумма не сходится: {0}",
    ko: "합계가 맞지 않습니다: {0}",
};
const OTHER: Text = Text { en: "{0}", fa: "{0}", ru: "{0}", ko: "{0}" };

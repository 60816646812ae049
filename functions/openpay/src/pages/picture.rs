//! The field for the picture of a slip, and its words.

use yam_domain::money::display::Locale;

use super::html::{Html, put};

/// Its words.
pub(super) struct PictureWords {
    label: &'static str,
    /// The file is no such picture.
    pub(super) bad: &'static str,
    /// The file is too large.
    pub(super) large: &'static str,
    /// Another field was wrong, and browsers forget files.
    pub(super) again: &'static str,
}

/// In a payer's language.
pub(super) fn words(locale: Locale) -> &'static PictureWords {
    match locale {
        Locale::En => &EN,
        Locale::Fa => &FA,
        Locale::Ru => &RU,
        Locale::Ko => &KO,
    }
}

const EN: PictureWords = PictureWords {
    label: "Picture of the slip: JPEG, PNG or WebP, up to 2 MB",
    bad: "This file is no JPEG, PNG or WebP picture. Choose another, or send the form without one.",
    large: "The picture is larger than 2 MB. Choose a smaller one, or send the form without one.",
    again: "Choose the picture again: it was not kept.",
};

const FA: PictureWords = PictureWords {
    label: "تصویر فیش: JPEG، PNG یا WebP، حداکثر ۲ مگابایت",
    bad: "این فایل تصویر JPEG، PNG یا WebP نیست. فایل دیگری انتخاب کنید یا فرم را بدون تصویر بفرستید.",
    large: "حجم تصویر بیش از ۲ مگابایت است. تصویر کوچک‌تری انتخاب کنید یا فرم را بدون تصویر بفرستید.",
    again: "تصویر را دوباره انتخاب کنید؛ نگه داشته نشد.",
};

const RU: PictureWords = PictureWords {
    label: "Снимок квитанции: JPEG, PNG или WebP, до 2 МБ",
    bad: "Это не снимок JPEG, PNG или WebP. Выберите другой файл или отправьте форму без него.",
    large: "Снимок больше 2 МБ. Выберите файл меньше или отправьте форму без него.",
    again: "Выберите снимок ещё раз: он не сохранился.",
};

const KO: PictureWords = PictureWords {
    label: "전표 사진: JPEG, PNG 또는 WebP, 최대 2MB",
    bad: "JPEG, PNG 또는 WebP 사진이 아닙니다. 다른 파일을 선택하거나 사진 없이 보내세요.",
    large: "사진이 2MB보다 큽니다. 더 작은 사진을 선택하거나 사진 없이 보내세요.",
    again: "사진을 다시 선택하세요. 저장되지 않았습니다.",
};

/// Appends label and input.
pub(super) fn input(page: &mut Html, locale: Locale, optional: &str, faulty: bool) {
    put!(page, "<label for=\"picture\">", (words(locale).label), " (", (optional), ")</label>");
    put!(
        page,
        "<input id=\"picture\" name=\"picture\" type=\"file\" accept=\"image/jpeg,image/png,image/webp\""
    );
    if faulty {
        put!(page, " aria-invalid=\"true\" aria-describedby=\"picture-fault\"");
    }
    put!(page, ">");
}

//! Names of operations and dictionaries.

use std::collections::HashMap;
use std::sync::LazyLock;

const LIST: &str = include_str!("names.txt");

/// By type, and attribute where it is an attribute's name.
static NAMES: LazyLock<HashMap<(u16, Option<u16>), &'static str>> = LazyLock::new(|| {
    LIST.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (kind, rest) = line.split_once(';')?;
            let (attr, name) = rest.split_once(';')?;
            Some(((kind.parse().ok()?, attr.parse().ok()), name))
        })
        .collect()
});

/// The name of an operation type, unless the dictionaries lack it.
pub(crate) fn of_type(kind: u16) -> Option<&'static str> {
    NAMES.get(&(kind, None)).copied()
}

/// The name of an attribute; attribute 0 has one only where it means something.
pub(crate) fn of_attr(kind: u16, attr: u16) -> Option<&'static str> {
    NAMES.get(&(kind, Some(attr))).copied()
}

/// The name of a kind of item.
pub(crate) fn of_mail_type(id: u16) -> Option<&'static str> {
    Some(match id {
        2 => "Письмо",
        3 => "Бандероль",
        4 => "Посылка",
        5 => "Мелкий пакет",
        7 => "Отправление EMS",
        15 => "Письмо 1 кл.",
        16 => "Бандероль 1 кл.",
        23 => "Посылка онлайн",
        24 => "Курьер онлайн",
        27 => "Посылка стандарт",
        30 => "Бизнес курьер",
        34 => "EMS оптимальное",
        47 => "Посылка 1 кл.",
        _ => return None,
    })
}

/// The name of a category.
pub(crate) fn of_mail_ctg(id: u16) -> Option<&'static str> {
    Some(match id {
        0 => "Простое",
        1 => "Заказное",
        2 => "С объявленной ценностью",
        3 => "Обыкновенное",
        4 => "С объявленной ценностью и наложенным платежом",
        6 => "С объявленной ценностью и обязательным платежом",
        7 => "С обязательным платежом",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_whole() {
        assert_eq!(NAMES.len(), LIST.lines().count() - 1);
        assert_eq!((of_type(8), of_attr(8, 2)), (Some("Обработка"), Some("Прибыло в место вручения")));
        assert_eq!((of_attr(8, 0), of_attr(1, 0)), (Some("Сортировка"), None));
        assert_eq!((of_type(999), of_type(1027)), (None, Some("Недостача")));
    }
}

//! Kinds and categories of items (sections 3.6, 4.4 and 5).

/// How an item is priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Letter,
    Wrapper,
    Parcel,
}

/// One kind of item.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) id: u16,
    /// As the sending API names it.
    pub(crate) name: &'static str,
    /// As people call it.
    pub(crate) title: &'static str,
    pub(crate) class: Class,
    /// Grams.
    pub(crate) most: i64,
    /// Its price in percent of a parcel's.
    pub(crate) percent: i64,
}

const fn product(
    id: u16,
    name: &'static str,
    title: &'static str,
    class: Class,
    most: i64,
    percent: i64,
) -> Product {
    Product { id, name, title, class, most, percent }
}

/// All kinds. What they weigh at most and cost beside a parcel is ours; 27 has no name in the sending API.
pub(crate) static ALL: [Product; 22] = [
    product(4, "POSTAL_PARCEL", "Посылка", Class::Parcel, 20_000, 100),
    product(2, "LETTER", "Письмо", Class::Letter, 100, 100),
    product(15, "LETTER_CLASS_1", "Письмо 1 класса", Class::Letter, 500, 100),
    product(3, "BANDEROL", "Бандероль", Class::Wrapper, 5_000, 100),
    product(16, "BANDEROL_CLASS_1", "Бандероль 1 класса", Class::Wrapper, 2_500, 100),
    product(5, "SMALL_PACKET", "Мелкий пакет", Class::Parcel, 2_000, 40),
    product(7, "EMS", "EMS", Class::Parcel, 31_500, 220),
    product(10, "VSD", "Возврат сопроводительных документов", Class::Letter, 500, 100),
    product(23, "ONLINE_PARCEL", "Посылка онлайн", Class::Parcel, 20_000, 80),
    product(24, "ONLINE_COURIER", "Курьер онлайн", Class::Parcel, 31_500, 130),
    product(27, "", "Посылка стандарт", Class::Parcel, 20_000, 90),
    product(30, "BUSINESS_COURIER", "Бизнес курьер", Class::Parcel, 31_500, 180),
    product(31, "BUSINESS_COURIER_ES", "Бизнес курьер экспресс", Class::Parcel, 31_500, 240),
    product(34, "EMS_OPTIMAL", "EMS оптимальное", Class::Parcel, 20_000, 150),
    product(41, "EMS_RT", "EMS РТ", Class::Parcel, 31_500, 200),
    product(46, "VGPO_CLASS_1", "ВГПО 1 класса", Class::Wrapper, 500, 100),
    product(47, "PARCEL_CLASS_1", "Посылка 1 класса", Class::Parcel, 2_500, 160),
    product(51, "EASY_RETURN", "Легкий возврат", Class::Parcel, 20_000, 90),
    product(52, "EMS_TENDER", "EMS тендер", Class::Parcel, 31_500, 200),
    product(53, "ECOM", "ЕКОМ", Class::Parcel, 15_000, 70),
    product(54, "ECOM_MARKETPLACE", "ЕКОМ Маркетплейс", Class::Parcel, 15_000, 60),
    product(56, "HYPER_CARGO", "Гиперкарго", Class::Parcel, 50_000, 120),
];

/// A kind by its number.
pub(crate) fn of_id(id: u16) -> Option<&'static Product> {
    ALL.iter().find(|product| product.id == id)
}

/// A kind by its name in the sending API.
pub(crate) fn of_name(name: &str) -> Option<&'static Product> {
    ALL.iter().find(|product| product.name == name && !name.is_empty())
}

/// Categories that rules ask for.
pub(crate) const ORDERED: u16 = 1;
#[cfg(test)]
pub(crate) const ORDINARY: u16 = 3;
#[cfg(test)]
pub(crate) const DECLARED_AND_COD: u16 = 4;

/// All categories: number, name in the sending API, what is added to the product's title.
pub(crate) const CATEGORIES: [(u16, &str, &str); 10] = [
    (0, "SIMPLE", "простое"),
    (1, "ORDERED", "заказное"),
    (2, "WITH_DECLARED_VALUE", "с объявленной ценностью"),
    (3, "ORDINARY", "обыкновенное"),
    (4, "WITH_DECLARED_VALUE_AND_CASH_ON_DELIVERY", "с объявленной ценностью и наложенным платежом"),
    (6, "WITH_DECLARED_VALUE_AND_COMPULSORY_PAYMENT", "с объявленной ценностью и обязательным платежом"),
    (7, "WITH_COMPULSORY_PAYMENT", "с обязательным платежом"),
    (8, "COMBINED_ORDINARY", "комбинированное обыкновенное"),
    (9, "COMBINED_WITH_DECLARED_VALUE", "комбинированное с объявленной ценностью"),
    (
        10,
        "COMBINED_WITH_DECLARED_VALUE_AND_CASH_ON_DELIVERY",
        "комбинированное с объявленной ценностью и наложенным платежом",
    ),
];

/// The number of a category's name.
pub(crate) fn category(name: &str) -> Option<u16> {
    CATEGORIES.iter().find(|(_, known, _)| *known == name).map(|(id, ..)| *id)
}

/// Whether there is such a category.
pub(crate) fn is_category(id: u16) -> bool {
    CATEGORIES.iter().any(|(known, ..)| *known == id)
}

/// Kind and category together, as people call them: `Посылка обыкновенная`.
pub(crate) fn full_title(product: &Product, category: u16) -> String {
    let added = CATEGORIES.iter().find(|(known, ..)| *known == category).map_or("", |(.., added)| *added);
    let is_feminine = product.title.starts_with("Посылка") || product.title.starts_with("Бандероль");
    let fitted = |word: &str| match word.strip_suffix("ое").filter(|_| is_feminine) {
        Some(stem) => format!(" {stem}ая"),
        None => format!(" {word}"),
    };
    product.title.to_owned() + &added.split(' ').map(fitted).collect::<String>()
}

/// Whether a value is declared.
pub(crate) fn is_declared(category: u16) -> bool {
    matches!(category, 2 | 4 | 6 | 9 | 10)
}

/// Whether money is collected on delivery.
pub(crate) fn is_cod(category: u16) -> bool {
    matches!(category, 4 | 10)
}

/// Whether something else is paid on delivery.
pub(crate) fn is_compulsory(category: u16) -> bool {
    matches!(category, 6 | 7)
}

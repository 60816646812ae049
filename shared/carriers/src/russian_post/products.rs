//! Services by their ids in the hub, with their codes on both wires (protocol notes, sections 4.4 and 5).

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Product {
    /// Id in the hub.
    pub(super) id: &'static str,
    /// `mailtype` of the calculator.
    pub(super) mail_type: u32,
    /// `mail-type` at Otpravka; none where it cannot be ordered there.
    pub(super) name: Option<&'static str>,
    /// Whether a value can be declared and money collected.
    pub(super) valued: bool,
    /// Whether the calculator wants the kind of package.
    pub(super) packed: bool,
}

/// What happens with the goods' value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    /// Nothing.
    Ordinary,
    /// It is declared.
    Declared,
    /// It is declared, and money is collected at the door.
    CashOnDelivery,
}

impl Category {
    /// `mail-category` at Otpravka.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Category::Ordinary => "ORDINARY",
            Category::Declared => "WITH_DECLARED_VALUE",
            Category::CashOnDelivery => "WITH_DECLARED_VALUE_AND_CASH_ON_DELIVERY",
        }
    }

    /// `mailctg` of the calculator.
    const fn number(self) -> u32 {
        match self {
            Category::Ordinary => 3,
            Category::Declared => 2,
            Category::CashOnDelivery => 4,
        }
    }
}

const fn product(id: &'static str, mail_type: u32, name: &'static str) -> Product {
    Product { id, mail_type, name: Some(name), valued: true, packed: false }
}

/// All of them, in the order in which they are offered.
pub(super) const ALL: &[Product] = &[
    product("parcel", 4, "POSTAL_PARCEL"),
    product("online_parcel", 23, "ONLINE_PARCEL"),
    product("online_courier", 24, "ONLINE_COURIER"),
    product("ems", 7, "EMS"),
    Product { valued: false, ..product("ems_optimal", 34, "EMS_OPTIMAL") },
    product("parcel_class_1", 47, "PARCEL_CLASS_1"),
    Product { valued: false, ..product("business_courier", 30, "BUSINESS_COURIER") },
    Product { name: None, packed: true, ..product("standard_parcel", 27, "") },
];

/// Their ids, for capabilities and messages.
pub(super) const IDS: &[&str] = &[
    "parcel",
    "online_parcel",
    "online_courier",
    "ems",
    "ems_optimal",
    "parcel_class_1",
    "business_courier",
    "standard_parcel",
];

/// The service of an id.
pub(super) fn find(id: &str) -> Option<&'static Product> {
    ALL.iter().find(|product| product.id == id)
}

impl Product {
    /// `object` of the calculator: mail type, category, and 0 for domestic.
    pub(super) const fn object(&self, category: Category) -> u32 {
        self.mail_type * 1_000 + category.number() * 10
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_those_the_notes_list() {
        for (id, objects) in [
            ("parcel", [4030, 4020, 4040]),
            ("ems", [7030, 7020, 7040]),
            ("online_parcel", [23030, 23020, 23040]),
            ("online_courier", [24030, 24020, 24040]),
            ("standard_parcel", [27030, 27020, 27040]),
            ("parcel_class_1", [47030, 47020, 47040]),
        ] {
            let product = find(id).unwrap();
            let own =
                [Category::Ordinary, Category::Declared, Category::CashOnDelivery].map(|c| product.object(c));
            assert_eq!(own, objects, "{id}");
        }
        assert_eq!(find("ems_optimal").unwrap().object(Category::Ordinary), 34030);
    }

    #[test]
    fn the_list_of_ids_is_the_list_of_services() {
        let ids: Vec<&str> = ALL.iter().map(|product| product.id).collect();
        assert_eq!(ids, IDS);
        assert_eq!(find("pishtaz"), None);
    }
}

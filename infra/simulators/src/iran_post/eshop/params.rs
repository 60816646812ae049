//! Parameters of a call, read leniently or as strictly as WCF would.

use crate::xml::Element;

/// A call that WCF could not have read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) String);

/// Members of an element in the order of its schema.
pub(crate) struct Members<'a> {
    found: Vec<(&'static str, &'a Element)>,
}

impl<'a> Members<'a> {
    /// Reads the members of `schema`. Strictly, a member that comes after its place is dropped, as
    /// WCF does, and names must match to the letter.
    pub(crate) fn read(element: &'a Element, schema: &'static [&'static str], strict: bool) -> Self {
        let mut found: Vec<(&'static str, &'a Element)> = Vec::new();
        let mut next = 0;
        for child in &element.children {
            let (from, same): (usize, fn(&str, &str) -> bool) =
                if strict { (next, |a, b| a == b) } else { (0, |a, b| a.eq_ignore_ascii_case(b)) };
            let Some(place) = schema.iter().skip(from).position(|name| same(name, &child.name)) else {
                continue;
            };
            let name = schema[from + place];
            next = from + place + 1;
            if !found.iter().any(|(known, _)| *known == name) {
                found.push((name, child));
            }
        }
        Self { found }
    }

    /// The element of a member, unless it is missing or nil.
    pub(crate) fn element(&self, name: &str) -> Option<&'a Element> {
        self.found.iter().find(|(known, element)| *known == name && !element.nil).map(|(_, element)| *element)
    }

    /// A text; empty if missing.
    pub(crate) fn text(&self, name: &str) -> String {
        self.element(name).map(|element| element.text.trim().to_owned()).unwrap_or_default()
    }

    /// A 32-bit integer; zero if missing, unreadable if it is something else.
    pub(crate) fn int(&self, name: &str) -> Result<i64, Unreadable> {
        let Some(element) = self.element(name) else { return Ok(0) };
        let text = element.text.trim();
        if text.is_empty() && element.children.is_empty() {
            return Err(Unreadable(format!("The value '' cannot be parsed as the type 'Int32' ({name}).")));
        }
        text.parse::<i32>().map(i64::from).map_err(|_| {
            Unreadable(format!("The value '{text}' cannot be parsed as the type 'Int32' ({name})."))
        })
    }
}

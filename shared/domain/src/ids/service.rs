//! A carrier's service level, such as `pishtaz`.

use super::{IdError, check, string_id};

string_id!(
    /// A service level of a carrier, `^[a-z0-9][a-z0-9_.-]{0,31}$`. An open set: operators add services.
    Service, "service", 32, "_.-"
);

impl Service {
    /// Iran Post express (پیشتاز).
    pub const PISHTAZ: &'static str = "pishtaz";
    /// Iran Post registered (سفارشی).
    pub const SEFARESHI: &'static str = "sefareshi";
    /// Iran Post special (ویژه).
    pub const VIZHE: &'static str = "vizhe";

    /// Iran Post express (پیشتاز).
    pub fn pishtaz() -> Self {
        Self(Self::PISHTAZ.to_owned())
    }

    /// Iran Post registered (سفارشی).
    pub fn sefareshi() -> Self {
        Self(Self::SEFARESHI.to_owned())
    }

    /// Iran Post special (ویژه).
    pub fn vizhe() -> Self {
        Self(Self::VIZHE.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iranian_services_have_fixed_names() {
        assert_eq!(Service::parse("pishtaz").unwrap(), Service::pishtaz());
        assert_eq!(Service::sefareshi().as_str(), "sefareshi");
        assert_eq!(Service::vizhe().to_string(), "vizhe");
        assert!(Service::parse("Pishtaz").is_err());
    }
}

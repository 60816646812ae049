//! Iran Post's geography: provinces ("states"), cities, distance classes.
//!
//! Codes and names are data (`data/iran/*.csv`; Iran Post notes, section 12), embedded and read once.
//! A city code is the routing prefix of its postal codes.

mod distance;
mod names;
mod places;
mod postal;
mod resolve;

pub use distance::{Distance, distance};
pub use places::{City, State, city, state, states};
pub use postal::{city_of_postal_code, postal_code_matches, reference_postal_code};
pub use resolve::{CityError, resolve_city, resolve_state};

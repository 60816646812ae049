//! `GetStates`, `GetCities`.

use super::Outcome;
use super::params::Members;
use super::prices::login;
use super::soap::Value;
use crate::pipeline::View;

/// The guide names no error for these two: a bad login sees an empty list. The 2014 service asked
/// for none, so a call without one is served.
fn allowed(view: &View<'_>, members: &Members<'_>) -> bool {
    members.element("username").is_none() || login(view, members).is_ok()
}

pub(super) fn states(view: &View<'_>, members: &Members<'_>) -> Outcome {
    if !allowed(view, members) {
        return Ok(Value::List("State", Vec::new()));
    }
    let states =
        view.shared.iran_post.places.states().map(|state| place(state.code, &state.name_fa)).collect();
    Ok(Value::List("State", states))
}

pub(super) fn cities(view: &View<'_>, members: &Members<'_>) -> Outcome {
    let state = u32::try_from(members.int("stateId")?).unwrap_or(0);
    if !allowed(view, members) {
        return Ok(Value::List("City", Vec::new()));
    }
    let cities =
        view.shared.iran_post.places.cities_of(state).map(|city| place(city.code, &city.name_fa)).collect();
    Ok(Value::List("City", cities))
}

fn place(code: u32, name: &str) -> Value {
    Value::Object(vec![("Code", Value::Int(i64::from(code))), ("Name", Value::Text(name.to_owned()))])
}

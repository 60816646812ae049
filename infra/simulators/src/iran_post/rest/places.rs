//! `BaseInfo/*`.

use serde_json::{Value, json};

use super::Asked;
use super::checks::int;
use super::envelope::{Outcome, Refused};

pub(super) fn provinces(asked: &Asked<'_>) -> Outcome {
    let states = asked.view.shared.iran_post.places.states();
    Ok(states
        .map(|state| json!({"Code": state.code, "pName": state.name_fa, "eName": state.name_en}))
        .collect())
}

pub(super) fn cities(asked: &Asked<'_>) -> Outcome {
    let places = &asked.view.shared.iran_post.places;
    let state = int(&asked.body, "ProvinceCode")
        .and_then(|code| u32::try_from(code).ok())
        .and_then(|code| places.state(code))
        .ok_or(Refused(12))?;
    let cities = places.cities_of(state.code);
    // English names of cities are not in the post's list.
    Ok(cities
        .map(|city| json!({"CityID": city.code, "Code": city.code.to_string(), "pName": city.name_fa, "eName": ""}))
        .collect())
}

pub(super) fn box_sizes() -> Outcome {
    Ok((1..=10).map(|size| json!({"BoxSizeID": size, "Name": format!("سایز {size}")})).collect())
}

pub(super) fn kiosks(asked: &Asked<'_>) -> Outcome {
    Ok(points(asked, "KioskID", 1, "کیوسک"))
}

pub(super) fn pudo_nodes(asked: &Asked<'_>) -> Outcome {
    Ok(points(asked, "PudoPostnodeID", 2, "نقطه تحویل"))
}

fn points(asked: &Asked<'_>, id: &str, digit: u32, name: &str) -> Value {
    let places = &asked.view.shared.iran_post.places;
    let city = int(&asked.body, "CityID")
        .and_then(|code| u32::try_from(code).ok())
        .and_then(|code| places.city(code));
    city.into_iter()
        .map(|city| json!({id: city.code * 10 + digit, "Name": format!("{name} {}", city.name_fa)}))
        .collect()
}

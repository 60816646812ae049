//! Signatures: a hash over what is joined by colons, with the shop's `Shp_` fields at the end.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The algorithm chosen in the cabinet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Algorithm {
    #[default]
    Md5,
    Sha256,
    Sha384,
    Sha512,
}

/// The signature over these parts, hexadecimal, in lower case.
pub(super) fn sign(algorithm: Algorithm, parts: &[&str], extras: &[(String, String)]) -> String {
    let mut text = parts.join(":");
    for (name, value) in extras {
        text.push_str(&format!(":{name}={value}"));
    }
    match algorithm {
        Algorithm::Md5 => format!("{:x}", md5::compute(text)),
        Algorithm::Sha256 => hex(&Sha256::digest(text)),
        Algorithm::Sha384 => hex(&Sha384::digest(text)),
        Algorithm::Sha512 => hex(&Sha512::digest(text)),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The shop's own fields, by name.
pub(super) fn extras(fields: &HashMap<String, String>) -> Vec<(String, String)> {
    let own = |name: &str| name.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("shp_"));
    let mut extras: Vec<(String, String)> = fields
        .iter()
        .filter(|(name, _)| own(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    extras.sort();
    extras
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocols_vectors_hold() {
        let shp = [("Shp_link".to_owned(), "lk42".to_owned()), ("Shp_user".to_owned(), "7".to_owned())];
        let start = ["demo", "100.00", "450001", "pass1_demo"];
        assert_eq!(sign(Algorithm::Md5, &start, &[]), "80d6d1f1810226c07292713149fb42d3");
        assert_eq!(
            sign(Algorithm::Sha256, &start, &[]),
            "3d19c19c374dd0afd5a07f53bfdbbf5bdc97923839f6252c1e0d656a57633b21"
        );
        assert_eq!(sign(Algorithm::Md5, &start, &shp), "7875d73ce788cfb1cb06f6ad1567667f");
        let result = ["100.000000", "450001", "pass2_demo"];
        assert_eq!(sign(Algorithm::Md5, &result, &shp), "41b1c823b1eb157ec1c95cad2d142334");
        let state = ["demo", "450001", "pass2_demo"];
        assert_eq!(sign(Algorithm::Md5, &state, &[]), "534a0d76acc9ca105a75528330a27517");
    }
}

//! Mobile numbers as Iranian wires want them.

use crate::attempt::Payer;

/// `09…`; none for numbers of other countries.
pub(crate) fn iranian(payer: &Payer) -> Option<String> {
    let rest = payer.phone.as_ref()?.e164().strip_prefix("+98")?;
    (rest.len() == 10 && rest.starts_with('9')).then(|| format!("0{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use yam_domain::phone::Phone;

    #[test]
    fn only_iranian_mobiles() {
        let of = |number: &str| {
            let phone = Phone::parse_international(number).ok();
            iranian(&Payer { phone, ..Payer::default() })
        };
        assert_eq!(of("+989121234567").as_deref(), Some("09121234567"));
        assert_eq!(of("+79161234567"), None);
        assert_eq!(of("+982188881234"), None);
    }
}

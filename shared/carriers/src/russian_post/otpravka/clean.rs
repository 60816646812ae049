//! Address, name and phone as the operator reads them, with its own doubts (protocol notes, section 4.3).
//!
//! What it is sure of is used; a doubt ends in a refusal that names the field, for a person to mend.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::consignment::Consignee;
use crate::errors::{error, own};
use crate::outcome::{OperatorError, RefusalKind};

/// Qualities of a whole address that may be sent to.
const GOOD: &[&str] = &["GOOD", "POSTAL_BOX", "ON_DEMAND", "UNDEF_05"];
/// Results of its check that may be sent to.
const CHECKED: &[&str] = &["VALIDATED", "OVERRIDDEN", "CONFIRMED_MANUALLY"];

/// An address in the parts an order wants, as the operator told them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Address {
    pub(super) address_type: Option<String>,
    pub(super) num_address_type: Option<String>,
    pub(super) index: Option<String>,
    pub(super) region: Option<String>,
    pub(super) area: Option<String>,
    pub(super) place: Option<String>,
    pub(super) location: Option<String>,
    pub(super) street: Option<String>,
    pub(super) house: Option<String>,
    pub(super) slash: Option<String>,
    pub(super) letter: Option<String>,
    pub(super) building: Option<String>,
    pub(super) corpus: Option<String>,
    pub(super) room: Option<String>,
    pub(super) hotel: Option<String>,
    pub(super) office: Option<String>,
    pub(super) vladenie: Option<String>,
    #[serde(skip_serializing)]
    pub(super) quality_code: Option<String>,
    #[serde(skip_serializing)]
    pub(super) validation_code: Option<String>,
}

/// A name in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Name {
    pub(super) surname: Option<String>,
    pub(super) name: Option<String>,
    pub(super) middle_name: Option<String>,
    #[serde(skip_serializing)]
    pub(super) quality_code: Option<String>,
}

/// What is sent to be read.
pub(super) fn address_text(to: &Consignee) -> String {
    let parts = [&to.postal_code, &to.region, &to.city].into_iter().flatten().map(String::as_str);
    let rest = [Some(to.address.as_str()), to.address2.as_deref()].into_iter().flatten();
    let whole: Vec<&str> = parts.chain(rest).map(str::trim).filter(|part| !part.is_empty()).collect();
    yam_domain::text::clean(&whole.join(", "))
}

/// Surname, name, patronymic in one text.
pub(super) fn name_text(to: &Consignee) -> String {
    let parts = [Some(to.last_name.as_str()), Some(to.first_name.as_str()), to.middle_name.as_deref()];
    yam_domain::text::clean(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// The eleven digits of a Russian phone.
pub(super) fn phone_digits(to: &Consignee) -> Result<i64, OperatorError> {
    let mut given = [&to.phone, &to.phone2].into_iter().flatten().filter(|phone| !phone.is_placeholder());
    let russian =
        |phone: &&yam_domain::phone::Phone| phone.e164().starts_with("+7") && phone.e164().len() == 12;
    let digits = given.find(russian).and_then(|phone| phone.e164().trim_start_matches('+').parse().ok());
    digits.ok_or_else(|| {
        own("phone", "a Russian phone number of the receiver is needed", RefusalKind::Consignee)
    })
}

/// The only item of an answer, whatever its order.
fn item(body: &Value) -> Option<&Value> {
    let items = body.as_array()?;
    let ours = |item: &&Value| item.get("id").and_then(Value::as_str) == Some(ID);
    items.iter().find(ours).or_else(|| items.first().filter(|item| item.get("id").is_none()))
}

/// Our id of the one thing asked about.
const ID: &str = "0";

/// A question about one text.
pub(super) fn question(name: &str, text: &str) -> Value {
    json!([{ "id": ID, name: text }])
}

/// Reads `clean/address`; none when there is no answer to read.
pub(super) fn address(body: &Value) -> Option<Result<Address, OperatorError>> {
    let address: Address = serde_json::from_value(item(body)?.clone()).ok()?;
    let (quality, checked) = (address.quality_code.as_deref()?, address.validation_code.as_deref()?);
    if GOOD.contains(&quality) && CHECKED.contains(&checked) {
        return Some(Ok(address));
    }
    let part = match quality {
        "UNDEF_01" => "the region",
        "UNDEF_02" => "the city",
        "UNDEF_03" => "the street",
        "UNDEF_04" => "the house",
        "UNDEF_07" => "the country (the address is abroad)",
        _ => "the whole",
    };
    let why = match checked {
        "NOT_VALIDATED_HAS_UNPARSED_PARTS" => "parts of it were not understood",
        "NOT_VALIDATED_HAS_ASSUMPTION" | "NOT_VALIDATED_HAS_NUMBER_STREET_ASSUMPTION" => "it was guessed",
        "NOT_VALIDATED_HAS_AMBI" => "several addresses fit",
        "NOT_VALIDATED_INCORRECT_HOUSE" | "NOT_VALIDATED_EXCEDED_HOUSE_NUMBER" => "there is no such house",
        "NOT_VALIDATED_HOUSE_WITHOUT_STREET_OR_NP" => "a house without a street",
        "NOT_VALIDATED_HAS_NO_KLADR_RECORD" => "it is not in the address register",
        _ => "it could not be confirmed",
    };
    let words = format!("recipient.address is doubtful, see {part}: {why} ({quality}, {checked})");
    Some(Err(error("address_doubtful", &words, "", RefusalKind::Consignee)))
}

/// Reads `clean/physical`.
pub(super) fn name(body: &Value) -> Option<Result<Name, OperatorError>> {
    let name: Name = serde_json::from_value(item(body)?.clone()).ok()?;
    Some(match name.quality_code.as_deref()? {
        "CONFIRMED_MANUALLY" | "EDITED" => Ok(name),
        quality => {
            let words = format!("recipient.name is doubtful ({quality}): give surname and given name apart");
            Err(error("name_doubtful", &words, "", RefusalKind::Consignee))
        }
    })
}

/// Reads `clean/phone`.
pub(super) fn phone(body: &Value) -> Option<Result<(), OperatorError>> {
    let quality = item(body)?.get("quality-code")?.as_str()?;
    Some(if quality == "GOOD" || quality.starts_with("GOOD_") {
        Ok(())
    } else {
        let words = format!("recipient.phone is doubtful ({quality}): give a number that can be called");
        Err(error("phone_doubtful", &words, "", RefusalKind::Consignee))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::russian_post::samples::consignment;

    fn of(quality: &str, checked: &str) -> Option<Result<Address, String>> {
        let body = json!([{"id":"0","original-address":"…","address-type":"DEFAULT","index":"630099",
            "region":"обл Новосибирская","place":"г Новосибирск","street":"ул Примерная","house":"7","room":"12",
            "quality-code":quality,"validation-code":checked,"region-guid":"x"}]);
        address(&body).map(|read| read.map_err(|error| error.message))
    }

    #[test]
    fn an_address_is_used_only_when_both_codes_are_good() {
        for quality in ["GOOD", "POSTAL_BOX", "ON_DEMAND", "UNDEF_05"] {
            for checked in ["VALIDATED", "OVERRIDDEN", "CONFIRMED_MANUALLY"] {
                assert!(matches!(of(quality, checked), Some(Ok(_))), "{quality} {checked}");
            }
        }
        for quality in ["UNDEF_01", "UNDEF_02", "UNDEF_03", "UNDEF_04", "UNDEF_06", "UNDEF_07", "NEW"] {
            let Some(Err(words)) = of(quality, "VALIDATED") else { panic!("{quality}") };
            assert!(words.contains("recipient.address") && words.contains(quality), "{words}");
        }
        let Some(Err(words)) = of("UNDEF_04", "NOT_VALIDATED_INCORRECT_HOUSE") else { panic!("doubtful") };
        assert!(words.contains("the house") && words.contains("no such house"), "{words}");
        assert!(matches!(of("GOOD", "NOT_VALIDATED_HAS_AMBI"), Some(Err(_))));
    }

    #[test]
    fn an_answer_about_something_else_is_none() {
        for body in [json!([]), json!({}), json!([{"id":"1","quality-code":"GOOD"}]), json!([{"id":"0"}])] {
            assert!(address(&body).is_none() && name(&body).is_none() && phone(&body).is_none(), "{body}");
        }
    }

    #[test]
    fn names_and_phones_by_their_quality() {
        let name_of = |quality: &str| {
            name(&json!([{"id":"0","surname":"Сидоров","name":"Петр","quality-code":quality}]))
        };
        assert!(matches!(name_of("EDITED"), Some(Ok(name)) if name.surname.as_deref() == Some("Сидоров")));
        assert!(matches!(name_of("NOT_SURE"), Some(Err(error)) if error.code == "name_doubtful"));
        let phone_of = |quality: &str| phone(&json!([{"id":"0","quality-code":quality}]));
        assert_eq!(phone_of("GOOD_REPLACED_CODE"), Some(Ok(())));
        assert!(matches!(phone_of("GARBAGE"), Some(Err(error)) if error.message.contains("recipient.phone")));
    }

    #[test]
    fn texts_are_put_together_for_reading() {
        let mut to = consignment().consignee;
        assert_eq!(
            address_text(&to),
            "630099, Новосибирская область, Новосибирск, ул. Примерная, д. 7, кв. 12"
        );
        assert_eq!((name_text(&to), phone_digits(&to)), ("Сидоров Петр".into(), Ok(79_161_234_567)));
        to.phone = Some(yam_domain::phone::Phone::parse("+82 10 1234 5678", "KR").unwrap());
        assert!(phone_digits(&to).is_err());
    }
}

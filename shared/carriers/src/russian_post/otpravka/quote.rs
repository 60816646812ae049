//! Contract prices (protocol notes, section 4.2).

use serde_json::{Value, json};
use yam_domain::money::{Currency, Money};

use super::errors::entries;
use crate::carrier::OperatorRate;
use crate::consignment::Quote;
use crate::errors::own;
use crate::outcome::{OperatorError, RefusalKind};
use crate::russian_post::RussianPostSettings;
use crate::russian_post::products::Product;
use crate::russian_post::value::Value as Worth;

/// The question for one service.
pub(super) fn question(
    settings: &RussianPostSettings,
    product: &Product,
    quote: &Quote,
    to: &str,
) -> Result<Value, OperatorError> {
    let words = || format!("{} has no contract price", product.id);
    let mail_type = product.name.ok_or_else(|| own("service", words(), RefusalKind::Service))?;
    let worth = Worth::of_quote(settings, product, quote)?;
    let mut question = json!({
        "index-from": settings.from_index,
        "index-to": to,
        "mail-type": mail_type,
        "mail-category": worth.category.name(),
        "mass": quote.weight.get(),
        "fragile": false,
        "inventory": false,
        "with-order-of-notice": false,
        "with-simple-notice": false,
        "entries-type": "SALE_OF_GOODS",
    });
    if let Some(members) = question.as_object_mut() {
        if worth.declared > 0 {
            members.insert("declared-value".to_owned(), json!(worth.declared));
        }
        if let Some([length, width, height]) = quote.dimensions.map(|size| size.centimetres()) {
            let size = json!({ "length": length, "width": width, "height": height });
            members.insert("dimension".to_owned(), size);
        }
    }
    Ok(question)
}

/// The answer: rates are told without VAT, which stands beside each.
///
/// # Errors
/// The operator's refusal, or none when the answer has no price.
pub(super) fn price(body: &Value, service: &str) -> Result<OperatorRate, Option<OperatorError>> {
    if let Some((_, error)) = entries(body).into_iter().next() {
        return Err(Some(error));
    }
    let kopecks = |name: &str| body.get(name).and_then(Value::as_i64).filter(|kopecks| *kopecks >= 0);
    let rub = |kopecks: i64| Money::new(kopecks, Currency::Rub);
    let total = kopecks("total-rate").filter(|total| *total > 0).ok_or(None)?;
    let vat = kopecks("total-vat").ok_or(None)?;
    let insurance = body.get("insurance-rate").and_then(|part| part.get("rate")).and_then(Value::as_i64);
    let insurance = insurance.filter(|kopecks| (1..total).contains(kopecks));
    let days = |name: &str| {
        let days = body.get("delivery-time").and_then(|terms| terms.get(name)).and_then(Value::as_u64);
        days.and_then(|days| u32::try_from(days).ok())
    };
    let transit_days = days("max-days").map(|most| (days("min-days").unwrap_or(most), most));
    Ok(OperatorRate {
        service: service.to_owned(),
        postage: rub(total.saturating_sub(insurance.unwrap_or(0))),
        vat: rub(vat),
        cod_fee: None,
        insurance: insurance.map(rub),
        transit_days,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::russian_post::products::find;
    use crate::russian_post::samples::{quote, rub};

    #[test]
    fn the_captures_of_the_notes_are_prices() {
        let first = json!({"total-rate":30658,"total-vat":6132,"fragile-rate":{"rate":7075,"vat":1415},
            "delivery-time":{"max-days":3,"min-days":1},"payment-method":"CASHLESS"});
        let rate = price(&first, "parcel").unwrap();
        assert_eq!((rate.postage, rate.vat, rate.transit_days), (rub(30_658), rub(6_132), Some((1, 3))));
        let second = json!({"total-rate":61148,"total-vat":13453,"delivery-time":{"max-days":40,"min-days":38},
            "insurance-rate":{"rate":148,"vat":33},"tariff-count":1});
        let rate = price(&second, "parcel").unwrap();
        assert_eq!((rate.postage, rate.insurance, rate.vat), (rub(61_000), Some(rub(148)), rub(13_453)));
    }

    #[test]
    fn what_has_no_price_is_no_price() {
        for body in [json!({}), json!([]), json!({"total-rate":0,"total-vat":0}), json!({"total-rate":1})] {
            assert_eq!(price(&body, "parcel"), Err(None), "{body}");
        }
        let refused = json!({"errors":[{"code":"CODE_1372","description":"Доставка не осуществляется"}]});
        let Err(Some(error)) = price(&refused, "parcel") else { panic!("refused") };
        assert_eq!(error.kind, RefusalKind::City);
    }

    #[test]
    fn a_question_says_what_is_declared_and_how_large_it_is() {
        let settings = RussianPostSettings::new("101000");
        let cod = Quote { cod: true, ..quote() };
        let body = question(&settings, find("parcel").unwrap(), &cod, "630099").unwrap();
        assert_eq!(body["mail-category"], "WITH_DECLARED_VALUE_AND_CASH_ON_DELIVERY");
        assert_eq!(body["declared-value"], 150_000);
        assert_eq!(body["dimension"], json!({"length":26,"width":17,"height":8}));
        assert_eq!((&body["mass"], &body["index-to"]), (&json!(1250), &json!("630099")));
        let error = question(&settings, find("standard_parcel").unwrap(), &cod, "630099").unwrap_err();
        assert_eq!(error.kind, RefusalKind::Service);
    }
}

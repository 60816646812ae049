//! The `Receipt` of a payment and the lines of a refund (54-FZ).

use serde_json::{Value, json};
use yam_domain::payment::receipt::Receipt;

use crate::account::AccountSettings;
use crate::decimal::rubles;

/// Tax systems in the order of their codes, in Robokassa's words.
const SYSTEMS: [&str; 6] = ["osn", "usn_income", "usn_income_outcome", "envd", "esn", "patent"];

/// The receipt of a payment, as JSON text.
pub(super) fn payment(receipt: &Receipt, settings: &AccountSettings) -> String {
    let items: Vec<Value> = receipt
        .lines
        .iter()
        .map(|line| {
            let sum = line.price.checked_mul(u64::from(line.quantity)).unwrap_or(line.price);
            json!({
                "name": line.name,
                "quantity": line.quantity,
                "sum": number(&rubles(sum)),
                "payment_method": "full_payment",
                "payment_object": line.subject.as_str(),
                "tax": line.vat.word(),
            })
        })
        .collect();
    let mut body = json!({ "items": items });
    let system = settings.tax_system.and_then(|code| SYSTEMS.get(usize::from(code).checked_sub(1)?));
    if let (Some(system), Some(fields)) = (system, body.as_object_mut()) {
        fields.insert("sno".into(), json!(system));
    }
    body.to_string()
}

/// The lines of a refund, whose names have other spellings.
pub(super) fn refund(receipt: &Receipt) -> Vec<Value> {
    let line = |line: &yam_domain::payment::receipt::ReceiptLine| {
        json!({
            "Name": line.name,
            "Quantity": line.quantity,
            "Cost": number(&rubles(line.price)),
            "Tax": line.vat.word(),
            "PaymentMethod": "full_payment",
            "PaymentObject": line.subject.as_str(),
        })
    };
    receipt.lines.iter().map(line).collect()
}

/// A JSON number of exactly these digits.
pub(super) fn number(decimal: &str) -> Value {
    serde_json::from_str(decimal).unwrap_or(Value::Null)
}

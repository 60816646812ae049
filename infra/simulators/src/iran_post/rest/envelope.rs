//! `{"ResCode":0,"ResMsg":"…","Data":…}` and the errors of single items.

use http::StatusCode;
use serde_json::{Value, json};

use crate::pipeline::Answer;

const JSON: &str = "application/json; charset=utf-8";

/// A call refused as a whole, with its `ResCode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) i64);

/// What a method gives back.
pub(crate) type Outcome = Result<Value, Refused>;

/// Puts an outcome into its envelope.
pub(crate) fn answer(outcome: Outcome) -> Answer {
    let (code, data) = match outcome {
        Ok(data) => (0, data),
        Err(Refused(code)) => (code, Value::Null),
    };
    json_answer(StatusCode::OK, &json!({"ResCode": code, "ResMsg": result_text(code), "Data": data}))
}

/// A plain message of the web framework.
pub(crate) fn message(status: StatusCode, text: &str) -> Answer {
    json_answer(status, &json!({"Message": text}))
}

/// Any JSON.
pub(crate) fn json_answer(status: StatusCode, value: &Value) -> Answer {
    Answer { status, content_type: JSON, body: value.to_string().into() }
}

/// The `Errors` of an item.
pub(crate) fn errors(codes: &[i64]) -> Value {
    codes.iter().map(|code| json!({"ErrorCode": code, "ErrorMessage": error_text(*code)})).collect()
}

/// The text of a `ResCode`.
pub(crate) fn result_text(code: i64) -> &'static str {
    match code {
        0 => "ok",
        -1 => "تعداد فراخوانی بیش از حد مجاز است",
        -2 => "خطای سیستمی",
        12 => "خطا در محاسبه قیمت یا پارامترها",
        13 => "اطلاعات سفارش نامعتبر است",
        14 => "گیت وی سفارش را نپذیرفت",
        16 => "کد فروشگاه نامعتبر است",
        17 => "کد رهگیری خالی است",
        18 => "لیست مرسولات خالی است",
        19 => "درخواست تغییر وضعیت نامعتبر است",
        21 => "مرسوله یافت نشد",
        22 => "گیت وی بارکد نداد",
        25 => "صورتحساب یافت نشد",
        26 => "خطا در جزئیات صورتحساب",
        _ => "خطا",
    }
}

fn error_text(code: i64) -> &'static str {
    match code {
        1101 => "نام محصول خالی است",
        1102 => "موجودی باید بزرگتر از صفر باشد",
        1103 => "وزن کمتر از حداقل است",
        1104 => "وزن بیشتر از 30000 گرم است",
        1105 => "قیمت خارج از محدوده است",
        1106 | 1107 => "درصد تخفیف نامعتبر است",
        1121 | 1122 => "شناسه محصول نامعتبر است",
        2103 | 9502 => "شهر نامعتبر است",
        2106 => "نوع سرویس نامعتبر است",
        2107 => "قرارداد مطبوعات وجود ندارد",
        2108 => "نوع پرداخت نامعتبر است",
        2109 => "بالای 5000 گرم باید پیشتاز باشد",
        2111 => "وزن مجاز نیست",
        2112 | 2113 => "خطای قیمت گیت وی",
        2201..=2207 => "یکی از مشخصات گیرنده خالی است",
        2208 | 9101 => "کد پستی نامعتبر است",
        2209 => "لیست محصولات خالی است",
        2212..=2215 => "محصول نامعتبر در مرسوله",
        2301..=2305 => "کیوسک یا نقطه تحویل نامعتبر است",
        9003 => "در این مرحله امکان تغییر وضعیت نیست",
        9505 => "شناسه سفارش تکراری است",
        _ => "خطا",
    }
}

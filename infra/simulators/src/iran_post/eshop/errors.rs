//! The service's error codes and their texts.

pub(crate) const OK: i64 = 0;
pub(crate) const BAD_LOGIN: i64 = -1;
pub(crate) const NO_SUCH_PRODUCT: i64 = -2;
pub(crate) const NO_PRODUCTS: i64 = -3;
pub(crate) const BAD_PAY_TYPE: i64 = -4;
pub(crate) const BAD_SERVICE_TYPE: i64 = -5;
pub(crate) const BAD_POSTAL_CODE: i64 = -6;
pub(crate) const NO_GATEWAY: i64 = -10;

/// The text beside a code.
pub(crate) fn text(code: i64) -> &'static str {
    match code {
        OK => "",
        BAD_LOGIN => "نام کاربری یا کلمه عبور اشتباه است",
        NO_SUCH_PRODUCT => "محصول یافت نشد",
        NO_PRODUCTS => "سفارش محصولی ندارد",
        BAD_PAY_TYPE => "نوع پرداخت نامعتبر است",
        BAD_SERVICE_TYPE => "کد روش ارسال نامعتبر است",
        BAD_POSTAL_CODE => "کد پستی نامعتبر است",
        NO_GATEWAY => "ارتباط با گیت وی پست برقرار نشد",
        _ => "خطا",
    }
}

/// A refusal: a code, and a text of its own where the code alone says too little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: i64,
    pub(crate) text: &'static str,
}

impl Refusal {
    /// A code with its usual text.
    pub(crate) fn new(code: i64) -> Self {
        Self { code, text: text(code) }
    }

    /// The gateway's 502.
    pub(crate) fn bad_city() -> Self {
        Self { code: NO_GATEWAY, text: "502: کد استان یا شهر نامعتبر است" }
    }

    /// The gateway's 805 and the like.
    pub(crate) fn no_price() -> Self {
        Self { code: NO_GATEWAY, text: "805: وزن یا مبلغ نامعتبر است" }
    }
}

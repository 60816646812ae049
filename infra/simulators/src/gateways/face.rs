//! How a gateway's pages speak.

/// The words of a page.
pub(crate) struct Words {
    pub(super) lang: &'static str,
    pub(super) dir: &'static str,
    pub(super) amount: &'static str,
    pub(super) shop: &'static str,
    pub(super) order: &'static str,
    pub(super) card: &'static str,
    pub(super) pay: &'static str,
    pub(super) cancel: &'static str,
    pub(super) time_out: &'static str,
    pub(super) back: &'static str,
    pub(super) stay: &'static str,
    pub(super) swapped: &'static str,
    pub(super) closed: &'static str,
    pub(super) unknown: &'static str,
}

/// A gateway as the payer sees it.
pub(crate) struct Face {
    pub(super) title: &'static str,
    pub(super) words: &'static Words,
    /// The currency's name.
    pub(super) unit: &'static str,
    /// How many digits of an amount stand behind the point.
    pub(super) decimals: u8,
}

pub(super) const PERSIAN: Words = Words {
    lang: "fa",
    dir: "rtl",
    amount: "مبلغ",
    shop: "پذیرنده",
    order: "شماره سفارش",
    card: "شماره کارت",
    pay: "پرداخت",
    cancel: "انصراف",
    time_out: "پایان مهلت",
    back: "بازگشت به فروشگاه",
    stay: "در همین صفحه بمان",
    swapped: "بازگشت با شناسه پرداختی دیگر",
    closed: "این پرداخت دیگر باز نیست",
    unknown: "چنین پرداختی وجود ندارد",
};

pub(super) const RUSSIAN: Words = Words {
    lang: "ru",
    dir: "ltr",
    amount: "Сумма",
    shop: "Магазин",
    order: "Номер заказа",
    card: "Номер карты",
    pay: "Оплатить",
    cancel: "Отказаться",
    time_out: "Время вышло",
    back: "Вернуться в магазин",
    stay: "Остаться на этой странице",
    swapped: "Вернуться с номером другого платежа",
    closed: "Этот платёж уже закрыт",
    unknown: "Такого платежа нет",
};

pub(super) const KOREAN: Words = Words {
    lang: "ko",
    dir: "ltr",
    amount: "결제 금액",
    shop: "상점",
    order: "주문번호",
    card: "카드 번호",
    pay: "결제하기",
    cancel: "취소",
    time_out: "시간 초과",
    back: "상점으로 돌아가기",
    stay: "이 페이지에 머무르기",
    swapped: "다른 결제 번호로 돌아가기",
    closed: "이미 종료된 결제입니다",
    unknown: "존재하지 않는 결제입니다",
};

impl Face {
    /// An amount as it is written, with its unit.
    pub(super) fn money(&self, amount: i64) -> String {
        format!("{} {}", decimal(amount, self.decimals), self.unit)
    }
}

/// An amount in the smallest unit as a decimal number.
pub(super) fn decimal(amount: i64, decimals: u8) -> String {
    let base = 10_i64.pow(u32::from(decimals.min(9)));
    if decimals == 0 {
        return amount.to_string();
    }
    let (whole, rest) = (amount / base, (amount % base).abs());
    format!("{whole}.{rest:0width$}", width = usize::from(decimals))
}

/// A decimal number in the smallest unit; no more digits behind the point than the unit has, save zeros.
pub(super) fn parse_decimal(text: &str, decimals: u8) -> Option<i64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(rest) {
        return None;
    }
    let width = usize::from(decimals);
    let (kept, cut) = rest.split_at(rest.len().min(width));
    if cut.bytes().any(|byte| byte != b'0') {
        return None;
    }
    format!("{whole}{kept:0<width$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_come_back() {
        for (text, amount) in
            [("100.00", 10_000), ("100", 10_000), ("0.05", 5), ("100.000000", 10_000), ("7.5", 750)]
        {
            assert_eq!(parse_decimal(text, 2), Some(amount), "{text}");
        }
        for bad in ["", ".5", "1e3", "-1", "1.005", "1,00", "99999999999999999999", "1.0.0", "۱۰"] {
            assert_eq!(parse_decimal(bad, 2), None, "{bad}");
        }
        assert_eq!(decimal(10_005, 2), "100.05");
        assert_eq!(decimal(250_000, 0), "250000");
    }
}

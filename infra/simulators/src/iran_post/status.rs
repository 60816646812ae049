//! The post's status codes and the words the control surface accepts for them.

/// Codes of the post.
pub(crate) const WAITING_FOR_SHOP: i64 = 0;
pub(crate) const CANCELLED: i64 = 1;
pub(crate) const READY: i64 = 2;
pub(crate) const COD_SETTLED: i64 = 71;
pub(crate) const NOT_FOUND: i64 = -1;

/// The shop may still change its mind in these.
pub(crate) fn shop_may_change(status: i64) -> bool {
    matches!(status, 0 | 2 | 3 | 4)
}

/// The post's label of a code.
pub(crate) fn label(code: i64) -> &'static str {
    match code {
        -1 => "پیدا نشد",
        0 => "معطل در فروشگاه",
        1 => "کنسل شده",
        2 => "آماده قبول",
        3 => "اشتباه در آماده ارسال",
        4 => "عدم حضور مدیر فروشگاه",
        5 => "قبول شده",
        6 => "غیر قابل قبول",
        7 => "توزیع شده",
        8 => "باجه معطله",
        9 => "عدم توزیع",
        10 => "پیش برگشتی",
        11 => "برگشتی نهایی",
        12 => "مرسوله مشارکتی",
        13 => "وارد شده به استان توزیع",
        14 => "تحویل به نامه رسان",
        15 => "مراجعه اول",
        16 => "مراجعه دوم",
        17 => "توزیع در صندوق پستی",
        18 => "بی ترتیبی",
        50 => "در حال جمع‌آوری",
        70 => "تایید مالی",
        71 => "تسویه حساب",
        72 => "تسویه شده با پست",
        80 => "حذف شده",
        81 => "بلاتکلیف",
        82 => "مانند قبول",
        83 | 255 => "تایید برگشتی",
        _ => "نامشخص",
    }
}

/// The post's code for a word of the control surface.
pub(crate) fn from_word(word: &str) -> Option<i64> {
    WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, code)| *code)
}

/// All words, for error messages.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|(word, _)| *word)
}

const WORDS: [(&str, i64); 34] = [
    ("registered", 0),
    ("awaiting_code", 0),
    ("cancelled", 1),
    ("ready", 2),
    ("ready_for_pickup", 2),
    ("pickup_revoked", 3),
    ("pickup_failed", 4),
    ("accepted", 5),
    ("rejected_at_origin", 6),
    ("delivered", 7),
    ("arrived", 8),
    ("probably_arrived", 8),
    ("held_for_pickup", 8),
    ("storage_expiring", 8),
    ("undeliverable", 9),
    ("returning", 10),
    ("storage_expired", 10),
    ("returned", 11),
    ("on_hold", 12),
    ("needs_review", 12),
    ("in_transit", 13),
    ("customs", 13),
    ("out_for_delivery", 14),
    ("delivery_failed", 15),
    ("delivery_attempted", 15),
    ("second_attempt", 16),
    ("delivered_to_box", 17),
    ("lost", 18),
    ("exception", 18),
    ("pickup_in_progress", 50),
    ("cod_remitted", 70),
    ("cod_settled", 71),
    ("unknown", 81),
    ("return_confirmed", 255),
];

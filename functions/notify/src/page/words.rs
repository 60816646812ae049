//! The page's own words.

use yam_domain::money::display::Locale;

/// In one language.
pub(super) struct Words {
    pub(super) code: &'static str,
    pub(super) office: &'static str,
    pub(super) deadline: &'static str,
    pub(super) waits: &'static str,
    pub(super) have: &'static str,
    pub(super) hint: &'static str,
    pub(super) had: &'static str,
    pub(super) leave: &'static str,
}

impl Words {
    pub(super) const fn of(locale: Locale) -> Words {
        match locale {
            Locale::En => Words {
                code: "Tracking code",
                office: "Post office",
                deadline: "Kept until",
                waits: "Days waiting",
                have: "I have it",
                hint: "Then nobody reminds you of it any more.",
                had: "Thank you. You have it, and nobody reminds you any more.",
                leave: "No more messages",
            },
            Locale::Ru => Words {
                code: "Трек-номер",
                office: "Отделение",
                deadline: "Хранится до",
                waits: "Дней ожидания",
                have: "Посылка у меня",
                hint: "После этого мы не будем о ней напоминать.",
                had: "Спасибо! Посылка у вас, напоминаний больше не будет.",
                leave: "Отказаться от сообщений",
            },
            Locale::Fa => Words {
                code: "کد رهگیری",
                office: "دفتر پستی",
                deadline: "مهلت نگهداری",
                waits: "روزهای انتظار",
                have: "تحویل گرفتم",
                hint: "پس از آن دیگر یادآوری نمی‌کنیم.",
                had: "سپاس. مرسوله نزد شماست و دیگر یادآوری نمی‌کنیم.",
                leave: "لغو پیام‌ها",
            },
            Locale::Ko => Words {
                code: "등기번호",
                office: "우체국",
                deadline: "보관 기한",
                waits: "보관 일수",
                have: "받았습니다",
                hint: "이후에는 알림을 보내지 않습니다.",
                had: "감사합니다. 상품을 받으셨으므로 더 이상 알리지 않습니다.",
                leave: "알림 받지 않기",
            },
        }
    }
}

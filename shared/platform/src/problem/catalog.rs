//! What each kind of problem says: slug, status, and the words in four languages.

use http::StatusCode;

use super::{Kind, Text};

/// What a kind says.
pub(super) struct Entry {
    pub(super) slug: &'static str,
    pub(super) status: StatusCode,
    pub(super) title: Text,
    pub(super) detail: Text,
}

impl Kind {
    pub(super) fn entry(self) -> Entry {
        match self {
            Kind::Validation => Entry {
                slug: "validation",
                status: StatusCode::UNPROCESSABLE_ENTITY,
                title: Text {
                    en: "Some fields are not valid",
                    fa: "برخی فیلدها معتبر نیستند",
                    ru: "Некоторые поля заполнены неверно",
                    ko: "일부 항목이 올바르지 않습니다",
                },
                detail: Text {
                    en: "Correct the fields listed in errors and send the request again; nothing was stored.",
                    fa: "فیلدهای فهرست‌شده در errors را اصلاح و درخواست را دوباره ارسال کنید؛ چیزی ذخیره نشد.",
                    ru: "Исправьте поля из списка errors и повторите запрос; ничего не сохранено.",
                    ko: "errors에 있는 항목을 고쳐 다시 보내세요. 저장된 것은 없습니다.",
                },
            },
            Kind::Malformed => Entry {
                slug: "malformed-request",
                status: StatusCode::BAD_REQUEST,
                title: Text {
                    en: "The request cannot be read",
                    fa: "درخواست خوانده نمی‌شود",
                    ru: "Запрос не удалось прочитать",
                    ko: "요청을 읽을 수 없습니다",
                },
                detail: Text { en: "{0}", fa: "{0}", ru: "{0}", ko: "{0}" },
            },
            Kind::TooLarge => Entry {
                slug: "request-too-large",
                status: StatusCode::PAYLOAD_TOO_LARGE,
                title: Text {
                    en: "The request is too large",
                    fa: "درخواست بیش از حد بزرگ است",
                    ru: "Запрос слишком большой",
                    ko: "요청이 너무 큽니다",
                },
                detail: Text {
                    en: "Send at most {0} bytes.",
                    fa: "حداکثر {0} بایت ارسال کنید.",
                    ru: "Отправляйте не больше {0} байт.",
                    ko: "최대 {0}바이트까지 보낼 수 있습니다.",
                },
            },
            Kind::MediaType => Entry {
                slug: "unsupported-media-type",
                status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
                title: Text {
                    en: "The body is not JSON",
                    fa: "بدنه درخواست JSON نیست",
                    ru: "Тело запроса не JSON",
                    ko: "본문이 JSON이 아닙니다",
                },
                detail: Text {
                    en: "Send a JSON body with the header Content-Type: application/json.",
                    fa: "بدنه JSON را با سرآیند Content-Type: application/json ارسال کنید.",
                    ru: "Отправьте JSON с заголовком Content-Type: application/json.",
                    ko: "Content-Type: application/json 헤더와 함께 JSON을 보내세요.",
                },
            },
            Kind::Unauthorized => Entry {
                slug: "unauthorized",
                status: StatusCode::UNAUTHORIZED,
                title: Text {
                    en: "The API key is missing or not valid",
                    fa: "کلید API وجود ندارد یا معتبر نیست",
                    ru: "Нет ключа API или он неверен",
                    ko: "API 키가 없거나 올바르지 않습니다",
                },
                detail: Text {
                    en: "Send Authorization: Bearer <api key>, or Basic with your user id and the key. Keys are made and rotated by the hub's operator.",
                    fa: "سرآیند Authorization: Bearer <api key> یا Basic با شناسه کاربری و کلید بفرستید. کلیدها را گرداننده سامانه می‌سازد.",
                    ru: "Передайте Authorization: Bearer <ключ> или Basic с идентификатором и ключом. Ключи выдаёт оператор сервиса.",
                    ko: "Authorization: Bearer <API 키> 또는 사용자 ID와 키로 Basic 인증을 보내세요. 키는 운영자가 발급합니다.",
                },
            },
            Kind::Forbidden => Entry {
                slug: "forbidden",
                status: StatusCode::FORBIDDEN,
                title: Text {
                    en: "This key may not do that",
                    fa: "این کلید اجازه این کار را ندارد",
                    ru: "Этому ключу это не разрешено",
                    ko: "이 키로는 할 수 없는 작업입니다",
                },
                detail: Text {
                    en: "The key lacks the scope {0}; use another key or ask the operator for one.",
                    fa: "این کلید دامنه {0} را ندارد؛ کلید دیگری به کار ببرید یا از گرداننده بخواهید.",
                    ru: "У ключа нет права {0}; возьмите другой ключ или запросите его у оператора.",
                    ko: "이 키에는 {0} 권한이 없습니다. 다른 키를 쓰거나 운영자에게 요청하세요.",
                },
            },
            Kind::NotFound => Entry {
                slug: "not-found",
                status: StatusCode::NOT_FOUND,
                title: Text {
                    en: "There is no such thing",
                    fa: "چنین چیزی وجود ندارد",
                    ru: "Не найдено",
                    ko: "찾을 수 없습니다",
                },
                detail: Text {
                    en: "Check the address and the id; you see only what belongs to your own shop.",
                    fa: "نشانی و شناسه را بررسی کنید؛ فقط موارد فروشگاه خودتان را می‌بینید.",
                    ru: "Проверьте адрес и идентификатор; видны только данные вашего магазина.",
                    ko: "주소와 ID를 확인하세요. 자기 상점의 것만 볼 수 있습니다.",
                },
            },
            Kind::MethodNotAllowed => Entry {
                slug: "method-not-allowed",
                status: StatusCode::METHOD_NOT_ALLOWED,
                title: Text {
                    en: "This address does not take that verb",
                    fa: "این نشانی این متد را نمی‌پذیرد",
                    ru: "Этот адрес не принимает такой метод",
                    ko: "이 주소에서 지원하지 않는 메서드입니다",
                },
                detail: Text {
                    en: "See /openapi.json for the verbs of this address.",
                    fa: "متدهای این نشانی در /openapi.json آمده است.",
                    ru: "Допустимые методы описаны в /openapi.json.",
                    ko: "사용할 수 있는 메서드는 /openapi.json을 참고하세요.",
                },
            },
            Kind::OrderNumberTaken => Entry {
                slug: "order-number-taken",
                status: StatusCode::CONFLICT,
                title: Text {
                    en: "Another order has this number",
                    fa: "سفارش دیگری با این شماره وجود دارد",
                    ru: "Заказ с таким номером уже есть с другим содержимым",
                    ko: "같은 번호의 다른 주문이 있습니다",
                },
                detail: Text {
                    en: "Order {0} exists with other content. Send the same content to get it back, or use another number.",
                    fa: "سفارش {0} با محتوای دیگری وجود دارد. همان محتوا را بفرستید یا شماره دیگری به کار ببرید.",
                    ru: "Заказ {0} уже существует с другим содержимым. Отправьте прежнее содержимое или возьмите другой номер.",
                    ko: "주문 {0}이(가) 다른 내용으로 존재합니다. 같은 내용을 보내거나 다른 번호를 쓰세요.",
                },
            },
            Kind::IdempotencyMismatch => Entry {
                slug: "idempotency-key-reused",
                status: StatusCode::UNPROCESSABLE_ENTITY,
                title: Text {
                    en: "This Idempotency-Key was used for another request",
                    fa: "این Idempotency-Key برای درخواست دیگری به کار رفته است",
                    ru: "Этот Idempotency-Key уже использован для другого запроса",
                    ko: "이 Idempotency-Key는 다른 요청에 사용되었습니다",
                },
                detail: Text {
                    en: "Use a new key for a new request; repeat the same body to get the first answer again.",
                    fa: "برای درخواست تازه کلید تازه بسازید؛ برای دریافت پاسخ نخست همان بدنه را تکرار کنید.",
                    ru: "Для нового запроса возьмите новый ключ; чтобы получить прежний ответ, повторите то же тело.",
                    ko: "새 요청에는 새 키를 쓰세요. 같은 본문을 다시 보내면 처음 응답을 받습니다.",
                },
            },
            Kind::Overtaken => Entry {
                slug: "overtaken",
                status: StatusCode::CONFLICT,
                title: Text {
                    en: "Another request changed the same thing at the same time",
                    fa: "درخواست دیگری هم‌زمان همین مورد را تغییر داد",
                    ru: "Другой запрос одновременно изменил то же самое",
                    ko: "다른 요청이 같은 항목을 동시에 변경했습니다",
                },
                detail: Text {
                    en: "Nothing of this request was kept. Wait a second and send it again.",
                    fa: "چیزی از این درخواست ثبت نشد. یک ثانیه صبر کنید و دوباره بفرستید.",
                    ru: "Из этого запроса ничего не сохранено. Подождите секунду и повторите.",
                    ko: "이 요청은 저장되지 않았습니다. 잠시 후 다시 보내세요.",
                },
            },
            Kind::IdempotencyRequired => Entry {
                slug: "idempotency-key-required",
                status: StatusCode::BAD_REQUEST,
                title: Text {
                    en: "An Idempotency-Key is needed",
                    fa: "سرآیند Idempotency-Key لازم است",
                    ru: "Нужен заголовок Idempotency-Key",
                    ko: "Idempotency-Key가 필요합니다",
                },
                detail: Text {
                    en: "Send the header Idempotency-Key with 1 to 255 printable characters.",
                    fa: "سرآیند Idempotency-Key را با ۱ تا ۲۵۵ نویسه چاپی بفرستید.",
                    ru: "Добавьте заголовок Idempotency-Key длиной от 1 до 255 печатных символов.",
                    ko: "1~255자의 Idempotency-Key 헤더를 보내세요.",
                },
            },
            Kind::NotInThisState => Entry {
                slug: "not-in-this-state",
                status: StatusCode::CONFLICT,
                title: Text {
                    en: "Not possible in the present state",
                    fa: "در وضعیت کنونی ممکن نیست",
                    ru: "В текущем состоянии это невозможно",
                    ko: "현재 상태에서는 할 수 없습니다",
                },
                detail: Text {
                    en: "The present state is {0}: {1}",
                    fa: "وضعیت کنونی {0} است: {1}",
                    ru: "Текущее состояние — {0}: {1}",
                    ko: "현재 상태가 {0}입니다: {1}",
                },
            },
            Kind::NotSupportedByOperator => Entry {
                slug: "not-supported-by-operator",
                status: StatusCode::CONFLICT,
                title: Text {
                    en: "The postal operator does not offer this",
                    fa: "اداره پست این امکان را ندارد",
                    ru: "Почтовый оператор этого не предлагает",
                    ko: "우체국에서 제공하지 않는 기능입니다",
                },
                detail: Text { en: "{0}", fa: "{0}", ru: "{0}", ko: "{0}" },
            },
            Kind::OutcomeUnknown => Entry {
                slug: "outcome-unknown",
                status: StatusCode::CONFLICT,
                title: Text {
                    en: "The operator may or may not have the parcel",
                    fa: "معلوم نیست مرسوله نزد پست ثبت شده باشد",
                    ru: "Неизвестно, принял ли оператор отправление",
                    ko: "우체국에 소포가 등록되었는지 알 수 없습니다",
                },
                detail: Text {
                    en: "The answer of the post was lost and this wire cannot be asked. Look into the post's panel ({0}): if the parcel is there, put its code by PUT /v1/parcels/{1}/tracking-code; if it is not, send {\"confirmed_absent\":true}, which is offered from {2} on.",
                    fa: "پاسخ پست گم شد و راهی برای پرسیدن نیست. در پنل پست ({0}) نگاه کنید: اگر مرسوله هست کد آن را با PUT /v1/parcels/{1}/tracking-code ثبت کنید؛ اگر نیست {\"confirmed_absent\":true} بفرستید که از {2} ممکن است.",
                    ru: "Ответ почты потерян, а переспросить нельзя. Посмотрите в кабинете почты ({0}): если отправление есть, укажите код через PUT /v1/parcels/{1}/tracking-code; если нет, отправьте {\"confirmed_absent\":true} (доступно с {2}).",
                    ko: "우체국의 응답이 유실되었고 조회할 방법이 없습니다. 우체국 화면({0})에서 확인하세요. 소포가 있으면 PUT /v1/parcels/{1}/tracking-code로 코드를 입력하고, 없으면 {2} 이후에 {\"confirmed_absent\":true}를 보내세요.",
                },
            },
            Kind::TrackingCodeTaken => Entry {
                slug: "tracking-code-taken",
                status: StatusCode::CONFLICT,
                title: Text {
                    en: "Another parcel has this code",
                    fa: "مرسوله دیگری این کد را دارد",
                    ru: "Этот код уже у другого отправления",
                    ko: "다른 소포가 이 번호를 가지고 있습니다",
                },
                detail: Text {
                    en: "Code {0} belongs to another parcel of this shop; check for a typing error.",
                    fa: "کد {0} متعلق به مرسوله دیگری از همین فروشگاه است؛ اشتباه تایپی را بررسی کنید.",
                    ru: "Код {0} принадлежит другому отправлению магазина; проверьте опечатку.",
                    ko: "번호 {0}은(는) 이 상점의 다른 소포에 있습니다. 오타를 확인하세요.",
                },
            },
            Kind::AccountNotReady => Entry {
                slug: "carrier-account-not-ready",
                status: StatusCode::CONFLICT,
                title: Text {
                    en: "No usable account at the postal operator",
                    fa: "حساب قابل استفاده‌ای نزد پست وجود ندارد",
                    ru: "Нет рабочей учётной записи у почты",
                    ko: "사용할 수 있는 우체국 계정이 없습니다",
                },
                detail: Text { en: "{0}", fa: "{0}", ru: "{0}", ko: "{0}" },
            },
            Kind::OrderUnpaid => Entry {
                slug: "order-unpaid",
                status: StatusCode::CONFLICT,
                title: Text {
                    en: "The order is not paid",
                    fa: "سفارش پرداخت نشده است",
                    ru: "Заказ не оплачен",
                    ko: "주문이 결제되지 않았습니다",
                },
                detail: Text {
                    en: "Confirm the payment by POST /v1/orders/{0}/paid first, or place it as cash on delivery.",
                    fa: "نخست پرداخت را با POST /v1/orders/{0}/paid تأیید کنید یا سفارش را پرداخت در محل ثبت کنید.",
                    ru: "Сначала подтвердите оплату через POST /v1/orders/{0}/paid или оформите наложенный платёж.",
                    ko: "먼저 POST /v1/orders/{0}/paid로 결제를 확인하거나 착불 결제로 등록하세요.",
                },
            },
            Kind::RateNotValid => Entry {
                slug: "rate-not-valid",
                status: StatusCode::UNPROCESSABLE_ENTITY,
                title: Text {
                    en: "The rate_id cannot be used",
                    fa: "rate_id قابل استفاده نیست",
                    ru: "rate_id использовать нельзя",
                    ko: "rate_id를 사용할 수 없습니다",
                },
                detail: Text {
                    en: "{0} Ask POST /v1/rates for a new one.",
                    fa: "{0} با POST /v1/rates نرخ تازه بگیرید.",
                    ru: "{0} Запросите новый через POST /v1/rates.",
                    ko: "{0} POST /v1/rates로 새로 요청하세요.",
                },
            },
            Kind::WeightOverCarrierLimit => Entry {
                slug: "weight-over-carrier-limit",
                status: StatusCode::UNPROCESSABLE_ENTITY,
                title: Text {
                    en: "The weight is outside the operator's limits",
                    fa: "وزن خارج از محدوده پست است",
                    ru: "Вес вне пределов оператора",
                    ko: "무게가 우체국 한도를 벗어났습니다",
                },
                detail: Text {
                    en: "Allowed: above {0} g and below {1} g per product and parcel. Split the order, or call the post for heavier goods: {2}.",
                    fa: "مجاز: بیش از {0} گرم و کمتر از {1} گرم برای هر کالا و مرسوله. سفارش را تقسیم کنید یا برای کالای سنگین‌تر با پست تماس بگیرید: {2}.",
                    ru: "Допустимо: больше {0} г и меньше {1} г на товар и отправление. Разделите заказ или позвоните на почту: {2}.",
                    ko: "허용 범위: 상품과 소포당 {0}g 초과 {1}g 미만. 주문을 나누거나 우체국에 문의하세요: {2}.",
                },
            },
            Kind::StaleVersion => Entry {
                slug: "stale-version",
                status: StatusCode::CONFLICT,
                title: Text {
                    en: "These settings were changed in the meantime",
                    fa: "این تنظیمات در این میان تغییر کرده است",
                    ru: "Настройки тем временем изменились",
                    ko: "그 사이 설정이 변경되었습니다",
                },
                detail: Text {
                    en: "The present version is {0}. Read it, put your change into it, and send it with that version.",
                    fa: "نسخه کنونی {0} است. آن را بخوانید، تغییر خود را در آن بگذارید و با همان نسخه بفرستید.",
                    ru: "Текущая версия — {0}. Прочитайте её, внесите изменение и отправьте с этой версией.",
                    ko: "현재 버전은 {0}입니다. 읽어서 변경을 반영하고 그 버전으로 보내세요.",
                },
            },
            Kind::VoicePreviewUnavailable => Entry {
                slug: "voice-preview-unavailable",
                status: StatusCode::NOT_IMPLEMENTED,
                title: Text {
                    en: "No voice is available for this preview",
                    fa: "برای این پیش‌شنود صدایی در دسترس نیست",
                    ru: "Для этого прослушивания нет голоса",
                    ko: "미리 듣기에 사용할 음성이 없습니다",
                },
                detail: Text {
                    en: "{0} The text as it is spoken can be read without audio.",
                    fa: "{0} متن گفتار بدون صدا قابل خواندن است.",
                    ru: "{0} Произносимый текст доступен без звука.",
                    ko: "{0} 읽어 줄 문장은 소리 없이 볼 수 있습니다.",
                },
            },
            Kind::NoRates => Entry {
                slug: "no-rates",
                status: StatusCode::UNPROCESSABLE_ENTITY,
                title: Text {
                    en: "No service can carry this parcel",
                    fa: "هیچ سرویسی این مرسوله را حمل نمی‌کند",
                    ru: "Ни одна услуга не подходит для этого отправления",
                    ko: "이 소포를 보낼 수 있는 서비스가 없습니다",
                },
                detail: Text {
                    en: "See rate_errors for what each operator said.",
                    fa: "پاسخ هر اپراتور در rate_errors آمده است.",
                    ru: "Ответы операторов смотрите в rate_errors.",
                    ko: "각 우체국의 응답은 rate_errors를 참고하세요.",
                },
            },
            Kind::OperatorsDown => Entry {
                slug: "operators-unavailable",
                status: StatusCode::SERVICE_UNAVAILABLE,
                title: Text {
                    en: "No postal operator answered in time",
                    fa: "هیچ پستی به‌موقع پاسخ نداد",
                    ru: "Ни одна почта не ответила вовремя",
                    ko: "제시간에 응답한 우체국이 없습니다",
                },
                detail: Text {
                    en: "Try again in a minute, or set a fallback tariff table in /v1/settings/carriers.",
                    fa: "یک دقیقه دیگر دوباره تلاش کنید یا در /v1/settings/carriers جدول نرخ پشتیبان تعیین کنید.",
                    ru: "Повторите через минуту или задайте запасной тариф в /v1/settings/carriers.",
                    ko: "1분 후 다시 시도하거나 /v1/settings/carriers에 예비 요금표를 설정하세요.",
                },
            },
            Kind::Throttled => Entry {
                slug: "too-many-requests",
                status: StatusCode::TOO_MANY_REQUESTS,
                title: Text {
                    en: "Too many requests",
                    fa: "درخواست‌ها بیش از حد است",
                    ru: "Слишком много запросов",
                    ko: "요청이 너무 많습니다",
                },
                detail: Text {
                    en: "Wait {0} s and go on more slowly.",
                    fa: "{0} ثانیه صبر کنید و آهسته‌تر ادامه دهید.",
                    ru: "Подождите {0} с и продолжайте медленнее.",
                    ko: "{0}초 후 더 천천히 보내세요.",
                },
            },
            Kind::Unavailable => Entry {
                slug: "temporarily-unavailable",
                status: StatusCode::SERVICE_UNAVAILABLE,
                title: Text {
                    en: "The hub is busy",
                    fa: "سامانه مشغول است",
                    ru: "Сервис занят",
                    ko: "서비스가 혼잡합니다",
                },
                detail: Text {
                    en: "Nothing was stored. Send the same request again in a few seconds.",
                    fa: "چیزی ذخیره نشد. همین درخواست را چند ثانیه دیگر دوباره بفرستید.",
                    ru: "Ничего не сохранено. Повторите тот же запрос через несколько секунд.",
                    ko: "저장된 것은 없습니다. 몇 초 후 같은 요청을 다시 보내세요.",
                },
            },
            Kind::Internal => Entry {
                slug: "internal",
                status: StatusCode::INTERNAL_SERVER_ERROR,
                title: Text {
                    en: "Something went wrong on our side",
                    fa: "خطایی در سمت ما رخ داد",
                    ru: "Ошибка на нашей стороне",
                    ko: "내부 오류가 발생했습니다",
                },
                detail: Text {
                    en: "Send the same request again with the same Idempotency-Key; if it fails again tell the operator the request_id.",
                    fa: "همین درخواست را با همان Idempotency-Key دوباره بفرستید؛ اگر باز هم نشد request_id را به گرداننده بگویید.",
                    ru: "Повторите запрос с тем же Idempotency-Key; если ошибка останется, сообщите оператору request_id.",
                    ko: "같은 Idempotency-Key로 다시 보내고, 계속 실패하면 운영자에게 request_id를 알려 주세요.",
                },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_slug_and_the_same_arguments_in_each_language() {
        let mut slugs: Vec<_> = Kind::ALL.iter().map(|k| k.slug()).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            let Text { en, fa, ru, ko } = kind.entry().detail;
            for n in 0..4 {
                let mark = format!("{{{n}}}");
                let used = en.contains(&mark);
                assert!([fa, ru, ko].iter().all(|t| t.contains(&mark) == used), "{kind:?} {mark}");
            }
        }
    }
}

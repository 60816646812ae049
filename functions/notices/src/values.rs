//! What a preview fills in: a parcel's own values, or invented ones.

use jiff::civil::Date;
use yam_api::store_problem;
use yam_domain::ids::ParcelId;
use yam_domain::jalali::JalaliDate;
use yam_domain::money::display::{self, Locale};
use yam_domain::money::{Currency, Money};
use yam_domain::notice::macros::{Macro, Values};
use yam_domain::notice::{CallFacts, Digest};
use yam_domain::parcel::ParcelStatus;
use yam_platform::Problem;
use yam_store::Read;
use yam_store::items::notices::balance_currency;
use yam_store::items::{Order, Parcel, Recipient};
use yam_store::keys::{of_merchant, sk};

use crate::NoticesState;
use crate::shop::{ShopNotices, fault};

/// The values of a preview, for the eye and for a voice.
pub(crate) struct Filled {
    pub(crate) values: Values,
    pub(crate) country: String,
    track: Option<String>,
    order: Option<String>,
    sum: Option<Money>,
    deadline: Option<Date>,
}

impl Filled {
    /// The same in words, over those for the eye.
    pub(crate) fn spoken(&self, shop: &ShopNotices, locale: Locale) -> Values {
        let facts = CallFacts {
            track: self.track.as_deref(),
            order: self.order.as_deref(),
            sum: self.sum.and_then(|sum| Some((sum, shop.unit_code().parse().ok()?))),
            deadline: self.deadline,
        };
        let mut values = self.values.clone();
        values.extend(facts.spoken(locale));
        values
    }
}

/// What is known before it is put into words.
struct Known {
    name: Option<String>,
    product: Option<String>,
    office: Option<String>,
    days: Option<u32>,
    link: String,
}

/// Invented values of usual length.
pub(crate) fn sample(state: &NoticesState, shop: &ShopNotices, locale: Locale) -> Filled {
    let today = shop.zone().to_datetime(state.store.clock.now()).date();
    let deadline = today.checked_add(jiff::SignedDuration::from_hours(24 * 15)).unwrap_or(today);
    let currency = balance_currency(shop.country());
    let amount = match currency {
        Currency::Irr => 12_500_000,
        Currency::Rub | Currency::Usd | Currency::Eur => 250_000,
        Currency::Krw => 45_000,
    };
    let (name, product) = match locale {
        Locale::Fa => ("مریم نمونه", "لیوان سرامیکی"),
        Locale::Ru => ("Анна Образцова", "Кружка керамическая"),
        Locale::Ko => ("홍보기", "도자기 컵"),
        Locale::En => ("Anna Sample", "Ceramic mug"),
    };
    let office = match shop.country() {
        "IR" => "1143913111",
        "KR" => "04524",
        _ => "101000",
    };
    let known = Known {
        name: Some(name.to_owned()),
        product: Some(product.to_owned()),
        office: Some(office.to_owned()),
        days: Some(5),
        link: format!("{}/t/sample", state.public_url),
    };
    let filled = Filled {
        values: Values::new(),
        country: shop.country().to_owned(),
        track: Some("80083741236541".to_owned()),
        order: Some("1024".to_owned()),
        sum: Some(Money::new(amount, currency)),
        deadline: Some(deadline),
    };
    fill(shop, filled, known, locale, today)
}

/// A parcel's values; 422 when the shop has no such parcel.
pub(crate) async fn of_parcel(
    state: &NoticesState,
    shop: &ShopNotices,
    id: &str,
    locale: Locale,
) -> Result<Filled, Problem> {
    let missing = || Problem::validation(vec![fault("/parcel_id", "there is no such parcel")]);
    let (table, merchant) = (&state.store.table, &shop.merchant.id);
    let id = ParcelId::parse(id).map_err(|_| missing())?;
    let key = of_merchant(merchant, sk::parcel(id.as_str()));
    let parcel: Option<Parcel> = table.get(&key, Read::Eventual).await.map_err(store_problem)?;
    let parcel = parcel.ok_or_else(missing)?;
    let key = of_merchant(merchant, sk::order(parcel.order.as_str()));
    let order: Option<Order> = match parcel.tracked_only {
        true => None,
        false => table.get(&key, Read::Eventual).await.map_err(store_problem)?,
    };
    let cipher = state.store.vault.cipher(merchant).await.map_err(store_problem)?;
    let own = parcel
        .recipient
        .as_ref()
        .and_then(|sealed| cipher.open::<Recipient>(&Parcel::purpose(&parcel.id), sealed).ok());
    let to = own.or_else(|| {
        let order = order.as_ref()?;
        cipher.open(&Order::purpose(&order.id), &order.recipient).ok()
    });
    let now = state.store.clock.now();
    let today = shop.zone().to_datetime(now).date();
    let tracked = parcel.tracked.clone().unwrap_or_default();
    let cash = parcel.cod.and_then(|cod| cod.amount);
    let ordered = order.as_ref().map(|order| order.cod_amount.unwrap_or(order.invoice.total));
    let line = order.as_ref().and_then(|order| order.lines.first()).map(|line| line.title.clone());
    let name = to.as_ref().map(|to| format!("{} {}", to.first_name, to.last_name).trim().to_owned());
    let known = Known {
        name,
        product: parcel.product_name.clone().or(line),
        office: tracked.office.clone(),
        days: tracked.waiting_days(now),
        link: format!("{}/t/sample", state.public_url),
    };
    let filled = Filled {
        values: Values::new(),
        country: to.map_or_else(|| shop.country().to_owned(), |to| to.country),
        track: parcel.tracking_code.as_ref().map(|code| code.as_str().to_owned()),
        order: Some(parcel.order_number.clone()),
        sum: cash.or(ordered).or(parcel.order_total),
        deadline: tracked.storage_deadline,
    };
    Ok(fill(shop, filled, known, locale, today))
}

fn fill(shop: &ShopNotices, mut filled: Filled, known: Known, locale: Locale, today: Date) -> Filled {
    let sum = filled.sum.and_then(|sum| {
        let own = display::format(sum, shop.unit_code(), locale, today);
        own.or_else(|_| display::format(sum, sum.currency().as_str(), locale, today)).ok()
    });
    let pairs = [
        (Macro::Name, known.name),
        (Macro::Track, filled.track.clone()),
        (Macro::Sum, sum),
        (Macro::ProductName, known.product),
        (Macro::Order, filled.order.clone()),
        (Macro::Shop, Some(shop.merchant.display_name.clone())),
        (Macro::Office, known.office),
        (Macro::Deadline, filled.deadline.map(|day| date(shop, day, locale))),
        (Macro::Days, known.days.map(|days| days.to_string())),
        (Macro::Link, Some(known.link)),
        (Macro::Account, Some("main".to_owned())),
        (Macro::Report, Some(report(locale))),
    ];
    let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
    filled.values = pairs.filter(|(_, value)| !value.is_empty()).collect();
    filled
}

/// An invented report of a day.
fn report(locale: Locale) -> String {
    let mut digest = Digest::default();
    digest.came("80083741236541", ParcelStatus::Arrived);
    digest.came("80082240994512", ParcelStatus::Delivered);
    digest.line(locale)
}

/// A day as the shop writes it.
fn date(shop: &ShopNotices, day: Date, locale: Locale) -> String {
    let jalali = shop.shop.as_ref().map_or(shop.country() == "IR", |shop| shop.calendar == "jalali");
    if jalali && let Ok(jalali) = JalaliDate::from_gregorian(day) {
        return jalali.to_string();
    }
    match locale {
        Locale::Ru => day.strftime("%d.%m.%Y").to_string(),
        Locale::En | Locale::Fa | Locale::Ko => day.to_string(),
    }
}

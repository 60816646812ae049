//! A message's words: its values, its template in the version it was planned with, and what comes out.

use jiff::Timestamp;
use jiff::civil::Date;
use yam_domain::jalali::JalaliDate;
use yam_domain::money::Money;
use yam_domain::money::display::{self, Locale};
use yam_domain::notice::macros::{Macro, Text, Values};
use yam_domain::notice::template::{Template, render};
use yam_domain::notice::{CallFacts, Channel, speech, template, voice};
use yam_domain::payment::form::Unit;
use yam_store::items::notices::{MessageWork, NoticeText};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, Store, StoreError};

use crate::fresh::Fresh;
use crate::shop::ShopNotices;

/// The template a message was planned with; none when there is none (a default that was never written).
///
/// # Errors
/// The table does not answer.
pub(crate) async fn template_of(
    store: &Store,
    shop: &ShopNotices,
    work: &MessageWork,
) -> Result<Option<Template>, StoreError> {
    if let Some((id, version)) = &work.text.template {
        let key = of_merchant(&shop.merchant, sk::text_version(id, *version));
        let text: Option<NoticeText> = match store.table.get(&key, Read::Eventual).await? {
            Some(text) => Some(text),
            // Written this moment, perhaps: without it the message would end.
            None => store.table.get(&key, Read::Consistent).await?,
        };
        return Ok(text.map(|text| text.template));
    }
    let text = template::default_text(locale(work), work.audience, work.channel, work.kind);
    Ok(text.map(|text| Template {
        channel: work.channel,
        subject: None,
        text: text.to_owned(),
        provider_template: None,
    }))
}

/// The language of a message.
pub(crate) fn locale(work: &MessageWork) -> Locale {
    Locale::from_tag(&work.text.locale)
}

/// Whether a text may be sent: it reads, it is for its channel, and no example's placeholder is left in it.
pub(crate) fn is_ready(template: Option<&Template>, channel: Channel) -> bool {
    template.is_some_and(|template| {
        template.channel == channel && template.check().is_ok() && template.blocks().is_none()
    })
}

/// The values of a message, for the eye.
pub(crate) fn values(
    shop: &ShopNotices,
    fresh: &Fresh,
    work: &MessageWork,
    link: Option<&str>,
    now: Timestamp,
) -> Values {
    let locale = locale(work);
    let today = shop.zone.to_datetime(now).date();
    let mut values = work.values.clone();
    let mut put = |name: Macro, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            values.entry(name).or_insert(value);
        }
    };
    put(Macro::Name, fresh.name());
    put(Macro::Shop, Some(shop.name.clone()));
    put(Macro::Track, fresh.parcel.as_ref().map(|_| work.about.reference.clone()));
    put(Macro::Order, fresh.order_number().or_else(|| Some(fresh.payment.as_ref()?.code.shown())));
    put(Macro::ProductName, fresh.product());
    put(Macro::Link, link.map(str::to_owned));
    let range = fresh.range().and_then(|(min, max)| {
        let shown = |sum| shown(shop, sum, None, locale, today);
        Some(format!("{} – {}", shown(min)?, shown(max)?))
    });
    put(Macro::Sum, range);
    let sum = fresh.sum().and_then(|(sum, unit)| shown(shop, sum, unit, locale, today));
    put(Macro::Sum, sum);
    let tracked = fresh.parcel.as_ref().and_then(|parcel| parcel.tracked.as_ref());
    put(Macro::Office, tracked.and_then(|tracked| tracked.office.clone()));
    put(Macro::Deadline, tracked.and_then(|t| t.storage_deadline).map(|day| date(shop, day, locale)));
    put(Macro::Days, tracked.and_then(|tracked| tracked.waiting_days(now)).map(|days| days.to_string()));
    values
}

fn shown(shop: &ShopNotices, sum: Money, unit: Option<Unit>, locale: Locale, today: Date) -> Option<String> {
    let code = unit.map_or(shop.shop.currency_unit.as_str(), |unit| unit.code());
    let own = display::format(sum, code, locale, today);
    own.or_else(|_| display::format(sum, sum.currency().as_str(), locale, today)).ok()
}

/// A day as the shop writes it.
fn date(shop: &ShopNotices, day: Date, locale: Locale) -> String {
    if shop.shop.calendar == "jalali"
        && let Ok(jalali) = JalaliDate::from_gregorian(day)
    {
        return jalali.to_string();
    }
    match locale {
        Locale::Ru => day.strftime("%d.%m.%Y").to_string(),
        Locale::En | Locale::Fa | Locale::Ko => day.to_string(),
    }
}

/// A text filled for the eye.
pub(crate) fn written(text: &Text, values: &Values, locale: Locale) -> String {
    render(text, values, locale)
}

/// A text filled for a voice: codes, sums and dates in words, the shop's own pronunciations last.
pub(crate) fn spoken(
    shop: &ShopNotices,
    fresh: &Fresh,
    work: &MessageWork,
    text: &Text,
    mut values: Values,
) -> String {
    let locale = locale(work);
    let order = fresh.order_number();
    let unit = |unit: Option<Unit>| unit.or_else(|| shop.shop.currency_unit.parse().ok());
    let facts = CallFacts {
        track: fresh.parcel.as_ref().map(|_| work.about.reference.as_str()),
        order: order.as_deref(),
        sum: fresh.sum().and_then(|(sum, own)| Some((sum, unit(own)?))),
        deadline: fresh.parcel.as_ref().and_then(|p| p.tracked.as_ref()?.storage_deadline),
    };
    values.extend(facts.spoken(locale));
    let said = voice::normalise(&render(text, &values, locale), locale);
    speech::pronounce(&said, &shop.settings.voice.substitutions)
}

/// The values a provider's approved text takes, in the order in which our text names them.
pub(crate) fn in_order(template: &Template, values: &Values) -> Vec<(Macro, String)> {
    let place = |name: Macro| template.text.find(&format!("{{{}}}", name.as_str()));
    let mut named: Vec<(usize, Macro)> =
        Macro::ALL.into_iter().filter_map(|name| Some((place(name)?, name))).collect();
    named.sort_unstable();
    named.into_iter().map(|(_, name)| (name, values.get(&name).cloned().unwrap_or_default())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Template {
        Template { channel: Channel::Sms, subject: None, text: text.into(), provider_template: None }
    }

    #[test]
    fn an_unedited_text_is_not_ready() {
        assert!(!is_ready(Some(&text("<SHOP>: {track}")), Channel::Sms));
        assert!(!is_ready(Some(&text("Romashka: {track}")), Channel::Call));
        assert!(!is_ready(None, Channel::Sms));
        assert!(is_ready(Some(&text("Romashka: {track}")), Channel::Sms));
    }

    #[test]
    fn values_come_in_the_order_of_the_text() {
        let values = Values::from([(Macro::Track, "RR1".to_owned()), (Macro::Sum, "5".to_owned())]);
        let named = in_order(&text("{sum} for {track} at {office}"), &values);
        let expected = [(Macro::Sum, "5"), (Macro::Track, "RR1"), (Macro::Office, "")];
        assert_eq!(named, expected.map(|(name, value)| (name, value.to_owned())));
    }
}

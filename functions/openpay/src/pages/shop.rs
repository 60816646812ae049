//! The shop whose page it is.

use axum::http::HeaderMap;
use axum::http::header::HOST;
use jiff::tz::TimeZone;
use yam_api::store_problem;
use yam_domain::ids::{LinkId, MerchantId};
use yam_domain::jalali::JalaliDate;
use yam_domain::money::Money;
use yam_domain::money::display::{Locale, format};
use yam_domain::payment::form::Unit;
use yam_platform::Problem;
use yam_platform::problem::Kind;
use yam_store::Read;
use yam_store::items::{Merchant, OpenPaySettings, PaymentLink, Shop as ShopItem};
use yam_store::keys::{of_merchant, sk};

use crate::PayState;

/// A shop as far as its pay page shows it.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) merchant: MerchantId,
    pub(crate) name: String,
    pub(crate) country: String,
    pub(crate) unit: Unit,
    pub(crate) locale: Locale,
    pub(crate) zone: TimeZone,
    pub(crate) jalali: bool,
    pub(crate) settings: OpenPaySettings,
}

impl Shop {
    /// Reads a shop by its slug; 404 when there is none. 1.5 read units.
    pub(crate) async fn load(state: &PayState, slug: &str) -> Result<Shop, Problem> {
        let not_found = || Problem::new(Kind::NotFound);
        let merchant = MerchantId::parse(slug).map_err(|_| not_found())?;
        let table = &state.store.table;
        let at = |sk: &str| of_merchant(&merchant, sk);
        let known: Option<Merchant> =
            table.get(&at(sk::MERCHANT), Read::Eventual).await.map_err(store_problem)?;
        let known = known.ok_or_else(not_found)?;
        let shop: Option<ShopItem> = table.get(&at(sk::SHOP), Read::Eventual).await.map_err(store_problem)?;
        let settings = table.get(&at(sk::OPENPAY), Read::Eventual).await.map_err(store_problem)?;
        let usual = match known.country.as_str() {
            "RU" => Unit::Ruble,
            "KR" => Unit::Won,
            _ => Unit::Rial,
        };
        let unit = shop.as_ref().and_then(|shop| shop.currency_unit.parse().ok()).unwrap_or(usual);
        let zone = shop.as_ref().and_then(|shop| TimeZone::get(&shop.time_zone).ok());
        Ok(Shop {
            name: known.display_name,
            country: shop.as_ref().map_or(known.country, |shop| shop.country.clone()),
            unit,
            locale: shop.as_ref().map_or(Locale::En, |shop| Locale::from_tag(&shop.locale)),
            zone: zone.unwrap_or(TimeZone::UTC),
            jalali: shop.is_some_and(|shop| shop.calendar == "jalali"),
            settings: settings.unwrap_or_default(),
            merchant,
        })
    }

    /// The address before `/openpay/` under which gateways send payers back: the shop's own where it was found to
    /// lead here, else the hub's. Without either it is the host the payer asked for.
    pub(crate) fn base(&self, state: &PayState, headers: &HeaderMap) -> String {
        if let Some(own) =
            self.settings.public_base_url.as_ref().filter(|_| self.settings.public_base_verified)
        {
            return own.trim_end_matches('/').to_owned();
        }
        if !state.public_url.is_empty() {
            return state.public_url.to_string();
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let local = host.starts_with("127.") || host.starts_with("localhost");
        format!("{}://{host}", if local { "http" } else { "https" })
    }

    /// Where a link is paid.
    pub(crate) fn link_url(&self, state: &PayState, headers: &HeaderMap, link: &LinkId) -> String {
        let base = self.base(state, headers);
        if self.settings.public_base_url.is_some() && self.settings.public_base_verified {
            format!("{base}/openpay/{link}")
        } else {
            format!("{base}/openpay/{}/{link}", self.merchant)
        }
    }

    /// An amount in a unit, with the unit's name.
    pub(crate) fn money(&self, state: &PayState, amount: Money, unit: Unit, locale: Locale) -> String {
        let today = state.store.clock.now().to_zoned(self.zone.clone()).date();
        let shown = format(amount, unit.code(), locale, today);
        shown.unwrap_or_else(|_| format!("{} {}", amount.amount(), amount.currency()))
    }

    /// A moment in the shop's zone and calendar.
    pub(crate) fn moment(&self, at: jiff::Timestamp) -> String {
        let local = at.to_zoned(self.zone.clone());
        let time = local.strftime("%H:%M").to_string();
        match JalaliDate::from_gregorian(local.date()).ok().filter(|_| self.jalali) {
            Some(day) => format!("{:04}/{:02}/{:02} {time}", day.year(), day.month(), day.day()),
            None => format!("{} {time}", local.date()),
        }
    }
}

/// A link of the shop; 404 when there is none.
pub(crate) async fn link_of(
    state: &PayState,
    merchant: &MerchantId,
    id: &str,
) -> Result<PaymentLink, Problem> {
    let not_found = || Problem::new(Kind::NotFound);
    let id = LinkId::parse(id).map_err(|_| not_found())?;
    let key = of_merchant(merchant, sk::link(id.as_str()));
    let link = state.store.table.get(&key, Read::Consistent).await.map_err(store_problem)?;
    link.ok_or_else(not_found)
}

//! A shop as notices see it: its settings with their revision, its country, language and zone.

use axum::Json;
use jiff::tz::TimeZone;
use serde_json::Value;
use yam_api::store_problem;
use yam_domain::ids::MerchantId;
use yam_domain::money::display::Locale;
use yam_platform::Problem;
use yam_platform::problem::{Fault, FieldError, Kind};
use yam_store::items::notices::NoticeSettings;
use yam_store::items::{Merchant, Shop};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Key, Read, Txn};

use crate::NoticesState;

/// An answer.
pub(crate) type Answer = Result<Json<Value>, Problem>;

/// A shop with its settings.
pub(crate) struct ShopNotices {
    pub(crate) merchant: Merchant,
    pub(crate) shop: Option<Shop>,
    pub(crate) settings: NoticeSettings,
}

impl ShopNotices {
    /// Loads a shop; 404 when there is none.
    pub(crate) async fn load(state: &NoticesState, id: &MerchantId) -> Result<Self, Problem> {
        let table = &state.store.table;
        let at = |sk: &str| of_merchant(id, sk);
        let merchant: Option<Merchant> =
            table.get(&at(sk::MERCHANT), Read::Eventual).await.map_err(store_problem)?;
        let merchant = merchant.ok_or_else(|| Problem::new(Kind::NotFound))?;
        let shop: Option<Shop> = table.get(&at(sk::SHOP), Read::Eventual).await.map_err(store_problem)?;
        let settings: Option<NoticeSettings> =
            table.get(&at(sk::NOTICES), Read::Consistent).await.map_err(store_problem)?;
        let settings = settings.unwrap_or_else(|| NoticeSettings::usual(&merchant.country));
        Ok(ShopNotices { merchant, shop, settings })
    }

    /// Where the settings stand.
    pub(crate) fn key(&self) -> Key {
        of_merchant(&self.merchant.id, sk::NOTICES)
    }

    /// Adds the write of the changed settings to a transaction.
    pub(crate) fn write(&mut self, state: &NoticesState, txn: &mut Txn) {
        let rev = self.settings.rev;
        self.settings.rev = rev.saturating_add(1);
        let key = self.key();
        if rev == 0 {
            txn.insert("notice settings", &state.store.table, &key, &self.settings);
        } else {
            txn.replace("notice settings", &state.store.table, &key, &self.settings, rev);
        }
    }

    /// Writes the changed settings.
    pub(crate) async fn save(&mut self, state: &NoticesState) -> Result<(), Problem> {
        let mut txn = Txn::new();
        self.write(state, &mut txn);
        txn.commit(&state.store.table).await.map_err(store_problem)
    }

    /// ISO alpha-2 of the country that phones without a country code belong to.
    pub(crate) fn country(&self) -> &str {
        self.shop.as_ref().map_or(&self.merchant.country, |shop| &shop.country)
    }

    /// Language of the default texts.
    pub(crate) fn locale(&self) -> Locale {
        match (&self.shop, self.country()) {
            (Some(shop), _) => Locale::from_tag(&shop.locale),
            (None, "IR") => Locale::Fa,
            (None, "RU") => Locale::Ru,
            (None, "KR") => Locale::Ko,
            (None, _) => Locale::En,
        }
    }

    /// The shop's zone.
    pub(crate) fn zone(&self) -> TimeZone {
        let usual = match self.country() {
            "IR" => "Asia/Tehran",
            "RU" => "Europe/Moscow",
            "KR" => "Asia/Seoul",
            _ => "UTC",
        };
        let name = self.shop.as_ref().map_or(usual, |shop| shop.time_zone.as_str());
        TimeZone::get(name).unwrap_or(TimeZone::UTC)
    }

    /// Code of the unit amounts are shown in.
    pub(crate) fn unit_code(&self) -> &str {
        let usual = match self.country() {
            "IR" => "IRR",
            "RU" => "RUB",
            "KR" => "KRW",
            _ => "USD",
        };
        self.shop.as_ref().map_or(usual, |shop| shop.currency_unit.as_str())
    }
}

/// A field that is wrong, with our own words.
pub(crate) fn fault(pointer: impl Into<String>, words: impl Into<String>) -> FieldError {
    FieldError::new(pointer, Fault::Other(words.into()))
}

/// 422 for the faults, if there are any.
pub(crate) fn refuse(faults: Vec<FieldError>) -> Result<(), Problem> {
    if faults.is_empty() { Ok(()) } else { Err(Problem::validation(faults)) }
}

/// 409 unless the caller changed the version that is stored.
pub(crate) fn same_version(given: u64, stored: u64) -> Result<(), Problem> {
    if given == stored {
        return Ok(());
    }
    Err(Problem::new(Kind::StaleVersion).with(stored.to_string()).member("version", stored))
}

/// The tag of a language.
pub(crate) const fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "en",
        Locale::Fa => "fa",
        Locale::Ru => "ru",
        Locale::Ko => "ko",
    }
}

//! What a shop settled, as one batch of messages sees it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use yam_domain::ids::MerchantId;
use yam_domain::notice::{PriceList, RuleSet, Window, zones};
use yam_domain::phone::Phone;
use yam_platform::secrets::Cipher;
use yam_store::items::notices::{MessengerAccount, NoticeSettings, NoticeText};
use yam_store::items::{Merchant, Shop};
use yam_store::keys::{merchant_partition, of_merchant, sk};
use yam_store::{Read, Store, StoreError};

/// A shop's choices, its accounts and the hub's prices.
#[derive(Debug, Clone)]
pub(crate) struct ShopNotices {
    /// The shop.
    pub(crate) merchant: MerchantId,
    /// Its name for people.
    pub(crate) name: String,
    /// Its rules.
    pub(crate) rules: RuleSet,
    /// When its news leave.
    pub(crate) window: Window,
    /// In the buyer's zone.
    pub(crate) buyer_zone: bool,
    /// Its own zone.
    pub(crate) zone: TimeZone,
    /// How it shows money and dates.
    pub(crate) shop: Shop,
    /// Its people's addresses.
    pub(crate) admin_emails: Vec<String>,
    /// Its people's numbers.
    pub(crate) admin_phones: Vec<Phone>,
    /// Everything else it settled.
    pub(crate) settings: NoticeSettings,
    /// Its accounts at providers.
    pub(crate) accounts: Vec<MessengerAccount>,
    /// What messages cost.
    pub(crate) prices: Arc<PriceList>,
    /// Opens what is sealed for it.
    pub(crate) cipher: Cipher,
    versions: HashMap<String, u64>,
}

impl ShopNotices {
    /// Loads them; none when there is no such merchant. About 4 read units.
    ///
    /// # Errors
    /// The table or the key service do not answer.
    pub(crate) async fn load(
        store: &Store,
        prices: &Prices,
        merchant: &MerchantId,
    ) -> Result<Option<Self>, StoreError> {
        let table = &store.table;
        let at = |sk: &str| of_merchant(merchant, sk);
        let Some(owner) = table.get::<Merchant>(&at(sk::MERCHANT), Read::Eventual).await? else {
            return Ok(None);
        };
        let settings: Option<NoticeSettings> = table.get(&at(sk::NOTICES), Read::Consistent).await?;
        let settings = settings.unwrap_or_else(|| NoticeSettings::usual(&owner.country));
        let shop: Option<Shop> = table.get(&at(sk::SHOP), Read::Eventual).await?;
        let shop = shop.unwrap_or_else(|| usual_shop(&owner.country));
        let partition = merchant_partition(merchant);
        let accounts = table.query_all(&partition, sk::MESSENGERS, Read::Consistent).await?;
        let mut versions = HashMap::new();
        if settings.rules.rules.iter().any(|rule| rule.enabled && rule.template_id.is_some()) {
            let texts: Vec<(_, NoticeText)> =
                table.query_all(&partition, sk::TEXTS, Read::Consistent).await?;
            versions.extend(texts.into_iter().map(|(_, text)| (text.id, text.version)));
        }
        Ok(Some(ShopNotices {
            merchant: merchant.clone(),
            name: owner.display_name,
            rules: settings.rules.clone(),
            window: settings.window,
            buyer_zone: settings.buyer_zone,
            zone: zones::zone(&shop.time_zone).unwrap_or(TimeZone::UTC),
            shop,
            admin_emails: settings.contacts.emails.clone(),
            admin_phones: settings.contacts.phones.clone(),
            settings,
            accounts: accounts.into_iter().map(|(_, account)| account).collect(),
            prices: prices.now(store).await?,
            cipher: store.vault.cipher(merchant).await?,
            versions,
        }))
    }

    /// The version in which a text is written now.
    pub(crate) fn version_of(&self, text: &str) -> Option<u64> {
        self.versions.get(text).copied()
    }
}

/// How a shop that never settled it shows money and time.
fn usual_shop(country: &str) -> Shop {
    let (unit, zone, calendar, locale) = match country {
        "IR" => ("IRR", "Asia/Tehran", "jalali", "fa"),
        "KR" => ("KRW", "Asia/Seoul", "gregorian", "ko"),
        "RU" => ("RUB", "Europe/Moscow", "gregorian", "ru"),
        _ => ("USD", "UTC", "gregorian", "en"),
    };
    Shop {
        country: country.to_owned(),
        currency_unit: unit.to_owned(),
        time_zone: zone.to_owned(),
        calendar: calendar.to_owned(),
        locale: locale.to_owned(),
    }
}

/// The providers and how their accounts fare.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShopNetwork<'a> {
    /// The providers.
    pub(crate) messengers: &'a yam_messengers::Messengers,
    /// How accounts fare.
    pub(crate) healths: &'a crate::health::Healths,
}

/// How long the hub's prices are kept in a container.
const PRICES: SignedDuration = SignedDuration::from_mins(1);

/// The hub's prices as a container keeps them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prices(Arc<Mutex<Kept>>);

/// When they were read.
type Kept = Option<(Timestamp, Arc<PriceList>)>;

impl Prices {
    async fn now(&self, store: &Store) -> Result<Arc<PriceList>, StoreError> {
        let now = store.clock.now();
        if let Some((at, list)) = self.kept().clone()
            && now.duration_since(at) < PRICES
        {
            return Ok(list);
        }
        // Until staff have put prices nothing is charged: shops pay their providers themselves.
        let (list, rev) = yam_store::notices::prices(store).await?;
        let list = Arc::new(if rev == 0 { PriceList::default() } else { list });
        *self.kept() = Some((now, list.clone()));
        Ok(list)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

//! What a message is about, read anew: once when it is planned and once when it is claimed.

use jiff::Timestamp;
use yam_domain::money::Money;
use yam_domain::notice::{Audience, Channel, Contact};
use yam_domain::parcel::ParcelStatus;
use yam_domain::payment::form::Unit;
use yam_domain::payment::link::LinkAmount;
use yam_messengers::mail::EmailAddress;
use yam_platform::secrets::Cipher;
use yam_store::items::notices::{About, MessageWork, OptOut};
use yam_store::items::{Order, Parcel, PayerDetails, Payment, PaymentLink, Recipient, Track};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, Store, StoreError};

use crate::shop::ShopNotices;

/// The parcel, the payment and their person, as they are now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fresh {
    /// The parcel.
    pub(crate) parcel: Option<Parcel>,
    /// Its number's history.
    pub(crate) track: Option<Track>,
    /// The parcel's or payment's order.
    pub(crate) order: Option<Order>,
    /// The payment.
    pub(crate) payment: Option<Payment>,
    /// The payment link.
    pub(crate) link: Option<PaymentLink>,
    recipient: Option<Recipient>,
    payer: Option<PayerDetails>,
}

impl Fresh {
    /// Reads what `about` names; 1 to 3 read units.
    ///
    /// # Errors
    /// The table does not answer.
    pub(crate) async fn load(store: &Store, shop: &ShopNotices, about: &About) -> Result<Fresh, StoreError> {
        let at = |sk: String| of_merchant(&shop.merchant, sk);
        let mut fresh = Fresh::default();
        if let Some(id) = &about.parcel {
            fresh.parcel = store.table.get(&at(sk::parcel(id.as_str())), Read::Consistent).await?;
        }
        if let Some(id) = &about.payment {
            fresh.payment = store.table.get(&at(sk::payment(id.as_str())), Read::Consistent).await?;
        }
        if let Some(id) = &about.link {
            fresh.link = store.table.get(&at(sk::link(id.as_str())), Read::Consistent).await?;
        }
        let ordered = fresh.parcel.as_ref().filter(|parcel| !parcel.tracked_only);
        let order = ordered.map(|parcel| parcel.order.clone()).or_else(|| about.order.clone());
        if let Some(id) = order {
            fresh.order = store.table.get(&at(sk::order(id.as_str())), Read::Eventual).await?;
        }
        fresh.recipient = fresh.open_recipient(&shop.cipher);
        fresh.payer = fresh.open_payer(&shop.cipher);
        Ok(fresh)
    }

    fn open_payer(&self, cipher: &Cipher) -> Option<PayerDetails> {
        if let Some(payment) = &self.payment {
            return cipher.open(&Payment::purpose(&payment.id), &payment.payer).ok();
        }
        let link = self.link.as_ref()?;
        cipher.open(&PaymentLink::purpose(&link.id), link.payer.as_ref()?).ok()
    }

    /// Reads the history of the number too: when it was entered, and when it was accepted.
    ///
    /// # Errors
    /// The table does not answer.
    pub(crate) async fn with_track(
        mut self,
        store: &Store,
        shop: &ShopNotices,
        about: &About,
    ) -> Result<Fresh, StoreError> {
        if let Some(carrier) = about.carrier {
            let key = of_merchant(&shop.merchant, sk::track(carrier.as_str(), &about.reference));
            self.track = store.table.get(&key, Read::Eventual).await?;
        }
        Ok(self)
    }

    fn open_recipient(&self, cipher: &Cipher) -> Option<Recipient> {
        let own = self.parcel.as_ref().and_then(|parcel| {
            let sealed = parcel.recipient.as_ref()?;
            cipher.open(&Parcel::purpose(&parcel.id), sealed).ok()
        });
        own.or_else(|| {
            let order = self.order.as_ref()?;
            cipher.open(&Order::purpose(&order.id), &order.recipient).ok()
        })
    }

    /// Country of the buyer.
    pub(crate) fn country(&self) -> Option<&str> {
        self.recipient.as_ref().map(|to| to.country.as_str())
    }

    /// Postal code of the buyer.
    pub(crate) fn postal_code(&self) -> Option<&str> {
        self.recipient.as_ref()?.postal_code.as_deref()
    }

    /// Language of the buyer, where it is known.
    pub(crate) fn locale(&self) -> Option<&String> {
        let payment = self.payment.as_ref().map(|payment| &payment.language);
        payment.or_else(|| self.recipient.as_ref()?.locale.as_ref())
    }

    /// The buyer's whole name.
    pub(crate) fn name(&self) -> Option<String> {
        if let Some(payer) = &self.payer {
            return Some(payer.name.clone());
        }
        let to = self.recipient.as_ref()?;
        let name = format!("{} {}", to.first_name, to.last_name);
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    }

    /// Whom a message goes to.
    pub(crate) fn contact(&self, shop: &ShopNotices, work: &MessageWork) -> Contact {
        let place = usize::from(work.contact);
        let (phone, email) = match work.audience {
            Audience::Admin => (shop.admin_phones.get(place).cloned(), shop.admin_emails.get(place).cloned()),
            Audience::Buyer => match (&self.payer, &self.recipient) {
                (Some(payer), _) => {
                    (payer.mobile.clone().or_else(|| payer.phone.clone()), payer.email.clone())
                }
                (None, Some(to)) => (to.phone.clone().or_else(|| to.phone2.clone()), to.email.clone()),
                (None, None) => (None, None),
            },
        };
        if work.channel.needs_phone() {
            return phone.map_or(Contact::None, Contact::Phone);
        }
        let address = email.and_then(|text| EmailAddress::parse(&text).ok());
        address.map_or(Contact::None, |address| Contact::Email(address.as_str().to_owned()))
    }

    /// The buyer by every means there is.
    pub(crate) fn everyone(&self) -> Vec<Contact> {
        let Some(to) = &self.recipient else { return vec![] };
        let phones = [&to.phone, &to.phone2].into_iter().flatten().cloned().map(Contact::Phone);
        phones.chain(to.email.clone().map(Contact::Email)).collect()
    }

    /// Whether the buyer agreed to this channel, where that is needed. The shop's own people need not.
    pub(crate) fn consents(&self, shop: &ShopNotices, channel: Channel) -> bool {
        let needed = channel == Channel::Call && shop.settings.consent_needed.call;
        !needed || self.recipient.as_ref().is_some_and(|to| to.call_consent)
    }

    /// Handed over, also by the buyer's own word, or on its way back: nobody need come any more.
    pub(crate) fn collected(&self) -> bool {
        self.parcel.as_ref().is_some_and(|parcel| {
            let had = parcel.collected_told_at.is_some();
            had || matches!(
                parcel.whereabouts,
                ParcelStatus::Delivered
                    | ParcelStatus::Returning
                    | ParcelStatus::Returned
                    | ParcelStatus::Lost
            )
        })
    }

    /// Tracking was stopped, the parcel is gone, or it has another number by now; the link is paid, closed or
    /// revoked.
    pub(crate) fn stopped(&self, about: &About, now: Timestamp) -> bool {
        if about.link.is_some() {
            return self
                .link
                .as_ref()
                .is_none_or(|link| link.terms.is_open(link.revoked_at.is_some(), link.paid, now).is_err());
        }
        if about.parcel.is_none() {
            return false;
        }
        self.parcel.as_ref().is_none_or(|parcel| {
            let stopped = parcel.tracked.as_ref().is_some_and(|tracked| tracked.stopped);
            let code = parcel.tracking_code.as_ref().map(|code| code.as_str());
            stopped || code != Some(about.reference.as_str())
        })
    }

    /// What the parcel or payment comes to, and the unit it is shown in, where it has one of its own.
    pub(crate) fn sum(&self) -> Option<(Money, Option<Unit>)> {
        if let Some(payment) = &self.payment {
            return Some((payment.amount, Some(payment.unit)));
        }
        if let Some(LinkAmount::Locked(amount)) = self.link.as_ref().map(|link| link.terms.amount) {
            return Some((amount, None));
        }
        let parcel = self.parcel.as_ref()?;
        let cash = parcel.cod.and_then(|cod| cod.amount);
        let order = self.order.as_ref().map(|order| order.cod_amount.unwrap_or(order.invoice.total));
        cash.or(order).or(parcel.order_total).map(|sum| (sum, None))
    }

    /// Between what sums the payer of the link chooses.
    pub(crate) fn range(&self) -> Option<(Money, Money)> {
        match self.link.as_ref()?.terms.amount {
            LinkAmount::Range { min, max } => Some((min, max)),
            LinkAmount::Locked(_) => None,
        }
    }

    /// The product's name: what the parcel was entered with, else the order's first line.
    pub(crate) fn product(&self) -> Option<String> {
        let own = self.parcel.as_ref().and_then(|parcel| parcel.product_name.clone());
        own.or_else(|| self.order.as_ref()?.lines.first().map(|line| line.title.clone()))
    }

    /// The order's number.
    pub(crate) fn order_number(&self) -> Option<String> {
        let parcel = self.parcel.as_ref().map(|parcel| parcel.order_number.clone());
        parcel.or_else(|| self.order.as_ref().map(|order| order.number.clone()))
    }
}

/// Whether somebody said stop on a channel. 1 read unit.
///
/// # Errors
/// The table does not answer.
pub(crate) async fn opted_out(
    store: &Store,
    shop: &ShopNotices,
    contact: &Contact,
    channel: Channel,
) -> Result<bool, StoreError> {
    let hash = match contact {
        Contact::None => return Ok(false),
        Contact::Phone(phone) => OptOut::hash_of_phone(&shop.cipher, phone),
        Contact::Email(email) => OptOut::hash_of_email(&shop.cipher, email),
    };
    let key = of_merchant(&shop.merchant, sk::opt_out(&hash));
    let out: Option<OptOut> = store.table.get(&key, Read::Consistent).await?;
    Ok(out.is_some_and(|out| out.covers(channel)))
}

//! Whom messages went to, as the log shows it: enough to know the person again, not enough to write to them.

use std::collections::HashMap;

use yam_domain::ids::{OrderId, ParcelId, PaymentId};
use yam_domain::notice::Audience;
use yam_platform::secrets::Cipher;
use yam_store::items::notices::{MessageWork, NoticeContacts};
use yam_store::items::{Order, Parcel, PayerDetails, Payment, Recipient};
use yam_store::keys::{of_merchant, sk};
use yam_store::{Read, StoreError};

use crate::NoticesState;
use crate::shop::ShopNotices;

/// Phone and address of a person.
#[derive(Debug, Clone, Default)]
struct Person {
    phone: Option<String>,
    email: Option<String>,
}

/// What was read of the people of one page; each parcel and payment is read once.
pub(crate) struct Receivers<'a> {
    state: &'a NoticesState,
    shop: &'a ShopNotices,
    cipher: &'a Cipher,
    people: HashMap<String, Person>,
}

impl<'a> Receivers<'a> {
    pub(crate) fn new(state: &'a NoticesState, shop: &'a ShopNotices, cipher: &'a Cipher) -> Self {
        Receivers { state, shop, cipher, people: HashMap::new() }
    }

    /// The receiver of a message, masked; none when nothing is known of them any more.
    pub(crate) async fn of(&mut self, work: &MessageWork) -> Result<Option<String>, StoreError> {
        let person = match work.audience {
            Audience::Admin => admin(&self.shop.settings.contacts, work),
            Audience::Buyer => self.buyer(work).await?,
        };
        Ok(if work.channel.needs_phone() {
            person.phone.as_deref().map(masked_phone)
        } else {
            person.email.as_deref().map(masked_email)
        })
    }

    async fn buyer(&mut self, work: &MessageWork) -> Result<Person, StoreError> {
        let about = &work.about;
        let name = match (&about.payment, &about.parcel, &about.order) {
            (Some(id), ..) => id.to_string(),
            (None, Some(id), _) => id.to_string(),
            (None, None, Some(id)) => id.to_string(),
            (None, None, None) => return Ok(Person::default()),
        };
        if let Some(known) = self.people.get(&name) {
            return Ok(known.clone());
        }
        let person = match (&about.payment, &about.parcel) {
            (Some(id), _) => self.payer(id).await?,
            (None, Some(id)) => self.of_parcel(id).await?,
            (None, None) => match &about.order {
                Some(id) => self.of_order(id).await?,
                None => Person::default(),
            },
        };
        self.people.insert(name, person.clone());
        Ok(person)
    }

    async fn payer(&self, id: &PaymentId) -> Result<Person, StoreError> {
        let key = of_merchant(&self.shop.merchant.id, sk::payment(id.as_str()));
        let payment: Option<Payment> = self.state.store.table.get(&key, Read::Eventual).await?;
        let payer: Option<PayerDetails> =
            payment.and_then(|payment| self.cipher.open(&Payment::purpose(&payment.id), &payment.payer).ok());
        Ok(payer.map_or_else(Person::default, |payer| Person {
            phone: payer.mobile.or(payer.phone).map(|phone| phone.e164().to_owned()),
            email: payer.email,
        }))
    }

    async fn of_parcel(&self, id: &ParcelId) -> Result<Person, StoreError> {
        let key = of_merchant(&self.shop.merchant.id, sk::parcel(id.as_str()));
        let parcel: Option<Parcel> = self.state.store.table.get(&key, Read::Eventual).await?;
        let Some(parcel) = parcel else { return Ok(Person::default()) };
        match &parcel.recipient {
            Some(sealed) => Ok(person(self.cipher.open(&Parcel::purpose(&parcel.id), sealed).ok())),
            None if parcel.tracked_only => Ok(Person::default()),
            None => self.of_order(&parcel.order).await,
        }
    }

    async fn of_order(&self, id: &OrderId) -> Result<Person, StoreError> {
        let key = of_merchant(&self.shop.merchant.id, sk::order(id.as_str()));
        let order: Option<Order> = self.state.store.table.get(&key, Read::Eventual).await?;
        let opened =
            order.and_then(|order| self.cipher.open(&Order::purpose(&order.id), &order.recipient).ok());
        Ok(person(opened))
    }
}

fn person(recipient: Option<Recipient>) -> Person {
    recipient.map_or_else(Person::default, |to| Person {
        phone: to.phone.or(to.phone2).map(|phone| phone.e164().to_owned()),
        email: to.email,
    })
}

fn admin(contacts: &NoticeContacts, work: &MessageWork) -> Person {
    let place = usize::from(work.contact);
    Person {
        phone: contacts.phones.get(place).map(|phone| phone.e164().to_owned()),
        email: contacts.emails.get(place).cloned(),
    }
}

/// `+7916*****01`.
fn masked_phone(e164: &str) -> String {
    let (head, tail) = (e164.len().min(5), e164.len().saturating_sub(2));
    if tail <= head {
        return "*".repeat(e164.len());
    }
    let (begins, ends) = (e164.get(..head).unwrap_or(""), e164.get(tail..).unwrap_or(""));
    format!("{begins}{}{ends}", "*".repeat(tail - head))
}

/// `a***@shop.example`.
fn masked_email(email: &str) -> String {
    match email.split_once('@') {
        Some((local, domain)) => {
            let first: String = local.chars().take(1).collect();
            format!("{first}***@{domain}")
        }
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_leave_enough_to_know_and_too_little_to_write() {
        assert_eq!(masked_phone("+79160000001"), "+7916*****01");
        assert_eq!(masked_phone("+821012345678"), "+8210******78");
        assert_eq!(masked_phone("+12"), "***");
        assert_eq!(masked_email("anna@shop.example"), "a***@shop.example");
        assert_eq!(masked_email(""), "***");
    }
}

//! Everything the simulated systems share.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::calls::Calls;
use crate::clock::SimClock;
use crate::error::Result;
use crate::faults::Book;
use crate::gateways::{self, Gateways, Till};
use crate::iran_post::IranPost;
use crate::iran_post::eshop::Eshop;
use crate::iran_post::rest::Rest;
use crate::iran_post::tracking::Tracking;
use crate::journey;
use crate::korea_post::KoreaPost;
use crate::korea_post::ship::Ship;
use crate::korea_post::trace::Trace;
use crate::messengers::{self, Line, Messengers};
use crate::pipeline::Wire;
use crate::russian_post::RussianPost;
use crate::russian_post::otpravka::Otpravka;
use crate::russian_post::tariff::Calculator;
use crate::russian_post::tracking::Tracking as RussianTracking;
use crate::store::{Store, meta};
use crate::system::System;
use crate::webhooks::Webhooks;

/// State behind the router.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn SimClock>,
    pub(crate) calls: Calls,
    pub(crate) faults: Book,
    pub(crate) iran_post: IranPost,
    pub(crate) korea_post: KoreaPost,
    pub(crate) russian_post: RussianPost,
    pub(crate) gateways: Gateways,
    pub(crate) messengers: Messengers,
    pub(crate) journeys: journey::Book,
    /// Something was postponed and may have come due.
    pub(crate) late_waiting: AtomicBool,
}

/// The stored name of the clock's offset.
pub(crate) const CLOCK_OFFSET: &str = "clock_offset_ms";

impl Shared {
    /// Reads everything back from the store.
    pub(crate) fn load(store: Store, clock: Arc<dyn SimClock>) -> Result<Self> {
        let (calls, faults, offset) = store.read(|connection| {
            Ok((Calls::load(connection)?, Book::load(connection)?, meta(connection, CLOCK_OFFSET)?))
        })?;
        if let (Some(owned), Some(offset)) = (clock.owned(), offset.and_then(|offset| offset.parse().ok())) {
            owned.raise_offset_ms(offset);
        }
        let iran_post = IranPost::load(&store)?;
        let korea_post = KoreaPost::load(&store)?;
        let russian_post = RussianPost::load(&store)?;
        let gateways = Gateways::load(&store)?;
        let messengers = Messengers::load(&store)?;
        let carriers = [System::IranPost, System::KoreaPost, System::RussianPost];
        let journeys = journey::Book::load(&store, &carriers)?;
        Ok(Self {
            store,
            clock,
            calls,
            faults,
            iran_post,
            korea_post,
            russian_post,
            gateways,
            messengers,
            journeys,
            late_waiting: AtomicBool::new(true),
        })
    }

    /// The protocol of a system.
    pub(crate) fn wire(&self, system: System) -> &'static dyn Wire {
        match system {
            System::IranPost | System::IranPostEshop => &Eshop,
            System::IranPostRest => &Rest,
            System::IranPostTracking => &Tracking,
            System::KoreaPost | System::KoreaPostTrace => &Trace,
            System::KoreaPostShip => &Ship,
            System::RussianPost | System::RussianPostTracking => &RussianTracking,
            System::RussianPostTariff => &Calculator,
            System::RussianPostOtpravka => &Otpravka,
            System::Webhooks => &Webhooks,
            System::Zarinpal => &Till::<gateways::Zarinpal>::NEW,
            System::Zibal => &Till::<gateways::Zibal>::NEW,
            System::Mellat => &Till::<gateways::Mellat>::NEW,
            System::Sep => &Till::<gateways::Sep>::NEW,
            System::Robokassa => &Till::<gateways::Robokassa>::NEW,
            System::YooKassa => &Till::<gateways::YooKassa>::NEW,
            System::Toss => &Till::<gateways::Toss>::NEW,
            System::Smsc => &Line::<messengers::Smsc>::NEW,
            System::SmsRu => &Line::<messengers::SmsRu>::NEW,
            System::Kavenegar => &Line::<messengers::Kavenegar>::NEW,
            System::Solapi => &Line::<messengers::Solapi>::NEW,
            System::Sns => &Line::<messengers::Sns>::NEW,
            System::Ses => &Line::<messengers::Ses>::NEW,
            System::Smtp => &Line::<messengers::Smtp>::NEW,
        }
    }
}

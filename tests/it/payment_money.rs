//! Money is conserved, whatever payers, gateways and machines do (F10 to F13; P1 to P5).
//!
//! Payments of every gateway take random courses in worlds where machines die, answers get lost, or the hub is
//! away; after three days the gateways' own ledgers are held against what the hub says. `YAM_TEST_PAYMENTS` says
//! how many, `YAM_TEST_SEED` where to begin; a run that fails names the seed that repeats it.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yam_store::Hooks;
use yam_tests::{Books, Browser, CrashOften, HUB, Options, Page, World};

/// Payments that share a world.
const PER_WORLD: u64 = 5;
/// Payments of a run that nobody asked to be longer.
const USUAL: u64 = 40;

/// Times that a payer loads a page which does not come.
const PATIENT: usize = 50;

/// xorshift64*, so that a seed gives the same run everywhere.
struct Random(u64);

impl Random {
    fn seeded(seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..4 {
            random.below(2);
        }
        random
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).expect("31 bits") % n
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// What goes wrong beside the payers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Nothing,
    /// Whoever works dies at any point.
    Deaths,
    /// Answers of the gateways get lost, some after the work was done.
    LostAnswers,
    /// The hub is away for so many minutes.
    Away(i64),
}

/// What a payer, a thief or the shop does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Pay,
    Cancel,
    Fail,
    Return,
    /// The newest way back of another payment, with this payment's names on it.
    Swapped,
    /// A return that no gateway sent.
    Forged(&'static str),
    Wait(i64),
    /// Another try from the page with the ways to pay.
    Retry,
    Refund,
    /// The next answer about a refund gets lost.
    LoseRefund,
}

const COURSES: [&[Act]; 13] = [
    &[Act::Pay, Act::Return],
    &[Act::Pay, Act::Return],
    &[Act::Pay, Act::Return, Act::Return],
    &[Act::Pay, Act::Wait(25), Act::Return],
    &[Act::Wait(11), Act::Pay],
    &[Act::Pay],
    &[Act::Cancel, Act::Return, Act::Retry, Act::Pay, Act::Return],
    &[Act::Fail, Act::Return],
    &[],
    &[Act::Swapped, Act::Pay, Act::Swapped, Act::Return],
    &[Act::Forged("OK"), Act::Forged("NOK"), Act::Pay, Act::Return],
    &[Act::Pay, Act::Return, Act::Refund, Act::Refund],
    &[Act::Pay, Act::Return, Act::LoseRefund, Act::Refund, Act::Wait(5), Act::Refund],
];

/// A shop in a country: its gateways, its setting, a price.
struct Country {
    gateways: &'static [&'static str],
    setting: Value,
    price: Value,
    phone: &'static str,
}

fn country(random: &mut Random) -> Country {
    let price = |amount: i64, currency: &str| json!({"amount": amount, "currency": currency});
    match random.below(6) {
        0 | 1 => Country {
            gateways: &["robokassa", "yookassa"],
            setting: json!({"country": "RU", "currency_unit": "RUB", "time_zone": "Europe/Moscow", "locale": "ru"}),
            price: price(150_000, "RUB"),
            phone: "+7 912 345-67-89",
        },
        2 => Country {
            gateways: &["toss"],
            setting: json!({"country": "KR", "currency_unit": "KRW", "time_zone": "Asia/Seoul", "locale": "ko"}),
            price: price(12_000, "KRW"),
            phone: "01012345678",
        },
        _ => Country {
            gateways: &["zarinpal", "zibal", "mellat", "sep"],
            setting: json!({"country": "IR", "currency_unit": "IRR", "time_zone": "Asia/Tehran", "locale": "fa"}),
            price: price(2_500_000, "IRR"),
            phone: "09170000000",
        },
    }
}

/// A payer on the way.
struct Payer {
    gateway: &'static str,
    ways: Page,
    payment: Value,
    course: Vec<Act>,
    way_back: Option<Value>,
}

impl Payer {
    fn id(&self) -> &str {
        self.payment["payment_id"].as_str().expect("a payment")
    }

    fn newest(&self) -> &Value {
        self.payment["attempts"].as_array().and_then(|all| all.last()).expect("an attempt")
    }

    /// What the gateway's own pages know it by.
    fn there(&self) -> String {
        let id = &self.newest()[if self.gateway == "yookassa" { "gateway_id" } else { "order" }];
        id.as_str().map_or_else(|| id.to_string(), str::to_owned)
    }
}

struct Run {
    world: World,
    random: Random,
    country: Country,
    payers: Vec<Payer>,
    links: Vec<String>,
}

impl Run {
    /// Types a payer's details; the page with the ways to pay.
    async fn ways(&self, path: &str) -> Page {
        self.world.clock.advance(SignedDuration::from_millis(1));
        let browser = Browser::new(&self.world);
        let form = browser.get(path).await.form("details").expect("the form for details");
        let phone = self.country.phone;
        let fields = [
            ("form", form.as_str()),
            ("step", "details"),
            ("name", "Anna Probe"),
            ("mobile", phone),
            ("phone", phone),
            ("email", "anna@shop.example"),
        ];
        browser.post(path, &fields).await
    }

    /// Leaves for a gateway, trying again when the page fails; the payment, where it got so far.
    async fn leave(&self, ways: &Page, gateway: &str) -> Option<Value> {
        let browser = Browser::new(&self.world);
        let mut page = browser.choose(ways, gateway).await;
        for _ in 0..4 {
            if page.text.contains("id=\"go\"") {
                break;
            }
            page = browser.choose(ways, gateway).await;
        }
        let left = page.text.contains("id=\"go\"");
        if left && gateway == "toss" {
            self.open_widget(&page).await;
        }
        if left { Some(self.world.newest_payment().await) } else { None }
    }

    /// What Toss's script does in the payer's browser.
    async fn open_widget(&self, page: &Page) {
        let part = |name: &str| page.between(&format!("data-{name}=\""), "\"").expect("widget");
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("clientKey", &part("clientkey"))
            .append_pair("orderId", &part("orderid"))
            .append_pair("orderName", &part("ordername"))
            .append_pair("amount", &part("amount"))
            .append_pair("successUrl", &part("successurl").replace("&amp;", "&"))
            .append_pair("failUrl", &part("failurl").replace("&amp;", "&"))
            .finish();
        // A page that does not come is loaded again, as people do: the gateway's troubles meet browsers too.
        for _ in 0..PATIENT {
            if reqwest::get(format!("{}/toss/widget?{query}", self.world.simulators)).await.is_ok() {
                return;
            }
        }
        panic!("the widget never came");
    }

    /// One payer, or two in two tabs of one link.
    async fn arrive(&mut self) {
        let link = self.world.link(json!({"amount": self.country.price, "single_use": true})).await;
        let path =
            link["url"].as_str().expect("an address").strip_prefix(HUB).expect("at the hub").to_owned();
        self.links.push(link["link_id"].as_str().expect("a link").to_owned());
        let tabs = if self.random.below(6) == 0 { 2 } else { 1 };
        for _ in 0..tabs {
            let gateway = self.random.one_of(self.country.gateways);
            let course = if tabs == 2 { COURSES[0] } else { self.random.one_of(&COURSES) };
            let ways = self.ways(&path).await;
            let Some(payment) = self.leave(&ways, gateway).await else { continue };
            let mut course = course.to_vec();
            course.reverse();
            self.payers.push(Payer { gateway, ways, payment, course, way_back: None });
        }
    }

    /// A decision on the gateway's page; none when there is nothing to decide any more.
    async fn decide(&self, n: usize, action: &str) -> Option<Value> {
        let payer = &self.payers[n];
        let at = format!("{}/_local/simulators/{}", self.world.simulators, payer.gateway);
        let decision = reqwest::Client::new()
            .post(format!("{at}/payments/{}", payer.there()))
            .json(&json!({"action": action}))
            .send()
            .await
            .expect("the simulator");
        let decided: Value = decision.json().await.unwrap_or_default();
        Some(decided["return"].clone()).filter(|way| way["url"].is_string())
    }

    async fn act(&mut self, n: usize) {
        let Some(act) = self.payers[n].course.pop() else { return };
        let browser = Browser::new(&self.world);
        match act {
            Act::Pay | Act::Cancel | Act::Fail => {
                let action = match act {
                    Act::Pay => "pay",
                    Act::Cancel => "cancel",
                    _ => "fail",
                };
                let way = self.decide(n, action).await;
                self.payers[n].way_back = way;
            }
            Act::Return => {
                if let Some(way) = &self.payers[n].way_back {
                    browser.come_back(way).await;
                }
            }
            Act::Swapped => {
                let mut others = self.payers.iter().enumerate().filter(|(other, payer)| {
                    *other != n && payer.gateway == self.payers[n].gateway && payer.way_back.is_some()
                });
                let Some((_, other)) = others.next_back() else { return };
                let mut way = other.way_back.clone().expect("a way back");
                let (from, to) =
                    (other.newest()["order"].to_string(), self.payers[n].newest()["order"].to_string());
                let url = way["url"].as_str().expect("a url").replace(other.id(), self.payers[n].id());
                way["url"] = json!(url.replace(&format!("order={from}"), &format!("order={to}")));
                browser.come_back(&way).await;
            }
            Act::Forged(status) => {
                let (payer, success) = (&self.payers[n], if status == "OK" { "1" } else { "0" });
                let id = payer.newest()["gateway_id"].as_str().unwrap_or_default();
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("order", &payer.newest()["order"].to_string())
                    .append_pair("Authority", id)
                    .append_pair("Status", status)
                    .append_pair("trackId", id)
                    .append_pair("success", success)
                    .finish();
                let path = format!("/openpay/callback/{}/{}?{query}", payer.gateway, payer.id());
                browser.get(&path).await;
            }
            Act::Wait(minutes) => self.world.advance(SignedDuration::from_mins(minutes)).await,
            Act::Retry => {
                let gateway = self.random.one_of(self.country.gateways);
                let ways = self.payers[n].ways.clone();
                if self.leave(&ways, gateway).await.is_some() {
                    let payment = self.world.payment(&self.payers[n].payment).await;
                    let left = payment["attempts"].as_array().is_some_and(|all| all.len() > 1);
                    let payer = &mut self.payers[n];
                    payer.payment = payment;
                    payer.way_back = None;
                    if left {
                        payer.gateway = gateway;
                    }
                }
            }
            Act::LoseRefund => {
                let fault = json!({"mode": "lost_answer", "operation": "refund", "times": 1});
                self.world.fault(self.payers[n].gateway, fault).await;
            }
            Act::Refund => {
                let path = format!("/v1/payments/{}/refund", self.payers[n].id());
                self.world.call("POST", &path, Some(json!({"refund_id": "r-1"}))).await;
                self.world.drain().await;
            }
        }
    }

    async fn books(&self, trouble: Trouble) -> Books {
        let (status, list) = self.world.call("GET", "/v1/payments?limit=100", None).await;
        assert_eq!(status, StatusCode::OK, "{list}");
        let mut books = Books {
            payments: list["items"].as_array().cloned().unwrap_or_default(),
            settle_within: SignedDuration::from_mins(30),
            attended: trouble == Trouble::Nothing,
            ..Books::default()
        };
        if let Trouble::Away(minutes) = trouble {
            books.settle_within += SignedDuration::from_mins(minutes);
        }
        for gateway in self.country.gateways {
            books.ledger.extend(self.world.whole_ledger(gateway).await);
        }
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        for event in self.world.told("payment.paid").await {
            *told.entry(event["data"]["payment_id"].as_str().expect("a payment").to_owned()).or_default() +=
                1;
        }
        books.told = told;
        for link in &self.links {
            let (_, mut link) = self.world.call("GET", &format!("/v1/payment-links/{link}"), None).await;
            link["single_use"] = json!(true);
            books.links.push(link);
        }
        books
    }
}

/// One world with its payers; what the judge has to say, and how many were paid.
async fn live(seed: u64, payers: u64) -> (Vec<String>, usize) {
    let mut random = Random::seeded(seed);
    let troubles = [
        Trouble::Nothing,
        Trouble::Deaths,
        Trouble::Deaths,
        Trouble::LostAnswers,
        Trouble::Away(random.one_of(&[5, 12, 25, 40])),
    ];
    let trouble = random.one_of(&troubles);
    let country = country(&mut random);
    let often = if trouble == Trouble::Deaths { 60 } else { 0 };
    let crash = Arc::new(CrashOften::seeded(often, seed.wrapping_mul(7_919).wrapping_add(3)));
    let world = World::new(Options { hooks: Hooks::new(crash.clone()), seed, ..Options::default() }).await;
    let (status, answer) = world.call("PUT", "/v1/settings/shop", Some(country.setting.clone())).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    world.gateways(country.gateways).await;
    if trouble == Trouble::LostAnswers {
        for gateway in country.gateways {
            let mode = random.one_of(&["lost_answer", "commit_then_500", "truncate", "http_500"]);
            let fault = json!({"mode": mode, "probability": 0.2, "seed": seed, "times": 12});
            world.fault(gateway, fault).await;
        }
    }
    let mut run = Run { world, random, country, payers: vec![], links: vec![] };
    for _ in 0..payers {
        Box::pin(run.arrive()).await;
    }
    let mut away = if let Trouble::Away(minutes) = trouble { Some(minutes) } else { None };
    while run.payers.iter().any(|payer| !payer.course.is_empty()) {
        let n = run.random.below(run.payers.len());
        Box::pin(run.act(n)).await;
        match run.random.below(6) {
            0 => run.world.advance(SignedDuration::from_mins(1)).await,
            1 => run.world.drain().await,
            2 => {
                // Away: time passes, and nobody works.
                let minutes = away.take().unwrap_or(0);
                run.world.clock.advance(SignedDuration::from_mins(minutes));
            }
            _ => {}
        }
    }
    run.world.advance(SignedDuration::from_mins(20)).await;
    crash.stop();
    for gateway in run.country.gateways {
        run.world.heal(gateway).await;
    }
    run.world.advance(SignedDuration::from_hours(72)).await;
    let books = run.books(trouble).await;
    let wrong = books.judge();
    if !wrong.is_empty() {
        println!("seed {seed}, {trouble:?}, {} deaths: {:#?}", crash.deaths(), books.payments);
    }
    (wrong, books.told.len())
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// P1 to P5.
#[tokio::test]
async fn money_is_conserved_whatever_happens() {
    let (payments, first) = (setting("YAM_TEST_PAYMENTS", USUAL), setting("YAM_TEST_SEED", 1));
    println!("YAM_TEST_SEED={first} YAM_TEST_PAYMENTS={payments}");
    let mut paid = 0;
    let mut left = payments;
    for seed in first.. {
        let here = left.min(PER_WORLD);
        if here == 0 {
            break;
        }
        let (wrong, told) = Box::pin(live(seed, here)).await;
        assert!(wrong.is_empty(), "YAM_TEST_SEED={seed} YAM_TEST_PAYMENTS={here}: {wrong:#?}");
        paid += told;
        left -= here;
    }
    println!("{paid} of {payments} were paid");
    assert!(payments < 10 || paid > 0, "nobody ever paid: nothing was judged");
}

//! Random journeys, rules, buyers, faults and crashes: what was told is held against the providers' ledgers and the
//! hub's own log (M1 to M5 of the reliability notes; F14 to F17).
//!
//! `YAM_TEST_JOURNEYS` says how many, `YAM_TEST_SEED` where to begin; what fails prints the seed that repeats it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use yam_domain::notice::Window;
use yam_domain::tracking::Verdict;
use yam_store::Hooks;
use yam_store::items::notices::MessageState;
use yam_tests::CrashOften;

/// Journeys of a usual run.
const USUAL: u64 = 5;
/// Days of a journey, after which everything has had its time.
const DAYS: u64 = 14;
const START: i64 = 60_000;
const FINAL: [MessageState; 7] = [
    MessageState::Accepted,
    MessageState::Delivered,
    MessageState::Failed,
    MessageState::OutcomeUnknown,
    MessageState::Suppressed,
    MessageState::Superseded,
    MessageState::Cancelled,
];

/// xorshift64*, so that a seed gives the same journey everywhere.
struct Luck(u64);

impl Luck {
    fn seeded(seed: u64) -> Self {
        let mut luck = Luck(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..4 {
            luck.below(2);
        }
        luck
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % n
    }

    fn percent(&mut self, part: u64) -> bool {
        self.below(100) < part
    }
}

/// Who the buyer is, and whether a text may reach them.
const BUYERS: [(Option<&str>, bool); 5] = [
    (Some(PHONE), true),
    (Some(PHONE), true),
    (Some("+74951234567"), false),
    (Some("+79000000000"), false),
    (None, false),
];

fn rules(luck: &mut Luck) -> Vec<Rule> {
    let mut rules = vec![rule(ARRIVED, Channel::Sms, 0)];
    let delivered = Kind::Parcel(ParcelStatus::Delivered);
    for (kind, channel, days) in [
        (ARRIVED, Channel::Email, 0),
        (delivered, Channel::Sms, 0),
        (delivered, Channel::Email, 0),
        (NOT_COLLECTED, Channel::Sms, 5),
        (NOT_COLLECTED, Channel::Call, 5),
        (NOT_COLLECTED, Channel::Email, 10),
    ] {
        if luck.percent(60) {
            rules.push(rule(kind, channel, days));
        }
    }
    rules
}

fn fault(luck: &mut Luck) -> (&'static str, Value) {
    let provider = ["smsc", "sms_ru", "ses"][luck.below(3) as usize];
    let times = 1 + luck.below(3);
    let fault = match luck.below(6) {
        0 => json!({"mode": "status", "status": 429, "times": times}),
        1 => json!({"mode": "http_500", "times": times}),
        2 => json!({"mode": "lost_answer", "times": times}),
        3 => json!({"mode": "malformed", "times": times}),
        4 => json!({"mode": "commit_then_500", "times": times}),
        _ => json!({"mode": "status", "status": 503, "times": times}),
    };
    (provider, fault)
}

/// What truly happened in a journey.
#[derive(Debug, Default)]
struct Truth {
    /// Times the parcel came into a status.
    came: BTreeMap<&'static str, usize>,
    /// When the hub was told that it was handed over.
    collected: Option<Timestamp>,
    opted_out: Option<Timestamp>,
    reachable_by_text: bool,
}

async fn live(seed: u64) -> (Shop, Truth, u32) {
    let mut luck = Luck::seeded(seed);
    let crashes = Arc::new(CrashOften::seeded(6, seed));
    let (phone, reachable_by_text) = BUYERS[luck.below(5) as usize];
    let mut recipient = json!({"name": "Ivan Petrov", "country": "RU", "postal_code": "690000"});
    if let Some(phone) = phone {
        recipient["phone"] = json!(phone);
    }
    if luck.percent(80) {
        recipient["email"] = json!(EMAIL);
    }
    let edit: fn(&mut NoticeSettings) = if luck.percent(50) {
        |settings| settings.consent_needed.call = false
    } else {
        |settings| {
            settings.consent_needed.call = false;
            settings.buyer_zone = false;
        }
    };
    let choices = Choices {
        rules: rules(&mut luck),
        accounts: vec![(MessengerId::Smsc, "smsc"), (MessengerId::SmsRu, "smsru"), (MessengerId::Ses, "ses")],
        edit,
        balance: START,
        recipient,
    };
    let doubled = luck.percent(50);
    let options = Options { hooks: Hooks::new(crashes.clone()), seed, doubled, ..Options::default() };
    let shop = Box::pin(Shop::open(options, choices)).await;
    let mut truth = Truth { reachable_by_text, ..Truth::default() };
    let arrives = 1 + luck.below(3);
    let ends = arrives + 1 + luck.below(9);
    let comes_home = luck.percent(70);
    let leaves = luck.percent(25).then(|| arrives + luck.below(4));
    let (pause, resume) = if luck.percent(25) { (arrives, arrives + 1) } else { (DAYS + 1, DAYS + 1) };
    for day in 0..DAYS {
        if luck.percent(60) {
            let (provider, fault) = fault(&mut luck);
            shop.world.fault(provider, fault).await;
        }
        if day == 0 {
            shop.scan("accepted").await;
        }
        if day == arrives {
            shop.scan("arrived").await;
            *truth.came.entry("arrived").or_default() += 1;
        }
        if day == pause || day == resume {
            let body = json!({"enabled": day == resume});
            let (status, answer) = shop.world.call("PUT", "/v1/settings/service", Some(body)).await;
            assert!(status.is_success() || status.is_server_error(), "seed {seed}: {answer}");
        }
        if leaves == Some(day) && reachable_by_text {
            for _ in 0..20 {
                let answer = shop.world.call("POST", "/v1/opt-outs", Some(json!({"phone": PHONE}))).await;
                if answer.0.is_success() {
                    break;
                }
            }
            truth.opted_out = Some(shop.world.clock.now());
        }
        if day == ends {
            shop.scan(if comes_home { "delivered" } else { "returning" }).await;
            *truth.came.entry(if comes_home { "delivered" } else { "returning" }).or_default() += 1;
        }
        for _ in 0..6 {
            shop.world.advance(hours(3)).await;
            shop.world.poll().await;
            if truth.collected.is_none() && day >= ends {
                let known = shop.world.told("parcel.status_changed").await;
                let home = known.iter().any(|event| {
                    ["delivered", "returning"]
                        .contains(&event["data"]["change"]["status"].as_str().unwrap_or(""))
                });
                truth.collected = home.then(|| shop.world.clock.now());
            }
        }
    }
    crashes.stop();
    for provider in ["smsc", "sms_ru", "ses"] {
        shop.world.heal(provider).await;
    }
    for _ in 0..24 {
        shop.world.advance(hours(4)).await;
        shop.world.poll().await;
    }
    (shop, truth, crashes.deaths())
}

/// Everything wrong with how a journey ended.
async fn judge(shop: &Shop, truth: &Truth) -> Vec<String> {
    let mut wrong = Vec::new();
    let (messages, outbox) = (shop.messages().await, shop.world.outbox().await);
    for work in &messages {
        let name = format!("{}/{}/{}", work.kind, work.channel.as_str(), work.after_days);
        // M2
        if !FINAL.contains(&work.state) {
            wrong.push(format!("M2: {name} is {}", work.state.as_str()));
        }
        let went = matches!(work.state, MessageState::Accepted | MessageState::Delivered);
        if !went && work.reason.as_deref().is_none_or(str::is_empty) {
            wrong.push(format!("M2: {name} is {} and does not say why", work.state.as_str()));
        }
        // M4: one key for each time that it came true.
        let status = match work.kind {
            Kind::Parcel(status) => status.as_str(),
            Kind::Other(_) => "arrived",
        };
        let told = messages
            .iter()
            .filter(|other| {
                (other.kind, other.channel, other.after_days) == (work.kind, work.channel, work.after_days)
            })
            .filter(|other| other.verdict == Verdict::News)
            .count();
        let came = truth.came.get(status).copied().unwrap_or(0);
        if told > came {
            wrong.push(format!("M4: {name} was planned {told} times, and came true {came} times"));
        }
    }
    // M1: in all ledgers together a text or call is there once at most for each message that may have gone, a mail once
    // more for each repeat that the log has.
    for (wire, channel) in [("sms", Channel::Sms), ("voice", Channel::Call), ("email", Channel::Email)] {
        let of_channel = || messages.iter().filter(move |work| work.channel == channel);
        let may_have_gone = of_channel().filter(|work| !work.tried.is_empty()).count();
        let repeats: usize = of_channel().map(|work| usize::from(work.repeats)).sum();
        let accepted = outbox.iter().filter(|told| told["channel"] == wire).count();
        let most = may_have_gone + if channel == Channel::Email { repeats } else { 0 };
        if accepted > most {
            wrong.push(format!(
                "M1: {accepted} by {wire}, of {may_have_gone} that were tried, {repeats} repeated"
            ));
        }
        let least = of_channel()
            .filter(|work| matches!(work.state, MessageState::Accepted | MessageState::Delivered))
            .count();
        if accepted < least {
            wrong.push(format!("M1: {least} by {wire} are called accepted, and {accepted} were"));
        }
        let texts: BTreeMap<String, usize> = outbox
            .iter()
            .filter(|told| told["channel"] == wire && channel != Channel::Email)
            .fold(BTreeMap::new(), |mut seen, told| {
                *seen.entry(told["text"].to_string()).or_default() += 1;
                seen
            });
        wrong.extend(
            texts.iter().filter(|(_, times)| **times > 1).map(|(text, n)| format!("M1: {n} times {text}")),
        );
    }
    // M3
    let settings = settings_of(shop).await;
    let zone = if settings.buyer_zone { "Asia/Vladivostok" } else { "Europe/Moscow" };
    let zone = jiff::tz::TimeZone::get(zone).expect("a zone");
    for told in &outbox {
        let at: Timestamp = told["sent_at"].as_str().expect("a time").parse().expect("a time");
        let open = Window::USUAL.on(zone.to_datetime(at).date(), &zone).is_some_and(|slot| slot.contains(at));
        if !open {
            wrong.push(format!("M3: {} at {}", told["channel"], zone.to_datetime(at)));
        }
        let by_number = told["channel"] != "email";
        if by_number && told["channel"] == "sms" && !truth.reachable_by_text {
            wrong.push(format!("M3: a text to {}", told["to"]));
        }
        if by_number && truth.opted_out.is_some_and(|out| at > out) {
            wrong.push(format!("M3: {} at {at}, after the buyer said stop", told["channel"]));
        }
        let text = told["text"].as_str().unwrap_or("");
        let asks_to_come = text.contains("ждёт вас");
        if asks_to_come && truth.collected.is_some_and(|home| at > home) {
            wrong.push(format!("M3: {text} at {at}, after it was known to be gone"));
        }
    }
    // M5
    let account = shop.balance().await.account;
    let sum = account.balance.amount() + account.reserved.amount() + account.spent.amount();
    let charged: i64 = messages.iter().filter_map(|work| work.cost).map(Money::amount).sum();
    if sum != START || !account.reserved.is_zero() || account.spent.amount() != charged {
        wrong.push(format!("M5: {account:?}, of {START}, and the messages cost {charged}"));
    }
    wrong
}

async fn settings_of(shop: &Shop) -> NoticeSettings {
    let store = shop.world.store();
    let key = of_merchant(&demo(), sk::NOTICES);
    store.table.get(&key, Read::Consistent).await.expect("table").expect("settings")
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[tokio::test]
async fn whatever_happens_each_message_goes_once_in_its_hours_or_says_why_not() {
    let (journeys, first) = (setting("YAM_TEST_JOURNEYS", USUAL), setting("YAM_TEST_SEED", 1));
    let (mut told, mut deaths) = (0, 0);
    for seed in first..first + journeys {
        let (shop, truth, died) = Box::pin(live(seed)).await;
        let wrong = judge(&shop, &truth).await;
        let log = shop.log().await;
        assert!(
            wrong.is_empty(),
            "YAM_TEST_SEED={seed} YAM_TEST_JOURNEYS=1: {wrong:#?}\n{log:#?}\n{truth:?}"
        );
        told += shop.world.outbox().await.len();
        deaths += died;
    }
    println!("{journeys} journeys, {told} messages told, {deaths} deaths");
    assert!(told > 0 && deaths > 0, "nothing was judged: {told} told, {deaths} deaths");
}

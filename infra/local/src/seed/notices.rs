//! What the demo shops tell people: accounts at the simulated providers, texts in the shop's language, the usual
//! rules, contacts, a sender name, and money to pay for it. News leave between 10:00 and 12:00, as everywhere.

use anyhow::{Context as _, bail};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Kept, Plan, Seeding};

/// What a text is about, by which channel, in which words. One of its kind and channel.
type Words = (&'static str, &'static str, &'static str);

/// What a shop tells.
struct Speech {
    /// Accounts in the order in which they are asked.
    accounts: &'static [&'static str],
    /// The name or number texts come from, and the provider that has it registered.
    sender: (&'static str, &'static str),
    texts: &'static [Words],
    phone: &'static str,
    /// Minor units to begin with, and those below which the shop is warned.
    money: (i64, i64, &'static str),
}

const ENGLISH: Speech = Speech {
    accounts: &["smsc", "sns", "smsru", "kavenegar", "solapi", "ses", "smtp"],
    sender: ("YAM", "smsc"),
    texts: &[
        ("accepted", "sms", "Demo shop: your parcel is with the post. Track {track}"),
        ("arrived", "sms", "Demo shop: your parcel {track} is ready for collection"),
        ("arrived", "email", "{product_name} has arrived and waits for you."),
        ("delivered", "sms", "Demo shop: parcel {track} was handed over. Thank you!"),
        ("not_collected", "sms", "Demo shop: parcel {track} has been waiting for {days} days"),
        ("not_collected", "call", "Hello. This is Demo shop. Your parcel still waits at the post office."),
        ("storage_expired", "sms", "Demo shop: storage of parcel {track} is over"),
        ("payment_paid", "sms", "Demo shop: we have received {sum}. Thank you!"),
    ],
    phone: "09121111111",
    money: (50_000_000, 1_000_000, "IRR"),
};

const PERSIAN: Speech = Speech {
    accounts: &["kavenegar", "smtp", "ses"],
    sender: ("10000000", "kavenegar"),
    texts: &[
        ("accepted", "sms", "فروشگاه نمونه: مرسوله شما تحویل پست شد. کد رهگیری {track}"),
        ("arrived", "sms", "فروشگاه نمونه: مرسوله {track} رسید و در انتظار شماست"),
        ("arrived", "email", "{product_name} رسید و در انتظار شماست."),
        ("delivered", "sms", "فروشگاه نمونه: مرسوله {track} تحویل شد. سپاس از خرید شما"),
        ("not_collected", "sms", "فروشگاه نمونه: مرسوله {track} از {days} روز پیش در انتظار شماست"),
        ("storage_expired", "sms", "فروشگاه نمونه: مهلت نگهداری مرسوله {track} تمام شد"),
        ("payment_paid", "sms", "فروشگاه نمونه: {sum} دریافت شد. سپاس از شما"),
    ],
    phone: "09122222222",
    money: (50_000_000, 1_000_000, "IRR"),
};

const KOREAN: Speech = Speech {
    accounts: &["solapi", "ses"],
    sender: ("0200000001", "solapi"),
    texts: &[
        ("accepted", "sms", "데모 상점: 상품이 우체국에 접수되었습니다. 등기번호 {track}"),
        ("arrived", "sms", "데모 상점: 상품이 도착했습니다. 등기번호 {track}"),
        ("arrived", "email", "{product_name}이(가) 도착했습니다."),
        ("delivered", "sms", "데모 상점: 상품이 배달되었습니다. 등기번호 {track}"),
        ("not_collected", "sms", "데모 상점: 상품이 {days}일째 보관 중입니다. 등기번호 {track}"),
        ("payment_paid", "sms", "데모 상점: {sum} 결제가 완료되었습니다. 감사합니다!"),
    ],
    phone: "01000000001",
    money: (100_000, 5_000, "KRW"),
};

/// What the hub charges the demo shops, each in its own money; what has no row is free.
fn prices() -> Value {
    let row = |provider: &str, country: &str, channel: &str, amount: i64, currency: &str| {
        json!({
            "provider": provider, "country": country, "channel": channel,
            "unit": { "amount": amount, "currency": currency },
        })
    };
    json!([
        row("kavenegar", "IR", "sms", 1_400, "IRR"),
        row("kavenegar", "IR", "call", 9_000, "IRR"),
        row("smsc", "*", "sms", 9_000, "IRR"),
        row("smsc", "*", "call", 12_000, "IRR"),
        row("smsru", "*", "sms", 9_000, "IRR"),
        row("sns", "*", "sms", 15_000, "IRR"),
        row("solapi", "KR", "sms", 20, "KRW"),
        row("solapi", "KR", "call", 60, "KRW"),
    ])
}

/// An account that its simulator knows.
fn account(provider: &str, mail_port: u64) -> Value {
    let (credentials, settings) = match provider {
        "smsc" => (
            json!({ "api_key": "demo-smsc-key", "callback_secret": "cb-secret" }),
            json!({ "sender": "ROMASHKA" }),
        ),
        "smsru" => {
            (json!({ "api_id": "00000000-0000-0000-0000-000000000001" }), json!({ "sender": "ROMASHKA" }))
        }
        "kavenegar" => (json!({ "api_key": "demo-kavenegar-key" }), json!({ "sender": "10000000" })),
        "solapi" => (
            json!({ "api_key": "NCSDEMO000000001", "api_secret": "TESTSECRET0123456789ABCDEFGHIJKL" }),
            json!({ "sender": "0200000001" }),
        ),
        "ses" => (json!({}), json!({ "from": "parcels@shop.example" })),
        "smtp" => (
            json!({ "user": "shop@shop.example", "password": "demo-pass" }),
            json!({
                "from": "shop@shop.example",
                "smtp": { "host": "127.0.0.1", "port": mail_port, "security": "plain" },
            }),
        ),
        _ => (json!({}), json!({})),
    };
    json!({ "messenger": provider, "credentials": credentials, "settings": settings })
}

impl Seeding<'_> {
    /// Lets a demo shop tell its people things. Without simulators nothing is set: these providers are reached by
    /// the hub's own account, and a demo must not text anybody.
    pub(super) async fn notices(&self, plan: &Plan, merchant: &Kept) -> anyhow::Result<()> {
        if self.simulators.is_none() {
            return Ok(());
        }
        let speech = match plan.id {
            "demo" => &ENGLISH,
            "demo-ir" => &PERSIAN,
            _ => &KOREAN,
        };
        let key = &merchant.api_key;
        let mail = self.read("/_local/simulators/smtp/address", "").await?;
        let mail_port = mail["port"].as_u64().unwrap_or_default();
        for provider in speech.accounts {
            let path = format!("/v1/settings/messengers/{provider}");
            self.put_once(&path, key, &account(provider, mail_port)).await?;
        }
        self.contacts(plan, speech, key).await?;
        self.sender(plan, speech, key).await?;
        self.rules(speech, key).await?;
        self.money(plan, speech, key).await
    }

    async fn contacts(&self, plan: &Plan, speech: &Speech, key: &str) -> anyhow::Result<()> {
        let path = "/v1/settings/contacts";
        let known = self.read(path, key).await?;
        if known["emails"].as_array().is_some_and(|emails| !emails.is_empty()) {
            return Ok(());
        }
        let (_, low, currency) = speech.money;
        let contacts = json!({
            "emails": [format!("keeper@{}.example", plan.id)], "phones": [speech.phone],
            "low_balance": { "amount": low, "currency": currency },
        });
        self.send("PUT", path, key, &contacts).await.map(|_| ())
    }

    /// Hands a name in, and approves it as hub staff.
    async fn sender(&self, plan: &Plan, speech: &Speech, key: &str) -> anyhow::Result<()> {
        let (name, provider) = speech.sender;
        let path = format!("/v1/settings/sender-names/{name}");
        let (status, known) = self.call("GET", &path, key, None).await?;
        if status == StatusCode::OK && known["state"] == "approved" {
            return Ok(());
        }
        self.send("PUT", &path, key, &json!({ "submit": true })).await?;
        let path = format!("/v1/operator/merchants/{}/sender-names/{name}/approve", plan.id);
        let body = json!({ "registered_at": [provider] });
        self.send("POST", &path, self.operator_key, &body).await.map(|_| ())
    }

    /// Texts of the shop's own, and the rules that send them. Rules somebody saved are left alone.
    async fn rules(&self, speech: &Speech, key: &str) -> anyhow::Result<()> {
        let path = "/v1/settings/rules";
        let mut known = self.read(path, key).await?;
        if known["version"] != 1 {
            return Ok(());
        }
        for (status, channel, text) in speech.texts {
            let path = format!("/v1/settings/templates/{status}-{channel}");
            self.put_once(&path, key, &json!({ "channel": channel, "text": text })).await?;
        }
        for rule in known["rules"].as_array_mut().context("no rules")? {
            let said = speech
                .texts
                .iter()
                .find(|(status, channel, _)| rule["status"] == *status && rule["channel"] == *channel);
            if let Some((status, channel, _)) = said.filter(|_| rule["audience"] == "buyer") {
                rule["enabled"] = json!(true);
                rule["template_id"] = json!(format!("{status}-{channel}"));
            }
        }
        let rules = json!({ "version": 1, "rules": known["rules"] });
        self.send("PUT", path, key, &rules).await.map(|_| ())
    }

    async fn money(&self, plan: &Plan, speech: &Speech, key: &str) -> anyhow::Result<()> {
        let path = "/v1/operator/message-prices";
        let known = self.read(path, self.operator_key).await?;
        if known["in_force"] == false {
            let body = json!({ "version": 0, "items": prices() });
            self.send("PUT", path, self.operator_key, &body).await?;
        }
        let account = self.read("/v1/account", key).await?;
        let none = |part: &str| account[part]["amount"] == 0;
        if !(none("balance") && none("reserved") && none("spent")) {
            return Ok(());
        }
        let (amount, _, currency) = speech.money;
        let path = format!("/v1/operator/merchants/{}/credit", plan.id);
        let body = json!({ "amount": { "amount": amount, "currency": currency }, "note": "demo" });
        self.send("POST", &path, self.operator_key, &body).await.map(|_| ())
    }

    async fn read(&self, path: &str, key: &str) -> anyhow::Result<Value> {
        match self.call("GET", path, key, None).await? {
            (StatusCode::OK, answer) => Ok(answer),
            (status, answer) => bail!("GET {path}: {status} {answer}"),
        }
    }

    async fn send(&self, method: &str, path: &str, key: &str, body: &Value) -> anyhow::Result<Value> {
        let (status, answer) = self.call(method, path, key, Some(body)).await?;
        if !status.is_success() {
            bail!("{method} {path}: {status} {answer}");
        }
        Ok(answer)
    }
}

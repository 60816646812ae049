//! Configuration: one typed struct, read once from a look-up.
//!
//! Several functions share one process in the local runner, so nothing here reads the process
//! environment by itself: [`Config::from_lookup`] is fed with each function's own environment.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

/// One setting and what it means; the table in `docs/configuration.md` is made from these.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Environment variable.
    pub name: &'static str,
    /// Default, in the form in which it would be set; empty when there is none.
    pub default: &'static str,
    /// Meaning, unit and limits.
    pub meaning: &'static str,
}

const fn setting(name: &'static str, default: &'static str, meaning: &'static str) -> Setting {
    Setting { name, default, meaning }
}

/// Every setting the functions read.
pub const SETTINGS: &[Setting] = &[
    setting("YAM_STAGE", "local", "name of the deployment in logs and metrics"),
    setting(
        "YAM_RESTORED_AT",
        "",
        "when the table was last restored from an older copy: effects recorded before are settled before anything is sent",
    ),
    setting("YAM_TABLE", "yam", "DynamoDB table of the hub"),
    setting("YAM_QUEUE_DISPATCH_URL", "", "SQS queue of registrations (keys only)"),
    setting("YAM_QUEUE_SYNC_URL", "", "SQS queue of webhook deliveries (keys only)"),
    setting("YAM_QUEUE_EVIDENCE_URL", "", "SQS queue of proofs that could not be stored at once"),
    setting("YAM_QUEUE_TRACKING_URL", "", "SQS queue of polls (buckets and parcels to look at)"),
    setting("YAM_QUEUE_OPENPAY_URL", "", "SQS queue of payments to look at (keys only)"),
    setting("YAM_QUEUE_NOTIFY_URL", "", "SQS queue of events to tell people of, and of messages (keys only)"),
    setting(
        "YAM_KMS_KEY_ID",
        "",
        "KMS key that seals merchants' credentials; without it YAM_KEY_FILE is used",
    ),
    setting("YAM_KEY_FILE", "", "file with 32 random bytes that seals credentials outside AWS"),
    setting(
        "YAM_OPERATOR_KEY_SHA256",
        "",
        "SHA-256 (hex) of the hub staff's API key; empty closes /v1/operator",
    ),
    setting("YAM_PUBLIC_URL", "", "address under which buyers and shops reach the hub"),
    setting("YAM_QUOTE_DEADLINE_MS", "2500", "the whole of POST /v1/rates, 100 to 25000 ms"),
    setting(
        "YAM_QUOTE_CARRIER_MS",
        "2000",
        "one operator's part of it; later answers fall back to the table",
    ),
    setting("YAM_QUOTE_CACHE_SECONDS", "900", "how long an operator's price stays fresh, 0 to 86400 s"),
    setting("YAM_RATE_ID_SECONDS", "86400", "how long a quoted price is honoured in an order"),
    setting("YAM_CALL_DEADLINE_MS", "40000", "one call that registers a parcel; the lease is 20 s longer"),
    setting("YAM_QUIET_SECONDS", "120", "how long after a call a miss in a look-up proves nothing"),
    setting(
        "YAM_REGISTRATION_PATIENCE_HOURS",
        "72",
        "how long a registration is retried while the operator is down",
    ),
    setting(
        "YAM_PAY_FORMS_PER_MINUTE",
        "30",
        "forms of pay pages that one address may send to a warm container, 1 to 10000 a minute",
    ),
    setting("YAM_WEBHOOK_DEADLINE_MS", "15000", "one webhook delivery, 1000 to 25000 ms"),
    setting(
        "YAM_WEBHOOK_TRUSTED_ORIGINS",
        "",
        "origins, comma separated, that may be private addresses or plain http",
    ),
    setting("YAM_TRACK_EVERY_MINUTES_IRAN_POST", "240", "time between two polls of a parcel, 15 to 1440 min"),
    setting("YAM_TRACK_EVERY_MINUTES_KOREA_POST", "180", "the same at Korea Post"),
    setting("YAM_TRACK_EVERY_MINUTES_RUSSIAN_POST", "240", "the same at Russian Post"),
    setting(
        "YAM_TRACK_NIGHT_FROM",
        "23",
        "hour at the post's seat from which parcels are polled half as often",
    ),
    setting("YAM_TRACK_NIGHT_UNTIL", "6", "hour at which that ends; equal hours: no night"),
    setting(
        "YAM_API_KEY_CACHE_SECONDS",
        "60",
        "how long a revoked API key may still work in a warm container",
    ),
    setting(
        "YAM_URL_IRAN_POST_ESHOP",
        "http://svc.ebazaar-post.ir/EShopService.svc",
        "Iran Post EShop SOAP endpoint",
    ),
    setting("YAM_URL_IRAN_POST_REST", "http://svc.ebazaar-post.ir/RestApi", "Iran Post Ebazaar REST base"),
    setting("YAM_URL_IRAN_POST_TRACKING", "https://tracking.post.ir", "Iran Post's public tracking page"),
    setting(
        "YAM_URL_KOREA_POST_TRACE",
        "http://openapi.epost.go.kr",
        "Korea Post tracking on the public-data portal",
    ),
    setting(
        "YAM_URL_KOREA_POST_PORTAL",
        "http://biz.epost.go.kr",
        "Korea Post tracking for contract customers (KpostPortal)",
    ),
    setting("YAM_URL_KOREA_POST_SHIP", "https://ship.epost.go.kr", "Korea Post contract parcels"),
    setting(
        "YAM_URL_RUSSIAN_POST_TRACKING",
        "https://tracking.russianpost.ru",
        "Russian Post tracking (/rtm34 and /fc below it)",
    ),
    setting(
        "YAM_URL_RUSSIAN_POST_TARIFF",
        "https://tariff.pochta.ru",
        "Russian Post's public calculator (v2)",
    ),
    setting(
        "YAM_URL_RUSSIAN_POST_OTPRAVKA",
        "https://otpravka-api.pochta.ru",
        "Russian Post's Otpravka: orders, batches, forms, contract prices",
    ),
    setting(
        "YAM_RUSSIAN_POST_CHECKIN_METHOD",
        "GET",
        "HTTP method of Otpravka's check-in, GET or POST: documents and clients disagree",
    ),
    setting(
        "YAM_URL_ZARINPAL",
        "https://payment.zarinpal.com",
        "Zarinpal (/pg/v4 and /pg/StartPay below it)",
    ),
    setting(
        "YAM_URL_ZARINPAL_REFUND",
        "https://next.zarinpal.com",
        "Zarinpal's refunds (/api/v4/graphql/ below it)",
    ),
    setting("YAM_URL_ZIBAL", "https://gateway.zibal.ir", "Zibal (/v1 and /start below it)"),
    setting("YAM_URL_ZIBAL_PLATFORM", "https://api.zibal.ir", "Zibal's platform, for refunds (/v1 below it)"),
    setting("YAM_URL_MELLAT", "https://bpm.shaparak.ir", "Behpardakht Mellat (/pgwchannel below it)"),
    setting(
        "YAM_URL_SEP",
        "https://sep.shaparak.ir",
        "Saman SEP (/onlinepg, /OnlinePG and /verifyTxnRandomSessionkey below it)",
    ),
    setting("YAM_URL_ROBOKASSA", "https://auth.robokassa.ru", "Robokassa (/Merchant below it)"),
    setting(
        "YAM_URL_ROBOKASSA_REFUND",
        "https://services.robokassa.ru",
        "Robokassa's refunds (/RefundService below it)",
    ),
    setting("YAM_URL_YOOKASSA", "https://api.yookassa.ru", "YooKassa (/v3 below it)"),
    setting("YAM_URL_TOSS", "https://api.tosspayments.com", "Toss Payments (/v1 below it)"),
    setting(
        "YAM_URL_TOSS_SCRIPT",
        "https://js.tosspayments.com/v2/standard",
        "Toss Payments' script, which opens its window in the payer's browser",
    ),
    setting("YAM_URL_SNS", "", "Amazon SNS; empty: Amazon's own address in the hub's region"),
    setting("YAM_URL_SES", "", "Amazon SES (/v2 below it); empty: Amazon's own address in the hub's region"),
    setting("YAM_URL_SMSC", "https://smsc.ru", "SMSC.ru (/sys below it)"),
    setting("YAM_URL_SMSRU", "https://sms.ru", "SMS.ru (/sms and /my below it)"),
    setting("YAM_URL_KAVENEGAR", "https://api.kavenegar.com", "Kavenegar (/v1 below it)"),
    setting("YAM_URL_SOLAPI", "https://api.solapi.com", "Solapi (/messages and /cash below it)"),
    setting("YAM_MESSAGE_DEADLINE_MS", "15000", "one call to a provider of messages, 1000 to 15000 ms"),
    setting(
        "YAM_MAIL_FROM",
        "",
        "address that letters come from where a shop's account names none; verified with SES",
    ),
    setting("YAM_URL_POLLY", "", "Amazon Polly; empty: Amazon's own address in the hub's region"),
    setting(
        "YAM_VOICE_PREVIEW",
        "espeak",
        "what speaks the preview of a call: espeak (where it is installed), polly, or off",
    ),
    setting("YAM_ESPEAK", "espeak-ng", "the program espeak-ng, by name or path"),
    setting(
        "YAM_SMTP_TRUSTED_HOSTS",
        "",
        "SMTP servers as host:port, comma separated, that may be private addresses or without TLS",
    ),
    setting("YAM_PROXY_IRAN_POST_ESHOP", "", "outbound proxy (http, https, socks5) for that endpoint"),
    setting("YAM_PROXY_IRAN_POST_REST", "", "outbound proxy for that endpoint"),
    setting("YAM_PROXY_IRAN_POST_TRACKING", "", "outbound proxy for that page"),
    setting("YAM_PROXY_KOREA_POST_TRACE", "", "outbound proxy for that endpoint"),
    setting("YAM_PROXY_KOREA_POST_PORTAL", "", "outbound proxy for that endpoint"),
    setting("YAM_PROXY_KOREA_POST_SHIP", "", "outbound proxy for that endpoint"),
    setting("YAM_PROXY_RUSSIAN_POST_TRACKING", "", "outbound proxy for that endpoint"),
    setting("YAM_PROXY_RUSSIAN_POST_TARIFF", "", "outbound proxy for that endpoint"),
    setting("YAM_PROXY_RUSSIAN_POST_OTPRAVKA", "", "outbound proxy for that endpoint"),
    setting("YAM_PROXY_ZARINPAL", "", "outbound proxy for that gateway"),
    setting("YAM_PROXY_ZIBAL", "", "outbound proxy for that gateway"),
    setting("YAM_PROXY_MELLAT", "", "outbound proxy for that gateway"),
    setting("YAM_PROXY_SEP", "", "outbound proxy for that gateway"),
    setting("YAM_PROXY_ROBOKASSA", "", "outbound proxy for that gateway"),
    setting("YAM_PROXY_YOOKASSA", "", "outbound proxy for that gateway"),
    setting("YAM_PROXY_TOSS", "", "outbound proxy for that gateway"),
    setting("YAM_PROXY_POLLY", "", "outbound proxy for that service"),
    setting("YAM_PROXY_SES", "", "outbound proxy for that provider"),
    setting("YAM_PROXY_SMSC", "", "outbound proxy for that provider"),
    setting("YAM_PROXY_SMSRU", "", "outbound proxy for that provider"),
    setting("YAM_PROXY_KAVENEGAR", "", "outbound proxy for that provider"),
    setting("YAM_PROXY_SOLAPI", "", "outbound proxy for that provider"),
    setting(
        "YAM_PROXY_WEBHOOKS",
        "",
        "outbound proxy for webhooks; the proxy then has to refuse private addresses",
    ),
];

/// The settings in force.
#[derive(Clone)]
pub struct Config {
    values: BTreeMap<&'static str, String>,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Proxy addresses may carry a password.
        let shown = self.values.iter().filter(|(name, _)| !name.starts_with("YAM_PROXY_"));
        f.debug_map().entries(shown).finish()
    }
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("setting {name}: {reason}")]
pub struct ConfigError {
    name: &'static str,
    reason: String,
}

impl Config {
    /// Reads every setting through `lookup`.
    ///
    /// # Errors
    /// A number that does not parse or is out of its bounds.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let values = SETTINGS
            .iter()
            .map(|s| {
                (s.name, lookup(s.name).filter(|v| !v.is_empty()).unwrap_or_else(|| s.default.to_owned()))
            })
            .collect();
        let config = Config { values };
        for (name, min, max) in NUMBERS {
            let value = config.text(name);
            match value.parse::<u64>() {
                Ok(n) if (*min..=*max).contains(&n) => {}
                _ => {
                    return Err(ConfigError {
                        name,
                        reason: format!("{value:?} is not a number from {min} to {max}"),
                    });
                }
            }
        }
        for name in INSTANTS {
            if config.optional(name).is_some() && config.instant(name).is_none() {
                let reason = format!("{:?} is not a time such as 2026-11-21T06:30:00Z", config.text(name));
                return Err(ConfigError { name, reason });
            }
        }
        Ok(config)
    }

    /// Reads the process environment: what a Lambda does, and nothing else.
    ///
    /// # Errors
    /// As [`Config::from_lookup`], and for a `YAM_` variable that no function knows.
    pub fn from_env() -> Result<Self, ConfigError> {
        for (name, _) in std::env::vars() {
            if name.starts_with("YAM_") && !SETTINGS.iter().any(|s| s.name == name) {
                return Err(ConfigError { name: "YAM_*", reason: format!("{name} is not a setting of Yam") });
            }
        }
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// The text of a setting; empty when it has neither value nor default.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// The text of a setting, or `None` when empty.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|v| !v.is_empty())
    }

    /// A setting that is an instant, unless it is empty.
    #[must_use]
    pub fn instant(&self, name: &str) -> Option<Timestamp> {
        self.optional(name)?.parse().ok()
    }

    /// A setting that is a number.
    #[must_use]
    pub fn number(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or(0)
    }

    /// A setting in milliseconds.
    #[must_use]
    pub fn millis(&self, name: &str) -> Duration {
        Duration::from_millis(self.number(name))
    }

    /// A setting in seconds.
    #[must_use]
    pub fn seconds(&self, name: &str) -> Duration {
        Duration::from_secs(self.number(name))
    }

    /// A setting in minutes.
    #[must_use]
    pub fn minutes(&self, name: &str) -> Duration {
        Duration::from_secs(self.number(name).saturating_mul(60))
    }

    /// A setting in hours.
    #[must_use]
    pub fn hours(&self, name: &str) -> Duration {
        Duration::from_secs(self.number(name).saturating_mul(3600))
    }
}

const INSTANTS: &[&str] = &["YAM_RESTORED_AT"];

const NUMBERS: &[(&str, u64, u64)] = &[
    ("YAM_QUOTE_DEADLINE_MS", 100, 25_000),
    ("YAM_QUOTE_CARRIER_MS", 50, 25_000),
    ("YAM_QUOTE_CACHE_SECONDS", 0, 86_400),
    ("YAM_RATE_ID_SECONDS", 60, 2_592_000),
    ("YAM_CALL_DEADLINE_MS", 100, 40_000),
    ("YAM_QUIET_SECONDS", 1, 3_600),
    ("YAM_REGISTRATION_PATIENCE_HOURS", 1, 720),
    ("YAM_PAY_FORMS_PER_MINUTE", 1, 10_000),
    ("YAM_WEBHOOK_DEADLINE_MS", 1_000, 25_000),
    ("YAM_MESSAGE_DEADLINE_MS", 1_000, 15_000),
    ("YAM_TRACK_EVERY_MINUTES_IRAN_POST", 15, 1_440),
    ("YAM_TRACK_EVERY_MINUTES_KOREA_POST", 15, 1_440),
    ("YAM_TRACK_EVERY_MINUTES_RUSSIAN_POST", 15, 1_440),
    ("YAM_TRACK_NIGHT_FROM", 0, 23),
    ("YAM_TRACK_NIGHT_UNTIL", 0, 23),
    ("YAM_API_KEY_CACHE_SECONDS", 0, 3_600),
];

/// The settings as the markdown table that `docs/configuration.md` holds.
#[must_use]
pub fn settings_table() -> String {
    let mut table = String::from("| variable | default | meaning |\n| --- | --- | --- |\n");
    for s in SETTINGS {
        let default = if s.default.is_empty() { "–".to_owned() } else { format!("`{}`", s.default) };
        table.push_str(&format!("| `{}` | {default} | {} |\n", s.name, s.meaning));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_in_bounds_and_bad_numbers_name_their_setting() {
        let config = Config::from_lookup(|_| None).unwrap();
        assert_eq!(config.millis("YAM_QUOTE_DEADLINE_MS"), Duration::from_millis(2500));
        let error =
            Config::from_lookup(|n| (n == "YAM_QUOTE_DEADLINE_MS").then(|| "soon".into())).unwrap_err();
        assert_eq!(
            error.to_string(),
            "setting YAM_QUOTE_DEADLINE_MS: \"soon\" is not a number from 100 to 25000"
        );
    }

    #[test]
    fn every_number_is_a_documented_setting() {
        for (name, _, _) in NUMBERS {
            assert!(SETTINGS.iter().any(|s| s.name == *name), "{name}");
        }
    }

    #[test]
    fn the_documentation_holds_the_table_as_the_code_has_it() {
        let docs = include_str!("../../../docs/configuration.md");
        assert!(
            docs.contains(&settings_table()),
            "put this into docs/configuration.md:\n{}",
            settings_table()
        );
    }
}

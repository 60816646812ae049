//! `yam probe`: the safest possible real call of each operator, and what came of it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use aws_config::BehaviorVersion;
use yam_accounts::AccountError;
use yam_carriers::Carriers;
use yam_carriers::account::Account;
use yam_domain::ids::{AccountId, MerchantId, MessengerId};
use yam_embedded::dynamodb::EmbeddedDynamo;
use yam_embedded::{Connector, Usage};
use yam_gateways::Gateways;
use yam_messengers::Messengers;
use yam_platform::telemetry::Metrics;
use yam_platform::{Config, Platform, SystemClock, SystemIds};
use yam_store::Store;

use crate::home::Home;

/// How long a gateway or a provider of messages may take to answer.
const CALL_TIME: std::time::Duration = std::time::Duration::from_secs(20);
/// One of these says where the functions' AWS account is; without it there is nothing to sign with.
const CLOUD: [&str; 3] = ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"];

/// The account to probe with, if one was named.
enum Opened {
    None,
    Carrier(Box<Account>),
    Gateway(Box<yam_gateways::Account>),
}

impl Opened {
    fn is_of(&self, system: &str) -> bool {
        match self {
            Opened::None => true,
            Opened::Carrier(account) => account.carrier.as_str() == system,
            Opened::Gateway(account) => account.gateway.as_str() == system,
        }
    }

    fn carrier(&self) -> Option<&Account> {
        if let Opened::Carrier(account) = self { Some(account) } else { None }
    }

    fn gateway(&self) -> Option<&yam_gateways::Account> {
        if let Opened::Gateway(account) = self { Some(account) } else { None }
    }
}

/// Calls, prints one line per wire, and fails unless every wire works.
pub(crate) async fn run(
    carrier: Option<&str>,
    account: Option<&str>,
    data: &Path,
    environment: BTreeMap<String, String>,
) -> anyhow::Result<ExitCode> {
    let home = account.map(|_| Home::open(data)).transpose()?;
    // The SDK reads the process's own environment, of which `environment` holds our settings only.
    let cloud = CLOUD.iter().any(|name| std::env::var_os(name).is_some());
    let platform = platform(home.as_ref(), environment)?;
    let opened = match account {
        None => Opened::None,
        Some(name) => open(&platform, name).await?,
    };
    let sdk = if cloud {
        // Whoever probes may have a profile instead of credentials in the environment.
        aws_config::defaults(BehaviorVersion::v2026_01_12())
            .timeout_config(yam_platform::aws::timeouts())
            .retry_config(yam_platform::aws::retries())
            .load()
            .await
    } else {
        Connector::dynamodb(EmbeddedDynamo::memory(Usage::new())?).sdk_config()
    };
    let (carriers, gateways) = (Carriers::new(&platform), Gateways::new(&platform));
    let messengers = Messengers::new(&platform, &sdk);
    let meant = |id: &str| carrier.is_none_or(|name| name == id) && opened.is_of(id);
    let posts: Vec<_> = carriers.iter().filter(|it| meant(it.id().as_str())).collect();
    let banks: Vec<_> = gateways.iter().filter(|it| meant(it.id().as_str())).collect();
    let providers: Vec<_> = messengers.iter().filter(|it| meant(it.id().as_str())).collect();
    if posts.is_empty() && banks.is_empty() && providers.is_empty() {
        let known = carriers.iter().map(|it| it.id().as_str());
        let known = known.chain(gateways.iter().map(|it| it.id().as_str()));
        let known = known.chain(messengers.iter().map(|it| it.id().as_str()));
        bail!("nothing to probe; this hub speaks with {}", known.collect::<Vec<_>>().join(", "));
    }
    say(&leaves_from())?;
    let mut works = true;
    for carrier in posts {
        for report in carrier.probe(opened.carrier()).await {
            works &= report.works;
            let said = (report.wire, report.operation, report.url.as_str(), report.seen.as_str());
            say(&line(carrier.id().as_str(), report.works, report.took_ms, said))?;
        }
    }
    for gateway in banks {
        let report = gateway.probe(opened.gateway(), CALL_TIME).await;
        works &= report.works;
        let said = (report.wire, report.operation, report.url.as_str(), report.seen.as_str());
        say(&line(gateway.id().as_str(), report.works, report.took_ms, said))?;
    }
    for provider in providers {
        if let Some(why) = unprobed(provider.id(), cloud) {
            say(&format!("{}: not tried: {why}", provider.id()))?;
            // Among all it is no failure; asked for by name nothing was shown to work.
            works &= carrier.is_none();
            continue;
        }
        let report = provider.probe(None, CALL_TIME).await;
        works &= report.works;
        let said = (report.wire, report.operation, report.url.as_str(), report.seen.as_str());
        say(&line(provider.id().as_str(), report.works, report.took_ms, said))?;
    }
    Ok(if works { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Why a provider of messages cannot be tried from here.
fn unprobed(id: MessengerId, cloud: bool) -> Option<&'static str> {
    match id {
        MessengerId::Smtp => Some("each merchant has another mail server; send a test mail from its account"),
        MessengerId::Sns | MessengerId::Ses if !cloud => {
            Some("set AWS_REGION, and the credentials of the functions' account")
        }
        _ => None,
    }
}

fn say(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{text}")
}

/// `said`: wire, operation, address, and what was seen.
fn line(
    id: &str,
    works: bool,
    took_ms: u64,
    (wire, operation, url, seen): (&str, &str, &str, &str),
) -> String {
    let verdict = if works { "works" } else { "does not work" };
    format!("{id} {wire}: {verdict}: {operation} in {took_ms} ms at {url} ({seen})")
}

/// The address this machine leaves from without a proxy; behind a NAT operators see another.
fn leaves_from() -> String {
    // Connecting a datagram socket sends nothing: it only picks the address.
    let picked = std::net::UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    match picked {
        Ok(address) => {
            format!("calls leave from {} (an operator may see a NAT's or a proxy's address)", address.ip())
        }
        Err(error) => format!("calls leave from nowhere: {error}"),
    }
}

fn platform(home: Option<&Home>, mut environment: BTreeMap<String, String>) -> anyhow::Result<Platform> {
    let engine = match home {
        Some(home) => {
            let file = home.file("dynamodb.db");
            if !file.exists() {
                bail!("{} does not exist: there is no hub's data in that folder", file.display());
            }
            let key = home.sealing_key(&SystemIds)?;
            environment.insert("YAM_KEY_FILE".into(), key.to_string_lossy().into_owned());
            environment.insert("YAM_KMS_KEY_ID".into(), String::new());
            environment.insert("YAM_TABLE".into(), crate::start::built_in_table()?);
            EmbeddedDynamo::open(&file, Usage::new())?
        }
        None => EmbeddedDynamo::memory(Usage::new())?,
    };
    let config = Config::from_lookup(|name| environment.get(name).cloned())?;
    let sdk = Connector::dynamodb(engine).sdk_config();
    Ok(Platform::new(config, &sdk, Arc::new(SystemClock), Arc::new(SystemIds), Metrics::stdout("probe")))
}

async fn open(platform: &Platform, name: &str) -> anyhow::Result<Opened> {
    let (merchant, account) = name.split_once('/').context("--account takes merchant/account")?;
    let merchant = MerchantId::parse(merchant).context("merchant")?;
    let account = AccountId::parse(account).context("account")?;
    let store = Store::new(platform);
    match yam_accounts::open_account(&store, &merchant, &account).await {
        Ok(account) => Ok(Opened::Carrier(Box::new(account))),
        Err(AccountError::Missing(_)) => {
            let account = yam_accounts::open_gateway(&store, &merchant, &account).await?;
            Ok(Opened::Gateway(Box::new(account)))
        }
        Err(error) => Err(error.into()),
    }
}

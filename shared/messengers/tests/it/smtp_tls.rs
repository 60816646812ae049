//! A merchant's mail server by TLS: a certificate that nobody vouches for gets no login and no message, one that the
//! machine trusts gets both.

use std::net::SocketAddr;

use yam_domain::effect::CallClass;
use yam_domain::ids::MessengerId;
use yam_messengers::account::SmtpSecurity;
use yam_messengers::smtp::Smtp;
use yam_messengers::{Account, CallOutcome, Messenger as _};
use yam_platform::Config;

use crate::bench::{Bench, WITHIN};
use crate::letters;
use crate::smtp_front::{Front, identity};

const ID: MessengerId = MessengerId::Smtp;

/// An adapter that may go to a local port, and the demo account there.
pub(crate) fn local(at: SocketAddr, security: SmtpSecurity) -> (Smtp, Account) {
    let trusting = |name: &str| (name == "YAM_SMTP_TRUSTED_HOSTS").then(|| at.to_string());
    let mut account = letters::account(ID, at);
    if let Some(server) = &mut account.settings.smtp {
        server.security = security;
    }
    (Smtp::new(&Config::from_lookup(trusting).unwrap()), account)
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_gets_neither_login_nor_message() {
    let bench = Bench::new().await;
    let identity = identity();
    let implicit = Front::tls(bench.mail, identity.acceptor.clone()).await;
    let upgraded = Front::starttls(bench.mail, identity.acceptor).await;
    for (at, security) in [
        (implicit.at, SmtpSecurity::Tls),
        (upgraded.at, SmtpSecurity::StartTls),
        // The simulated server offers no STARTTLS, and a client that asked for it goes no further without.
        (bench.mail, SmtpSecurity::StartTls),
        (bench.mail, SmtpSecurity::Tls),
    ] {
        let (smtp, account) = local(at, security);
        let end = smtp.send(&account, &bench.usual(ID), WITHIN).await;
        assert_eq!(end.class(), CallClass::NotSent, "{security:?} at {at}: {end:?}");
    }
    assert!(upgraded.clear().iter().any(|line| line == "STARTTLS"));
    assert!(!upgraded.clear().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
    assert!(bench.ledger(ID).await.is_empty());
}

/// The list of trusted roots is the machine's: a process of its own gets one with this certificate in it.
#[tokio::test]
async fn a_certificate_that_is_trusted_gets_the_message() {
    let roots = std::env::temp_dir().join(format!("yam-roots-{}.pem", std::process::id()));
    let output = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "smtp_tls::within_a_process_that_trusts"])
        .env("SSL_CERT_FILE", &roots)
        .output()
        .await
        .unwrap();
    let _never_written = std::fs::remove_file(&roots);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

#[tokio::test]
#[ignore = "run by the test above, which names the file of the roots"]
async fn within_a_process_that_trusts() {
    let identity = identity();
    std::fs::write(std::env::var("SSL_CERT_FILE").unwrap(), &identity.pem).unwrap();
    let bench = Bench::new().await;
    let implicit = Front::tls(bench.mail, identity.acceptor.clone()).await;
    let upgraded = Front::starttls(bench.mail, identity.acceptor).await;
    for (at, security) in [(implicit.at, SmtpSecurity::Tls), (upgraded.at, SmtpSecurity::StartTls)] {
        let (smtp, account) = local(at, security);
        let message = bench.usual(ID);
        let CallOutcome::Done(sent) = smtp.send(&account, &message, WITHIN).await else {
            panic!("{security:?}: {:?}", smtp.log_in(&account, WITHIN).await)
        };
        let row = bench.ledger(ID).await.pop().unwrap();
        assert_eq!(row["our_id"], format!("<{}>", sent.provider_id));
    }
    assert_eq!(bench.ledger(ID).await.len(), 2);
    let clear = upgraded.clear();
    assert!(!clear.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{clear:?}");
}

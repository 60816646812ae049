//! Where a merchant's mail may go: the host is typed by a user, so its name is resolved here and only a public
//! address is called, unless the hub's configuration trusts the host. The connection is made to the address
//! that was checked, so that the name cannot be pointed inside in between.

use std::net::{IpAddr, SocketAddr};

use yam_platform::Config;
use yam_platform::http::is_public;

use crate::account::{SmtpSecurity, SmtpServer};

/// Ports of submission. Port 25 is the way between servers and closed on Lambda.
const PORTS: [u16; 2] = [465, 587];

/// Hosts and ports that may be private addresses or without TLS.
#[derive(Debug, Clone, Default)]
pub(super) struct TrustedHosts(Vec<String>);

impl TrustedHosts {
    pub(super) fn new(config: &Config) -> Self {
        let list = config.text("YAM_SMTP_TRUSTED_HOSTS").split(',');
        TrustedHosts(list.map(|host| host.trim().to_ascii_lowercase()).filter(|h| !h.is_empty()).collect())
    }

    pub(super) fn contains(&self, server: &SmtpServer) -> bool {
        let shown = format!("{}:{}", server.host.to_ascii_lowercase(), server.port);
        self.0.contains(&shown)
    }
}

/// Why a server is refused, in words for the one who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// Not a host name or address.
    #[error("the host must be a name such as mail.shop.example")]
    Host,
    /// Another port than those of submission.
    #[error("the port must be 465 (TLS) or 587 (STARTTLS)")]
    Port,
    /// No TLS.
    #[error("the server must be reached by TLS or STARTTLS")]
    Plain,
    /// A private, local or reserved address.
    #[error("the server must be reachable from the internet, not a private or reserved address")]
    NotPublic,
}

/// Checks a server without resolving it; the address is checked again at each call.
pub(super) fn check(server: &SmtpServer, trusted: &TrustedHosts) -> Result<(), ServerError> {
    let host = server.host.as_str();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
    if !(1..=253).contains(&host.len()) || !host.bytes().all(plain) {
        return Err(ServerError::Host);
    }
    if trusted.contains(server) {
        return Ok(());
    }
    if server.security == SmtpSecurity::Plain {
        return Err(ServerError::Plain);
    }
    if !PORTS.contains(&server.port) {
        return Err(ServerError::Port);
    }
    match host.parse::<IpAddr>() {
        Ok(ip) if is_public(ip) => Ok(()),
        Ok(_) => Err(ServerError::NotPublic),
        Err(_) if host.contains(':') || !host.contains('.') => Err(ServerError::Host),
        Err(_) => Ok(()),
    }
}

/// An address of a server that may be called.
pub(super) async fn resolve(server: &SmtpServer, trusted: &TrustedHosts) -> Result<SocketAddr, String> {
    check(server, trusted).map_err(|error| error.to_string())?;
    let found = tokio::net::lookup_host((server.host.as_str(), server.port)).await;
    let found: Vec<SocketAddr> =
        found.map_err(|error| format!("the server's name was not found: {error}"))?.collect();
    let usable = found.iter().copied().find(|at| trusted.contains(server) || is_public(at.ip()));
    usable.ok_or_else(|| ServerError::NotPublic.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::config;

    fn server(host: &str, port: u16, security: SmtpSecurity) -> SmtpServer {
        SmtpServer { host: host.into(), port, security }
    }

    #[test]
    fn only_public_hosts_by_tls() {
        let trusted = TrustedHosts::new(&config("YAM_SMTP_TRUSTED_HOSTS", "127.0.0.1:2525, mail.local:25"));
        use SmtpSecurity::{Plain, StartTls, Tls};
        for (host, port, security, expected) in [
            ("mail.shop.example", 465, Tls, Ok(())),
            ("mail.shop.example", 587, StartTls, Ok(())),
            ("mail.shop.example", 587, Plain, Err(ServerError::Plain)),
            ("mail.shop.example", 25, StartTls, Err(ServerError::Port)),
            ("169.254.169.254", 465, Tls, Err(ServerError::NotPublic)),
            ("10.0.0.1", 587, StartTls, Err(ServerError::NotPublic)),
            ("::1", 465, Tls, Err(ServerError::NotPublic)),
            ("localhost", 465, Tls, Err(ServerError::Host)),
            ("a b.example", 465, Tls, Err(ServerError::Host)),
            ("", 465, Tls, Err(ServerError::Host)),
            ("127.0.0.1", 2525, Plain, Ok(())),
            ("127.0.0.1", 2526, Plain, Err(ServerError::Plain)),
            ("Mail.local", 25, Plain, Ok(())),
        ] {
            assert_eq!(check(&server(host, port, security), &trusted), expected, "{host}:{port}");
        }
    }

    #[tokio::test]
    async fn an_address_inside_is_not_called() {
        let none = TrustedHosts::default();
        let told = resolve(&server("127.0.0.1", 465, SmtpSecurity::Tls), &none).await;
        assert!(told.unwrap_err().contains("not a private"));
    }
}

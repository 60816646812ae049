//! No request to places a user chose unless checked: https, and public addresses only.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Origins that may be private or plain http, e.g. the demo shop of the local runner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedOrigins(Vec<String>);

impl TrustedOrigins {
    /// Reads a comma-separated list; what is not a URL is left out.
    #[must_use]
    pub fn parse(list: &str) -> Self {
        let origin = |text: &str| Url::parse(text.trim()).ok().map(|url| url.origin().ascii_serialization());
        TrustedOrigins(list.split(',').filter_map(origin).filter(|o| o != "null").collect())
    }

    /// Whether the URL's origin is one of them.
    #[must_use]
    pub fn contains(&self, url: &Url) -> bool {
        self.0.contains(&url.origin().ascii_serialization())
    }
}

/// Why an address is refused, in words for the one who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// Not https.
    #[error("the address must start with https://")]
    NotHttps,
    /// Has a user name or password in it.
    #[error("the address must not contain a user name or password")]
    Credentials,
    /// A private, local or reserved address.
    #[error("the address must be reachable from the internet, not a private or reserved one")]
    NotPublic,
}

/// Checks an address without resolving it; the resolver checks again at each call.
///
/// # Errors
/// [`GuardError`] saying what to change.
pub fn check_url(url: &Url, trusted: &TrustedOrigins) -> Result<(), GuardError> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(GuardError::Credentials);
    }
    if trusted.contains(url) {
        return Ok(());
    }
    if url.scheme() != "https" {
        return Err(GuardError::NotHttps);
    }
    let public = match url.host() {
        Some(Host::Ipv4(ip)) => is_public(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => is_public(IpAddr::V6(ip)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name.contains('.')
                && !name.ends_with(".localhost")
                && !name.ends_with(".internal")
                && !name.ends_with(".local")
        }
        None => false,
    };
    if public { Ok(()) } else { Err(GuardError::NotPublic) }
}

/// Whether an address is on the public internet (IANA special-purpose registries).
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => is_public_v4(v4),
            // 2000::/3 is what is routed; documentation, benchmarking and ORCHID ranges are not.
            None => {
                let s = v6.segments();
                (s[0] & 0xe000) == 0x2000
                    && !(s[0] == 0x2001 && s[1] == 0x0db8)
                    && !(s[0] == 0x2001 && s[1] < 0x0200)
                    && !(s[0] == 0x3fff && s[1] < 0x1000)
            }
        },
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

/// IPv4 addresses that IPv6 forms carry: mapped, compatible, NAT64, 6to4 and Teredo-free.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let low = || Ipv4Addr::from((u32::from(s[6]) << 16) | u32::from(s[7]));
    match s {
        [0, 0, 0, 0, 0, 0xffff, _, _] | [0, 0, 0, 0, 0, 0, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => {
            Some(low())
        }
        [0x2002, hi, lo, ..] => Some(Ipv4Addr::from((u32::from(hi) << 16) | u32::from(lo))),
        _ => None,
    }
}

/// Resolves names and keeps only public addresses.
#[derive(Debug, Clone, Copy)]
pub(super) struct GuardedResolver;

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.filter(|a| is_public(a.ip())).collect();
            if found.is_empty() {
                return Err(Box::new(GuardError::NotPublic) as Box<dyn std::error::Error + Send + Sync>);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_reserved_addresses_are_refused() {
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.2.1",
            "240.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "::ffff:127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2001:db8::1",
            "ff02::1",
            "::7f00:1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808", "172.32.0.1", "100.128.0.1"] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn addresses_are_checked_before_they_are_stored() {
        let trusted = TrustedOrigins::parse("http://127.0.0.1:4001, nonsense");
        for (url, expected) in [
            ("https://shop.example/hooks", Ok(())),
            ("http://shop.example/hooks", Err(GuardError::NotHttps)),
            ("https://user:pw@shop.example/", Err(GuardError::Credentials)),
            ("https://127.0.0.1/", Err(GuardError::NotPublic)),
            ("https://[::ffff:10.0.0.1]/", Err(GuardError::NotPublic)),
            ("https://localhost/", Err(GuardError::NotPublic)),
            ("https://metadata.google.internal/", Err(GuardError::NotPublic)),
            ("https://0x7f.1/", Err(GuardError::NotPublic)),
            ("http://127.0.0.1:4001/shop/webhooks", Ok(())),
            ("http://127.0.0.1:4002/shop/webhooks", Err(GuardError::NotHttps)),
            ("ftp://shop.example/", Err(GuardError::NotHttps)),
        ] {
            assert_eq!(check_url(&Url::parse(url).unwrap(), &trusted), expected, "{url}");
        }
    }
}

//! Where a request was sent: what the signature bases of RFC 9421 make of a URL's scheme and of `Host`.

use std::borrow::Cow;
use std::fmt;

/// The scheme of a URL. Facts of a request do not show it, for it is not sent: the asking service knows by which port
/// it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum UrlScheme {
    /// `http`.
    Http,
    /// `https`.
    #[default]
    Https,
}

impl UrlScheme {
    /// The scheme of exactly this name, in lower case.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Http, Self::Https]
            .into_iter()
            .find(|scheme| scheme.as_str() == name)
    }

    /// The scheme as it stands in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn default_port(self) -> &'static str {
        match self {
            Self::Http => "80",
            Self::Https => "443",
        }
    }
}

impl fmt::Display for UrlScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a `Host` is a host and perhaps a port, and nothing else. A slash in it would move a part of the path into it,
/// and `@target-uri` would be the same for both.
pub(crate) fn is_host(host: &str) -> bool {
    let (name, port) = split_port(host);
    let name_is_one = match name.strip_prefix('[') {
        Some(address) => address.strip_suffix(']').is_some_and(|address| {
            !address.is_empty()
                && address
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
        }),
        None => {
            !name.is_empty()
                && name.bytes().all(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
                })
        }
    };
    name_is_one
        && port.is_none_or(|port| {
            (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// A host as `@authority` has it (RFC 9421 section 2.2.3): in lower case, without the scheme's default port.
pub(crate) fn normalised(host: &str, scheme: UrlScheme) -> Cow<'_, str> {
    let host = match split_port(host) {
        (name, Some(port)) if port == scheme.default_port() => name,
        _ => host,
    };
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(host.to_ascii_lowercase())
    } else {
        Cow::Borrowed(host)
    }
}

fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        // The colons inside of brackets are an IPv6 address's own.
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_and_perhaps_a_port() {
        for host in [
            "example.com",
            "EXAMPLE.com:8443",
            "a_b.example",
            "127.0.0.1:80",
            "[::1]",
            "[2001:db8::1]:443",
        ] {
            assert!(is_host(host), "{host}");
        }
        for host in [
            "",
            ":80",
            "example.com:",
            "example.com:a",
            "example.com:123456",
            "example.com/v1",
            "example.com?x",
            "example.com#x",
            "user@example.com",
            "a b",
            " a",
            "a,b",
            "a:80:80",
            "::1",
            "[]",
            "[::1",
            "[::1]x",
            "[::g]",
            "a%2Fb",
            "é",
        ] {
            assert!(!is_host(host), "{host}");
        }
    }

    #[test]
    fn an_authority_has_lower_case_and_no_default_port() {
        for (host, scheme, authority) in [
            ("Example.COM", UrlScheme::Https, "example.com"),
            ("example.com:443", UrlScheme::Https, "example.com"),
            ("example.com:443", UrlScheme::Http, "example.com:443"),
            ("example.com:80", UrlScheme::Http, "example.com"),
            ("example.com:80", UrlScheme::Https, "example.com:80"),
            ("[::1]:443", UrlScheme::Https, "[::1]"),
            ("[::443]", UrlScheme::Https, "[::443]"),
        ] {
            assert_eq!(normalised(host, scheme), authority, "{host}");
        }
    }
}

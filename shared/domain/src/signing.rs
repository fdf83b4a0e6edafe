//! What an HMAC key may sign with, and whether a signature is good for one use only.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A way of signing a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SigningDialect))]
pub enum Dialect {
    /// The platform's own: `Authorization: hmac username="…", …`.
    HubHmac,
    /// HTTP Message Signatures (RFC 9421) with `hmac-sha256`.
    Rfc9421,
    /// Its forerunner, draft-cavage-http-signatures-12: `Authorization: Signature keyId="…", …`.
    #[serde(rename = "cavage-12")]
    Cavage12,
}

/// What a signature is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Algorithm {
    /// HMAC with SHA-1: what the platform's official SDKs sign with. HMAC does not need the collision resistance SHA-1
    /// has lost, but new clients have no reason to choose it.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-384.
    HmacSha384,
    /// HMAC with SHA-512.
    HmacSha512,
}

/// Which signatures are good for one use only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ReplayProtection {
    /// Those that carry a nonce (RFC 9421) and sign an unsafe method: their clients expect it, others can't.
    #[default]
    Nonce,
    /// None: a signature is good until its date is too old.
    Off,
    /// Those of unsafe methods (all but GET, HEAD, OPTIONS and TRACE; RFC 9110 section 9.2.1).
    UnsafeMethods,
    /// All. Two identical requests in one second have one signature, and the second is refused.
    All,
}

impl ReplayProtection {
    /// Whether a signature of this method, with a nonce or without, is good for one use only.
    pub fn covers(self, method: &str, has_nonce: bool) -> bool {
        let is_unsafe = !matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE");
        match self {
            Self::Off => false,
            Self::Nonce => has_nonce && is_unsafe,
            Self::UnsafeMethods => is_unsafe,
            Self::All => true,
        }
    }
}

/// What an HMAC key may be used with. The default takes every client the platform has: all dialects and algorithms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SigningPolicy {
    /// The dialects the key may sign in, at least one.
    #[serde(default = "all_dialects", deserialize_with = "at_least_one")]
    #[cfg_attr(feature = "openapi", schema(required, min_items = 1))]
    pub dialects: BTreeSet<Dialect>,
    /// The algorithms the key may sign with, at least one.
    #[serde(default = "all_algorithms", deserialize_with = "at_least_one")]
    #[cfg_attr(feature = "openapi", schema(required, min_items = 1))]
    pub algorithms: BTreeSet<Algorithm>,
    /// Which of its signatures are good for one use only.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub replay_protection: ReplayProtection,
}

impl Default for SigningPolicy {
    fn default() -> Self {
        Self {
            dialects: all_dialects(),
            algorithms: all_algorithms(),
            replay_protection: ReplayProtection::default(),
        }
    }
}

fn all_dialects() -> BTreeSet<Dialect> {
    BTreeSet::from(Dialect::ALL)
}

fn all_algorithms() -> BTreeSet<Algorithm> {
    BTreeSet::from(Algorithm::ALL)
}

/// A key that may sign in no way at all is a mistake of its creator, who would find out from their first client.
fn at_least_one<'de, T, D>(deserializer: D) -> Result<BTreeSet<T>, D::Error>
where
    T: Deserialize<'de> + Ord,
    D: serde::Deserializer<'de>,
{
    let set = BTreeSet::deserialize(deserializer)?;
    if set.is_empty() {
        Err(serde::de::Error::custom(
            "an empty list: leave it out to allow all, or name at least one",
        ))
    } else {
        Ok(set)
    }
}

impl Dialect {
    /// Every dialect there is.
    pub const ALL: [Self; 3] = [Self::HubHmac, Self::Rfc9421, Self::Cavage12];

    /// The dialect as it stands in JSON and in rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HubHmac => "hub-hmac",
            Self::Rfc9421 => "rfc9421",
            Self::Cavage12 => "cavage-12",
        }
    }
}

impl Algorithm {
    /// Every algorithm there is.
    pub const ALL: [Self; 4] = [
        Self::HmacSha1,
        Self::HmacSha256,
        Self::HmacSha384,
        Self::HmacSha512,
    ];

    /// The algorithm as requests, JSON and rows name it: `hmac-sha1`, `hmac-sha256`, `hmac-sha384` or `hmac-sha512`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha1 => "hmac-sha1",
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha384 => "hmac-sha384",
            Self::HmacSha512 => "hmac-sha512",
        }
    }
}

/// The text names no algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an algorithm is hmac-sha1, hmac-sha256, hmac-sha384 or hmac-sha512, in lower case")]
pub struct AlgorithmError;

impl FromStr for Algorithm {
    type Err = AlgorithmError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
            .ok_or(AlgorithmError)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a dialect is hub-hmac, rfc9421 or cavage-12")]
pub struct DialectError;

impl FromStr for Dialect {
    type Err = DialectError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == text)
            .ok_or(DialectError)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_are_those_of_the_formats_and_empty_lists_are_refused() {
        let policy: SigningPolicy = serde_json::from_str("{}").unwrap();
        assert_eq!(policy, SigningPolicy::default());
        assert_eq!(
            serde_json::to_string(&policy).unwrap(),
            r#"{"dialects":["hub-hmac","rfc9421","cavage-12"],"algorithms":["hmac-sha1","hmac-sha256","hmac-sha384","hmac-sha512"],"replay_protection":"nonce"}"#
        );
        for text in [
            r#"{"dialects":[]}"#,
            r#"{"algorithms":[]}"#,
            r#"{"algorithms":["none"]}"#,
            r#"{"x":1}"#,
        ] {
            assert!(
                serde_json::from_str::<SigningPolicy>(text).is_err(),
                "{text}"
            );
        }
        for (dialect, algorithm) in Dialect::ALL.into_iter().zip(Algorithm::ALL) {
            assert_eq!(dialect.as_str().parse(), Ok(dialect));
            assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
        }
    }

    #[test]
    fn replay_protection_covers_what_its_name_says() {
        use ReplayProtection::{All, Nonce, Off, UnsafeMethods};
        for (protection, get, get_with_nonce, post, post_with_nonce) in [
            (Off, false, false, false, false),
            (Nonce, false, false, false, true),
            (UnsafeMethods, false, false, true, true),
            (All, true, true, true, true),
        ] {
            assert_eq!(protection.covers("GET", false), get);
            assert_eq!(protection.covers("GET", true), get_with_nonce);
            assert_eq!(protection.covers("POST", false), post);
            assert_eq!(protection.covers("POST", true), post_with_nonce);
            // A method nobody has heard of may do anything.
            assert_eq!(protection.covers("get", true), post_with_nonce);
        }
    }
}

//! Secrets as we keep them, and what a verifier holds for the length of one check.

use std::cmp::Ordering;
use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::{Secret, base64_text};

/// Names one root key of the keyring: 1 to 16 ASCII letters and digits, in practice a counting number. The shorter is the
/// older, and of two of one length the one that sorts first: 2 comes before 10.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct KeyringVersion(String);

const VERSION_LEN: usize = 16;

impl KeyringVersion {
    pub(crate) fn counted(number: u64) -> Self {
        Self(number.to_string())
    }

    /// A counting number that is newer than this version: the next, if this is one. `None` if it has too many digits.
    pub(crate) fn next(&self) -> Option<Self> {
        let next = match self.0.parse::<u64>() {
            Ok(number) => Self::counted(number.checked_add(1)?),
            Err(_) => Self::counted(0),
        };
        // `01` is a number and newer than 2, and `b` is newer than every digit.
        let longer = || Self(format!("1{}", "0".repeat(self.0.len())));
        let next = if next > *self { next } else { longer() };
        (next.0.len() <= VERSION_LEN).then_some(next)
    }

    /// The version as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for KeyringVersion {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if (1..=VERSION_LEN).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            Ok(Self(text))
        } else {
            Err("a keyring version is 1 to 16 ASCII letters and digits")
        }
    }
}

impl Ord for KeyringVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_length = self.0.len().cmp(&other.0.len());
        by_length.then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for KeyringVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for KeyringVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What we keep of a secret. Never enough to sign or log in without the keyring.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum StoredSecret {
    /// Of a Basic key: HMAC-SHA-256 under the keyring's pepper. The secret can't be had back.
    Digest {
        /// The keyring's version the pepper is of.
        keyring: KeyringVersion,
        /// The digest, 32 bytes.
        #[serde(with = "base64_text")]
        mac: [u8; 32],
    },
    /// Of an HMAC key: AES-256-GCM under the keyring, with the key's id as associated data.
    Sealed {
        /// The keyring's version it is sealed under.
        keyring: KeyringVersion,
        /// The nonce, 12 random bytes.
        #[serde(with = "base64_text")]
        nonce: [u8; 12],
        /// The secret's bytes and 16 bytes of tag.
        #[serde(with = "base64_text")]
        ciphertext: Vec<u8>,
    },
}

impl StoredSecret {
    /// The version of the keyring that is needed to use it.
    pub fn keyring(&self) -> &KeyringVersion {
        match self {
            Self::Digest { keyring, .. } | Self::Sealed { keyring, .. } => keyring,
        }
    }

    /// Whether both are digests, or both sealed: a key has one scheme for life.
    pub fn is_kind_of(&self, other: &Self) -> bool {
        matches!(
            (self, other),
            (Self::Digest { .. }, Self::Digest { .. }) | (Self::Sealed { .. }, Self::Sealed { .. })
        )
    }
}

// Without the keyring these bytes open nothing, but a log is no place for them.
impl fmt::Debug for StoredSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Digest { .. } => "Digest",
            Self::Sealed { .. } => "Sealed",
        };
        write!(f, "{kind}(keyring {}, …)", self.keyring())
    }
}

/// Keys the digests of Basic secrets. Its state is zeroed on drop.
#[derive(Clone)]
pub struct Pepper(Hmac<Sha256>);

impl Pepper {
    /// A pepper of these 32 bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        #[expect(
            clippy::expect_used,
            reason = "HMAC takes a key of any length (RFC 2104 section 2)"
        )]
        Self(Hmac::new_from_slice(bytes).expect("HMAC takes a key of any length"))
    }

    /// HMAC-SHA-256(pepper, key ‖ NUL ‖ secret). The NUL keeps key `ab` with secret `c` apart from key `a` with secret
    /// `bc`: neither can hold one.
    pub fn digest(&self, key: &str, secret: &Secret) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(key.as_bytes());
        mac.update(&[0]);
        mac.update(secret.expose().as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// What a verifier knows of a key's secret while it checks one request. Made by
/// [`Keyring::open`](crate::keyring::Keyring::open).
pub enum KnownSecret {
    /// Of a Basic key: enough to recognise the secret, not to have it.
    Digest {
        /// The pepper the digest was made with.
        pepper: Pepper,
        /// The digest.
        mac: [u8; 32],
    },
    /// Of an HMAC key: the secret.
    Plain(Secret),
}

impl KnownSecret {
    /// Whether `presented` is the Basic secret of `key`, in constant time. Never true for an HMAC key.
    pub fn is_password(&self, key: &str, presented: &Secret) -> bool {
        match self {
            Self::Digest { pepper, mac } => pepper.digest(key, presented).ct_eq(mac).into(),
            Self::Plain(_) => false,
        }
    }
}

impl fmt::Debug for KnownSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_they_are_counted() {
        let version = |text: &str| KeyringVersion::try_from(text.to_owned()).unwrap();
        let order = ["1", "2", "9", "a", "01", "10", "100", "blue"];
        assert!(order.is_sorted_by_key(|text| version(text)));
        for (one, next) in [
            ("1", "2"),
            ("9", "10"),
            ("z", "10"),
            ("01", "100"),
            ("blue", "10000"),
            ("999999999999999", "1000000000000000"),
        ] {
            let next = version(next);
            assert_eq!(version(one).next(), Some(next.clone()));
            assert!(next > version(one));
        }
        for last in ["9999999999999999", "zzzzzzzzzzzzzzzz"] {
            assert_eq!(version(last).next(), None);
        }
    }
}

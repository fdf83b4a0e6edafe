//! Message authentication codes, by each algorithm a signature may be made with.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use hubkeys_domain::{Algorithm, Secret};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq as _;

/// The length of an algorithm's MACs, in bytes.
pub(crate) fn tag_len(algorithm: Algorithm) -> usize {
    match algorithm {
        Algorithm::HmacSha1 => 20,
        Algorithm::HmacSha256 => 32,
        Algorithm::HmacSha384 => 48,
        Algorithm::HmacSha512 => 64,
    }
}

/// The MAC of a message that is fed in parts, so that no signing string is built for it.
pub(crate) fn tag(
    algorithm: Algorithm,
    secret: &Secret,
    feed: impl FnOnce(&mut dyn FnMut(&str)),
) -> Tag {
    let secret = secret.expose().as_bytes();
    match algorithm {
        Algorithm::HmacSha1 => hmac::<Hmac<Sha1>>(secret, feed),
        Algorithm::HmacSha256 => hmac::<Hmac<Sha256>>(secret, feed),
        Algorithm::HmacSha384 => hmac::<Hmac<Sha384>>(secret, feed),
        Algorithm::HmacSha512 => hmac::<Hmac<Sha512>>(secret, feed),
    }
}

fn hmac<M: Mac + KeyInit>(secret: &[u8], feed: impl FnOnce(&mut dyn FnMut(&str))) -> Tag {
    #[expect(
        clippy::expect_used,
        reason = "HMAC takes a key of any length (RFC 2104 section 2)"
    )]
    let mut mac = <M as KeyInit>::new_from_slice(secret).expect("HMAC takes a key of any length");
    feed(&mut |part| mac.update(part.as_bytes()));
    Tag::from_slice(&mac.finalize().into_bytes())
}

/// A MAC of any of the algorithms, presented or computed. Until its request is too old it is a credential: `Debug` does
/// not print it, and comparing two does not tell where they differ.
#[derive(Clone)]
pub struct Tag {
    bytes: [u8; Self::MAX],
    len: usize,
}

impl Tag {
    /// The length of the longest.
    const MAX: usize = 64;

    /// A tag of these bytes, cut off at [`Tag::MAX`], which no algorithm exceeds.
    pub(crate) fn from_slice(tag: &[u8]) -> Self {
        let len = tag.len().min(Self::MAX);
        let mut bytes = [0; Self::MAX];
        bytes.iter_mut().zip(tag).for_each(|(to, from)| *to = *from);
        Self { bytes, len }
    }

    /// Its bytes.
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Whether two tags are the same, in a time that does not tell where they differ.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.as_slice().ct_eq(other.as_slice()).into()
    }
}

impl PartialEq for Tag {
    fn eq(&self, other: &Self) -> bool {
        self.is(other)
    }
}

impl Eq for Tag {}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag(…)")
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Vectors {
        cases: Vec<Vector>,
    }

    #[derive(Deserialize)]
    struct Vector {
        key_hex: String,
        data_hex: String,
        sha1: String,
        sha256: String,
    }

    /// SHA-384 and SHA-512 of the same two cases, RFC 4231 sections 4.2 and 4.3.
    const LONGER: [[&str; 2]; 2] = [
        [
            "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
        ],
        [
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ],
    ];

    #[test]
    fn every_algorithm_gives_the_published_macs() -> Result<(), Box<dyn std::error::Error>> {
        let vectors: Vectors = serde_json::from_str(include_str!(
            "../../../tests/vectors/hmac-rfc2202-4231.json"
        ))?;
        assert_eq!(vectors.cases.len(), LONGER.len());
        for (case, [sha384, sha512]) in vectors.cases.iter().zip(LONGER) {
            let data = String::from_utf8(hex::decode(&case.data_hex)?)?;
            let (start, end) = data.split_at(5);
            let published = [case.sha1.as_str(), &case.sha256, sha384, sha512];
            for (algorithm, published) in Algorithm::ALL.into_iter().zip(published) {
                let key = String::from_utf8(hex::decode(&case.key_hex)?)?;
                let tag = tag(algorithm, &Secret::of_any_form(key), |to| {
                    to(start);
                    to(end);
                });
                assert_eq!(hex::encode(tag.as_slice()), published, "{algorithm}");
                assert_eq!(tag.as_slice().len(), tag_len(algorithm));
            }
        }
        Ok(())
    }

    #[test]
    fn a_tag_is_not_its_own_prefix() {
        let tag = Tag::from_slice(&[0; 32]);
        assert!(tag.is(&Tag::from_slice(&[0; 32])));
        assert!(!tag.is(&Tag::from_slice(&[0; 31])));
        assert!(!tag.is(&Tag::from_slice(&[])));
    }
}

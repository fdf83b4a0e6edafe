//! HTTP Basic (RFC 7617), read in one way only.

use std::str;

use hubkeys_domain::{KnownSecret, Secret};
use zeroize::Zeroizing;

use crate::canonical_base64;
use crate::{Binding, Dialect, Outcome, Refusal};

/// A key and the secret that was sent with it.
#[derive(Debug)]
pub struct BasicClaim {
    key: String,
    secret: Secret,
}

/// The longest key, in bytes: as long as a name under which the store can be asked, and far longer than ours.
pub(crate) const MAX_KEY: usize = 128;

impl BasicClaim {
    /// Reads what follows the scheme: the base64 of `key:secret` in UTF-8. The first colon splits, so a key has none;
    /// the secret may have some, or be empty.
    pub(crate) fn parse(credentials: &str) -> Result<Self, Refusal> {
        let bytes = canonical_base64::decode(credentials).ok_or_else(|| {
            Refusal::malformed("the Basic credentials are not padded standard base64")
        })?;
        let text = str::from_utf8(&bytes)
            .map_err(|_| Refusal::malformed("the Basic credentials are not UTF-8"))?;
        if text.chars().any(char::is_control) {
            return Err(Refusal::malformed(
                "the Basic credentials have a control character",
            ));
        }
        let (key, secret) = text.split_once(':').ok_or_else(|| {
            Refusal::malformed("the Basic credentials have no colon between key and secret")
        })?;
        if key.is_empty() || key.len() > MAX_KEY {
            return Err(Refusal::malformed(
                "the key before the colon of the Basic credentials is not 1 to 128 bytes long",
            ));
        }
        Ok(Self {
            key: key.to_owned(),
            secret: Secret::of_any_form(secret),
        })
    }

    /// The key, as the client wrote it.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The secret, as the client wrote it.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

pub(crate) fn check(claim: &BasicClaim, known: &KnownSecret) -> Result<Binding, Refusal> {
    match known {
        KnownSecret::Digest { .. } if known.is_password(&claim.key, &claim.secret) => {
            Ok(Binding::nothing(Dialect::Basic))
        }
        KnownSecret::Digest { .. } => Err(Refusal::new(
            Outcome::WrongSecret,
            "the secret is not the one of this key",
        )),
        // Even if the text is right: a signing secret that was sent in the open must not be of use.
        KnownSecret::Plain(_) => Err(Refusal::new(
            Outcome::WrongScheme,
            "the key is an HMAC key and was presented with Basic: sign the request instead",
        )),
    }
}

/// The key can't be sent by HTTP Basic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "for Basic, a key is 1 to 128 bytes without a colon, and neither key nor secret has a control character"
)]
pub struct UnsendableError;

/// The value of the `Authorization` header that presents this key and secret.
///
/// # Errors
/// [`UnsendableError`] if RFC 7617 has no way to write them, or a server could not tell where the key ends.
pub fn authorization(key: &str, secret: &Secret) -> Result<Zeroizing<String>, UnsendableError> {
    if key.is_empty()
        || key.len() > MAX_KEY
        || key.contains(':')
        || key
            .chars()
            .chain(secret.expose().chars())
            .any(char::is_control)
    {
        return Err(UnsendableError);
    }
    let pair = Zeroizing::new([key, secret.expose()].join(":"));
    let pair = Zeroizing::new(canonical_base64::encode(pair.as_bytes()));
    Ok(Zeroizing::new(["Basic ", pair.as_str()].concat()))
}

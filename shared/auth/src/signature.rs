//! What every dialect does with a signature.

use hubkeys_domain::{KnownSecret, Secret};

use crate::mac::{Tag, tag_len};
use crate::{Algorithm, Outcome, Refusal, canonical_base64};

/// Whether a key can be named in a quoted parameter, where `"` and `\` have no place.
pub(crate) fn is_key(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}

/// The algorithm of a parameter.
pub(crate) fn algorithm(name: &str) -> Result<Algorithm, Refusal> {
    name.parse().map_err(|_| {
        Refusal::malformed(
            "the algorithm is none of hmac-sha1, hmac-sha256, hmac-sha384, hmac-sha512",
        )
    })
}

/// The signature of a parameter.
pub(crate) fn parse(algorithm: Algorithm, text: &str) -> Result<Tag, Refusal> {
    canonical_base64::decode(text)
        .filter(|tag| tag.len() == tag_len(algorithm))
        .map(|tag| Tag::from_slice(&tag))
        .ok_or_else(|| {
            Refusal::malformed(format!(
                "the signature is not the padded standard base64 of the {} bytes that {algorithm} gives",
                tag_len(algorithm)
            ))
        })
}

/// The secret to check a signature with.
pub(crate) fn secret(known: &KnownSecret) -> Result<&Secret, Refusal> {
    match known {
        KnownSecret::Plain(secret) => Ok(secret),
        KnownSecret::Digest { .. } => Err(Refusal::new(
            Outcome::WrongScheme,
            "the key is a Basic key and was presented with an HMAC signature: send its secret with Basic instead",
        )),
    }
}

pub(crate) fn require_match(computed: &Tag, presented: &Tag) -> Result<(), Refusal> {
    if computed.is(presented) {
        return Ok(());
    }
    Err(Refusal::new(
        Outcome::SignatureMismatch,
        "the signature is not that of this method, target and listed headers under the key's secret: compare your signing string with ours",
    ))
}

pub(crate) fn insufficient(detail: &'static str) -> Refusal {
    Refusal::new(Outcome::InsufficientCoverage, detail)
}

/// Refuses a request that has a meaningful field which is not signed.
pub(crate) fn require_nothing_unsigned(unsigned: Option<&'static str>) -> Result<(), Refusal> {
    match unsigned {
        Some(name) => Err(Refusal::new(
            Outcome::InsufficientCoverage,
            format!(
                "the request has {name} and does not sign it: add it to the list of what is signed, or do not send it"
            ),
        )),
        None => Ok(()),
    }
}

/// The method other than `sent` for which `holds` says that the signature does.
pub(crate) fn other_method(
    sent: &str,
    holds: impl Fn(&'static str) -> bool,
) -> Option<&'static str> {
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
        .into_iter()
        .filter(|method| *method != sent)
        .find(|method| holds(method))
}

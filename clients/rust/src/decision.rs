//! What verify decided.
//!
//! Reads answers of newer versions of verify too: fields and outcomes it does not know are passed over. But only an answer
//! that clearly says `valid`, and says of whom, is a [`Decision::Valid`].

use hubkeys_domain::Timestamp;
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use crate::{BodyDigests, Outcome};

/// A decision on a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The request may pass.
    Valid(Box<Valid>),
    /// It may not.
    Refused(Refusal),
}

/// Who sent a request, and what their credential vouched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valid {
    /// The account of the key.
    pub account: String,
    /// The key, e.g. `hk_01jd…`. Safe to log.
    pub key: String,
    /// The scheme it was presented with.
    pub scheme: Scheme,
    /// The version of the key's history that decided.
    pub version: u64,
    /// What is bound to the credential. Whatever is not may have been written by anybody between the client and the service.
    pub bound: Bound,
}

/// Why a request was refused. For the log, never for the client: unknown key, wrong secret and revoked key are one
/// answer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of refusal it is.
    pub outcome: Outcome,
    /// What the client's author should change, in a sentence. May be empty.
    pub detail: String,
}

/// How a credential is presented.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// HTTP Basic. Binds nothing of the request.
    Basic,
    /// A signature with a shared secret, in any dialect.
    Hmac,
    /// One this version of the client does not know.
    Other(String),
}

/// What a credential vouched for beside its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Whether the method is bound.
    pub method: bool,
    /// Whether the target is bound.
    pub target: bool,
    /// Whether the host is bound.
    pub authority: bool,
    /// The signed date.
    pub date: Option<Timestamp>,
    /// The body's digest, if the body is bound.
    pub body: BoundBody,
    /// Whether verify has compared that digest. It has not where it never saw the body.
    pub body_compared: bool,
    /// What the signature was made with, e.g. `hmac-sha256`.
    pub algorithm: Option<String>,
    /// The dialect the signature is of, e.g. `rfc9421`.
    pub dialect: Option<String>,
    /// The signed header fields, as the client spelled them.
    pub headers: Vec<String>,
}

/// The digest that a bound body must have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BoundBody {
    /// No body is bound: the request had none, or the scheme binds none.
    None,
    /// This MD5.
    Md5([u8; 16]),
    /// This SHA-256.
    Sha256([u8; 32]),
    /// This SHA-512.
    Sha512([u8; 64]),
    /// A digest this version of the client does not know, by its name. It can't compare it.
    Other(String),
}

/// An answer is not a decision, or not of a form that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a decision that this version of the client can read: {missing}")]
pub struct UnreadableDecision {
    missing: &'static str,
}

const fn unreadable(missing: &'static str) -> UnreadableDecision {
    UnreadableDecision { missing }
}

#[derive(Deserialize)]
struct Wire {
    outcome: String,
    allowed: bool,
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    account: Option<String>,
    #[serde(default)]
    scheme: Option<String>,
    #[serde(default)]
    version: Option<u64>,
    #[serde(default)]
    bound: Option<WireBound>,
}

#[derive(Deserialize)]
struct WireBound {
    #[serde(default)]
    method: bool,
    #[serde(default)]
    target: bool,
    #[serde(default)]
    authority: bool,
    #[serde(default)]
    date: Option<Timestamp>,
    body: String,
    #[serde(default)]
    body_digest: Option<String>,
    #[serde(default)]
    body_compared: bool,
    #[serde(default)]
    algorithm: Option<String>,
    #[serde(default)]
    dialect: Option<String>,
    #[serde(default)]
    headers: Vec<String>,
}

impl Decision {
    /// Reads verify's answer.
    ///
    /// # Errors
    /// [`UnreadableDecision`]: nothing is known, which is neither a pass nor a refusal.
    pub fn from_json(json: &[u8]) -> Result<Self, UnreadableDecision> {
        let wire: Wire = serde_json::from_slice(json)
            .map_err(|_| unreadable("it is not JSON with `outcome` and `allowed`"))?;
        if wire.allowed && wire.outcome == "valid" {
            return Ok(Self::Valid(Box::new(wire.try_into()?)));
        }
        // `valid` that is not allowed, or a refusal that is: a contradiction never passes.
        Ok(Self::Refused(Refusal {
            outcome: Outcome::named(wire.outcome),
            detail: wire.detail.unwrap_or_default(),
        }))
    }

    /// Whether the request may pass.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Valid(_))
    }

    /// Who sent the request, or why it was refused.
    ///
    /// # Errors
    /// The refusal.
    pub fn into_result(self) -> Result<Valid, Refusal> {
        match self {
            Self::Valid(valid) => Ok(*valid),
            Self::Refused(refusal) => Err(refusal),
        }
    }
}

impl TryFrom<Wire> for Valid {
    type Error = UnreadableDecision;

    fn try_from(wire: Wire) -> Result<Self, UnreadableDecision> {
        let named = |text: Option<String>| text.filter(|text| !text.is_empty());
        let bound = wire.bound.ok_or(unreadable("`bound` is missing"))?;
        Ok(Self {
            account: named(wire.account).ok_or(unreadable("`account` is missing"))?,
            key: named(wire.key).ok_or(unreadable("`key` is missing"))?,
            scheme: named(wire.scheme)
                .map(Scheme::named)
                .ok_or(unreadable("`scheme` is missing"))?,
            version: wire.version.ok_or(unreadable("`version` is missing"))?,
            bound: bound.try_into()?,
        })
    }
}

impl TryFrom<WireBound> for Bound {
    type Error = UnreadableDecision;

    fn try_from(wire: WireBound) -> Result<Self, UnreadableDecision> {
        Ok(Self {
            method: wire.method,
            target: wire.target,
            authority: wire.authority,
            date: wire.date,
            body: BoundBody::from_parts(&wire.body, wire.body_digest.as_deref())?,
            body_compared: wire.body_compared,
            algorithm: wire.algorithm,
            dialect: wire.dialect,
            headers: wire.headers,
        })
    }
}

impl Scheme {
    pub(crate) fn named(name: String) -> Self {
        match name.as_str() {
            "basic" => Self::Basic,
            "hmac" => Self::Hmac,
            _ => Self::Other(name),
        }
    }

    /// The scheme as verify names it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Basic => "basic",
            Self::Hmac => "hmac",
            Self::Other(name) => name,
        }
    }
}

impl BoundBody {
    /// The binding of this name with this digest in hex.
    pub(crate) fn from_parts(name: &str, digest: Option<&str>) -> Result<Self, UnreadableDecision> {
        Ok(match name {
            "none" => Self::None,
            "md5" => Self::Md5(parse(digest)?),
            "sha-256" => Self::Sha256(parse(digest)?),
            "sha-512" => Self::Sha512(parse(digest)?),
            other => Self::Other(other.to_owned()),
        })
    }

    /// Whether a body with these digests is the bound one. `None`: that can't be told, because the digest is not
    /// among them, or because nothing is bound. Takes the same time for every digest of a kind.
    pub fn compare(&self, digests: &BodyDigests) -> Option<bool> {
        fn same<const N: usize>(bound: &[u8; N], found: Option<&[u8; N]>) -> Option<bool> {
            found.map(|found| bound.ct_eq(found).into())
        }
        match self {
            Self::None | Self::Other(_) => None,
            Self::Md5(bound) => same(bound, digests.md5.as_ref()),
            Self::Sha256(bound) => same(bound, digests.sha256.as_ref()),
            Self::Sha512(bound) => same(bound, digests.sha512.as_ref()),
        }
    }
}

fn parse<const N: usize>(digest: Option<&str>) -> Result<[u8; N], UnreadableDecision> {
    let mut bytes = [0; N];
    digest
        .and_then(|digest| hex::decode_to_slice(digest, &mut bytes).ok())
        .ok_or(unreadable(
            "the bound body's digest is missing or not its length in hex",
        ))?;
    Ok(bytes)
}

//! The `Authorization` header: which scheme it is of, and who answers for that scheme.

use hubkeys_domain::{KnownSecret, Scheme, Timestamp};

use crate::basic::{self, BasicClaim};
use crate::facts::{Field, is_token};
use crate::hub_hmac::{self, HubHmacClaim};
use crate::{Binding, Outcome, Refusal, RequestFacts};

/// Who says to have sent a request, and how they mean to prove it. Not yet proven: only [`check`] does that.
#[derive(Debug)]
pub enum Claim<'f> {
    /// By sending the secret (RFC 7617).
    Basic(BasicClaim),
    /// By the platform's own signature.
    HubHmac(HubHmacClaim<'f>),
    // RFC 9421 (its own `Signature` and `Signature-Input` fields) and draft-cavage-12 (`Authorization: Signature …`) go here, each with
    // a module beside `hub_hmac` that parses and checks its claim.
}

impl Claim<'_> {
    /// The key that is claimed, as the client wrote it: a text from outside.
    pub fn key(&self) -> &str {
        match self {
            Self::Basic(claim) => claim.key(),
            Self::HubHmac(claim) => claim.key(),
        }
    }

    /// The scheme a key must be of to be claimed like this.
    pub fn scheme(&self) -> Scheme {
        match self {
            Self::Basic(_) => Scheme::Basic,
            Self::HubHmac(_) => Scheme::Hmac,
        }
    }
}

/// Reads the claim out of a request. Takes a time linear in the size of the facts, and needs no secret.
///
/// # Errors
/// [`Outcome::Malformed`] and [`Outcome::UnsupportedScheme`].
pub fn parse(facts: &RequestFacts) -> Result<Claim<'_>, Refusal> {
    let header = match facts.field("authorization") {
        Field::Once(header) => header,
        Field::Absent if is_signed_otherwise(facts) => return Err(unsupported()),
        Field::Absent => {
            return Err(Refusal::malformed("there is no Authorization header"));
        }
        Field::Repeated => {
            return Err(Refusal::malformed(
                "there is more than one Authorization header",
            ));
        }
    };
    let (scheme, credentials) = split(header)?;
    // No token of the header is ever quoted in a refusal: a client that forgets the scheme sends its secret there.
    if scheme.eq_ignore_ascii_case("basic") {
        BasicClaim::parse(credentials).map(Claim::Basic)
    } else if scheme.eq_ignore_ascii_case("hmac") {
        HubHmacClaim::parse(facts, credentials).map(Claim::HubHmac)
    } else {
        Err(unsupported())
    }
}

/// Whether the request is signed in header fields of their own, as RFC 9421 has it.
fn is_signed_otherwise(facts: &RequestFacts) -> bool {
    ["Signature", "Signature-Input"]
        .into_iter()
        .any(|name| !matches!(facts.field(name), Field::Absent))
}

fn unsupported() -> Refusal {
    Refusal::new(
        Outcome::UnsupportedScheme,
        "the request is of no supported scheme: send an Authorization header of Basic or hmac",
    )
}

/// Decides a claim: whether its sender holds the secret, and what they bound with it.
///
/// `facts` are those the claim was parsed from, `known` is what is known of the secret of the key it names. That the
/// key is live is for the caller to ask, and only after this said yes.
///
/// # Errors
/// [`Outcome::WrongScheme`], [`Outcome::WrongSecret`], [`Outcome::InsufficientCoverage`],
/// [`Outcome::SignatureMismatch`], [`Outcome::ClockSkew`], [`Outcome::BodyMismatch`].
pub fn check(
    facts: &RequestFacts,
    claim: &Claim<'_>,
    known: &KnownSecret,
    now: Timestamp,
) -> Result<Binding, Refusal> {
    match claim {
        Claim::Basic(claim) => basic::check(claim, known),
        Claim::HubHmac(claim) => hub_hmac::check(facts, claim, known, now),
    }
}

/// Splits `<scheme> <credentials>` (RFC 9110 section 11.4): a token, then one or more spaces. White space anywhere else
/// is left for the token's and the credentials' own rules to refuse.
fn split(header: &str) -> Result<(&str, &str), Refusal> {
    let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
    if !is_token(scheme) {
        return Err(Refusal::malformed(
            "the Authorization header does not start with a scheme and a space",
        ));
    }
    Ok((scheme, rest.trim_start_matches(' ')))
}

//! The header fields that say who sent a request: which dialect they are of, and who answers for it.

use hubkeys_domain::{KnownSecret, Timestamp};

use crate::basic::{self, BasicClaim};
use crate::cavage::{self, CavageClaim};
use crate::facts::{Field, is_token};
use crate::hub_hmac::{self, HubHmacClaim};
use crate::rfc9421::{self, Rfc9421Claim};
use crate::{Binding, Claim, Outcome, Refusal, RequestFacts};

/// The parts of a request that hold its claim. Exactly one kind of them stands in a request: whoever could choose which
/// one counts could choose who sent it.
pub(crate) enum Presented<'f> {
    Basic(&'f str),
    HubHmac(&'f str),
    Cavage12(&'f str),
    Rfc9421 { input: &'f str, signature: &'f str },
}

impl<'f> Presented<'f> {
    pub(crate) fn find(facts: &'f RequestFacts) -> Result<Self, Refusal> {
        let once = |name| match facts.field(name) {
            Field::Once(value) => Ok(Some(value)),
            Field::Absent => Ok(None),
            Field::Repeated => Err(Refusal::malformed(format!(
                "there is more than one {name} header"
            ))),
        };
        let authorization = once("Authorization")?;
        let signature = once("Signature")?;
        let input = once("Signature-Input")?;
        match (authorization, signature, input) {
            (Some(authorization), None, None) => Self::of_authorization(authorization),
            (Some(_), _, _) => Err(Refusal::malformed(
                "the request has an Authorization header and is signed beside it: send one of them",
            )),
            (None, Some(signature), Some(input)) => Ok(Self::Rfc9421 { input, signature }),
            (None, Some(signature), None) => Ok(Self::Cavage12(signature)),
            (None, None, Some(_)) => Err(Refusal::malformed(
                "there is a Signature-Input header and no Signature header",
            )),
            (None, None, None) => Err(Refusal::malformed("there is no Authorization header")),
        }
    }

    fn of_authorization(header: &'f str) -> Result<Self, Refusal> {
        let (scheme, credentials) = split(header)?;
        // No token of the header is ever quoted in a refusal: a client that forgets the scheme sends its secret there.
        if scheme.eq_ignore_ascii_case("basic") {
            Ok(Self::Basic(credentials))
        } else if scheme.eq_ignore_ascii_case("hmac") {
            Ok(Self::HubHmac(credentials))
        } else if scheme.eq_ignore_ascii_case("signature") {
            Ok(Self::Cavage12(credentials))
        } else {
            Err(Refusal::new(
                Outcome::UnsupportedScheme,
                "the request is of no supported scheme: send an Authorization header of Basic, hmac or Signature, or the headers Signature-Input and Signature",
            ))
        }
    }
}

/// Reads the claim out of a request. Takes a time linear in the size of the facts, and needs no secret.
///
/// # Errors
/// [`Outcome::Malformed`] and [`Outcome::UnsupportedScheme`].
pub fn parse(facts: &RequestFacts) -> Result<Claim<'_>, Refusal> {
    match Presented::find(facts)? {
        Presented::Basic(credentials) => BasicClaim::parse(credentials).map(Claim::Basic),
        Presented::HubHmac(list) => HubHmacClaim::parse(facts, list).map(Claim::HubHmac),
        Presented::Cavage12(list) => CavageClaim::parse(facts, list).map(Claim::Cavage12),
        Presented::Rfc9421 { input, signature } => {
            Rfc9421Claim::parse(facts, input, signature).map(Claim::Rfc9421)
        }
    }
}

/// Decides a claim: whether its sender holds the secret, and what they bound with it.
///
/// `facts` are those the claim was parsed from, `known` is what is known of the secret of the key it names. That the
/// key is live, that it allows the claim's dialect and algorithm, and that the signature was not used before is for the
/// caller to ask, and only after this said yes.
///
/// # Errors
/// [`Outcome::WrongScheme`], [`Outcome::WrongSecret`], [`Outcome::InsufficientCoverage`],
/// [`Outcome::SignatureMismatch`], [`Outcome::ClockSkew`], [`Outcome::Expired`], [`Outcome::BodyMismatch`].
pub fn check(
    facts: &RequestFacts,
    claim: &Claim<'_>,
    known: &KnownSecret,
    now: Timestamp,
) -> Result<Binding, Refusal> {
    match claim {
        Claim::Basic(claim) => basic::check(claim, known),
        Claim::HubHmac(claim) => hub_hmac::check(facts, claim, known, now),
        Claim::Rfc9421(claim) => rfc9421::check(facts, claim, known, now),
        Claim::Cavage12(claim) => cavage::check(facts, claim, known, now),
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

//! What the author of a client wants to know of a signature that was refused.

use std::fmt;

use hubkeys_domain::Secret;

use crate::authorization::Presented;
use crate::facts::Field;
use crate::hub_hmac;
use crate::rfc9421::Input;
use crate::signed_digest::{DigestField, bound_body};
use crate::{Claim, Outcome, RequestFacts, cavage, rfc9421};

/// The text that the claim's signature has to be of. None for Basic. Holds no secret: show it to the client's author.
pub fn signing_string(facts: &RequestFacts, claim: &Claim<'_>) -> Option<String> {
    match claim {
        Claim::Basic(_) => None,
        Claim::HubHmac(claim) => Some(hub_hmac::signing_string(facts, claim)),
        Claim::Rfc9421(claim) => Some(rfc9421::signing_string(facts, claim)),
        Claim::Cavage12(claim) => Some(cavage::signing_string(facts, claim)),
    }
}

/// The method this request was signed for, if it is another one than it was sent with.
pub fn method_signed(
    facts: &RequestFacts,
    claim: &Claim<'_>,
    secret: &Secret,
) -> Option<&'static str> {
    match claim {
        Claim::Basic(_) => None,
        Claim::HubHmac(claim) => hub_hmac::method_signed(facts, claim, secret),
        Claim::Rfc9421(claim) => rfc9421::method_signed(facts, claim, secret),
        Claim::Cavage12(claim) => cavage::method_signed(facts, claim, secret),
    }
}

/// A listed component that a signature can't hold with, or not for this body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspicion {
    /// Its name as listed: at most 64 characters of printable ASCII.
    pub component: String,
    /// What is wrong with it.
    pub fault: ComponentFault,
}

/// What is wrong with a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComponentFault {
    /// The request does not have it.
    Absent,
    /// The request has it more than once.
    Repeated,
    /// It is a digest, and can't be read.
    UnreadableDigest,
    /// It is a digest, and not the body's.
    DifferentDigest,
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            ComponentFault::Absent => "is listed, and the request does not have it",
            ComponentFault::Repeated => "is listed, and the request has it more than once",
            ComponentFault::UnreadableDigest => "is listed, and is no digest that can be read",
            ComponentFault::DifferentDigest => "is listed, and is not the digest of this body",
        };
        write!(f, "{} {fault}", self.component)
    }
}

/// The first listed component that is absent, given more than once, or a digest other than the body's. Goes by the facts
/// alone, for a request of which a listed field is missing or given twice makes no claim.
pub fn suspicious(facts: &RequestFacts) -> Option<Suspicion> {
    let (list, digests) = match Presented::find(facts).ok()? {
        Presented::Basic(_) => return None,
        Presented::HubHmac(list) => {
            let params = hub_hmac::Params::parse(list).ok()?;
            (names(params.headers), DigestField::ALL.as_slice())
        }
        Presented::Cavage12(list) => {
            let params = cavage::Params::parse(list).ok()?;
            let digests = [DigestField::Digest, DigestField::ContentDigest];
            return find(facts, names(params.headers?), &digests);
        }
        Presented::Rfc9421 { input, .. } => {
            let names = Input::parse(input).ok()?.components().collect();
            (names, [DigestField::ContentDigest].as_slice())
        }
    };
    find(facts, list, digests)
}

fn names(list: &str) -> Vec<&str> {
    list.split(' ').take(crate::lines::MAX_NAMES).collect()
}

fn find(facts: &RequestFacts, names: Vec<&str>, digests: &[DigestField]) -> Option<Suspicion> {
    names
        .into_iter()
        // Derived components are always there.
        .filter(|name| !name.starts_with(['@', '(']) && *name != crate::lines::REQUEST_LINE)
        .find_map(|name| {
            fault(facts, name, digests).map(|fault| Suspicion {
                component: format!("{name:.64}"),
                fault,
            })
        })
}

fn fault(facts: &RequestFacts, name: &str, digests: &[DigestField]) -> Option<ComponentFault> {
    let value = match facts.field(name) {
        Field::Once(value) => value.trim_matches([' ', '\t']),
        Field::Absent => return Some(ComponentFault::Absent),
        Field::Repeated => return Some(ComponentFault::Repeated),
    };
    let field = digests
        .iter()
        .find(|field| field.name().eq_ignore_ascii_case(name))?;
    let mut read = Vec::new();
    if field.read(value, &mut read).is_err() {
        return Some(ComponentFault::UnreadableDigest);
    }
    match bound_body(facts, &read) {
        Err(refusal) if refusal.outcome == Outcome::BodyMismatch => {
            Some(ComponentFault::DifferentDigest)
        }
        _ => None,
    }
}

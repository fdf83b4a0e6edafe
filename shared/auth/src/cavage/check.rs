//! Whether a signature holds, and what it binds.

use hubkeys_domain::{KnownSecret, Secret, Timestamp};

use super::CavageClaim;
use super::claim::{CREATED, EXPIRES};
use crate::freshness::{require_fresh, require_unexpired};
use crate::mac::Tag;
use crate::signature::{
    insufficient, other_method, require_match, require_nothing_unsigned, secret,
};
use crate::signed_digest::{bound_body, needs_digest};
use crate::{Binding, Dialect, Refusal, RequestFacts, lines, mac};

/// In the order of [`crate::hub_hmac`]'s: nobody but a holder of the secret learns of clocks and bodies.
pub(crate) fn check(
    facts: &RequestFacts,
    claim: &CavageClaim<'_>,
    known: &KnownSecret,
    now: Timestamp,
) -> Result<Binding, Refusal> {
    let secret = secret(known)?;
    require_coverage(facts, claim)?;
    require_match(
        &tag(facts.method(), facts, claim, secret),
        claim.signature(),
    )?;
    // A parameter that is not signed proves nothing, but it may well refuse.
    for date in claim.dates().chain(claim.created()) {
        require_fresh(date, now)?;
    }
    require_unexpired(claim.expires(), now)?;
    Ok(Binding {
        request_line: true,
        authority: true,
        date: claim.dates().min(),
        created: claim.created().filter(|_| claim.signs_parameter(CREATED)),
        expires: claim.expires().filter(|_| claim.signs_parameter(EXPIRES)),
        body: bound_body(facts, claim.digests())?,
        body_compared: facts.body().is_seen(),
        algorithm: Some(claim.algorithm()),
        signed_headers: claim.signed_headers().map(str::to_owned).collect(),
        signature: Some(claim.signature().clone()),
        ..Binding::nothing(Dialect::Cavage12)
    })
}

pub(crate) fn signing_string(facts: &RequestFacts, claim: &CavageClaim<'_>) -> String {
    lines::text(facts.method(), facts.target(), claim.lines())
}

pub(crate) fn method_signed(
    facts: &RequestFacts,
    claim: &CavageClaim<'_>,
    secret: &Secret,
) -> Option<&'static str> {
    other_method(facts.method(), |method| {
        tag(method, facts, claim, secret).is(claim.signature())
    })
}

fn tag(method: &str, facts: &RequestFacts, claim: &CavageClaim<'_>, secret: &Secret) -> Tag {
    mac::tag(claim.algorithm(), secret, |to| {
        lines::feed(method, facts.target(), claim.lines(), to);
    })
}

fn require_coverage(facts: &RequestFacts, claim: &CavageClaim<'_>) -> Result<(), Refusal> {
    if !lines::bind_target(claim.lines()) {
        return Err(insufficient(
            "(request-target) is not signed: add it to the list of headers",
        ));
    }
    if lines::signed(claim.lines(), "host").is_none() {
        return Err(insufficient(
            "host is not signed: add it to the list of headers",
        ));
    }
    if claim.dates().next().is_none() {
        return Err(insufficient(
            "no date is signed: add date, x-date or (created) to the list of headers",
        ));
    }
    if needs_digest(facts) && claim.digests().is_empty() {
        return Err(insufficient(
            "the body's digest is not signed: send its SHA-256 as digest or content-digest, and add that to the list of headers",
        ));
    }
    require_nothing_unsigned(claim.unsigned())
}

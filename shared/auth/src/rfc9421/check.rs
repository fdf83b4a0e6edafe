//! Whether a signature holds, and what it binds.

use hubkeys_domain::{KnownSecret, Secret, Timestamp};

use super::Rfc9421Claim;
use super::base::feed;
use crate::freshness::{require_fresh, require_unexpired};
use crate::mac::Tag;
use crate::signature::{
    insufficient, other_method, require_match, require_nothing_unsigned, secret,
};
use crate::signed_digest::{bound_body, needs_digest};
use crate::{Binding, Dialect, Refusal, RequestFacts, mac};

/// In the order of [`crate::hub_hmac`]'s: nobody but a holder of the secret learns of clocks and bodies.
pub(crate) fn check(
    facts: &RequestFacts,
    claim: &Rfc9421Claim<'_>,
    known: &KnownSecret,
    now: Timestamp,
) -> Result<Binding, Refusal> {
    let secret = secret(known)?;
    require_coverage(facts, claim)?;
    require_match(
        &tag(facts.method(), facts, claim, secret),
        claim.signature(),
    )?;
    require_fresh(claim.created(), now)?;
    require_unexpired(claim.expires(), now)?;
    Ok(Binding {
        request_line: true,
        authority: ["@target-uri", "@authority", "host"]
            .into_iter()
            .any(|name| claim.covers(name)),
        date: Some(claim.created()),
        created: Some(claim.created()),
        expires: claim.expires(),
        nonce: claim.nonce().map(str::to_owned),
        body: bound_body(facts, claim.digests())?,
        body_compared: facts.body().is_seen(),
        algorithm: Some(claim.algorithm()),
        signed_headers: claim.signed_headers().map(str::to_owned).collect(),
        signature: Some(claim.signature().clone()),
        ..Binding::nothing(Dialect::Rfc9421)
    })
}

pub(crate) fn signing_string(facts: &RequestFacts, claim: &Rfc9421Claim<'_>) -> String {
    let mut text = String::new();
    feed(
        facts.method(),
        facts,
        claim.covered(),
        claim.params(),
        &mut |part| text.push_str(part),
    );
    text
}

pub(crate) fn method_signed(
    facts: &RequestFacts,
    claim: &Rfc9421Claim<'_>,
    secret: &Secret,
) -> Option<&'static str> {
    other_method(facts.method(), |method| {
        tag(method, facts, claim, secret).is(claim.signature())
    })
}

fn tag(method: &str, facts: &RequestFacts, claim: &Rfc9421Claim<'_>, secret: &Secret) -> Tag {
    mac::tag(claim.algorithm(), secret, |to| {
        feed(method, facts, claim.covered(), claim.params(), to);
    })
}

fn require_coverage(facts: &RequestFacts, claim: &Rfc9421Claim<'_>) -> Result<(), Refusal> {
    if !claim.covers("@method") {
        return Err(insufficient("the method is not covered: cover @method"));
    }
    require_target(facts, claim)?;
    if needs_digest(facts) && claim.digests().is_empty() {
        return Err(insufficient(
            "the body's digest is not covered: send its SHA-256 or SHA-512 as Content-Digest, and cover content-digest",
        ));
    }
    require_nothing_unsigned(claim.unsigned())
}

fn require_target(facts: &RequestFacts, claim: &Rfc9421Claim<'_>) -> Result<(), Refusal> {
    if claim.covers("@target-uri") || claim.covers("@request-target") {
        return Ok(());
    }
    if !claim.covers("@authority") || !claim.covers("@path") {
        return Err(insufficient(
            "the target is not covered: cover @target-uri, or @authority with @path and @query",
        ));
    }
    match facts.target().split_once('?') {
        Some(_) if !claim.covers("@query") => Err(insufficient(
            "the target has a query which is not covered: cover @query or @target-uri",
        )),
        // Its @query is that of a target without one, to which somebody may have added the question mark.
        Some((_, "")) => Err(insufficient(
            "the target ends in an empty query, which @query does not tell from none: cover @target-uri",
        )),
        _ => Ok(()),
    }
}

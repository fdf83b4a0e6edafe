//! Whether a signature holds, and what it binds.

use hubkeys_domain::{KnownSecret, Secret, Timestamp};

use super::HubHmacClaim;
use crate::freshness::require_fresh;
use crate::mac::Tag;
use crate::signature::{
    insufficient, other_method, require_match, require_nothing_unsigned, secret,
};
use crate::signed_digest::{bound_body, needs_digest};
use crate::{Binding, Dialect, Refusal, RequestFacts, lines, mac};

/// What can be decided without the secret comes first, then the signature, and only then what an honest client may
/// have got wrong: nobody but a holder of the secret learns how far the clocks are apart or what the body was.
pub(crate) fn check(
    facts: &RequestFacts,
    claim: &HubHmacClaim<'_>,
    known: &KnownSecret,
    now: Timestamp,
) -> Result<Binding, Refusal> {
    let secret = secret(known)?;
    require_coverage(facts, claim)?;
    require_match(
        &tag(facts.method(), facts, claim, secret),
        claim.signature(),
    )?;
    for date in claim.dates() {
        require_fresh(date, now)?;
    }
    Ok(Binding {
        request_line: true,
        authority: lines::signed(claim.lines(), "host").is_some(),
        date: claim.dates().min(),
        body: bound_body(facts, claim.digests())?,
        body_compared: facts.body().is_seen(),
        algorithm: Some(claim.algorithm()),
        signed_headers: claim.signed_headers().map(str::to_owned).collect(),
        signature: Some(claim.signature().clone()),
        ..Binding::nothing(Dialect::HubHmac)
    })
}

/// The text this claim's signature has to be of. Holds no secret: show it to the client's author.
pub fn signing_string(facts: &RequestFacts, claim: &HubHmacClaim<'_>) -> String {
    lines::text(facts.method(), facts.target(), claim.lines())
}

/// The method this request was signed for, if it is another one than it was sent with: what an author of a client
/// whose signature does not match wants to know. (The official SDKs sign one PUT as POST.)
pub fn method_signed(
    facts: &RequestFacts,
    claim: &HubHmacClaim<'_>,
    secret: &Secret,
) -> Option<&'static str> {
    other_method(facts.method(), |method| {
        tag(method, facts, claim, secret).is(claim.signature())
    })
}

fn tag(method: &str, facts: &RequestFacts, claim: &HubHmacClaim<'_>, secret: &Secret) -> Tag {
    mac::tag(claim.algorithm(), secret, |to| {
        lines::feed(method, facts.target(), claim.lines(), to);
    })
}

fn require_coverage(facts: &RequestFacts, claim: &HubHmacClaim<'_>) -> Result<(), Refusal> {
    if !lines::bind_target(claim.lines()) {
        return Err(insufficient(
            "request-line is not signed: add it to the list of headers",
        ));
    }
    // Unsigned headers are anybody's input: requiring the *signed* date is what stops an old signature from being
    // revived by a fresh date beside it.
    if claim.dates().next().is_none() {
        return Err(insufficient(
            "no date is signed: add Date or X-Date to the list of headers",
        ));
    }
    if needs_digest(facts) && claim.digests().is_empty() {
        return Err(insufficient(
            "the body's digest is not signed: send its MD5 as Content-MD5 or x-Content-MD5, or its SHA-256 as Digest or Content-Digest, and add that to the list of headers",
        ));
    }
    require_nothing_unsigned(claim.unsigned())
}

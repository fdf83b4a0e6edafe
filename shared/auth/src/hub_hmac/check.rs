//! Whether a signature holds, and what it binds.

use std::time::Duration;

use hubkeys_domain::{KnownSecret, Secret, Timestamp};

use super::coverage::announces_body;
use super::{HubHmacClaim, signing_string};
use crate::algorithm::Tag;
use crate::digest::MD5_OF_NOTHING;
use crate::{Binding, BoundBody, Outcome, Refusal, RequestFacts};

/// How far a signed date may be from now, either way, and still be fresh.
pub const MAX_SKEW: Duration = Duration::from_secs(300);

/// What can be decided without the secret comes first, then the signature, and only then what an honest client may
/// have got wrong: nobody but a holder of the secret learns how far the clocks are apart or what the body was.
pub(crate) fn check(
    facts: &RequestFacts,
    claim: &HubHmacClaim<'_>,
    known: &KnownSecret,
    now: Timestamp,
) -> Result<Binding, Refusal> {
    let secret = match known {
        KnownSecret::Plain(secret) => secret,
        KnownSecret::Digest { .. } => {
            return Err(Refusal::new(
                Outcome::WrongScheme,
                "the key is a Basic key and was presented with an HMAC signature: send its secret with Basic instead",
            ));
        }
    };
    require_coverage(facts, claim)?;
    if !tag(facts.method(), facts, claim, secret).is(claim.signature()) {
        return Err(Refusal::new(
            Outcome::SignatureMismatch,
            "the signature is not that of this method, target and listed headers under the key's secret: compare your signing string with ours",
        ));
    }
    for date in claim.dates() {
        require_fresh(date, now)?;
    }
    Ok(Binding {
        request_line: true,
        date: claim.dates().min(),
        body: bound_body(facts, claim)?,
        algorithm: Some(claim.algorithm()),
        signed_headers: claim.signed_headers().map(str::to_owned).collect(),
    })
}

/// The method this request was signed for, if it is another one than it was sent with: what an author of a client
/// whose signature does not match wants to know. (The official SDKs sign one PUT as POST.)
pub fn method_signed(
    facts: &RequestFacts,
    claim: &HubHmacClaim<'_>,
    secret: &Secret,
) -> Option<&'static str> {
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
        .into_iter()
        .filter(|method| *method != facts.method())
        .find(|method| tag(method, facts, claim, secret).is(claim.signature()))
}

fn tag(method: &str, facts: &RequestFacts, claim: &HubHmacClaim<'_>, secret: &Secret) -> Tag {
    claim.algorithm().tag(secret.expose().as_bytes(), |to| {
        signing_string::feed(method, facts.target(), claim.lines(), to);
    })
}

fn require_coverage(facts: &RequestFacts, claim: &HubHmacClaim<'_>) -> Result<(), Refusal> {
    let insufficient =
        |detail: &'static str| Err(Refusal::new(Outcome::InsufficientCoverage, detail));
    if !claim.signs_request_line() {
        return insufficient("request-line is not signed: add it to the list of headers");
    }
    // Unsigned headers are anybody's input: requiring the *signed* date is what stops an old signature from being
    // revived by a fresh date beside it.
    if claim.dates().next().is_none() {
        return insufficient("no date is signed: add Date or X-Date to the list of headers");
    }
    if facts.has_body() && claim.digests().next().is_none() {
        return insufficient(
            "the body's digest is not signed: send its MD5 as Content-MD5 or x-Content-MD5, and add that to the list of headers",
        );
    }
    match claim.unsigned() {
        Some(name) => Err(Refusal::new(
            Outcome::InsufficientCoverage,
            format!(
                "the request has {name} and does not sign it: add it to the list of headers, or do not send it"
            ),
        )),
        None => Ok(()),
    }
}

fn require_fresh(date: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let apart = now.as_millis().abs_diff(date.as_millis());
    if u128::from(apart) <= MAX_SKEW.as_millis() {
        return Ok(());
    }
    let side = if date < now { "behind" } else { "ahead of" };
    Err(Refusal::new(
        Outcome::ClockSkew,
        format!(
            "the signed date is {}.{:03} s {side} the verifier's clock, and 300 s are allowed: sign each request when it is sent, and set the client's clock",
            apart / 1000,
            apart % 1000
        ),
    ))
}

fn bound_body(facts: &RequestFacts, claim: &HubHmacClaim<'_>) -> Result<BoundBody, Refusal> {
    let mismatch = |detail: &'static str| Err(Refusal::new(Outcome::BodyMismatch, detail));
    if !facts.has_body() && announces_body(facts) {
        return mismatch(
            "the headers announce a body that the verifier was not given: hand over the raw body or its MD5",
        );
    }
    let Some(first) = claim.digests().next() else {
        return Ok(BoundBody::None);
    };
    let Some(body) = facts.body_md5() else {
        return mismatch(
            "the verifier was given no MD5 of the body: hand over the raw body or its MD5",
        );
    };
    if claim.digests().all(|digest| digest == body) {
        return Ok(BoundBody::Md5(first));
    }
    if first == MD5_OF_NOTHING {
        return mismatch(
            "the signed digest is that of an empty body, and there is one: release 2.1.0 of the Python SDK signs this, 2.1.3 does not",
        );
    }
    mismatch("the body is not the one whose digest was signed: sign the very bytes that are sent")
}

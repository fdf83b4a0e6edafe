//! Judges a case without a service, and says what its author would want to know.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hubkeys_auth::{Binding, Body, Claim, Dialect, Outcome, Refusal, RequestFacts};
use hubkeys_domain::{KnownSecret, Pepper, ReplayProtection, Scheme, Secret};
use md5::{Digest as _, Md5};
use sha2::Sha256;

use crate::case::Case;

/// How a case came out.
pub(crate) struct Judgement {
    /// None is valid.
    pub(crate) refusal: Option<Refusal>,
    /// What the signature has to be of, where there is one.
    pub(crate) signing_string: Option<String>,
    /// What else the client's author may want to know.
    pub(crate) hints: Vec<String>,
    /// The case is of a scheme that is not judged at all, so that its refusal says nothing about it.
    pub(crate) unsupported: bool,
}

impl Judgement {
    /// `valid` or the typed refusal.
    pub(crate) fn outcome(&self) -> &'static str {
        self.refusal
            .as_ref()
            .map_or("valid", |refusal| refusal.outcome.as_str())
    }

    /// Whether this is what the case expects. None: it expects nothing.
    pub(crate) fn is_expected(&self, case: &Case) -> Option<bool> {
        let expect = case.expect.as_deref()?;
        Some(match expect {
            "refused" => self.refusal.is_some(),
            SENT_TWICE => self.outcome() == Outcome::Replayed.as_str(),
            outcome => outcome == self.outcome(),
        })
    }

    /// Why the case was not judged as it asks to be.
    pub(crate) fn not_judged(&self) -> Option<&'static str> {
        self.unsupported.then_some("its scheme is not supported")
    }

    fn refused(refusal: Refusal) -> Self {
        Self {
            refusal: Some(refusal),
            signing_string: None,
            hints: Vec::new(),
            unsupported: false,
        }
    }
}

/// Judges the request by the case's own key and secret at the case's own time.
pub(crate) fn judge(case: &Case) -> Judgement {
    let scheme = match case.scheme.as_deref() {
        None => None,
        Some("basic") => Some(Scheme::Basic),
        Some("hub-hmac" | "hmac" | "rfc9421" | "cavage-12") => Some(Scheme::Hmac),
        Some(_) => {
            let refusal = Refusal::new(
                Outcome::UnsupportedScheme,
                "keys of this scheme are not supported: basic, hub-hmac, rfc9421 and cavage-12 are",
            );
            return Judgement {
                unsupported: true,
                ..Judgement::refused(refusal)
            };
        }
    };
    let facts = facts(case, &case.target);
    let facts = match facts {
        Ok(facts) => facts,
        Err(refusal) => return Judgement::refused(refusal),
    };
    let claim = match hubkeys_auth::parse(&facts) {
        Ok(claim) => claim,
        Err(refusal) => {
            return Judgement {
                unsupported: scheme.is_none() && refusal.outcome == Outcome::UnsupportedScheme,
                hints: suspicion(&facts),
                ..Judgement::refused(refusal)
            };
        }
    };
    let scheme = scheme.unwrap_or_else(|| claim.scheme());
    let refusal = if claim.key() == case.key {
        decide(case, &facts, &claim, scheme)
    } else {
        Some(Refusal::new(
            Outcome::UnknownKey,
            unknown_key(&claim, &case.secret),
        ))
    };
    Judgement {
        hints: refusal
            .as_ref()
            .map_or_else(Vec::new, |refusal| hints(refusal, case, &facts, &claim)),
        signing_string: hubkeys_auth::signing_string(&facts, &claim),
        refusal,
        unsupported: false,
    }
}

/// What a case expects that is sent twice, with replay protection on `all`: its outcome is that of the second time.
const SENT_TWICE: &str = "valid-then-refused";

fn decide(case: &Case, facts: &RequestFacts, claim: &Claim<'_>, scheme: Scheme) -> Option<Refusal> {
    match hubkeys_auth::check(facts, claim, &known(scheme, case), case.now) {
        Err(refusal) => Some(refusal),
        Ok(binding) if is_foreign(case, &binding) => Some(Refusal::new(
            Outcome::ForbiddenDialect,
            "the key is for another dialect than the request is signed in",
        )),
        Ok(binding) if case.expect.as_deref() == Some(SENT_TWICE) => replayed(facts, &binding),
        Ok(_) => None,
    }
}

/// Whether the case's scheme names another dialect than that of the request.
fn is_foreign(case: &Case, binding: &Binding) -> bool {
    let named = case.scheme.as_deref().and_then(Dialect::from_name);
    named.is_some_and(|named| named != binding.dialect)
}

/// The second time of a signature that was valid the first time. Basic signs nothing, and so is valid again.
fn replayed(facts: &RequestFacts, binding: &Binding) -> Option<Refusal> {
    binding.signature.as_ref()?;
    let used_up = ReplayProtection::All.covers(facts.method(), binding.nonce.is_some());
    used_up.then(|| {
        Refusal::new(
            Outcome::Replayed,
            "the signature was used before: sign each request anew",
        )
    })
}

/// The case's request, sent to this target.
fn facts(case: &Case, target: &str) -> Result<RequestFacts, Refusal> {
    let facts = RequestFacts::new(
        case.method.as_str(),
        target,
        case.headers.clone(),
        case.body.clone(),
        None,
    )?;
    Ok(facts.with_url_scheme(case.url_scheme))
}

/// The first listed component that can't hold, if there is one.
fn suspicion(facts: &RequestFacts) -> Vec<String> {
    hubkeys_auth::suspicious(facts)
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// What a verifier would have of the secret. Nothing is stored here, so that the pepper protects nothing.
fn known(scheme: Scheme, case: &Case) -> KnownSecret {
    match scheme {
        Scheme::Basic => {
            let pepper = Pepper::new(&[0; 32]);
            let mac = pepper.digest(&case.key, &case.secret);
            KnownSecret::Digest { pepper, mac }
        }
        Scheme::Hmac => KnownSecret::Plain(copy(&case.secret)),
    }
}

fn copy(secret: &Secret) -> Secret {
    Secret::of_any_form(secret.expose())
}

// The claimed key is not quoted: a client that swaps key and secret sends its secret there.
fn unknown_key(claim: &Claim<'_>, secret: &Secret) -> &'static str {
    if claim.key() == secret.expose() {
        "the request gives the secret where the key belongs: swap them"
    } else {
        "the request names another key than the case does"
    }
}

fn hints(refusal: &Refusal, case: &Case, facts: &RequestFacts, claim: &Claim<'_>) -> Vec<String> {
    let mut hints = suspicion(facts);
    hints.extend(match refusal.outcome {
        Outcome::SignatureMismatch => mismatch_hints(case, facts, claim),
        Outcome::BodyMismatch => body_hints(case),
        Outcome::ClockSkew | Outcome::Expired => dates(case),
        _ => Vec::new(),
    });
    hints
}

fn mismatch_hints(case: &Case, facts: &RequestFacts, claim: &Claim<'_>) -> Vec<String> {
    let mut hints = Vec::new();
    if let Some(method) = hubkeys_auth::method_signed(facts, claim, &case.secret) {
        hints.push(format!(
            "it was signed for {method} and sent as {}: sign the method that is sent",
            facts.method()
        ));
    }
    if let Some(target) = target_signed(case) {
        hints.push(format!(
            "it was signed for the target {target}: sign the target exactly as it is sent, {}",
            facts.target()
        ));
    }
    let trimmed = case.secret.expose().trim();
    if trimmed.len() != case.secret.expose().len() {
        hints.push("the secret starts or ends with white space: was it copied with it?".to_owned());
    }
    hints
}

/// The target this request was signed for, if it is one of those that are mistaken for the one sent.
fn target_signed(case: &Case) -> Option<String> {
    let target = case.target.as_str();
    let path = target.split('?').next().unwrap_or(target);
    let candidates = [
        path.to_owned(),
        path.trim_end_matches('/').to_owned(),
        format!("{path}/"),
        target.to_ascii_lowercase(),
        path.replace("/./", "/"),
    ];
    candidates.into_iter().find(|candidate| {
        candidate != target && facts(case, candidate).is_ok_and(|facts| was_signed(&facts, case))
    })
}

fn was_signed(facts: &RequestFacts, case: &Case) -> bool {
    let Ok(claim) = hubkeys_auth::parse(facts) else {
        return false;
    };
    // What is wrong beside the signature is only said of a signature that holds.
    match hubkeys_auth::check(facts, &claim, &known(Scheme::Hmac, case), case.now) {
        Ok(_) => true,
        Err(refusal) => matches!(refusal.outcome, Outcome::ClockSkew | Outcome::BodyMismatch),
    }
}

fn body_hints(case: &Case) -> Vec<String> {
    let mut hints = values(
        case,
        &["content-md5", "x-content-md5", "digest", "content-digest"],
    );
    let bytes = match &case.body {
        Body::Raw(bytes) => bytes.as_slice(),
        Body::Absent | Body::Unseen | Body::Digests { .. } => &[],
    };
    hints.push(format!(
        "the body that arrived has {} bytes; its MD5 is {}, its SHA-256 in base64 {}",
        bytes.len(),
        hex::encode(Md5::digest(bytes)),
        STANDARD.encode(Sha256::digest(bytes))
    ));
    hints
}

fn dates(case: &Case) -> Vec<String> {
    let mut hints = values(case, &["date", "x-date", "signature-input"]);
    hints.push(format!("the verifier's clock says {}", case.now));
    hints
}

fn values(case: &Case, names: &[&str]) -> Vec<String> {
    let wanted = |name: &str| names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name));
    case.headers
        .iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, value)| format!("the request says {name}: {value}"))
        .collect()
}

//! Judges a case without a service, and says what its author would want to know.

use hubkeys_auth::hub_hmac::{self, HubHmacClaim};
use hubkeys_auth::{Body, Claim, Outcome, Refusal, RequestFacts};
use hubkeys_domain::{KnownSecret, Pepper, Scheme, Secret};
use md5::{Digest as _, Md5};

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
        Some(expect == self.outcome() || expect == "refused" && self.refusal.is_some())
    }

    /// Whether the case was judged as it asks to be: by a scheme we have, and once.
    pub(crate) fn not_judged(&self, case: &Case) -> Option<&'static str> {
        if self.unsupported {
            Some("its scheme is not supported yet")
        } else if case.expect.as_deref() == Some("valid-then-refused") {
            Some("sent twice it would need replay protection, which is not supported yet")
        } else {
            None
        }
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
        Some("hub-hmac" | "hmac") => Some(Scheme::Hmac),
        Some(_) => {
            let refusal = Refusal::new(
                Outcome::UnsupportedScheme,
                "keys of this scheme are not supported yet: basic and hub-hmac are",
            );
            return Judgement {
                unsupported: true,
                ..Judgement::refused(refusal)
            };
        }
    };
    let facts = RequestFacts::new(
        case.method.as_str(),
        case.target.as_str(),
        case.headers.clone(),
        case.body.clone(),
        None,
    );
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => return Judgement::refused(error.into()),
    };
    let claim = match hubkeys_auth::parse(&facts) {
        Ok(claim) => claim,
        Err(refusal) => {
            return Judgement {
                unsupported: scheme.is_none() && refusal.outcome == Outcome::UnsupportedScheme,
                ..Judgement::refused(refusal)
            };
        }
    };
    let scheme = scheme.unwrap_or_else(|| claim.scheme());
    let refusal = if claim.key() == case.key {
        hubkeys_auth::check(&facts, &claim, &known(scheme, case), case.now).err()
    } else {
        Some(Refusal::new(
            Outcome::UnknownKey,
            unknown_key(&claim, &case.secret),
        ))
    };
    let signed = match &claim {
        Claim::HubHmac(claim) => Some(claim),
        Claim::Basic(_) => None,
    };
    Judgement {
        hints: match (&refusal, signed) {
            (Some(refusal), Some(claim)) => hints(refusal, case, &facts, claim),
            _ => Vec::new(),
        },
        signing_string: signed.map(|claim| hub_hmac::signing_string(&facts, claim)),
        refusal,
        unsupported: false,
    }
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

fn hints(
    refusal: &Refusal,
    case: &Case,
    facts: &RequestFacts,
    claim: &HubHmacClaim<'_>,
) -> Vec<String> {
    match refusal.outcome {
        Outcome::SignatureMismatch => mismatch_hints(case, facts, claim),
        Outcome::BodyMismatch => body_hints(case),
        Outcome::ClockSkew => dates(case),
        _ => Vec::new(),
    }
}

fn mismatch_hints(case: &Case, facts: &RequestFacts, claim: &HubHmacClaim<'_>) -> Vec<String> {
    let mut hints = Vec::new();
    if let Some(method) = hub_hmac::method_signed(facts, claim, &case.secret) {
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
        candidate != target
            && RequestFacts::new(
                case.method.as_str(),
                candidate.as_str(),
                case.headers.clone(),
                case.body.clone(),
                None,
            )
            .is_ok_and(|facts| was_signed(&facts, case))
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
    let mut hints = values(case, &["content-md5", "x-content-md5"]);
    let bytes = match &case.body {
        Body::Raw(bytes) => bytes.as_slice(),
        Body::Absent | Body::Digests { .. } => &[],
    };
    hints.push(format!(
        "the body that arrived has {} bytes, and its MD5 is {}",
        bytes.len(),
        hex::encode(Md5::digest(bytes))
    ));
    hints
}

fn dates(case: &Case) -> Vec<String> {
    let mut hints = values(case, &["date", "x-date"]);
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

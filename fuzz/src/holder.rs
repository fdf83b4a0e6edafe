//! A holder of the secret signs whatever request there is: only so does a fuzzer get past the comparison of signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hubkeys_auth::{
    Algorithm, Binding, BoundBody, Claim, Dialect, MAX_SKEW, Outcome, Refusal, check, parse,
    signing_string,
};
use hubkeys_domain::{KnownSecret, Secret};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use crate::Request;

const SECRET: &str = "known to the holder alone";

/// What a verifier knows of the holder's secret.
pub fn known() -> KnownSecret {
    KnownSecret::Plain(Secret::of_any_form(SECRET))
}

/// The decision on this request once its holder has put the right signature in the place of the one it has. None if it has no
/// place for one.
///
/// # Panics
/// If the decision is wrong: that is what the fuzzer looks for.
pub fn decided_when_signed(mut request: Request) -> Option<Result<Binding, Refusal>> {
    let (text, dialect) = sign(&mut request)?;
    let facts = request.facts().ok()?;
    let claim = parse(&facts).ok()?;
    // A signature that signs its own field, or that stood where it is not read, is no longer the right one.
    if claim.dialect() != dialect || signing_string(&facts, &claim)? != text {
        return None;
    }
    let decision = check(&facts, &claim, &known(), request.now);
    match &decision {
        Err(refusal) => assert_ne!(refusal.outcome, Outcome::SignatureMismatch, "{text}"),
        Ok(binding) => {
            assert!(binding.request_line && binding.body_compared);
            let apart = binding
                .date
                .map(|date| date.as_millis().abs_diff(request.now.as_millis()));
            assert!(apart.is_some_and(|apart| u128::from(apart) <= MAX_SKEW.as_millis()));
            assert!(request.body.is_empty() || binding.body != BoundBody::None);
            alterations_are_refused(&request);
        }
    }
    Some(decision)
}

/// Puts the right signature into the request: what it signs, and in which dialect.
fn sign(request: &mut Request) -> Option<(String, Dialect)> {
    let facts = request.facts().ok()?;
    let claim = parse(&facts).ok()?;
    let text = signing_string(&facts, &claim)?;
    let signature = STANDARD.encode(mac(claim.algorithm()?, &text));
    let field = match claim {
        Claim::Basic(_) => return None,
        Claim::Rfc9421(_) => "signature",
        Claim::HubHmac(_) | Claim::Cavage12(_) if request.values("authorization").is_empty() => {
            "signature"
        }
        Claim::HubHmac(_) | Claim::Cavage12(_) => "authorization",
    };
    let dialect = claim.dialect();
    let (_, value) = request
        .headers
        .iter_mut()
        .find(|(name, _)| name.eq_ignore_ascii_case(field))?;
    if dialect == Dialect::Rfc9421 {
        let (label, _) = value.split_once('=')?;
        *value = format!("{label}=:{signature}:");
    } else {
        let at = value.to_ascii_lowercase().find("signature=\"")? + "signature=\"".len();
        let end = at + value.get(at..)?.find('"')?;
        value.replace_range(at..end, &signature);
    }
    Some((text, dialect))
}

fn alterations_are_refused(request: &Request) {
    let alter: [fn(&mut Request); 5] = [
        |request| request.method.insert(0, 'X'),
        |request| request.target.push('x'),
        |request| request.target.push('?'),
        |request| request.body.push(b' '),
        |request| request.body.clear(),
    ];
    for alter in alter {
        let mut altered = request.clone();
        alter(&mut altered);
        let is_same = altered.body == request.body
            && altered.method == request.method
            && altered.target == request.target;
        let Ok(facts) = altered.facts() else { continue };
        let decision = parse(&facts).and_then(|claim| check(&facts, &claim, &known(), altered.now));
        assert!(is_same || decision.is_err(), "{altered:?}");
    }
}

fn mac(algorithm: Algorithm, text: &str) -> Vec<u8> {
    macro_rules! mac {
        ($hash:ty) => {{
            let mut mac = Hmac::<$hash>::new_from_slice(SECRET.as_bytes()).unwrap();
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }};
    }
    match algorithm {
        Algorithm::HmacSha1 => mac!(Sha1),
        Algorithm::HmacSha256 => mac!(Sha256),
        Algorithm::HmacSha384 => mac!(Sha384),
        Algorithm::HmacSha512 => mac!(Sha512),
    }
}

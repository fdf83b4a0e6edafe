//! The client's side: signs a request.

use std::time::Duration;

use hubkeys_domain::Secret;
use sfv::{DictSerializer, KeyRef, StringRef, key_ref};
use sha2::{Digest as _, Sha256, Sha512};

use super::base::feed;
use super::component::Component;
use crate::authority::is_host;
use crate::signature::is_key;
use crate::signing::check_fields;
use crate::{Algorithm, Body, RequestFacts, SignError, Unsigned, UrlScheme, canonical_base64, mac};

/// As what the target is covered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetStyle {
    /// `@target-uri`: scheme, host and target.
    #[default]
    TargetUri,
    /// `@authority`, `@path` and, where there is one, `@query`: for services that do not know by which scheme they were
    /// asked. A target that ends in an empty query can't be signed in parts: `@target-uri` takes their place.
    Parts,
    /// `@request-target`: for services that do not know by which host they were asked.
    RequestTarget,
}

/// What of a body is sent as `Content-Digest`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DigestAlgorithm {
    /// Its SHA-256.
    #[default]
    Sha256,
    /// Its SHA-512.
    Sha512,
}

/// How to sign.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// As what the target is covered.
    pub target: TargetStyle,
    /// What of a body is sent.
    pub digest: DigestAlgorithm,
    /// A text of 1 to 256 printable ASCII characters that is never used again.
    pub nonce: Option<&'a str>,
    /// For how long the signature can be used, to the second. None: as long as it is fresh.
    pub expires_after: Option<Duration>,
    /// Further fields that the client sends, to be covered too: `Account` has to be.
    pub fields: &'a [(&'a str, &'a str)],
}

const LABEL: &KeyRef = key_ref("sig1");

/// The header fields to send, beside `Host` (exactly as `host`) and the further fields of `options`: `Content-Digest`
/// where there is a body, `Signature-Input` and `Signature`.
///
/// # Errors
/// [`SignError`], if no server could read the request as it is.
pub fn sign(
    key: &str,
    secret: &Secret,
    scheme: UrlScheme,
    host: &str,
    options: &Options<'_>,
    request: &Unsigned<'_>,
) -> Result<Vec<(String, String)>, SignError> {
    if !is_key(key) {
        return Err(SignError::Key);
    }
    if !is_host(host) {
        return Err(SignError::Host);
    }
    check_fields(options.fields)?;
    let mut headers = Vec::new();
    if let Some(body) = request.non_empty_body() {
        let digest = match options.digest {
            DigestAlgorithm::Sha256 => {
                format!(
                    "sha-256=:{}:",
                    canonical_base64::encode(&Sha256::digest(body))
                )
            }
            DigestAlgorithm::Sha512 => {
                format!(
                    "sha-512=:{}:",
                    canonical_base64::encode(&Sha512::digest(body))
                )
            }
        };
        headers.push(("Content-Digest".to_owned(), digest));
    }
    let facts = facts(scheme, host, options, request, &headers)?;
    let names = names(options, request.target, &headers);
    let components = names
        .iter()
        .map(|name| Component::find(&facts, name))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| SignError::Target)?;
    let input = input(key, &names, options, request)?;
    let params = input
        .strip_prefix(LABEL.as_str())
        .and_then(|rest| rest.strip_prefix('='))
        .unwrap_or_default();
    let tag = mac::tag(Algorithm::HmacSha256, secret, |to| {
        feed(request.method, &facts, &components, params, to);
    });
    let signature = canonical_base64::encode(tag.as_slice());
    headers.push(("Signature-Input".to_owned(), input));
    headers.push(("Signature".to_owned(), format!("{LABEL}=:{signature}:")));
    Ok(headers)
}

/// The request as it will arrive.
fn facts(
    scheme: UrlScheme,
    host: &str,
    options: &Options<'_>,
    request: &Unsigned<'_>,
    headers: &[(String, String)],
) -> Result<RequestFacts, SignError> {
    let further = options.fields.iter().copied();
    let sent: Vec<(String, String)> = [("Host", host)]
        .into_iter()
        .chain(further)
        .chain(
            headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let facts = RequestFacts::new(request.method, request.target, sent, Body::Absent, None)?;
    Ok(facts.with_url_scheme(scheme))
}

/// The names to cover.
fn names(options: &Options<'_>, target: &str, headers: &[(String, String)]) -> Vec<String> {
    let style = match options.target {
        TargetStyle::Parts if target.ends_with('?') => TargetStyle::TargetUri,
        style => style,
    };
    let mut names = vec!["@method"];
    match style {
        TargetStyle::TargetUri => names.push("@target-uri"),
        TargetStyle::RequestTarget => names.push("@request-target"),
        TargetStyle::Parts => {
            names.extend(["@authority", "@path"]);
            if target.contains('?') {
                names.push("@query");
            }
        }
    }
    names
        .into_iter()
        .chain(headers.iter().map(|(name, _)| name.as_str()))
        .chain(options.fields.iter().map(|(name, _)| *name))
        .map(str::to_ascii_lowercase)
        .collect()
}

/// The value of `Signature-Input`.
fn input(
    key: &str,
    names: &[String],
    options: &Options<'_>,
    request: &Unsigned<'_>,
) -> Result<String, SignError> {
    let seconds = |seconds: i64| sfv::Integer::try_from(seconds).map_err(|_| SignError::Field);
    let mut input = DictSerializer::new();
    let mut list = input.inner_list(LABEL);
    for name in names {
        list.bare_item(StringRef::from_str(name).map_err(|_| SignError::Field)?);
    }
    let mut params = list
        .finish()
        .parameter(key_ref("created"), seconds(request.date.as_seconds())?);
    if let Some(after) = options.expires_after {
        // Under a second it would be over before it began.
        let expires = request.date.plus(after.max(Duration::from_secs(1)));
        params = params.parameter(key_ref("expires"), seconds(expires.as_seconds())?);
    }
    if let Some(nonce) = options.nonce {
        let nonce = StringRef::from_str(nonce)
            .ok()
            .filter(|nonce| (1..=256).contains(&nonce.as_str().len()))
            .ok_or(SignError::Nonce)?;
        params = params.parameter(key_ref("nonce"), nonce);
    }
    params
        .parameter(
            key_ref("keyid"),
            StringRef::from_str(key).map_err(|_| SignError::Key)?,
        )
        .parameter(
            key_ref("alg"),
            StringRef::from_str(Algorithm::HmacSha256.as_str()).map_err(|_| SignError::Key)?,
        );
    input.finish().ok_or(SignError::Field)
}

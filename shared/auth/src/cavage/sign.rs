//! The client's side: signs a request.

use std::time::Duration;

use hubkeys_domain::Secret;
use sha2::{Digest as _, Sha256};

use super::claim::{CREATED, EXPIRES, REQUEST_TARGET};
use crate::auth_params::AuthParam;
use crate::authority::is_host;
use crate::lines::{Line, feed};
use crate::signature::is_key;
use crate::signing::check_fields;
use crate::{Algorithm, Body, RequestFacts, SignError, Unsigned, canonical_base64, date, mac};

/// Where the signature is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// In `Authorization`, after the scheme `Signature`.
    #[default]
    Authorization,
    /// In a `Signature` field of its own.
    Signature,
}

/// How the instant of signing is sent and signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dated {
    /// As a `Date` field: what every verifier knows.
    #[default]
    Date,
    /// As the parameter `created`.
    Created,
}

/// How to sign.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// What the signature is made with.
    pub algorithm: Algorithm,
    /// Where it is sent.
    pub placement: Placement,
    /// How it is dated.
    pub dated: Dated,
    /// For how long it can be used, to the second. None: as long as its date is fresh.
    pub expires_after: Option<Duration>,
    /// Further fields that the client sends, to be signed too: `Account` has to be.
    pub fields: &'a [(&'a str, &'a str)],
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::HmacSha256,
            placement: Placement::default(),
            dated: Dated::default(),
            expires_after: None,
            fields: &[],
        }
    }
}

/// The header fields to send, beside `Host` (exactly as `host`) and the further fields of `options`: the date and the
/// digest where they are fields, and the signature.
///
/// # Errors
/// [`SignError`], if no server could read the request as it is.
pub fn sign(
    key: &str,
    secret: &Secret,
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
    if request.method.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Err(SignError::Method);
    }
    check_fields(options.fields)?;
    RequestFacts::new(
        request.method,
        request.target,
        options
            .fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        Body::Absent,
        None,
    )?;
    let mut headers = Vec::new();
    if options.dated == Dated::Date {
        headers.push(("Date".to_owned(), date::print(request.date)));
    }
    if let Some(body) = request.non_empty_body() {
        let digest = canonical_base64::encode(&Sha256::digest(body));
        headers.push(("Digest".to_owned(), format!("SHA-256={digest}")));
    }
    let created = request.date.as_seconds().to_string();
    let expires = options.expires_after.map(|after| {
        // Under a second it would be over before it began.
        let after = after.max(Duration::from_secs(1));
        request.date.plus(after).as_seconds().to_string()
    });
    let fields: Vec<(String, &str)> = headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.as_str()))
        .chain(
            options
                .fields
                .iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim_matches([' ', '\t']))),
        )
        .collect();
    let mut lines = vec![
        Line::RequestTarget {
            name: REQUEST_TARGET,
        },
        Line::Field {
            name: "host",
            value: host,
        },
    ];
    let mut parameters = Vec::new();
    if options.dated == Dated::Created {
        parameters.push(AuthParam::integer("created", &created));
        lines.push(Line::Field {
            name: CREATED,
            value: &created,
        });
    }
    if let Some(expires) = &expires {
        parameters.push(AuthParam::integer("expires", expires));
        lines.push(Line::Field {
            name: EXPIRES,
            value: expires,
        });
    }
    lines.extend(
        fields
            .iter()
            .map(|(name, value)| Line::Field { name, value }),
    );
    let tag = mac::tag(options.algorithm, secret, |to| {
        feed(request.method, request.target, &lines, to);
    });
    let list: Vec<&str> = lines.iter().map(Line::name).collect();
    let (list, signature) = (list.join(" "), canonical_base64::encode(tag.as_slice()));
    let mut signed = vec![
        AuthParam::quoted("keyId", key),
        AuthParam::quoted("algorithm", options.algorithm.as_str()),
    ];
    signed.append(&mut parameters);
    signed.push(AuthParam::quoted("headers", &list));
    signed.push(AuthParam::quoted("signature", &signature));
    let signed: Vec<String> = signed.iter().map(AuthParam::to_string).collect();
    let signed = signed.join(",");
    headers.push(match options.placement {
        Placement::Authorization => ("Authorization".to_owned(), format!("Signature {signed}")),
        Placement::Signature => ("Signature".to_owned(), signed),
    });
    Ok(headers)
}

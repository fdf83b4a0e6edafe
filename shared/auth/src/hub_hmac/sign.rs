//! The client's side: signs a request.

use hubkeys_domain::Secret;
use md5::{Digest as _, Md5};

use super::{SignError, Unsigned};
use crate::auth_params::AuthParam;
use crate::lines::{Line, feed};
use crate::signature::is_key;
use crate::{Algorithm, Body, RequestFacts, canonical_base64, date, mac};

/// Under which names the date and the digest are sent and signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameStyle {
    /// `Date Content-MD5 request-line`, as the platform documents it.
    #[default]
    Documented,
    /// `date x-Content-MD5 request-line`, as the official SDKs send it.
    Sdk,
}

/// The header fields to send: the date, the digest where there is a body, and `Authorization`.
///
/// # Errors
/// [`SignError`], if no server could read the request as it is.
pub fn sign(
    key: &str,
    secret: &Secret,
    algorithm: Algorithm,
    names: NameStyle,
    request: &Unsigned<'_>,
) -> Result<Vec<(String, String)>, SignError> {
    if !is_key(key) {
        return Err(SignError::Key);
    }
    RequestFacts::new(
        request.method,
        request.target,
        Vec::new(),
        Body::Absent,
        None,
    )?;
    let (date_name, digest_name) = match names {
        NameStyle::Documented => ("Date", "Content-MD5"),
        NameStyle::Sdk => ("date", "x-Content-MD5"),
    };
    let mut headers = vec![(date_name.to_owned(), date::print(request.date))];
    if let Some(body) = request.non_empty_body() {
        headers.push((digest_name.to_owned(), hex::encode(Md5::digest(body))));
    }
    let lines: Vec<Line<'_>> = headers
        .iter()
        .map(|(name, value)| Line::Field { name, value })
        .chain([Line::Request])
        .collect();
    let tag = mac::tag(algorithm, secret, |to| {
        feed(request.method, request.target, &lines, to);
    });
    let list: Vec<&str> = lines.iter().map(Line::name).collect();
    let authorization = [
        ("username", key),
        ("algorithm", algorithm.as_str()),
        ("headers", &list.join(" ")),
        ("signature", &canonical_base64::encode(tag.as_slice())),
    ]
    .map(|(name, value)| AuthParam::quoted(name, value).to_string())
    .join(", ");
    headers.push(("Authorization".to_owned(), format!("hmac {authorization}")));
    Ok(headers)
}

//! The client's side: signs a request.

use hubkeys_domain::{Secret, Timestamp};
use md5::{Digest as _, Md5};

use super::claim::is_key;
use super::signing_string::{Line, feed};
use crate::auth_params::AuthParam;
use crate::{Algorithm, Body, FactsError, RequestFacts, canonical_base64, date};

/// A request before it is signed.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned<'a> {
    /// The method.
    pub method: &'a str,
    /// The target, exactly as it will stand on the request line.
    pub target: &'a str,
    /// The instant of signing, sent to the second.
    pub date: Timestamp,
    /// The body. An empty one is signed like none.
    pub body: Option<&'a [u8]>,
}

/// Under which names the date and the digest are sent and signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameStyle {
    /// `Date Content-MD5 request-line`, as the platform documents it.
    #[default]
    Documented,
    /// `date x-Content-MD5 request-line`, as the official SDKs send it.
    Sdk,
}

/// A request can't be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The key can't stand in a quoted parameter.
    #[error("the key is not 1 to 128 visible ASCII characters without quote and backslash")]
    Key,
    /// The method or the target can't stand on a request line.
    #[error(transparent)]
    Request(#[from] FactsError),
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
    if let Some(body) = request.body.filter(|body| !body.is_empty()) {
        headers.push((digest_name.to_owned(), hex::encode(Md5::digest(body))));
    }
    let lines: Vec<Line<'_>> = headers
        .iter()
        .map(|(name, value)| Line::Field { name, value })
        .chain([Line::RequestLine])
        .collect();
    let tag = algorithm.tag(secret.expose().as_bytes(), |to| {
        feed(request.method, request.target, &lines, to);
    });
    let list: Vec<&str> = lines.iter().map(Line::name).collect();
    let authorization = [
        ("username", key),
        ("algorithm", algorithm.as_str()),
        ("headers", &list.join(" ")),
        ("signature", &canonical_base64::encode(tag.as_slice())),
    ]
    .map(|(name, value)| AuthParam { name, value }.to_string())
    .join(", ");
    headers.push(("Authorization".to_owned(), format!("hmac {authorization}")));
    Ok(headers)
}

//! Bodies: bounded first, then parsed into a type.

use http::header::CONTENT_TYPE;
use lambda_http::{Body, Request};
use serde::de::DeserializeOwned;

use crate::{Problem, ProblemType};

/// The largest body of an operation on keys and accounts, in bytes: far above any name or list of ids.
pub const LARGEST: usize = 16 * 1024;

/// The JSON body, of `largest` bytes at the most. Types refuse unknown fields themselves.
///
/// # Errors
/// 413, 415 for a content type that is not JSON, 400 for everything that is not the type.
pub fn json<T: DeserializeOwned>(request: &Request, largest: usize) -> Result<T, Problem> {
    let content_type = request.headers().get(CONTENT_TYPE);
    // A value that is not text is not JSON's.
    let content_type = content_type.map(|value| value.to_str().unwrap_or_default());
    parse(bytes(request), content_type, largest)
}

/// As [`json`], of a body and a content type that an event has.
///
/// # Errors
/// As [`json`].
pub fn parse<T: DeserializeOwned>(
    bytes: &[u8],
    content_type: Option<&str>,
    largest: usize,
) -> Result<T, Problem> {
    bound(bytes.len(), largest)?;
    require_json(content_type)?;
    // serde takes a list of a type's members for the type, and where all have defaults an empty one.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::invalid("the body is not a JSON object"));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        Problem::invalid(format!(
            "the body is not what this takes: {}",
            describe(&error)
        ))
    })
}

/// As [`json`], but no body at all is the type's default.
///
/// # Errors
/// As [`json`].
pub fn optional_json<T: DeserializeOwned + Default>(
    request: &Request,
    largest: usize,
) -> Result<T, Problem> {
    if bytes(request).is_empty() {
        Ok(T::default())
    } else {
        json(request, largest)
    }
}

fn bytes(request: &Request) -> &[u8] {
    match request.body() {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    }
}

/// Refuses a body of more than `largest` bytes.
///
/// # Errors
/// 413.
pub fn bound(length: usize, largest: usize) -> Result<(), Problem> {
    if length > largest {
        return Err(Problem::new(
            ProblemType::BodyTooLarge,
            format!("the body has {length} bytes: {largest} are the most"),
        ));
    }
    Ok(())
}

fn require_json(content_type: Option<&str>) -> Result<(), Problem> {
    let Some(content_type) = content_type else {
        return Ok(());
    };
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Problem::new(
            ProblemType::UnsupportedMediaType,
            "send the body as content-type application/json",
        ))
    }
}

/// serde's own words, unless they quote a value: what a client put in the wrong place may be a secret.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let quotes = [
        "invalid type",
        "invalid value",
        "invalid length",
        "unknown variant",
    ];
    if quotes.iter().any(|quoting| text.starts_with(quoting)) {
        format!(
            "a value of another type is wanted at line {} column {}",
            error.line(),
            error.column()
        )
    } else {
        text
    }
}

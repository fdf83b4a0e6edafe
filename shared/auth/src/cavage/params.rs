//! The parameters of a draft-cavage signature.

use hubkeys_domain::Timestamp;

use crate::Refusal;
use crate::auth_params::{AuthParam, AuthParams, by_name};
use crate::freshness::from_seconds;

pub(crate) struct Params<'a> {
    pub(crate) key_id: &'a str,
    pub(crate) algorithm: &'a str,
    pub(crate) headers: Option<&'a str>,
    pub(crate) signature: &'a str,
    pub(crate) created: Option<Seconds<'a>>,
    pub(crate) expires: Option<Seconds<'a>>,
}

/// An instant, and how it was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seconds<'a> {
    pub(crate) text: &'a str,
    pub(crate) instant: Timestamp,
}

const NAMES: [&str; 6] = [
    "keyId",
    "algorithm",
    "headers",
    "signature",
    "created",
    "expires",
];

impl<'a> Params<'a> {
    pub(crate) fn parse(list: &'a str) -> Result<Self, Refusal> {
        let [key_id, algorithm, headers, signature, created, expires] =
            by_name(AuthParams::with_integers(list), NAMES)?;
        match (quoted(key_id)?, quoted(algorithm)?, quoted(signature)?) {
            (Some(key_id), Some(algorithm), Some(signature)) => Ok(Self {
                key_id,
                algorithm,
                headers: quoted(headers)?,
                signature,
                created: seconds(created)?,
                expires: seconds(expires)?,
            }),
            _ => Err(Refusal::malformed(
                "keyId, algorithm and signature are not all given",
            )),
        }
    }
}

fn quoted(param: Option<AuthParam<'_>>) -> Result<Option<&str>, Refusal> {
    match param {
        Some(param) if !param.is_quoted => Err(Refusal::malformed(
            "a parameter's value is not in double quotes",
        )),
        param => Ok(param.map(|param| param.value)),
    }
}

fn seconds(param: Option<AuthParam<'_>>) -> Result<Option<Seconds<'_>>, Refusal> {
    let Some(param) = param else { return Ok(None) };
    let text = param.value;
    let instant = if param.is_quoted || (text.starts_with('0') && text != "0") {
        None
    } else {
        text.parse().ok().and_then(from_seconds)
    };
    match instant {
        Some(instant) => Ok(Some(Seconds { text, instant })),
        None => Err(Refusal::malformed(
            "created or expires is not whole seconds since 1970, without quotes",
        )),
    }
}

//! The four parameters of a Hub HMAC header.

use crate::Refusal;
use crate::auth_params::{AuthParams, by_name};

/// The parameters, each given exactly once, in any order.
pub(crate) struct Params<'a> {
    pub(crate) username: &'a str,
    pub(crate) algorithm: &'a str,
    pub(crate) headers: &'a str,
    pub(crate) signature: &'a str,
}

const NAMES: [&str; 4] = ["username", "algorithm", "headers", "signature"];

impl<'a> Params<'a> {
    pub(crate) fn parse(list: &'a str) -> Result<Self, Refusal> {
        let values = by_name(AuthParams::new(list), NAMES)?.map(|param| param.map(|it| it.value));
        match values {
            [
                Some(username),
                Some(algorithm),
                Some(headers),
                Some(signature),
            ] => Ok(Self {
                username,
                algorithm,
                headers,
                signature,
            }),
            _ => Err(Refusal::malformed(
                "username, algorithm, headers and signature are not all given",
            )),
        }
    }
}

//! The four parameters of a Hub HMAC header.

use crate::Refusal;
use crate::auth_params::AuthParams;

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
        let mut values = [None; NAMES.len()];
        for param in AuthParams::new(list) {
            let param = param.map_err(|fault| Refusal::malformed(fault.as_str()))?;
            let place = NAMES
                .iter()
                .zip(&mut values)
                .find(|(name, _)| name.eq_ignore_ascii_case(param.name));
            match place {
                Some((_, value @ None)) => *value = Some(param.value),
                Some((name, Some(_))) => {
                    return Err(Refusal::malformed(format!(
                        "the parameter {name} is given twice"
                    )));
                }
                None => {
                    return Err(Refusal::malformed(
                        "there is a parameter other than username, algorithm, headers, signature",
                    ));
                }
            }
        }
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

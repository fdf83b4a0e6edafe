//! What stands in the path.

use hubkeys_domain::{AccountId, KeyId};
use lambda_http::{Request, RequestExt as _};

use crate::{Problem, ProblemType};

/// The key in `{id}`.
///
/// # Errors
/// 404 for what is no key id, exactly as for a key that does not exist.
pub fn key_id(request: &Request) -> Result<KeyId, Problem> {
    let id = parameter(request).and_then(|id| id.parse().ok());
    id.ok_or_else(|| Problem::from(hubkeys_domain::api_key::ApiKeyError::NotFound))
}

/// The account in `{id}`, for operators.
///
/// # Errors
/// 400 for what is no account id.
pub fn account_id(request: &Request) -> Result<AccountId, Problem> {
    let id = parameter(request).unwrap_or_default();
    id.parse().map_err(|error: hubkeys_domain::AccountIdError| {
        Problem::new(ProblemType::InvalidRequest, error.to_string())
    })
}

/// The last part of the path, e.g. `history`: tells a function with several routes which it was called by.
pub fn last_part(request: &Request) -> &str {
    request
        .raw_http_path()
        .rsplit('/')
        .next()
        .unwrap_or_default()
}

fn parameter(request: &Request) -> Option<&str> {
    request
        .path_parameters_ref()
        .and_then(|parameters| parameters.first("id"))
}

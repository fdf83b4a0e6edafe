//! What the API's document says of this function.

use hubkeys_api::ProblemType;
use hubkeys_api::openapi::NOT_ALLOWED;
use hubkeys_api::problems;
use hubkeys_domain::KeyId;
use hubkeys_store::KeySummary;
use utoipa::OpenApi;

use super::KeyHistory;

/// This function's operations.
#[derive(OpenApi)]
#[openapi(paths(get_key, get_key_history))]
pub struct Operations;

problems!(Problems: NOT_ALLOWED, &[ProblemType::KeyNotFound]);

/// Show a key
///
/// One key as the list shows it, never with its secret. A key of another account, a key that does not exist and a text
/// that is no key id are the same 404. For Administrators of verified accounts.
#[utoipa::path(
    get, path = "/v1/keys/{id}", operation_id = "getKey", tag = "Keys",
    security(("user" = [])),
    params(("id" = KeyId, Path, description = "The key's id.")),
    responses(
        (status = 200, description = "The key.", body = KeySummary),
        Problems,
    )
)]
#[expect(dead_code, reason = "carries what its attribute says")]
fn get_key() {}

/// Show a key's history
///
/// Who did what to the key and when, oldest first. The history of a revoked key stays. For Administrators of verified
/// accounts.
#[utoipa::path(
    get, path = "/v1/keys/{id}/history", operation_id = "getKeyHistory", tag = "Keys",
    security(("user" = [])),
    params(("id" = KeyId, Path, description = "The key's id.")),
    responses(
        (status = 200, description = "The key's history.", body = KeyHistory),
        Problems,
    )
)]
#[expect(dead_code, reason = "carries what its attribute says")]
fn get_key_history() {}

//! What the API's document says of this function.

use hubkeys_api::ProblemType;
use hubkeys_api::openapi::NOT_ALLOWED;
use hubkeys_api::problems;
use hubkeys_domain::KeyId;
use hubkeys_store::KeySummary;
use utoipa::OpenApi;

use super::NewName;

/// This function's operations.
#[derive(OpenApi)]
#[openapi(paths(rename_key))]
pub struct Operations;

problems!(Problems: NOT_ALLOWED, &[
    ProblemType::KeyNotFound,
    ProblemType::KeyRevoked,
    ProblemType::RenameLimitReached,
    ProblemType::UnsupportedMediaType,
]);

/// Rename a key
///
/// Changes the key's name and nothing else. The same name again writes nothing. A revoked key keeps its name. For
/// Administrators of verified accounts.
#[utoipa::path(
    patch, path = "/v1/keys/{id}", operation_id = "renameKey", tag = "Keys",
    security(("user" = [])),
    params(("id" = KeyId, Path, description = "The key's id.")),
    request_body(content = NewName, example = json!({"name": "Nightly export to S3"})),
    responses(
        (status = 200, description = "The key, renamed.", body = KeySummary),
        Problems,
    )
)]
#[expect(dead_code, reason = "carries what its attribute says")]
fn rename_key() {}

//! What the API's document says of this function.

use hubkeys_api::ProblemType;
use hubkeys_api::openapi::NOT_ALLOWED;
use hubkeys_api::problems;
use hubkeys_domain::KeyId;
use utoipa::openapi::{OpenApi as Document, RefOr, Required};
use utoipa::{Modify, OpenApi};

use super::several::{Results, Which};
use super::{RevokedKey, Why};

/// This function's operations.
#[derive(OpenApi)]
#[openapi(paths(revoke_key, revoke_keys), modifiers(&BodyMayBeLeftOut))]
pub struct Operations;

problems!(OfOne: NOT_ALLOWED, &[ProblemType::KeyNotFound, ProblemType::UnsupportedMediaType]);
problems!(OfSeveral: NOT_ALLOWED, &[ProblemType::UnsupportedMediaType]);

struct BodyMayBeLeftOut;

impl Modify for BodyMayBeLeftOut {
    fn modify(&self, document: &mut Document) {
        let path = document.paths.paths.get_mut("/v1/keys/{id}/revoke");
        let body = path.and_then(|path| path.post.as_mut()?.request_body.as_mut());
        if let Some(RefOr::T(body)) = body {
            body.required = Some(Required::False);
        }
    }
}

/// Revoke a key
///
/// Ends the key. From the answer on no verify of it is valid, and there is no way back. The answer takes as long as the lease in
/// force, usually a second. Revoking it again is 200, adds nothing to the history and keeps the first reason. For Administrators of verified accounts.
#[utoipa::path(
    post, path = "/v1/keys/{id}/revoke", operation_id = "revokeKey", tag = "Keys",
    security(("user" = [])),
    params(("id" = KeyId, Path, description = "The key's id.")),
    request_body(content = Why, description = "May be left out.", examples(
        ("With a reason" = (value = json!({"reason": "left in a repository"}))),
        ("Without" = (value = json!({}))),
    )),
    responses(
        (status = 200, description = "The key, revoked.", body = RevokedKey),
        OfOne,
    )
)]
#[expect(dead_code, reason = "carries what its attribute says")]
fn revoke_key() {}

/// Revoke several keys
///
/// Ends 1 to 50 keys, each by itself: one that fails takes none of the others with it. The answer is 200 with a result
/// for each id, in the order they were asked for, so look at each `status`. For Administrators of verified accounts.
#[utoipa::path(
    post, path = "/v1/keys/revoke", operation_id = "revokeKeys", tag = "Keys",
    security(("user" = [])),
    request_body(content = Which, example = json!({
        "ids": ["hk_01m84b4b0r5rwwzaaf2g0fc14r", "hk_01jd3v9m2x8c5q7w4n6t0r1z2y"], "reason": "offboarding"
    })),
    responses(
        (status = 200, description = "What became of each key.", body = Results),
        OfSeveral,
    )
)]
#[expect(dead_code, reason = "carries what its attribute says")]
fn revoke_keys() {}

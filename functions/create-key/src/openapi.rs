//! What the API's document says of this function.

use hubkeys_api::ProblemType;
use hubkeys_api::openapi::NOT_ALLOWED;
use hubkeys_api::problems;
use hubkeys_domain::SigningPolicy;
use hubkeys_store::KeySummary;
use serde_json::json;
use utoipa::openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, Type};
use utoipa::{OpenApi, PartialSchema as _};

use super::{CreatedKey, NewKey};

/// This function's operations.
#[derive(OpenApi)]
#[openapi(paths(create_key))]
pub struct Operations;

problems!(Problems: NOT_ALLOWED, &[
    ProblemType::KeyLimitReached,
    ProblemType::UnsupportedMediaType,
    ProblemType::IdempotencyKeyReused,
]);

/// Create a key
///
/// Makes a key and shows its secret. **The secret is in this answer and never again.** For Administrators of verified
/// accounts.
///
/// Send an `Idempotency-Key` if you may have to send the request again. For 24 hours the same request under the same
/// idempotency key gives the same key, with status 200 and without its secret: if the first answer was lost, its secret
/// is lost, so revoke that key and create another. A request for another key under it is `idempotency-key-reused`.
#[utoipa::path(
    post, path = "/v1/keys", operation_id = "createKey", tag = "Keys",
    security(("user" = [])),
    params((
        "idempotency-key" = Option<String>, Header, nullable = false,
        description = "1 to 255 visible ASCII characters without a comma, once. Idempotency keys of two accounts have nothing to do with each other.",
        pattern = r"^[!-+\-.-~]{1,255}$", example = "5f0c9d3a-nightly-export"
    )),
    request_body(content = NewKey, examples(
        ("A Basic key" = (value = json!({"name": "Nightly export", "scheme": "basic"}))),
        ("An HMAC key" = (value = json!({"name": "Nightly export", "scheme": "hmac"}))),
        ("An HMAC key for RFC 9421 only" = (value = json!({
            "name": "Strict", "scheme": "hmac",
            "signing": {"dialects": ["rfc9421"], "algorithms": ["hmac-sha256"], "replay_protection": "all"}
        }))),
    )),
    responses(
        (status = 201, description = "The key was made.", body = CreatedKey<'_>),
        (status = 200, description = "An earlier request under this idempotency key made the key: as it is now, without its secret.", body = KeySummary,
            headers(("idempotency-replayed" = String, description = "`true`."))),
        Problems,
    )
)]
#[expect(dead_code, reason = "carries what its attribute says")]
fn create_key() {}

/// The policy as it is asked for: as it is shown, but each member may be left out, and so may all.
pub(crate) fn wanted_policy() -> Schema {
    let mut wanted = match SigningPolicy::schema() {
        RefOr::T(Schema::Object(shown)) => shown,
        _ => ObjectBuilder::new().build(),
    };
    wanted.required.clear();
    wanted.description = Some(
        "What an HMAC key may sign with. Left out: in all dialects, with all algorithms, and `replay_protection` is `nonce`; so is a member that is left out. Not of a Basic key.".to_owned(),
    );
    for member in wanted.properties.values_mut() {
        if let RefOr::T(Schema::Array(list)) = member {
            // What is named twice is allowed once.
            list.unique_items = false;
        }
    }
    let nothing = ObjectBuilder::new().schema_type(Type::Null);
    OneOfBuilder::new().item(nothing).item(wanted).into()
}

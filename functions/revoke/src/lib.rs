//! `POST /v1/keys/{id}/revoke` ends one key, `POST /v1/keys/revoke` several, each with its own result.
//!
//! A key whose revocation was answered with success never verifies again. Revoking a revoked key writes no
//! event, and succeeds only after the row that verify reads was found to say so, or was mended. Success is said when no instance of
//! verify answers any more from what it read before.

#[cfg(feature = "openapi")]
pub mod openapi;
mod several;

use hubkeys_api::context::{now, who_and_where};
use hubkeys_api::{Answer, Body, Problem, Request, Response, body, caller, json, path, respond};
use hubkeys_domain::api_key::{ApiKeyCommand, ApiKeyError};
use hubkeys_domain::{AuthorizedAdministrator, KeyId, RevocationReason, Timestamp};
use hubkeys_store::{KeySummary, KeyView, Store, WhoAndWhere};
use lambda_http::RequestExt as _;
use lambda_http::http::StatusCode;
use serde::{Deserialize, Serialize};

/// A key that was revoked.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RevokedKey))]
pub(crate) struct RevokedKey {
    #[serde(flatten)]
    key: KeyView,
    /// Since when no verify of the key is valid: its revocation was written, and what verify held in memory has ended. No request
    /// that arrives after it passes.
    effective_at: Timestamp,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RevocationRequest))]
struct Why {
    #[serde(default)]
    reason: Option<RevocationReason>,
}

/// Answers one request.
pub async fn handle(store: &Store, request: Request) -> Answer {
    respond(&request, revoke(store, &request).await)
}

async fn revoke(store: &Store, request: &Request) -> Result<Response<Body>, Problem> {
    let principal = caller::principal(request)?;
    let standing = store.standing(&principal.account).await?.standing;
    let by = principal.administer_keys(standing)?;
    let (at, context) = (now()?, who_and_where(request));
    if request
        .path_parameters_ref()
        .is_none_or(|parameters| parameters.first("id").is_none())
    {
        return several::revoke(store, request, by, at, &context).await;
    }
    let id = path::key_id(request)?;
    let Why { reason } = body::optional_json(request, body::LARGEST)?;
    let key = commit(store, &id, reason, by, at, &context).await?;
    let effective_at = effective(store).await?;
    json(StatusCode::OK, &RevokedKey { key, effective_at })
}

/// Waits until the revocations that were committed before are so for every verify.
async fn effective(store: &Store) -> Result<Timestamp, Problem> {
    store.wait_out_leases().await?;
    now()
}

/// Ends one key for good. It still may verify from memory: whoever says that it does not waits first, with [`effective`].
async fn commit(
    store: &Store,
    id: &KeyId,
    reason: Option<RevocationReason>,
    by: AuthorizedAdministrator,
    at: Timestamp,
    context: &WhoAndWhere,
) -> Result<KeyView, Problem> {
    let command = ApiKeyCommand::Revoke { reason, by, at };
    let revoked = store.execute_on_key(id, command, None, context).await?;
    if !revoked.changed {
        store.confirm_revocation(id).await?;
    }
    let key = revoked.aggregate.key().ok_or(ApiKeyError::NotFound)?;
    Ok(KeyView {
        summary: KeySummary::of(key, revoked.version),
        last_used_at: store.last_used_if_known(&key.account, id).await,
    })
}

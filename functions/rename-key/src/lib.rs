//! `PATCH /v1/keys/{id}`: changes a key's name.

use hubkeys_api::context::{now, who_and_where};
use hubkeys_api::{Answer, Body, Problem, Request, Response, body, caller, json, path, respond};
use hubkeys_domain::KeyName;
use hubkeys_domain::api_key::{ApiKeyCommand, ApiKeyError};
use hubkeys_store::{KeySummary, KeyView, Store};
use lambda_http::http::StatusCode;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewName {
    name: KeyName,
}

/// Answers one request.
pub async fn handle(store: &Store, request: Request) -> Answer {
    respond(&request, rename(store, &request).await)
}

async fn rename(store: &Store, request: &Request) -> Result<Response<Body>, Problem> {
    let principal = caller::principal(request)?;
    let standing = store.standing(&principal.account).await?.standing;
    let by = principal.administer_keys(standing)?;
    let id = path::key_id(request)?;
    let NewName { name } = body::json(request, body::LARGEST)?;
    let command = ApiKeyCommand::Rename {
        name,
        by,
        at: now()?,
    };
    let renamed = store
        .execute_on_key(&id, command, None, &who_and_where(request))
        .await?;
    let key = renamed.aggregate.key().ok_or(ApiKeyError::NotFound)?;
    let shown = KeyView {
        summary: KeySummary::of(key, renamed.version),
        last_used_at: store.last_used_if_known(&key.account, &id).await,
    };
    json(StatusCode::OK, &shown)
}

//! `GET /v1/keys/{id}` and `GET /v1/keys/{id}/history`: one key, and who did what to it and when.

#[cfg(feature = "openapi")]
pub mod openapi;

use hubkeys_api::{Answer, Body, Problem, Request, Response, caller, json, path, respond};
use hubkeys_domain::api_key::{ApiKeyError, ApiKeyEvent, DisabledBecause};
use hubkeys_domain::{
    Actor, AuthorizedAdministrator, KeyId, KeyName, RevocationReason, Scheme, SigningPolicy,
    Timestamp,
};
use hubkeys_store::{KeySummary, KeyView, RecordedEvent, Store};
use lambda_http::http::StatusCode;
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct KeyHistory {
    id: KeyId,
    events: Vec<HistoryEntry>,
}

/// An event as an administrator reads it: all of it but what is kept of the secret.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct HistoryEntry {
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 1))]
    version: u64,
    at: Timestamp,
    by: Actor,
    #[cfg_attr(
        feature = "openapi",
        schema(example = "01a208b2-2c13-71c0-b7a3-a04f65e39f0d")
    )]
    request_id: String,
    #[serde(flatten)]
    change: Change,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = KeyChange))]
enum Change {
    Created {
        name: KeyName,
        scheme: Scheme,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(nullable = false))]
        signing: Option<SigningPolicy>,
    },
    Renamed {
        name: KeyName,
    },
    /// What is kept of the secret, and nothing else: the secret stays the same.
    Resealed,
    /// The key may not verify until it is enabled again.
    Disabled {
        because: DisabledBecause,
    },
    /// What the key was disabled for is over.
    Enabled,
    Revoked {
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(nullable = false))]
        reason: Option<RevocationReason>,
    },
}

impl From<RecordedEvent<ApiKeyEvent>> for HistoryEntry {
    fn from(recorded: RecordedEvent<ApiKeyEvent>) -> Self {
        let (at, by) = (recorded.event.at(), recorded.event.by().clone());
        let change = match recorded.event {
            ApiKeyEvent::KeyCreated {
                name,
                scheme,
                signing,
                ..
            } => Change::Created {
                name,
                scheme,
                signing,
            },
            ApiKeyEvent::KeyRenamed { name, .. } => Change::Renamed { name },
            ApiKeyEvent::KeyResealed { .. } => Change::Resealed,
            ApiKeyEvent::KeyDisabled { because, .. } => Change::Disabled { because },
            ApiKeyEvent::KeyEnabled { .. } => Change::Enabled,
            ApiKeyEvent::KeyRevoked { reason, .. } => Change::Revoked { reason },
        };
        Self {
            version: recorded.sequence,
            at,
            by,
            request_id: recorded.request_id,
            change,
        }
    }
}

/// Answers one request.
pub async fn handle(store: &Store, request: Request) -> Answer {
    respond(&request, get(store, &request).await)
}

async fn get(store: &Store, request: &Request) -> Result<Response<Body>, Problem> {
    let principal = caller::principal(request)?;
    let standing = store.standing(&principal.account).await?.standing;
    let by = principal.administer_keys(standing)?;
    let id = path::key_id(request)?;
    if path::last_part(request) == "history" {
        history(store, &by, id).await
    } else {
        key(store, &by, &id).await
    }
}

async fn key(
    store: &Store,
    by: &AuthorizedAdministrator,
    id: &KeyId,
) -> Result<Response<Body>, Problem> {
    let (key, version) = store.key(by, id).await?.ok_or(ApiKeyError::NotFound)?;
    let shown = KeyView {
        summary: KeySummary::of(&key, version),
        last_used_at: store.last_used(by.account(), id).await?,
    };
    json(StatusCode::OK, &shown)
}

async fn history(
    store: &Store,
    by: &AuthorizedAdministrator,
    id: KeyId,
) -> Result<Response<Body>, Problem> {
    let events = store
        .key_history(by, &id)
        .await?
        .ok_or(ApiKeyError::NotFound)?;
    json(
        StatusCode::OK,
        &KeyHistory {
            id,
            events: events.into_iter().map(HistoryEntry::from).collect(),
        },
    )
}

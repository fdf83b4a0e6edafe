//! `GET /v1/keys`: the account's keys, newest first, page by page.

#[cfg(feature = "openapi")]
pub mod openapi;

use hubkeys_api::query::Query;
use hubkeys_api::{Answer, Body, Problem, ProblemType, Request, Response, caller, json, respond};
use hubkeys_domain::AuthorizedAdministrator;
use hubkeys_store::{KeyFilter, KeySummary, KeyringSource, Store};
use lambda_http::http::StatusCode;
use serde::Serialize;

const DEFAULT_LIMIT: usize = 50;
const LARGEST_LIMIT: usize = 100;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct KeyList {
    keys: Vec<KeySummary>,
    /// Opaque. `null` at the list's end.
    #[cfg_attr(
        feature = "openapi",
        schema(required, example = "1._d30M7D9-M9ZK-L3KE5duy717_lag")
    )]
    next_cursor: Option<String>,
}

/// Answers one request.
pub async fn handle(store: &Store, keyring: &KeyringSource, request: Request) -> Answer {
    respond(&request, list(store, keyring, &request).await)
}

async fn list(
    store: &Store,
    keyring: &KeyringSource,
    request: &Request,
) -> Result<Response<Body>, Problem> {
    let principal = caller::principal(request)?;
    let standing = store.standing(&principal.account).await?.standing;
    let by = principal.administer_keys(standing)?;
    let query = Query::of(request, &["scheme", "status", "limit", "cursor"])?;
    let filter = KeyFilter {
        scheme: query.parsed("scheme")?,
        status: query.parsed("status")?,
    };
    let limit = query.parsed::<usize>("limit")?.unwrap_or(DEFAULT_LIMIT);
    if !(1..=LARGEST_LIMIT).contains(&limit) {
        return Err(Problem::invalid(format!(
            "the query parameter limit is 1 to {LARGEST_LIMIT}"
        )));
    }

    let keyring = keyring.current().await;
    let context = cursor_context(&by, filter);
    let after = match query.text("cursor") {
        None => None,
        Some(cursor) => Some(
            keyring
                .open_cursor(&context, cursor)
                .ok_or_else(invalid_cursor)?,
        ),
    };
    let page = store.keys(&by, filter, limit, after.as_deref()).await?;
    let next_cursor = page
        .next
        .map(|position| keyring.seal_cursor(&context, &position))
        .transpose()
        .map_err(Problem::internal)?;
    json(
        StatusCode::OK,
        &KeyList {
            keys: page.keys,
            next_cursor,
        },
    )
}

/// What a cursor is good for: this account and these filters. In another context it opens as little as a forged one.
fn cursor_context(by: &AuthorizedAdministrator, filter: KeyFilter) -> String {
    let scheme = filter.scheme.map_or("any", |scheme| scheme.as_str());
    let status = filter.status.map_or("any", |status| status.as_str());
    format!("{}#{scheme}#{status}", by.account())
}

fn invalid_cursor() -> Problem {
    Problem::new(
        ProblemType::InvalidCursor,
        "the cursor is not one of this list with these filters: start without one",
    )
}

//! Several keys at once. Each is a transaction of its own: one that fails takes none of the others with it. What verify holds in
//! memory is waited out once, for all of them.

use futures::{StreamExt as _, stream};
use hubkeys_api::{Body, Problem, ProblemSummary, Request, Response, body, json};
use hubkeys_domain::{AuthorizedAdministrator, KeyId, RevocationReason, Timestamp};
use hubkeys_store::{KeyView, Store, WhoAndWhere};

use crate::RevokedKey;
use lambda_http::http::StatusCode;
use serde::{Deserialize, Serialize};

const MOST: usize = 50;
/// How many are under way at once: they meet on the account's count of live keys, so more would only wait.
const AT_ONCE: usize = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RevocationsRequest))]
pub(crate) struct Which {
    /// 1 to 50 ids of keys.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 50, example = json!(["hk_01jd3v9m2x8c5q7w4n6t0r1z2y"])))]
    ids: Vec<String>,
    #[serde(default)]
    reason: Option<RevocationReason>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RevocationResults))]
pub(crate) struct Results {
    results: Vec<OneResult>,
}

/// What became of one key: `revoked` with the key, or the problem.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RevocationResult))]
pub(crate) struct OneResult {
    /// The id as it was asked for.
    id: String,
    /// What this id alone would have been answered with.
    #[cfg_attr(
        feature = "openapi",
        schema(minimum = 200, maximum = 599, example = 200)
    )]
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    key: Option<RevokedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    problem: Option<ProblemSummary>,
}

pub(crate) async fn revoke(
    store: &Store,
    request: &Request,
    by: AuthorizedAdministrator,
    at: Timestamp,
    context: &WhoAndWhere,
) -> Result<Response<Body>, Problem> {
    let Which { ids, reason } = body::json(request, body::LARGEST)?;
    if !(1..=MOST).contains(&ids.len()) {
        return Err(Problem::invalid(format!(
            "give 1 to {MOST} ids, not {}",
            ids.len()
        )));
    }
    let committed: Vec<(String, Result<KeyView, Problem>)> = stream::iter(ids)
        .map(|id| {
            let (by, reason) = (by.clone(), reason.clone());
            async move {
                let outcome = match id.parse::<KeyId>() {
                    Ok(id) => crate::commit(store, &id, reason, by, at, context).await,
                    Err(_) => Err(hubkeys_domain::api_key::ApiKeyError::NotFound.into()),
                };
                (id, outcome)
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    // Nothing to wait for where nothing was revoked. Where the wait fails nobody is told anything: asked again, all is as it is.
    let effective_at = if committed.iter().any(|(_, outcome)| outcome.is_ok()) {
        crate::effective(store).await?
    } else {
        at
    };
    let results = committed
        .into_iter()
        .map(|(id, outcome)| {
            let revoked = outcome.map(|key| RevokedKey { key, effective_at });
            OneResult::of(id, revoked)
        })
        .collect();
    json(StatusCode::OK, &Results { results })
}

impl OneResult {
    fn of(id: String, outcome: Result<RevokedKey, Problem>) -> Self {
        match outcome {
            Ok(key) => Self {
                id,
                status: StatusCode::OK.as_u16(),
                key: Some(key),
                problem: None,
            },
            Err(problem) => Self {
                id,
                status: problem.kind.status().as_u16(),
                key: None,
                problem: Some(problem.into()),
            },
        }
    }
}

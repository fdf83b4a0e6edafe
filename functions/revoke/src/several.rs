//! Several keys at once. Each is a transaction of its own: one that fails takes none of the others with it.

use futures::{StreamExt as _, stream};
use hubkeys_api::{Body, Problem, ProblemSummary, Request, Response, body, json};
use hubkeys_domain::{AuthorizedAdministrator, KeyId, RevocationReason, Timestamp};
use hubkeys_store::{KeyView, Store, WhoAndWhere};
use lambda_http::http::StatusCode;
use serde::{Deserialize, Serialize};

const MOST: usize = 50;
/// How many are under way at once: they meet on the account's count of live keys, so more would only wait.
const AT_ONCE: usize = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    ids: Vec<String>,
    #[serde(default)]
    reason: Option<RevocationReason>,
}

#[derive(Serialize)]
struct Results {
    results: Vec<OneResult>,
}

/// What became of one key: `revoked` with the key, or the problem.
#[derive(Serialize)]
struct OneResult {
    /// The id as it was asked for.
    id: String,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<KeyView>,
    #[serde(skip_serializing_if = "Option::is_none")]
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
    let results = stream::iter(ids)
        .map(|id| {
            let (by, reason) = (by.clone(), reason.clone());
            async move {
                let outcome = match id.parse::<KeyId>() {
                    Ok(id) => crate::revoke_one(store, &id, reason, by, at, context).await,
                    Err(_) => Err(hubkeys_domain::api_key::ApiKeyError::NotFound.into()),
                };
                OneResult::of(id, outcome)
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    json(StatusCode::OK, &Results { results })
}

impl OneResult {
    fn of(id: String, outcome: Result<KeyView, Problem>) -> Self {
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

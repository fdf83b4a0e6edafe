//! `GET /v1/keys`: the account's keys, found and sorted as asked, page by page.

#[cfg(feature = "openapi")]
pub mod openapi;

use hubkeys_api::query::Query;
use hubkeys_api::{Answer, Body, Problem, ProblemType, Request, Response, caller, json, respond};
use hubkeys_domain::AuthorizedAdministrator;
use hubkeys_store::{KeyQuery, KeySort, KeyView, KeyringSource, Store};
use lambda_http::http::StatusCode;
use serde::Serialize;

const DEFAULT_LIMIT: usize = 50;
const LARGEST_LIMIT: usize = 100;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct KeyList {
    keys: Vec<KeyView>,
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
    // Whoever may not see the list is told that first, whatever is wrong with what they ask for.
    let asked = Asked::of(request);
    let keyring = keyring.current().await;
    let (by, asked, page) = match asked {
        Ok(asked) if asked.is_for_the_newest() => {
            let (by, page) = store
                .newest_keys(principal, &asked.query, asked.limit)
                .await??;
            (by, asked, page)
        }
        asked => {
            let standing = store.standing(&principal.account).await?.standing;
            let by = principal.administer_keys(standing)?;
            let asked = asked?;
            let after = match &asked.cursor {
                None => None,
                Some(cursor) => Some(
                    keyring
                        .open_cursor(&cursor_context(&by, &asked.query), cursor)
                        .ok_or_else(invalid_cursor)?,
                ),
            };
            let page = store.keys(&by, &asked.query, asked.limit, after.as_deref());
            let page = page.await?;
            (by, asked, page)
        }
    };
    let context = cursor_context(&by, &asked.query);
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

/// What the query asks for.
struct Asked {
    query: KeyQuery,
    limit: usize,
    cursor: Option<String>,
}

impl Asked {
    fn of(request: &Request) -> Result<Self, Problem> {
        let parameters = ["scheme", "status", "q", "sort", "limit", "cursor"];
        let query = Query::of(request, &parameters)?;
        let limit = query.parsed::<usize>("limit")?.unwrap_or(DEFAULT_LIMIT);
        if !(1..=LARGEST_LIMIT).contains(&limit) {
            return Err(Problem::invalid(format!(
                "the query parameter limit is 1 to {LARGEST_LIMIT}"
            )));
        }
        Ok(Self {
            query: KeyQuery {
                scheme: query.parsed("scheme")?,
                status: query.parsed("status")?,
                search: query.parsed("q")?,
                sort: query.parsed("sort")?.unwrap_or_default(),
            },
            limit,
            cursor: query.text("cursor").map(str::to_owned),
        })
    }

    /// Whether it is for the first page of the list as the table has it. A search reads much, so it waits until it is known that they may.
    fn is_for_the_newest(&self) -> bool {
        let newest = self.query.sort == KeySort::Newest && self.cursor.is_none();
        newest && self.query.search.is_none()
    }
}

/// What a cursor is good for: this account, these filters, this order. In another context it opens as little as a forged
/// one. The search is last, for it is the only part that may hold a '#'.
fn cursor_context(by: &AuthorizedAdministrator, query: &KeyQuery) -> String {
    let scheme = query.scheme.map_or("any", |scheme| scheme.as_str());
    let status = query.status.map_or("any", |status| status.as_str());
    let search = query.search.as_ref().map_or("", |search| search.as_str());
    let sort = query.sort.as_str();
    format!("{}#{scheme}#{status}#{sort}#{search}", by.account())
}

fn invalid_cursor() -> Problem {
    Problem::new(
        ProblemType::InvalidCursor,
        "the cursor is not one of this list with these filters in this order: start without one",
    )
}

//! What the API's document says of this function.

use hubkeys_api::ProblemType;
use hubkeys_api::openapi::NOT_ALLOWED;
use hubkeys_api::problems;
use hubkeys_domain::Scheme;
use hubkeys_store::{KeySort, KeyStatuses};
use utoipa::{IntoParams, OpenApi};

use super::{DEFAULT_LIMIT, KeyList};

/// This function's operations.
#[derive(OpenApi)]
#[openapi(paths(list_keys))]
pub struct Operations;

problems!(Problems: NOT_ALLOWED, &[ProblemType::InvalidCursor]);

/// The query, each parameter of which may be left out.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the query is read name by name")]
struct Parameters {
    /// Only keys of this scheme.
    #[param(nullable = false)]
    scheme: Option<Scheme>,
    /// Only keys of this status; `live` is all but the revoked ones.
    #[param(nullable = false, inline)]
    status: Option<KeyStatuses>,
    /// Only keys whose name contains this text in whatever case, or whose id contains it.
    #[param(nullable = false, min_length = 1, max_length = 64)]
    q: Option<String>,
    /// The order. Keys that were never used count as used before all others.
    #[param(nullable = false, inline)]
    sort: Option<KeySort>,
    /// How many keys a page has at most.
    #[param(nullable = false, minimum = 1, maximum = 100, default = json!(DEFAULT_LIMIT))]
    limit: Option<u32>,
    /// `next_cursor` of the page before. It works for the account, the filters and the order it was made for.
    #[param(nullable = false, min_length = 1)]
    cursor: Option<String>,
}

/// List keys
///
/// The account's keys, newest first unless another order is asked for, page by page. Revoked keys stay in the list. For Administrators of verified
/// accounts.
///
/// `next_cursor` is `null` on the last page; else send it as `cursor`, with the same filters and order, for the next one. An unknown
/// parameter is an error, and so is one that is given twice: a misspelt filter must not silently list everything.
#[utoipa::path(
    get, path = "/v1/keys", operation_id = "listKeys", tag = "Keys",
    security(("user" = [])),
    params(Parameters),
    responses(
        (status = 200, description = "A page of keys.", body = KeyList),
        Problems,
    )
)]
#[expect(dead_code, reason = "carries what its attribute says")]
fn list_keys() {}

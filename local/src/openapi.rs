//! The API's document, as it is kept in the repository.

use axum::body::Body;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

/// Part of the binary, so that it stands alone.
const DOCUMENT: &str = include_str!("../../docs/openapi.json");

pub(crate) async fn document() -> Response {
    let mut response = Response::new(Body::from(DOCUMENT));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // It may be kept, and is asked for anew: another version of the stack has another one.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

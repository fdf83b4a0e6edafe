//! `POST /v1/verify`: who sent this request, and may they?
//!
//! The corridor: event → facts → claim → one consistent read → check → status → decision. It holds a reader: what it can't
//! do, no request can make it do. Whatever keeps it from deciding is a 503, never a verdict.

mod decision;
mod facts_document;
mod verifier;

pub use decision::Decision;
pub use facts_document::FactsDocument;
pub use verifier::{CannotDecide, Verifier};

use hubkeys_api::context::{now, request_id};
use hubkeys_api::{Answer, Body, Problem, Request, Response, body, caller, json, respond};
use lambda_http::http::StatusCode;

/// The largest facts document, in bytes. A service with larger bodies sends their digests, which it must compute anyway.
const LARGEST: usize = 512 * 1024;

/// Answers one request of a service.
pub async fn handle(verifier: &Verifier, request: Request) -> Answer {
    respond(&request, verify(verifier, &request).await)
}

async fn verify(verifier: &Verifier, request: &Request) -> Result<Response<Body>, Problem> {
    caller::require_service(request)?;
    let document: FactsDocument = body::json(request, LARGEST)?;
    let decision = verifier
        .decide(document, now()?)
        .await
        .map_err(Problem::unavailable)?;
    decision.log(&request_id(request));
    json(StatusCode::OK, &decision)
}

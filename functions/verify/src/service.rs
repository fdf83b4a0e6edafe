//! `POST /v1/verify`: a service asks over HTTP, through an HTTP API or a REST API.

use std::sync::Arc;

use hubkeys_api::context::{now, request_id};
use hubkeys_api::invocation::invoke;
use hubkeys_api::{Body, Problem, Request, Response, body, caller, json, respond};
use lambda_http::http::StatusCode;
use lambda_runtime::{Context, Error};
use serde_json::Value;

use crate::{FactsDocument, Verifier};

/// The largest facts document, in bytes. A service with larger bodies sends their digests, which it must compute anyway.
const LARGEST: usize = 512 * 1024;

pub(crate) async fn answer(
    verifier: Arc<Verifier>,
    event: Value,
    context: Context,
) -> Result<Value, Error> {
    let handler = move |request: Request| {
        let verifier = Arc::clone(&verifier);
        async move { respond(&request, verify(&verifier, &request).await) }
    };
    Ok(invoke(handler, event, context).await?)
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

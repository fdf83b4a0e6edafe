//! Answers.

use std::convert::Infallible;

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use lambda_http::{Body, Request, Response};
use serde::Serialize;

use crate::context::request_id;
use crate::problem::Problem;

/// What a handler answers: always a response, for a failure is one too.
pub type Answer = Result<Response<Body>, Infallible>;

/// A JSON answer that nobody may keep: what it says may be about keys.
pub fn json<T: Serialize>(status: StatusCode, content: &T) -> Result<Response<Body>, Problem> {
    let text = serde_json::to_string(content).map_err(Problem::internal)?;
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The answer to `request`: the outcome, or the problem it met, which is logged with its causes.
pub fn respond(request: &Request, outcome: Result<Response<Body>, Problem>) -> Answer {
    Ok(outcome.unwrap_or_else(|problem| refused(&request_id(request), problem)))
}

/// The answer to a request of this id that met a problem, which is logged with its causes.
pub fn refused(request_id: &str, problem: Problem) -> Response<Body> {
    let cause = problem.cause.as_deref().map(causes);
    if problem.kind.status().is_server_error() {
        tracing::error!(request_id, problem = problem.kind.name(), cause, "failed");
    } else {
        tracing::info!(request_id, problem = problem.kind.name(), "refused");
    }
    problem.into_response(request_id)
}

/// An error and all that caused it, in one line.
fn causes(error: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

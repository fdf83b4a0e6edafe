//! The gateway: finds the route, lets its authorizer decide, and hands the request to the function as an event.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::{Body, BodyDataStream, HttpBody as _};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, Request, StatusCode};
use jiff::Timestamp;
use lambda_http::Context;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use serde_json::Value;
use uuid::Uuid;

use crate::authorizer::Authorizers;
use crate::event::event;
use crate::functions::{Function, FunctionError, Functions};
use crate::problem::Problem;
use crate::routing::{Matched, NoRoute, Routes, Unroutable};
use crate::template::Route;

/// What Lambda takes in one event. Functions have smaller bounds of their own.
const MAX_BODY: usize = 6 * 1024 * 1024;
/// What is read at most of a body that nobody wants.
const MAX_FORGOTTEN: usize = 2 * MAX_BODY;
/// The whole body must be here by then.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);
/// The template's `Timeout`.
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) struct Gateway {
    routes: Routes,
    functions: Functions,
    pub(crate) authorizers: Authorizers,
}

/// The template has a route that can't be answered here.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RouteError {
    #[error("{route} is answered by functions/{function}, which the local stack does not have")]
    MissingFunction { route: String, function: String },
    #[error(transparent)]
    Unroutable(#[from] Unroutable),
}

/// The route that answered, for the log.
#[derive(Clone, Debug)]
pub(crate) struct AnsweredBy(pub(crate) Arc<str>);

impl Gateway {
    pub(crate) fn new(
        routes: Vec<Route>,
        functions: Functions,
        authorizers: Authorizers,
    ) -> Result<Self, RouteError> {
        let is_missing = |route: &&Route| !functions.contains_key(route.function.as_str());
        if let Some(route) = routes.iter().find(is_missing) {
            return Err(RouteError::MissingFunction {
                route: route.key(),
                function: route.function.clone(),
            });
        }
        Ok(Self {
            routes: Routes::new(routes)?,
            functions,
            authorizers,
        })
    }

    /// The answer to a request, and the route it took. A request for a path that no route has, it gives back.
    pub(crate) async fn answer(
        &self,
        request: Request<Body>,
        request_id: Uuid,
    ) -> Result<Response, Request<Body>> {
        let (method, path) = (request.method().as_str(), request.uri().path());
        let matched = match self.routes.find(method, path) {
            Ok(matched) => matched,
            Err(NoRoute::UnknownPath) => return Err(request),
            Err(NoRoute::OtherMethods(methods)) => {
                forget(request.into_body());
                return Ok(Problem::method_not_allowed(&methods).into_response(request_id));
            }
        };
        let (parts, body) = request.into_parts();
        let answer = self.on_route(&matched, &parts, body, request_id).await;
        let mut response = answer.unwrap_or_else(|problem| problem.into_response(request_id));
        response
            .extensions_mut()
            .insert(AnsweredBy(Arc::clone(matched.key)));
        Ok(response)
    }

    async fn on_route(
        &self,
        matched: &Matched<'_>,
        parts: &Parts,
        body: Body,
        request_id: Uuid,
    ) -> Result<Response, Problem> {
        let function = self
            .functions
            .get(matched.route.function.as_str())
            .ok_or_else(Problem::internal)?;
        // Before the body: a stranger's is not worth keeping in memory.
        let authorizer = match self
            .authorizers
            .authorize(matched.route.authorizer, &parts.headers)
        {
            Ok(authorizer) => authorizer,
            Err(problem) => {
                forget(body);
                return Err(problem);
            }
        };
        let body = read(body, MAX_BODY).await?;
        let now = Timestamp::now();
        let event = event(parts, &body, matched, authorizer, request_id, now);
        invoke(function, event, request_id).await
    }
}

/// The body, if it is at most `most` bytes.
pub(crate) async fn read(body: Body, most: usize) -> Result<Vec<u8>, Problem> {
    let mut chunks = body.into_data_stream();
    let reading = async {
        let mut kept = Vec::new();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| Problem::bad_request("the body ended early"))?;
            if chunk.len() > most.saturating_sub(kept.len()) {
                return Ok(None);
            }
            kept.extend_from_slice(&chunk);
        }
        Ok(Some(kept))
    };
    match tokio::time::timeout(BODY_TIMEOUT, reading).await {
        Ok(Ok(Some(body))) => Ok(body),
        Ok(Ok(None)) => {
            forget_rest(chunks);
            Err(Problem::too_large(most))
        }
        Ok(Err(problem)) => Err(problem),
        Err(_) => Err(Problem::timed_out()),
    }
}

/// Has a refused request's body read and forgotten while the refusal is sent, up to a point: closing the connection on a
/// client that still sends would take the refusal from it.
pub(crate) fn forget(body: Body) {
    if !body.is_end_stream() {
        forget_rest(body.into_data_stream());
    }
}

fn forget_rest(mut chunks: BodyDataStream) {
    let reading = async move {
        let mut length = 0_usize;
        while let Some(Ok(chunk)) = chunks.next().await {
            length = length.saturating_add(chunk.len());
            if length > MAX_FORGOTTEN {
                break;
            }
        }
    };
    // Too late is like too much: the connection is closed.
    tokio::spawn(tokio::time::timeout(BODY_TIMEOUT, reading));
}

async fn invoke(function: &Function, event: Value, request_id: Uuid) -> Result<Response, Problem> {
    let mut context = Context::default();
    context.request_id = request_id.to_string();
    context.deadline = millis_since_epoch(SystemTime::now() + FUNCTION_TIMEOUT);
    // A task of its own: once begun it runs to its end though the client be gone, as on Lambda, and a panic ends it alone.
    let mut task = tokio::spawn(function(event, context));
    match tokio::time::timeout(FUNCTION_TIMEOUT, &mut task).await {
        Ok(Ok(Ok(answer))) => response(answer).map_err(|error| failed(&error)),
        Ok(Ok(Err(error))) => Err(failed(&error)),
        Ok(Err(_)) => {
            tracing::error!("the function panicked");
            Err(Problem::internal())
        }
        Err(_) => {
            task.abort();
            tracing::error!("the function took longer than {FUNCTION_TIMEOUT:?}");
            Err(Problem::unavailable())
        }
    }
}

fn failed(error: &FunctionError) -> Problem {
    tracing::error!(%error, "the function failed");
    Problem::internal()
}

fn millis_since_epoch(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .ok()
        .and_then(|since| u64::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}

/// A function's answer as API Gateway sends it on.
fn response(answer: ApiGatewayV2httpResponse) -> Result<Response, FunctionError> {
    let status = u16::try_from(answer.status_code)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .filter(|status| !status.is_informational())
        .ok_or_else(|| FunctionError::Failed(format!("status {}", answer.status_code)))?;
    let body = match answer.body {
        Some(lambda_http::Body::Text(text)) if answer.is_base64_encoded => STANDARD
            .decode(text)
            .map_err(|_| FunctionError::Failed("a body that is not base64".to_owned()))?,
        Some(lambda_http::Body::Text(text)) => text.into_bytes(),
        // Only as text is it in base64.
        Some(lambda_http::Body::Binary(bytes)) => bytes,
        _ => Vec::new(),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    *headers = answer.headers;
    headers.remove(CONTENT_LENGTH);
    headers
        .entry(CONTENT_TYPE)
        .or_insert(HeaderValue::from_static("application/json"));
    for cookie in answer.cookies {
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            headers.append(SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use lambda_http::Body as Sent;

    use super::*;

    fn answer(body: Option<Sent>, is_base64_encoded: bool) -> ApiGatewayV2httpResponse {
        let mut answer = ApiGatewayV2httpResponse::default();
        answer.status_code = 200;
        answer.body = body;
        answer.is_base64_encoded = is_base64_encoded;
        answer
    }

    #[tokio::test]
    async fn the_client_gets_the_bytes_the_function_meant() {
        let text = |text: &str| Some(Sent::from(text));
        for (sent, encoded, expected) in [
            (text("{}"), false, &b"{}"[..]),
            (text("/3s="), true, b"\xff{"),
            (text("/3s="), false, b"/3s="),
            (Some(Sent::from(vec![0xff, b'{'])), true, b"\xff{"),
            (Some(Sent::Empty), false, b""),
            (None, false, b""),
        ] {
            let response = response(answer(sent.clone(), encoded)).unwrap();
            let bytes = axum::body::to_bytes(response.into_body(), 9).await.unwrap();
            assert_eq!(bytes, expected, "{sent:?} {encoded}");
        }
        assert!(response(answer(text("{}"), true)).is_err());
    }

    #[test]
    fn what_is_no_status_of_an_answer_is_a_failure() {
        for status in [0, -1, 99, 100, 199, 70_000] {
            let mut answer = answer(None, false);
            answer.status_code = status;
            assert!(response(answer).is_err(), "{status}");
        }
    }
}

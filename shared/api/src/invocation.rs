//! An API Gateway event through an HTTP handler, by the very code that Lambda runs.

use std::convert::Infallible;
use std::future::Future;

use lambda_http::request::LambdaRequest;
use lambda_http::tower::ServiceExt as _;
use lambda_http::{Adapter, Body, Context, LambdaEvent, Request, Response, service_fn};
use serde_json::Value;

/// An event could not be turned into a request, or an answer not into an event. Quotes nothing: what does not parse may
/// be a header, and that a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvocationError {
    /// Not an event of an HTTP API (payload 2.0) or a REST API (payload 1.0).
    #[error("the event is not one of API Gateway's proxy events")]
    Event,
    /// The answer can't be written as an event.
    #[error("the answer is not one API Gateway understands")]
    Response,
}

/// Hands the request of a proxy event to `handler`, and its answer back as the event that API Gateway expects.
///
/// # Errors
/// [`InvocationError`].
pub async fn invoke<H, F>(
    handler: H,
    event: Value,
    context: Context,
) -> Result<Value, InvocationError>
where
    H: Fn(Request) -> F + Send + Sync,
    F: Future<Output = Result<Response<Body>, Infallible>> + Send,
{
    let request: LambdaRequest =
        serde_json::from_value(event).map_err(|_| InvocationError::Event)?;
    let adapter = Adapter::from(service_fn(handler));
    let Ok(response) = adapter.oneshot(LambdaEvent::new(request, context)).await;
    serde_json::to_value(response).map_err(|_| InvocationError::Response)
}

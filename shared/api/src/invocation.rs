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
    let request = request(event).map_err(|_| InvocationError::Event)?;
    let adapter = Adapter::from(service_fn(handler));
    let Ok(response) = adapter.oneshot(LambdaEvent::new(request, context)).await;
    serde_json::to_value(response).map_err(|_| InvocationError::Response)
}

/// What `lambda_http` takes an event for. It writes the event as text and reads that in one form after the other, REST API first. That
/// one must say `httpMethod`, so without it there is nothing to try.
fn request(event: Value) -> Result<LambdaRequest, serde_json::Error> {
    if event.get("httpMethod").is_some() {
        return serde_json::from_value(event);
    }
    serde_json::from_value(event).map(LambdaRequest::ApiGatewayV2)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_taken_for_what_lambda_http_takes_it_for() {
        let rest = include_str!("../../../tests/events/verify/rest-api-1.0.json");
        let http = include_str!("../../../tests/events/verify/http-api-2.0.json");
        let [rest, http] = [rest, http].map(|text| serde_json::from_str::<Value>(text).unwrap());
        let mut both = http.clone();
        both["httpMethod"] = json!("DELETE");
        let mut neither = rest.clone();
        neither.as_object_mut().unwrap().remove("httpMethod");
        for event in [rest, http, both, neither, json!({}), json!([]), json!("x")] {
            let taken = request(event.clone()).map(Request::from);
            let expected = serde_json::from_value::<LambdaRequest>(event.clone());
            match (taken, expected.map(Request::from)) {
                (Ok(taken), Ok(expected)) => {
                    assert_eq!(format!("{taken:?}"), format!("{expected:?}"), "{event}");
                }
                (taken, expected) => assert_eq!(taken.is_ok(), expected.is_ok(), "{event}"),
            }
        }
    }
}

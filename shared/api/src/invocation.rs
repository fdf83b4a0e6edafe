//! An API Gateway event through an HTTP handler, by the very code that Lambda runs.

use std::convert::Infallible;
use std::future::Future;

use lambda_http::aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayV2httpResponse};
use lambda_http::request::LambdaRequest;
use lambda_http::tower::ServiceExt as _;
use lambda_http::{Adapter, Body, Context, LambdaEvent, Request, Response, service_fn};
use serde::Serialize;
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

/// The forms of API Gateway's proxy events, and of the answers to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// 2.0, of an HTTP API.
    HttpApi,
    /// 1.0, of a REST API.
    RestApi,
}

/// An answer as the event that API Gateway expects.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ProxyResponse {
    /// 2.0, to an HTTP API.
    HttpApi(ApiGatewayV2httpResponse),
    /// 1.0, to a REST API.
    RestApi(ApiGatewayProxyResponse),
}

/// An answer as the event that API Gateway expects, for a function that takes its event as it is. As `lambda_http` makes them, but
/// without cookies, which no answer of ours has.
pub fn answered(payload: Payload, response: Response<Body>) -> ProxyResponse {
    let (parts, body) = response.into_parts();
    let is_base64_encoded = matches!(body, Body::Binary(_));
    let body = Some(match body {
        Body::Empty => Body::Text(String::new()),
        body => body,
    });
    let status_code = parts.status.as_u16().into();
    match payload {
        Payload::HttpApi => {
            let mut event = ApiGatewayV2httpResponse::default();
            event.status_code = status_code;
            event.headers = parts.headers;
            event.body = body;
            event.is_base64_encoded = is_base64_encoded;
            ProxyResponse::HttpApi(event)
        }
        Payload::RestApi => {
            let mut event = ApiGatewayProxyResponse::default();
            event.status_code = status_code;
            // In both members each field would be there twice.
            event.multi_value_headers = parts.headers;
            event.body = body;
            event.is_base64_encoded = is_base64_encoded;
            ProxyResponse::RestApi(event)
        }
    }
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
    use std::future;

    use serde_json::json;

    use super::*;

    fn events() -> [Value; 2] {
        let rest = include_str!("../../../tests/events/verify/rest-api-1.0.json");
        let http = include_str!("../../../tests/events/verify/http-api-2.0.json");
        [rest, http].map(|text| serde_json::from_str(text).unwrap())
    }

    #[tokio::test]
    async fn an_answer_is_written_as_lambda_http_writes_it() {
        let response = |body: Body| {
            let content_type = match body {
                Body::Binary(_) => "application/octet-stream",
                _ => "application/problem+json",
            };
            let response = Response::builder().status(401);
            let response = response.header("content-type", content_type);
            response.header("retry-after", "1").body(body).unwrap()
        };
        for (event, payload) in events()
            .into_iter()
            .zip([Payload::RestApi, Payload::HttpApi])
        {
            for body in [Body::Empty, Body::from("{}"), Body::from(vec![0xff])] {
                let of_us = answered(payload, response(body.clone()));
                let of_us = serde_json::to_value(of_us).unwrap();
                let handler = |_| future::ready(Ok(response(body.clone())));
                let expected = invoke(handler, event.clone(), Context::default()).await;
                let expected = expected.unwrap();
                assert_eq!(of_us, expected, "{payload:?} {body:?}");
            }
        }
    }

    #[test]
    fn an_event_is_taken_for_what_lambda_http_takes_it_for() {
        let [rest, http] = events();
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

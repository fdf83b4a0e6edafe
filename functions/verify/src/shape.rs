//! Which of the shapes an event has, told by members that only that shape has: nothing is guessed.

use hubkeys_api::invocation::Payload;
use serde_json::Value;

/// The shapes of events that verify takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `POST /v1/verify` through API Gateway.
    Proxy(Payload),
    /// A Lambda authorizer's.
    Authorizer(AuthorizerKind),
    /// A facts document, by direct invocation.
    Facts,
    /// Several facts documents, by direct invocation.
    Batch,
}

/// Which API asks its authorizer, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizerKind {
    /// An HTTP API, payload 2.0.
    HttpApi,
    /// A REST API, type `REQUEST` (or an HTTP API with payload 1.0, which looks and is answered alike).
    RestRequest,
    /// A REST API, type `TOKEN`.
    RestToken,
}

/// The event is none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown event: verify takes HTTP API (payload 2.0) and REST API (payload 1.0) proxy events, Lambda authorizer events \
     (HTTP API 2.0, REST API REQUEST and TOKEN), a facts document {{method, target, headers, …}}, and a batch {{requests: […]}}"
)]
pub struct UnknownShape;

impl Shape {
    /// The shape of an event.
    ///
    /// # Errors
    /// [`UnknownShape`], also for an event that has the marks of two.
    pub fn of(event: &Value) -> Result<Self, UnknownShape> {
        let text = |member: &str| event.get(member).and_then(Value::as_str);
        let has = |member: &str| event.get(member).is_some();
        match (text("type"), text("version")) {
            (Some("REQUEST"), Some("2.0")) if has("routeArn") && has("requestContext") => {
                Ok(Self::Authorizer(AuthorizerKind::HttpApi))
            }
            (Some("REQUEST"), None | Some("1.0")) if has("methodArn") && has("requestContext") => {
                Ok(Self::Authorizer(AuthorizerKind::RestRequest))
            }
            (Some("TOKEN"), None)
                if has("methodArn") && has("authorizationToken") && !has("requestContext") =>
            {
                Ok(Self::Authorizer(AuthorizerKind::RestToken))
            }
            (None, Some("2.0")) if has("requestContext") && has("rawPath") => {
                Ok(Self::Proxy(Payload::HttpApi))
            }
            (None, None | Some("1.0")) if has("requestContext") && has("httpMethod") => {
                Ok(Self::Proxy(Payload::RestApi))
            }
            // Facts come from a caller that IAM let in, and have none of the gateway's members.
            (None, None)
                if !has("requestContext")
                    && has("target")
                    && has("headers")
                    && !has("requests") =>
            {
                Ok(Self::Facts)
            }
            (None, None) if !has("requestContext") && has("requests") && !has("target") => {
                Ok(Self::Batch)
            }
            _ => Err(UnknownShape),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_with_the_marks_of_no_shape_or_of_two_is_unknown() {
        for event in [
            json!(null),
            json!([]),
            json!("x"),
            json!({}),
            json!({"type": "TOKEN"}),
            json!({"type": "REQUEST", "methodArn": "arn"}),
            json!({"type": "REQUEST", "version": "3.0", "routeArn": "arn", "requestContext": {}}),
            json!({"version": "2.0", "rawPath": "/"}),
            json!({"method": "GET", "target": "/"}),
            json!({"target": "/", "headers": [], "requests": []}),
            json!({"target": "/", "headers": [], "requestContext": {}}),
            json!({"requests": [], "type": "TOKEN"}),
            json!({"Records": []}),
        ] {
            assert_eq!(Shape::of(&event), Err(UnknownShape), "{event}");
        }
        assert!(UnknownShape.to_string().contains("TOKEN"));
    }
}

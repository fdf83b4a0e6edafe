//! `POST /v1/verify`: a service asks over HTTP, through an HTTP API or a REST API.
//!
//! Of the event only who asks, and what, is looked at, where it stands. An HTTP request of all of it, as `lambda_http` would make, is
//! two thirds of the time of an answer from memory.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hubkeys_api::context::now;
use hubkeys_api::invocation::{Payload, ProxyResponse, answered};
use hubkeys_api::{Body, Problem, Response, body, caller, json, refused};
use lambda_http::http::StatusCode;
use serde_json::Value;

use crate::{FactsDocument, Verifier};

/// The largest facts document, in bytes. A service with larger bodies sends their digests, which it must compute anyway.
const LARGEST: usize = 512 * 1024;
/// The same in base64, in which API Gateway hands over what it does not take for text.
const LARGEST_ENCODED: usize = LARGEST.div_ceil(3) * 4;

/// The answer to an event, whose id is `invocation` where API Gateway gave it none.
pub(crate) async fn answer(
    verifier: &Verifier,
    payload: Payload,
    event: &Value,
    invocation: &str,
) -> ProxyResponse {
    let context = event.get("requestContext").unwrap_or(&Value::Null);
    let request_id = text(context, "requestId").unwrap_or(invocation);
    let response = match verify(verifier, payload, event, context, request_id).await {
        Ok(response) => response,
        Err(problem) => refused(request_id, problem),
    };
    answered(payload, response)
}

async fn verify(
    verifier: &Verifier,
    payload: Payload,
    event: &Value,
    context: &Value,
    request_id: &str,
) -> Result<Response<Body>, Problem> {
    if !is_service(payload, context) {
        return Err(caller::no_service());
    }
    let sent = sent_body(event)?;
    let document: FactsDocument = body::parse(&sent, content_type(event), LARGEST)?;
    let decision = verifier
        .decide(document, now()?)
        .await
        .map_err(Problem::unavailable)?;
    decision.log(request_id);
    json(StatusCode::OK, &decision)
}

/// Whether the gateway authenticated a service (by IAM). No configuration of it that forgets the authorizer can open the operation.
fn is_service(payload: Payload, context: &Value) -> bool {
    let identity = match payload {
        Payload::HttpApi => context
            .get("authorizer")
            .and_then(|authorizer| authorizer.get("iam")),
        // A REST API says who signed with IAM in the identity.
        Payload::RestApi => context.get("identity"),
    };
    let arn = identity.and_then(|identity| text(identity, "userArn"));
    arn.is_some_and(|arn| !arn.is_empty())
}

fn sent_body(event: &Value) -> Result<Cow<'_, [u8]>, Problem> {
    let body = text(event, "body").unwrap_or_default();
    if event.get("isBase64Encoded") != Some(&Value::Bool(true)) {
        return Ok(Cow::Borrowed(body.as_bytes()));
    }
    body::bound(body.len(), LARGEST_ENCODED)?;
    let decoded = STANDARD.decode(body);
    decoded
        .map(Cow::Owned)
        .map_err(|_| Problem::invalid("the body is not the base64 that the gateway says it is"))
}

/// A REST API leaves the name as the client spelled it. A value that is no text is there, and is not JSON's.
fn content_type(event: &Value) -> Option<&str> {
    let headers = event.get("headers")?.as_object()?;
    let named = |(name, _): &(&String, &Value)| name.eq_ignore_ascii_case("content-type");
    let (_, value) = headers.iter().find(named)?;
    Some(value.as_str().unwrap_or_default())
}

fn text<'a>(of: &'a Value, member: &str) -> Option<&'a str> {
    of.get(member).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use hubkeys_api::ProblemType;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_service_is_whom_the_gateway_says_iam_let_in() {
        let arn = json!({"userArn": "arn:aws:iam::123456789012:role/gateway"});
        assert!(is_service(
            Payload::HttpApi,
            &json!({"authorizer": {"iam": arn}})
        ));
        assert!(is_service(Payload::RestApi, &json!({"identity": arn})));
        for context in [
            json!(null),
            json!({"identity": {"userArn": null}, "authorizer": {"iam": null}}),
            json!({"identity": {"sourceIp": "192.0.2.7"}, "authorizer": {"iam": {}}}),
            json!({"identity": {"userArn": ""}, "authorizer": {"iam": {"userArn": ""}}}),
            json!({"authorizer": {"jwt": {"claims": {"iam": arn, "userArn": "arn"}}}, "userArn": "arn"}),
        ] {
            for payload in [Payload::HttpApi, Payload::RestApi] {
                assert!(!is_service(payload, &context), "{payload:?} {context}");
            }
        }
        // What the other form says in that place is not what this one says.
        assert!(!is_service(
            Payload::RestApi,
            &json!({"authorizer": {"iam": arn}})
        ));
        assert!(!is_service(Payload::HttpApi, &json!({"identity": arn})));
    }

    #[test]
    fn a_body_in_base64_is_what_was_sent_and_is_bounded_before_it_is_decoded() {
        let event = |body: String| json!({"body": body, "isBase64Encoded": true});
        let sent = event(STANDARD.encode([0xff, b'{']));
        assert_eq!(&*sent_body(&sent).unwrap(), [0xff, b'{']);
        let plain = json!({"body": "{}", "isBase64Encoded": false});
        assert_eq!(&*sent_body(&plain).unwrap(), b"{}");
        assert_eq!(&*sent_body(&json!({})).unwrap(), b"");
        let refused = |text: String| sent_body(&event(text)).unwrap_err().kind;
        assert_eq!(refused("{}".to_owned()), ProblemType::InvalidRequest);
        assert_eq!(
            refused("=".repeat(LARGEST_ENCODED + 1)),
            ProblemType::BodyTooLarge
        );
        assert!(sent_body(&event(STANDARD.encode(vec![0; LARGEST]))).is_ok());
    }

    #[test]
    fn the_content_type_is_found_however_its_name_is_spelled() {
        for name in ["content-type", "Content-Type", "CONTENT-TYPE"] {
            let event = json!({"headers": {"accept": "*/*", name: "text/plain"}});
            assert_eq!(content_type(&event), Some("text/plain"));
        }
        let no_text = json!({"headers": {"content-type": ["application/json"]}});
        assert_eq!(content_type(&no_text), Some(""));
        for event in [
            json!({}),
            json!({"headers": null}),
            json!({"headers": {"x": "y"}}),
        ] {
            assert_eq!(content_type(&event), None);
        }
    }
}

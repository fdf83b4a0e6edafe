//! A service behind an authorizer, which has never seen the body.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use hubkeys_client::{AuthorizerContext, Protect};
use lambda_http::request::RequestContext;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use sha2::{Sha256, Sha512};

use crate::protected::{call, post, router};

/// Verify's context for a backend, as an HTTP API hands it over.
fn context(scheme: &str, body: &str, digest: Option<String>) -> Value {
    let mut context = json!({
        "account": "acme", "key": "hk_01m84b5r5qpgcx1dcy13kaaqh7", "scheme": scheme, "dialect": "hub-hmac", "version": "3",
        "bound_method": "true", "bound_target": "true", "bound_body": body
    });
    if let Some(digest) = digest {
        context["bound_body_digest"] = digest.into();
    }
    context
}

async fn status(context: Option<Value>, request: Request<Body>) -> StatusCode {
    let protect = Protect::after_authorizer(move |_| match &context {
        Some(Value::Object(fields)) => Some(AuthorizerContext::new(fields.clone())),
        _ => None,
    });
    call(&router(protect), request).await.0
}

fn with_sha512(mut request: Request<Body>) -> Request<Body> {
    let value = "sha-512=:eA==:".parse().unwrap();
    request.headers_mut().insert("content-digest", value);
    request
}

#[tokio::test]
async fn the_body_that_was_signed_passes() {
    for (kind, digest) in [
        ("md5", hex::encode(Md5::digest("hello"))),
        ("sha-256", hex::encode(Sha256::digest("hello"))),
        ("sha-512", hex::encode_upper(Sha512::digest("hello"))),
    ] {
        let context = context("hmac", kind, Some(digest));
        assert_eq!(
            status(Some(context), with_sha512(post("hello"))).await,
            StatusCode::OK,
            "{kind}"
        );
    }
}

#[tokio::test]
async fn any_other_body_is_refused() {
    for (kind, digest) in [
        ("md5", hex::encode(Md5::digest("hello"))),
        ("sha-256", hex::encode(Sha256::digest("hello"))),
        ("sha-512", hex::encode(Sha512::digest("hello"))),
    ] {
        for body in ["", "Hello", "hello "] {
            let context = context("hmac", kind, Some(digest.clone()));
            assert_eq!(
                status(Some(context), with_sha512(post(body))).await,
                StatusCode::UNAUTHORIZED,
                "{kind} {body}"
            );
        }
    }
}

#[tokio::test]
async fn a_body_that_was_not_signed_is_refused_under_hmac_and_passes_under_basic() {
    for (scheme, body, expected) in [
        ("hmac", "hello", StatusCode::UNAUTHORIZED),
        ("hmac", "", StatusCode::OK),
        ("passkey", "hello", StatusCode::UNAUTHORIZED),
        ("basic", "hello", StatusCode::OK),
        ("basic", "", StatusCode::OK),
    ] {
        let context = context(scheme, "none", None);
        assert_eq!(
            status(Some(context), post(body)).await,
            expected,
            "{scheme} {body}"
        );
    }
}

#[tokio::test]
async fn a_request_that_has_passed_by_the_authorizer_is_refused_whatever_its_headers_say() {
    let mut request = post("hello");
    for name in [
        "x-account",
        "x-amzn-authorizer",
        "x-principal",
        "principal",
        "account",
    ] {
        request.headers_mut().insert(name, "acme".parse().unwrap());
    }
    assert_eq!(status(None, request).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_context_that_can_not_be_read_is_503() {
    for missing in ["account", "key", "scheme", "version", "bound_body"] {
        for instead in [json!(null), json!(""), json!({})] {
            let mut context = context("basic", "none", None);
            context[missing] = instead;
            assert_eq!(
                status(Some(context), post("hello")).await,
                StatusCode::SERVICE_UNAVAILABLE,
                "{missing}"
            );
        }
    }
    for context in [
        json!({}),
        context("hmac", "md5", None),
        context("hmac", "md5", Some("00".to_owned())),
        context("hmac", "blake3", Some("00".repeat(32))),
        // No header asked for it, so nobody has signed it either.
        context("hmac", "sha-512", Some("00".repeat(64))),
    ] {
        assert_eq!(
            status(Some(context.clone()), post("hello")).await,
            StatusCode::SERVICE_UNAVAILABLE,
            "{context}"
        );
    }
}

#[tokio::test]
async fn under_lambda_the_context_is_the_one_in_the_gateways_event() {
    let protect = Protect::after_authorizer(|parts| match parts.extensions.get()? {
        RequestContext::ApiGatewayV2(context) => Some(AuthorizerContext::new(
            context.authorizer.as_ref()?.fields.clone(),
        )),
        _ => None,
    });
    let router = router(protect);
    for (body, expected) in [
        ("hello", StatusCode::OK),
        ("hallo", StatusCode::UNAUTHORIZED),
    ] {
        let authorizer = context("hmac", "md5", Some(hex::encode(Md5::digest("hello"))));
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/v1/messages", "rawQueryString": "", "headers": {},
            "requestContext": {
                "accountId": "123456789012", "apiId": "api-id", "stage": "$default", "requestId": "r-1", "routeKey": "$default",
                "http": {"method": "POST", "path": "/v1/messages", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7"},
                "authorizer": {"lambda": authorizer}
            },
            "body": body, "isBase64Encoded": false
        });
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        assert_eq!(
            call(&router, request.map(Body::new)).await.0,
            expected,
            "{body}"
        );
    }
}

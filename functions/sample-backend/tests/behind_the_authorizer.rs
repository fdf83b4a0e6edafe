//! The sample API as API Gateway calls it.

#![cfg(test)]

use lambda_http::http::StatusCode;
use serde_json::{Value, json};
use tower_service::Service as _;

/// The SHA-256 of `hello`.
const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

async fn status(authorizer: Value, body: &str) -> StatusCode {
    let event = json!({
        "version": "2.0", "routeKey": "POST /v1/messages", "rawPath": "/v1/messages", "rawQueryString": "",
        "headers": {"content-digest": "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:"},
        "requestContext": {
            "accountId": "123456789012", "apiId": "api-id", "stage": "$default", "requestId": "r-1", "routeKey": "POST /v1/messages",
            "http": {"method": "POST", "path": "/v1/messages", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7"},
            "authorizer": authorizer,
        },
        "body": body, "isBase64Encoded": false,
    });
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    sample_backend::protected()
        .call(request)
        .await
        .unwrap()
        .status()
}

#[tokio::test]
async fn the_body_that_was_signed_passes_and_another_does_not() {
    let authorizer = json!({"lambda": {
        "account": "acme", "key": "hk_01jd3v9m2x8c5q7w4n6t0r1z2y", "scheme": "hmac", "dialect": "rfc9421", "version": "1",
        "bound_method": "true", "bound_target": "true", "bound_authority": "true", "bound_body": "sha-256",
        "bound_body_digest": HELLO,
    }});
    assert_eq!(
        status(authorizer.clone(), "hello").await,
        StatusCode::ACCEPTED
    );
    assert_eq!(status(authorizer, "hallo").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_came_past_the_authorizer_is_refused() {
    assert_ne!(status(Value::Null, "hello").await, StatusCode::ACCEPTED);
    assert_ne!(
        status(json!({"lambda": {}}), "hello").await,
        StatusCode::ACCEPTED
    );
}

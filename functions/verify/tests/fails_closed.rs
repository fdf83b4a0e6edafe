//! Whatever keeps verify from deciding is a 503 to the service that asked, never a verdict.

#![cfg(test)]

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use hubkeys_api::{Body, Request};
use hubkeys_domain::{KeyId, Secret, Timestamp};
use hubkeys_store::{CredentialReader, Database, KeyringSource, Tables};
use serde_json::{Value, json};
use tempfile::TempDir;
use verify::Verifier;

/// A verifier whose database nobody serves.
async fn cut_off(folder: &TempDir) -> Verifier {
    // Bound and closed again: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port")
        .port();
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("local"))
        .credentials_provider(Credentials::new("x", "x", None, None, "test"))
        .endpoint_url(format!("http://127.0.0.1:{port}"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let tables = Tables {
        events: "events".into(),
        views: "views".into(),
    };
    let reader = CredentialReader::new(Database::new(Client::from_conf(config), tables));
    let keyring = KeyringSource::from_file(folder.path().join("keyring.json"))
        .await
        .expect("a keyring");
    Verifier::new(reader, keyring).await.expect("a verifier")
}

/// API Gateway's event of a request to verify, with this authorizer and these facts.
fn asked(authorizer: Value, facts: &Value) -> Request {
    let event = json!({
        "version": "2.0", "routeKey": "POST /v1/verify", "rawPath": "/v1/verify", "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "POST", "path": "/v1/verify"}, "requestId": "r-1", "authorizer": authorizer},
        "body": facts.to_string(), "isBase64Encoded": false
    });
    lambda_http::request::from_str(&event.to_string()).expect("an event of API Gateway")
}

fn by_a_service() -> Value {
    json!({"iam": {"userArn": "arn:aws:iam::123456789012:role/gateway"}})
}

fn basic(key: &str, secret: &str) -> Value {
    use base64::Engine as _;
    let credentials = base64::engine::general_purpose::STANDARD.encode(format!("{key}:{secret}"));
    json!({"method": "GET", "target": "/", "headers": [["Authorization", format!("Basic {credentials}")]]})
}

fn text(body: &Body) -> String {
    match body {
        Body::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_a_503_and_no_verdict() {
    let folder = TempDir::new().expect("a folder");
    let verifier = cut_off(&folder).await;
    let key = KeyId::generate(Timestamp::from_millis(1_795_000_000_000).expect("an instant"))
        .expect("a key");
    let secret = Secret::generate().expect("a secret");
    let request = asked(by_a_service(), &basic(key.as_str(), secret.expose()));
    let answer = verify::handle(&verifier, request).await.expect("an answer");
    assert_eq!(answer.status(), 503);
    let problem: Value = serde_json::from_str(&text(answer.body())).expect("a problem");
    assert_eq!(problem["type"], "urn:problem-type:hubkeys:unavailable");
    assert!(problem.get("outcome").is_none());
}

#[tokio::test]
async fn what_can_be_no_credential_of_ours_is_refused_without_a_read() {
    let folder = TempDir::new().expect("a folder");
    let verifier = cut_off(&folder).await;
    let key = KeyId::generate(Timestamp::from_millis(1_795_000_000_000).expect("an instant"))
        .expect("a key");
    for (facts, outcome) in [
        (basic("somebody", "x"), "unknown_key"),
        (basic(key.as_str(), "hs_not-one-of-ours"), "wrong_secret"),
        (
            json!({"method": "GET", "target": "/", "headers": []}),
            "malformed",
        ),
    ] {
        let answer = verify::handle(&verifier, asked(by_a_service(), &facts))
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200, "{facts}");
        let decision: Value = serde_json::from_str(&text(answer.body())).expect("a decision");
        assert_eq!(
            (&decision["outcome"], &decision["allowed"]),
            (&json!(outcome), &json!(false)),
            "{facts}"
        );
    }
}

#[tokio::test]
async fn nobody_but_a_service_gets_an_answer() {
    let folder = TempDir::new().expect("a folder");
    let verifier = cut_off(&folder).await;
    let user = json!({"jwt": {"claims": {"sub": "ada", "custom:account": "acme", "cognito:groups": "[Administrator]"}}});
    for authorizer in [Value::Null, json!({}), user] {
        let answer = verify::handle(&verifier, asked(authorizer, &basic("hk_x", "x")))
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 401);
    }
}

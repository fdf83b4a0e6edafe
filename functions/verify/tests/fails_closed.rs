//! Whatever keeps verify from deciding is a 503 to the service that asked, never a verdict.

#![cfg(test)]

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use hubkeys_domain::{KeyId, Secret, Timestamp};
use hubkeys_store::{
    CredentialReader, Database, KeyringSource, LastUsed, LeasedReader, ReplayGuard, Tables,
};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use tempfile::TempDir;
use verify::{AuthorizerAnswer, Verifier};

/// A verifier whose database nobody serves.
async fn cut_off(folder: &TempDir) -> Arc<Verifier> {
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
    let database = Database::new(Client::from_conf(config), tables);
    let reader = LeasedReader::new(CredentialReader::new(database.clone()));
    let guard = ReplayGuard::new(database.clone());
    let last_used = LastUsed::new(database);
    let keyring = KeyringSource::from_file(folder.path().join("keyring.json"))
        .await
        .expect("a keyring");
    Arc::new(
        Verifier::new(reader, guard, last_used, keyring)
            .await
            .expect("a verifier"),
    )
}

/// API Gateway's event of a request to verify, with this authorizer and these facts.
fn asked(authorizer: Value, facts: &Value) -> Value {
    json!({
        "version": "2.0", "routeKey": "POST /v1/verify", "rawPath": "/v1/verify", "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "POST", "path": "/v1/verify"}, "requestId": "r-1", "authorizer": authorizer},
        "body": facts.to_string(), "isBase64Encoded": false
    })
}

/// The answer to an event: status and body.
async fn answer(verifier: &Arc<Verifier>, event: Value) -> (u64, Value) {
    let event = LambdaEvent::new(event, Context::default());
    let answer = verify::handle(Arc::clone(verifier), AuthorizerAnswer::Simple, event)
        .await
        .expect("an answer");
    let answer = serde_json::to_value(answer).expect("JSON");
    let body = answer["body"]
        .as_str()
        .and_then(|body| serde_json::from_str(body).ok())
        .expect("a JSON body");
    (answer["statusCode"].as_u64().expect("a status"), body)
}

fn by_a_service() -> Value {
    json!({"iam": {"userArn": "arn:aws:iam::123456789012:role/gateway"}})
}

fn basic(key: &str, secret: &str) -> Value {
    use base64::Engine as _;
    let credentials = base64::engine::general_purpose::STANDARD.encode(format!("{key}:{secret}"));
    json!({"method": "GET", "target": "/", "headers": [["Authorization", format!("Basic {credentials}")]]})
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_a_503_and_no_verdict() {
    let folder = TempDir::new().expect("a folder");
    let verifier = cut_off(&folder).await;
    let key = KeyId::generate(Timestamp::from_millis(1_795_000_000_000).expect("an instant"))
        .expect("a key");
    let secret = Secret::generate().expect("a secret");
    let (status, problem) = answer(
        &verifier,
        asked(by_a_service(), &basic(key.as_str(), secret.expose())),
    )
    .await;
    assert_eq!(status, 503);
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
        let (status, decision) = answer(&verifier, asked(by_a_service(), &facts)).await;
        assert_eq!(status, 200, "{facts}");
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
        let (status, _) = answer(&verifier, asked(authorizer, &basic("hk_x", "x"))).await;
        assert_eq!(status, 401);
    }
}

#[tokio::test]
async fn an_authorizer_that_can_not_decide_is_an_error_and_no_answer() {
    let folder = TempDir::new().expect("a folder");
    let verifier = cut_off(&folder).await;
    let key = KeyId::generate(Timestamp::from_millis(1_795_000_000_000).expect("an instant"))
        .expect("a key");
    let secret = Secret::generate().expect("a secret");
    let facts = basic(key.as_str(), secret.expose());
    let event = json!({
        "type": "TOKEN", "methodArn": "arn:aws:execute-api:eu-central-1:123456789012:api-id/prod/GET/v1/messages",
        "authorizationToken": facts["headers"][0][1]
    });
    for event in [event, facts] {
        let event = LambdaEvent::new(event, Context::default());
        let error = verify::handle(Arc::clone(&verifier), AuthorizerAnswer::Simple, event)
            .await
            .expect_err("no answer");
        assert_ne!(error.to_string(), "Unauthorized");
    }
}

#[tokio::test]
async fn a_refusal_is_told_in_the_shape_of_its_event() {
    let folder = TempDir::new().expect("a folder");
    let verifier = cut_off(&folder).await;
    let facts = basic("somebody", "x");
    let authorizer = json!({
        "version": "2.0", "type": "REQUEST", "routeArn": "arn:aws:execute-api:eu-central-1:123456789012:api-id/prod/GET/v1/messages",
        "rawPath": "/v1/messages", "rawQueryString": "", "headers": {"authorization": facts["headers"][0][1]},
        "requestContext": {"http": {"method": "GET", "path": "/v1/messages"}}
    });
    let rest = json!({
        "httpMethod": "POST", "headers": {"Content-Type": "application/json"}, "body": facts.to_string(),
        "requestContext": {"requestId": "r-1", "identity": {"userArn": "arn:aws:iam::123456789012:role/gateway"}}
    });
    let refusal = json!({
        "outcome": "unknown_key", "allowed": false, "status": 401, "detail": "there is no such key"
    });
    let text = refusal.to_string();
    for (event, expected) in [
        (authorizer, json!({"isAuthorized": false, "context": {}})),
        (facts.clone(), refusal.clone()),
        (
            json!({"requests": [facts, {}]}),
            json!({"answers": [refusal, {"error": "not a facts document: {method, target, headers: [[name, value], …], body_base64?, …}"}]}),
        ),
        (
            rest,
            json!({
                "statusCode": 200, "isBase64Encoded": false, "body": text, "headers": {},
                "multiValueHeaders": {"content-type": ["application/json"], "cache-control": ["no-store"]}
            }),
        ),
    ] {
        let event = LambdaEvent::new(event, Context::default());
        let answer = verify::handle(Arc::clone(&verifier), AuthorizerAnswer::Simple, event);
        let answer = serde_json::to_value(answer.await.expect("an answer")).expect("JSON");
        assert_eq!(answer, expected);
    }
}

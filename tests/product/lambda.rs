//! The functions' own binaries under Lambda's Runtime Interface Emulator: what is deployed answers what API Gateway sends.

use serde_json::{Value, json};

use super::emulator::{Cloud, Function};
use super::stack::basic_facts;

/// An event of an HTTP API (payload 2.0), past an authorizer that established this.
fn event(method: &str, route: &str, path: &str, authorizer: &Value, body: Option<&Value>) -> Value {
    json!({
        "version": "2.0",
        "routeKey": format!("{method} {route}"),
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "api.example"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "authorizer": authorizer,
            "domainName": "api.example",
            "domainPrefix": "api",
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "test"
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": format!("{method} {route}"),
            "stage": "$default",
            "time": "23/Nov/2026:08:30:00 +0000",
            "timeEpoch": 1_795_422_600_000_u64,
        },
        "pathParameters": route.contains("{id}").then(|| json!({"id": path.split('/').nth(3)})),
        "body": body.map(Value::to_string),
        "isBase64Encoded": false,
    })
}

/// Of an administrator of Acme, who is of the platform's staff too.
fn from_user(method: &str, route: &str, path: &str, body: Option<&Value>) -> Value {
    let claims = json!({
        "sub": "ada", "custom:account": "acme", "cognito:groups": "[Administrator Operator]", "token_use": "access"
    });
    let authorizer = json!({"jwt": {"claims": claims, "scopes": null}});
    event(method, route, path, &authorizer, body)
}

/// Of a service that asks who sent the request of these facts.
pub(crate) fn from_service(facts: &Value) -> Value {
    let authorizer = json!({"iam": {
        "accessKey": "AKIAEXAMPLE", "accountId": "123456789012", "callerId": "AROAEXAMPLE:gateway",
        "cognitoIdentity": null, "principalOrgId": null,
        "userArn": "arn:aws:sts::123456789012:assumed-role/gateway/gateway", "userId": "AROAEXAMPLE:gateway"
    }});
    event("POST", "/v1/verify", "/v1/verify", &authorizer, Some(facts))
}

/// A cloud in which Acme is a verified account.
pub(crate) async fn with_a_verified_account() -> Cloud {
    let cloud = Cloud::start().await;
    let mut account = cloud.function("account").await;
    for (route, path, expected) in [
        ("/v1/account", "/v1/account", 201),
        ("/v1/accounts/{id}/verify", "/v1/accounts/acme/verify", 200),
    ] {
        let (status, answer) = account.answer(&from_user("POST", route, path, None)).await;
        assert_eq!(status, expected, "{path}: {answer}");
    }
    cloud
}

/// A new key's id and secret, made by the function that makes them.
pub(crate) async fn create_key(cloud: &Cloud, scheme: &str) -> (String, String) {
    let wanted = json!({"name": "Under the emulator", "scheme": scheme});
    let event = from_user("POST", "/v1/keys", "/v1/keys", Some(&wanted));
    let (status, key) = cloud.function("create-key").await.answer(&event).await;
    assert_eq!(status, 201, "{key}");
    let text = |member: &str| key[member].as_str().expect(member).to_owned();
    (text("id"), text("secret"))
}

/// Revokes a key, again if need be, and gives the key.
pub(crate) async fn revoke(cloud: &Cloud, id: &str) -> Value {
    let path = format!("/v1/keys/{id}/revoke");
    let event = from_user("POST", "/v1/keys/{id}/revoke", &path, None);
    let (status, answer) = cloud.function("revoke").await.answer(&event).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn outcome(verify: &mut Function, facts: &Value) -> String {
    let (status, decision) = verify.answer(&from_service(facts)).await;
    assert_eq!(status, 200, "{decision}");
    decision["outcome"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn deployed_functions_make_a_key_verify_it_and_refuse_it_once_revoked() {
    let cloud = with_a_verified_account().await;
    let (id, secret) = create_key(&cloud, "basic").await;
    let facts = basic_facts(&id, &secret);
    // One instance throughout: what it keeps between calls must not outlive the revocation.
    let mut verify = cloud.function("verify").await;
    assert_eq!(outcome(&mut verify, &facts).await, "valid");
    revoke(&cloud, &id).await;
    assert_eq!(outcome(&mut verify, &facts).await, "revoked");
}

#[tokio::test]
async fn deployed_verify_answers_nobody_whom_the_gateway_did_not_authenticate() {
    let cloud = Cloud::start().await;
    let mut verify = cloud.function("verify").await;
    let mut event = from_service(&basic_facts("hk_unknown", "hs_unknown"));
    event["requestContext"]["authorizer"] = Value::Null;
    let (status, problem) = verify.answer(&event).await;
    assert_eq!(status, 401, "{problem}");
}

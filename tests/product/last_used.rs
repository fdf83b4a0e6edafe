//! When a key was last used: every answer about the key says it, and nothing else does.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::emulator::Cloud;
use super::lambda::{create_key, from_service, revoke, with_a_verified_account};
use super::stack::{Stack, basic_facts};

const PATIENCE: Duration = Duration::from_secs(30);

async fn get(stack: &Stack, token: &str, path: &str) -> Value {
    stack
        .manage(token, Method::GET, path, Value::Null)
        .await
        .json()
}

/// When the key was last used, as soon as it is known: it is written beside the answer.
async fn known(stack: &Stack, token: &str, id: &str) -> Value {
    let until = Instant::now() + PATIENCE;
    loop {
        let key = get(stack, token, &format!("/v1/keys/{id}")).await;
        if key["last_used_at"].is_string() {
            return key["last_used_at"].clone();
        }
        assert!(Instant::now() < until, "never known: {key}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_key_says_when_it_was_last_used_in_every_answer_and_after_its_revocation() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let wanted = json!({"name": "Used", "scheme": "basic"});
    let created = stack
        .manage(&token, Method::POST, "/v1/keys", wanted)
        .await
        .json();
    assert_eq!(created["last_used_at"], Value::Null, "{created}");
    assert!(
        created
            .as_object()
            .is_some_and(|key| key.contains_key("last_used_at"))
    );
    let text = |member: &str| created[member].as_str().unwrap_or_default().to_owned();
    let (id, secret) = (text("id"), text("secret"));
    let (unused, _) = stack.create_key(&token, "Unused", "basic").await;

    assert_eq!(stack.outcome_of_basic(&id, &secret).await, "valid");
    let at = known(&stack, &token, &id).await;
    assert!(at.as_str() >= created["created_at"].as_str(), "{at}");
    // The same again is within the 15 minutes.
    assert_eq!(stack.outcome_of_basic(&id, &secret).await, "valid");

    let list = get(&stack, &token, "/v1/keys").await;
    assert_eq!(list["keys"][0]["last_used_at"], Value::Null, "{list}");
    assert_eq!(list["keys"][1]["last_used_at"], at);
    let path = format!("/v1/keys/{id}");
    let renamed = stack
        .manage(&token, Method::PATCH, &path, json!({"name": "Used still"}))
        .await
        .json();
    assert_eq!(renamed["last_used_at"], at);
    let revoke = stack
        .manage(&token, Method::POST, &format!("{path}/revoke"), Value::Null)
        .await
        .json();
    assert_eq!(revoke["last_used_at"], at);
    let several = stack
        .manage(
            &token,
            Method::POST,
            "/v1/keys/revoke",
            json!({"ids": [id, unused]}),
        )
        .await
        .json();
    assert_eq!(several["results"][0]["key"]["last_used_at"], at);
    assert_eq!(several["results"][1]["key"]["last_used_at"], Value::Null);
    assert_eq!(get(&stack, &token, &path).await["last_used_at"], at);
}

#[tokio::test]
async fn only_a_valid_request_is_a_use() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let (id, _) = stack.create_key(&token, "Guessed at", "basic").await;
    let (hmac, hmac_secret) = stack.create_key(&token, "Not a password", "hmac").await;
    let (revoked, revoked_secret) = stack.create_key(&token, "Revoked", "basic").await;
    stack.revoke(&token, &revoked).await;
    let (used, secret) = stack.create_key(&token, "Used", "basic").await;
    for (id, secret, outcome) in [
        (&id, &secret, "wrong_secret"),
        (&hmac, &hmac_secret, "wrong_scheme"),
        (&revoked, &revoked_secret, "revoked"),
        (&used, &secret, "valid"),
    ] {
        assert_eq!(stack.outcome_of_basic(id, secret).await, outcome);
    }
    // Writes are made in the order of the requests: when the last one is known, so would the others be.
    known(&stack, &token, &used).await;
    let list = get(&stack, &token, "/v1/keys?sort=-last_used_at").await;
    let seen: Vec<_> = list["keys"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|key| (key["name"].clone(), key["last_used_at"].is_string()))
        .collect();
    assert_eq!(seen[0], (json!("Used"), true));
    assert!(seen[1..].iter().all(|(_, used)| !used), "{seen:?}");
}

#[tokio::test]
async fn deployed_verify_records_a_use_beside_its_answer() {
    let cloud: Cloud = with_a_verified_account().await;
    let key = create_key(&cloud, "basic").await;
    let mut verify = cloud.function("Verify").await;
    let (status, decision) = verify
        .answer(&from_service(&basic_facts(&key.id, &key.secret)))
        .await;
    assert_eq!((status, &decision["outcome"]), (200, &json!("valid")));
    let until = Instant::now() + PATIENCE;
    loop {
        let revoked = revoke(&cloud, &key.id).await;
        if revoked["last_used_at"].is_string() {
            break;
        }
        assert!(Instant::now() < until, "never known: {revoked}");
    }
}

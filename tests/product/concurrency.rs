//! Many at once.

use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::stack::Stack;

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_creates_at_once_beside_ninety_live_keys_exactly_ten_succeed() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    for number in 0..90 {
        stack
            .create_key(&token, &format!("Key {number}"), "basic")
            .await;
    }
    let create = |number: usize| {
        stack.manage(
            &token,
            Method::POST,
            "/v1/keys",
            json!({"name": format!("Late {number}"), "scheme": "hmac"}),
        )
    };
    let answers = join_all((0..50).map(create)).await;
    let made = answers
        .iter()
        .filter(|answer| answer.status == StatusCode::CREATED)
        .count();
    assert_eq!(
        made,
        10,
        "{:?}",
        answers
            .iter()
            .map(|answer| answer.status)
            .collect::<Vec<_>>()
    );
    for refused in answers
        .iter()
        .filter(|answer| answer.status != StatusCode::CREATED)
    {
        assert_eq!(
            (refused.status, refused.problem()),
            (StatusCode::CONFLICT, "key-limit-reached".into())
        );
    }
    // A revocation makes room for one.
    let list = stack
        .manage(&token, Method::GET, "/v1/keys?limit=100", Value::Null)
        .await
        .json();
    assert_eq!(list["keys"].as_array().map(Vec::len), Some(100));
    stack
        .revoke(&token, list["keys"][0]["id"].as_str().unwrap_or_default())
        .await;
    stack.create_key(&token, "In its place", "basic").await;
    assert_eq!(create(99).await.problem(), "key-limit-reached");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_revocations_of_one_key_at_once_are_one_event() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let (id, _) = stack.create_key(&token, "Hot", "basic").await;
    let path = format!("/v1/keys/{id}/revoke");
    let revoke = |_| stack.manage(&token, Method::POST, &path, Value::Null);
    for answer in join_all((0..50).map(revoke)).await {
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert_eq!(answer.json()["status"], "revoked");
    }
    let history = stack
        .manage(
            &token,
            Method::GET,
            &format!("/v1/keys/{id}/history"),
            Value::Null,
        )
        .await
        .json();
    assert_eq!(history["events"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_create_twenty_times_at_once_is_one_key_and_one_secret() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let create = |_| {
        let request = stack
            .request(Method::POST, "/v1/keys")
            .bearer_auth(&token)
            .header("idempotency-key", "double-click")
            .json(&json!({"name": "Once", "scheme": "basic"}));
        stack.send(request)
    };
    let answers = join_all((0..20).map(create)).await;
    let secrets = answers
        .iter()
        .filter(|answer| answer.json().get("secret").is_some())
        .count();
    assert_eq!(secrets, 1);
    for answer in &answers {
        assert!(answer.status.is_success(), "{answer:?}");
        assert_eq!(answer.json()["id"], answers[0].json()["id"]);
    }
    let list = stack
        .manage(&token, Method::GET, "/v1/keys", Value::Null)
        .await
        .json();
    assert_eq!(list["keys"].as_array().map(Vec::len), Some(1));
}

//! A tenant never sees another tenant's anything.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::stack::{Answered, Stack, basic_facts};

/// What differs between two answers to the same question: nothing but the request's id may.
fn anonymous(answer: &Answered) -> (StatusCode, Value) {
    let mut document = answer.json();
    if let Some(members) = document.as_object_mut() {
        members.remove("request_id");
    }
    (answer.status, document)
}

#[tokio::test]
async fn another_accounts_key_is_answered_exactly_as_one_that_does_not_exist() {
    let stack = Stack::start().await;
    let acme = stack.token("admin@acme").await;
    let initech = stack.token("admin@initech").await;
    let (theirs, secret) = stack.create_key(&acme, "Acme's", "basic").await;
    let unknown = "hk_01jd3v9m2x8c5q7w4n6t0r1z2y";
    for (method, path, body) in [
        (Method::GET, "/v1/keys/{id}", Value::Null),
        (Method::GET, "/v1/keys/{id}/history", Value::Null),
        (Method::PATCH, "/v1/keys/{id}", json!({"name": "Mine now"})),
        (
            Method::POST,
            "/v1/keys/{id}/revoke",
            json!({"reason": "mine"}),
        ),
    ] {
        let of_theirs = stack
            .manage(
                &initech,
                method.clone(),
                &path.replace("{id}", &theirs),
                body.clone(),
            )
            .await;
        let of_unknown = stack
            .manage(
                &initech,
                method.clone(),
                &path.replace("{id}", unknown),
                body,
            )
            .await;
        assert_eq!(of_theirs.status, StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(
            anonymous(&of_theirs),
            anonymous(&of_unknown),
            "{method} {path}"
        );
    }
    let both = stack
        .manage(
            &initech,
            Method::POST,
            "/v1/keys/revoke",
            json!({"ids": [theirs, unknown]}),
        )
        .await
        .json();
    let without_id = |result: &Value| (result["status"].clone(), result["problem"].clone());
    assert_eq!(
        without_id(&both["results"][0]),
        without_id(&both["results"][1])
    );

    let list = stack
        .manage(&initech, Method::GET, "/v1/keys", Value::Null)
        .await
        .json();
    assert_eq!(list["keys"], json!([]));
    let untouched = stack
        .manage(
            &acme,
            Method::GET,
            &format!("/v1/keys/{theirs}"),
            Value::Null,
        )
        .await
        .json();
    assert_eq!(
        (&untouched["version"], &untouched["name"]),
        (&json!(1), &json!("Acme's"))
    );
    assert_eq!(
        stack.verify(&basic_facts(&theirs, &secret)).await["outcome"],
        "valid"
    );
}

#[tokio::test]
async fn another_accounts_cursor_is_answered_as_a_forged_one() {
    let stack = Stack::start().await;
    let acme = stack.token("admin@acme").await;
    let initech = stack.token("admin@initech").await;
    for token in [&acme, &initech] {
        for name in ["One", "Two", "Three"] {
            stack.create_key(token, name, "basic").await;
        }
    }
    let page = stack
        .manage(&acme, Method::GET, "/v1/keys?limit=1", Value::Null)
        .await
        .json();
    let cursor = page["next_cursor"]
        .as_str()
        .expect("a next page")
        .to_owned();
    let list = |query: String| {
        let (stack, initech) = (&stack, &initech);
        async move {
            stack
                .manage(
                    initech,
                    Method::GET,
                    &format!("/v1/keys?{query}"),
                    Value::Null,
                )
                .await
        }
    };
    let foreign = list(format!("limit=1&cursor={cursor}")).await;
    let forged = list(format!("limit=1&cursor=1.{}", "A".repeat(cursor.len() - 2))).await;
    assert_eq!(
        (foreign.status, foreign.problem()),
        (StatusCode::BAD_REQUEST, "invalid-cursor".into())
    );
    assert_eq!(anonymous(&foreign), anonymous(&forged));
    // One's own cursor is good for its own filters only.
    let own = stack
        .manage(
            &acme,
            Method::GET,
            &format!("/v1/keys?scheme=hmac&cursor={cursor}"),
            Value::Null,
        )
        .await;
    assert_eq!(own.problem(), "invalid-cursor");
}

#[tokio::test]
async fn another_accounts_idempotency_key_is_free() {
    let stack = Stack::start().await;
    let mut ids = Vec::new();
    for (user, name) in [("admin@acme", "Acme's"), ("admin@initech", "Initech's")] {
        let token = stack.token(user).await;
        let request = stack
            .request(Method::POST, "/v1/keys")
            .bearer_auth(token)
            .header("idempotency-key", "the-same")
            .json(&json!({"name": name, "scheme": "hmac"}));
        let answer = stack.send(request).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        assert!(answer.json()["secret"].is_string());
        ids.push(answer.json()["id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn no_header_or_body_changes_whose_keys_are_managed() {
    let stack = Stack::start().await;
    let initech = stack.token("admin@initech").await;
    let request = stack
        .request(Method::POST, "/v1/keys")
        .bearer_auth(&initech)
        .header("x-account", "acme")
        .header("account", "acme")
        .json(&json!({"name": "x", "scheme": "basic", "account": "acme"}));
    assert_eq!(stack.send(request).await.problem(), "invalid-request");
    let request = stack
        .request(Method::POST, "/v1/keys")
        .bearer_auth(&initech)
        .header("x-amzn-custom-account", "acme")
        .header("account", "acme")
        .json(&json!({"name": "x", "scheme": "basic"}));
    assert_eq!(stack.send(request).await.status, StatusCode::CREATED);
    let acme = stack.token("admin@acme").await;
    let list = stack
        .manage(&acme, Method::GET, "/v1/keys", Value::Null)
        .await
        .json();
    assert_eq!(list["keys"], json!([]));
}

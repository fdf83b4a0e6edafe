//! From a new key to a decision, and to its revocation.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::stack::{Stack, basic_facts};

#[tokio::test]
async fn a_revoked_key_is_refused_on_the_very_next_verify() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let (id, secret) = stack.create_key(&token, "Nightly export", "basic").await;

    let decision = stack.verify(&basic_facts(&id, &secret)).await;
    assert_eq!(decision["outcome"], "valid");
    assert_eq!(
        (&decision["key"], &decision["account"]),
        (&json!(id), &json!("acme"))
    );
    assert_eq!(decision["version"], 1);

    stack.revoke(&token, &id).await;
    let decision = stack.verify(&basic_facts(&id, &secret)).await;
    assert_eq!(decision["outcome"], "revoked");
    assert_eq!(decision["allowed"], false);
}

#[tokio::test]
async fn only_the_holder_of_the_secret_learns_that_a_key_is_revoked() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let (id, _) = stack.create_key(&token, "Revoked", "basic").await;
    let (_, another_secret) = stack.create_key(&token, "Another", "basic").await;
    stack.revoke(&token, &id).await;
    assert_eq!(
        stack.outcome_of_basic(&id, &another_secret).await,
        "wrong_secret"
    );
}

#[tokio::test]
async fn an_hmac_secret_is_never_a_password() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let (id, secret) = stack.create_key(&token, "Signer", "hmac").await;
    assert_eq!(stack.outcome_of_basic(&id, &secret).await, "wrong_scheme");
}

#[tokio::test]
async fn a_key_is_listed_shown_renamed_and_remembered_without_its_secret() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let (id, secret) = stack.create_key(&token, "  First name ", "hmac").await;
    let path = format!("/v1/keys/{id}");

    let renamed = stack
        .manage(
            &token,
            Method::PATCH,
            &path,
            json!({"name": "Zweiter Name 🚀"}),
        )
        .await;
    assert_eq!(renamed.status, StatusCode::OK);
    let revoke = format!("{path}/revoke");
    let (revoked, effective_at) = without_effective_at(
        stack
            .manage(&token, Method::POST, &revoke, json!({"reason": "leaked"}))
            .await
            .json(),
    );
    assert!(effective_at.as_str() > revoked["revocation"]["at"].as_str());
    assert_eq!(
        (&revoked["status"], &revoked["version"]),
        (&json!("revoked"), &json!(3))
    );
    // Again: nothing is written, and the first reason stands.
    let (again, again_effective_at) = without_effective_at(
        stack
            .manage(&token, Method::POST, &revoke, json!({"reason": "other"}))
            .await
            .json(),
    );
    assert_eq!(again, revoked);
    assert!(again_effective_at.as_str() > effective_at.as_str());
    let refused = stack
        .manage(&token, Method::PATCH, &path, json!({"name": "Third"}))
        .await;
    assert_eq!(refused.problem(), "key-revoked");

    let shown = stack.manage(&token, Method::GET, &path, Value::Null).await;
    assert_eq!(shown.json(), revoked);
    assert_eq!(shown.json()["name"], "Zweiter Name 🚀");
    let list = stack
        .manage(&token, Method::GET, "/v1/keys", Value::Null)
        .await;
    assert_eq!(list.json()["keys"][0], revoked);
    let history = stack
        .manage(&token, Method::GET, &format!("{path}/history"), Value::Null)
        .await;
    let events = history.json()["events"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let told: Vec<_> = events
        .iter()
        .map(|event| (event["type"].clone(), event["by"]["user"].clone()))
        .collect();
    let by = json!("admin@acme");
    assert_eq!(
        told,
        [
            (json!("created"), by.clone()),
            (json!("renamed"), by.clone()),
            (json!("revoked"), by)
        ]
    );
    assert_eq!(
        (&events[0]["name"], &events[2]["reason"]),
        (&json!("First name"), &json!("leaked"))
    );
    assert_eq!(events[0]["signing"], revoked["signing"]);
    assert!(events[0]["signing"]["dialects"].is_array(), "{events:?}");

    for answer in [renamed, shown, list, history] {
        assert!(!answer.text.contains(&secret), "{answer:?}");
        assert!(!answer.text.contains("ciphertext"), "{answer:?}");
    }
}

#[tokio::test]
async fn the_same_create_again_gives_the_same_key_and_never_its_secret() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let create = |name: &str| {
        stack
            .request(Method::POST, "/v1/keys")
            .bearer_auth(&token)
            .header("idempotency-key", "5f0c#x")
            .json(&json!({"name": name, "scheme": "basic"}))
    };
    let first = stack.send(create("Once")).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let again = stack.send(create("Once")).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json()["id"], first.json()["id"]);
    assert!(again.json().get("secret").is_none());
    let other = stack.send(create("Twice")).await;
    assert_eq!(
        (other.status, other.problem()),
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-key-reused".into()
        )
    );
    let list = stack
        .manage(&token, Method::GET, "/v1/keys", Value::Null)
        .await
        .json();
    assert_eq!(list["keys"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_list_is_newest_first_page_by_page_and_filtered() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let mut created = Vec::new();
    for number in 0..7 {
        let scheme = if number % 2 == 0 { "basic" } else { "hmac" };
        created.push(
            stack
                .create_key(&token, &format!("Key {number}"), scheme)
                .await
                .0,
        );
    }
    stack.revoke(&token, &created[0]).await;
    created.reverse();

    assert_eq!(all_ids(&stack, &token, "limit=2").await, created);
    let basic = all_ids(&stack, &token, "limit=1&scheme=basic").await;
    assert_eq!(
        basic,
        [&created[0], &created[2], &created[4], &created[6]].map(String::clone)
    );
    assert_eq!(
        all_ids(&stack, &token, "limit=3&scheme=basic&status=active").await,
        basic[..3]
    );
}

async fn all_ids(stack: &Stack, token: &str, query: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = stack
            .manage(
                token,
                Method::GET,
                &format!("/v1/keys?{query}{cursor}"),
                Value::Null,
            )
            .await
            .json();
        let keys = page["keys"].as_array().cloned().unwrap_or_default();
        ids.extend(
            keys.iter()
                .map(|key| key["id"].as_str().unwrap_or_default().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn several_keys_are_revoked_at_once_each_with_its_own_result() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let (first, first_secret) = stack.create_key(&token, "First", "basic").await;
    let (second, second_secret) = stack.create_key(&token, "Second", "basic").await;
    let unknown = "hk_01jd3v9m2x8c5q7w4n6t0r1z2y";
    let body = json!({"ids": [first, unknown, "nonsense", second], "reason": "offboarding"});
    let answer = stack
        .manage(&token, Method::POST, "/v1/keys/revoke", body)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let results = answer.json()["results"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let statuses: Vec<_> = results
        .iter()
        .map(|result| result["status"].as_u64().unwrap_or_default())
        .collect();
    assert_eq!(statuses, [200, 404, 404, 200]);
    assert_eq!(results[0]["key"]["revocation"]["reason"], "offboarding");
    assert_eq!(
        results[1]["problem"]["type"],
        "urn:problem-type:hubkeys:key-not-found"
    );
    assert_eq!(
        stack.outcome_of_basic(&first, &first_secret).await,
        "revoked"
    );
    assert_eq!(
        stack.outcome_of_basic(&second, &second_secret).await,
        "revoked"
    );
}

#[tokio::test]
async fn only_an_administrator_of_a_verified_account_manages_keys_and_everybody_is_told_why() {
    let stack = Stack::start().await;
    let id = "hk_01jd3v9m2x8c5q7w4n6t0r1z2y";
    for (user, problem) in [
        ("advanced@acme", "not-administrator"),
        ("basic@acme", "not-administrator"),
        ("basic@globex", "not-administrator"),
        ("admin@globex", "account-not-verified"),
    ] {
        let token = stack.token(user).await;
        for (method, path, body) in [
            (
                Method::POST,
                "/v1/keys".to_owned(),
                json!({"name": "x", "scheme": "basic"}),
            ),
            (Method::GET, "/v1/keys".to_owned(), Value::Null),
            (Method::GET, "/v1/keys?status=live".to_owned(), Value::Null),
            (Method::GET, "/v1/keys?q=x".to_owned(), Value::Null),
            (Method::GET, "/v1/keys?sort=name".to_owned(), Value::Null),
            // Whatever is wrong with what they ask for.
            (Method::GET, "/v1/keys?limit=0".to_owned(), Value::Null),
            (Method::GET, "/v1/keys?cursor=x".to_owned(), Value::Null),
            (Method::GET, format!("/v1/keys/{id}"), Value::Null),
            (Method::GET, format!("/v1/keys/{id}/history"), Value::Null),
            (
                Method::PATCH,
                format!("/v1/keys/{id}"),
                json!({"name": "x"}),
            ),
            (Method::POST, format!("/v1/keys/{id}/revoke"), Value::Null),
            (
                Method::POST,
                "/v1/keys/revoke".to_owned(),
                json!({"ids": [id]}),
            ),
        ] {
            let answer = stack.manage(&token, method.clone(), &path, body).await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{user} {method} {path}: {answer:?}"
            );
            assert_eq!(answer.problem(), problem, "{user} {method} {path}");
        }
    }
}

#[tokio::test]
async fn an_account_is_verified_by_an_operator_and_then_has_keys() {
    let stack = Stack::start().await;
    let token = stack.token("admin@globex").await;
    let account = stack
        .manage(&token, Method::GET, "/v1/account", Value::Null)
        .await
        .json();
    assert_eq!(
        (&account["id"], &account["standing"]),
        (&json!("globex"), &json!("unverified"))
    );
    let opened = stack
        .manage(&token, Method::POST, "/v1/account", Value::Null)
        .await;
    assert_eq!(opened.status, StatusCode::CREATED);
    let opened_again = stack
        .manage(&token, Method::POST, "/v1/account", Value::Null)
        .await;
    assert_eq!(opened_again.status, StatusCode::OK);
    let asked = stack
        .manage(
            &token,
            Method::POST,
            "/v1/account/verification",
            Value::Null,
        )
        .await
        .json();
    assert_eq!(asked["standing"], "verification_requested");

    let verify = "/v1/accounts/globex/verify";
    assert_eq!(
        stack
            .manage(&token, Method::POST, verify, Value::Null)
            .await
            .problem(),
        "not-operator"
    );
    let operator = stack.token("operator@hubkeys").await;
    let verified = stack
        .manage(&operator, Method::POST, verify, Value::Null)
        .await
        .json();
    assert_eq!(verified["standing"], "verified");
    stack.create_key(&token, "At last", "hmac").await;
}

/// A revoked key as it is shown anywhere, and since when its revocation holds, which only the answer to the revocation says.
fn without_effective_at(mut revoked: Value) -> (Value, Value) {
    let effective_at = revoked["effective_at"].take();
    if let Some(members) = revoked.as_object_mut() {
        members.remove("effective_at");
    }
    (revoked, effective_at)
}

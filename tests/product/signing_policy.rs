//! What a key may sign with, and signatures that are good for one use only.

use futures::future::join_all;
use hubkeys_client::sign::Algorithm;
use reqwest::Method;
use serde_json::{Value, json};

use super::signed::{How, Key, facts};
use super::stack::Stack;

const SHA1: How<'_> = How::HubHmac(Algorithm::HmacSha1);
const SHA256: How<'_> = How::HubHmac(Algorithm::HmacSha256);
const BODY: Option<&[u8]> = Some(b"{}");

#[tokio::test]
async fn a_key_signs_with_what_it_allows_and_with_nothing_else() {
    let stack = Stack::start().await;
    let cavage = How::Cavage(Algorithm::HmacSha512);
    for (signing, how, outcome) in [
        (json!({}), SHA1, "valid"),
        (json!({}), How::Rfc9421(None), "valid"),
        (json!({}), cavage, "valid"),
        (json!({"algorithms": ["hmac-sha256"]}), SHA256, "valid"),
        (
            json!({"algorithms": ["hmac-sha256"]}),
            SHA1,
            "forbidden_algorithm",
        ),
        (
            json!({"algorithms": ["hmac-sha256"]}),
            cavage,
            "forbidden_algorithm",
        ),
        (
            json!({"dialects": ["rfc9421"]}),
            How::Rfc9421(None),
            "valid",
        ),
        (
            json!({"dialects": ["rfc9421"]}),
            SHA256,
            "forbidden_dialect",
        ),
        (
            json!({"dialects": ["hub-hmac", "rfc9421"]}),
            cavage,
            "forbidden_dialect",
        ),
    ] {
        let key = Key::create(&stack, signing.clone()).await;
        let decision = stack.verify(&facts(&key, how, "POST", BODY)).await;
        assert_eq!(
            decision["outcome"], outcome,
            "{signing} {how:?}: {decision}"
        );
        if outcome != "valid" {
            assert_eq!(
                (&decision["allowed"], &decision["status"]),
                (&json!(false), &json!(403))
            );
            // Who does not hold the secret learns nothing of the policy.
            let stranger = Key {
                secret: Key::create(&stack, json!({})).await.secret,
                ..key
            };
            let decision = stack.verify(&facts(&stranger, how, "POST", BODY)).await;
            assert_eq!(decision["outcome"], "signature_mismatch");
        }
    }
}

#[tokio::test]
async fn a_signature_is_good_for_one_use_where_its_key_says_so() {
    let stack = Stack::start().await;
    let nonce = How::Rfc9421(Some("fc95a7b2"));
    for (protection, how, method, second) in [
        ("off", nonce, "POST", "valid"),
        ("nonce", SHA256, "POST", "valid"),
        ("nonce", nonce, "POST", "replayed"),
        ("nonce", nonce, "GET", "valid"),
        ("unsafe-methods", SHA256, "POST", "replayed"),
        ("unsafe-methods", SHA256, "GET", "valid"),
        ("all", SHA256, "GET", "replayed"),
        ("all", How::Cavage(Algorithm::HmacSha256), "GET", "replayed"),
    ] {
        let key = Key::create(&stack, json!({"replay_protection": protection})).await;
        let body = if method == "POST" { BODY } else { None };
        let request = facts(&key, how, method, body);
        assert_eq!(
            stack.verify(&request).await["outcome"],
            "valid",
            "{protection} {how:?} {method}"
        );
        assert_eq!(
            stack.verify(&request).await["outcome"],
            second,
            "{protection} {how:?} {method}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_uses_of_one_signature_at_once_one_is_valid() {
    let stack = Stack::start().await;
    let key = Key::create(&stack, json!({"replay_protection": "all"})).await;
    let request = facts(&key, SHA256, "POST", BODY);
    let decisions = join_all((0..20).map(|_| stack.verify(&request))).await;
    let valid = decisions
        .iter()
        .filter(|decision| decision["outcome"] == "valid")
        .count();
    let replayed = decisions
        .iter()
        .filter(|decision| decision["outcome"] == "replayed")
        .count();
    assert_eq!((valid, replayed), (1, 19));
}

#[tokio::test]
async fn a_refused_request_does_not_use_its_signature_up() {
    let stack = Stack::start().await;
    let key = Key::create(&stack, json!({"replay_protection": "all"})).await;
    let request = facts(&key, SHA256, "POST", BODY);
    let mut altered = request.clone();
    altered["body_base64"] = json!("e30=".replace('e', "f"));
    assert_ne!(stack.verify(&altered).await["outcome"], "valid");
    assert_eq!(stack.verify(&request).await["outcome"], "valid");
}

#[tokio::test]
async fn a_policy_that_makes_no_sense_makes_no_key() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    for (scheme, signing) in [
        ("basic", json!({})),
        ("hmac", json!({"algorithms": []})),
        ("hmac", json!({"dialects": ["basic"]})),
        ("hmac", json!({"algorithms": ["none"]})),
        ("hmac", json!({"replay_protection": "sometimes"})),
        ("hmac", json!({"surprise": 1})),
        ("hmac", json!([])),
    ] {
        let wanted = json!({"name": "x", "scheme": scheme, "signing": signing});
        let answer = stack.manage(&token, Method::POST, "/v1/keys", wanted).await;
        assert_eq!(answer.status, 400, "{scheme} {signing}");
        assert_eq!(answer.problem(), "invalid-request");
    }
    let list = stack
        .manage(&token, Method::GET, "/v1/keys", Value::Null)
        .await
        .json();
    assert_eq!(list["keys"], json!([]));
}

#[tokio::test]
async fn the_same_create_with_another_policy_is_another_request() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let create = |signing: Value| {
        let request = stack
            .request(Method::POST, "/v1/keys")
            .bearer_auth(&token)
            .header("idempotency-key", "once");
        stack.send(request.json(&json!({"name": "x", "scheme": "hmac", "signing": signing})))
    };
    let careful = json!({"replay_protection": "all"});
    assert_eq!(create(careful.clone()).await.status, 201);
    let again = create(careful).await;
    assert_eq!(
        (
            again.status.as_u16(),
            &again.json()["signing"]["replay_protection"]
        ),
        (200, &json!("all"))
    );
    assert_eq!(create(json!({})).await.problem(), "idempotency-key-reused");
    // The default is one request, left out or spelt out.
    let default = json!({"name": "y", "scheme": "hmac", "signing": {"algorithms": [
        "hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512"
    ]}});
    for (body, status) in [
        (json!({"name": "y", "scheme": "hmac"}), 201),
        (default, 200),
    ] {
        let request = stack
            .request(Method::POST, "/v1/keys")
            .bearer_auth(&token)
            .header("idempotency-key", "default");
        assert_eq!(
            stack.send(request.json(&body)).await.status,
            status,
            "{body}"
        );
    }
}

#[tokio::test]
async fn headers_that_api_gateway_renamed_are_used_only_where_the_original_is_absent() {
    let stack = Stack::start().await;
    let key = Key::create(&stack, json!({})).await;
    let request = facts(&key, SHA256, "POST", BODY);
    let mut renamed = request.clone();
    for header in renamed["headers"].as_array_mut().expect("headers") {
        let name = header[0].as_str().unwrap_or_default().to_lowercase();
        if ["date", "content-md5", "authorization"].contains(&name.as_str()) {
            header[0] = format!("x-amzn-remapped-{name}").into();
        }
    }
    assert_eq!(stack.verify(&renamed).await["outcome"], "valid");
    // What API Gateway never renames stays where it is, or a client could hide a signed header from the backend.
    let mut hidden = request.clone();
    for header in hidden["headers"].as_array_mut().expect("headers") {
        if header[0] == "Date" {
            header[0] = "x-amzn-remapped-x-date".into();
        }
    }
    assert_eq!(stack.verify(&hidden).await["outcome"], "malformed");
    let mut both = request;
    let date = both["headers"]
        .as_array()
        .and_then(|all| all.iter().find(|header| header[0] == "Date").cloned());
    let date = date.expect("a date");
    both["headers"]
        .as_array_mut()
        .expect("headers")
        .push(json!(["x-amzn-remapped-date", date[1]]));
    assert_eq!(stack.verify(&both).await["outcome"], "malformed");
}

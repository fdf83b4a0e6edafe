//! Every shape of event that verify takes, answered by the deployed binary under Lambda's emulator. The events are those in
//! `tests/events/`, named after their shapes, with a credential put in.

use std::path::Path;

use serde_json::{Value, json};

use super::emulator::Function;
use super::lambda::{create_key, revoke, with_a_verified_account};
use super::stack::basic_facts;

/// The event of this shape, of a request with these Basic credentials.
fn event(shape: &str, id: &str, secret: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("events/{shape}.json"));
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut event = serde_json::from_str(&text).expect("an event");
    let facts = basic_facts(id, secret);
    let authorization = facts["headers"][1][1]
        .as_str()
        .expect("an Authorization header");
    fill(&mut event, authorization, &facts.to_string());
    event
}

/// Puts the credential in its places.
fn fill(value: &mut Value, authorization: &str, facts: &str) {
    match value {
        Value::String(text) => {
            *text = text
                .replace("{{authorization}}", authorization)
                .replace("{{facts}}", facts);
        }
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| fill(value, authorization, facts)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|value| fill(value, authorization, facts)),
        _ => {}
    }
}

async fn answer(verify: &mut Function, shape: &str, id: &str, secret: &str) -> Value {
    verify.invoke(&event(shape, id, secret)).await
}

/// What a policy or a simple answer tells the backend of a valid request.
fn context(id: &str) -> Value {
    json!({
        "account": "acme", "key": id, "scheme": "basic", "dialect": "basic", "version": "1",
        "bound_method": "false", "bound_target": "false", "bound_authority": "false", "bound_body": "none"
    })
}

#[tokio::test]
async fn every_shape_is_answered_in_kind_until_the_revocation_and_refused_after_it() {
    let cloud = with_a_verified_account().await;
    let (id, secret) = create_key(&cloud, "basic").await;
    let mut verify = cloud.function("verify").await;

    for shape in ["http-api-2.0-verify", "rest-api-1.0-verify"] {
        let answer = answer(&mut verify, shape, &id, &secret).await;
        assert_eq!(answer["statusCode"], 200, "{shape}: {answer}");
        let decision: Value =
            serde_json::from_str(answer["body"].as_str().expect("a body")).expect("a decision");
        assert_eq!(
            (&decision["outcome"], &decision["key"]),
            (&json!("valid"), &json!(id)),
            "{shape}"
        );
    }
    let simple = answer(&mut verify, "http-api-2.0-authorizer", &id, &secret).await;
    assert_eq!(
        simple,
        json!({"isAuthorized": true, "context": context(&id)})
    );
    for shape in ["rest-api-request-authorizer", "rest-api-token-authorizer"] {
        let policy = answer(&mut verify, shape, &id, &secret).await;
        let statement = json!({
            "Action": "execute-api:Invoke", "Effect": "Allow",
            "Resource": "arn:aws:execute-api:eu-central-1:123456789012:api-id/prod/*"
        });
        assert_eq!(policy["principalId"], id, "{shape}: {policy}");
        assert_eq!(
            policy["policyDocument"],
            json!({"Version": "2012-10-17", "Statement": [statement]}),
            "{shape}"
        );
        assert_eq!(policy["context"], context(&id), "{shape}");
    }
    let decision = answer(&mut verify, "direct-facts", &id, &secret).await;
    assert_eq!(
        (&decision["outcome"], &decision["account"]),
        (&json!("valid"), &json!("acme")),
        "{decision}"
    );
    let batch = answer(&mut verify, "direct-batch", &id, &secret).await;
    assert_eq!(batch["answers"][0]["outcome"], "valid", "{batch}");
    assert_eq!(batch["answers"][1]["outcome"], "malformed", "{batch}");

    revoke(&cloud, &id).await;
    for shape in ["http-api-2.0-verify", "rest-api-1.0-verify"] {
        let answer = answer(&mut verify, shape, &id, &secret).await;
        assert!(
            answer["body"]
                .as_str()
                .is_some_and(|body| body.contains("\"revoked\"")),
            "{shape}: {answer}"
        );
    }
    // To the outside a revoked key is an unknown one: the answer says no more than no.
    let simple = answer(&mut verify, "http-api-2.0-authorizer", &id, &secret).await;
    assert_eq!(simple, json!({"isAuthorized": false, "context": {}}));
    for shape in ["rest-api-request-authorizer", "rest-api-token-authorizer"] {
        let refused = answer(&mut verify, shape, &id, &secret).await;
        // This very text is what API Gateway answers with 401.
        assert_eq!(
            refused["errorMessage"], "Unauthorized",
            "{shape}: {refused}"
        );
        assert!(
            refused.get("policyDocument").is_none(),
            "{shape}: {refused}"
        );
    }
    let decision = answer(&mut verify, "direct-facts", &id, &secret).await;
    assert_eq!(decision["outcome"], "revoked", "{decision}");
}

#[tokio::test]
async fn an_event_of_no_shape_is_an_error_that_names_the_shapes() {
    let cloud = with_a_verified_account().await;
    let mut verify = cloud.function("verify").await;
    let refused = answer(&mut verify, "unknown", "hk_x", "x").await;
    let message = refused["errorMessage"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    for shape in [
        "HTTP API (payload 2.0)",
        "REST API (payload 1.0)",
        "TOKEN",
        "facts document",
        "batch",
    ] {
        assert!(message.contains(shape), "{shape}: {refused}");
    }
    for (size, error) in [(0, "1 to 100"), (101, "1 to 100")] {
        let facts = basic_facts("hk_x", "x");
        let refused = verify.invoke(&json!({"requests": vec![facts; size]})).await;
        assert!(
            refused["errorMessage"]
                .as_str()
                .is_some_and(|message| message.contains(error)),
            "{refused}"
        );
    }
}

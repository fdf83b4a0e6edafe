//! Every shape of event that verify takes, answered by the deployed binary under Lambda's emulator. The events are those in
//! `tests/events/verify/`, named after their shapes, with a credential put in.

use serde_json::{Value, json};

use super::emulator::Function;
use super::events::event;
use super::lambda::{create_key, revoke, with_a_verified_account};
use super::signed::{How, Key, headers};
use super::stack::basic_facts;

const HTTP: [&str; 2] = ["http-api-2.0", "rest-api-1.0"];
const REST_AUTHORIZERS: [&str; 2] = ["rest-api-request-authorizer", "rest-api-token-authorizer"];

/// What a client sends with `GET /v1/messages?x=1` to prove that it holds a key.
pub(crate) struct Presented<'a> {
    key: &'a Key,
    scheme: &'static str,
    authorization: String,
    date: String,
}

impl<'a> Presented<'a> {
    pub(crate) fn basic(key: &'a Key) -> Self {
        let facts = basic_facts(&key.id, &key.secret);
        let authorization = facts["headers"][1][1].as_str();
        Self {
            key,
            scheme: "basic",
            authorization: authorization.expect("a header").to_owned(),
            // It proves nothing, and nobody looks at it.
            date: "Mon, 23 Nov 2026 08:30:00 GMT".to_owned(),
        }
    }

    pub(crate) fn hmac(key: &'a Key) -> Self {
        let how = How::HubHmac(hubkeys_client::sign::Algorithm::HmacSha256);
        let signed = headers(key, how, "api.example.com", "GET", "/v1/messages?x=1", None);
        let header = |name: &str| {
            let found = signed.iter().find(|(other, _)| other == name);
            found.expect(name).1.clone()
        };
        Self {
            key,
            scheme: "hmac",
            authorization: header("Authorization"),
            date: header("Date"),
        }
    }

    /// The event of this file, with all of it put in.
    pub(crate) fn event(&self, name: &str) -> Value {
        let values = [
            ("key", self.key.id.as_str()),
            ("authorization", &self.authorization),
            ("date", &self.date),
        ];
        // Over HTTP the facts are in the body: those that a direct invocation would send.
        let facts = event("verify/direct-facts", &values).to_string();
        let [key, authorization, date] = values;
        event(name, &[key, authorization, date, ("facts", &facts)])
    }

    pub(crate) async fn answer(&self, verify: &mut Function, shape: &str) -> Value {
        verify.invoke(&self.event(&format!("verify/{shape}"))).await
    }

    /// What a policy or a simple answer tells the backend of the valid request.
    fn context(&self) -> Value {
        let signed = self.scheme == "hmac";
        json!({
            "account": "acme", "key": self.key.id, "scheme": self.scheme,
            "dialect": if signed { "hub-hmac" } else { "basic" },
            "bound_method": signed.to_string(), "bound_target": signed.to_string(),
            "bound_authority": "false", "bound_body": "none",
        })
    }

    /// Makes sure that this context is of the valid request. Which version decided depends on what happened to the key before.
    fn is_told(&self, shape: &str, context: &Value) {
        let mut context = context.clone();
        let members = context.as_object_mut().expect("a context");
        assert!(members.remove("version").is_some(), "{shape}");
        assert_eq!(context, self.context(), "{shape}");
    }

    /// Makes sure that the typed answers of a service and of a direct invocation have this outcome.
    async fn is_decided(&self, verify: &mut Function, outcome: &str) {
        for shape in HTTP {
            let answer = self.answer(verify, shape).await;
            assert_eq!(answer["statusCode"], 200, "{shape}: {answer}");
            let body = answer["body"].as_str().expect("a body");
            let decision: Value = serde_json::from_str(body).expect("a decision");
            assert_eq!(decision["outcome"], outcome, "{shape}: {decision}");
        }
        let decision = self.answer(verify, "direct-facts").await;
        assert_eq!(decision["outcome"], outcome, "{decision}");
        let batch = self.answer(verify, "direct-batch").await;
        assert_eq!(batch["answers"][0]["outcome"], outcome, "{batch}");
        assert_eq!(batch["answers"][1]["outcome"], "malformed", "{batch}");
    }

    /// Passes in every shape. A `TOKEN` authorizer sees the one header and no request, so it knows no signature.
    pub(crate) async fn passes(&self, verify: &mut Function) {
        self.is_decided(verify, "valid").await;
        let simple = self.answer(verify, "http-api-2.0-authorizer").await;
        assert_eq!(simple["isAuthorized"], true, "{simple}");
        self.is_told("simple", &simple["context"]);
        for shape in REST_AUTHORIZERS {
            let policy = self.answer(verify, shape).await;
            if self.scheme == "hmac" && shape == "rest-api-token-authorizer" {
                assert_eq!(policy["errorMessage"], "Unauthorized", "{shape}: {policy}");
                continue;
            }
            let statement = json!({
                "Action": "execute-api:Invoke", "Effect": "Allow",
                "Resource": "arn:aws:execute-api:eu-central-1:123456789012:api-id/prod/*"
            });
            assert_eq!(policy["principalId"], self.key.id, "{shape}: {policy}");
            assert_eq!(
                policy["policyDocument"],
                json!({"Version": "2012-10-17", "Statement": [statement]}),
                "{shape}"
            );
            self.is_told(shape, &policy["context"]);
        }
    }

    /// Is refused in every shape, and only who may know is told why.
    pub(crate) async fn is_refused(&self, verify: &mut Function) {
        self.is_decided(verify, "revoked").await;
        // To the outside a revoked key is an unknown one: the answer says no more than no.
        let simple = self.answer(verify, "http-api-2.0-authorizer").await;
        assert_eq!(simple, json!({"isAuthorized": false, "context": {}}));
        for shape in REST_AUTHORIZERS {
            let refused = self.answer(verify, shape).await;
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
    }
}

#[tokio::test]
async fn every_shape_is_answered_in_kind_until_the_revocation_and_refused_after_it() {
    let cloud = with_a_verified_account().await;
    let basic = create_key(&cloud, "basic").await;
    let hmac = create_key(&cloud, "hmac").await;
    // One instance throughout: what it keeps between calls must not outlive a revocation.
    let mut verify = cloud.function("Verify").await;
    for presented in [Presented::basic(&basic), Presented::hmac(&hmac)] {
        presented.passes(&mut verify).await;
        revoke(&cloud, &presented.key.id).await;
        presented.is_refused(&mut verify).await;
    }
}

#[tokio::test]
async fn an_event_of_no_shape_is_an_error_that_names_the_shapes() {
    let cloud = with_a_verified_account().await;
    let mut verify = cloud.function("Verify").await;
    let refused = verify.invoke(&event("verify/unknown", &[])).await;
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

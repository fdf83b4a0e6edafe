//! The functions as they are deployed, under Lambda's Runtime Interface Emulator: the whole life of a key, by the events in
//! `tests/events/`.

use serde_json::{Value, json};

use super::emulator::{Cloud, Function};
use super::events::event;
use super::shapes::Presented;
use super::signed::Key;
use super::stack::basic_facts;

/// A cloud in which Acme is a verified account.
pub(crate) async fn with_a_verified_account() -> Cloud {
    let cloud = Cloud::start().await;
    let mut account = cloud.function("Account").await;
    answered(&mut account, "account/open", &[], 201).await;
    answered(&mut account, "account/verify", &[], 200).await;
    cloud
}

/// The body that the function answers to this event, whose answer has this status.
async fn answered(
    function: &mut Function,
    name: &str,
    values: &[(&str, &str)],
    status: u64,
) -> Value {
    let (answered, body) = function.answer(&event(name, values)).await;
    assert_eq!(answered, status, "{name}: {body}");
    body
}

/// A new key of this scheme, made by the function that makes them.
pub(crate) async fn create_key(cloud: &Cloud, scheme: &str) -> Key {
    let mut create = cloud.function("CreateKey").await;
    let key = answered(&mut create, &format!("create-key/{scheme}"), &[], 201).await;
    assert_eq!(key["scheme"], scheme, "{key}");
    let text = |member: &str| key[member].as_str().expect(member).to_owned();
    Key {
        id: text("id"),
        secret: text("secret"),
    }
}

/// Revokes a key, again if need be, and gives the key.
pub(crate) async fn revoke(cloud: &Cloud, id: &str) -> Value {
    let mut revoke = cloud.function("Revoke").await;
    answered(&mut revoke, "revoke/one", &[("key", id)], 200).await
}

/// Of a service that asks who sent the request of these facts.
pub(crate) fn from_service(facts: &Value) -> Value {
    event("verify/http-api-2.0", &[("facts", &facts.to_string())])
}

/// What happened to a key, in order, by kind.
async fn history(get_key: &mut Function, key: &Key) -> Vec<String> {
    let history = answered(get_key, "get-key/history", &[("key", &key.id)], 200).await;
    let events = history["events"].as_array().expect("events");
    let kind = |event: &Value| event["type"].as_str().expect("a type").to_owned();
    events.iter().map(kind).collect()
}

#[tokio::test]
async fn a_key_lives_its_whole_life_in_the_deployed_functions() {
    let cloud = Cloud::start().await;

    let mut account = cloud.function("Account").await;
    let opened = answered(&mut account, "account/open", &[], 201).await;
    assert_eq!(opened["standing"], "unverified", "{opened}");
    let mut create = cloud.function("CreateKey").await;
    let refused = answered(&mut create, "create-key/basic", &[], 403).await;
    assert_eq!(
        refused["type"],
        "urn:problem-type:hubkeys:account-not-verified"
    );
    answered(&mut account, "account/verify", &[], 200).await;
    let standing = answered(&mut account, "account/standing", &[], 200).await;
    assert_eq!(standing["standing"], "verified", "{standing}");
    drop((account, create));

    let basic = create_key(&cloud, "basic").await;
    let hmac = create_key(&cloud, "hmac").await;

    let mut list = cloud.function("ListKeys").await;
    let listed = answered(&mut list, "list-keys/list", &[], 200).await;
    let named = |key: &Value| (key["name"].clone(), key["status"].clone());
    let mut keys: Vec<_> = listed["keys"]
        .as_array()
        .into_iter()
        .flatten()
        .map(named)
        .collect();
    keys.sort_by_key(|(name, _)| name.to_string());
    let live = |name: &str| (json!(name), json!("active"));
    assert_eq!(keys, [live("Billing"), live("Messages")], "{listed}");

    let mut get_key = cloud.function("GetKey").await;
    let got = answered(&mut get_key, "get-key/key", &[("key", &basic.id)], 200).await;
    assert_eq!(got["name"], "Billing", "{got}");
    assert!(got.get("secret").is_none(), "shown once: {got}");
    assert_eq!(history(&mut get_key, &basic).await, ["created"]);

    let mut rename = cloud.function("RenameKey").await;
    let renamed = answered(&mut rename, "rename-key/rename", &[("key", &basic.id)], 200).await;
    assert_eq!(renamed["name"], "Invoices", "{renamed}");

    // One instance throughout: what it keeps between calls must not outlive a revocation.
    let mut verify = cloud.function("Verify").await;
    let presented = [Presented::basic(&basic), Presented::hmac(&hmac)];
    for presented in &presented {
        presented.passes(&mut verify).await;
    }

    let revoked = revoke(&cloud, &basic.id).await;
    assert_eq!(revoked["status"], "revoked", "{revoked}");
    let mut revoke = cloud.function("Revoke").await;
    let several = answered(&mut revoke, "revoke/several", &[("key", &hmac.id)], 200).await;
    assert_eq!(several["results"][0]["status"], 200, "{several}");
    for presented in &presented {
        presented.is_refused(&mut verify).await;
    }
    assert_eq!(
        history(&mut get_key, &basic).await,
        ["created", "renamed", "revoked"]
    );

    let mut check = cloud.function("CheckProjections").await;
    let checked = check.invoke(&event("check-projections/nightly", &[])).await;
    assert_eq!(checked, Value::Null);
    let log = check.log();
    for metric in [r#""ProjectionDrift":0"#, r#""StreamsChecked":3"#] {
        assert!(log.contains(metric), "{metric}: {log}");
    }
}

#[tokio::test]
async fn deployed_verify_answers_nobody_whom_the_gateway_did_not_authenticate() {
    let cloud = Cloud::start().await;
    let mut verify = cloud.function("Verify").await;
    let mut event = from_service(&basic_facts("hk_unknown", "hs_unknown"));
    event["requestContext"]["authorizer"] = Value::Null;
    let (status, problem) = verify.answer(&event).await;
    assert_eq!(status, 401, "{problem}");
}

#[tokio::test]
async fn deployed_announce_tells_a_batch_of_the_stream_without_what_is_kept_of_a_secret() {
    let cloud = Cloud::start().await;
    let mut announce = cloud.function("Announce").await;
    let batch = event("announce/batch", &[]);
    assert!(batch.to_string().contains("mac"), "{batch}");
    let told = announce.invoke(&batch).await;
    let types: Vec<_> = told
        .as_array()
        .expect("one announcement for each record")
        .iter()
        .map(|announcement| announcement["detail_type"].as_str().expect("a type"))
        .collect();
    assert_eq!(
        types,
        [
            "hubkeys.account.opened",
            "hubkeys.key.created",
            "hubkeys.key.revoked"
        ]
    );
    assert_eq!(told[2]["detail"]["reason"], "laptop lost", "{told}");
    for kept in ["secret", "mac", "BwcHBwcH"] {
        assert!(!told.to_string().contains(kept), "{kept}: {told}");
    }
    assert!(announce.log().contains(r#""AnnouncementAge":"#));
}

#[tokio::test]
async fn the_deployed_sample_backend_knows_whom_deployed_verify_let_in() {
    let cloud = with_a_verified_account().await;
    let key = create_key(&cloud, "basic").await;
    let presented = Presented::basic(&key);
    let mut verify = cloud.function("Verify").await;
    let let_in = presented
        .answer(&mut verify, "http-api-2.0-authorizer")
        .await;
    let mut backend = cloud.function("SampleBackend").await;
    for (name, status) in [("sample-backend/read", 200), ("sample-backend/send", 202)] {
        let request = presented.event(name);
        // The file says what the gateway hands on: exactly what verify answered.
        assert_eq!(
            request["requestContext"]["authorizer"]["lambda"],
            let_in["context"]
        );
        let (answered, caller) = backend.answer(&request).await;
        assert_eq!(answered, status, "{caller}");
        assert_eq!(
            (&caller["account"], &caller["key"]),
            (&json!("acme"), &json!(key.id))
        );
    }
    let mut past_the_authorizer = presented.event("sample-backend/read");
    past_the_authorizer["requestContext"]["authorizer"] = Value::Null;
    let answer = backend.invoke(&past_the_authorizer).await;
    assert_eq!(answer["statusCode"], 401, "{answer}");
}

//! A service behind the layer that asks.

use axum::body::{Body, to_bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::{Extension, Router};
use hubkeys_client::{Principal, Protect};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use sha2::{Sha256, Sha512};
use tower_service::Service as _;

use crate::fake::{Fake, Reply, refused, valid, valid_with_body};

/// Says who called and with what.
pub(crate) fn router(protect: Protect) -> Router {
    let handler = |Extension(sender): Extension<Principal>, body: String| async move {
        format!("{}: {body}", sender.account())
    };
    Router::new().fallback(handler).layer(protect)
}

pub(crate) async fn call(
    router: &Router,
    request: Request<Body>,
) -> (StatusCode, HeaderMap, String) {
    let (head, body) = router.clone().call(request).await.unwrap().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (
        head.status,
        head.headers,
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

pub(crate) fn post(body: &'static str) -> Request<Body> {
    Request::post("/v1/messages?a=%41")
        .body(body.into())
        .unwrap()
}

async fn protected_by(answer: Value) -> (Fake, Router) {
    let fake = Fake::replying([Reply::ok(answer)]).await;
    let router = router(Protect::asking(fake.verify()));
    (fake, router)
}

#[tokio::test]
async fn the_service_gets_the_body_and_the_principal_and_verify_the_digests_alone() {
    let md5 = hex::encode(Md5::digest("hello"));
    let (fake, router) = protected_by(valid_with_body("md5", &md5)).await;
    let (status, _, body) = call(&router, post("hello")).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "acme: hello"));
    let sha256 = hex::encode(Sha256::digest("hello"));
    assert_eq!(
        fake.facts(),
        json!({
            "method": "POST", "target": "/v1/messages?a=%41", "headers": [], "url_scheme": "https",
            "body_digests": {"md5": md5, "sha256": sha256}
        })
    );
}

#[tokio::test]
async fn a_sha_512_is_computed_where_a_header_asks_for_it() {
    let sha512 = hex::encode(Sha512::digest("hello"));
    let (fake, router) = protected_by(valid_with_body("sha-512", &sha512)).await;
    let mut request = post("hello");
    let value = "SHA-512=:eA==:".parse().unwrap();
    request.headers_mut().insert("content-digest", value);
    assert_eq!(call(&router, request).await.0, StatusCode::OK);
    assert_eq!(fake.facts()["body_digests"]["sha512"], sha512);
}

#[tokio::test]
async fn all_refusals_of_a_credential_are_one_answer() {
    let mut answers = Vec::new();
    for outcome in [
        "malformed",
        "unsupported_scheme",
        "unknown_key",
        "wrong_secret",
        "signature_mismatch",
        "wrong_scheme",
        "revoked",
        "expired",
        "disabled",
        "clock_skew",
        "body_mismatch",
        "insufficient_coverage",
        "replayed",
        "valid",
        "new_in_2031",
        "",
    ] {
        let (_fake, router) = protected_by(refused(outcome)).await;
        answers.push(call(&router, post("hello")).await);
    }
    // The layer's own refusals too: a body that verify says is not signed, or is another one.
    for answer in [valid(), valid_with_body("md5", &"00".repeat(16))] {
        let (_fake, router) = protected_by(answer).await;
        answers.push(call(&router, post("hello")).await);
    }
    let (status, headers, body) = &answers[0];
    assert_eq!(*status, StatusCode::UNAUTHORIZED);
    assert_eq!(headers[WWW_AUTHENTICATE], r#"Basic realm="api""#);
    assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
    assert_eq!(headers[CACHE_CONTROL], "no-store");
    assert!(!body.contains("because"), "{body}");
    assert!(
        answers.iter().all(|answer| answer == &answers[0]),
        "{answers:#?}"
    );
}

#[tokio::test]
async fn what_a_known_sender_may_not_do_is_403() {
    for outcome in [
        "forbidden_scope",
        "forbidden_address",
        "forbidden_hour",
        "account_suspended",
    ] {
        let (_fake, router) = protected_by(refused(outcome)).await;
        let (status, headers, body) = call(&router, post("hello")).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{outcome}");
        assert!(
            !headers.contains_key(WWW_AUTHENTICATE) && !body.contains(outcome),
            "{body}"
        );
    }
}

#[tokio::test]
async fn what_can_not_be_decided_is_503_and_never_reaches_the_service() {
    for reply in [
        Reply::ok("garbage"),
        Reply::Close,
        Reply::status("500 Oh"),
        Reply::status("401 Unauthorized"),
        Reply::status("302 Found"),
    ] {
        let fake = Fake::replying([reply]).await;
        let (status, headers, body) =
            call(&router(Protect::asking(fake.verify())), post("hello")).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(headers[RETRY_AFTER], "1");
        assert!(!body.contains("acme"), "{body}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_and_verify_is_not_asked() {
    let fake = Fake::replying([Reply::ok(valid())]).await;
    let router = router(Protect::asking(fake.verify()).body_limit(4));
    assert_eq!(
        call(&router, post("hello")).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert!(fake.questions().is_empty());
}

#[tokio::test]
async fn a_principal_that_was_there_before_is_replaced() {
    let (_fake, router) = protected_by(valid()).await;
    let mut decision = hubkeys_client::Decision::from_json(valid().to_string().as_bytes())
        .unwrap()
        .into_result()
        .unwrap();
    decision.account = "intruder".to_owned();
    let mut request = Request::get("/").body(Body::empty()).unwrap();
    request.extensions_mut().insert(Principal::from(decision));
    assert_eq!(call(&router, request).await.2, "acme: ");
}

#[tokio::test]
async fn a_digest_that_this_service_does_not_know_passes_only_if_verify_has_compared_it() {
    for (compared, expected) in [
        (true, StatusCode::OK),
        (false, StatusCode::SERVICE_UNAVAILABLE),
    ] {
        let mut answer = valid_with_body("blake3", "00");
        answer["bound"]["body_compared"] = json!(compared);
        let (_fake, router) = protected_by(answer).await;
        assert_eq!(call(&router, post("hello")).await.0, expected);
    }
}

//! A service that the Rust client's `tower` layer protects, asking the running stack.

use axum::routing::{get, post};
use axum::{Extension, Router};
use hubkeys_client::sign::Algorithm;
use hubkeys_client::{Principal, Protect, ServiceCredential, UrlScheme, Verify};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::net::TcpListener;

use super::signed::{How, Key, headers};
use super::stack::{Stack, http};

/// A protected service's address.
async fn protected(stack: &Stack) -> String {
    let credential = ServiceCredential::token(&stack.service_token()).expect("a token");
    let verify = Verify::over_https(&stack.url(), credential).expect("a URL");
    let whoami = |Extension(sender): Extension<Principal>| async move {
        format!("{} {}", sender.account(), sender.key())
    };
    let service = Router::new()
        .route("/whoami", get(whoami))
        .route("/echo", post(|body: String| async move { body }))
        .layer(Protect::asking(verify).url_scheme(UrlScheme::Http));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// Sends a request that was signed for `signed`, with this body.
async fn send(
    host: &str,
    key: &Key,
    how: How<'_>,
    signed: (&str, &str),
    body: &str,
) -> (StatusCode, String) {
    let (method, target) = signed;
    let sent = if method == "POST" {
        Some(br#"{"hello":"world"}"#.as_slice())
    } else {
        None
    };
    let client = http().build().expect("an HTTP client");
    let mut request = client.request(
        Method::from_bytes(method.as_bytes()).expect("a method"),
        format!("http://{host}{target}"),
    );
    for (name, value) in headers(key, how, host, method, target, sent) {
        request = request.header(name, value);
    }
    let answer = request
        .body(body.to_owned())
        .send()
        .await
        .expect("an answer");
    (
        answer.status(),
        answer.text().await.expect("a whole answer"),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_service_serves_every_dialect_until_the_revocation_and_nobody_without_verify() {
    let stack = Stack::start().await;
    let host = protected(&stack).await;
    let body = r#"{"hello":"world"}"#;
    let key = Key::create(&stack, json!({})).await;
    let hows = [
        How::HubHmac(Algorithm::HmacSha1),
        How::Rfc9421(None),
        How::Cavage(Algorithm::HmacSha256),
    ];
    for how in hows {
        let (status, text) = send(&host, &key, how, ("GET", "/whoami"), "").await;
        assert_eq!(
            (status, text.as_str()),
            (StatusCode::OK, format!("acme {}", key.id).as_str()),
            "{how:?}"
        );
        let (status, text) = send(&host, &key, how, ("POST", "/echo"), body).await;
        assert_eq!((status, text.as_str()), (StatusCode::OK, body), "{how:?}");
        let (status, altered) =
            send(&host, &key, how, ("POST", "/echo"), r#"{"hello":"Hades"}"#).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{how:?}");
        let stranger = Key {
            id: "hk_01jd3v9m2x8c5q7w4n6t0r1z2y".to_owned(),
            secret: key.secret.clone(),
        };
        let (status, unknown) = send(&host, &stranger, how, ("POST", "/echo"), body).await;
        assert_eq!(
            (status, unknown),
            (StatusCode::UNAUTHORIZED, altered),
            "{how:?}"
        );
    }
    let token = stack.token("admin@acme").await;
    stack.revoke(&token, &key.id).await;
    for how in hows {
        let (status, _) = send(&host, &key, how, ("POST", "/echo"), body).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{how:?}");
    }
    let _data = stack.kill().await;
    let (status, _) = send(&host, &key, hows[0], ("GET", "/whoami"), "").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
}

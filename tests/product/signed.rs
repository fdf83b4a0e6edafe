//! Requests signed by the Rust client in every dialect.

use std::time::SystemTime;

use hubkeys_client::sign::{
    Algorithm, Secret, Timestamp, Unsigned, UrlScheme, cavage, hub_hmac, rfc9421,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::stack::Stack;

/// A key's id and secret.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Key {
    /// A new HMAC key of Acme's with this signing policy.
    pub(crate) async fn create(stack: &Stack, signing: Value) -> Self {
        let token = stack.token("admin@acme").await;
        let wanted = json!({"name": "Signs", "scheme": "hmac", "signing": signing});
        let made = stack.manage(&token, Method::POST, "/v1/keys", wanted).await;
        assert_eq!(made.status, 201, "{made:?}");
        let text = |member: &str| made.json()[member].as_str().expect(member).to_owned();
        Self {
            id: text("id"),
            secret: text("secret"),
        }
    }
}

/// How to sign: a dialect, and an algorithm or a nonce.
#[derive(Clone, Copy, Debug)]
pub(crate) enum How<'a> {
    HubHmac(Algorithm),
    Rfc9421(Option<&'a str>),
    Cavage(Algorithm),
}

/// The headers of a signed request, `Host` with them.
pub(crate) fn headers(
    key: &Key,
    how: How<'_>,
    host: &str,
    method: &str,
    target: &str,
    body: Option<&[u8]>,
) -> Vec<(String, String)> {
    let date = Timestamp::try_from(SystemTime::now()).expect("a clock");
    let request = Unsigned {
        method,
        target,
        date,
        body,
    };
    let secret = Secret::of_any_form(key.secret.as_str());
    let signed = match how {
        How::HubHmac(algorithm) => hub_hmac::sign(
            &key.id,
            &secret,
            algorithm,
            hub_hmac::NameStyle::Documented,
            &request,
        ),
        How::Rfc9421(nonce) => {
            let options = rfc9421::Options {
                nonce,
                ..rfc9421::Options::default()
            };
            rfc9421::sign(&key.id, &secret, UrlScheme::Http, host, &options, &request)
        }
        How::Cavage(algorithm) => {
            let options = cavage::Options {
                algorithm,
                ..cavage::Options::default()
            };
            cavage::sign(&key.id, &secret, host, &options, &request)
        }
    };
    let mut headers = vec![("Host".to_owned(), host.to_owned())];
    headers.extend(signed.expect("a signature"));
    headers
}

/// The facts of a signed request.
pub(crate) fn facts(key: &Key, how: How<'_>, method: &str, body: Option<&[u8]>) -> Value {
    use base64::Engine as _;
    let headers = headers(key, how, "api.example", method, "/v1/messages?x=1", body);
    let body = body.map(|body| base64::engine::general_purpose::STANDARD.encode(body));
    json!({
        "method": method, "target": "/v1/messages?x=1", "headers": headers, "body_base64": body, "url_scheme": "http"
    })
}

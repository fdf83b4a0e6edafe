//! Libraries that sign requests, unmodified, each in its own dialect, with credentials of this product. `script/clients`
//! installs them; what each covers with its signature stands in its driver under `clients/`.

use std::path::Path;

use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use httpsig_hyper::prelude::message_component::HttpMessageComponentId;
use httpsig_hyper::prelude::{AlgorithmName, HttpSignatureParams, SharedKey};
use httpsig_hyper::{ContentDigestType, MessageSignatureReq, RequestContentDigest};

use super::backend::{Backend, Decision};
use super::clients::{ADMINISTRATOR, Credential, bare, drive, driver, installed, product};

const GET: [&str; 2] = ["GET", "/v1/replies?x=1&y=a%20b"];
const POST: [&str; 3] = ["POST", "/v1/messages?pet=dog", r#"{"hello":"Grüße"}"#];

/// A library that signs requests.
enum Library {
    /// A package of npm, and the dialect it is to sign in.
    Npm(&'static str, &'static str),
    /// A package of PyPI.
    Pypi(&'static str),
    /// A crate, which needs no driver: it is linked.
    HttpsigHyper,
}

impl Library {
    /// Sends the request, and gives the status that the client saw and what the backend decided.
    async fn send(&self, request: &[&str], backend: &Backend, key: &Credential) -> (u64, Decision) {
        let mut command = match self {
            Self::Npm(name, dialect) => {
                let mut node = bare(Path::new("node"));
                node.env("NODE_PATH", installed(&format!("npm-{name}/node_modules")))
                    .env("DIALECT", dialect)
                    .arg(driver(&format!("npm-{name}/driver.js")));
                node
            }
            Self::Pypi(name) => {
                let mut python = bare(&installed(&format!("pypi-{name}/bin/python")));
                python.arg(driver(&format!("pypi-{name}/driver.py")));
                python
            }
            Self::HttpsigHyper => {
                let status = httpsig_hyper(request, backend, key).await;
                let decision = backend.decisions().pop().expect("a decision");
                return (status, decision);
            }
        };
        command.args(request);
        drive(command, backend, key).await
    }

    /// A query and a body are accepted, an altered body or target is not, and after the revocation nothing is.
    async fn is_served_until_the_revocation(&self) {
        let (stack, backend) = product().await;
        let token = stack.token(ADMINISTRATOR).await;
        let key = Credential::create(&stack, &token, "hmac").await;

        let (status, got) = self.send(&GET, &backend, &key).await;
        assert_eq!((status, got.outcome.as_str()), (200, "valid"), "{got:?}");
        let (status, posted) = self.send(&POST, &backend, &key).await;
        assert_eq!(
            (status, posted.outcome.as_str()),
            (202, "valid"),
            "{posted:?}"
        );

        let mut altered = posted.facts.clone();
        altered["body_base64"] = STANDARD.encode(r#"{"hello":"Hades"}"#).into();
        assert_eq!(stack.verify(&altered).await["outcome"], "body_mismatch");
        let mut altered = posted.facts;
        altered["target"] = "/v1/messages?pet=cat".into();
        assert_eq!(
            stack.verify(&altered).await["outcome"],
            "signature_mismatch"
        );

        stack.revoke(&token, &key.id).await;
        for request in [&GET[..], &POST] {
            let (status, decision) = self.send(request, &backend, &key).await;
            assert_eq!(
                (status, decision.outcome.as_str()),
                (401, "revoked"),
                "{decision:?}"
            );
        }
    }
}

/// Signs in RFC 9421 and sends it.
async fn httpsig_hyper(request: &[&str], backend: &Backend, key: &Credential) -> u64 {
    let (method, target, body) = (request[0], request[1], request.get(2).copied());
    let mut covered = vec!["@method", "@target-uri"];
    let mut message = Request::builder()
        .method(method)
        .uri(backend.url() + target)
        .body(reqwest::Body::from(body.unwrap_or_default().to_owned()))
        .expect("a request");
    if body.is_some() {
        let digested = message.set_content_digest(&ContentDigestType::Sha256).await;
        // It gives back a body of another type; a signature is over the digest only.
        message = digested
            .expect("a digest")
            .map(|_| reqwest::Body::default());
        covered.push("content-digest");
    }
    let covered: Vec<_> = covered
        .into_iter()
        .map(|name| HttpMessageComponentId::try_from(name).expect("a component"))
        .collect();
    let secret = SharedKey::HmacSha256(key.secret.clone().into_bytes());
    let mut parameters = HttpSignatureParams::try_new(&covered).expect("parameters");
    parameters
        .set_alg(&AlgorithmName::HmacSha256)
        .set_keyid(&key.id);
    message
        .set_message_signature(&parameters, &secret, None)
        .await
        .expect("a signature");
    let message = message.map(|_| body.unwrap_or_default().to_owned());
    let message = reqwest::Request::try_from(message).expect("a request");
    let client = super::stack::http().build();
    let client = client.expect("an HTTP client");
    let answer = client.execute(message).await.expect("an answer");
    answer.status().as_u16().into()
}

#[tokio::test]
async fn npm_http_signature_is_served_until_the_revocation() {
    let library = Library::Npm("http-signature", "cavage-12");
    library.is_served_until_the_revocation().await;
}

#[tokio::test]
async fn npm_http_message_signatures_in_rfc_9421_is_served_until_the_revocation() {
    let library = Library::Npm("http-message-signatures", "rfc9421");
    library.is_served_until_the_revocation().await;
}

#[tokio::test]
async fn npm_http_message_signatures_in_cavage_is_served_until_the_revocation() {
    let library = Library::Npm("http-message-signatures", "cavage-12");
    library.is_served_until_the_revocation().await;
}

#[tokio::test]
async fn pypi_httpsig_is_served_until_the_revocation() {
    let library = Library::Pypi("httpsig");
    library.is_served_until_the_revocation().await;
}

#[tokio::test]
async fn pypi_requests_http_signature_is_served_until_the_revocation() {
    let library = Library::Pypi("requests-http-signature");
    library.is_served_until_the_revocation().await;
}

#[tokio::test]
async fn pypi_http_message_signatures_is_served_until_the_revocation() {
    let library = Library::Pypi("http-message-signatures");
    library.is_served_until_the_revocation().await;
}

#[tokio::test]
async fn crate_httpsig_hyper_is_served_until_the_revocation() {
    Library::HttpsigHyper.is_served_until_the_revocation().await;
}

#[tokio::test]
async fn a_post_with_a_nonce_is_good_for_one_use_only() {
    let (stack, backend) = product().await;
    let token = stack.token(ADMINISTRATOR).await;
    let key = Credential::create(&stack, &token, "hmac").await;
    let library = Library::Npm("http-message-signatures", "rfc9421");
    let (_, posted) = library.send(&POST, &backend, &key).await;
    assert_eq!(posted.outcome, "valid", "{posted:?}");
    assert_eq!(stack.verify(&posted.facts).await["outcome"], "replayed");
}

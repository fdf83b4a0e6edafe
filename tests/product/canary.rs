//! Plaintext secrets exist in two places only: the answer that creates them and the request that presents them.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::stack::{Stack, basic_facts};

#[tokio::test]
async fn no_secret_is_in_the_database_the_logs_or_any_answer_but_the_creating_one() {
    let folder = TempDir::new().expect("a temporary folder");
    let data = folder.path().join("data");
    let stack = Stack::start_in(&data, &["--log", "trace"]).await;
    let token = stack.token("admin@acme").await;
    let mut answers = Vec::new();
    let mut secrets = Vec::new();
    for scheme in ["basic", "hmac"] {
        let request = stack
            .request(Method::POST, "/v1/keys")
            .bearer_auth(&token)
            .header("idempotency-key", scheme)
            .json(&json!({"name": "Canary", "scheme": scheme}));
        let repeated = request
            .try_clone()
            .expect("a request that can be sent twice");
        let created = stack.send(request).await.json();
        answers.push(stack.send(repeated).await.text);
        let id = created["id"].as_str().expect("an id").to_owned();
        let secret = created["secret"].as_str().expect("a secret").to_owned();
        let path = format!("/v1/keys/{id}");

        // Used rightly, wrongly, in the wrong places and in broken requests.
        let mistyped = secret.replace("hs_", "hs-");
        for facts in [
            basic_facts(&id, &secret),
            basic_facts(&id, &format!("{secret}x")),
            basic_facts(&secret, &id),
            json!({"method": "GET", "target": "/", "headers": [["Authorization", secret]]}),
            json!({"method": "GET", "target": "/", "headers": [["Authorization", format!("Bearer {secret}")]]}),
            json!({"method": secret, "target": format!("/?secret={secret}"), "headers": [[secret, secret]]}),
            json!({"method": "GET", "target": "/", "headers": [["Authorization", format!("hmac username=\"{secret}\", x")]]}),
        ] {
            answers.push(stack.verify(&facts).await.to_string());
        }
        for body in [
            json!({"method": secret}),
            json!({"headers": secret}),
            json!({"method": "GET", "target": "/", "headers": [], "source_address": secret}),
        ] {
            let request = stack
                .request(Method::POST, "/v1/verify")
                .bearer_auth(stack.service_token())
                .json(&body);
            answers.push(stack.send(request).await.text);
        }
        for body in [
            json!({"name": "x", "scheme": secret}),
            json!({"name": ["x", secret], "scheme": "basic"}),
            json!(secret),
        ] {
            answers.push(
                stack
                    .manage(&token, Method::POST, "/v1/keys", body)
                    .await
                    .text,
            );
        }
        let with_password = stack
            .request(Method::GET, &path)
            .basic_auth(&id, Some(&secret));
        answers.push(stack.send(with_password).await.text);
        for (method, path, body) in [
            (Method::PATCH, path.clone(), json!({"name": "Renamed"})),
            (Method::GET, path.clone(), Value::Null),
            (Method::GET, "/v1/keys".to_owned(), Value::Null),
            (
                Method::GET,
                format!("/v1/keys?cursor={secret}"),
                Value::Null,
            ),
            (Method::GET, format!("/v1/keys/{secret}"), Value::Null),
            (Method::GET, format!("/v1/{secret}"), Value::Null),
            (
                Method::POST,
                format!("{path}/revoke"),
                json!({"reason": "leaked"}),
            ),
            (Method::GET, format!("{path}/history"), Value::Null),
        ] {
            answers.push(stack.manage(&token, method, &path, body).await.text);
        }
        answers.push(stack.verify(&basic_facts(&id, &secret)).await.to_string());
        assert!(!mistyped.contains("hs_"));
        secrets.push(secret);
    }
    stack.kill().await;

    // The canary sings: a secret that is there is found.
    fs::write(data.join("planted"), URL_SAFE_NO_PAD.encode(&secrets[0])).expect("a planted secret");
    let found = places_of(&secrets, &data);
    assert_eq!(found, ["planted"], "a secret in the data folder or the log");
    let log = fs::read_to_string(data.join("log")).expect("the log");
    assert!(
        log.contains("\"outcome\":\"valid\"") && log.contains("\"outcome\":\"wrong_secret\""),
        "the log is silent"
    );
    for (at, answer) in answers.iter().enumerate() {
        for form in secrets.iter().flat_map(|secret| forms(secret)) {
            assert!(!contains(answer.as_bytes(), &form), "answer {at}: {answer}");
        }
    }
}

/// The files below `folder` that hold a secret, in any of its forms.
fn places_of(secrets: &[String], folder: &Path) -> Vec<String> {
    let forms: Vec<_> = secrets.iter().flat_map(|secret| forms(secret)).collect();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the data folder") {
        let path = entry.expect("an entry").path();
        let content = fs::read(&path).expect("a file");
        if forms.iter().any(|form| contains(&content, form)) {
            found.push(
                path.file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
            );
        }
    }
    found
}

/// A secret in plain, in hex, and in base64 at each of its three alignments within a longer text.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let random = secret.strip_prefix("hs_").expect("a secret of ours");
    let mut forms = vec![
        random.as_bytes().to_vec(),
        hex::encode(random).into_bytes(),
        hex::encode_upper(random).into_bytes(),
    ];
    for text in [secret, random] {
        for skipped in 0..3 {
            // Whole groups of three bytes, so that what stands before and after does not change them.
            let bytes = &text.as_bytes()[skipped..];
            let whole = &bytes[..bytes.len() / 3 * 3];
            forms.push(STANDARD.encode(whole).into_bytes());
            forms.push(STANDARD_NO_PAD.encode(whole).into_bytes());
            forms.push(URL_SAFE_NO_PAD.encode(whole).into_bytes());
        }
    }
    forms
}

fn contains(content: &[u8], form: &[u8]) -> bool {
    content.windows(form.len()).any(|window| window == form)
}

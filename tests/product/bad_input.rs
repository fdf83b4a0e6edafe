//! Bad input for every route: a 4xx problem, never a 5xx, never a panic, and nothing written.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::stack::Stack;

const ID: &str = "hk_01jd3v9m2x8c5q7w4n6t0r1z2y";

/// Every route that takes a token, and a body it would take.
fn routes() -> Vec<(Method, String, Value)> {
    vec![
        (
            Method::POST,
            "/v1/keys".into(),
            json!({"name": "x", "scheme": "basic"}),
        ),
        (Method::GET, "/v1/keys".into(), Value::Null),
        (Method::GET, format!("/v1/keys/{ID}"), Value::Null),
        (Method::GET, format!("/v1/keys/{ID}/history"), Value::Null),
        (
            Method::PATCH,
            format!("/v1/keys/{ID}"),
            json!({"name": "x"}),
        ),
        (
            Method::POST,
            format!("/v1/keys/{ID}/revoke"),
            json!({"reason": "x"}),
        ),
        (Method::POST, "/v1/keys/revoke".into(), json!({"ids": [ID]})),
        (Method::GET, "/v1/account".into(), Value::Null),
        (Method::POST, "/v1/account".into(), Value::Null),
        (Method::POST, "/v1/account/verification".into(), Value::Null),
        (Method::POST, "/v1/accounts/acme/verify".into(), Value::Null),
    ]
}

fn facts() -> Value {
    json!({"method": "GET", "target": "/", "headers": []})
}

async fn refused(stack: &Stack, what: &str, request: RequestBuilder) {
    let answer = stack.send(request).await;
    assert!(answer.status.is_client_error(), "{what}: {answer:?}");
    answer.problem();
}

/// Nothing was written by all this, and the stack still works.
async fn unharmed(stack: &Stack) {
    let token = stack.token("admin@acme").await;
    let list = stack
        .manage(&token, Method::GET, "/v1/keys", Value::Null)
        .await
        .json();
    assert_eq!(list["keys"], json!([]));
    let log = std::fs::read_to_string(stack.data().join("log")).expect("the log");
    assert!(!log.contains("panicked"), "{log}");
}

#[tokio::test]
async fn forged_expired_and_unsigned_tokens_open_no_route() {
    let stack = Stack::start().await;
    let expired = stack.token_for("admin@acme", -600).await;
    let good = stack.token("admin@acme").await;
    let parts: Vec<&str> = good.split('.').collect();
    let unsigned = {
        use base64::Engine as _;
        let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let header = engine.encode(r#"{"alg":"none","typ":"JWT"}"#);
        [
            format!("{header}.{}.", parts[1]),
            format!("{header}.{}.{}", parts[1], parts[2]),
        ]
    };
    let other = stack.token("admin@initech").await;
    let spliced = format!(
        "{}.{}.{}",
        parts[0],
        other.split('.').nth(1).unwrap_or_default(),
        parts[2]
    );
    let truncated = &good[..good.len() - 4];
    let service = stack.service_token();
    let long = "a".repeat(9_000);
    let bad = [
        expired.as_str(),
        &unsigned[0],
        &unsigned[1],
        &spliced,
        truncated,
        &service,
        "",
        "x",
        "a.b.c",
        &long,
    ];
    for (method, path, body) in routes() {
        for token in bad {
            refused(
                &stack,
                &format!("{method} {path} {token:.20}"),
                stack
                    .request(method.clone(), &path)
                    .bearer_auth(token)
                    .json(&body),
            )
            .await;
        }
        for scheme in ["Basic YTpi", "bearer", "Bearer", "Bearer  "] {
            let request = stack
                .request(method.clone(), &path)
                .header("authorization", scheme)
                .json(&body);
            refused(&stack, &format!("{method} {path} {scheme}"), request).await;
        }
        refused(
            &stack,
            &format!("{method} {path} without a token"),
            stack.request(method, &path).json(&body),
        )
        .await;
    }
    for token in [good.as_str(), "", "x", &long] {
        let request = stack
            .request(Method::POST, "/v1/verify")
            .bearer_auth(token)
            .json(&facts());
        refused(&stack, &format!("verify {token:.20}"), request).await;
    }
    unharmed(&stack).await;
}

#[tokio::test]
async fn bodies_of_the_wrong_type_size_or_encoding_are_refused_by_every_route_that_takes_one() {
    let stack = Stack::start().await;
    let (admin, service) = (stack.token("admin@acme").await, stack.service_token());
    let bodied = routes()
        .into_iter()
        .filter(|(_, _, body)| !body.is_null())
        .map(|route| (route, &admin));
    let verify = [((Method::POST, "/v1/verify".to_owned(), facts()), &service)];
    for ((method, path, good), token) in bodied.chain(verify) {
        let send = |what: &str, content_type: &str, body: Vec<u8>| {
            let request = stack
                .request(method.clone(), &path)
                .bearer_auth(token)
                .header("content-type", content_type);
            (format!("{method} {path} {what}"), request.body(body))
        };
        let mut unknown = good.clone();
        unknown["surprise"] = json!(1);
        let mut cases = vec![
            send("is not JSON", "application/json", b"{".to_vec()),
            send("is a list", "application/json", b"[]".to_vec()),
            send("is a number", "application/json", b"1".to_vec()),
            send("is text", "application/json", br#""x""#.to_vec()),
            send("is null", "application/json", b"null".to_vec()),
            send(
                "has an unknown field",
                "application/json",
                unknown.to_string().into_bytes(),
            ),
            send(
                "is not UTF-8",
                "application/json",
                b"{\"name\": \"\xff\xfe\", \"reason\": \"\xff\"}".to_vec(),
            ),
            send("is 1 MB of spaces", "application/json", vec![b' '; 1 << 20]),
            send(
                "is 1 MB of brackets",
                "application/json",
                vec![b'['; 1 << 20],
            ),
            send(
                "is a form",
                "application/x-www-form-urlencoded",
                good.to_string().into_bytes(),
            ),
        ];
        for field in good
            .as_object()
            .into_iter()
            .flat_map(|members| members.keys())
        {
            for wrong in [
                json!(null),
                json!(1),
                json!(true),
                json!([1]),
                json!({"x": 1}),
                json!("\u{0}"),
                json!("x".repeat(1000)),
            ] {
                // A null reason is no reason, and a text is a fine target.
                let fine = (field == "reason" && wrong.is_null())
                    || (path == "/v1/verify" && wrong.is_string() && field != "headers");
                if !fine {
                    let mut body = good.clone();
                    body[field] = wrong.clone();
                    cases.push(send(
                        &format!("{field} = {wrong:.20}"),
                        "application/json",
                        body.to_string().into_bytes(),
                    ));
                }
            }
            if field != "reason" {
                let mut body = good.clone();
                body.as_object_mut().expect("an object").remove(field);
                cases.push(send(
                    &format!("lacks {field}"),
                    "application/json",
                    body.to_string().into_bytes(),
                ));
            }
        }
        for (what, request) in cases {
            refused(&stack, &what, request).await;
        }
    }
    unharmed(&stack).await;
}

#[tokio::test]
async fn paths_queries_and_headers_beyond_reason_are_refused() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    for path in [
        "/v1/keys?limit=0",
        "/v1/keys?limit=101",
        "/v1/keys?limit=-1",
        "/v1/keys?limit=x",
        "/v1/keys?limit=1&limit=2",
        "/v1/keys?scheme=",
        "/v1/keys?scheme=Basic",
        "/v1/keys?status=dead",
        "/v1/keys?cursor=",
        "/v1/keys?cursor=1.AAAA",
        "/v1/keys?cursor=%00",
        "/v1/keys?unknown=1",
        "/v1/keys/",
        "/v1/keys/x",
        "/v1/keys/%00",
        "/v1/keys/%ff",
        "/v1/keys/..%2f..",
        "/v1/keys/hk_01JD3V9M2X8C5Q7W4N6T0R1Z2Y",
        "/v1/keys/x/history",
        "/v1/nothing",
        "/nothing",
        "//",
        "/v2/keys",
    ] {
        refused(
            &stack,
            path,
            stack.request(Method::GET, path).bearer_auth(&token),
        )
        .await;
    }
    let long_path = format!("/v1/keys/{}", "x".repeat(7_000));
    refused(
        &stack,
        "a long path",
        stack.request(Method::GET, &long_path).bearer_auth(&token),
    )
    .await;
    refused(
        &stack,
        "another method",
        stack
            .request(Method::DELETE, "/v1/keys")
            .bearer_auth(&token),
    )
    .await;

    let create = || {
        stack
            .request(Method::POST, "/v1/keys")
            .bearer_auth(&token)
            .json(&json!({"name": "x", "scheme": "basic"}))
    };
    for key in ["", " ", "a b", "ü", &"x".repeat(256)] {
        refused(
            &stack,
            &format!("idempotency key {key:.10}"),
            create().header("idempotency-key", key),
        )
        .await;
    }
    refused(
        &stack,
        "two idempotency keys",
        create()
            .header("idempotency-key", "a")
            .header("idempotency-key", "b"),
    )
    .await;
    refused(
        &stack,
        "a huge header",
        create().header("x-huge", "x".repeat(100_000)),
    )
    .await;
    let mut many = create();
    for number in 0..500 {
        many = many.header(format!("x-{number}"), "more than ten kilobytes together");
    }
    refused(&stack, "five hundred headers", many).await;
    unharmed(&stack).await;
}

#[tokio::test]
async fn several_revocations_are_bounded() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    for ids in [json!([]), json!(vec![ID; 51]), json!([1]), json!("x")] {
        let request = stack
            .request(Method::POST, "/v1/keys/revoke")
            .bearer_auth(&token)
            .json(&json!({"ids": ids}));
        refused(&stack, "ids", request).await;
    }
    unharmed(&stack).await;
}

#[tokio::test]
async fn facts_that_can_be_no_request_are_a_refusal_and_not_an_error() {
    let stack = Stack::start().await;
    for (member, value) in [
        ("method", json!("GE T")),
        ("method", json!("")),
        ("target", json!("")),
        ("target", json!("/a b")),
        ("target", json!("/ü")),
        ("headers", json!([["a b", "x"]])),
        ("headers", json!([["a", "x\r\ny"]])),
        ("headers", json!(vec![["a", "b"]; 200])),
        ("body_base64", json!("!!!")),
        ("body_base64", json!("e30")),
        ("body_digests", json!({"md5": "zz"})),
        ("target", json!("x".repeat(9_000))),
        ("headers", json!([["authorization", "x".repeat(9_000)]])),
    ] {
        let mut facts = facts();
        facts[member] = value;
        let decision = stack.verify(&facts).await;
        assert_eq!(decision["outcome"], "malformed", "{member}: {decision}");
    }
    unharmed(&stack).await;
}

/// What is answered to these bytes. A library would not send all of them.
async fn raw(stack: &Stack, request: &str) -> String {
    let url = stack.url();
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_host_that_is_not_a_name_of_this_machine_and_a_port_is_refused() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let head = |host: &str, target: &str| {
        format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        )
    };
    for host in [
        "localhost:+80",
        "127.0.0.1:+3000",
        "localhost:-1",
        "localhost:",
        "localhost:99999",
        "localhost:000080",
        "localhost:0x50",
        "localhost:80:80",
        "localhost:80 80",
        "localhost:80/",
        "localhost:80#",
        "[::1]x",
        "[::1]:80",
        "[::1",
        "127.0.0.1.:80",
        "user@localhost",
        "localhost%20",
        "",
    ] {
        let answer = raw(&stack, &head(host, "/v1/account")).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{host}: {answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    for host in ["localhost", "LOCALHOST:80", "127.0.0.1:65535"] {
        let answer = raw(&stack, &head(host, "/v1/account")).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{host}: {answer}");
    }
    for target in [
        "http://[::1/v1/account",
        "http://localhost:+80/v1/account",
        "http://a@b:99999/v1/account",
        "//localhost:+80/v1/account",
        "/v1/keys/[::1",
        "/v1/keys/\\\\",
        "/v1/keys/^`|{}\"<>",
        "/v1/keys/%",
        "/v1/keys?%[]{}|",
    ] {
        let answer = raw(&stack, &head("localhost", target)).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{target}: {answer}");
    }
    unharmed(&stack).await;
}

#[tokio::test]
async fn a_revocation_whose_body_is_no_object_revokes_nothing() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let (id, secret) = stack.create_key(&token, "Live", "basic").await;
    for body in ["[]", "[\"leaked\"]", "null", "\"leaked\"", " "] {
        let request = stack
            .request(Method::POST, &format!("/v1/keys/{id}/revoke"))
            .bearer_auth(&token)
            .header("content-type", "application/json")
            .body(body);
        refused(&stack, body, request).await;
    }
    assert_eq!(stack.outcome_of_basic(&id, &secret).await, "valid");
}

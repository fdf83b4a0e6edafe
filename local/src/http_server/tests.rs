//! The gateway over a socket, with toy functions behind it.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use hubkeys_api::Answer;
use lambda_http::{Body as FunctionBody, Request as FunctionRequest, RequestExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::*;
use crate::authorizer::Authorizers;
use crate::functions::{Function, FunctionError, Functions, adapt};
use crate::issuer::Issuer;
use crate::template::{Authorizer, Route};
use crate::testing::Log;

const SERVICE: &str = "Authorization: Bearer hst_service\r\n";

/// Of the slow function, which goes on when it is told to.
static BEGUN: Semaphore = Semaphore::const_new(0);
static GO_ON: Semaphore = Semaphore::const_new(0);
static ENDED: Semaphore = Semaphore::const_new(0);

async fn toy(request: FunctionRequest) -> Answer {
    match request.path_parameters().first("id") {
        Some("panic") => panic!("a function panicked"),
        Some("slow") => {
            BEGUN.add_permits(1);
            GO_ON.acquire().await.unwrap().forget();
            ENDED.add_permits(1);
            Ok(lambda_http::Response::new("slow".into()))
        }
        Some("binary") => {
            let answer =
                lambda_http::Response::builder().header("Content-Type", "application/octet-stream");
            Ok(answer.body(FunctionBody::Binary(vec![0, 255])).unwrap())
        }
        _ => {
            let echo = format!("{} {}", request.uri().path(), request.body().len());
            let answer = lambda_http::Response::builder()
                .status(201)
                .header("Location", "/there")
                .header("Set-Cookie", "a=1")
                .header("Set-Cookie", "b=2");
            Ok(answer.body(echo.into()).unwrap())
        }
    }
}

/// The toy, or a function that fails, which only one that takes events itself can.
fn toy_or_failure() -> Function {
    let toy = adapt(toy);
    Arc::new(
        move |event, context| match event["pathParameters"]["id"].as_str() {
            Some("fail") => {
                Box::pin(async { Err(FunctionError::Failed("a function failed".to_owned())) })
            }
            _ => toy(event, context),
        },
    )
}

struct Server {
    address: SocketAddr,
    issuer: Issuer,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<()>,
}

impl Server {
    async fn start() -> Self {
        let pem = Issuer::generate_key().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let origin = format!("http://{address}");
        let route = |path: &str, authorizer| Route {
            method: "POST".to_owned(),
            path: path.to_owned(),
            function: "toy".to_owned(),
            authorizer,
        };
        let routes = vec![
            route("/service/{id}", Authorizer::Iam),
            route("/user", Authorizer::Jwt),
        ];
        let authorizers = Authorizers {
            issuer: Issuer::from_pem(&pem, &origin).unwrap(),
            service_token: Zeroizing::new("hst_service".to_owned()),
        };
        let functions: Functions = BTreeMap::from([("toy", toy_or_failure())]);
        let gateway = Gateway::new(routes, functions, authorizers).unwrap();
        let site = Site {
            gateway,
            sign_in: SignIn::new(),
            pages: Pages::new("no pages".as_ref()).unwrap(),
            address,
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(serve(listener, Arc::new(site), async {
            let _ = stopped.await;
        }));
        Self {
            address,
            issuer: Issuer::from_pem(&pem, &origin).unwrap(),
            stop,
            served,
        }
    }

    /// Sends `request` as it is, and reads until the server closes.
    async fn raw(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn send(&self, line: &str, headers: &str, body: &str) -> String {
        let length = body.len();
        self.raw(
            format!(
                "{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{headers}\
                 Content-Length: {length}\r\n\r\n{body}"
            )
            .as_bytes(),
        )
        .await
    }
}

fn assert_problem(answer: &str, status: &str, name: &str) {
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status}")),
        "{answer}"
    );
    assert!(
        answer.contains("content-type: application/problem+json"),
        "{answer}"
    );
    assert!(
        answer.contains(&format!("\"urn:problem-type:hubkeys:{name}\"")),
        "{answer}"
    );
    let id = answer
        .split("x-request-id: ")
        .nth(1)
        .unwrap()
        .split("\r\n")
        .next()
        .unwrap();
    assert!(
        answer.contains(&format!("\"request_id\":\"{id}\"")),
        "{answer}"
    );
}

#[tokio::test]
async fn a_request_reaches_the_function_and_its_answer_the_client() {
    let server = Server::start().await;
    let answer = server.send("POST /service/a?b=c", SERVICE, "12345").await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    for part in [
        "location: /there",
        "set-cookie: a=1",
        "set-cookie: b=2",
        "x-request-id: ",
    ] {
        assert!(answer.contains(part), "{answer}");
    }
    assert!(answer.ends_with("/service/a 5"), "{answer}");
    let head = "POST /service/binary HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n";
    let answer = server.raw(format!("{head}{SERVICE}\r\n").as_bytes()).await;
    assert!(answer.contains("content-length: 2\r\n"), "{answer}");
}

#[tokio::test]
async fn a_function_that_panics_or_fails_is_a_500_and_the_server_goes_on() {
    let server = Server::start().await;
    for id in ["panic", "fail"] {
        let answer = server
            .send(&format!("POST /service/{id}"), SERVICE, "")
            .await;
        assert_problem(&answer, "500", "internal");
        assert!(!answer.contains("a function"), "{answer}");
    }
    assert!(
        server
            .send("POST /service/a", SERVICE, "")
            .await
            .starts_with("HTTP/1.1 201")
    );
}

#[tokio::test]
async fn a_function_that_was_begun_runs_to_its_end_though_its_client_be_gone() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = "POST /service/slow HTTP/1.1\r\nHost: localhost\r\n";
    let request = format!("{head}{SERVICE}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    soon(BEGUN.acquire()).await.unwrap().forget();
    drop(stream);
    // Sooner than it gives up: so nothing is left of the connection, which it would wait for.
    server.stop.send(()).unwrap();
    soon(server.served).await.unwrap();
    GO_ON.add_permits(1);
    soon(ENDED.acquire()).await.unwrap().forget();
}

/// A test that fails ends.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(STOP_TIMEOUT / 2, what).await.unwrap()
}

#[tokio::test]
async fn a_request_is_logged_by_its_route_and_never_by_its_path() {
    let log = Log::default();
    let sink = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(move || sink.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = Server::start().await;
    for (line, headers, route) in [
        ("POST /service/a", SERVICE, "POST /service/{id}"),
        ("POST /service/a", "", "POST /service/{id}"),
        ("GET /health", "", "/health"),
        ("POST /health", "", "/health"),
        ("GET /hs_canary", "", "none"),
        ("DELETE /user", "", "none"),
        ("GET /health", "Host: evil\r\n", "none"),
    ] {
        server.send(line, headers, "").await;
        let logged = log.take();
        let field = format!("\"route\":\"{route}\"");
        assert!(logged.contains(&field), "{line}: {logged}");
        assert!(!logged.contains("canary"), "{logged}");
    }
}

#[tokio::test]
async fn users_and_services_are_told_apart() {
    let server = Server::start().await;
    let now = jiff::Timestamp::now().as_second();
    let bearer = |lifetime| {
        let token = server
            .issuer
            .token(&crate::DEMO_USERS[0], now, lifetime)
            .unwrap();
        format!("Authorization: Bearer {token}\r\n")
    };
    let good = bearer(60);
    assert!(
        server
            .send("POST /user", &good, "")
            .await
            .starts_with("HTTP/1.1 201")
    );
    assert_problem(
        &server.send("POST /service/a", &good, "").await,
        "401",
        "unauthenticated",
    );
    assert_problem(
        &server.send("POST /user", SERVICE, "").await,
        "401",
        "unauthenticated",
    );
    let missing = server.send("POST /user", "", "").await;
    assert_problem(&missing, "401", "unauthenticated");
    assert!(
        missing.contains("www-authenticate: Bearer\r\n"),
        "{missing}"
    );
    let expired = server.send("POST /user", &bearer(-1), "").await;
    assert_problem(&expired, "401", "unauthenticated");
    assert!(
        expired.contains("error=\"invalid_token\", error_description=\"the token has expired\""),
        "{expired}"
    );
}

#[tokio::test]
async fn what_no_route_takes_is_a_problem() {
    let server = Server::start().await;
    assert_problem(
        &server.send("GET /nowhere", "", "").await,
        "404",
        "not-found",
    );
    assert_problem(
        &server.send("POST /service/", SERVICE, "").await,
        "404",
        "not-found",
    );
    let other = server.send("DELETE /user", "", "").await;
    assert_problem(&other, "405", "method-not-allowed");
    assert!(other.contains("allow: POST\r\n"), "{other}");
    assert_problem(
        &server.send("GET /oauth2/token", "", "").await,
        "405",
        "method-not-allowed",
    );
    assert_problem(
        &server.send("POST /health", "", "").await,
        "405",
        "method-not-allowed",
    );
}

#[tokio::test]
async fn absurd_requests_are_refused_with_a_problem() {
    let server = Server::start().await;
    let long = format!("X-Long: {}\r\n", "x".repeat(11_000));
    assert_problem(
        &server.send("POST /user", &long, "").await,
        "431",
        "header-fields-too-large",
    );
    let many = "X-Many: 1\r\n".repeat(950);
    assert_problem(
        &server.send("POST /user", &many, "").await,
        "431",
        "header-fields-too-large",
    );
    let target = format!("POST /{}", "x".repeat(11_000));
    assert_problem(
        &server.send(&target, "", "").await,
        "431",
        "header-fields-too-large",
    );
    let body = "x".repeat(6 * 1024 * 1024 + 1);
    assert_problem(
        &server.send("POST /service/a", SERVICE, &body).await,
        "413",
        "body-too-large",
    );
    let latin =
        b"POST /user HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nX-Name: caf\xe9\r\n\r\n";
    assert_problem(&server.raw(latin).await, "400", "invalid-request");
    for (host, status, name) in [
        ("", "400", "invalid-request"),
        (
            "Host: 127.0.0.1\r\nHost: 127.0.0.1\r\n",
            "400",
            "invalid-request",
        ),
        ("Host: evil.example:3000\r\n", "421", "misdirected"),
        ("Host: 127.0.0.1:99999\r\n", "421", "misdirected"),
        ("Host: 127.0.0.1@evil\r\n", "421", "misdirected"),
        ("Host: 127.0.0.1:+80\r\n", "421", "misdirected"),
        ("Host: localhost:\r\n", "421", "misdirected"),
        ("Host: localhost:000080\r\n", "421", "misdirected"),
    ] {
        let request = format!("POST /user HTTP/1.1\r\nConnection: close\r\n{host}\r\n");
        assert_problem(&server.raw(request.as_bytes()).await, status, name);
    }
}

/// What has arrived of an answer once its end, `last`, is here.
async fn answer_until(stream: &mut TcpStream, last: &str) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(last.as_bytes()) {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "closed");
    }
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_stranger_is_refused_before_the_body_is_here_and_can_send_all_of_it() {
    let server = Server::start().await;
    for (line, status, name) in [
        ("POST /service/a", "401", "unauthenticated"),
        ("POST /nowhere", "404", "not-found"),
        ("DELETE /user", "405", "method-not-allowed"),
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = format!("{line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = answer_until(&mut stream, "}").await;
        assert_problem(&answer, status, name);
        // The rest is read, so that the next request on the connection is one again.
        stream.write_all(&vec![b'x'; 5_000_000]).await.unwrap();
        let next = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
        stream.write_all(next).await.unwrap();
        let answer = answer_until(&mut stream, "}").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

#[tokio::test]
async fn a_connection_too_many_waits_for_one_to_end() {
    let server = Server::start().await;
    let ask = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut open = Vec::new();
    for _ in 0..MAX_CONNECTIONS {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(ask).await.unwrap();
        answer_until(&mut stream, "}").await;
        open.push(stream);
    }
    let mut waiting = TcpStream::connect(server.address).await.unwrap();
    waiting.write_all(ask).await.unwrap();
    let answer = answer_until(&mut waiting, "}");
    let mut answer = std::pin::pin!(answer);
    // As long as it would have taken many times over.
    let early = tokio::time::timeout(Duration::from_millis(200), &mut answer).await;
    assert!(early.is_err(), "{early:?}");
    drop(open.pop());
    assert!(answer.await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_target_that_is_hard_to_parse_is_no_server_error() {
    let server = Server::start().await;
    for target in [
        "//evil/service/a",
        "/service/a%",
        "/service/%00",
        "/service/%ff",
        "/service/a?%",
        "/service/a?{}\"'|`",
        "/service/..",
        "/service/%2e%2e",
        "/service/a;b",
        "http://evil/service/a",
        "*",
        "/service/a?a=1#b",
        "/service/[::1",
        "/service/\\",
        "/service/\u{e9}",
    ] {
        let answer = server.send(&format!("POST {target}"), SERVICE, "").await;
        assert!(
            answer.starts_with("HTTP/1.1 201") || answer.starts_with("HTTP/1.1 4"),
            "{target}: {answer}"
        );
    }
    for headers in [
        "X-Forwarded-Proto: 1 \\//\r\n",
        "X-Forwarded-Host: @\r\n",
        "Cookie: ;;=\t\r\n",
        "User-Agent:\r\n",
    ] {
        let answer = server
            .send("POST /service/a", &format!("{SERVICE}{headers}"), "")
            .await;
        assert!(answer.starts_with("HTTP/1.1 201"), "{headers}: {answer}");
    }
}

#[tokio::test]
async fn a_demo_user_signs_in_and_others_do_not() {
    let server = Server::start().await;
    let form = "grant_type=password&username=admin%40acme&password=any";
    let answer = server.send("POST /oauth2/token", "", form).await;
    let answer: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(
        (&answer["token_type"], &answer["expires_in"]),
        (&json!("Bearer"), &json!(3600))
    );
    let bearer = format!(
        "Authorization: Bearer {}\r\n",
        answer["access_token"].as_str().unwrap()
    );
    assert!(
        server
            .send("POST /user", &bearer, "")
            .await
            .starts_with("HTTP/1.1 201")
    );
    for refused in [
        "",
        "username=admin%40acme",
        "grant_type=password",
        "grant_type=password&username=mallory",
        "grant_type=client_credentials&username=admin%40acme",
        "grant_type=password&username=admin%40acme&expires_in=3601",
        "grant_type=password&username=admin%40acme&expires_in=x",
    ] {
        let answer = server.send("POST /oauth2/token", "", refused).await;
        assert!(
            answer.starts_with("HTTP/1.1 400") && answer.contains("{\"error\":\""),
            "{refused}: {answer}"
        );
    }
    let long = "x".repeat(13 * 1024);
    assert_problem(
        &server.send("POST /oauth2/token", "", &long).await,
        "413",
        "body-too-large",
    );
}

#[tokio::test]
async fn the_stacks_own_pages_answer() {
    let server = Server::start().await;
    for (path, part) in [
        ("/health", "\"ok\""),
        ("/local/users", "operator@hubkeys"),
        ("/.well-known/jwks.json", "\"kty\":\"EC\""),
        ("/openapi.json", "cache-control: no-cache"),
        ("/local/pages.css", "prefers-color-scheme"),
    ] {
        let answer = server.send(&format!("GET {path}"), "", "").await;
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.contains(part),
            "{answer}"
        );
        assert!(answer.contains("x-request-id: "), "{answer}");
    }
}

#[tokio::test]
async fn stopping_closes_idle_connections_and_the_port() {
    let server = Server::start().await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    idle.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    server.stop.send(()).unwrap();
    server.served.await.unwrap();
    idle.read_to_end(&mut Vec::new()).await.unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

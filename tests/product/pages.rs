//! The Hub's pages, served from a folder in the form of its build.

use std::path::Path;

use reqwest::header::{HOST, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Method, Response, StatusCode};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::stack::{Stack, http};

const SCRIPT: &str = "console.log('a script that is long enough')";

/// A build, and a stack that serves it.
async fn serving() -> (TempDir, Stack) {
    let folder = TempDir::new().expect("a temporary folder");
    let dist = folder.path().join("dist");
    for (name, text) in [
        ("index.html", "<!doctype html><title>Hub</title>"),
        ("docs/index.html", "<!doctype html><title>Portal</title>"),
        (
            "docs/reference/index.html",
            "<!doctype html><title>Reference</title>",
        ),
        ("assets/app-1a2b.js", SCRIPT),
        ("assets/app-1a2b.js.gz", "compressed beforehand"),
        ("v1/keys", "no route of the API"),
        ("v1/unknown/.hidden", "hidden"),
        (".stamp", "hidden"),
    ] {
        write(&dist.join(name), text);
    }
    write(&folder.path().join("outside"), "outside");
    let hub = dist.to_str().expect("text");
    let stack = Stack::start_in(&folder.path().join("data"), &["--hub", hub]).await;
    (folder, stack)
}

fn write(file: &Path, text: &str) {
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    std::fs::write(file, text).expect("a file");
}

async fn get(stack: &Stack, path: &str, headers: &[(&str, &str)]) -> Response {
    send(stack, Method::GET, path, headers).await
}

async fn send(stack: &Stack, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let http = http().redirect(Policy::none()).build().expect("a client");
    let mut request = http.request(method, format!("{}{path}", stack.url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name);
    let value = value.and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// The status and body of a target sent as it is, which clients would tidy up first.
async fn raw(stack: &Stack, target: &str) -> String {
    let address = stack.url();
    let address = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn every_path_of_the_hub_and_the_portal_has_its_page() {
    let (_folder, stack) = serving().await;
    for (path, title) in [
        ("/", "Hub"),
        ("/settings/api-settings", "Hub"),
        ("/settings/api-settings/keys/hk_1?a=b", "Hub"),
        ("/sign-in/callback?code=a&state=b", "Hub"),
        ("/signed-out", "Hub"),
        ("/docs", "Portal"),
        ("/docs/guides/basic", "Portal"),
        ("/docs/reference", "Reference"),
    ] {
        let response = get(&stack, path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(
            header(&response, "content-type"),
            "text/html; charset=utf-8"
        );
        assert_eq!(header(&response, "cache-control"), "no-cache");
        assert!(!header(&response, "x-request-id").is_empty());
        let text = response.text().await.expect("a page");
        assert!(text.contains(&format!("<title>{title}<")), "{path}: {text}");
        let head = send(&stack, Method::HEAD, path, &[]).await;
        assert_eq!(head.status(), StatusCode::OK, "{path}");
        assert_eq!(head.text().await.expect("no body"), "");
        let post = send(&stack, Method::POST, path, &[]).await;
        assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(header(&post, "allow"), "GET, HEAD");
    }
}

#[tokio::test]
async fn pages_have_exactly_the_headers_of_the_one_file() {
    let (_folder, stack) = serving().await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/pages-headers.json");
    let file = std::fs::read(file).expect("the file");
    let declared: serde_json::Value = serde_json::from_slice(&file).expect("JSON");
    let declared = declared["prefixes"].as_array().expect("prefixes");
    let of = |prefix: &str, name: &str| {
        let entry = declared.iter().find(|entry| entry["prefix"] == prefix);
        let value = entry.and_then(|entry| entry["headers"][name].as_str());
        value.map(|value| value.replace(" {issuer}", ""))
    };
    let names = declared[0]["headers"].as_object().expect("headers");
    for (path, prefix) in [
        ("/", "/"),
        ("/docs", "/docs"),
        ("/docs/reference", "/docs/reference"),
        ("/sign-in/popup", "/sign-in/popup"),
        ("/assets/app-1a2b.js", "/assets"),
    ] {
        let response = get(&stack, path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        for name in names.keys() {
            let expected = of(prefix, name).or_else(|| of("/", name));
            let sent = response.headers().get_all(name).iter().count();
            assert_eq!(sent, 1, "{path}: {name}");
            assert_eq!(Some(header(&response, name)), expected, "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn an_asset_is_compressed_if_asked_for_and_not_sent_twice() {
    let (_folder, stack) = serving().await;
    let path = "/assets/app-1a2b.js";
    let plain = get(&stack, path, &[]).await;
    assert_eq!(header(&plain, "content-type"), "text/javascript");
    assert_eq!(header(&plain, "vary"), "accept-encoding");
    let since = header(&plain, "last-modified");
    assert_eq!(plain.text().await.expect("a script"), SCRIPT);
    let compressed = get(&stack, path, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(header(&compressed, "content-encoding"), "gzip");
    assert_eq!(header(&compressed, "content-type"), "text/javascript");
    let again = get(&stack, path, &[("if-modified-since", &since)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(
        header(&again, "cache-control"),
        "public, max-age=31536000, immutable"
    );
}

#[tokio::test]
async fn what_is_no_page_is_the_apis_and_what_is_outside_is_nobodys() {
    let (folder, stack) = serving().await;
    let dist = folder.path().join("dist");
    std::os::unix::fs::symlink("../outside", dist.join("link")).expect("a link");
    for target in [
        "/v1/unknown",
        "/v1/unknown/.hidden",
        "/.stamp",
        "/%2estamp",
        "/link",
        "/assets",
        "/assets/",
        "/assets/app-1a2b.js/",
        "/../outside",
        "/%2e%2e/outside",
        "/..%2foutside",
        "/assets/..%5c..%5coutside",
        "/assets/%2e%2e/%2e%2e/outside",
        "//outside",
        "/index.html%00",
        "/settingsx",
    ] {
        let answer = raw(&stack, target).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{target}: {answer}");
        assert!(
            answer.contains("application/problem+json"),
            "{target}: {answer}"
        );
        assert!(answer.contains("x-request-id: "), "{target}: {answer}");
    }
    // A file can't take a route's place.
    let answer = raw(&stack, "/v1/keys").await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[tokio::test]
async fn a_page_has_one_address_and_other_hosts_are_refused() {
    let (_folder, stack) = serving().await;
    let url = stack.url();
    let port = url.rsplit(':').next().unwrap_or_default();
    let localhost = format!("localhost:{port}");
    for path in [
        "/",
        "/settings/api-settings?a=b",
        "/oauth2/authorize?a=b",
        "/logout",
    ] {
        let response = get(&stack, path, &[(HOST.as_str(), &localhost)]).await;
        assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT, "{path}");
        assert_eq!(response.headers()[LOCATION], format!("{url}{path}"));
    }
    // One address for each page.
    let slash = get(&stack, "/docs/", &[]).await;
    assert_eq!(slash.headers()[LOCATION], format!("{url}/docs"));
    // The API has no cookies and is the same at either name.
    let health = get(&stack, "/health", &[(HOST.as_str(), &localhost)]).await;
    assert_eq!(health.status(), StatusCode::OK);
    let foreign = get(&stack, "/", &[(HOST.as_str(), "evil.example")]).await;
    assert_eq!(foreign.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn a_stack_without_the_hub_says_how_to_get_it() {
    let stack = Stack::start().await;
    let response = get(&stack, "/", &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(header(&response, "content-security-policy").starts_with("default-src 'none'"));
    let page = response.text().await.expect("a page");
    assert!(page.contains("script/server"), "{page}");
    let other = get(&stack, "/settings/api-settings", &[]).await;
    assert_eq!(other.status(), StatusCode::NOT_FOUND);
    assert_eq!(header(&other, "content-type"), "application/problem+json");
}

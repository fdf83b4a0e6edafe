//! The whole stack, started and stopped.

use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::DEMO_USERS;
use crate::testing::Folder;

impl Stack {
    async fn in_folder(folder: &Folder) -> Result<Self, StartError> {
        Self::start(Options {
            data: folder.path().to_owned(),
            port: 0,
            hub: None,
            database: None,
        })
        .await
    }

    /// What a demo user is answered, without a socket between.
    async fn ask(&self, user: &str, route: &str, body: Value) -> (StatusCode, Value) {
        let user = DEMO_USERS.iter().find(|known| known.name == user).unwrap();
        let now = Timestamp::now().as_second();
        let token = self
            .site
            .gateway
            .authorizers
            .issuer
            .token(user, now, 60)
            .unwrap();
        let (method, path) = route.split_once(' ').unwrap();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/json")
            .body(Body::from(if body.is_null() {
                String::new()
            } else {
                body.to_string()
            }));
        let answer = self
            .site
            .gateway
            .answer(request.unwrap(), Uuid::now_v7())
            .await
            .unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }
}

#[tokio::test]
async fn keys_and_demo_accounts_survive_a_restart() {
    let folder = Folder::new();
    let stack = Stack::in_folder(&folder).await.unwrap();
    let wanted = json!({ "name": "Billing", "scheme": "basic" });
    let (status, created) = stack
        .ask("admin@acme", "POST /v1/keys", wanted.clone())
        .await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    stack.serve_until(async {}).await.unwrap();

    let stack = Stack::in_folder(&folder).await.unwrap();
    let route = format!("GET /v1/keys/{}", created["id"].as_str().unwrap());
    let (status, key) = stack.ask("admin@acme", &route, Value::Null).await;
    assert_eq!(
        (status, &key["name"]),
        (StatusCode::OK, &wanted["name"]),
        "{key}"
    );
    let (status, _) = stack.ask("admin@initech", &route, Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    for (user, standing) in [
        ("basic@acme", "verified"),
        ("basic@initech", "verified"),
        ("basic@globex", "unverified"),
    ] {
        let (_, account) = stack.ask(user, "GET /v1/account", Value::Null).await;
        assert_eq!(account["standing"], standing, "{user}");
    }
    let (status, _) = stack.ask("admin@globex", "POST /v1/keys", wanted).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    stack.serve_until(async {}).await.unwrap();
}

#[tokio::test]
async fn a_folder_or_a_port_in_use_is_one_line() {
    let folder = Folder::new();
    let stack = Stack::in_folder(&folder).await.unwrap();
    let error = Stack::in_folder(&folder).await.unwrap_err();
    assert!(matches!(error, StartError::FolderInUse(_)), "{error}");
    let other = Folder::new();
    let port = stack.address().port();
    let options = Options {
        data: other.path().to_owned(),
        port,
        hub: None,
        database: None,
    };
    let error = Stack::start(options).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("port {port} is in use: stop what listens there or choose another with --port")
    );
    // A start that failed holds nothing.
    Stack::in_folder(&other).await.unwrap();
}

#[tokio::test]
async fn what_is_secret_in_the_folder_is_private_and_a_broken_key_is_named() {
    let folder = Folder::new();
    let stack = Stack::in_folder(&folder).await.unwrap();
    let token = std::fs::read_to_string(stack.service_token_file()).unwrap();
    assert!(
        token.starts_with("hst_") && token.len() == 47,
        "{} characters",
        token.len()
    );
    drop(stack);
    #[cfg(unix)]
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        use std::os::unix::fs::PermissionsExt as _;
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", entry.file_name());
    }
    std::fs::write(folder.path().join(ISSUER_KEY), "not a key").unwrap();
    let error = Stack::in_folder(&folder).await.unwrap_err().to_string();
    assert!(
        error.contains(ISSUER_KEY) && !error.contains("not a key"),
        "{error}"
    );
    std::fs::remove_file(folder.path().join(ISSUER_KEY)).unwrap();
    std::fs::write(folder.path().join(SERVICE_TOKEN), "").unwrap();
    let error = Stack::in_folder(&folder).await.unwrap_err().to_string();
    assert!(error.contains(SERVICE_TOKEN), "{error}");
}

#[tokio::test]
async fn stacks_may_share_a_database_that_is_served_on_this_machine_and_no_other() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    let database = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let at = async |folder: &Folder, database| {
        let options = Options {
            data: folder.path().to_owned(),
            port: 0,
            hub: None,
            database: Some(database),
        };
        Stack::start(options).await
    };
    let (one, other) = (Folder::new(), Folder::new());
    let stack = at(&one, address).await.unwrap();
    let wanted = json!({"name": "Shared", "scheme": "basic"});
    let (status, made) = stack.ask("admin@acme", "POST /v1/keys", wanted).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let stack = at(&other, address).await.unwrap();
    let (_, list) = stack.ask("admin@acme", "GET /v1/keys", Value::Null).await;
    assert_eq!(list["keys"][0]["id"], made["id"]);
    assert!(!other.path().join("dynamodb.sqlite").exists());

    let elsewhere = "192.0.2.1:8000".parse().unwrap();
    let error = at(&Folder::new(), elsewhere).await.unwrap_err().to_string();
    assert!(
        error.contains("192.0.2.1:8000 is not on this machine"),
        "{error}"
    );
}

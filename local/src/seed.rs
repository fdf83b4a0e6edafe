//! The demo accounts: opened and verified the way everyone's are, through the gateway and the `account` function.

use axum::body::{Body, to_bytes};
use http::header::AUTHORIZATION;
use http::{Method, Request};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::gateway::Gateway;
use crate::{DEMO_USERS, StartError, User};

const OPERATOR: &str = "Operator";
const ADMINISTRATOR: &str = "Administrator";

/// Verifies the accounts of [`DEMO_USERS`] that are to be, unless somebody has changed how they stand.
pub(crate) async fn demo_accounts(gateway: &Gateway) -> Result<(), StartError> {
    let operator = DEMO_USERS.iter().find(|user| user.group == OPERATOR);
    let administrators = DEMO_USERS
        .iter()
        .filter(|user| user.group == ADMINISTRATOR && user.verified);
    for administrator in administrators {
        let (Some(operator), Some(account)) = (operator, administrator.account) else {
            continue;
        };
        let standing = ask(gateway, administrator, Method::GET, "/v1/account").await?;
        // What a start that was killed half-way left is taken up where it stopped.
        if matches!(
            standing.get("standing").and_then(Value::as_str),
            Some("unverified" | "verification_requested")
        ) {
            let request = "/v1/account/verification";
            ask(gateway, administrator, Method::POST, request).await?;
            let verify = format!("/v1/accounts/{account}/verify");
            ask(gateway, operator, Method::POST, &verify).await?;
        }
    }
    Ok(())
}

async fn ask(
    gateway: &Gateway,
    user: &User,
    method: Method,
    path: &str,
) -> Result<Value, StartError> {
    let failed = |reason: String| {
        StartError::Database(format!(
            "the demo accounts can't be opened: {path}: {reason}"
        ))
    };
    let token = gateway
        .authorizers
        .issuer
        .token(user, Timestamp::now().as_second(), 60)
        .map_err(|error| failed(error.to_string()))?;
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty())
        .map_err(|error| failed(error.to_string()))?;
    let response = gateway
        .answer(request, Uuid::now_v7())
        .await
        .map_err(|problem| failed(format!("{problem:?}")))?;
    let status = response.status();
    let body = to_bytes(response.into_body(), 64 * 1024)
        .await
        .map_err(|error| failed(error.to_string()))?;
    if !status.is_success() {
        return Err(failed(status.to_string()));
    }
    serde_json::from_slice(&body).map_err(|error| failed(error.to_string()))
}

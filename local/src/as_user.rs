//! The stack's own questions to the API, asked the way everyone's are: with a user's token, through the gateway.

use axum::body::{Body, to_bytes};
use http::header::AUTHORIZATION;
use http::{Method, Request};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::User;
use crate::gateway::Gateway;

const MAX_ANSWER: usize = 64 * 1024;

impl Gateway {
    /// What the API answers this user, unless it refuses or fails.
    pub(crate) async fn ask_as(
        &self,
        user: &User,
        method: Method,
        path: &str,
    ) -> Result<Value, String> {
        let token = self
            .authorizers
            .issuer
            .token(user, Timestamp::now().as_second(), 60)
            .map_err(|error| error.to_string())?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty())
            .map_err(|error| error.to_string())?;
        let response = self
            .answer(request, Uuid::now_v7())
            .await
            .map_err(|_| format!("there is no {path}"))?;
        let status = response.status();
        let body = to_bytes(response.into_body(), MAX_ANSWER)
            .await
            .map_err(|error| error.to_string())?;
        if !status.is_success() {
            return Err(status.to_string());
        }
        serde_json::from_slice(&body).map_err(|error| error.to_string())
    }
}

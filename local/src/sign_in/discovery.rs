//! What clients find out by themselves: the issuer's endpoints, its key, and the Hub's settings.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::http_server::{Site, json_document};
use crate::issuer::AUDIENCE;

/// `GET /.well-known/openid-configuration` (OpenID Connect Discovery 1.0 section 3). What Cognito's has, so nothing of the
/// logout: that is in the Hub's settings.
pub(crate) async fn metadata(State(site): State<Arc<Site>>) -> Response {
    let origin = site.origin();
    json_document(&json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/oauth2/authorize"),
        "token_endpoint": format!("{origin}/oauth2/token"),
        "jwks_uri": format!("{origin}/.well-known/jwks.json"),
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "password"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "select_account"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    }))
}

/// `GET /.well-known/jwks.json`.
pub(crate) async fn key_set(State(site): State<Arc<Site>>) -> Response {
    json_document(&site.gateway.authorizers.issuer.key_set())
}

/// `GET /config.json`: what the Hub's page has to know. Deployed, a file with the same members lies beside the page.
pub(crate) async fn hub_settings(State(site): State<Arc<Site>>) -> Response {
    let origin = site.origin();
    json_document(&json!({
        "authority": origin,
        "client_id": AUDIENCE,
        "scope": "openid",
        "api": "",
        "logout": { "url": format!("{origin}/logout"), "style": "cognito" },
    }))
}

//! `POST /oauth2/token`: tokens for a code, for a refresh token, or for a demo user's name.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::PRAGMA;
use http::{HeaderValue, Request, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::parameters::Parameters;
use super::{MAX_FORM, Refresh, Session, SignIn, user_named};
use crate::gateway;
use crate::http_server::{RequestId, Site, json_document};
use crate::issuer::{AUDIENCE, Issuer, LIFETIME};
use crate::problem::Problem;

/// Why there are no tokens: an error of RFC 6749 section 5.2, or a fault of ours.
enum Refusal {
    OAuth(&'static str, &'static str),
    Internal(String),
}

fn invalid_request<T>(why: &'static str) -> Result<T, Refusal> {
    Err(Refusal::OAuth("invalid_request", why))
}

fn invalid_grant<T>(why: &'static str) -> Result<T, Refusal> {
    Err(Refusal::OAuth("invalid_grant", why))
}

pub(crate) async fn token(
    State(site): State<Arc<Site>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response {
    let form = match gateway::read(request.into_body(), MAX_FORM).await {
        Ok(form) => Parameters::parse(&form),
        Err(problem) => return problem.into_response(request_id),
    };
    let now = Timestamp::now().as_second();
    let mut response = match grant(&site.gateway.authorizers.issuer, &site.sign_in, &form, now) {
        Ok(tokens) => json_document(&tokens),
        Err(Refusal::OAuth(error, why)) => {
            let mut response = json_document(&json!({ "error": error, "error_description": why }));
            *response.status_mut() = StatusCode::BAD_REQUEST;
            response
        }
        Err(Refusal::Internal(error)) => {
            tracing::error!(%error, "no token could be made");
            return Problem::internal().into_response(request_id);
        }
    };
    // Beside `Cache-Control: no-store`, as OpenID Connect Core section 3.1.3.3 has it.
    let headers = response.headers_mut();
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

fn grant(issuer: &Issuer, known: &SignIn, form: &Parameters, now: i64) -> Result<Value, Refusal> {
    form.require_once().or_else(invalid_request)?;
    let lifetime = form.expires_in().or_else(invalid_request)?;
    let granted = match form.get("grant_type") {
        Some("password") => return password(issuer, form, now, lifetime),
        Some("authorization_code") => {
            of_our_client(form)?;
            redeemed(known, form, now, lifetime)?
        }
        Some("refresh_token") => {
            of_our_client(form)?;
            refreshed(known, form, now, lifetime)?
        }
        Some(_) => {
            return Err(Refusal::OAuth(
                "unsupported_grant_type",
                "grant_type is authorization_code, refresh_token or password",
            ));
        }
        None => return invalid_request("grant_type is missing"),
    };
    let internal = |error: jsonwebtoken::errors::Error| Refusal::Internal(error.to_string());
    let Granted {
        session,
        nonce,
        lifetime,
        new_code,
    } = granted;
    let (user, signed_in_at) = (&session.user, session.signed_in_at);
    let access_token = issuer
        .access_token(user, signed_in_at, now, lifetime)
        .map_err(internal)?;
    let id_token = issuer
        .id_token(
            user,
            signed_in_at,
            nonce.as_deref(),
            &access_token,
            now,
            lifetime,
        )
        .map_err(internal)?;
    let mut tokens = json!({
        "id_token": id_token,
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": lifetime,
    });
    if let (Some(code), Some(tokens)) = (new_code, tokens.as_object_mut()) {
        let refresh = Refresh { code, session };
        let refresh_token = known
            .refresh_tokens
            .issue(now, refresh)
            .map_err(|error| Refusal::Internal(error.to_string()))?;
        tokens.insert("refresh_token".to_owned(), refresh_token.as_str().into());
    }
    Ok(tokens)
}

struct Granted {
    session: Session,
    nonce: Option<String>,
    lifetime: i64,
    /// Set if a refresh token goes with it.
    new_code: Option<Uuid>,
}

/// A public client proves nothing, it only says who it is.
fn of_our_client(form: &Parameters) -> Result<(), Refusal> {
    if form.get("client_id") == Some(AUDIENCE) {
        Ok(())
    } else {
        Err(Refusal::OAuth(
            "invalid_client",
            "client_id is missing, or there is no such client",
        ))
    }
}

/// The grant of a code (RFC 6749 section 4.1.3, RFC 7636 section 4.6).
fn redeemed(
    known: &SignIn,
    form: &Parameters,
    now: i64,
    lifetime: Option<i64>,
) -> Result<Granted, Refusal> {
    let Some(text) = form.get("code") else {
        return invalid_request("code is missing");
    };
    // Used by the first who shows it, right or wrong: whoever has to guess has one guess.
    let Some((used_before, code)) = known.codes.change(now, text, |code| {
        (std::mem::replace(&mut code.used, true), code.clone())
    }) else {
        return invalid_grant("the code is not known, or has expired");
    };
    if used_before {
        // One of the two who showed it stole it. Nobody knows which, so neither goes on (RFC 6749 section 4.1.2).
        known
            .refresh_tokens
            .revoke(|refresh| refresh.code == code.id);
        return invalid_grant("the code was used before");
    }
    if form.get("redirect_uri") != Some(code.redirect_uri.as_str()) {
        return invalid_grant("redirect_uri is not the one the code was given out for");
    }
    let Some(verifier) = form.get("code_verifier") else {
        return invalid_grant("code_verifier is missing");
    };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    if !bool::from(challenge.as_bytes().ct_eq(code.challenge.as_bytes())) {
        return invalid_grant("code_verifier is not the one of the code's challenge");
    }
    Ok(Granted {
        session: code.session,
        nonce: code.nonce,
        lifetime: lifetime.unwrap_or(code.lifetime),
        new_code: Some(code.id),
    })
}

/// The grant of a refresh token (RFC 6749 section 6), which stays good: Cognito does not rotate either, unless told to.
fn refreshed(
    known: &SignIn,
    form: &Parameters,
    now: i64,
    lifetime: Option<i64>,
) -> Result<Granted, Refusal> {
    let Some(text) = form.get("refresh_token") else {
        return invalid_request("refresh_token is missing");
    };
    let Some(refresh) = known.refresh_tokens.read(now, text) else {
        return invalid_grant("the refresh token is not known, or has ended");
    };
    Ok(Granted {
        session: refresh.session,
        nonce: None,
        lifetime: lifetime.unwrap_or(LIFETIME),
        new_code: None,
    })
}

/// The password grant (RFC 6749 section 4.3), for the command line, scripts and tests, which have no browser. They have
/// always sent its `access_token` to the API, so that is an id token here, too.
fn password(
    issuer: &Issuer,
    form: &Parameters,
    now: i64,
    lifetime: Option<i64>,
) -> Result<Value, Refusal> {
    let Some(user) = form.get("username") else {
        return invalid_request("username is missing");
    };
    let Some(user) = user_named(user) else {
        return invalid_grant("no such user: GET /local/users lists them");
    };
    let lifetime = lifetime.unwrap_or(LIFETIME);
    let token = issuer
        .token(&user, now, lifetime)
        .map_err(|error| Refusal::Internal(error.to_string()))?;
    Ok(json!({
        "access_token": token,
        "id_token": token,
        "token_type": "Bearer",
        "expires_in": lifetime,
    }))
}

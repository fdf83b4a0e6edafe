//! The sign-in service's endpoints. Any password will do: this is a machine's own stack, with nobody's real account.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::Request;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::DEMO_USERS;
use crate::gateway::{self, Gateway};
use crate::http_server::{RequestId, json_document};
use crate::issuer::LIFETIME;
use crate::problem::Problem;

const MAX_FORM: usize = 4096;

/// Who can sign in.
pub(crate) fn users() -> Value {
    DEMO_USERS
        .iter()
        .map(|user| {
            json!({
                "user": user.name,
                "account": user.account,
                "role": user.group,
                "standing": user.account.map(|_| if user.verified { "verified" } else { "unverified" }),
            })
        })
        .collect()
}

/// `POST /oauth2/token`: the password grant (RFC 6749 section 4.3), with `expires_in` as an extension, so that a client
/// can see what happens to it with an expired token.
pub(crate) async fn token(
    State(gateway): State<Arc<Gateway>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response {
    grant(&gateway, request)
        .await
        .unwrap_or_else(|problem| problem.into_response(request_id))
}

async fn grant(gateway: &Gateway, request: Request<Body>) -> Result<Response, Problem> {
    let form = gateway::read(request.into_body(), MAX_FORM).await?;
    let mut username = None;
    let mut lifetime = LIFETIME;
    let mut grant_type = None;
    for (name, value) in form_urlencoded::parse(&form) {
        match name.as_ref() {
            "username" => username = Some(value.into_owned()),
            "grant_type" => grant_type = Some(value.into_owned()),
            "expires_in" => {
                lifetime = value
                    .parse()
                    .ok()
                    .filter(|seconds| (-LIFETIME..=LIFETIME).contains(seconds))
                    .ok_or_else(|| Problem::bad_request("expires_in is -3600 to 3600 seconds"))?;
            }
            _ => {}
        }
    }
    if grant_type.as_deref() != Some("password") {
        return Err(Problem::bad_request("send grant_type=password&username=…"));
    }
    let user = DEMO_USERS
        .iter()
        .find(|user| Some(user.name) == username.as_deref())
        .ok_or_else(|| Problem::bad_request("no such user: GET /local/users lists them"))?;
    let token = gateway
        .authorizers
        .issuer
        .token(user, Timestamp::now().as_second(), lifetime)
        .map_err(|error| {
            tracing::error!(%error, "no token could be signed");
            Problem::internal()
        })?;
    Ok(json_document(&json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": lifetime,
    })))
}

//! `/oauth2/authorize`: who are you? A browser that is known goes straight back with a code; for another there is a page to
//! choose a demo user from, whose form is sent here again.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Method, Request, StatusCode};
use jiff::Timestamp;
use uuid::Uuid;

use super::logout::end_session;
use super::origin::{sent_from_here, to_canonical_origin};
use super::parameters::Parameters;
use super::redirect::OwnUrl;
use super::{Code, MAX_FORM, Session, cookie, page, user_named};
use crate::gateway;
use crate::http_server::{RequestId, Site};
use crate::issuer::{AUDIENCE, LIFETIME};
use crate::problem::Problem;

/// A request that can be granted (OpenID Connect Core section 3.1.2.1), as far as we know it.
struct Asked {
    back: Back,
    wanted: Wanted,
}

struct Wanted {
    challenge: String,
    nonce: Option<String>,
    lifetime: i64,
    /// No page may be shown.
    silently: bool,
    /// The page must be shown, session or not.
    anew: bool,
    /// The oldest session that will do, in seconds.
    max_age: Option<i64>,
    /// Whom the client takes the browser's user for.
    expected: Option<String>,
}

/// Where the answer goes.
struct Back {
    to: OwnUrl,
    state: Option<String>,
}

impl Back {
    fn with(&self, parameters: &[(&str, &str)]) -> Response {
        let mut parameters = parameters.to_vec();
        if let Some(state) = &self.state {
            parameters.push(("state", state));
        }
        self.to.with(&parameters)
    }

    fn error(&self, error: &str, description: &str) -> Response {
        self.with(&[("error", error), ("error_description", description)])
    }
}

/// A request that can't be granted.
enum Refusal {
    /// Shown to whoever sits there: it is not known whether the redirect URI is ours.
    Here(&'static str),
    /// An error code and its description for the client.
    Back(Back, &'static str, &'static str),
}

impl Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Here(why) => page::refused(StatusCode::BAD_REQUEST, "invalid_request", why),
            Self::Back(back, error, why) => back.error(error, why),
        }
    }
}

pub(crate) async fn authorize(
    State(site): State<Arc<Site>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response {
    if let Some(elsewhere) = to_canonical_origin(&request, site.origin()) {
        return elsewhere;
    }
    let (parts, body) = request.into_parts();
    let (parameters, is_form) = if parts.method == Method::POST {
        match gateway::read(body, MAX_FORM).await {
            Ok(form) => (Parameters::parse(&form), true),
            Err(problem) => return problem.into_response(request_id),
        }
    } else {
        let query = parts.uri.query().unwrap_or_default();
        (Parameters::parse(query.as_bytes()), false)
    };
    answer(&site, &parts.headers, &parameters, is_form)
        .await
        .unwrap_or_else(|error| {
            tracing::error!(%error, "the operating system gave no randomness");
            Problem::internal().into_response(request_id)
        })
}

async fn answer(
    site: &Site,
    headers: &HeaderMap,
    parameters: &Parameters,
    is_form: bool,
) -> Result<Response, rand::rngs::SysError> {
    let Asked { back, wanted } = match asked(site, parameters) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(refusal.into_response()),
    };
    let now = Timestamp::now().as_second();
    let chosen = parameters.get("user").filter(|_| is_form);
    if chosen.is_some() || (is_form && parameters.get("deny").is_some()) {
        if !sent_from_here(headers, site.origin()) {
            return Ok(page::refused(
                StatusCode::FORBIDDEN,
                "access_denied",
                "the form was not sent by this stack's own page",
            ));
        }
        let Some(name) = chosen else {
            return Ok(back.error("access_denied", "the user did not want to sign in"));
        };
        let Some(user) = user_named(name) else {
            return Ok(back.error("access_denied", "there is no such user"));
        };
        // A new one each time: a session somebody else knows the secret of is not taken over.
        // Whoever was signed in here has gone: what is left of them must not go on in the other's browser.
        let before = cookie::session(headers, site.port())
            .and_then(|secret| site.sign_in.sessions.read(now, &secret));
        if before.is_some_and(|session| session.user.name != user.name) {
            end_session(site, headers);
        }
        let session = Session {
            id: Uuid::now_v7(),
            user,
            signed_in_at: now,
        };
        let secret = site.sign_in.sessions.issue(now, session.clone())?;
        let mut response = code(site, &back, wanted, session, now)?;
        cookie::keep(response.headers_mut(), site.port(), &secret);
        return Ok(response);
    }
    let session = cookie::session(headers, site.port())
        .and_then(|secret| site.sign_in.sessions.read(now, &secret));
    let will_do = |session: &Session| {
        !wanted.anew
            && wanted
                .max_age
                .is_none_or(|most| now.saturating_sub(session.signed_in_at) <= most)
            && wanted
                .expected
                .as_deref()
                .is_none_or(|user| user == session.user.name)
    };
    match session {
        Some(session) if will_do(&session) => code(site, &back, wanted, session, now),
        _ if wanted.silently => Ok(back.error(
            "login_required",
            "nobody is signed in here, or somebody else",
        )),
        session => Ok(page::choose(site, parameters, session.map(|one| one.user)).await),
    }
}

fn code(
    site: &Site,
    back: &Back,
    wanted: Wanted,
    session: Session,
    now: i64,
) -> Result<Response, rand::rngs::SysError> {
    let code = site.sign_in.codes.issue(
        now,
        Code {
            id: Uuid::now_v7(),
            session,
            redirect_uri: back.to.clone(),
            challenge: wanted.challenge,
            nonce: wanted.nonce,
            lifetime: wanted.lifetime,
            used: false,
        },
    )?;
    Ok(back.with(&[("code", &code)]))
}

/// What is asked for. A fault goes to the redirect URI, but only once that is known to be ours: a stranger's must not be gone
/// to at all.
fn asked(site: &Site, parameters: &Parameters) -> Result<Asked, Refusal> {
    // With two of one, it is not sure which redirect URI is meant.
    parameters.require_once().map_err(Refusal::Here)?;
    if parameters.get("client_id") != Some(AUDIENCE) {
        return Err(Refusal::Here("there is no such client: the Hub is hubkeys"));
    }
    let to = parameters
        .get("redirect_uri")
        .and_then(|url| OwnUrl::parse(url, site.origin()))
        .ok_or(Refusal::Here(
            "redirect_uri is missing, or not a page of this stack",
        ))?;
    let back = Back {
        to,
        state: parameters.get("state").map(str::to_owned),
    };
    match understood(site, parameters) {
        Ok(wanted) => Ok(Asked { back, wanted }),
        Err((error, why)) => Err(Refusal::Back(back, error, why)),
    }
}

/// What is wanted of a client and to a place that are known, or an error code with a description.
fn understood(
    site: &Site,
    parameters: &Parameters,
) -> Result<Wanted, (&'static str, &'static str)> {
    let refused = |error, why| Err((error, why));
    if parameters.get("request").is_some() {
        return refused("request_not_supported", "send plain parameters");
    }
    if parameters.get("request_uri").is_some() {
        return refused("request_uri_not_supported", "send plain parameters");
    }
    match parameters.get("response_type") {
        Some("code") => {}
        None => return refused("invalid_request", "response_type is missing"),
        Some(_) => return refused("unsupported_response_type", "response_type is code"),
    }
    if parameters
        .get("response_mode")
        .is_some_and(|mode| mode != "query")
    {
        return refused("invalid_request", "response_mode is query");
    }
    let mut scopes = parameters.get("scope").unwrap_or_default().split(' ');
    if !scopes.any(|scope| scope == "openid") {
        return refused("invalid_scope", "scope must have openid");
    }
    // A method that is left out means plain (RFC 7636 section 4.3), and plain protects from nobody who sees the request.
    if parameters.get("code_challenge_method") != Some("S256") {
        return refused("invalid_request", "code_challenge_method is S256");
    }
    let challenge = match parameters.get("code_challenge") {
        Some(challenge) if is_sha_256(challenge) => challenge.to_owned(),
        Some(_) => return refused("invalid_request", "code_challenge is not a SHA-256"),
        None => return refused("invalid_request", "code_challenge is missing"),
    };
    let prompts: Vec<_> = parameters
        .get("prompt")
        .unwrap_or_default()
        .split(' ')
        .filter(|prompt| !prompt.is_empty())
        .collect();
    let silently = prompts.contains(&"none");
    if silently && prompts.len() > 1 {
        return refused("invalid_request", "prompt=none stands alone");
    }
    let max_age = match parameters.get("max_age").map(str::parse) {
        None => None,
        Some(Ok(seconds)) if seconds >= 0 => Some(seconds),
        Some(_) => return refused("invalid_request", "max_age is a number of seconds"),
    };
    let expected = match parameters.get("id_token_hint") {
        None => None,
        Some(token) => match site.gateway.authorizers.issuer.user_of(token) {
            Some(user) => Some(user),
            None => return refused("invalid_request", "id_token_hint is not a token of ours"),
        },
    };
    let lifetime = match parameters.expires_in() {
        Ok(lifetime) => lifetime.unwrap_or(LIFETIME),
        Err(why) => return refused("invalid_request", why),
    };
    Ok(Wanted {
        challenge,
        nonce: parameters.get("nonce").map(str::to_owned),
        lifetime,
        silently,
        anew: prompts
            .iter()
            .any(|prompt| ["login", "select_account"].contains(prompt)),
        max_age,
        expected,
    })
}

/// Whether it has the form of a SHA-256 in base64url.
fn is_sha_256(text: &str) -> bool {
    text.len() == 43
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

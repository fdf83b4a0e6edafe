//! `GET /logout`: ends the session, in Cognito's form (`client_id`, `logout_uri`) or that of OpenID Connect
//! (`post_logout_redirect_uri`, `state`).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;

use super::parameters::Parameters;
use super::redirect::OwnUrl;
use super::{cookie, page, to_canonical_origin};
use crate::http_server::Site;
use crate::issuer::AUDIENCE;

pub(crate) async fn logout(State(site): State<Arc<Site>>, request: Request<Body>) -> Response {
    if let Some(elsewhere) = to_canonical_origin(&request, site.origin()) {
        return elsewhere;
    }
    let parameters = Parameters::parse(request.uri().query().unwrap_or_default().as_bytes());
    let mut response = match back_to(&site, &parameters) {
        Ok(Some(url)) => match parameters.get("state") {
            Some(state) => url.with(&[("state", state)]),
            None => url.with(&[]),
        },
        Ok(None) => page::signed_out(),
        // Signed out all the same: whoever asked for it should not stay signed in for a typing error.
        Err(why) => page::refused(StatusCode::BAD_REQUEST, "invalid_request", why),
    };
    end_session(&site, request.headers());
    cookie::forget(response.headers_mut(), site.port());
    response
}

/// Ends the session of the browser, if it has one, and all that came of it.
pub(super) fn end_session(site: &Site, headers: &HeaderMap) {
    let now = Timestamp::now().as_second();
    let session = cookie::session(headers, site.port())
        .and_then(|secret| site.sign_in.sessions.read(now, &secret));
    let Some(session) = session else {
        return;
    };
    site.sign_in.sessions.revoke(|one| one.id == session.id);
    // Cognito would let them live. Here signed out means signed out, in every tab.
    site.sign_in
        .refresh_tokens
        .revoke(|refresh| refresh.session.id == session.id);
    site.sign_in
        .codes
        .revoke(|code| code.session.id == session.id);
}

fn back_to(site: &Site, parameters: &Parameters) -> Result<Option<OwnUrl>, &'static str> {
    parameters.require_once()?;
    if parameters
        .get("client_id")
        .is_some_and(|client| client != AUDIENCE)
    {
        return Err("there is no such client");
    }
    let url = match (
        parameters.get("logout_uri"),
        parameters.get("post_logout_redirect_uri"),
    ) {
        (None, None) => return Ok(None),
        (Some(url), None) | (None, Some(url)) => url,
        (Some(_), Some(_)) => return Err("send logout_uri or post_logout_redirect_uri"),
    };
    OwnUrl::parse(url, site.origin())
        .map(Some)
        .ok_or("the address to go back to is not one of this stack")
}

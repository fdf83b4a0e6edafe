//! The cookie by which a browser is known again.

use ::cookie::{Cookie, SameSite};
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};

/// Cookies know no ports: without its own in the name, two stacks on one machine would sign each other out.
fn name(port: u16) -> String {
    format!("hubkeys-session-{port}")
}

/// The session's secret, if the browser sent one.
pub(crate) fn session(headers: &HeaderMap, port: u16) -> Option<String> {
    let name = name(port);
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|field| field.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

/// Has the browser keep the session's secret, until it is closed. Not `Secure`: there is no TLS on this machine's own port.
pub(crate) fn keep(headers: &mut HeaderMap, port: u16, secret: &str) {
    set(headers, Cookie::build((name(port), secret)));
}

/// Has the browser forget it.
pub(crate) fn forget(headers: &mut HeaderMap, port: u16) {
    let gone = Cookie::build((name(port), "")).max_age(::cookie::time::Duration::ZERO);
    set(headers, gone);
}

fn set(headers: &mut HeaderMap, cookie: ::cookie::CookieBuilder<'_>) {
    // Lax: a top-level visit and our own frames are known, a foreign page's form is not.
    let cookie = cookie.http_only(true).same_site(SameSite::Lax).path("/");
    if let Ok(value) = HeaderValue::try_from(cookie.build().to_string()) {
        headers.append(SET_COOKIE, value);
    }
}

//! One origin for everything a browser sees: `http://127.0.0.1:<port>`. `localhost` would have cookies, storage and redirect
//! URIs of its own.

use axum::response::Response;
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, Method};

use super::redirect;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Sends a browser that came as to `localhost` to the same page of the canonical origin. None if it is there.
pub(crate) fn to_canonical_origin<B>(request: &http::Request<B>, origin: &str) -> Option<Response> {
    let is_other_name = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .is_some_and(is_localhost);
    if !is_other_name || ![Method::GET, Method::HEAD].contains(request.method()) {
        return None;
    }
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    Some(redirect(&format!("{origin}{path}")))
}

fn is_localhost(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or_default();
    name.eq_ignore_ascii_case("localhost")
}

/// Whether a form was sent by a page of our own. A page of another origin, also of another port of this machine, can send
/// one too, but can't hide where it is from. Nor does a browser send a form that says nothing of it.
pub(crate) fn sent_from_here(headers: &HeaderMap, origin: &str) -> bool {
    let site = headers
        .get(SEC_FETCH_SITE)
        .map(|site| site == "same-origin");
    let sender = headers.get(ORIGIN).map(|sender| sender == origin);
    match (site, sender) {
        (None, None) => false,
        (site, sender) => site.unwrap_or(true) && sender.unwrap_or(true),
    }
}

#[cfg(test)]
mod tests {
    use http::header::LOCATION;
    use http::{HeaderValue, Request};

    use super::*;

    const HERE: &str = "http://127.0.0.1:3000";

    #[test]
    fn a_page_asked_for_by_another_name_is_found_at_the_canonical_one() {
        let answer = |method: &str, host: &str, path: &str| {
            let request = Request::builder().method(method).uri(path);
            let request = request.header(HOST, host).body(()).unwrap();
            to_canonical_origin(&request, HERE)
                .map(|response| response.headers()[LOCATION].to_str().unwrap().to_owned())
        };
        assert_eq!(answer("GET", "127.0.0.1:3000", "/a"), None);
        assert_eq!(answer("POST", "localhost:3000", "/a"), None);
        assert_eq!(
            answer("GET", "LocalHost:3000", "/a/b?c=d").as_deref(),
            Some("http://127.0.0.1:3000/a/b?c=d")
        );
        // Two slashes would be the start of another host.
        assert_eq!(
            answer("GET", "localhost:3000", "//evil.example/").as_deref(),
            Some("http://127.0.0.1:3000//evil.example/")
        );
    }

    #[test]
    fn a_form_of_another_origin_or_of_unknown_origin_is_told_from_our_own() {
        let sent = |site: Option<&'static str>, sender: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(site) = site {
                headers.insert(SEC_FETCH_SITE, HeaderValue::from_static(site));
            }
            if let Some(sender) = sender {
                headers.insert(ORIGIN, HeaderValue::from_static(sender));
            }
            sent_from_here(&headers, HERE)
        };
        assert!(sent(Some("same-origin"), Some(HERE)));
        assert!(sent(Some("same-origin"), None));
        assert!(sent(None, Some(HERE)));
        for (site, sender) in [
            (None, None),
            (Some("same-site"), Some("http://127.0.0.1:8080")),
            (Some("same-site"), None),
            (Some("cross-site"), Some(HERE)),
            (Some("none"), None),
            (Some("same-origin"), Some("null")),
            (None, Some("null")),
            (None, Some("http://localhost:3000")),
        ] {
            assert!(!sent(site, sender), "{site:?} {sender:?}");
        }
    }
}

//! Where the browser is sent back to: a path of the stack's own origin, never elsewhere.

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, LOCATION};
use http::{HeaderValue, StatusCode};

/// A URL of our own origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnUrl(String);

impl OwnUrl {
    /// The URL, if it is of this origin by everybody's reading: it starts with `http://127.0.0.1:<port>/`, and after that no
    /// reader looks for a host any more. A fragment is not allowed (RFC 6749 section 3.1.2).
    pub(crate) fn parse(text: &str, origin: &str) -> Option<Self> {
        let path = text.strip_prefix(origin)?;
        let plain = path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"#\\<>\"".contains(&byte));
        (path.starts_with('/') && plain).then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Sends the browser there with these parameters added. With 303, so that no form is ever sent on.
    pub(crate) fn with(&self, parameters: &[(&str, &str)]) -> Response {
        let mut url = self.0.clone();
        if !parameters.is_empty() {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(
                &form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(parameters)
                    .finish(),
            );
        }
        to(StatusCode::SEE_OTHER, &url)
    }
}

/// Sends the browser to the same thing at another URL, of visible ASCII.
pub(crate) fn redirect(url: &str) -> Response {
    to(StatusCode::TEMPORARY_REDIRECT, url)
}

fn to(status: StatusCode, url: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match HeaderValue::try_from(url) {
        Ok(url) => {
            headers.insert(LOCATION, url);
        }
        Err(_) => *response.status_mut() = StatusCode::BAD_REQUEST,
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "http://127.0.0.1:3000";

    #[test]
    fn only_paths_of_our_own_origin_are_gone_to() {
        for own in ["/", "/sign-in/callback", "/a?b=c", "/a/../b"] {
            assert!(OwnUrl::parse(&format!("{ORIGIN}{own}"), ORIGIN).is_some());
        }
        for foreign in [
            "",
            "/sign-in/callback",
            "//evil.example/",
            "http://127.0.0.1:3000",
            "http://127.0.0.1:30000/",
            "http://127.0.0.1:3000@evil.example/",
            "http://127.0.0.1:3000.evil.example/",
            "http://127.0.0.1:3000\\@evil.example/",
            "http://127.0.0.1:3000/\\evil.example",
            "http://127.0.0.1:3000/a#b",
            "http://127.0.0.1:3000/a b",
            "http://127.0.0.1:3000/\r\nSet-Cookie: a=b",
            "http://127.0.0.1:3000/\u{e9}",
            "http://localhost:3000/",
            "https://127.0.0.1:3000/",
            "HTTP://127.0.0.1:3000/",
            "javascript:alert(1)",
            "http://evil.example/",
        ] {
            assert_eq!(OwnUrl::parse(foreign, ORIGIN), None, "{foreign}");
        }
    }

    #[test]
    fn parameters_are_added_to_those_that_are_there() {
        let location = |url: &str| {
            let url = OwnUrl::parse(&format!("{ORIGIN}{url}"), ORIGIN).unwrap();
            let response = url.with(&[("code", "a"), ("state", "b&c=d")]);
            response.headers()[LOCATION].to_str().unwrap().to_owned()
        };
        assert_eq!(location("/a"), format!("{ORIGIN}/a?code=a&state=b%26c%3Dd"));
        assert_eq!(
            location("/a?b"),
            format!("{ORIGIN}/a?b&code=a&state=b%26c%3Dd")
        );
    }
}

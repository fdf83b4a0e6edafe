//! What a client is told. Nothing of it depends on why it was refused.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

/// Why a request does not reach the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The body could not be read to its end.
    BrokenBody,
    /// The credentials are not accepted, for whatever reason.
    Unauthenticated,
    /// The sender is known and may not do this.
    Forbidden,
    /// The body is over the limit.
    TooLarge,
    /// Nothing could be decided.
    Unavailable,
}

impl Stop {
    pub(super) fn answer(self, challenge: &HeaderValue) -> Response<Full<Bytes>> {
        let (status, problem) = self.parts();
        let mut response = Response::new(Full::from(problem));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(CONTENT_TYPE, json);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::Unauthenticated => {
                headers.insert(WWW_AUTHENTICATE, challenge.clone());
            }
            Self::Unavailable => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::BrokenBody | Self::Forbidden | Self::TooLarge => {}
        }
        response
    }

    fn parts(self) -> (StatusCode, &'static str) {
        match self {
            Self::BrokenBody => (
                StatusCode::BAD_REQUEST,
                r#"{"type":"urn:problem-type:hubkeys:invalid-request","title":"The body broke off","status":400}"#,
            ),
            Self::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                r#"{"type":"urn:problem-type:hubkeys:unauthenticated","title":"The credentials are not accepted","status":401}"#,
            ),
            Self::Forbidden => (
                StatusCode::FORBIDDEN,
                r#"{"type":"urn:problem-type:hubkeys:forbidden","title":"This key may not do this","status":403}"#,
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                r#"{"type":"urn:problem-type:hubkeys:body-too-large","title":"The body is too large","status":413}"#,
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                r#"{"type":"urn:problem-type:hubkeys:unavailable","title":"Try again in a moment","status":503}"#,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_json_with_the_status_of_its_answer() {
        for stop in [
            Stop::BrokenBody,
            Stop::Unauthenticated,
            Stop::Forbidden,
            Stop::TooLarge,
            Stop::Unavailable,
        ] {
            let (status, text) = stop.parts();
            let document: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(document["status"], status.as_u16());
        }
    }
}

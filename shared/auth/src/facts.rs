//! What arrived: the one form in which a request reaches the verifier.

use std::fmt;
use std::net::IpAddr;

use crate::{Body, UrlScheme};

/// A request as it was sent. Bounded and free of whatever could forge a line of a signing string, but never
/// normalised, trimmed or decoded: a signature is over bytes.
pub struct RequestFacts {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Body,
    source_address: Option<IpAddr>,
    url_scheme: UrlScheme,
}

/// Why something is not a request. Quotes nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// The method is not an HTTP token of 1 to 32 bytes.
    #[error("the method is not an HTTP token of 1 to 32 characters")]
    Method,
    /// The target is not 1 to 8192 bytes of visible ASCII.
    #[error(
        "the target is not 1 to 8192 visible ASCII characters: give it as it was sent, percent-encoded"
    )]
    Target,
    /// There are more than 128 header fields.
    #[error("there are {found} header fields: 128 are the most")]
    TooManyHeaders {
        /// How many there are.
        found: usize,
    },
    /// A header's name is not an HTTP token.
    #[error("the name of header field {at} (counted from 0) is not an HTTP token")]
    HeaderName {
        /// Its position.
        at: usize,
    },
    /// A header's value is over 8 KiB.
    #[error("the value of header field {at} (counted from 0) is longer than 8192 bytes")]
    HeaderTooLong {
        /// Its position.
        at: usize,
    },
    /// A header's value has a control character other than a tab.
    #[error(
        "the value of header field {at} (counted from 0) has a line break or another control character"
    )]
    HeaderValue {
        /// Its position.
        at: usize,
    },
    /// All names and values together are over 64 KiB.
    #[error("the header fields are longer than 65536 bytes together")]
    HeadersTooLong,
    /// One digest is that of an empty body and another is not.
    #[error(
        "the body's digests contradict each other: compute all of them from the same raw bytes"
    )]
    ContradictoryDigests,
}

/// The bound of one header value, in bytes.
const MAX_VALUE: usize = 8 * 1024;

impl RequestFacts {
    /// The facts of a request: its method, its target exactly as on the request line, its header fields in order with
    /// duplicates, its body, and where it came from.
    ///
    /// # Errors
    /// [`FactsError`]. A request that can't be stated can't be valid: treat it as malformed.
    pub fn new(
        method: impl Into<String>,
        target: impl Into<String>,
        headers: Vec<(String, String)>,
        body: Body,
        source_address: Option<IpAddr>,
    ) -> Result<Self, FactsError> {
        let (method, target) = (method.into(), target.into());
        if method.len() > 32 || !is_token(&method) {
            return Err(FactsError::Method);
        }
        if !(1..=8192).contains(&target.len())
            || !target.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(FactsError::Target);
        }
        check_headers(&headers)?;
        if body.is_contradictory() {
            return Err(FactsError::ContradictoryDigests);
        }
        Ok(Self {
            method,
            target,
            headers,
            body,
            source_address,
            url_scheme: UrlScheme::Https,
        })
    }

    /// These facts of a request that came by `url_scheme`. Without this, it came by HTTPS.
    #[must_use]
    pub fn with_url_scheme(self, url_scheme: UrlScheme) -> Self {
        Self { url_scheme, ..self }
    }

    /// The method, as sent.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The request target, as sent.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The header fields in order, as sent.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Where the request came from, if the asking service knows.
    pub fn source_address(&self) -> Option<IpAddr> {
        self.source_address
    }

    /// The scheme of the URL that was asked for.
    pub fn url_scheme(&self) -> UrlScheme {
        self.url_scheme
    }

    /// The values of the field of this name, in any case of letters.
    pub(crate) fn field(&self, name: &str) -> Field<'_> {
        let mut values = self
            .headers
            .iter()
            .filter(|(found, _)| found.eq_ignore_ascii_case(name));
        match (values.next(), values.next()) {
            (None, _) => Field::Absent,
            (Some((_, value)), None) => Field::Once(value),
            (Some(_), Some(_)) => Field::Repeated,
        }
    }
}

/// What a request says in one header field.
pub(crate) enum Field<'f> {
    Absent,
    Once(&'f str),
    Repeated,
}

fn check_headers(headers: &[(String, String)]) -> Result<(), FactsError> {
    if headers.len() > 128 {
        return Err(FactsError::TooManyHeaders {
            found: headers.len(),
        });
    }
    // Sizes first, so that nothing of absurd length is looked at byte by byte.
    if let Some(at) = headers
        .iter()
        .position(|(_, value)| value.len() > MAX_VALUE)
    {
        return Err(FactsError::HeaderTooLong { at });
    }
    if headers
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum::<usize>()
        > 64 * 1024
    {
        return Err(FactsError::HeadersTooLong);
    }
    for (at, (name, value)) in headers.iter().enumerate() {
        if !is_token(name) {
            return Err(FactsError::HeaderName { at });
        }
        if value
            .bytes()
            .any(|byte| byte.is_ascii_control() && byte != b'\t')
        {
            return Err(FactsError::HeaderValue { at });
        }
    }
    Ok(())
}

/// RFC 9110 section 5.6.2.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(
                    byte,
                    b'!' | b'#'
                        | b'$'
                        | b'%'
                        | b'&'
                        | b'\''
                        | b'*'
                        | b'+'
                        | b'-'
                        | b'.'
                        | b'^'
                        | b'_'
                        | b'`'
                        | b'|'
                        | b'~'
                )
        })
}

// The headers hold a secret.
impl fmt::Debug for RequestFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestFacts")
            .field("method", &self.method)
            .field("headers", &self.headers.len())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

//! A request as a text:
//!
//! ```text
//! 1795422600 https POST /v1/messages
//! Date: Mon, 23 Nov 2026 08:30:00 GMT
//!
//! {"body": 1}
//! ```

use std::fmt::Write as _;
use std::str;

use hubkeys_auth::{Body, FactsError, RequestFacts, UrlScheme};
use hubkeys_domain::Timestamp;

/// A request, and the second it arrives in.
#[derive(Clone, Debug)]
pub struct Request {
    pub now: Timestamp,
    pub scheme: UrlScheme,
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The request that a text says, if it has the form of one. Whether it is one, [`Request::facts`] finds out.
    pub fn read(text: &[u8]) -> Option<Self> {
        let end = text.windows(2).position(|two| two == b"\n\n");
        let (head, body) = text.split_at(end.unwrap_or(text.len()));
        let mut lines = str::from_utf8(head).ok()?.split('\n');
        let mut first = lines.next()?.splitn(4, ' ');
        Some(Self {
            now: Timestamp::from_millis(first.next()?.parse::<i64>().ok()?.checked_mul(1000)?)
                .ok()?,
            scheme: UrlScheme::from_name(first.next()?)?,
            method: first.next()?.to_owned(),
            target: first.next()?.to_owned(),
            headers: lines
                .map(|line| {
                    let (name, value) = line.split_once(": ").unwrap_or((line, ""));
                    (name.to_owned(), value.to_owned())
                })
                .collect(),
            body: body.get(2..).unwrap_or_default().to_vec(),
        })
    }

    /// The text that says this request.
    pub fn print(&self) -> Vec<u8> {
        let Self {
            now,
            scheme,
            method,
            target,
            ..
        } = self;
        let mut text = format!("{} {scheme} {method} {target}", now.as_seconds());
        for (name, value) in &self.headers {
            let _ = write!(text, "\n{name}: {value}");
        }
        [text.as_bytes(), b"\n\n", &self.body].concat()
    }

    /// Its facts, with its raw body.
    pub fn facts(&self) -> Result<RequestFacts, FactsError> {
        self.facts_with(Body::Raw(self.body.clone()))
    }

    /// Its facts, with its body as the asking service hands it over.
    pub fn facts_with(&self, body: Body) -> Result<RequestFacts, FactsError> {
        RequestFacts::new(&self.method, &self.target, self.headers.clone(), body, None)
            .map(|facts| facts.with_url_scheme(self.scheme))
    }

    /// The values of a field.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }
}

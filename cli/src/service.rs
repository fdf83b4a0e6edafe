//! The service over HTTP.

use std::time::Duration;

use serde_json::Value;
use ureq::http::{Method, Request, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use crate::failure::{Failure, Problem};

/// Where the local stack is.
pub(crate) const LOCAL_URL: &str = "http://127.0.0.1:3000";

const MAX_ANSWER: u64 = 16 * 1024 * 1024;

/// One Hubkeys service, and who we are to it.
pub(crate) struct Service {
    agent: Agent,
    url: String,
    identity: Identity,
}

enum Identity {
    Nobody,
    User(String),
    Service(String),
}

impl Service {
    /// The service at this URL, asked by nobody in particular.
    ///
    /// # Errors
    /// The URL is not `http(s)://host[:port]`.
    pub(crate) fn at(url: &str) -> Result<Self, Failure> {
        let unusable = || {
            Failure::Input(format!(
                "{url:?} is not the URL of a service, such as {LOCAL_URL}"
            ))
        };
        let url = url.trim_end_matches('/');
        let uri: Uri = url.parse().map_err(|_| unusable())?;
        let plain = matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.query().is_none()
            && uri
                .authority()
                .is_some_and(|authority| !authority.as_str().contains('@'));
        if !plain {
            return Err(unusable());
        }
        Ok(Self {
            agent: agent(&uri),
            url: url.to_owned(),
            identity: Identity::Nobody,
        })
    }

    /// Asked by the user of this token.
    pub(crate) fn with_user(self, token: String) -> Self {
        let identity = Identity::User(token);
        Self { identity, ..self }
    }

    /// Asked by the service of this token.
    pub(crate) fn with_service(self, token: String) -> Self {
        let identity = Identity::Service(token);
        Self { identity, ..self }
    }

    /// Where it is, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What there is at this path.
    pub(crate) fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Value, Failure> {
        let mut request = self.agent.get(format!("{}{path}", self.url));
        if let Some(bearer) = self.bearer() {
            request = request.header("Authorization", bearer);
        }
        let query = query.iter().map(|(name, value)| (*name, value.as_str()));
        self.answer(request.query_pairs(query).call())
    }

    /// The answer to a command with this JSON body, or with none.
    pub(crate) fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        if let Some(bearer) = self.bearer() {
            request = request.header("Authorization", bearer);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = match body {
            Some(body) => request
                .header("Content-Type", "application/json")
                .body(body.to_string())
                .map_err(ureq::Error::from)
                .and_then(|request| self.agent.run(request)),
            None => request
                .header("Content-Length", "0")
                .body(())
                .map_err(ureq::Error::from)
                .and_then(|request| self.agent.run(request)),
        };
        self.answer(answer)
    }

    /// The answer to a form.
    pub(crate) fn send_form(&self, path: &str, form: &[(&str, &str)]) -> Result<Value, Failure> {
        let request = self.agent.post(format!("{}{path}", self.url));
        self.answer(request.send_form(form.iter().copied()))
    }

    fn bearer(&self) -> Option<String> {
        match &self.identity {
            Identity::Nobody => None,
            Identity::User(token) | Identity::Service(token) => Some(format!("Bearer {token}")),
        }
    }

    fn answer(&self, answer: Result<Response<Body>, ureq::Error>) -> Result<Value, Failure> {
        let failed = |error: ureq::Error| Failure::NoAnswer {
            url: self.url.clone(),
            reason: error.to_string(),
        };
        let mut answer = answer.map_err(failed)?;
        let status = answer.status();
        let text = answer
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER)
            .read_to_vec()
            .map_err(failed)?;
        let body = serde_json::from_slice(&text);
        if status.is_success() {
            return body.map_err(|_| Failure::Answer {
                url: self.url.clone(),
                reason: format!("HTTP {}, not JSON", status.as_u16()),
            });
        }
        Err(Failure::Problem(Problem::new(
            status.as_u16(),
            &body.unwrap_or(Value::Null),
            self.what_next(status.as_u16()),
        )))
    }

    fn what_next(&self, status: u16) -> Option<&'static str> {
        match (status, &self.identity) {
            (401, Identity::Service(_)) => Some(
                "The service token is in the data folder of the stack: name it with --service-token-file or HUBKEYS_SERVICE_TOKEN",
            ),
            (401, _) => Some("Sign in again with `hubkeys login`"),
            (404, Identity::User(_)) => Some("`hubkeys keys list` shows your keys"),
            (429 | 502..=504, _) => Some("Try again in a moment"),
            _ => None,
        }
    }
}

/// Sends with time limits, and follows no redirection: a token, or a signature, is for the one it was made for.
pub(crate) fn agent(to: &Uri) -> Agent {
    let trust = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    let config = Agent::config_builder()
        .tls_config(trust)
        .http_status_as_error(false)
        .max_redirects(0)
        .allow_non_standard_methods(true)
        .user_agent(concat!("hubkeys/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_global(Some(Duration::from_secs(60)));
    // A proxy has no business with what this machine asks itself, and could not reach it.
    let config = if matches!(to.host(), Some("127.0.0.1" | "localhost" | "[::1]")) {
        config.proxy(None)
    } else {
        config
    };
    config.build().new_agent()
}

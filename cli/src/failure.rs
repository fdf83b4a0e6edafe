//! Why a command did not do what it was asked: each in one line that says what to do next.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use serde_json::Value;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Something given on the command line or in a file can't be used. The text is the whole line.
    #[error("{0}")]
    Input(String),
    #[error("can't read {path:?}: {reason}")]
    Read { path: PathBuf, reason: io::Error },
    #[error("can't write {path:?}: {reason}")]
    Write { path: PathBuf, reason: io::Error },
    #[error("you are not signed in: run `hubkeys login --user admin@acme`")]
    NotSignedIn,
    #[error("your sign-in at {url} has expired: run `hubkeys login --user {user} --url {url}`")]
    SignInExpired { user: String, url: String },
    #[error("no answer from {url}: {reason}. Does it run? `hubkeys` starts the local stack")]
    NoAnswer { url: String, reason: String },
    #[error("{0}")]
    Problem(Problem),
    #[error("{url} gave an answer that is not of this API ({reason}): check --url")]
    Answer { url: String, reason: String },
    #[error(transparent)]
    Start(#[from] hubkeys_local::StartError),
    #[error(transparent)]
    Serve(#[from] hubkeys_local::ServeError),
    /// Something an operator asked for did not come about. The text is the whole line.
    #[error("{0}")]
    Admin(String),
    #[error("can't print: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// Why something an operator asked for did not come about, with what caused it.
    pub(crate) fn admin(error: &dyn Error) -> Self {
        let mut line = error.to_string();
        let mut next = error.source();
        while let Some(source) = next {
            let text = source.to_string();
            // A transparent error says what its source says.
            if !line.ends_with(&text) {
                line = format!("{line}: {text}");
            }
            next = source.source();
        }
        Self::Admin(line)
    }

    /// Whether the reader of our output has gone.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// A problem document (RFC 9457), as people read it.
#[derive(Debug)]
pub(crate) struct Problem {
    title: String,
    detail: Option<String>,
    kind: Option<String>,
    request_id: Option<String>,
    next: Option<&'static str>,
}

impl Problem {
    /// The problem in an answer of this status. An answer that is none, from a proxy for example, is told by its status.
    pub(crate) fn new(status: u16, body: &Value, next: Option<&'static str>) -> Self {
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            title: text("title").unwrap_or_else(|| format!("the answer was HTTP {status}")),
            // The token endpoint has errors of its own form (RFC 6749 section 5.2).
            detail: text("detail").or_else(|| text("error_description")),
            kind: text("type").or_else(|| text("error")),
            request_id: text("request_id"),
            next,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)?;
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        match (&self.kind, &self.request_id) {
            (Some(kind), Some(id)) => write!(f, " ({kind}, request {id})")?,
            (Some(text), None) => write!(f, " ({text})")?,
            (None, Some(id)) => write!(f, " (request {id})")?,
            (None, None) => {}
        }
        match self.next {
            Some(next) => write!(f, ". {next}"),
            None => Ok(()),
        }
    }
}

//! Asking verify.
//!
//! A question is asked again only where the first one can't have been decided on: no connection came about, or the answer
//! says to come back (503 with `Retry-After`). A key may have signatures that are good for one use, and a decided question
//! that is asked again would be refused as replayed.

mod credential;
mod error;
mod https;
#[cfg(feature = "iam")]
mod iam;
#[cfg(feature = "lambda")]
mod invoke;
mod retry;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use credential::ServiceCredential;
pub use error::{SetupError, VerifyError};

use crate::{Decision, Facts};

/// The largest answer that is read, in bytes: a decision has some hundred.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Asks verify who sent a request. Cheap to clone: clones share their connections.
#[derive(Clone)]
pub struct Verify {
    transport: Arc<Transport>,
    timeout: Duration,
}

enum Transport {
    Https(Box<https::Https>),
    #[cfg(feature = "lambda")]
    Invoke(invoke::Invoke),
}

impl Verify {
    /// How long a question may take, with everything that belongs to it, unless [`Verify::with_timeout`] says otherwise.
    pub const TIMEOUT: Duration = Duration::from_secs(2);

    /// Asks over HTTPS: `POST <url>/v1/verify`. The URL may have a path, such as an API's stage. Plain `http` is for this
    /// machine alone, for a question may hold a Basic secret.
    ///
    /// # Errors
    /// [`SetupError`]
    pub fn over_https(url: &str, credential: ServiceCredential) -> Result<Self, SetupError> {
        Ok(Self::new(Transport::Https(Box::new(https::Https::new(
            url, credential,
        )?))))
    }

    /// Asks by invoking the function of this name or ARN. The client's own retries are not used, see the module.
    #[cfg(feature = "lambda")]
    pub fn by_invoking(client: aws_sdk_lambda::Client, function: impl Into<String>) -> Self {
        Self::new(Transport::Invoke(invoke::Invoke::new(
            client,
            function.into(),
        )))
    }

    fn new(transport: Transport) -> Self {
        Self {
            transport: Arc::new(transport),
            timeout: Self::TIMEOUT,
        }
    }

    /// The same, with another time that a question may take, retries included.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The decision on a request.
    ///
    /// # Errors
    /// [`VerifyError`]: nothing was decided. Answer 503, never let the request pass.
    pub async fn ask(&self, facts: &Facts) -> Result<Decision, VerifyError> {
        let question = serde_json::to_vec(facts).map_err(|_| VerifyError::Facts)?;
        let answer = retry::within(self.timeout, || self.attempt(&question)).await?;
        Ok(Decision::from_json(&answer)?)
    }

    async fn attempt(&self, question: &[u8]) -> Result<Vec<u8>, retry::Failure> {
        match &*self.transport {
            Transport::Https(https) => https.ask(question).await,
            #[cfg(feature = "lambda")]
            Transport::Invoke(invoke) => invoke.ask(question).await,
        }
    }
}

impl fmt::Debug for Verify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transport = match &*self.transport {
            Transport::Https(https) => https.url(),
            #[cfg(feature = "lambda")]
            Transport::Invoke(invoke) => invoke.function(),
        };
        f.debug_struct("Verify")
            .field("asks", &transport)
            .field("timeout", &self.timeout)
            .finish()
    }
}

//! The command loop: load, handle, commit; a conflict loads again.

use std::time::{Duration, Instant};

use cqrs_es::event_sink::EventSink;
use hubkeys_domain::account::{Account, AccountCommand, AccountError};
use hubkeys_domain::api_key::{ApiKey, ApiKeyCommand, ApiKeyError, Key};
use hubkeys_domain::{AccountId, AuthorizedAdministrator, KeyId};

use crate::backoff::{ATTEMPTS, delay};
use crate::event_store::{History, Loaded, record};
use crate::projection::Projected;
use crate::transaction::{Outcome, Write};
use crate::views::idempotency;
use crate::{Database, Refusal, StoreError};

pub use crate::views::idempotency::Idempotency;

/// Everything that may be read and written. A function that only verifies holds a
/// [`CredentialReader`](crate::CredentialReader) instead, and can't write by type.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) database: Database,
}

/// What an event remembers of the request behind it, and how long the command may take.
#[derive(Clone, Debug)]
pub struct WhoAndWhere {
    /// The request's id, for the log and the events.
    pub request_id: String,
    /// When the caller stops listening: no attempt begins after it.
    pub deadline: Instant,
}

/// What a command came to.
#[derive(Debug)]
pub struct Committed<A> {
    /// The state after it.
    pub aggregate: A,
    /// The stream's version after it.
    pub version: u64,
    /// Whether it wrote anything; `false` where all was as asked already.
    pub changed: bool,
}

/// Why a command came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError<E: std::error::Error> {
    /// The aggregate refused it.
    #[error(transparent)]
    Domain(E),
    /// Other rows forbid it.
    #[error(transparent)]
    Refused(Refusal),
    /// The store could not answer: whether it was written is not known. Sending the command again is safe.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// A store on this database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// The database beneath.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Executes a command on a key. For a create, `idempotency` is the row that remembers the request.
    ///
    /// # Errors
    /// [`ExecuteError`].
    pub async fn execute_on_key(
        &self,
        id: &KeyId,
        command: ApiKeyCommand,
        idempotency: Option<&Idempotency>,
        context: &WhoAndWhere,
    ) -> Result<Committed<ApiKey>, ExecuteError<ApiKeyError>> {
        let additions = idempotency
            .map(idempotency::write)
            .transpose()?
            .into_iter()
            .collect();
        self.execute(id.as_str(), command, additions, context).await
    }

    /// Executes a command on an account.
    ///
    /// # Errors
    /// [`ExecuteError`].
    pub async fn execute_on_account(
        &self,
        id: &AccountId,
        command: AccountCommand,
        context: &WhoAndWhere,
    ) -> Result<Committed<Account>, ExecuteError<AccountError>> {
        self.execute(id.as_str(), command, Vec::new(), context)
            .await
    }

    /// A key of the administrator's account, and its version. Another account's key is no key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn key(
        &self,
        by: &AuthorizedAdministrator,
        id: &KeyId,
    ) -> Result<Option<(Key, u64)>, StoreError> {
        let loaded = self.database.load::<ApiKey>(id.as_str()).await?;
        Ok(own_key(&loaded, by).map(|key| (key.clone(), loaded.version)))
    }

    /// All that happened to a key of the administrator's account, oldest first. Another account's key is no key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn key_history(
        &self,
        by: &AuthorizedAdministrator,
        id: &KeyId,
    ) -> Result<Option<History<hubkeys_domain::api_key::ApiKeyEvent>>, StoreError> {
        let history = self.database.history::<ApiKey>(id.as_str()).await?;
        let loaded = crate::event_store::replay::<ApiKey>(id.as_str(), history.clone());
        Ok(own_key(&loaded, by).is_some().then_some(history))
    }

    pub(crate) async fn execute<A: Projected<Services = ()>>(
        &self,
        id: &str,
        command: A::Command,
        additions: Vec<Write>,
        context: &WhoAndWhere,
    ) -> Result<Committed<A>, ExecuteError<A::Error>>
    where
        A::Command: Clone,
    {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut loaded: Loaded<A> = self.database.load(id).await?;
            let sink = EventSink::default();
            loaded
                .aggregate
                .handle(command.clone(), &(), &sink)
                .await
                .map_err(ExecuteError::Domain)?;
            let events = record(sink.collect().await, loaded.version, &context.request_id);
            loaded.additions.clone_from(&additions);
            match self
                .commit_same(&loaded, &events, context, &mut attempt)
                .await?
            {
                Outcome::Written => {
                    let version = loaded.version + events.len() as u64;
                    return Ok(Committed {
                        aggregate: loaded.aggregate,
                        version,
                        changed: !events.is_empty(),
                    });
                }
                Outcome::Refused(refusal) => return Err(ExecuteError::Refused(refusal)),
                Outcome::Conflict | Outcome::Contended => {
                    tracing::debug!(stream = A::stream(id), attempt, "conflict");
                    wait(attempt, context).await?;
                }
            }
        }
    }

    /// Commits, and while rows are contended or the answer is lost commits the very same events again: their ids tell
    /// whether an earlier try had succeeded.
    async fn commit_same<A: Projected>(
        &self,
        loaded: &Loaded<A>,
        events: &History<A::Event>,
        context: &WhoAndWhere,
        attempt: &mut u32,
    ) -> Result<Outcome, StoreError> {
        let mut lost = 0;
        loop {
            match self.database.commit(loaded, events).await {
                Ok(Outcome::Contended) => {}
                Err(error @ StoreError::Unavailable { .. }) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        attempt,
                        "commit: no answer, trying again"
                    );
                    lost += 1;
                    if lost >= LOST_ANSWERS {
                        return Err(error);
                    }
                }
                decided => return decided,
            }
            wait(*attempt, context).await?;
            *attempt += 1;
        }
    }
}

/// After how many lost answers a commit is given up. Each has been tried thrice by the SDK already.
const LOST_ANSWERS: u32 = 3;

/// An attempt takes a load and a transaction.
const ONE_ATTEMPT: Duration = Duration::from_millis(250);

async fn wait(attempt: u32, context: &WhoAndWhere) -> Result<(), StoreError> {
    let delay = delay(attempt);
    if attempt >= ATTEMPTS || !fits(delay, Instant::now(), context.deadline) {
        return Err(StoreError::Busy { attempts: attempt });
    }
    tokio::time::sleep(delay).await;
    Ok(())
}

/// Whether an attempt after this delay would be over in time, and not be cut off in its middle.
fn fits(delay: Duration, now: Instant, deadline: Instant) -> bool {
    now + delay + ONE_ATTEMPT < deadline
}

fn own_key<'a>(loaded: &'a Loaded<ApiKey>, by: &AuthorizedAdministrator) -> Option<&'a Key> {
    loaded
        .aggregate
        .key()
        .filter(|key| key.account == *by.account())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_that_its_delay_would_carry_past_the_deadline_is_not_made() {
        let now = Instant::now();
        let in_ms = Duration::from_millis;
        let deadline = now + in_ms(700);
        for (delay, start, made) in [
            (0, 0, true),
            (250, 0, true),
            (449, 0, true),
            (450, 0, false),
            (0, 449, true),
            (0, 450, false),
            (1, 449, false),
            (0, 701, false),
        ] {
            let fits = fits(in_ms(delay), now + in_ms(start), deadline);
            assert_eq!(fits, made, "{delay} ms from {start} on");
        }
    }
}

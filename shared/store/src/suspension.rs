//! An account is suspended, and reinstated: first its standing, then every one of its keys.
//!
//! Verify reads one row, that of the key. So what is decided about an account holds for verify once it stands in the row of each of
//! its live keys, 100 at the most. Each key is a transaction of its own, with a check of the standing: it may end anywhere, the same
//! again goes on, and of a suspension and a reinstatement at once the one that was decided last has the last word on every key.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::account::{Account, AccountCommand, AccountError};
use hubkeys_domain::api_key::{ApiKey, ApiKeyCommand, ApiKeyError};
use hubkeys_domain::{AccountId, KeyId, Operator, Timestamp};

use crate::backoff::ATTEMPTS;
use crate::drift::DriftProblem;
use crate::projection::Projected;
use crate::rebuild::Mode;
use crate::stored_event::Item;
use crate::views::key_list::{id_of, partition};
use crate::views::text;
use crate::{ExecuteError, Status, Store, StoreError, WhoAndWhere};

const PATIENCE: Duration = Duration::from_secs(30);

/// A decision about an account, and its keys as far as it holds for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enforced {
    /// Whether the account's standing changed; `false` where it stood so already.
    pub decided: bool,
    /// The account's live keys.
    pub keys: u64,
    /// Those of them that were changed. The others were as asked already.
    pub changed: u64,
}

/// It had to end. The same again goes on, unless the account refused.
#[derive(Debug, thiserror::Error)]
pub enum EnforcementError {
    /// The account refused the decision. Nothing was written.
    #[error(transparent)]
    Account(AccountError),
    /// The account's list names a key that no command can be executed on.
    #[error("key {key} is listed, and: {source}. `hubkeys admin check` says which rows are wrong")]
    Key {
        /// Which key.
        key: KeyId,
        /// What is wrong with it.
        source: ApiKeyError,
    },
    /// The account was suspended or reinstated by somebody else meanwhile. Theirs holds.
    #[error("somebody else decided about the account meanwhile: look how it stands")]
    Overtaken,
    /// The store did not answer, or holds what can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Suspends an account. When this returns none of its keys verifies, and none will before it is reinstated.
    ///
    /// # Errors
    /// [`EnforcementError`]; keys that were disabled stay so.
    pub async fn suspend_account(
        &self,
        account: &AccountId,
        by: &Operator,
        at: Timestamp,
        request_id: &str,
        progress: impl FnMut(&Enforced),
    ) -> Result<Enforced, EnforcementError> {
        let suspend = AccountCommand::Suspend { by: by.clone(), at };
        let disable = ApiKeyCommand::Disable { by: by.clone(), at };
        let context = Context {
            account,
            request_id,
        };
        let enforced = self
            .enforce(&context, suspend, disable, Status::Active, progress)
            .await?;
        // Also where nothing was changed: whoever was killed in the middle has not waited.
        self.wait_out_leases().await?;
        Ok(enforced)
    }

    /// Ends the suspension of an account. When this returns every key verifies that did so before it.
    ///
    /// # Errors
    /// [`EnforcementError`]; keys that were enabled stay so.
    pub async fn reinstate_account(
        &self,
        account: &AccountId,
        by: &Operator,
        at: Timestamp,
        request_id: &str,
        progress: impl FnMut(&Enforced),
    ) -> Result<Enforced, EnforcementError> {
        let reinstate = AccountCommand::Reinstate { by: by.clone(), at };
        let enable = ApiKeyCommand::Enable { by: by.clone(), at };
        let context = Context {
            account,
            request_id,
        };
        self.enforce(&context, reinstate, enable, Status::Disabled, progress)
            .await
    }

    /// Decides, then executes `on_key` on every live key, until a consistent reading finds none of status `over`.
    async fn enforce(
        &self,
        context: &Context<'_>,
        decision: AccountCommand,
        on_key: ApiKeyCommand,
        over: Status,
        mut progress: impl FnMut(&Enforced),
    ) -> Result<Enforced, EnforcementError> {
        let account = context.account;
        // From here on no create passes that another decision would have let pass, so the list below gets no longer.
        let decided = self
            .execute_on_account(account, decision, &context.of_command())
            .await
            .map_err(|error| match error {
                ExecuteError::Domain(error) => EnforcementError::Account(error),
                ExecuteError::Refused(_) => EnforcementError::Overtaken,
                ExecuteError::Store(error) => error.into(),
            })?;
        if !decided.changed {
            self.confirm_rows::<Account>(account.as_str()).await?;
        }
        let mut enforced = Enforced {
            decided: decided.changed,
            ..Enforced::default()
        };
        let mut done = BTreeSet::new();
        let mut attempts = 0;
        loop {
            let mut left = self.listed_live_keys(account).await?;
            // All of them once, for the list only says where to look: what counts is what the events say.
            left.retain(|(id, status)| *status == over || !done.contains(id));
            if left.is_empty() {
                break;
            }
            // A second round is for what others undid meanwhile: they can't keep us for ever.
            if attempts == ATTEMPTS {
                return Err(StoreError::Busy { attempts }.into());
            }
            attempts += 1;
            // One after the other: at once they would meet on the row of the standing, which each of them checks.
            for (id, _) in left {
                let changed = self.enforce_on(&id, on_key.clone(), context).await?;
                enforced.changed += u64::from(changed);
                enforced.keys += u64::from(done.insert(id));
                progress(&enforced);
            }
        }
        // The reading and the keys before it were one whole only if the account stood as decided all the while.
        if self.standing(account).await?.version != decided.version {
            return Err(EnforcementError::Overtaken);
        }
        Ok(enforced)
    }

    async fn enforce_on(
        &self,
        id: &KeyId,
        command: ApiKeyCommand,
        context: &Context<'_>,
    ) -> Result<bool, EnforcementError> {
        let committed = self
            .execute_on_key(id, command, None, &context.of_command())
            .await
            .map_err(|error| match error {
                ExecuteError::Domain(source) => EnforcementError::Key {
                    key: id.clone(),
                    source,
                },
                ExecuteError::Refused(_) => EnforcementError::Overtaken,
                ExecuteError::Store(error) => error.into(),
            })?;
        if !committed.changed {
            self.confirm_rows::<ApiKey>(id.as_str()).await?;
        }
        Ok(committed.changed)
    }

    /// Makes sure that the rows of a stream say what its events say. A command that found all as asked wrote none of them: should
    /// one have been lost or brought back since (a restored backup), "it is so" would be false comfort.
    async fn confirm_rows<A: Projected>(&self, id: &str) -> Result<(), StoreError> {
        let mut drift = Vec::new();
        self.mend::<A>(id, Mode::Mend, &mut drift).await?;
        for found in drift {
            if found.problem == DriftProblem::Ahead {
                return Err(StoreError::unreadable(
                    format!("row {}", found.row),
                    "it claims events that do not exist",
                ));
            }
            tracing::error!(row = %found.row, problem = %found.problem, "mended: a row did not say what its events say");
        }
        Ok(())
    }

    /// The account's keys that are not revoked, by its list: consistent reads, however many pages they fill.
    async fn listed_live_keys(
        &self,
        account: &AccountId,
    ) -> Result<Vec<(KeyId, Status)>, StoreError> {
        let pk = partition(account.as_str());
        let mut keys = Vec::new();
        let mut page = None;
        loop {
            let answer = self
                .query_keys(&pk)
                .filter_expression("#status <> :revoked")
                .projection_expression("pk, sk, #status")
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(
                    ":revoked",
                    AttributeValue::S(Status::Revoked.as_str().to_owned()),
                )
                .set_exclusive_start_key(page)
                .send()
                .await
                .map_err(StoreError::unavailable("list live keys"))?;
            for item in answer.items.unwrap_or_default() {
                keys.push(listed(&item)?);
            }
            page = answer.last_evaluated_key;
            if page.is_none() {
                return Ok(keys);
            }
        }
    }
}

/// What all commands of one decision have in common.
struct Context<'a> {
    account: &'a AccountId,
    request_id: &'a str,
}

impl Context<'_> {
    fn of_command(&self) -> WhoAndWhere {
        WhoAndWhere {
            request_id: self.request_id.to_owned(),
            deadline: Instant::now() + PATIENCE,
        }
    }
}

fn listed(item: &Item) -> Result<(KeyId, Status), StoreError> {
    let member = |name| text(item, name).unwrap_or_default();
    let unreadable = |problem| {
        let row = format!("row {}/{}", member("pk"), member("sk"));
        StoreError::unreadable(row, problem)
    };
    let id = id_of(item).unwrap_or_default();
    let id = id.parse().map_err(|_| unreadable("no id"))?;
    let status = member("status")
        .parse()
        .map_err(|_| unreadable("no status"))?;
    Ok((id, status))
}

//! What no walk over the streams finds: rows that follow from no stream, and the counts of live keys.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::account::Account;
use hubkeys_domain::api_key::ApiKey;
use uuid::Uuid;

use crate::backoff::{ATTEMPTS, pause};
use crate::projection::Projected;
use crate::rebuild::{Drift, DriftProblem, Mode, keys_of};
use crate::stored_event::sort_key;
use crate::transaction::{Guard, Outcome, Write};
use crate::views::credential::Status;
use crate::views::{key_list, limits, number, standing, text};
use crate::{Store, StoreError};

impl Store {
    /// Rows that belong to no stream (they may let a key verify that never was, or show a key to another account), and
    /// the counts of live keys.
    pub(crate) async fn sweep(&self, mode: Mode, drift: &mut Vec<Drift>) -> Result<(), StoreError> {
        let mut accounts = BTreeSet::new();
        let mut page = None;
        loop {
            let answer = self
                .database
                .client
                .scan()
                .table_name(&self.database.tables.views)
                .projection_expression("pk, sk")
                .consistent_read(true)
                .set_exclusive_start_key(page)
                .send()
                .await
                .map_err(StoreError::unavailable("scan the views"))?;
            for item in answer.items.unwrap_or_default() {
                let row = keys_of(&item);
                if let Some(account) = row.0.strip_prefix(Account::PREFIX) {
                    accounts.insert(account.to_owned());
                }
                match Origin::of(&row) {
                    Some(Origin::Key(id)) => {
                        self.remove_orphan::<ApiKey>(id, &row, mode, drift).await?;
                    }
                    Some(Origin::Account(id)) => {
                        self.remove_orphan::<Account>(id, &row, mode, drift).await?;
                    }
                    None => {}
                }
            }
            page = answer.last_evaluated_key;
            if page.is_none() {
                break;
            }
        }
        for account in &accounts {
            self.recount(account, mode, drift).await?;
        }
        Ok(())
    }

    /// Removes a row unless stream `id` leads to a row in its place.
    async fn remove_orphan<A: Projected>(
        &self,
        id: &str,
        row: &(String, String),
        mode: Mode,
        drift: &mut Vec<Drift>,
    ) -> Result<(), StoreError> {
        for attempt in 1..=ATTEMPTS {
            let loaded = self.database.load::<A>(id).await?;
            let rows = loaded.aggregate.rows(id, loaded.version)?;
            if loaded.version > 0 && rows.iter().any(|expected| keys_of(expected) == *row) {
                return Ok(());
            }
            let settled = match mode {
                Mode::Check => true,
                Mode::Mend => {
                    let (pk, sk) = row.clone();
                    let writes = vec![
                        Write::check_no_event(A::stream(id), sort_key(loaded.version + 1)),
                        Write::delete(pk, sk),
                    ];
                    self.database
                        .write(writes, &Uuid::now_v7().to_string())
                        .await?
                        == Outcome::Written
                }
            };
            if settled {
                drift.push(Drift {
                    row: format!("{}/{}", row.0, row.1),
                    problem: DriftProblem::Orphan,
                });
                return Ok(());
            }
            pause(attempt).await;
        }
        Err(StoreError::Busy { attempts: ATTEMPTS })
    }

    /// Compares an account's count of live keys with its list, both read while the count did not change.
    async fn recount(
        &self,
        account: &str,
        mode: Mode,
        drift: &mut Vec<Drift>,
    ) -> Result<(), StoreError> {
        let key = (key_list::partition(account), limits::SORT_KEY.to_owned());
        for attempt in 1..=ATTEMPTS {
            let before = self.database.row(&key).await?;
            let live = self.count_live(&key.0).await?;
            let counted = before.as_ref().and_then(|row| number(row, "live"));
            if counted.unwrap_or(0) == live {
                return Ok(());
            }
            // As it stands there, readable or not: what counts is whether it is still the same.
            let version = before.as_ref().and_then(|row| row.get("version"));
            let version = version
                .cloned()
                .unwrap_or(AttributeValue::N("0".to_owned()));
            let changes = before.as_ref().and_then(|row| number(row, "version"));
            let settled = match mode {
                Mode::Check => self.database.row(&key).await? == before,
                Mode::Mend => {
                    let recounted = Write::update(
                        Guard::Unchanged,
                        key.0.clone(),
                        key.1.clone(),
                        "SET live = :live, version = :next",
                    )
                    .condition("attribute_not_exists(version) OR version = :version")
                    .value(":live", AttributeValue::N(live.to_string()))
                    .value(":version", version)
                    .value(
                        ":next",
                        AttributeValue::N((changes.unwrap_or(0) + 1).to_string()),
                    );
                    self.database
                        .write(vec![recounted], &Uuid::now_v7().to_string())
                        .await?
                        == Outcome::Written
                }
            };
            if settled {
                let problem = if before.is_none() {
                    DriftProblem::Missing
                } else {
                    DriftProblem::Differs
                };
                drift.push(Drift {
                    row: format!("{}/{}", key.0, key.1),
                    problem,
                });
                return Ok(());
            }
            pause(attempt).await;
        }
        Err(StoreError::Busy { attempts: ATTEMPTS })
    }

    async fn count_live(&self, pk: &str) -> Result<i64, StoreError> {
        let mut live = 0;
        let mut page = None;
        loop {
            let answer = self
                .query_keys(pk)
                .set_exclusive_start_key(page)
                .send()
                .await
                .map_err(StoreError::unavailable("count live keys"))?;
            let items = answer.items.unwrap_or_default();
            live += items
                .iter()
                // A disabled key keeps its place: it comes back.
                .filter(|item| text(item, "status") != Some(Status::Revoked.as_str()))
                .count() as i64;
            page = answer.last_evaluated_key;
            if page.is_none() {
                return Ok(live);
            }
        }
    }
}

/// The stream a row of the views must follow from.
enum Origin<'a> {
    Key(&'a str),
    Account(&'a str),
}

impl<'a> Origin<'a> {
    /// `None`: a row that follows from no single stream.
    fn of((pk, sk): &'a (String, String)) -> Option<Self> {
        if let Some(id) = pk.strip_prefix(ApiKey::PREFIX) {
            return Some(Self::Key(id));
        }
        let account = pk.strip_prefix(Account::PREFIX)?;
        if sk == standing::SORT_KEY {
            return Some(Self::Account(account));
        }
        let listed = sk.strip_prefix(key_list::SORT_PREFIX)?;
        listed.split_once('#').map(|(_, id)| Self::Key(id))
    }
}

//! Projections made anew from events, and compared with them.
//!
//! Nothing is truncated and no row is taken back: a row is written only where it is absent or not newer, and only while
//! no event has come after those it was made of. So a rebuild runs beside commands, and verify never misses a row.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::account::Account;
use hubkeys_domain::api_key::ApiKey;
use uuid::Uuid;

use crate::backoff::{ATTEMPTS, pause};
use crate::projection::Projected;
use crate::stored_event::{Item, sort_key};
use crate::transaction::{Guard, Outcome, Write, primary_key};
use crate::views::credential::Status;
use crate::views::{key_list, limits, number, text};
use crate::{Database, Store, StoreError};

/// A row that does not follow from the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// Which row, as `<partition key>/<sort key>`.
    pub row: String,
    /// What is wrong: it is missing, differs, or belongs to no stream.
    pub problem: DriftProblem,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DriftProblem {
    /// The events say it should be there.
    Missing,
    /// The events say something else.
    Differs,
    /// It claims to follow from more events than there are. A rebuild leaves it: it may only go forward.
    Ahead,
    /// There is no stream it could follow from. A rebuild removes it.
    Orphan,
}

/// How far a rebuild or check has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Streams done.
    pub streams: u64,
}

/// What a rebuild or check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many streams there are.
    pub streams: u64,
    /// The rows that did not follow from the events. After a rebuild they do.
    pub drift: Vec<Drift>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Check,
    Mend,
}

impl Store {
    /// Compares every row that follows from events with its events, and writes nothing.
    ///
    /// # Errors
    /// [`StoreError`]; an event that can't be read ends the check, for nothing can be said of its rows.
    pub async fn check(&self, progress: impl FnMut(Progress)) -> Result<Report, StoreError> {
        self.walk(Mode::Check, progress).await
    }

    /// Makes every row that follows from events follow from them. May run beside commands, and again after a crash.
    ///
    /// # Errors
    /// [`StoreError`]; what was mended before stays mended.
    pub async fn rebuild(&self, progress: impl FnMut(Progress)) -> Result<Report, StoreError> {
        self.walk(Mode::Mend, progress).await
    }

    async fn walk(
        &self,
        mode: Mode,
        mut progress: impl FnMut(Progress),
    ) -> Result<Report, StoreError> {
        let mut report = Report::default();
        let mut page = None;
        loop {
            let (streams, next) = self.database.stream_page(page).await?;
            for stream in streams {
                if let Some(id) = stream.strip_prefix(ApiKey::PREFIX) {
                    self.mend::<ApiKey>(id, mode, &mut report.drift).await?;
                } else if let Some(id) = stream.strip_prefix(Account::PREFIX) {
                    self.mend::<Account>(id, mode, &mut report.drift).await?;
                } else {
                    return Err(StoreError::unreadable(
                        stream,
                        "no stream of ours has such a name",
                    ));
                }
                report.streams += 1;
                progress(Progress {
                    streams: report.streams,
                });
            }
            page = next;
            if page.is_none() {
                break;
            }
        }
        self.sweep(mode, &mut report.drift).await?;
        Ok(report)
    }

    /// Brings the rows of one stream to what its events say.
    async fn mend<A: Projected>(
        &self,
        id: &str,
        mode: Mode,
        drift: &mut Vec<Drift>,
    ) -> Result<(), StoreError> {
        for attempt in 1..=ATTEMPTS {
            let loaded = self.database.load::<A>(id).await?;
            let expected = loaded.aggregate.rows(id, loaded.version)?;
            let mut found = Vec::new();
            for row in &expected {
                if let Some(problem) = self.compare(row).await? {
                    found.push((row, problem));
                }
            }
            if found.is_empty() {
                return Ok(());
            }
            // A difference while an event arrived is no drift: only rows compared with the last event count.
            let next_event = (A::stream(id), sort_key(loaded.version + 1));
            let settled = match mode {
                Mode::Check => !self.database.event_exists(next_event).await?,
                Mode::Mend => {
                    let mut writes = vec![Write::check_no_event(next_event.0, next_event.1)];
                    for (row, _) in found
                        .iter()
                        .filter(|(_, problem)| *problem != DriftProblem::Ahead)
                    {
                        writes.push(
                            Write::put_if(
                                Guard::Unchanged,
                                (*row).clone(),
                                "attribute_not_exists(version) OR version <= :version",
                            )
                            .value(":version", AttributeValue::N(loaded.version.to_string())),
                        );
                    }
                    self.database
                        .write(writes, &Uuid::now_v7().to_string())
                        .await?
                        == Outcome::Written
                }
            };
            if settled {
                drift.extend(found.into_iter().map(|(row, problem)| Drift {
                    row: name_of(row),
                    problem,
                }));
                return Ok(());
            }
            pause(attempt).await;
        }
        Err(StoreError::Busy { attempts: ATTEMPTS })
    }

    async fn compare(&self, expected: &Item) -> Result<Option<DriftProblem>, StoreError> {
        Ok(match self.database.row(&keys_of(expected)).await? {
            None => Some(DriftProblem::Missing),
            Some(found) if found == *expected => None,
            Some(found) if number(&found, "version") > number(expected, "version") => {
                Some(DriftProblem::Ahead)
            }
            Some(_) => Some(DriftProblem::Differs),
        })
    }

    /// Rows that belong to no stream (they may let a key verify that never was), and the counts of live keys.
    async fn sweep(&self, mode: Mode, drift: &mut Vec<Drift>) -> Result<(), StoreError> {
        let mut accounts: BTreeMap<String, ()> = BTreeMap::new();
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
                let (pk, sk) = keys_of(&item);
                if pk.starts_with("REQUEST#") {
                    continue;
                }
                if let Some(account) = pk.strip_prefix(Account::PREFIX) {
                    accounts.insert(account.to_owned(), ());
                }
                if let Some(stream) = stream_behind(&pk, &sk)
                    && !self
                        .database
                        .event_exists((stream.clone(), sort_key(1)))
                        .await?
                {
                    if mode == Mode::Mend {
                        let writes = vec![
                            Write::check_no_event(stream, sort_key(1)),
                            Write::delete(pk.clone(), sk.clone()),
                        ];
                        self.database
                            .write(writes, &Uuid::now_v7().to_string())
                            .await?;
                    }
                    drift.push(Drift {
                        row: format!("{pk}/{sk}"),
                        problem: DriftProblem::Orphan,
                    });
                }
            }
            page = answer.last_evaluated_key;
            if page.is_none() {
                break;
            }
        }
        for account in accounts.keys() {
            self.recount(account, mode, drift).await?;
        }
        Ok(())
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
            let version = before
                .as_ref()
                .and_then(|row| number(row, "version"))
                .unwrap_or(0);
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
                    .value(":version", AttributeValue::N(version.to_string()))
                    .value(":next", AttributeValue::N((version + 1).to_string()));
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
                .filter(|item| text(item, "status") == Some(Status::Active.as_str()))
                .count() as i64;
            page = answer.last_evaluated_key;
            if page.is_none() {
                return Ok(live);
            }
        }
    }
}

impl Database {
    /// A page of the names of all streams, and where the next begins.
    async fn stream_page(
        &self,
        start: Option<Item>,
    ) -> Result<(Vec<String>, Option<Item>), StoreError> {
        let answer = self
            .client
            .scan()
            .table_name(&self.tables.events)
            .filter_expression("sk = :first")
            .expression_attribute_values(":first", AttributeValue::S(sort_key(1)))
            .projection_expression("pk")
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(StoreError::unavailable("list streams"))?;
        let streams = answer
            .items
            .unwrap_or_default()
            .iter()
            .filter_map(|item| text(item, "pk").map(str::to_owned))
            .collect();
        Ok((streams, answer.last_evaluated_key))
    }

    async fn event_exists(&self, (pk, sk): (String, String)) -> Result<bool, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.events)
            .set_key(Some(primary_key(pk, sk)))
            .projection_expression("pk")
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::unavailable("look for an event"))?;
        Ok(answer.item.is_some())
    }
}

/// The stream a row of the views must follow from. `None`: a row that follows from no single stream.
fn stream_behind(pk: &str, sk: &str) -> Option<String> {
    if pk.starts_with(ApiKey::PREFIX) || sk == "STANDING" {
        return Some(pk.to_owned());
    }
    let listed = sk.strip_prefix(key_list::SORT_PREFIX)?;
    let (_, id) = listed.split_once('#')?;
    Some(ApiKey::stream(id))
}

fn keys_of(item: &HashMap<String, AttributeValue>) -> (String, String) {
    let part = |name| text(item, name).unwrap_or_default().to_owned();
    (part("pk"), part("sk"))
}

fn name_of(item: &Item) -> String {
    let (pk, sk) = keys_of(item);
    format!("{pk}/{sk}")
}

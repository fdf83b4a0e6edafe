//! Projections made anew from events, and compared with them.
//!
//! Nothing is truncated and no row is taken back: a row is written only where it is absent or not newer, and only while
//! no event has come after those it was made of. So a rebuild runs beside commands, and verify never misses a row.

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::account::Account;
use hubkeys_domain::api_key::ApiKey;
use uuid::Uuid;

use crate::backoff::{ATTEMPTS, pause};
use crate::projection::Projected;
use crate::stored_event::{Item, sort_key};
use crate::transaction::{Guard, Outcome, Write, primary_key};
use crate::views::{number, text};
use crate::{Database, Store, StoreError};

/// A row that does not follow from the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// Which row, as `<partition key>/<sort key>`.
    pub row: String,
    /// What is wrong: it is missing, differs, is ahead of its stream, or belongs to none.
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

impl fmt::Display for DriftProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Differs => "differs",
            Self::Ahead => "ahead",
            Self::Orphan => "orphan",
        })
    }
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
    /// The rows that did not follow from the events. After a rebuild they do, but for those that are
    /// [`DriftProblem::Ahead`].
    pub drift: Vec<Drift>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
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

    /// Makes every row that follows from events follow from them, and removes those that no stream leads to. Rows that are
    /// [`DriftProblem::Ahead`] it reports and leaves. May run beside commands, and again after a crash.
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
    pub(crate) async fn mend<A: Projected>(
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
                                // A row that is not there, or has no readable version, is not newer either.
                                "attribute_not_exists(version) OR NOT attribute_type(version, :number) \
                                 OR version <= :version",
                            )
                            .value(":number", AttributeValue::S("N".to_owned()))
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

pub(crate) fn keys_of(item: &HashMap<String, AttributeValue>) -> (String, String) {
    let part = |name| text(item, name).unwrap_or_default().to_owned();
    (part("pk"), part("sk"))
}

fn name_of(item: &Item) -> String {
    let (pk, sk) = keys_of(item);
    format!("{pk}/{sk}")
}

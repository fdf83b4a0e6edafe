//! What no walk over the streams finds: rows that follow from no stream, and the counts of live keys.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use hubkeys_domain::account::Account;
use hubkeys_domain::api_key::ApiKey;

use crate::backoff::{ATTEMPTS, pause};
use crate::batch::{Found, MOST_KEYS};
use crate::drift::{Drift, DriftProblem};
use crate::expected::Expected;
use crate::projection::Projected;
use crate::rebuild::{BATCHES_AT_ONCE, Mode, STREAMS_AT_ONCE};
use crate::stored_event::{Item, sort_key};
use crate::tally::{Tallies, Tally, tallies};
use crate::transaction::{Guard, Outcome, Write, keys_of};
use crate::views::{key_list, limits, number, standing};
use crate::walk::{PAGES_AT_ONCE, Page, Position, RowPosition, Segment, Walked};
use crate::{Checkpoint, Store, StoreError};

/// What came of one page of rows.
struct RowsDone {
    next: Position,
    rows: u64,
    drift: Vec<Drift>,
    tallies: Vec<Tally>,
}

/// A row, and the stream it must follow from.
struct Claim {
    row: (String, String),
    origin: Origin,
}

impl Store {
    /// Rows that belong to no stream (they may let a key verify that never was, or show a key to another account), and
    /// the counts of live keys.
    pub(crate) async fn sweep(
        &self,
        at: &mut Checkpoint,
        reached: &mut impl FnMut(&Checkpoint),
    ) -> Result<(), StoreError> {
        let (mode, page, of) = (at.mode, at.page, at.rows.len());
        let mut open = Tallies::of(&at.rows);
        let segments = at.rows.iter().cloned().enumerate();
        let mut pages = stream::select_all(segments.map(|(number, start)| {
            self.database
                .pages(Walked::Views, Segment { number, of, page }, start.position)
                .map_ok(move |page| self.settle_rows(page, mode))
                .try_buffered(PAGES_AT_ONCE)
                .map_ok(move |done| (number, done))
                .boxed()
        }));
        while let Some((segment, done)) = pages.try_next().await? {
            at.progress.rows += done.rows;
            for drift in done.drift {
                at.report.add(drift);
            }
            let last = done.next == Position::End;
            for account in open.pass(segment, done.tallies, last) {
                if let Some(drift) = self.recount(&account, mode).await? {
                    at.report.add(drift);
                }
            }
            if let Some(position) = at.rows.get_mut(segment) {
                *position = RowPosition {
                    position: done.next,
                    open_account: open.account(segment),
                };
            }
            reached(at);
        }
        Ok(())
    }

    /// Removes the rows of a page that no stream leads to, and counts what is live.
    async fn settle_rows(&self, page: Page, mode: Mode) -> Result<RowsDone, StoreError> {
        let mut done = RowsDone {
            next: page.next,
            rows: page.items.len() as u64,
            drift: Vec::new(),
            tallies: tallies(&page.items),
        };
        let mut batches = vec![Vec::new()];
        for claim in page.items.iter().filter_map(Claim::of) {
            match batches.last_mut() {
                Some(batch) if batch.len() < MOST_KEYS => batch.push(claim),
                _ => batches.push(vec![claim]),
            }
        }
        let mut settled = stream::iter(batches)
            .map(|claims| self.settle_claims(claims, mode))
            .buffer_unordered(BATCHES_AT_ONCE);
        while let Some(drift) = settled.try_next().await? {
            done.drift.extend(drift);
        }
        // A row that should not be there was counted: its account's rows are counted anew, without what was removed.
        for drift in &done.drift {
            for tally in &mut done.tallies {
                let of_account = drift.row.strip_prefix(Account::PREFIX);
                let of_account = of_account.and_then(|row| row.strip_prefix(&tally.account));
                tally.doubtful |= of_account.is_some_and(|row| row.starts_with('/'));
            }
        }
        Ok(done)
    }

    async fn settle_claims(
        &self,
        mut claims: Vec<Claim>,
        mode: Mode,
    ) -> Result<Vec<Drift>, StoreError> {
        let first_events = claims.iter().map(|claim| claim.origin.first_event());
        let first_events = first_events.collect::<BTreeSet<_>>();
        let events = &self.database.tables.events;
        let found = self.database.rows_at(events, first_events).await?;
        claims.retain(|claim| !claim.is_shown_by(&found));
        let mut looked_at = stream::iter(claims)
            .map(|Claim { row, origin }| async move {
                match &origin {
                    Origin::Key(id) => self.remove_orphan::<ApiKey>(id, &row, mode).await,
                    Origin::Account(id) => self.remove_orphan::<Account>(id, &row, mode).await,
                }
            })
            .buffer_unordered(STREAMS_AT_ONCE);
        let mut drift = Vec::new();
        while let Some(found) = looked_at.try_next().await? {
            drift.extend(found);
        }
        Ok(drift)
    }

    /// Removes a row unless stream `id` leads to a row in its place.
    async fn remove_orphan<A: Projected>(
        &self,
        id: &str,
        row: &(String, String),
        mode: Mode,
    ) -> Result<Option<Drift>, StoreError> {
        for attempt in 1..=ATTEMPTS {
            let loaded = self.database.load::<A>(id).await?;
            let rows = loaded.aggregate.rows(id, loaded.version)?;
            if loaded.version > 0 && rows.iter().any(|expected| keys_of(expected) == *row) {
                return Ok(None);
            }
            let settled = match mode {
                Mode::Check => true,
                Mode::Mend => {
                    let (pk, sk) = row.clone();
                    let writes = vec![
                        Write::check_no_event(A::stream(id), sort_key(loaded.version + 1)),
                        Write::delete(pk, sk),
                    ];
                    self.transact(writes).await? == Outcome::Written
                }
            };
            if settled {
                return Ok(Some(Drift {
                    row: format!("{}/{}", row.0, row.1),
                    problem: DriftProblem::Orphan,
                }));
            }
            pause(attempt).await;
        }
        Err(StoreError::Busy { attempts: ATTEMPTS })
    }

    /// Compares an account's count of live keys with its list, both read while the count did not change.
    async fn recount(&self, account: &str, mode: Mode) -> Result<Option<Drift>, StoreError> {
        let key = (key_list::partition(account), limits::SORT_KEY.to_owned());
        for attempt in 1..=ATTEMPTS {
            let before = self.database.row(&key).await?;
            let live = self.count_live(&key.0).await?;
            let counted = before.as_ref().and_then(|row| number(row, "live"));
            if counted.unwrap_or(0) == live {
                return Ok(None);
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
                    self.transact(vec![recounted]).await? == Outcome::Written
                }
            };
            if settled {
                let problem = if before.is_none() {
                    DriftProblem::Missing
                } else {
                    DriftProblem::Differs
                };
                return Ok(Some(Drift {
                    row: format!("{}/{}", key.0, key.1),
                    problem,
                }));
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
                .filter(|item| limits::takes_place(item))
                .count() as i64;
            page = answer.last_evaluated_key;
            if page.is_none() {
                return Ok(live);
            }
        }
    }
}

impl Claim {
    /// `None`: a row that follows from no single stream.
    fn of(item: &Item) -> Option<Self> {
        let row = keys_of(item);
        let origin = Origin::of(&row)?;
        Some(Self { row, origin })
    }

    /// Whether its stream leads to a row in its place. Which places an aggregate's rows have, its first event settles
    /// ([`Projected::rows`]); whether that row is the right one, the walk over the streams found out.
    fn is_shown_by(&self, found: &Found) -> bool {
        let Some(first) = found.get(&self.origin.first_event()) else {
            return false;
        };
        let first = vec![first.clone()];
        let expected = match &self.origin {
            Origin::Key(id) => Expected::after_events::<ApiKey>(id, first),
            Origin::Account(id) => Expected::after_events::<Account>(id, first),
        };
        expected.is_some_and(|expected| expected.places().any(|place| place == self.row))
    }
}

/// The stream a row of the views must follow from.
enum Origin {
    Key(String),
    Account(String),
}

impl Origin {
    fn of((pk, sk): &(String, String)) -> Option<Self> {
        if let Some(id) = pk.strip_prefix(ApiKey::PREFIX) {
            return Some(Self::Key(id.to_owned()));
        }
        let account = pk.strip_prefix(Account::PREFIX)?;
        if sk == standing::SORT_KEY {
            return Some(Self::Account(account.to_owned()));
        }
        key_list::named_by(sk).map(|(_, id)| Self::Key(id.to_owned()))
    }

    fn first_event(&self) -> (String, String) {
        let stream = match self {
            Self::Key(id) => ApiKey::stream(id),
            Self::Account(id) => Account::stream(id),
        };
        (stream, sort_key(1))
    }
}

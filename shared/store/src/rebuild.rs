//! Projections made anew from events, and compared with them.
//!
//! Nothing is truncated and no row is taken back: a row is written only where it is absent or not newer, and only while
//! no event has come after those it was made of. So a rebuild runs beside commands, and verify never misses a row.
//!
//! The walk ([`crate::walk`]) reads each event and each row about once, many at a time. What it sees together need not have been
//! there together, so it only ever decides that all is well: that the rows of a stream are those of its events. Where that is not so, a
//! rebuild writes what the events say, for many streams in one transaction, whose conditions decide. What it did not write, and all that a
//! check finds, is looked at stream by stream.

use std::collections::HashSet;
use std::fmt;
use std::num::NonZeroU32;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use hubkeys_domain::account::Account;
use hubkeys_domain::api_key::ApiKey;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::backoff::{ATTEMPTS, pause};
use crate::batch::{Found, MOST_KEYS};
use crate::drift::{Drift, Report};
use crate::expected::{Drifting, Expected};
use crate::projection::Projected;
use crate::stored_event::{Item, sort_key};
use crate::transaction::{Outcome, Write, keys_of, primary_key};
use crate::views::text;
use crate::walk::{PAGES_AT_ONCE, Page, Position, Segment, Walked};
use crate::{Checkpoint, Database, Progress, Store, StoreError};

/// Writes that DynamoDB takes in a transaction.
const MOST_WRITES: usize = 100;
/// Batches of a page that are worked on at once.
pub(crate) const BATCHES_AT_ONCE: usize = 4;
/// Streams of a batch that are looked at by themselves at once.
pub(crate) const STREAMS_AT_ONCE: usize = 4;

/// What is to become of a row that does not follow from its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It is reported.
    Check,
    /// It is reported and mended.
    Mend,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Check => "check",
            Self::Mend => "rebuild",
        })
    }
}

/// What came of one page of events.
struct StreamsDone {
    position: Position,
    streams: u64,
    events: u64,
    drift: Vec<Drift>,
}

impl Store {
    /// Compares every row that follows from events with its events, and writes nothing.
    ///
    /// # Errors
    /// [`StoreError`]; an event that can't be read ends the check, for nothing can be said of its rows.
    pub async fn check(&self, mut progress: impl FnMut(Progress)) -> Result<Report, StoreError> {
        let start = Checkpoint::start(Mode::Check, NonZeroU32::MIN);
        self.walk(start, |reached| progress(reached.progress()))
            .await
    }

    /// Makes every row that follows from events follow from them, and removes those that no stream leads to. Rows that are
    /// [`Ahead`](crate::DriftProblem::Ahead) it reports and leaves. May run beside commands, and again after a crash.
    ///
    /// # Errors
    /// [`StoreError`]; what was mended before stays mended.
    pub async fn rebuild(&self, mut progress: impl FnMut(Progress)) -> Result<Report, StoreError> {
        let start = Checkpoint::start(Mode::Mend, NonZeroU32::MIN);
        self.walk(start, |reached| progress(reached.progress()))
            .await
    }

    /// A check or rebuild from its start or from where an earlier one came to. Each place that it reaches it shows: whoever
    /// keeps the last one can go on from there.
    ///
    /// # Errors
    /// As [`Store::check`] and [`Store::rebuild`].
    pub async fn walk(
        &self,
        from: Checkpoint,
        mut reached: impl FnMut(&Checkpoint),
    ) -> Result<Report, StoreError> {
        let mut at = from;
        self.walk_streams(&mut at, &mut reached).await?;
        self.sweep(&mut at, &mut reached).await?;
        Ok(at.report)
    }

    async fn walk_streams(
        &self,
        at: &mut Checkpoint,
        reached: &mut impl FnMut(&Checkpoint),
    ) -> Result<(), StoreError> {
        let (mode, page, of) = (at.mode, at.page, at.events.len());
        let segments = at.events.iter().cloned().enumerate();
        let mut pages = stream::select_all(segments.map(|(number, start)| {
            self.database
                .pages(Walked::Events, Segment { number, of, page }, start)
                .map_ok(move |page| self.settle_streams(page, mode))
                .try_buffered(PAGES_AT_ONCE)
                .map_ok(move |done| (number, done))
                .boxed()
        }));
        while let Some((segment, done)) = pages.try_next().await? {
            if let Some(position) = at.events.get_mut(segment) {
                *position = done.position;
            }
            at.progress.streams += done.streams;
            at.progress.events += done.events;
            at.report.streams += done.streams;
            for drift in done.drift {
                at.report.add(drift);
            }
            reached(at);
        }
        Ok(())
    }

    /// Brings the rows of all streams of a page to what their events say.
    async fn settle_streams(&self, page: Page, mode: Mode) -> Result<StreamsDone, StoreError> {
        let mut done = StreamsDone {
            position: page.next,
            streams: 0,
            events: page.items.len() as u64,
            drift: Vec::new(),
        };
        let mut batches = vec![Batch::default()];
        for (name, events) in by_stream(page.items) {
            let name: StreamName = name.parse()?;
            let seen = Seen::of(name, events);
            // Wherever the rest of a stream is found, its first event is found once.
            done.streams += u64::from(seen.first);
            match batches.last_mut() {
                Some(batch) if batch.rows + seen.rows() <= MOST_KEYS => batch.push(seen),
                _ => {
                    let mut batch = Batch::default();
                    batch.push(seen);
                    batches.push(batch);
                }
            }
        }
        let mut settled = stream::iter(batches)
            .map(|batch| self.settle_batch(batch, mode))
            .buffer_unordered(BATCHES_AT_ONCE);
        while let Some(drift) = settled.try_next().await? {
            done.drift.extend(drift);
        }
        Ok(done)
    }

    async fn settle_batch(&self, batch: Batch, mode: Mode) -> Result<Vec<Drift>, StoreError> {
        let places = batch.streams.iter().flat_map(Seen::places).collect();
        let views = &self.database.tables.views;
        let found = self.database.rows_at(views, places).await?;
        let mut doubtful: Vec<_> = batch
            .streams
            .into_iter()
            .filter(|seen| !seen.is_shown_by(&found))
            .collect();
        let mut drift = Vec::new();
        if mode == Mode::Mend {
            (doubtful, drift) = self.mend_together(doubtful, &found).await?;
        }
        let mut looked_at = stream::iter(doubtful)
            .map(|seen| self.settle(seen.name, mode))
            .buffer_unordered(STREAMS_AT_ONCE);
        while let Some(found) = looked_at.try_next().await? {
            drift.extend(found);
        }
        Ok(drift)
    }

    /// Mends streams whose events a page seems to show whole, as many in a transaction as it takes: a commit costs more than what is in it.
    /// Gives the others back, and those of a transaction that was not written, whichever stream that was about.
    async fn mend_together(
        &self,
        streams: Vec<Seen>,
        found: &Found,
    ) -> Result<(Vec<Seen>, Vec<Drift>), StoreError> {
        let (mut left, mut drift) = (Vec::new(), Vec::new());
        let mut streams = streams.into_iter().peekable();
        while streams.peek().is_some() {
            let (mut together, mut writes, mut mended) = (Vec::new(), Vec::new(), Vec::new());
            let mut taken = HashSet::new();
            while let Some(seen) = streams.next_if(|seen| writes.len() + seen.rows() < MOST_WRITES)
            {
                match &seen.expected {
                    // A transaction writes to each row once. Only damaged events have two streams lead to one row.
                    Some(expected) if !expected.places().any(|place| taken.contains(&place)) => {
                        taken.extend(expected.places());
                        let drifted = expected.drifted(found);
                        writes.extend(expected.mending(&drifted));
                        mended.extend(drifted.iter().map(Drifting::report));
                        together.push(seen);
                    }
                    _ => left.push(seen),
                }
            }
            if together.is_empty() {
                // None is left, or one that is too large for a transaction.
                left.extend(streams.next());
                continue;
            }
            match self.transact(writes).await? {
                Outcome::Written => drift.extend(mended),
                _ => left.extend(together),
            }
        }
        Ok((left, drift))
    }

    /// Writes all of `writes` or nothing, in a transaction that nobody has begun before.
    pub(crate) async fn transact(&self, writes: Vec<Write>) -> Result<Outcome, StoreError> {
        let token = Uuid::now_v7().to_string();
        self.database.write(writes, &token).await
    }

    async fn settle(&self, stream: StreamName, mode: Mode) -> Result<Vec<Drift>, StoreError> {
        let mut drift = Vec::new();
        match &stream {
            StreamName::Key(id) => self.mend::<ApiKey>(id, mode, &mut drift).await?,
            StreamName::Account(id) => self.mend::<Account>(id, mode, &mut drift).await?,
        }
        Ok(drift)
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
            let expected = Expected::after(id, &loaded)?;
            let mut there = Found::new();
            for place in expected.places() {
                // Not as a batch: a revocation comes here too, and its function may not read one.
                if let Some(row) = self.database.row(&place).await? {
                    there.insert(place, row);
                }
            }
            let drifted = expected.drifted(&there);
            if drifted.is_empty() {
                return Ok(());
            }
            // A difference while an event arrived is no drift: only rows compared with the last event count.
            let settled = match mode {
                Mode::Check => !self.database.event_exists(expected.next_event()).await?,
                Mode::Mend => self.transact(expected.mending(&drifted)).await? == Outcome::Written,
            };
            if settled {
                drift.extend(drifted.iter().map(Drifting::report));
                return Ok(());
            }
            pause(attempt).await;
        }
        Err(StoreError::Busy { attempts: ATTEMPTS })
    }
}

impl Database {
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

/// A stream, by the kind of its aggregate.
#[derive(Clone, Debug)]
pub(crate) enum StreamName {
    Key(String),
    Account(String),
}

impl std::str::FromStr for StreamName {
    type Err = StoreError;

    fn from_str(pk: &str) -> Result<Self, StoreError> {
        if let Some(id) = pk.strip_prefix(ApiKey::PREFIX) {
            Ok(Self::Key(id.to_owned()))
        } else if let Some(id) = pk.strip_prefix(Account::PREFIX) {
            Ok(Self::Account(id.to_owned()))
        } else {
            Err(StoreError::unreadable(
                pk,
                "no stream of ours has such a name",
            ))
        }
    }
}

/// What a page shows of a stream.
struct Seen {
    name: StreamName,
    /// Whether its first event is here.
    first: bool,
    /// The rows that follow from its events, if the page has them whole and can read them.
    expected: Option<Expected>,
}

impl Seen {
    fn of(name: StreamName, events: Vec<Item>) -> Self {
        let first = events.first().and_then(|event| text(event, "sk")) == Some(&sort_key(1));
        let expected = match &name {
            StreamName::Key(id) => Expected::after_events::<ApiKey>(id, events),
            StreamName::Account(id) => Expected::after_events::<Account>(id, events),
        };
        Self {
            name,
            first,
            expected,
        }
    }

    fn rows(&self) -> usize {
        self.expected.as_ref().map_or(0, Expected::len)
    }

    fn places(&self) -> impl Iterator<Item = (String, String)> {
        self.expected.iter().flat_map(Expected::places)
    }

    /// Whether the rows are those that follow from the events of the page. Events that came since, or stand on another page,
    /// make no difference to that: what is on another page is not the first event there, and so is looked at by itself.
    fn is_shown_by(&self, found: &Found) -> bool {
        self.expected
            .as_ref()
            .is_some_and(|expected| expected.drifted(found).is_empty())
    }
}

/// Streams whose rows are read together.
#[derive(Default)]
struct Batch {
    streams: Vec<Seen>,
    rows: usize,
}

impl Batch {
    fn push(&mut self, seen: Seen) {
        self.rows += seen.rows();
        self.streams.push(seen);
    }
}

/// The events of a page, those of a stream together where they stand together.
fn by_stream(events: Vec<Item>) -> Vec<(String, Vec<Item>)> {
    let mut streams: Vec<(String, Vec<Item>)> = Vec::new();
    for event in events {
        let (pk, _) = keys_of(&event);
        match streams.last_mut() {
            Some((name, events)) if *name == pk => events.push(event),
            _ => streams.push((pk, vec![event])),
        }
    }
    streams
}

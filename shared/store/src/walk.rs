//! A walk over a table, page by page: several segments at once, a few pages of each ahead, and a note of where it has come to.
//!
//! What is held is bounded by these numbers, however many rows there are: a page is at most 1 MB, and of each segment at
//! most [`PAGES_AT_ONCE`] are worked on while the next is read.

use std::num::NonZeroU32;

use futures::{Stream, stream};
use serde::{Deserialize, Serialize};

use crate::drift::Report;
use crate::rebuild::Mode;
use crate::stored_event::Item;
use crate::transaction::{keys_of, primary_key};
use crate::views::text;
use crate::{Database, Store, StoreError};

/// Rows a page at most. DynamoDB would read on to 1 MB by itself; the embedded database reads the rest of the table for each
/// page that has no limit, which makes a walk quadratic.
pub(crate) const PAGE: u16 = 1_000;
/// Pages of a segment that are worked on at once.
pub(crate) const PAGES_AT_ONCE: usize = 2;
/// What DynamoDB allows is more. This many already wait for nothing but the processor.
const MOST_SEGMENTS: usize = 256;
/// Changes with the form of [`Checkpoint`]: what another version of this code left is not gone on from.
const FORM: u32 = 1;

/// Where a walk over one segment has come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Position {
    #[default]
    Start,
    /// After the row with these keys, which need not be there any more.
    After {
        pk: String,
        sk: String,
    },
    End,
}

/// Where the walk over a segment of the views has come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowPosition {
    pub(crate) position: Position,
    /// The account whose rows were being passed: its count of live keys was not compared yet.
    pub(crate) open_account: Option<String>,
}

/// How far a check or rebuild has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Streams done.
    pub streams: u64,
    /// Events read: first come all of them,
    pub events: u64,
    /// and then all rows of the views.
    pub rows: u64,
}

/// Where a check or rebuild has come to: everything that it must know to go on from there, in another process if need be.
///
/// Going on is as right as not having been interrupted. In either case each stream was compared with its rows, and mended, at an
/// instant of its own, and from then on it is the commands that keep them together: a commit writes its events and all rows
/// that follow from them, or nothing. That holds for what was written during the pause too, on streams that were passed
/// before it, on those that were not reached yet, and on new ones. A pause makes these instants lie further apart, and
/// nothing else. What only another rebuild finds, in either case, is damage done past the commands to a stream that was
/// passed already: after a restore, start anew.
///
/// Positions are names of rows, so they stay good while rows come and go: a row that was there all the time is passed once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    form: u32,
    pub(crate) mode: Mode,
    pub(crate) page: u16,
    /// By segment of the events.
    pub(crate) events: Vec<Position>,
    /// By segment of the views. They are walked when all streams are done.
    pub(crate) rows: Vec<RowPosition>,
    pub(crate) progress: Progress,
    pub(crate) report: Report,
}

/// A checkpoint can't be gone on from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is of another version of this code, or damaged.
    #[error("the checkpoint is not of this version's form: start anew without it")]
    Form,
    /// It is of a check where a rebuild is to go on, or the other way round.
    #[error("the checkpoint was left by a {found}, not by a {wanted}")]
    OtherMode {
        /// What left it.
        found: Mode,
        /// What was to go on.
        wanted: Mode,
    },
}

impl Checkpoint {
    /// The beginning. Each segment is read on its own: several make a walk over DynamoDB faster. The embedded database has no
    /// index for segments: there, more than one is slower.
    pub fn start(mode: Mode, segments: NonZeroU32) -> Self {
        let segments = usize::try_from(segments.get()).unwrap_or(MOST_SEGMENTS);
        let segments = segments.min(MOST_SEGMENTS);
        Self {
            form: FORM,
            mode,
            page: PAGE,
            events: vec![Position::default(); segments],
            rows: vec![RowPosition::default(); segments],
            progress: Progress::default(),
            report: Report::default(),
        }
    }

    /// The same with fewer rows a page: less is held, and less is done again after an interruption.
    pub fn with_pages_of(mut self, rows: u16) -> Self {
        self.page = rows.clamp(1, PAGE);
        self
    }

    /// This checkpoint, if a walk of this mode can go on from it.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn for_mode(self, wanted: Mode) -> Result<Self, CheckpointError> {
        let segments = self.events.len();
        if self.form != FORM
            || !(1..=MOST_SEGMENTS).contains(&segments)
            || self.rows.len() != segments
            || !(1..=PAGE).contains(&self.page)
        {
            return Err(CheckpointError::Form);
        }
        if self.mode != wanted {
            let found = self.mode;
            return Err(CheckpointError::OtherMode { found, wanted });
        }
        Ok(self)
    }

    /// How far it has come, pauses included.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// What was found up to here.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

impl Store {
    /// About how many rows both tables have, as DynamoDB counted them in the last six hours. `None`: it does not say. Only to
    /// tell how long a walk will take.
    pub async fn rows_about(&self) -> Option<u64> {
        let mut rows = 0;
        let tables = &self.database.tables;
        for table in [&tables.events, &tables.views] {
            let describe = self.database.client.describe_table().table_name(table);
            let counted = describe.send().await.ok()?.table?.item_count?;
            rows += u64::try_from(counted).ok()?;
        }
        Some(rows)
    }
}

/// A table that is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Walked {
    /// Whole events. No page ends within a stream, unless that stream fills it.
    Events,
    /// Of each row its keys, and what the count of live keys is compared by.
    Views,
}

/// One segment of a number of them, and how many rows of it are read at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) number: usize,
    pub(crate) of: usize,
    pub(crate) page: u16,
}

/// A page, and where the next begins.
pub(crate) struct Page {
    pub(crate) items: Vec<Item>,
    pub(crate) next: Position,
}

impl Database {
    /// The pages of a segment from `start` on, read consistently.
    pub(crate) fn pages(
        &self,
        table: Walked,
        segment: Segment,
        start: Position,
    ) -> impl Stream<Item = Result<Page, StoreError>> + '_ {
        stream::try_unfold(start, move |position| async move {
            if position == Position::End {
                return Ok(None);
            }
            let page = self.page(table, segment, position).await?;
            let next = page.next.clone();
            Ok(Some((page, next)))
        })
    }

    async fn page(
        &self,
        table: Walked,
        segment: Segment,
        position: Position,
    ) -> Result<Page, StoreError> {
        let start = match position {
            Position::After { pk, sk } => Some(primary_key(pk, sk)),
            Position::Start | Position::End => None,
        };
        let mut scan = self
            .client
            .scan()
            .consistent_read(true)
            .limit(i32::from(segment.page))
            .set_exclusive_start_key(start);
        if segment.of > 1 {
            let number = |number| i32::try_from(number).unwrap_or(i32::MAX);
            scan = scan
                .segment(number(segment.number))
                .total_segments(number(segment.of));
        }
        let scan = match table {
            Walked::Events => scan.table_name(&self.tables.events),
            Walked::Views => scan
                .table_name(&self.tables.views)
                .projection_expression("pk, sk, #status, live")
                .expression_attribute_names("#status", "status"),
        };
        let answer = scan
            .send()
            .await
            .map_err(StoreError::unavailable(match table {
                Walked::Events => "scan the events",
                Walked::Views => "scan the views",
            }))?;
        let items = answer.items.unwrap_or_default();
        let Some(last) = answer.last_evaluated_key else {
            let next = Position::End;
            return Ok(Page { items, next });
        };
        let (pk, sk) = keys_of(&last);
        let next = Position::After { pk, sk };
        Ok(match table {
            Walked::Events => whole_streams(items, next),
            Walked::Views => Page { items, next },
        })
    }
}

/// Leaves the last stream of a page to the next one, which then has it whole: the rest of it may be there.
fn whole_streams(mut items: Vec<Item>, next: Position) -> Page {
    let last = items
        .last()
        .and_then(|item| text(item, "pk"))
        .unwrap_or_default();
    let before = items
        .iter()
        .rposition(|item| text(item, "pk") != Some(last));
    match before.and_then(|index| Some((index, items.get(index)?))) {
        None => Page { items, next },
        Some((index, item)) => {
            let (pk, sk) = keys_of(item);
            items.truncate(index + 1);
            let next = Position::After { pk, sk };
            Page { items, next }
        }
    }
}

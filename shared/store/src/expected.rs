//! The rows that follow from the events of a stream: what is wrong with those that are there, and the writes that mend it.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::StoreError;
use crate::batch::Found;
use crate::drift::{Drift, DriftProblem};
use crate::event_store::{Loaded, recorded, replay};
use crate::projection::Projected;
use crate::stored_event::{Item, sort_key};
use crate::transaction::{Guard, Write, keys_of};
use crate::views::number;

/// The rows that follow from all events of a stream that are known.
pub(crate) struct Expected {
    stream: String,
    /// How many events that is.
    version: u64,
    rows: Vec<Item>,
}

/// A row that is not as it follows from the events, and what is wrong with the one there.
pub(crate) struct Drifting<'a> {
    row: &'a Item,
    problem: DriftProblem,
}

impl Expected {
    /// The rows of a stream that was loaded.
    ///
    /// # Errors
    /// [`StoreError`]: what the events say can't be a row.
    pub(crate) fn after<A: Projected>(id: &str, loaded: &Loaded<A>) -> Result<Self, StoreError> {
        Ok(Self {
            stream: A::stream(id),
            version: loaded.version,
            rows: loaded.aggregate.rows(id, loaded.version)?,
        })
    }

    /// The rows of a stream with these events, if they are events 1 to n of it in this order. `None` decides nothing: then the stream is
    /// loaded by itself, which gives the rows or tells what is wrong.
    pub(crate) fn after_events<A: Projected>(id: &str, events: Vec<Item>) -> Option<Self> {
        let stream = A::stream(id);
        let history: Result<Vec<_>, _> = events
            .into_iter()
            .zip(1..)
            .map(|(event, sequence)| recorded(&stream, sequence, event))
            .collect();
        Self::after(id, &replay::<A>(id, history.ok()?)).ok()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Where the rows should stand.
    pub(crate) fn places(&self) -> impl Iterator<Item = (String, String)> {
        self.rows.iter().map(keys_of)
    }

    /// Where the event after the last one will stand.
    pub(crate) fn next_event(&self) -> (String, String) {
        (self.stream.clone(), sort_key(self.version + 1))
    }

    /// The rows that are not among `found` as they should be.
    pub(crate) fn drifted(&self, found: &Found) -> Vec<Drifting<'_>> {
        let drifting = |row| {
            let problem = problem_of(row, found.get(&keys_of(row)))?;
            Some(Drifting { row, problem })
        };
        self.rows.iter().filter_map(drifting).collect()
    }

    /// The writes that mend these rows, but for those that are [`DriftProblem::Ahead`]: one more than rows at most. They are good only as
    /// long as no event comes and no newer row.
    pub(crate) fn mending(&self, drifted: &[Drifting<'_>]) -> Vec<Write> {
        let (pk, sk) = self.next_event();
        let mut writes = vec![Write::check_no_event(pk, sk)];
        let mendable = drifted
            .iter()
            .filter(|drifting| drifting.problem != DriftProblem::Ahead);
        writes.extend(mendable.map(|drifting| {
            Write::put_if(
                Guard::Unchanged,
                drifting.row.clone(),
                // A row that is not there, or has no readable version, is not newer either.
                "attribute_not_exists(version) OR NOT attribute_type(version, :number) \
                 OR version <= :version",
            )
            .value(":number", AttributeValue::S("N".to_owned()))
            .value(":version", AttributeValue::N(self.version.to_string()))
        }));
        writes
    }
}

impl Drifting<'_> {
    /// What a report says of it.
    pub(crate) fn report(&self) -> Drift {
        let (pk, sk) = keys_of(self.row);
        Drift {
            row: format!("{pk}/{sk}"),
            problem: self.problem,
        }
    }
}

/// What is wrong with the row that was found where `expected` should stand, if anything is.
fn problem_of(expected: &Item, found: Option<&Item>) -> Option<DriftProblem> {
    match found {
        None => Some(DriftProblem::Missing),
        Some(found) if found == expected => None,
        Some(found) if number(found, "version") > number(expected, "version") => {
            Some(DriftProblem::Ahead)
        }
        Some(_) => Some(DriftProblem::Differs),
    }
}

//! Rows that do not follow from their events, and a report of them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Rows that a report names, of each problem: what is to be held must not grow with the damage.
const NAMED: u64 = 1_000;

/// A row that does not follow from the events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// Which row, as `<partition key>/<sort key>`.
    pub row: String,
    /// What is wrong: it is missing, differs, is ahead of its stream, or belongs to none.
    pub problem: DriftProblem,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// How many rows drifted, by what is wrong with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drifted {
    /// [`DriftProblem::Missing`].
    pub missing: u64,
    /// [`DriftProblem::Differs`].
    pub differs: u64,
    /// [`DriftProblem::Ahead`].
    pub ahead: u64,
    /// [`DriftProblem::Orphan`].
    pub orphan: u64,
}

impl Drifted {
    /// All of them.
    pub fn rows(&self) -> u64 {
        self.missing + self.differs + self.ahead + self.orphan
    }

    fn of(&mut self, problem: DriftProblem) -> &mut u64 {
        match problem {
            DriftProblem::Missing => &mut self.missing,
            DriftProblem::Differs => &mut self.differs,
            DriftProblem::Ahead => &mut self.ahead,
            DriftProblem::Orphan => &mut self.orphan,
        }
    }
}

/// What a rebuild or check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// How many streams there are.
    pub streams: u64,
    /// How many rows did not follow from the events. After a rebuild they do, but for those that are
    /// [`DriftProblem::Ahead`].
    pub drifted: Drifted,
    /// Those rows: of each problem the first thousand that were found.
    pub drift: Vec<Drift>,
}

impl Report {
    /// Counts a row, and names it while few are.
    pub fn add(&mut self, drift: Drift) {
        let count = self.drifted.of(drift.problem);
        *count += 1;
        if *count <= NAMED {
            self.drift.push(drift);
        }
    }
}

//! `hubkeys admin check`.

use std::io::{self, Write};
use std::process::ExitCode;

use hubkeys_store::{Drift, Report};
use serde_json::{Value, json};

use super::place::Place;
use super::progress::Progress;
use super::{Session, exit};
use crate::failure::Failure;
use crate::output::{self, visible};

pub(super) async fn run(place: &Place, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let mut progress = Progress::of("checking streams");
    let report = place.store().check(|done| progress.at(done.streams)).await;
    progress.end();
    let report = report.map_err(|error| Failure::admin(&error))?;
    session.print(&answer(&report), |out| {
        if report.drift.is_empty() {
            return writeln!(
                out,
                "Every row of {} streams follows from its events.",
                report.streams
            );
        }
        print(out, &report.drift)?;
        writeln!(
            out,
            "\n`hubkeys admin rebuild` makes them follow from their events again."
        )
    })?;
    Ok(exit(report.drift.is_empty()))
}

/// What was found, as JSON.
pub(super) fn answer(report: &Report) -> Value {
    let drift: Vec<_> = report
        .drift
        .iter()
        .map(|drift| json!({"row": drift.row, "problem": drift.problem.to_string()}))
        .collect();
    json!({"streams": report.streams, "drift": drift})
}

/// What was found, as a table.
pub(super) fn print(out: &mut dyn Write, drift: &[Drift]) -> io::Result<()> {
    let rows: Vec<_> = drift
        .iter()
        .map(|drift| [drift.problem.to_string(), visible(&drift.row)])
        .collect();
    output::table(out, ["PROBLEM", "ROW"], &rows)
}

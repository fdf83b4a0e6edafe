//! `hubkeys admin check`.

use std::io::{self, Write};
use std::process::ExitCode;

use hubkeys_store::{Mode, Report};
use serde_json::{Value, json};

use super::place::Place;
use super::walk::{WalkArguments, walk};
use super::{Session, exit};
use crate::failure::Failure;
use crate::output::{self, visible};

pub(super) async fn run(
    arguments: &WalkArguments,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let report = walk(Mode::Check, "checking rows", arguments, place).await?;
    session.print(&answer(&report), |out| {
        if report.drifted.rows() == 0 {
            return writeln!(
                out,
                "Every row of {} streams follows from its events.",
                report.streams
            );
        }
        print(out, &report)?;
        writeln!(
            out,
            "\n`hubkeys admin rebuild` makes them follow from their events again."
        )
    })?;
    Ok(exit(report.drifted.rows() == 0))
}

/// What was found, as JSON.
pub(super) fn answer(report: &Report) -> Value {
    let drift: Vec<_> = report
        .drift
        .iter()
        .map(|drift| json!({"row": drift.row, "problem": drift.problem.to_string()}))
        .collect();
    json!({"streams": report.streams, "drifted": report.drifted, "drift": drift})
}

/// What was found, as a table.
pub(super) fn print(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let rows: Vec<_> = report
        .drift
        .iter()
        .map(|drift| [drift.problem.to_string(), visible(&drift.row)])
        .collect();
    output::table(out, ["PROBLEM", "ROW"], &rows)?;
    let more = report.drifted.rows() - report.drift.len() as u64;
    if more > 0 {
        writeln!(out, "… and {more} more.")?;
    }
    Ok(())
}

//! `hubkeys admin rebuild`.

use std::process::ExitCode;

use hubkeys_store::DriftProblem;

use super::place::Place;
use super::progress::Progress;
use super::{Session, check, exit};
use crate::failure::Failure;

/// Exit code 1 if a row is left that claims more events than there are: that one only an operator can judge.
pub(super) async fn run(place: &Place, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let mut progress = Progress::of("rebuilding streams");
    let report = place
        .store()
        .rebuild(|done| progress.at(done.streams))
        .await;
    progress.end();
    let report = report.map_err(|error| Failure::admin(&error))?;
    // A row that was mended may have let a key pass: only now it may be said that it is right.
    place.wait_out_leases().await?;
    let ahead = |drift: &&hubkeys_store::Drift| drift.problem == DriftProblem::Ahead;
    let left = report.drift.iter().filter(ahead).count();
    session.print(&check::answer(&report), |out| {
        if !report.drift.is_empty() {
            check::print(out, &report.drift)?;
            writeln!(out)?;
        }
        let mended = report.drift.len() - left;
        writeln!(
            out,
            "{mended} rows of {} streams were mended.",
            report.streams
        )?;
        if left > 0 {
            writeln!(
                out,
                "{left} claim more events than there are, and were left: were events lost?"
            )?;
        }
        Ok(())
    })?;
    Ok(exit(left == 0))
}

//! `hubkeys admin rebuild`.

use std::process::ExitCode;

use hubkeys_store::Mode;

use super::place::Place;
use super::walk::{WalkArguments, walk};
use super::{Session, check, exit};
use crate::failure::Failure;

/// Exit code 1 if a row is left that claims more events than there are: that one only an operator can judge.
pub(super) async fn run(
    arguments: &WalkArguments,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let report = walk(Mode::Mend, "rebuilding rows", arguments, place).await?;
    // A row that was mended may have let a key pass: only now it may be said that it is right.
    place.wait_out_leases().await?;
    let left = report.drifted.ahead;
    session.print(&check::answer(&report), |out| {
        let drifted = report.drifted.rows();
        if drifted > 0 {
            check::print(out, &report)?;
            writeln!(out)?;
        }
        let mended = drifted - left;
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

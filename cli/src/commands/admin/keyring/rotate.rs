//! `hubkeys admin keyring rotate`.

use std::process::ExitCode;

use serde_json::json;

use crate::commands::admin::place::Place;
use crate::commands::admin::{Session, exit};
use crate::failure::Failure;

pub(super) async fn run(place: &Place, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let rotated = place
        .keyring()?
        .rotate()
        .await
        .map_err(|error| Failure::admin(&error))?;
    let answer = json!({"from": rotated.from, "to": rotated.to});
    session.print(&answer, |out| {
        writeln!(
            out,
            "Version {} of the keyring is current; it was {}. A running service takes it up within 5 minutes.\n\
             Then `hubkeys admin keyring reseal` moves what is stored under older versions.",
            rotated.to, rotated.from
        )
    })?;
    Ok(exit(true))
}

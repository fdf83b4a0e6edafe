//! `hubkeys admin keyring prune`.

use std::process::ExitCode;

use hubkeys_domain::KeyringVersion;
use serde_json::json;

use crate::commands::admin::place::Place;
use crate::commands::admin::{Session, exit};
use crate::failure::Failure;

pub(super) async fn run(
    version: &KeyringVersion,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    place
        .keyring()?
        .prune(&place.store(), version)
        .await
        .map_err(|error| Failure::admin(&error))?;
    session.print(&json!({"removed": version}), |out| {
        writeln!(
            out,
            "Version {version} of the keyring is removed: no live key needed it."
        )
    })?;
    Ok(exit(true))
}

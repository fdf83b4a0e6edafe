//! `hubkeys admin keyring`.

mod prune;
mod reseal;
mod rotate;
mod status;

use std::process::ExitCode;

use clap::Subcommand;
use hubkeys_domain::KeyringVersion;

use super::Session;
use super::place::Place;
use crate::failure::Failure;

#[derive(Subcommand, Debug)]
pub(super) enum KeyringCommand {
    /// Show the keyring's versions, and how many keys are stored under each: exit code 1 if a live key is stored under one
    /// that is not there
    Status,
    /// Add a version and make it current: what is made from then on is made under it, and all else stays readable
    Rotate,
    /// Move live keys to the current version: HMAC keys at once, Basic keys whose secret was presented since the rotation.
    /// Run it again for those that were not: exit code 1 if a key could not be moved
    Reseal,
    /// Remove a version that no live key is stored under, an hour after the last rotation
    Prune {
        /// The version, e.g. 1
        #[arg(value_parser = version)]
        version: KeyringVersion,
    },
}

pub(super) async fn run(
    command: &KeyringCommand,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    match command {
        KeyringCommand::Status => status::run(place, session).await,
        KeyringCommand::Rotate => rotate::run(place, session).await,
        KeyringCommand::Reseal => reseal::run(place, session).await,
        KeyringCommand::Prune { version } => prune::run(version, place, session).await,
    }
}

fn version(text: &str) -> Result<KeyringVersion, &'static str> {
    KeyringVersion::try_from(text.to_owned())
}

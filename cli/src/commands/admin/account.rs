//! `hubkeys admin account`: the platform's decisions about an account.

use std::process::ExitCode;

use clap::Subcommand;
use hubkeys_domain::AccountId;
use hubkeys_domain::account::AccountCommand as Decision;
use serde_json::json;

use super::place::Place;
use super::{Session, exit};
use crate::failure::Failure;
use crate::session::now;

#[derive(Subcommand, Debug)]
pub(super) enum AccountCommand {
    /// Verify an account, asked for or not
    Verify {
        /// The account, e.g. globex
        account: AccountId,
    },
}

pub(super) async fn run(
    command: &AccountCommand,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let (by, at) = (session.by.clone(), now()?);
    let (account, decision) = match command {
        AccountCommand::Verify { account } => (
            account,
            Decision::Verify {
                account: account.clone(),
                by,
                at,
            },
        ),
    };
    let decided = place
        .store()
        .execute_on_account(account, decision, &session.context())
        .await
        .map_err(|error| Failure::admin(&error))?;
    let standing = decided.aggregate.standing.as_str();
    let answer = json!({"id": account, "standing": standing, "changed": decided.changed});
    session.print(&answer, |out| {
        let was = if decided.changed { "" } else { ", as it was" };
        writeln!(out, "{account} is {standing}{was}.")
    })?;
    Ok(exit(true))
}

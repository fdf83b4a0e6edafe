//! `hubkeys admin account`: the platform's decisions about an account.

use std::process::ExitCode;

use clap::Subcommand;
use hubkeys_domain::AccountId;
use hubkeys_domain::account::{AccountCommand as Decision, Standing};
use hubkeys_store::Enforced;
use serde_json::json;

use super::place::Place;
use super::progress::Progress;
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
    /// Suspend a verified account and disable every key of it. When this has succeeded none of them verifies. May be repeated,
    /// and must be if it was interrupted
    Suspend {
        /// The account, e.g. globex
        account: AccountId,
    },
    /// End the suspension of an account and enable the keys that were disabled by it. May be repeated
    Reinstate {
        /// The account, e.g. globex
        account: AccountId,
    },
}

pub(super) async fn run(
    command: &AccountCommand,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    match command {
        AccountCommand::Verify { account } => verify(account, place, session).await,
        AccountCommand::Suspend { account } => suspend(account, place, session).await,
        AccountCommand::Reinstate { account } => reinstate(account, place, session).await,
    }
}

async fn verify(
    account: &AccountId,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let decision = Decision::Verify {
        account: account.clone(),
        by: session.by.clone(),
        at: now()?,
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

async fn suspend(
    account: &AccountId,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let mut progress = Progress::of("disabling keys");
    let suspended = place
        .store()
        .suspend_account(account, &session.by, now()?, &session.request_id, |done| {
            progress.at(done.keys);
        })
        .await;
    progress.end();
    let suspended = suspended.map_err(|error| Failure::admin(&error))?;
    let done = (Standing::Suspended, "disabled", "verifies");
    print(account, done, suspended, session)
}

async fn reinstate(
    account: &AccountId,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let mut progress = Progress::of("enabling keys");
    let reinstated = place
        .store()
        .reinstate_account(account, &session.by, now()?, &session.request_id, |done| {
            progress.at(done.keys);
        })
        .await;
    progress.end();
    let reinstated = reinstated.map_err(|error| Failure::admin(&error))?;
    let done = (Standing::Verified, "enabled", "is disabled");
    print(account, done, reinstated, session)
}

fn print(
    account: &AccountId,
    (standing, done, none): (Standing, &str, &str),
    enforced: Enforced,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let standing = standing.as_str();
    let Enforced {
        decided,
        keys,
        changed,
    } = enforced;
    let answer = json!({"id": account, "standing": standing, "changed": decided, "keys": keys, (done): changed});
    session.print(&answer, |out| {
        let was = if decided { "" } else { ", as it was" };
        writeln!(out, "{account} is {standing}{was}.")?;
        writeln!(
            out,
            "Of its {keys} live keys {changed} were {done} now, and none {none} any more."
        )
    })?;
    Ok(exit(true))
}

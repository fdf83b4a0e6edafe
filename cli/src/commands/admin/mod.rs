//! `hubkeys admin`: what only the platform's operators do, at the tables and the keyring themselves. No route reaches it:
//! who may is decided by who may open the data folder, or by IAM.

mod account;
mod check;
mod key;
mod keyring;
mod lease;
mod place;
mod progress;
mod rebuild;
mod revocations;
mod walk;

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use hubkeys_domain::{Operator, UserId};
use hubkeys_store::WhoAndWhere;
use serde_json::Value;
use uuid::Uuid;

use self::place::{Place, PlaceArguments};
use self::walk::WalkArguments;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct AdminArguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// Who does it, as the histories remember it; by default `$USER`
    #[arg(long, value_name = "NAME", env = "HUBKEYS_OPERATOR", global = true)]
    by: Option<UserId>,
    /// Print the answer as JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Subcommand, Debug)]
enum AdminCommand {
    /// Decide about an account
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Act on one key
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Compare every row with its events and change nothing: exit code 1 if one does not follow from them
    Check(WalkArguments),
    /// Make every row follow from its events again, beside a running service
    Rebuild(WalkArguments),
    /// See, rotate and prune the keyring, and move what is stored to its current version
    #[command(subcommand)]
    Keyring(keyring::KeyringCommand),
    /// See and change for how long verify may answer from memory
    #[command(subcommand)]
    Lease(lease::LeaseCommand),
    /// The log of revocations
    #[command(subcommand)]
    Revocations(revocations::RevocationsCommand),
}

/// Who asks, and how they want to be answered.
struct Session<'a> {
    by: Operator,
    request_id: String,
    json: bool,
    out: &'a mut dyn Write,
}

/// Does it, at whichever place.
pub(crate) fn run(arguments: AdminArguments, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let mut session = Session {
        by: operator(arguments.by),
        request_id: format!("admin-{}", Uuid::now_v7()),
        json: arguments.json,
        out,
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::admin(&error))?
        .block_on(async {
            let place = Place::open(arguments.place).await?;
            if !place.is_alone() {
                // Before anything is done there: which tables an environment names is easily mistaken.
                let _ = writeln!(io::stderr(), "hubkeys: at {}", place.name());
            }
            let done = dispatch(&arguments.command, &place, &mut session).await;
            place.close().await?;
            done
        })
}

async fn dispatch(
    command: &AdminCommand,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    match command {
        AdminCommand::Account(command) => account::run(command, place, session).await,
        AdminCommand::Key(command) => key::run(command, place, session).await,
        AdminCommand::Check(arguments) => check::run(arguments, place, session).await,
        AdminCommand::Rebuild(arguments) => rebuild::run(arguments, place, session).await,
        AdminCommand::Keyring(command) => keyring::run(command, place, session).await,
        AdminCommand::Lease(command) => lease::run(command, place, session).await,
        AdminCommand::Revocations(command) => revocations::run(command, place, session).await,
    }
}

fn operator(named: Option<UserId>) -> Operator {
    let logged_in = || env::var("USER").ok()?.parse().ok();
    let user = named.or_else(logged_in);
    Operator {
        user: user.unwrap_or_else(UserId::of_the_command_line),
    }
}

impl Session<'_> {
    /// For one command. Whoever types is patient.
    fn context(&self) -> WhoAndWhere {
        WhoAndWhere {
            request_id: self.request_id.clone(),
            deadline: Instant::now() + Duration::from_secs(30),
        }
    }

    /// Prints the JSON if that is wanted, and otherwise what `write` writes.
    fn print(
        &mut self,
        json: &Value,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        if self.json {
            output::json(self.out, json)?;
        } else {
            write(self.out)?;
        }
        Ok(())
    }
}

/// 0 if all is well, 1 if somebody has to look.
fn exit(well: bool) -> ExitCode {
    if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

//! `hubkeys account`: where an account stands.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use hubkeys_domain::AccountId;
use ureq::http::Method;

use crate::failure::Failure;
use crate::output;
use crate::session::Session;

#[derive(Subcommand, Debug)]
pub(crate) enum AccountCommand {
    /// Show where your account stands
    Show(Printed),
    /// Open your account
    Open(Printed),
    /// Ask for your account to be verified, which it must be to have keys
    RequestVerification(Printed),
    /// Verify an account (for operators)
    Verify {
        /// The account, e.g. globex
        account: AccountId,
        #[command(flatten)]
        printed: Printed,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Printed {
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Asks, and prints the account as it then is.
pub(crate) fn run(command: &AccountCommand, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let service = Session::service()?;
    let post = |path: &str| service.send(Method::POST, path, &[], None);
    let (account, printed) = match command {
        AccountCommand::Show(printed) => (service.get("/v1/account", &[])?, printed),
        AccountCommand::Open(printed) => (post("/v1/account")?, printed),
        AccountCommand::RequestVerification(printed) => {
            (post("/v1/account/verification")?, printed)
        }
        AccountCommand::Verify { account, printed } => {
            (post(&format!("/v1/accounts/{account}/verify"))?, printed)
        }
    };
    if printed.json {
        output::json(out, &account)?;
    } else {
        output::members(out, &account, &["id"])?;
    }
    Ok(ExitCode::SUCCESS)
}

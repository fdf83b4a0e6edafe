//! `hubkeys keys`: the keys of an account.

mod create;
mod history;
mod list;
mod rename;
mod revoke;
mod show;

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;

use crate::failure::Failure;
use crate::session::Session;

#[derive(Subcommand, Debug)]
pub(crate) enum KeysCommand {
    /// Create a key; its secret is shown this once
    Create(create::CreateArguments),
    /// List the keys of your account
    List(list::ListArguments),
    /// Show one key
    Show(show::ShowArguments),
    /// Give a key another name
    Rename(rename::RenameArguments),
    /// Revoke one or several keys, for good
    Revoke(revoke::RevokeArguments),
    /// Show who did what to a key, and when
    History(history::HistoryArguments),
}

pub(crate) fn run(command: KeysCommand, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let service = Session::service()?;
    match command {
        KeysCommand::Create(arguments) => create::run(arguments, &service, out),
        KeysCommand::List(arguments) => list::run(&arguments, &service, out),
        KeysCommand::Show(arguments) => show::run(&arguments, &service, out),
        KeysCommand::Rename(arguments) => rename::run(&arguments, &service, out),
        KeysCommand::Revoke(arguments) => revoke::run(&arguments, &service, out),
        KeysCommand::History(arguments) => history::run(&arguments, &service, out),
    }
}

//! The commands, one a file.

mod account;
mod admin;
mod explain;
mod keys;
mod login;
mod serve;
mod sign;
mod verify;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

/// Issues, manages and verifies REST API credentials. Without a command it starts the local stack.
#[derive(Parser, Debug)]
#[command(name = "hubkeys", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::ServeArguments,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Sign in to a service as one of its users
    Login(login::LoginArguments),
    /// Create, list, rename and revoke the keys of your account
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// See where your account stands, and have it verified
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Operate a service at its tables and its keyring: check and rebuild, rotate the keyring, repeat lost revocations
    Admin(Box<admin::AdminArguments>),
    /// Sign a request with a key, and print its headers or send it
    Sign(Box<sign::SignArguments>),
    /// Ask the service who sent a request: exit code 0 if it is valid, 1 if it is refused, 2 if nobody can tell
    Verify(verify::VerifyArguments),
    /// Judge requests offline and show what their signatures are of: exit code 0 if all came out as expected, 1 if one
    /// did not, 2 if the file can't be read
    Explain(explain::ExplainArguments),
}

impl Arguments {
    /// What a failure exits with: 2 where 1 says that a request was refused.
    pub(crate) fn exit_code_of_failure(&self) -> ExitCode {
        match &self.command {
            Some(Command::Verify(_) | Command::Explain(_)) => ExitCode::from(2),
            _ => ExitCode::from(1),
        }
    }
}

/// Does what the arguments ask for.
pub(crate) fn run(arguments: Arguments, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    match arguments.command {
        None => serve::run(arguments.serve, out),
        Some(Command::Login(arguments)) => login::run(&arguments, out),
        Some(Command::Keys(command)) => keys::run(command, out),
        Some(Command::Account(command)) => account::run(&command, out),
        Some(Command::Admin(arguments)) => admin::run(*arguments, out),
        Some(Command::Sign(arguments)) => sign::run(&arguments, out),
        Some(Command::Verify(arguments)) => verify::run(&arguments, out),
        Some(Command::Explain(arguments)) => explain::run(&arguments, out),
    }
}

//! What `check` costs next to the bare MAC and on hostile header fields, a verify next to a bare `GetItem`, and whether
//! the time of a refusal tells its reason: everything in one run, interleaved, so that whatever else the machine does
//! falls on both sides of a ratio.
//!
//! ```text
//! cargo run --profile measured -p bench [-- --quick | --json | seed | rebuild]
//! ```
//!
//! Figures of a debug build are no figures: it refuses.

mod allocations;
mod check;
mod database;
mod decision;
mod handler;
mod hostile;
mod hostile_fields;
mod interleaved;
mod machine;
mod one_answer;
mod peer_keys;
mod rebuild;
mod report;
mod requests;
mod seed;
mod server;
mod sides;
mod stack;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::machine::Machine;
use crate::report::Report;
use crate::sides::Sides;

/// What goes wrong ends the run: half a table would be read as a whole one.
type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Measures check and verify. Run it as: cargo run --profile measured -p bench
#[derive(Parser, Debug)]
struct Arguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// A tenth of the rounds: for a first look, not for the record
    #[arg(long)]
    quick: bool,
    /// Run in a debug build, to work on the benchmark itself
    #[arg(long)]
    allow_debug: bool,
    #[command(subcommand)]
    other: Option<Other>,
}

/// What is done by itself.
#[derive(Subcommand, Debug)]
enum Other {
    /// Make keys for `script/bench`
    Seed(peer_keys::SeedArguments),
    /// Check and rebuild, by the number of keys
    Rebuild(rebuild::RebuildArguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if cfg!(debug_assertions) && !arguments.allow_debug {
        eprintln!(
            "bench: this is a debug build, and its figures would be none. Run: {}",
            machine::COMMAND
        );
        return ExitCode::from(2);
    }
    let measured = match &arguments.other {
        Some(Other::Seed(of)) => peer_keys::run(of),
        Some(Other::Rebuild(of)) => rebuild::run(of),
        None => run(&arguments),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let tenth = if arguments.quick { 10 } else { 1 };
    let machine = Machine::here();
    let check = check::measure(4_000 / tenth)?;
    let hostile = hostile::measure(500 / tenth)?;
    let folder = tempfile::tempdir()?;
    let sides = Sides::start(folder.path())?;
    let verify = decision::measure(&sides, 5_000 / tenth)?;
    let one_answer = one_answer::measure(&sides, 20_000 / tenth)?;
    // Last: it has the verifier answer from memory.
    let handler = handler::measure(&sides, 20_000 / tenth)?;
    sides.stop()?;
    let report = Report {
        machine,
        check,
        hostile,
        verify,
        handler,
        one_answer,
    };
    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        write!(out, "{report}")?;
    }
    Ok(())
}

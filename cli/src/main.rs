//! The `hubkeys` command line.

mod case;
mod commands;
mod failure;
mod input;
mod judgement;
mod output;
mod private_file;
mod secret_source;
mod service;
mod session;

use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

/// A request is some hundred small allocations, and several threads make them. This allocator is faster by the huge pages it asks for, which
/// are some 15 MB (docs/bench/peers.md, "Memory"): a build that is not optimised has no use for them.
#[cfg(not(debug_assertions))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = commands::Arguments::parse();
    let failed = arguments.exit_code_of_failure();
    let mut out = BufWriter::new(io::stdout().lock());
    let result = commands::run(arguments, &mut out).and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    match result {
        Ok(code) => code,
        // `hubkeys keys list | head -1` is no failure, and nobody reads on.
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            // What was printed before it failed is still worth reading; that it can't be is not news.
            let _ = out.flush();
            let line = output::visible(&failure.to_string());
            let _ = writeln!(io::stderr(), "hubkeys: {line}");
            failed
        }
    }
}

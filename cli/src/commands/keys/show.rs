//! `hubkeys keys show`.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use hubkeys_domain::KeyId;

use crate::failure::Failure;
use crate::output;
use crate::service::Service;

#[derive(Args, Debug)]
pub(crate) struct ShowArguments {
    /// The key
    id: KeyId,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Prints the key.
pub(crate) fn run(
    arguments: &ShowArguments,
    service: &Service,
    out: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let key = service.get(&format!("/v1/keys/{}", arguments.id), &[])?;
    if arguments.json {
        output::json(out, &key)?;
    } else {
        output::members(out, &key, &["id", "name", "scheme", "status"])?;
    }
    Ok(ExitCode::SUCCESS)
}

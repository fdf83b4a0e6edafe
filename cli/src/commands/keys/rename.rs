//! `hubkeys keys rename`.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use hubkeys_domain::{KeyId, KeyName};
use serde_json::json;
use ureq::http::Method;

use crate::failure::Failure;
use crate::output::{self, visible};
use crate::service::Service;

#[derive(Args, Debug)]
pub(crate) struct RenameArguments {
    /// The key
    id: KeyId,
    /// Its new name, in 1 to 64 characters
    name: KeyName,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Renames the key.
pub(crate) fn run(
    arguments: &RenameArguments,
    service: &Service,
    out: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let path = format!("/v1/keys/{}", arguments.id);
    let body = json!({ "name": arguments.name });
    let key = service.send(Method::PATCH, &path, &[], Some(&body))?;
    if arguments.json {
        output::json(out, &key)?;
    } else {
        let name = visible(arguments.name.as_str());
        writeln!(out, "{} is now called {name}.", arguments.id)?;
    }
    Ok(ExitCode::SUCCESS)
}

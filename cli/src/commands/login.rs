//! `hubkeys login`.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use crate::failure::Failure;
use crate::output::visible;
use crate::service::{LOCAL_URL, Service};
use crate::session::Session;

#[derive(Args, Debug)]
pub(crate) struct LoginArguments {
    /// Who to sign in as, e.g. admin@acme
    #[arg(long)]
    user: String,
    /// The service
    #[arg(long, default_value = LOCAL_URL)]
    url: String,
}

/// Signs in and keeps the token for the commands that follow.
pub(crate) fn run(arguments: &LoginArguments, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let service = Service::at(&arguments.url)?;
    let answer = service.send_form(
        "/oauth2/token",
        &[("grant_type", "password"), ("username", &arguments.user)],
    )?;
    let (Some(token), Some(seconds)) = (
        answer.get("access_token").and_then(Value::as_str),
        answer.get("expires_in").and_then(Value::as_u64),
    ) else {
        return Err(Failure::Answer {
            url: service.url().to_owned(),
            reason: "no access_token with an expires_in".to_owned(),
        });
    };
    let path = Session::new(
        service.url().to_owned(),
        arguments.user.clone(),
        token.to_owned(),
        Duration::from_secs(seconds),
    )?
    .save()?;
    writeln!(
        out,
        "Signed in to {} as {} for {} minutes; the token is in {}.",
        service.url(),
        visible(&arguments.user),
        seconds / 60,
        visible(&path.display().to_string())
    )?;
    Ok(ExitCode::SUCCESS)
}

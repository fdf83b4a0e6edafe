//! `hubkeys verify`: asks the service who sent a request.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::Value;
use ureq::http::Method;

use crate::failure::Failure;
use crate::input::{self, MAX_INPUT};
use crate::output;
use crate::service::{LOCAL_URL, Service};

const SERVICE_TOKEN: &str = "HUBKEYS_SERVICE_TOKEN";
const MAX_TOKEN: u64 = 4096;

#[derive(Args, Debug)]
pub(crate) struct VerifyArguments {
    /// The request's facts as JSON, as `hubkeys sign --facts` prints them; `-` for standard input
    #[arg(value_name = "FILE")]
    facts: PathBuf,
    /// The service
    #[arg(long, default_value = LOCAL_URL)]
    url: String,
    /// The data folder of the local stack, where the service token is
    #[arg(long, value_name = "DIR", default_value = ".hubkeys")]
    data: PathBuf,
    /// The file of the service token [default: HUBKEYS_SERVICE_TOKEN, or service-token in the data folder]
    #[arg(long, value_name = "FILE")]
    service_token_file: Option<PathBuf>,
    /// Print the decision as JSON
    #[arg(long)]
    json: bool,
}

/// Prints the decision, and exits as it is.
pub(crate) fn run(arguments: &VerifyArguments, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let facts = facts(&arguments.facts)?;
    let service = Service::at(&arguments.url)?.with_service(token(arguments)?);
    let decision = service.send(Method::POST, "/v1/verify", &[], Some(&facts))?;
    let Some(outcome) = decision.get("outcome").and_then(Value::as_str) else {
        return Err(Failure::Answer {
            url: service.url().to_owned(),
            reason: "a decision without an outcome".to_owned(),
        });
    };
    if arguments.json {
        output::json(out, &decision)?;
    } else {
        output::members(out, &decision, &["outcome", "detail"])?;
    }
    // Anything but the one word is a refusal, also an outcome that was invented after this was built.
    Ok(if outcome == "valid" {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn facts(path: &Path) -> Result<Value, Failure> {
    // What is wrong with it is told by place only: the facts hold a credential.
    serde_json::from_slice(&input::read(path, MAX_INPUT)?).map_err(|error| {
        Failure::Input(format!(
            "the facts are not JSON (line {}, column {})",
            error.line(),
            error.column()
        ))
    })
}

fn token(arguments: &VerifyArguments) -> Result<String, Failure> {
    let token = match (&arguments.service_token_file, env::var(SERVICE_TOKEN)) {
        (Some(path), _) => file(path)?,
        (None, Ok(token)) => token,
        (None, Err(_)) => file(&arguments.data.join("service-token"))?,
    };
    let token = token.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failure::Input(
            "the service token is not a word of ASCII characters".to_owned(),
        ));
    }
    Ok(token.to_owned())
}

fn file(path: &Path) -> Result<String, Failure> {
    String::from_utf8(input::read(path, MAX_TOKEN)?)
        .map_err(|_| Failure::Input("the service token is not UTF-8".to_owned()))
}

//! `hubkeys keys history`.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use hubkeys_domain::KeyId;
use serde_json::Value;

use crate::failure::Failure;
use crate::output::{self, actor, word};
use crate::service::Service;

#[derive(Args, Debug)]
pub(crate) struct HistoryArguments {
    /// The key
    id: KeyId,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Prints the key's events, oldest first.
pub(crate) fn run(
    arguments: &HistoryArguments,
    service: &Service,
    out: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let history = service.get(&format!("/v1/keys/{}/history", arguments.id), &[])?;
    if arguments.json {
        output::json(out, &history)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(events) = history.get("events").and_then(Value::as_array) else {
        return Err(Failure::Answer {
            url: service.url().to_owned(),
            reason: "a history without events".to_owned(),
        });
    };
    let rows: Vec<_> = events.iter().map(row).collect();
    let titles = ["VERSION", "AT", "WHAT", "BY", "MORE"];
    output::table(out, titles, &rows)?;
    Ok(ExitCode::SUCCESS)
}

fn row(event: &Value) -> [String; 5] {
    let more = ["name", "reason"]
        .into_iter()
        .filter(|name| event.get(name).is_some_and(Value::is_string))
        .map(|name| word(event, name))
        .collect::<Vec<_>>();
    [
        word(event, "version"),
        word(event, "at"),
        word(event, "type"),
        actor(event, "by"),
        more.join(", "),
    ]
}

//! `hubkeys keys revoke`.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use hubkeys_domain::{KeyId, RevocationReason};
use serde_json::{Map, Value, json};
use ureq::http::Method;

use crate::failure::Failure;
use crate::output::{self, word};
use crate::service::Service;

#[derive(Args, Debug)]
pub(crate) struct RevokeArguments {
    /// The keys, up to 50
    #[arg(required = true, value_name = "ID")]
    ids: Vec<KeyId>,
    /// Why, for the key's history
    #[arg(long, value_name = "TEXT")]
    reason: Option<RevocationReason>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Revokes. Of several keys each has its own result: exit code 1 if one of them was not revoked.
pub(crate) fn run(
    arguments: &RevokeArguments,
    service: &Service,
    out: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let mut body = Map::new();
    if let Some(reason) = &arguments.reason {
        body.insert("reason".to_owned(), json!(reason));
    }
    if let [id] = arguments.ids.as_slice() {
        let path = format!("/v1/keys/{id}/revoke");
        let answer = service.send(Method::POST, &path, &[], Some(&Value::Object(body)))?;
        if arguments.json {
            output::json(out, &answer)?;
        } else {
            writeln!(out, "{id} is revoked: it is refused from now on.")?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    body.insert("ids".to_owned(), json!(arguments.ids));
    let body = Value::Object(body);
    let answer = service.send(Method::POST, "/v1/keys/revoke", &[], Some(&body))?;
    let Some(results) = answer.get("results").and_then(Value::as_array) else {
        return Err(Failure::Answer {
            url: service.url().to_owned(),
            reason: "no results".to_owned(),
        });
    };
    // A key the answer is silent about may live on: that is no success.
    let all = arguments.ids.iter().all(|id| {
        results
            .iter()
            .any(|result| word(result, "id") == id.as_str() && is_revoked(result))
    });
    if arguments.json {
        output::json(out, &answer)?;
    } else {
        let rows: Vec<_> = results
            .iter()
            .map(|result| [word(result, "id"), what_became(result)])
            .collect();
        output::table(out, ["ID", "OUTCOME"], &rows)?;
    }
    Ok(if all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn is_revoked(result: &Value) -> bool {
    result.get("status").and_then(Value::as_u64) == Some(200)
}

fn what_became(result: &Value) -> String {
    match result.get("problem") {
        _ if is_revoked(result) => "revoked".to_owned(),
        Some(problem) => format!("{}: {}", word(problem, "title"), word(problem, "detail")),
        None => "not revoked".to_owned(),
    }
}

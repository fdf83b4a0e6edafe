//! `hubkeys admin revocations apply`: a restored backup does not remember the revocations that came after it. Their log does.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use hubkeys_domain::api_key::{ApiKeyCommand, ApiKeyError};
use hubkeys_domain::{AccountId, Actor, KeyId, RevocationReason, Timestamp};
use hubkeys_store::{ExecuteError, Store};
use serde::Deserialize;
use serde_json::{Value, json};

use super::place::Place;
use super::progress::Progress;
use super::{Session, exit};
use crate::failure::Failure;
use crate::input::is_stdin;
use crate::output::{self, visible};

#[derive(Subcommand, Debug)]
pub(super) enum RevocationsCommand {
    /// Revoke every key of the log that lives again. May be repeated. Exit code 1 if a line could not be read or a key not
    /// be revoked
    Apply {
        /// A file of the log, a folder of such files, or - for standard input: lines of JSON, each an event of the bus or
        /// its detail
        #[arg(value_name = "PATH")]
        log: PathBuf,
    },
}

/// A line of the log: the detail of a `hubkeys.key.revoked` announcement.
#[derive(Deserialize)]
struct Revoked {
    key: KeyId,
    #[serde(default)]
    account: Option<AccountId>,
    at: Timestamp,
    by: Actor,
    #[serde(default)]
    reason: Option<RevocationReason>,
    #[serde(default)]
    event_id: Option<String>,
}

#[derive(Default)]
struct Applied {
    lines: u64,
    repeated: Vec<KeyId>,
    already: u64,
    unknown: BTreeSet<KeyId>,
    other_events: u64,
    unreadable: Vec<String>,
    failed: Vec<(KeyId, String)>,
}

pub(super) async fn run(
    command: &RevocationsCommand,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let RevocationsCommand::Apply { log } = command;
    let store = place.store();
    let mut applied = Applied::default();
    let mut progress = Progress::of("applying revocations");
    for file in files(log)? {
        let failed = |reason| Failure::Read {
            path: file.clone(),
            reason,
        };
        let lines: Box<dyn BufRead> = if is_stdin(&file) {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(fs::File::open(&file).map_err(failed)?))
        };
        for (number, line) in lines.split(b'\n').enumerate() {
            let line = line.map_err(failed)?;
            if line.trim_ascii().is_empty() {
                continue;
            }
            applied.lines += 1;
            match read(&line) {
                Ok(Some(revoked)) => apply(&store, revoked, session, &mut applied).await?,
                Ok(None) => applied.other_events += 1,
                Err(why) => {
                    let place = format!("{}:{}: {why}", file.display(), number + 1);
                    applied.unreadable.push(place);
                }
            }
            progress.at(applied.lines);
        }
    }
    progress.end();
    // Only now may it be said that the keys are revoked.
    place.wait_out_leases().await?;
    print(&applied, session)?;
    Ok(exit(
        applied.unreadable.is_empty() && applied.failed.is_empty(),
    ))
}

/// Every file under a folder, by name, so that what is said of them comes in the order of the log.
fn files(log: &Path) -> Result<Vec<PathBuf>, Failure> {
    if is_stdin(log) || !log.is_dir() {
        return Ok(vec![log.to_owned()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![log.to_owned()];
    while let Some(folder) = folders.pop() {
        let failed = |reason| Failure::Read {
            path: folder.clone(),
            reason,
        };
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The revocation of a line; `None` for an event of another kind.
fn read(line: &[u8]) -> Result<Option<Revoked>, String> {
    let mut line: Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let revoked = match line.get_mut("detail") {
        Some(detail) => detail.take(),
        None => line.take(),
    };
    // An announcement says what it is twice, its detail once, and a line by hand perhaps not at all.
    let is_other = |of: &Value, name: &str, revocation: &str| {
        of.get(name).is_some_and(|kind| kind != revocation)
    };
    if is_other(&line, "detail-type", "hubkeys.key.revoked")
        || is_other(&revoked, "type", "KeyRevoked")
    {
        return Ok(None);
    }
    serde_json::from_value(revoked)
        .map(Some)
        .map_err(|error| error.to_string())
}

async fn apply(
    store: &Store,
    revoked: Revoked,
    session: &Session<'_>,
    applied: &mut Applied,
) -> Result<(), Failure> {
    let key = revoked.key;
    let mut context = session.context();
    // The event it repeats, for the history. What is no identifier is not worth failing for, nor remembering.
    let is_identifier =
        |id: &String| id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_graphic());
    if let Some(event_id) = revoked.event_id.filter(is_identifier) {
        context.request_id = format!("{}-repeats-{event_id}", session.request_id);
    }
    let command = ApiKeyCommand::RepeatRevocation {
        account: revoked.account,
        reason: revoked.reason,
        by: revoked.by,
        at: revoked.at,
    };
    match store.execute_on_key(&key, command, None, &context).await {
        Ok(committed) => {
            // The events may say so while the row, restored from another instant, does not.
            if let Err(error) = store.confirm_revocation(&key).await {
                applied.failed.push((key, error.to_string()));
            } else if committed.changed {
                applied.repeated.push(key);
            } else {
                applied.already += 1;
            }
        }
        Err(ExecuteError::Domain(ApiKeyError::NotFound)) => {
            applied.unknown.insert(key);
        }
        Err(ExecuteError::Store(error)) => return Err(Failure::admin(&error)),
        Err(error) => applied.failed.push((key, error.to_string())),
    }
    Ok(())
}

fn print(applied: &Applied, session: &mut Session<'_>) -> Result<(), Failure> {
    let failed: Vec<Value> = applied
        .failed
        .iter()
        .map(|(key, why)| json!({"key": key, "reason": why}))
        .collect();
    let answer = json!({
        "lines": applied.lines, "revoked": applied.repeated, "revoked_already": applied.already,
        "unknown": applied.unknown, "other_events": applied.other_events,
        "unreadable": applied.unreadable, "failed": failed
    });
    session.print(&answer, |out| {
        writeln!(
            out,
            "Of {} lines {} revoked a key that lived, and {} one that was revoked already.",
            applied.lines,
            applied.repeated.len(),
            applied.already
        )?;
        if applied.other_events > 0 {
            writeln!(out, "{} were events of other kinds.", applied.other_events)?;
        }
        for key in &applied.repeated {
            writeln!(out, "revoked     {key}")?;
        }
        for key in &applied.unknown {
            writeln!(out, "unknown     {key}")?;
        }
        let rows: Vec<_> = applied
            .failed
            .iter()
            .map(|(key, why)| [key.to_string(), visible(why)])
            .collect();
        if !rows.is_empty() {
            writeln!(out, "\nThese are not revoked:\n")?;
            output::table(out, ["KEY", "WHY"], &rows)?;
        }
        for line in &applied.unreadable {
            writeln!(out, "unreadable  {}", visible(line))?;
        }
        Ok(())
    })
}

//! `hubkeys admin keyring reseal`.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::commands::admin::place::Place;
use crate::commands::admin::progress::Progress;
use crate::commands::admin::{Session, exit};
use crate::failure::Failure;
use crate::output::{self, visible};

pub(super) async fn run(place: &Place, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let keyring = place
        .keyring()?
        .source()
        .await
        .map_err(|error| Failure::admin(&error))?;
    let mut progress = Progress::of("resealing keys");
    let resealed = place
        .store()
        .reseal(&keyring, &session.by, &session.request_id, |done| {
            progress.at(done.keys);
        })
        .await;
    progress.end();
    let resealed = resealed.map_err(|error| Failure::admin(&error))?;
    let failed: Vec<Value> = resealed
        .failed
        .iter()
        .map(|(key, why)| json!({"key": key, "reason": why}))
        .collect();
    let answer = json!({
        "keys": resealed.keys, "sealed": resealed.sealed, "digests": resealed.digests,
        "waiting": resealed.waiting, "failed": failed
    });
    session.print(&answer, |out| {
        writeln!(
            out,
            "Of {} keys {} HMAC and {} Basic ones were moved to the current version.",
            resealed.keys, resealed.sealed, resealed.digests
        )?;
        if resealed.waiting > 0 {
            writeln!(
                out,
                "{} Basic keys wait for a request that presents their secret: run this again after it.",
                resealed.waiting
            )?;
        }
        if !resealed.failed.is_empty() {
            let rows: Vec<_> = resealed
                .failed
                .iter()
                .map(|(key, why)| [key.to_string(), visible(why)])
                .collect();
            writeln!(out, "\nThese stay as they are:\n")?;
            output::table(out, ["KEY", "WHY"], &rows)?;
        }
        Ok(())
    })?;
    Ok(exit(resealed.failed.is_empty()))
}

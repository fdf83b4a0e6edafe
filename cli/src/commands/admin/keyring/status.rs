//! `hubkeys admin keyring status`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use hubkeys_domain::KeyringVersion;
use hubkeys_store::VersionUse;
use serde_json::{Value, json};

use crate::commands::admin::place::Place;
use crate::commands::admin::{Session, exit};
use crate::failure::Failure;
use crate::output;

pub(super) async fn run(place: &Place, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let document = place
        .keyring()?
        .document()
        .await
        .map_err(|error| Failure::admin(&error))?;
    let mut versions: BTreeMap<KeyringVersion, VersionUse> = document
        .versions()
        .map(|version| (version.clone(), VersionUse::default()))
        .collect();
    let found = place
        .store()
        .keyring_use()
        .await
        .map_err(|error| Failure::admin(&error))?;
    versions.extend(found.versions);
    let state = |version: &KeyringVersion| {
        if !document.versions().any(|held| held == version) {
            "missing"
        } else if version == document.current() {
            "current"
        } else if version > document.current() {
            "next"
        } else {
            "old"
        }
    };
    let lost = |(version, of): (&KeyringVersion, &VersionUse)| {
        state(version) == "missing" && of.basic + of.hmac > 0
    };
    let well = !versions.iter().any(lost);
    let listed: Vec<Value> = versions
        .iter()
        .map(|(version, of)| {
            json!({
                "version": version, "state": state(version),
                "live": {"basic": of.basic, "hmac": of.hmac}, "revoked": of.revoked
            })
        })
        .collect();
    session.print(
        &json!({"current": document.current(), "versions": listed}),
        |out| {
            let rows: Vec<_> = versions
                .iter()
                .map(|(version, of)| {
                    [
                        version.to_string(),
                        state(version).to_owned(),
                        of.basic.to_string(),
                        of.hmac.to_string(),
                        of.revoked.to_string(),
                    ]
                })
                .collect();
            let titles = ["VERSION", "STATE", "LIVE BASIC", "LIVE HMAC", "REVOKED"];
            output::table(out, titles, &rows)
        },
    )?;
    Ok(exit(well))
}

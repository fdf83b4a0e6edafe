//! `hubkeys admin key`: what the platform does to one key, whoever its account is and however that stands.

use std::process::ExitCode;

use clap::Subcommand;
use hubkeys_domain::api_key::ApiKeyCommand;
use hubkeys_domain::{KeyId, RevocationReason};
use serde_json::json;

use super::place::Place;
use super::{Session, exit};
use crate::failure::Failure;
use crate::session::now;

#[derive(Subcommand, Debug)]
pub(super) enum KeyCommand {
    /// Revoke a key for ever, of a suspended account too, whose administrators can't. May be repeated
    Revoke {
        /// The key, e.g. hk_01jd3v9m2x8c5q7w4n6t0r1z2y
        key: KeyId,
        /// Why, for the key's history
        #[arg(long)]
        reason: Option<RevocationReason>,
    },
}

pub(super) async fn run(
    command: &KeyCommand,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let KeyCommand::Revoke { key, reason } = command;
    let store = place.store();
    let command = ApiKeyCommand::RevokeForPlatform {
        reason: reason.clone(),
        by: session.by.clone(),
        at: now()?,
    };
    let revoked = store
        .execute_on_key(key, command, None, &session.context())
        .await
        .map_err(|error| Failure::admin(&error))?;
    if !revoked.changed {
        store
            .confirm_revocation(key)
            .await
            .map_err(|error| Failure::admin(&error))?;
    }
    place.wait_out_leases().await?;
    let account = revoked.aggregate.key().map(|key| &key.account);
    let answer =
        json!({"id": key, "account": account, "status": "revoked", "changed": revoked.changed});
    session.print(&answer, |out| {
        let was = if revoked.changed { "" } else { ", as it was" };
        writeln!(out, "{key} is revoked{was}.")
    })?;
    Ok(exit(true))
}

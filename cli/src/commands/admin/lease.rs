//! `hubkeys admin lease`: for how long verify may answer from memory.

use std::process::ExitCode;

use clap::Subcommand;
use hubkeys_store::{Lease, LeaseInForce};
use serde_json::{Value, json};

use super::place::Place;
use super::{Session, exit};
use crate::failure::Failure;

#[derive(Subcommand, Debug)]
pub(super) enum LeaseCommand {
    /// Show the lease in force
    Show,
    /// Change it, beside a running service. To shorten takes up to 16 seconds
    Set {
        /// 0 to 5000 milliseconds; 0 has every answer read from the table
        #[arg(value_name = "MILLISECONDS")]
        lease: Lease,
    },
}

pub(super) async fn run(
    command: &LeaseCommand,
    place: &Place,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let store = place.store();
    let in_force = match command {
        LeaseCommand::Show => {
            let in_force = store.lease_in_force().await;
            in_force.map_err(|error| Failure::admin(&error))?
        }
        LeaseCommand::Set { lease } => {
            let changed = if place.is_alone() {
                store.change_lease_alone(*lease).await
            } else {
                store.change_lease(*lease).await
            };
            changed.map_err(|error| Failure::admin(&error))?.now
        }
    };
    session.print(&answer(&in_force), |out| {
        if !in_force.is_chosen() {
            writeln!(
                out,
                "No lease was ever set: every answer of verify is read, and every revocation takes {}.\n\
                 `hubkeys admin lease set 1000` sets the usual one.",
                in_force.longest
            )
        } else if in_force.lease == Lease::NONE && in_force.longest == Lease::NONE {
            writeln!(out, "Every answer of verify is read: there is no lease.")
        } else {
            writeln!(
                out,
                "Verify may answer from memory for {}, and a revocation takes {} longer for it.",
                in_force.lease, in_force.longest
            )
        }
    })?;
    Ok(exit(true))
}

fn answer(in_force: &LeaseInForce) -> Value {
    json!({
        "lease_ms": in_force.lease, "longest_ms": in_force.longest, "chosen": in_force.is_chosen()
    })
}

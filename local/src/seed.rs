//! What a new data folder has: the lease that verify answers from memory for, and the demo accounts, opened and verified the way
//! everyone's are, through the gateway and the `account` function.

use http::Method;
use hubkeys_store::{Lease, Store};
use serde_json::Value;

use crate::gateway::Gateway;
use crate::{DEMO_USERS, StartError, User};

const OPERATOR: &str = "Operator";
const ADMINISTRATOR: &str = "Administrator";

/// Sets the usual lease, unless somebody has chosen one. Nobody else has the folder open.
pub(crate) async fn lease(store: &Store) -> Result<(), StartError> {
    let failed = |error: &dyn std::fmt::Display| {
        StartError::Database(format!("the lease of verify can't be set: {error}"))
    };
    let in_force = store.lease_in_force().await;
    if in_force.map_err(|error| failed(&error))?.is_chosen() {
        return Ok(());
    }
    let changed = store.change_lease_alone(Lease::DEFAULT).await;
    changed.map(drop).map_err(|error| failed(&error))
}

/// Verifies the accounts of [`DEMO_USERS`] that are to be, unless somebody has changed how they stand.
pub(crate) async fn demo_accounts(gateway: &Gateway) -> Result<(), StartError> {
    let operator = DEMO_USERS.iter().find(|user| user.group == OPERATOR);
    let administrators = DEMO_USERS
        .iter()
        .filter(|user| user.group == ADMINISTRATOR && user.verified);
    for administrator in administrators {
        let (Some(operator), Some(account)) = (operator, administrator.account) else {
            continue;
        };
        let standing = ask(gateway, administrator, Method::GET, "/v1/account").await?;
        // What a start that was killed half-way left is taken up where it stopped.
        if matches!(
            standing.get("standing").and_then(Value::as_str),
            Some("unverified" | "verification_requested")
        ) {
            let request = "/v1/account/verification";
            ask(gateway, administrator, Method::POST, request).await?;
            let verify = format!("/v1/accounts/{account}/verify");
            ask(gateway, operator, Method::POST, &verify).await?;
        }
    }
    Ok(())
}

async fn ask(
    gateway: &Gateway,
    user: &User,
    method: Method,
    path: &str,
) -> Result<Value, StartError> {
    gateway.ask_as(user, method, path).await.map_err(|reason| {
        StartError::Database(format!(
            "the demo accounts can't be opened: {path}: {reason}"
        ))
    })
}

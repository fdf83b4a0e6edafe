//! `ACCOUNT#<id>` / `LIMITS`: how many live keys an account has. `version` counts the changes, so that a recount can tell
//! whether it was overtaken.

use hubkeys_domain::AccountId;

pub(crate) const SORT_KEY: &str = "LIMITS";

pub(crate) fn key(account: &AccountId) -> (String, String) {
    (format!("ACCOUNT#{account}"), SORT_KEY.to_owned())
}

//! An account as an answer shows it.

use hubkeys_api::{Problem, ProblemSummary};
use hubkeys_domain::account::{Account, Standing};
use hubkeys_domain::{AccountId, MAX_LIVE_KEYS, Principal, Role, Timestamp, UserId};
use serde::Serialize;

/// An account as its users and the platform's operators see it.
#[derive(Serialize)]
pub(crate) struct AccountView {
    id: AccountId,
    standing: Standing,
    standing_since: Option<Timestamp>,
    opened_at: Option<Timestamp>,
    /// How many live keys it has.
    live_keys: u32,
    /// How many it may have.
    key_limit: u32,
    /// Who asks. Not for an operator, who belongs to no account.
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<CallerView>,
}

/// The user who asks, and what they may do in the account.
#[derive(Serialize)]
struct CallerView {
    user: UserId,
    role: Role,
    /// Why every route for keys would refuse them; `null`: it would not.
    manage_keys: Option<ProblemSummary>,
}

impl AccountView {
    pub(crate) fn new(id: AccountId, account: Account, live_keys: u32) -> Self {
        Self {
            id,
            standing: account.standing,
            standing_since: account.standing_since,
            opened_at: account.opened_at,
            live_keys,
            key_limit: MAX_LIVE_KEYS,
            caller: None,
        }
    }

    /// The same, with what it means for this user of the account.
    pub(crate) fn seen_by(self, caller: Principal) -> Self {
        let (user, role) = (caller.user.clone(), caller.role);
        // The very decision that the routes for keys make.
        let refused = caller.administer_keys(self.standing).err();
        let caller = CallerView {
            user,
            role,
            manage_keys: refused.map(|why| Problem::from(why).into()),
        };
        Self {
            caller: Some(caller),
            ..self
        }
    }
}

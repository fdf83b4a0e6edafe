//! An account as an answer shows it.

use hubkeys_api::{Problem, ProblemSummary};
use hubkeys_domain::account::{Account, Standing};
use hubkeys_domain::{AccountId, MAX_LIVE_KEYS, Principal, Role, Timestamp, UserId};
use serde::Serialize;

/// An account as the platform's operators see it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = AccountState))]
pub(crate) struct AccountView {
    id: AccountId,
    standing: Standing,
    #[cfg_attr(feature = "openapi", schema(required))]
    standing_since: Option<Timestamp>,
    #[cfg_attr(feature = "openapi", schema(required))]
    opened_at: Option<Timestamp>,
    /// How many live keys it has.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    live_keys: u32,
    /// How many it may have.
    #[cfg_attr(feature = "openapi", schema(example = 100))]
    key_limit: u32,
}

/// An account as its own users see it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Account))]
pub(crate) struct OwnAccountView {
    #[serde(flatten)]
    account: AccountView,
    /// Who asks.
    caller: CallerView,
}

/// The user who asks, and what they may do in the account.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Caller))]
struct CallerView {
    user: UserId,
    role: Role,
    /// Why every route for keys would refuse them; `null`: it would not.
    #[cfg_attr(feature = "openapi", schema(required))]
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
        }
    }

    /// The same, with what it means for this user of the account.
    pub(crate) fn seen_by(self, caller: Principal) -> OwnAccountView {
        let (user, role) = (caller.user.clone(), caller.role);
        // The very decision that the routes for keys make.
        let refused = caller.administer_keys(self.standing).err();
        let caller = CallerView {
            user,
            role,
            manage_keys: refused.map(|why| Problem::from(why).into()),
        };
        OwnAccountView {
            account: self,
            caller,
        }
    }
}

//! Who may administer keys: the one decision, made in one place.

use crate::account::Standing;
use crate::{AccountId, Actor, Principal, Role};

/// A principal who may administer the keys of their account, proven: there is no other way to get one than
/// [`Principal::administer_keys`], and every command on a key takes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizedAdministrator(Principal);

/// Why a user may not administer keys. The user is told, for an account's administrator can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// The user has Basic or Advanced permissions.
    #[error(
        "only an Administrator of the account can manage API keys, and you are not one: ask your administrator"
    )]
    NotAdministrator,
    /// The account was never verified, or its verification is still awaited.
    #[error(
        "API keys are for verified accounts, and this one is not verified yet: request its verification"
    )]
    AccountNotVerified,
    /// The account was suspended.
    #[error("this account is suspended, and none of its keys is accepted: contact support")]
    AccountSuspended,
}

impl Principal {
    /// The proof that this principal may administer their account's keys.
    ///
    /// # Errors
    /// [`NotAllowed`], with the user's own role first: it does not tell a user of lesser role how the account stands.
    pub fn administer_keys(
        self,
        standing: Standing,
    ) -> Result<AuthorizedAdministrator, NotAllowed> {
        self.require_administrator()?;
        match standing {
            Standing::Verified => Ok(AuthorizedAdministrator(self)),
            Standing::Unverified | Standing::VerificationRequested => {
                Err(NotAllowed::AccountNotVerified)
            }
            Standing::Suspended => Err(NotAllowed::AccountSuspended),
        }
    }

    /// Whether the user is an administrator of whatever account they belong to.
    ///
    /// # Errors
    /// [`NotAllowed::NotAdministrator`] if not.
    pub fn require_administrator(&self) -> Result<(), NotAllowed> {
        match self.role {
            Role::Administrator => Ok(()),
            Role::Advanced | Role::Basic => Err(NotAllowed::NotAdministrator),
        }
    }
}

impl AuthorizedAdministrator {
    /// The account whose keys this administrator may see and change: no other.
    pub fn account(&self) -> &AccountId {
        &self.0.account
    }

    /// The administrator, as an event remembers them.
    pub fn actor(&self) -> Actor {
        Actor::from(&self.0)
    }
}

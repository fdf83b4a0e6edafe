//! What has happened to an account. Old events decode for ever: golden files hold one of each.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{Account, Standing};
use crate::{AccountId, Actor, Timestamp};

/// An event of one account. Stored as `type` and `payload`; each says who and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "payload")]
pub enum AccountEvent {
    /// The account is known to us.
    AccountOpened {
        /// The platform's identifier of it.
        id: AccountId,
        /// Who opened it.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// An administrator asked for its verification.
    VerificationRequested {
        /// Who asked.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// The platform verified it.
    AccountVerified {
        /// Which operator.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// The platform suspended it.
    AccountSuspended {
        /// Which operator.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// The platform ended its suspension.
    AccountReinstated {
        /// Which operator.
        by: Actor,
        /// When.
        at: Timestamp,
    },
}

impl AccountEvent {
    pub(super) fn apply_to(self, account: &mut Account) {
        let (standing, at) = match self {
            Self::AccountOpened { at, .. } => {
                account.opened_at = Some(at);
                (Standing::Unverified, at)
            }
            Self::VerificationRequested { at, .. } => (Standing::VerificationRequested, at),
            Self::AccountVerified { at, .. } | Self::AccountReinstated { at, .. } => {
                (Standing::Verified, at)
            }
            Self::AccountSuspended { at, .. } => (Standing::Suspended, at),
        };
        account.standing = standing;
        account.standing_since = Some(at);
    }
}

impl DomainEvent for AccountEvent {
    fn event_type(&self) -> String {
        match self {
            Self::AccountOpened { .. } => "AccountOpened",
            Self::VerificationRequested { .. } => "VerificationRequested",
            Self::AccountVerified { .. } => "AccountVerified",
            Self::AccountSuspended { .. } => "AccountSuspended",
            Self::AccountReinstated { .. } => "AccountReinstated",
        }
        .to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

//! What can be asked of an account, and what it answers.

use super::{Account, AccountEvent, Standing};
use crate::{AccountId, Actor, NotAllowed, Operator, Principal, Timestamp};

/// A command on one account. Only the platform's operators decide about one.
#[derive(Clone, Debug)]
pub enum AccountCommand {
    /// Opens the principal's account. Again changes nothing.
    Open {
        /// The principal, an administrator.
        by: Principal,
        /// Now.
        at: Timestamp,
    },
    /// Asks for the account's verification, opening it if need be. Again changes nothing.
    RequestVerification {
        /// The principal, an administrator.
        by: Principal,
        /// Now.
        at: Timestamp,
    },
    /// Verifies the account, asked for or not. Again changes nothing.
    Verify {
        /// The account, for an operator belongs to none.
        account: AccountId,
        /// The operator.
        by: Operator,
        /// Now.
        at: Timestamp,
    },
    /// Suspends a verified account: the first step, after which its keys are disabled. Again changes nothing.
    Suspend {
        /// The operator.
        by: Operator,
        /// Now.
        at: Timestamp,
    },
    /// Ends a suspension: the first step, after which its keys are enabled. A verified account stays as it is.
    Reinstate {
        /// The operator.
        by: Operator,
        /// Now.
        at: Timestamp,
    },
}

/// Why an account refused a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The principal may not ask for this.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// There is nothing to suspend or reinstate: the account was never verified.
    #[error(
        "the account was never verified, or never opened: there is nothing to suspend or reinstate"
    )]
    NotVerified,
}

impl AccountCommand {
    /// The events that follow: none where all is as asked already.
    pub(super) fn decide(self, account: &Account) -> Result<Vec<AccountEvent>, AccountError> {
        match self {
            Self::Open { by, at } => {
                by.require_administrator()?;
                Ok(opening(account, &by.account, Actor::from(&by), at))
            }
            Self::RequestVerification { by, at } => {
                by.require_administrator()?;
                let actor = Actor::from(&by);
                match account.standing {
                    Standing::Unverified => {
                        let mut events = opening(account, &by.account, actor.clone(), at);
                        events.push(AccountEvent::VerificationRequested { by: actor, at });
                        Ok(events)
                    }
                    Standing::VerificationRequested | Standing::Verified => Ok(Vec::new()),
                    Standing::Suspended => Err(NotAllowed::AccountSuspended.into()),
                }
            }
            Self::Verify {
                account: id,
                by,
                at,
            } => match account.standing {
                Standing::Unverified | Standing::VerificationRequested => {
                    let actor = Actor::from(&by);
                    let mut events = opening(account, &id, actor.clone(), at);
                    events.push(AccountEvent::AccountVerified { by: actor, at });
                    Ok(events)
                }
                Standing::Verified => Ok(Vec::new()),
                // Verifying must not be a way around a suspension.
                Standing::Suspended => Err(NotAllowed::AccountSuspended.into()),
            },
            Self::Suspend { by, at } => match account.standing {
                Standing::Verified => Ok(vec![AccountEvent::AccountSuspended {
                    by: Actor::from(&by),
                    at,
                }]),
                Standing::Suspended => Ok(Vec::new()),
                Standing::Unverified | Standing::VerificationRequested => {
                    Err(AccountError::NotVerified)
                }
            },
            Self::Reinstate { by, at } => match account.standing {
                Standing::Suspended => Ok(vec![AccountEvent::AccountReinstated {
                    by: Actor::from(&by),
                    at,
                }]),
                Standing::Verified => Ok(Vec::new()),
                Standing::Unverified | Standing::VerificationRequested => {
                    Err(AccountError::NotVerified)
                }
            },
        }
    }
}

fn opening(account: &Account, id: &AccountId, by: Actor, at: Timestamp) -> Vec<AccountEvent> {
    match account.opened_at {
        None => vec![AccountEvent::AccountOpened {
            id: id.clone(),
            by,
            at,
        }],
        Some(_) => Vec::new(),
    }
}

//! What can be asked of a key, and what it answers.

use super::{ApiKey, ApiKeyEvent, DisabledBecause, Key};
use crate::{
    AccountId, Actor, AuthorizedAdministrator, KeyId, KeyName, MAX_RENAMES, Operator,
    RevocationReason, Scheme, SigningPolicy, StoredSecret, Timestamp,
};

/// A command on one key. Each of an account's administrator carries the proof that they may administer keys; the others are
/// the platform's operators'. Each carries the instant it is made.
#[derive(Clone, Debug)]
pub enum ApiKeyCommand {
    /// Makes the key. The account's standing and limit are checked again by the transaction that stores it.
    Create {
        /// The new key's identifier.
        id: KeyId,
        /// Its label.
        name: KeyName,
        /// What it is for.
        scheme: Scheme,
        /// What is kept of its secret.
        secret: StoredSecret,
        /// What an HMAC key may sign with; `None` is the default. A Basic key never signs, whatever this says.
        signing: Option<SigningPolicy>,
        /// The administrator, whose account the key will belong to.
        by: AuthorizedAdministrator,
        /// Now.
        at: Timestamp,
    },
    /// Changes the label. The same label again changes nothing.
    Rename {
        /// The new label.
        name: KeyName,
        /// The administrator.
        by: AuthorizedAdministrator,
        /// Now.
        at: Timestamp,
    },
    /// Ends the key for ever. Again changes nothing, and keeps the first reason.
    Revoke {
        /// Why.
        reason: Option<RevocationReason>,
        /// The administrator.
        by: AuthorizedAdministrator,
        /// Now.
        at: Timestamp,
    },
    /// Ends the key for ever, whoever its account is and however that stands. Again changes nothing.
    RevokeForPlatform {
        /// Why.
        reason: Option<RevocationReason>,
        /// The operator.
        by: Operator,
        /// Now.
        at: Timestamp,
    },
    /// Keeps the key from verifying, for its account is suspended: the transaction that stores it checks that it is. Changes
    /// nothing of a revoked key. Again changes nothing.
    Disable {
        /// The operator.
        by: Operator,
        /// Now.
        at: Timestamp,
    },
    /// Lets a key verify again that was disabled because of its account, which is verified again: the transaction that stores
    /// it checks that it is. Changes nothing of a revoked key, nor of one that is not disabled.
    Enable {
        /// The operator.
        by: Operator,
        /// Now.
        at: Timestamp,
    },
    /// Keeps of the secret what was made anew under a newer version of the keyring. Changes nothing of a revoked key,
    /// which never verifies again, and nothing where the key is at that version or beyond.
    Reseal {
        /// What it was made from: if the key has something else by now, it may be of another secret.
        from: StoredSecret,
        /// What is to be kept.
        secret: StoredSecret,
        /// The operator.
        by: Operator,
        /// Now.
        at: Timestamp,
    },
    /// Ends the key as it had ended already, by the log of revocations: a restored backup does not remember. Of a key
    /// that is revoked it changes nothing.
    RepeatRevocation {
        /// The account the log says the key belongs to, if it says so.
        account: Option<AccountId>,
        /// Why, as it was said then.
        reason: Option<RevocationReason>,
        /// Who ended it then.
        by: Actor,
        /// When that was.
        at: Timestamp,
    },
}

/// Why a key refused a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyError {
    /// No such key in the administrator's account. Another account's key gives this very error.
    #[error("no such key in this account")]
    NotFound,
    /// The identifier is taken.
    #[error("the key exists already")]
    AlreadyExists,
    /// It was renamed [`MAX_RENAMES`] times: its history ends here, so that it stays quick to load and to revoke.
    #[error("the key was renamed {MAX_RENAMES} times, as often as it may be: make a new one")]
    RenamedTooOften,
    /// A revoked key keeps the name it was revoked under.
    #[error("the key is revoked: it can't be renamed")]
    Revoked,
    /// The log of revocations says that the key belongs to another account. Said to operators alone.
    #[error("the key belongs to another account")]
    OfAnotherAccount,
    /// What is to be kept of the secret was not made from what is kept of it now.
    #[error("what is kept of the secret has changed: it can't be resealed from what it was")]
    ResealedOtherwise,
}

impl ApiKeyCommand {
    /// The event that follows, or none where all is as asked already.
    pub(super) fn decide(self, key: &ApiKey) -> Result<Option<ApiKeyEvent>, ApiKeyError> {
        match self {
            Self::Create {
                id,
                name,
                scheme,
                secret,
                signing,
                by,
                at,
            } => match key {
                ApiKey::Present(_) => Err(ApiKeyError::AlreadyExists),
                ApiKey::Absent => Ok(Some(ApiKeyEvent::KeyCreated {
                    id,
                    account: by.account().clone(),
                    name,
                    scheme,
                    secret,
                    signing: match scheme {
                        Scheme::Basic => None,
                        Scheme::Hmac => Some(signing.unwrap_or_default()),
                    },
                    by: by.actor(),
                    at,
                })),
            },
            Self::Rename { name, by, at } => {
                let key = own_key(key, &by)?;
                if !key.is_live() {
                    return Err(ApiKeyError::Revoked);
                }
                if key.name == name {
                    return Ok(None);
                }
                if key.renames >= MAX_RENAMES {
                    return Err(ApiKeyError::RenamedTooOften);
                }
                Ok(Some(ApiKeyEvent::KeyRenamed {
                    name,
                    by: by.actor(),
                    at,
                }))
            }
            Self::RevokeForPlatform { reason, by, at } => {
                let key = key.key().ok_or(ApiKeyError::NotFound)?;
                let by = Actor::from(&by);
                Ok(key
                    .is_live()
                    .then_some(ApiKeyEvent::KeyRevoked { reason, by, at }))
            }
            Self::Disable { by, at } => {
                let key = key.key().ok_or(ApiKeyError::NotFound)?;
                let because = DisabledBecause::AccountSuspended;
                let by = Actor::from(&by);
                Ok(
                    (key.is_live() && key.disabled.is_none()).then_some(ApiKeyEvent::KeyDisabled {
                        because,
                        by,
                        at,
                    }),
                )
            }
            Self::Enable { by, at } => {
                let key = key.key().ok_or(ApiKeyError::NotFound)?;
                let by = Actor::from(&by);
                Ok(key
                    .disabled
                    .as_ref()
                    .filter(|disabled| disabled.because == DisabledBecause::AccountSuspended)
                    .map(|_| ApiKeyEvent::KeyEnabled { by, at }))
            }
            Self::Reseal {
                from,
                secret,
                by,
                at,
            } => {
                let key = key.key().ok_or(ApiKeyError::NotFound)?;
                if !key.is_live() || key.secret.keyring() >= secret.keyring() {
                    return Ok(None);
                }
                if key.secret != from || !key.secret.is_kind_of(&secret) {
                    return Err(ApiKeyError::ResealedOtherwise);
                }
                let by = Actor::from(&by);
                Ok(Some(ApiKeyEvent::KeyResealed { secret, by, at }))
            }
            Self::RepeatRevocation {
                account,
                reason,
                by,
                at,
            } => {
                let key = key.key().ok_or(ApiKeyError::NotFound)?;
                if account.is_some_and(|account| key.account != account) {
                    return Err(ApiKeyError::OfAnotherAccount);
                }
                Ok(key
                    .is_live()
                    .then_some(ApiKeyEvent::KeyRevoked { reason, by, at }))
            }
            Self::Revoke { reason, by, at } => {
                let key = own_key(key, &by)?;
                Ok(key.is_live().then(|| ApiKeyEvent::KeyRevoked {
                    reason,
                    by: by.actor(),
                    at,
                }))
            }
        }
    }
}

fn own_key<'a>(key: &'a ApiKey, by: &AuthorizedAdministrator) -> Result<&'a Key, ApiKeyError> {
    key.key()
        .filter(|key| key.account == *by.account())
        .ok_or(ApiKeyError::NotFound)
}

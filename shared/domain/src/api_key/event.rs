//! What has happened to a key. Old events decode for ever: golden files hold one of each.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{ApiKey, DisabledBecause, Disablement, Key, Revocation};
use crate::{
    AccountId, Actor, KeyId, KeyName, RevocationReason, Scheme, SigningPolicy, StoredSecret,
    Timestamp,
};

/// An event of one key. Stored as `type` and `payload`; each says who and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "payload")]
pub enum ApiKeyEvent {
    /// The key was made, and is live.
    KeyCreated {
        /// The public identifier.
        id: KeyId,
        /// The account it belongs to.
        account: AccountId,
        /// The label.
        name: KeyName,
        /// What it is for.
        scheme: Scheme,
        /// What we keep of its secret.
        secret: StoredSecret,
        /// What it may sign with, if it signs. Keys of schema 1 were made without: they take the default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signing: Option<SigningPolicy>,
        /// Who made it.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// The label changed.
    KeyRenamed {
        /// The new label.
        name: KeyName,
        /// Who changed it.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// What is kept of the secret was made anew under a newer version of the keyring. The secret stays the same.
    KeyResealed {
        /// What is kept of it now.
        secret: StoredSecret,
        /// Which operator had it done.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// The key may not verify until it is enabled again.
    KeyDisabled {
        /// Why.
        because: DisabledBecause,
        /// Which operator had it done.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// What the key was disabled for is over.
    KeyEnabled {
        /// Which operator had it done.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// The key ended.
    KeyRevoked {
        /// Why, if they said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<RevocationReason>,
        /// Who ended it.
        by: Actor,
        /// When.
        at: Timestamp,
    },
}

impl ApiKeyEvent {
    pub(super) fn apply_to(self, aggregate: &mut ApiKey) {
        match (self, aggregate) {
            (
                Self::KeyCreated {
                    id,
                    account,
                    name,
                    scheme,
                    secret,
                    signing,
                    by,
                    at,
                },
                aggregate,
            ) => {
                *aggregate = ApiKey::Present(Box::new(Key {
                    id,
                    account,
                    name,
                    scheme,
                    secret,
                    signing,
                    created_at: at,
                    created_by: by,
                    renames: 0,
                    disabled: None,
                    revocation: None,
                }));
            }
            (Self::KeyRenamed { name, .. }, ApiKey::Present(key)) => {
                key.name = name;
                key.renames = key.renames.saturating_add(1);
            }
            (Self::KeyResealed { secret, .. }, ApiKey::Present(key)) => key.secret = secret,
            (Self::KeyDisabled { because, by, at }, ApiKey::Present(key)) => {
                key.disabled = Some(Disablement { at, by, because });
            }
            (Self::KeyEnabled { .. }, ApiKey::Present(key)) => key.disabled = None,
            (Self::KeyRevoked { reason, by, at }, ApiKey::Present(key)) => {
                // What has ended for ever is not also waiting to come back.
                key.disabled = None;
                key.revocation = Some(Revocation { at, by, reason });
            }
            // No command makes such a stream. If one is ever read, the key stays absent and verifies nothing.
            (
                Self::KeyRenamed { .. }
                | Self::KeyResealed { .. }
                | Self::KeyDisabled { .. }
                | Self::KeyEnabled { .. }
                | Self::KeyRevoked { .. },
                ApiKey::Absent,
            ) => {}
        }
    }

    /// Who did it.
    pub fn by(&self) -> &Actor {
        match self {
            Self::KeyCreated { by, .. }
            | Self::KeyRenamed { by, .. }
            | Self::KeyResealed { by, .. }
            | Self::KeyDisabled { by, .. }
            | Self::KeyEnabled { by, .. }
            | Self::KeyRevoked { by, .. } => by,
        }
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::KeyCreated { at, .. }
            | Self::KeyRenamed { at, .. }
            | Self::KeyResealed { at, .. }
            | Self::KeyDisabled { at, .. }
            | Self::KeyEnabled { at, .. }
            | Self::KeyRevoked { at, .. } => *at,
        }
    }
}

impl DomainEvent for ApiKeyEvent {
    fn event_type(&self) -> String {
        match self {
            Self::KeyCreated { .. } => "KeyCreated",
            Self::KeyRenamed { .. } => "KeyRenamed",
            Self::KeyResealed { .. } => "KeyResealed",
            Self::KeyDisabled { .. } => "KeyDisabled",
            Self::KeyEnabled { .. } => "KeyEnabled",
            Self::KeyRevoked { .. } => "KeyRevoked",
        }
        .to_owned()
    }

    fn event_version(&self) -> String {
        match self {
            Self::KeyCreated { .. } => "2",
            Self::KeyRenamed { .. }
            | Self::KeyResealed { .. }
            | Self::KeyDisabled { .. }
            | Self::KeyEnabled { .. }
            | Self::KeyRevoked { .. } => "1",
        }
        .to_owned()
    }
}

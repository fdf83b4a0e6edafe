//! The `ApiKey` aggregate: one key from its creation to its revocation.

mod command;
mod event;

pub use command::{ApiKeyCommand, ApiKeyError};
pub use event::ApiKeyEvent;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::{
    AccountId, Actor, KeyId, KeyName, RevocationReason, Scheme, SigningPolicy, StoredSecret,
    Timestamp,
};

/// A key, or the absence of one: cqrs-es starts every aggregate from its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum ApiKey {
    /// No event yet.
    #[default]
    Absent,
    /// Created, and kept for ever: a revoked key stays.
    Present(Box<Key>),
}

/// All that is known of a key. Never its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// The public identifier.
    pub id: KeyId,
    /// The account it belongs to, for ever.
    pub account: AccountId,
    /// The administrator's label.
    pub name: KeyName,
    /// What it is for, for ever.
    pub scheme: Scheme,
    /// What we keep of its secret.
    pub secret: StoredSecret,
    /// What it may sign with. `None`: it never signs, or was made before keys had a choice.
    pub signing: Option<SigningPolicy>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: Actor,
    /// How often the label changed.
    pub renames: u32,
    /// Why it may not verify for now, if it may not. Of a revoked key `None`.
    pub disabled: Option<Disablement>,
    /// Its revocation, if it was revoked. There is no way back.
    pub revocation: Option<Revocation>,
}

/// That a key may not verify for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Disablement {
    /// Since when.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Why.
    pub because: DisabledBecause,
}

/// Why a key may not verify for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DisabledBecause {
    /// Its account was suspended.
    AccountSuspended,
}

/// The end of a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Revocation {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Why, if they said.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub reason: Option<RevocationReason>,
}

impl Key {
    /// Whether the key was not revoked. It counts against the account's limit, and may verify unless it is disabled.
    pub fn is_live(&self) -> bool {
        self.revocation.is_none()
    }
}

impl ApiKey {
    /// The key, if there is one.
    pub fn key(&self) -> Option<&Key> {
        match self {
            Self::Absent => None,
            Self::Present(key) => Some(key),
        }
    }
}

impl Aggregate for ApiKey {
    const TYPE: &'static str = "ApiKey";
    type Command = ApiKeyCommand;
    type Event = ApiKeyEvent;
    type Error = ApiKeyError;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        (): &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        if let Some(event) = command.decide(self)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        event.apply_to(self);
    }
}

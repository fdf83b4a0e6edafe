//! The `Account` aggregate: what the platform has decided about an account.

mod command;
mod event;

pub use command::{AccountCommand, AccountError};
pub use event::AccountEvent;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How an account stands. An account nobody has opened yet stands as `unverified`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Standing {
    /// Nobody asked for its verification.
    #[default]
    Unverified,
    /// An administrator asked, and the platform has not decided.
    VerificationRequested,
    /// It may have keys.
    Verified,
    /// It was verified. Until it is reinstated nobody of it manages keys, and none of its keys verifies.
    Suspended,
}

impl Standing {
    /// The standing as it stands in JSON and in rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::VerificationRequested => "verification_requested",
            Self::Verified => "verified",
            Self::Suspended => "suspended",
        }
    }
}

/// An account as its events made it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// When it was opened. `None`: never.
    pub opened_at: Option<Timestamp>,
    /// How it stands.
    pub standing: Standing,
    /// When that was last changed.
    pub standing_since: Option<Timestamp>,
}

impl Aggregate for Account {
    const TYPE: &'static str = "Account";
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = AccountError;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        (): &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        for event in command.decide(self)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        event.apply_to(self);
    }
}

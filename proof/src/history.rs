//! What was asked, what was answered, and when.

/// Microseconds since the run began, by the one monotonic clock of the process that runs it.
pub(crate) type Instant = u64;

/// One call of one client. A call that is tried again is several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// When the client was about to send it.
    pub(crate) start: Instant,
    /// When it had the answer.
    pub(crate) end: Instant,
    pub(crate) asked: Asked,
    pub(crate) answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Names are those of one create: every try of it has the same, and no other create has it. If `once`, under an
    /// idempotency key, which is the same for all of them, too.
    Create {
        name: String,
        once: bool,
    },
    /// The new name is that of one rename.
    Rename {
        key: String,
        name: String,
    },
    Revoke {
        key: String,
    },
    Get {
        key: String,
    },
    /// Whether a request of this key is valid: one with its secret, or with another.
    Verify {
        key: String,
        right: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nobody can tell: the connection broke, or the service said 503. What was asked may have been done, may yet be, or not.
    Nothing,
    /// A key was made. Its secret was shown.
    Created { key: String, seen: Seen },
    /// A key was made by this create before. No secret was shown.
    Repeated { key: String, seen: Seen },
    /// The key, after what was asked.
    Key(Seen),
    /// Verify's decision: its outcome, and if that is `valid` the version of the key that decided it.
    Decision {
        outcome: String,
        version: Option<u64>,
    },
    /// A refusal, by the last part of its type.
    Refused(String),
    /// Something that is never right, in words.
    Absurd(String),
}

/// A key as an answer shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) revoked: bool,
    pub(crate) version: u64,
}

/// A key as it is when all is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) key: String,
    /// As the list shows it.
    pub(crate) seen: Seen,
    pub(crate) events: Vec<Event>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Created(String),
    Renamed(String),
    Revoked,
}

impl Asked {
    /// The key that it is about, if it is about one that exists.
    pub(crate) fn key(&self) -> Option<&str> {
        match self {
            Self::Create { .. } => None,
            Self::Rename { key, .. }
            | Self::Revoke { key }
            | Self::Get { key }
            | Self::Verify { key, .. } => Some(key),
        }
    }

    /// Whether it may change something.
    pub(crate) fn is_write(&self) -> bool {
        matches!(
            self,
            Self::Create { .. } | Self::Rename { .. } | Self::Revoke { .. }
        )
    }
}

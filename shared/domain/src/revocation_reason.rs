//! Why a key was revoked, in the administrator's words.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::{TextFault, trimmed};

/// A reason as it stands in the history: 1 to 256 characters of Unicode, trimmed, without control or invisible
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct RevocationReason(String);

impl RevocationReason {
    /// The longest reason, in Unicode scalar values.
    pub const MAX_CHARS: usize = 256;

    /// The reason as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is not a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevocationReasonError {
    /// Nothing but white space.
    #[error("the reason is empty: leave it out, or give 1 to 256 characters")]
    Empty,
    /// Longer than [`RevocationReason::MAX_CHARS`].
    #[error("the reason has {found} characters: 256 are the most")]
    TooLong {
        /// How many characters there are.
        found: usize,
    },
    /// A control character, a line separator, or one that is invisible or changes the direction of text.
    #[error("the reason has a control or invisible character at position {at}")]
    ForbiddenCharacter {
        /// Its position, counted in characters from 0.
        at: usize,
    },
}

impl FromStr for RevocationReason {
    type Err = RevocationReasonError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        trimmed(text, Self::MAX_CHARS)
            .map(|reason| Self(reason.to_owned()))
            .map_err(|fault| match fault {
                TextFault::Empty => RevocationReasonError::Empty,
                TextFault::TooLong { found } => RevocationReasonError::TooLong { found },
                TextFault::Forbidden { at } => RevocationReasonError::ForbiddenCharacter { at },
            })
    }
}

impl TryFrom<String> for RevocationReason {
    type Error = RevocationReasonError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

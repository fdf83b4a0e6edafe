//! The descriptive name of a key.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::{TextFault, trimmed};

/// A key's label as an administrator reads it: 1 to 64 characters of Unicode, trimmed, without control or invisible
/// characters. Not unique, and never a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct KeyName(String);

impl KeyName {
    /// The longest name, in Unicode scalar values.
    pub const MAX_CHARS: usize = 64;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is not a key name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyNameError {
    /// Nothing but white space.
    #[error("the name is empty: give it 1 to 64 characters")]
    Empty,
    /// Longer than [`KeyName::MAX_CHARS`].
    #[error("the name has {found} characters: 64 are the most")]
    TooLong {
        /// How many characters there are.
        found: usize,
    },
    /// A control character, a line separator, or one that is invisible or changes the direction of text.
    #[error("the name has a control or invisible character at position {at}")]
    ForbiddenCharacter {
        /// Its position, counted in characters from 0.
        at: usize,
    },
}

impl FromStr for KeyName {
    type Err = KeyNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        trimmed(text, Self::MAX_CHARS)
            .map(|name| Self(name.to_owned()))
            .map_err(|fault| match fault {
                TextFault::Empty => KeyNameError::Empty,
                TextFault::TooLong { found } => KeyNameError::TooLong { found },
                TextFault::Forbidden { at } => KeyNameError::ForbiddenCharacter { at },
            })
    }
}

impl TryFrom<String> for KeyName {
    type Error = KeyNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

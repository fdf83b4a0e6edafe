//! A key's public identifier.

use std::fmt;
use std::str::FromStr;

use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::Timestamp;

/// A key's public identifier, e.g. `hk_01jd3v9m2x8c5q7w4n6t0r1z2y`: `hk_` and 26 characters, a ULID in lower case.
/// Sorts by the time of its creation. Safe to log, and the user name of HTTP Basic.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct KeyId(String);

// Changing this prefix revokes every key ever issued.
const PREFIX: &str = "hk_";

/// Why a text is not a key's identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyIdError {
    /// It does not start with `hk_`.
    #[error("a key id starts with hk_")]
    MissingPrefix,
    /// Not 26 characters after the prefix.
    #[error("a key id has 26 characters after hk_, not {found}")]
    WrongLength {
        /// How many bytes follow the prefix.
        found: usize,
    },
    /// A character that is not lower-case Crockford base 32, or a value above 128 bits.
    #[error("a key id has no such character at position {at}")]
    ForbiddenCharacter {
        /// Its position from the start of the text, in bytes.
        at: usize,
    },
}

impl KeyId {
    /// A new identifier, of this instant and 80 random bits.
    ///
    /// # Errors
    /// The operating system gave no randomness.
    pub fn generate(at: Timestamp) -> Result<Self, SysError> {
        let mut random = [0_u8; 16];
        SysRng.try_fill_bytes(&mut random)?;
        let ulid = Ulid::from_parts(at.as_millis().unsigned_abs(), u128::from_be_bytes(random));
        let mut buffer = [0_u8; ulid::ULID_LEN];
        Ok(Self(format!(
            "{PREFIX}{}",
            ulid.array_to_str(&mut buffer).to_ascii_lowercase()
        )))
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ulid = text.strip_prefix(PREFIX).ok_or(KeyIdError::MissingPrefix)?;
        if ulid.len() != ulid::ULID_LEN {
            return Err(KeyIdError::WrongLength { found: ulid.len() });
        }
        let forbidden = |byte: u8| !matches!(byte, b'0'..=b'9' | b'a'..=b'h' | b'j' | b'k' | b'm' | b'n' | b'p'..=b't' | b'v'..=b'z');
        if let Some(at) = ulid.bytes().position(forbidden) {
            return Err(KeyIdError::ForbiddenCharacter {
                at: PREFIX.len() + at,
            });
        }
        // 26 characters of 5 bits are 130: a first one above 7 would be a second spelling of another id.
        if ulid.as_bytes().first().is_some_and(|first| *first > b'7') {
            return Err(KeyIdError::ForbiddenCharacter { at: PREFIX.len() });
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for KeyId {
    type Error = KeyIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_id_parses_and_ids_sort_by_their_instant()
    -> Result<(), Box<dyn std::error::Error>> {
        let early = KeyId::generate(Timestamp::from_millis(1_795_000_000_000)?)?;
        let late = KeyId::generate(Timestamp::from_millis(1_795_000_000_001)?)?;
        assert_eq!(early.as_str().parse::<KeyId>()?, early);
        assert!(early < late);
        Ok(())
    }

    #[test]
    fn another_spelling_of_an_id_is_not_an_id() {
        for (text, error) in [
            ("", KeyIdError::MissingPrefix),
            ("HK_01jd3v9m2x8c5q7w4n6t0r1z2y", KeyIdError::MissingPrefix),
            (
                "hk_01jd3v9m2x8c5q7w4n6t0r1z2",
                KeyIdError::WrongLength { found: 25 },
            ),
            (
                "hk_01jd3v9m2x8c5q7w4n6t0r1z2y ",
                KeyIdError::WrongLength { found: 27 },
            ),
            (
                "hk_01JD3V9M2X8C5Q7W4N6T0R1Z2Y",
                KeyIdError::ForbiddenCharacter { at: 5 },
            ),
            (
                "hk_01id3v9m2x8c5q7w4n6t0r1z2y",
                KeyIdError::ForbiddenCharacter { at: 5 },
            ),
            (
                "hk_81jd3v9m2x8c5q7w4n6t0r1z2y",
                KeyIdError::ForbiddenCharacter { at: 3 },
            ),
        ] {
            assert_eq!(text.parse::<KeyId>(), Err(error), "{text}");
        }
    }
}

//! Secrets as their holders have them.

use std::fmt;

use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use zeroize::Zeroizing;

/// A secret as the client holds it: `hs_`, 43 base 62 characters (256 random bits), and their CRC-32 in 6 more. Shown
/// once, then gone: no `Serialize`, no `Clone`, `Debug` prints `Secret(…)`, and its memory is zeroed on drop.
pub struct Secret(Zeroizing<String>);

// Changing this prefix revokes every key ever issued, and blinds the secret scanners that look for it.
const PREFIX: &str = "hs_";
const RANDOM_CHARS: usize = 43;
const CHECKSUM_CHARS: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The text is not one of our secrets: garbage, cut off, or mistyped. Says nothing about which, for it is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a secret of ours: its form or checksum is wrong")]
pub struct SecretFormatError;

impl Secret {
    /// The length of a generated secret, in bytes.
    pub const LEN: usize = PREFIX.len() + RANDOM_CHARS + CHECKSUM_CHARS;

    /// A new secret from the operating system's randomness.
    ///
    /// # Errors
    /// The operating system gave no randomness.
    pub fn generate() -> Result<Self, SysError> {
        let mut random = Zeroizing::new(Vec::with_capacity(RANDOM_CHARS));
        let mut bytes = Zeroizing::new([0_u8; 64]);
        while random.len() < RANDOM_CHARS {
            SysRng.try_fill_bytes(bytes.as_mut_slice())?;
            // The two top values of six bits have no character. Skipping them keeps every character equally likely,
            // and 43 characters of log2(62) bits are 256.03 bits.
            let characters = bytes
                .iter()
                .filter_map(|byte| BASE62.get(usize::from(byte & 0x3f)));
            let missing = RANDOM_CHARS - random.len();
            random.extend(characters.take(missing));
        }
        let mut text = Zeroizing::new(String::with_capacity(Self::LEN));
        text.push_str(PREFIX);
        text.extend(
            random
                .iter()
                .chain(&checksum(&random))
                .map(|byte| char::from(*byte)),
        );
        Ok(Self(text))
    }

    /// A secret of any form, such as one imported from another system or presented in a request.
    pub fn of_any_form(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Whether this is a secret that [`Secret::generate`] can have made. Lets garbage be refused without a read.
    ///
    /// # Errors
    /// [`SecretFormatError`] if it can't.
    pub fn check_format(&self) -> Result<(), SecretFormatError> {
        let body = self
            .0
            .strip_prefix(PREFIX)
            .ok_or(SecretFormatError)?
            .as_bytes();
        if body.len() != RANDOM_CHARS + CHECKSUM_CHARS
            || !body.iter().all(u8::is_ascii_alphanumeric)
        {
            return Err(SecretFormatError);
        }
        let (random, presented) = body.split_at(RANDOM_CHARS);
        // Not a comparison of secrets: the checksum follows from what the caller sent.
        if presented == checksum(random) {
            Ok(())
        } else {
            Err(SecretFormatError)
        }
    }

    /// The plain secret. Every call of this is a place where it could leak.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// CRC-32 (IEEE 802.3) of the random part, in base 62, most significant digit first, padded with zeros.
fn checksum(random: &[u8]) -> [u8; CHECKSUM_CHARS] {
    let mut rest = crc32fast::hash(random);
    let mut digits = [b'0'; CHECKSUM_CHARS];
    for digit in digits.iter_mut().rev() {
        #[expect(clippy::indexing_slicing, reason = "a remainder of 62 is below 62")]
        let character = BASE62[rest as usize % BASE62.len()];
        *digit = character;
        rest /= BASE62.len() as u32;
    }
    digits
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_secret_has_the_published_form_and_passes_its_own_check()
    -> Result<(), Box<dyn std::error::Error>> {
        for _ in 0..200 {
            let secret = Secret::generate()?;
            assert_eq!(secret.expose().len(), Secret::LEN);
            secret.check_format()?;
        }
        Ok(())
    }

    #[test]
    fn a_secret_with_any_one_character_changed_is_garbage() -> Result<(), Box<dyn std::error::Error>>
    {
        let secret = Secret::generate()?;
        for at in 0..Secret::LEN {
            let mut bytes = secret.expose().as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
            let changed = Secret::of_any_form(String::from_utf8(bytes)?);
            assert_eq!(
                changed.check_format(),
                Err(SecretFormatError),
                "position {at}"
            );
        }
        Ok(())
    }

    #[test]
    fn debug_prints_nothing_of_a_secret() {
        assert_eq!(format!("{:?}", Secret::of_any_form("hunter2")), "Secret(…)");
    }

    #[test]
    fn the_checksum_is_the_published_crc_32_in_base_62() {
        // CRC-32 of "123456789" is 0xCBF43926, the check value of the algorithm's catalogue entry.
        assert_eq!(crc32fast::hash(b"123456789"), 0xCBF4_3926);
        // 0xCBF43926 = 3421780262 = 3·62⁵ + 45·62⁴ + 35·62³ + 27·62² + 22·62 + 14
        assert_eq!(&checksum(b"123456789"), b"3jZRME");
    }
}

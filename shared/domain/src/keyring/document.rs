//! The keyring as it is written down, and the only ways in which it may change.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::TryRng as _;
use rand::rngs::{SysError, SysRng};
use zeroize::Zeroizing;

use super::{Keyring, KeyringFormatError, Subkeys};
use crate::KeyringVersion;

const ROOT_LEN: usize = 32;
/// What Secrets Manager generates for a template, which can ask for letters and digits but not for base64: 381 bits.
const GENERATED_LEN: usize = 64;

/// The keyring's text, parsed: every root key as it is written. Only who rotates needs one; all others take a [`Keyring`],
/// which has no root keys any more.
#[derive(Clone)]
pub struct KeyringDocument {
    current: KeyringVersion,
    roots: BTreeMap<KeyringVersion, Zeroizing<String>>,
}

/// Why a keyring can't be changed like that.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// There is no such version.
    #[error("the keyring has no version {0}")]
    NoSuchVersion(KeyringVersion),
    /// New secrets are made under it, or will be.
    #[error(
        "version {0} of the keyring is current, or about to be: only one that came before can be removed"
    )]
    StillNeeded(KeyringVersion),
    /// Current goes forward only: what was stored under a newer version would not be moved on again.
    #[error("version {0} of the keyring came before the current one")]
    Older(KeyringVersion),
    /// The names of versions are at their end.
    #[error("there is no name left for another version of the keyring")]
    NoNameLeft,
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    Randomness(#[from] SysError),
}

impl KeyringDocument {
    /// A new keyring with one version, `1`.
    ///
    /// # Errors
    /// The operating system gave no randomness.
    pub fn generate() -> Result<Self, SysError> {
        let current = KeyringVersion::counted(1);
        let roots = BTreeMap::from([(current.clone(), new_root()?)]);
        Ok(Self { current, roots })
    }

    /// Parses the JSON text of a keyring.
    ///
    /// # Errors
    /// [`KeyringFormatError`]; unknown versions are no error, a malformed one anywhere is.
    pub fn parse(text: &str) -> Result<Self, KeyringFormatError> {
        let mut entries: BTreeMap<String, Zeroizing<String>> =
            serde_json::from_str(text).map_err(|_| KeyringFormatError::NotAnObject)?;
        let current = entries
            .remove("current")
            .ok_or(KeyringFormatError::NoCurrent)?;
        let current = KeyringVersion::try_from(current.to_string())
            .map_err(|_| KeyringFormatError::NoCurrent)?;
        let mut roots = BTreeMap::new();
        for (version, root) in entries {
            let version =
                KeyringVersion::try_from(version).map_err(|_| KeyringFormatError::BadVersion)?;
            if material(&root).is_none() {
                return Err(KeyringFormatError::BadRoot(version));
            }
            roots.insert(version, root);
        }
        if roots.contains_key(&current) {
            Ok(Self { current, roots })
        } else {
            Err(KeyringFormatError::NoCurrent)
        }
    }

    /// The one text of this keyring: `current` first, then the versions in their order, without a space.
    pub fn text(&self) -> Zeroizing<String> {
        // Room for all of it: a text that grows leaves copies of root keys behind.
        let room = 48 + self.roots.len() * (GENERATED_LEN + 24);
        let mut text = Zeroizing::new(String::with_capacity(room));
        // Neither versions nor roots have a character that JSON escapes.
        for part in ["{\"current\":\"", self.current.as_str(), "\""] {
            text.push_str(part);
        }
        for (version, root) in &self.roots {
            for part in [",\"", version.as_str(), "\":\"", root, "\""] {
                text.push_str(part);
            }
        }
        text.push('}');
        text
    }

    /// What is computed with it.
    ///
    /// # Errors
    /// None that a parsed or generated keyring has.
    pub fn keyring(&self) -> Result<Keyring, KeyringFormatError> {
        let derived = self.roots.iter().map(|(version, root)| {
            material(root)
                .and_then(|root| Subkeys::derive(&root))
                .map(|subkeys| (version.clone(), subkeys))
                .ok_or_else(|| KeyringFormatError::BadRoot(version.clone()))
        });
        Ok(Keyring {
            current: self.current.clone(),
            versions: derived.collect::<Result<_, _>>()?,
        })
    }

    /// The version new secrets are stored under.
    pub fn current(&self) -> &KeyringVersion {
        &self.current
    }

    /// All versions, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = &KeyringVersion> {
        self.roots.keys()
    }

    /// The version that is to be current next, if one was added and not made current.
    pub fn next(&self) -> Option<&KeyringVersion> {
        self.versions()
            .last()
            .filter(|newest| **newest > self.current)
    }

    /// The same keyring and one more version, newer than all others and not current yet.
    ///
    /// # Errors
    /// [`RotationError::NoNameLeft`], [`RotationError::Randomness`].
    pub fn with_new_version(&self) -> Result<Self, RotationError> {
        let newest = self.versions().last().unwrap_or(&self.current);
        let version = newest.next().ok_or(RotationError::NoNameLeft)?;
        let mut changed = self.clone();
        changed.roots.insert(version, new_root()?);
        Ok(changed)
    }

    /// The same keyring with this version current.
    ///
    /// # Errors
    /// [`RotationError::NoSuchVersion`], [`RotationError::Older`].
    pub fn with_current(&self, version: &KeyringVersion) -> Result<Self, RotationError> {
        if !self.roots.contains_key(version) {
            return Err(RotationError::NoSuchVersion(version.clone()));
        }
        if *version < self.current {
            return Err(RotationError::Older(version.clone()));
        }
        let mut changed = self.clone();
        changed.current = version.clone();
        Ok(changed)
    }

    /// The same keyring without this version. What is stored under it opens never again: whoever asks has made sure that
    /// nothing is.
    ///
    /// # Errors
    /// [`RotationError::NoSuchVersion`], [`RotationError::StillNeeded`].
    pub fn without(&self, version: &KeyringVersion) -> Result<Self, RotationError> {
        if *version >= self.current {
            return Err(RotationError::StillNeeded(version.clone()));
        }
        let mut changed = self.clone();
        match changed.roots.remove(version) {
            Some(_) => Ok(changed),
            None => Err(RotationError::NoSuchVersion(version.clone())),
        }
    }
}

fn new_root() -> Result<Zeroizing<String>, SysError> {
    let mut root = Zeroizing::new([0_u8; ROOT_LEN]);
    SysRng.try_fill_bytes(root.as_mut_slice())?;
    Ok(Zeroizing::new(STANDARD.encode(root)))
}

/// The key material of a root as it is written: 32 bytes in base64, which are 44 characters with one `=`, or exactly 64
/// letters and digits, which stand for themselves. No text is both.
fn material(root: &str) -> Option<Zeroizing<Vec<u8>>> {
    if root.len() == GENERATED_LEN {
        let generated = root.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return generated.then(|| Zeroizing::new(root.as_bytes().to_vec()));
    }
    let root = Zeroizing::new(STANDARD.decode(root).ok()?);
    (root.len() == ROOT_LEN).then_some(root)
}

impl fmt::Debug for KeyringDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyringDocument")
            .field("current", &self.current)
            .field("versions", &self.roots.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Scheme, Secret};

    fn version(text: &str) -> KeyringVersion {
        KeyringVersion::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn a_keyring_as_secrets_manager_generates_it_is_one() {
        let generated = "aB3".repeat(21) + "x";
        let text = format!(r#"{{"1":"{generated}","current":"1"}}"#);
        let document = KeyringDocument::parse(&text).unwrap();
        let keyring = document.keyring().unwrap();
        let secret = Secret::generate().unwrap();
        let stored = keyring.store(Scheme::Hmac, "hk_a", &secret).unwrap();
        // It is the root, not its form, that counts: read anew it opens, and with one character changed it does not.
        let again = Keyring::parse(&document.text()).unwrap();
        assert!(again.open("hk_a", &stored).is_ok());
        let other = Keyring::parse(&text.replace('x', "y")).unwrap();
        assert!(other.open("hk_a", &stored).is_err());
        assert_eq!(
            document.text().as_str(),
            format!(r#"{{"current":"1","1":"{generated}"}}"#)
        );
    }

    #[test]
    fn a_root_of_any_other_form_is_refused() {
        let generated = "a".repeat(64);
        for root in [
            &generated[1..],
            &format!("{generated}a"),
            &generated.replacen('a', "+", 1),
            &generated.replacen('a', "é", 1),
            &STANDARD.encode([7_u8; 31]),
            &STANDARD.encode([7_u8; 33]),
            "",
        ] {
            let text = serde_json::json!({"current": "1", "1": root}).to_string();
            let refused = KeyringDocument::parse(&text).map(drop);
            assert_eq!(
                refused,
                Err(KeyringFormatError::BadRoot(version("1"))),
                "{root}"
            );
        }
    }

    #[test]
    fn versions_count_on_and_are_never_used_twice() {
        let mut document = KeyringDocument::generate().unwrap();
        for next in 2..=11 {
            document = document.with_new_version().unwrap();
            let newest = document.next().unwrap().clone();
            assert_eq!(newest.as_str(), next.to_string());
            document = document.with_current(&newest).unwrap();
            assert_eq!(document.next(), None);
        }
        let order: Vec<_> = document.versions().map(KeyringVersion::as_str).collect();
        assert_eq!(
            order,
            ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]
        );

        // After a name that somebody chose comes one that is newer than it.
        let named = format!(
            r#"{{"current":"1","1":"{0}","blue":"{0}"}}"#,
            "a".repeat(64)
        );
        let named = KeyringDocument::parse(&named).unwrap();
        assert_eq!(
            named.with_new_version().unwrap().next(),
            Some(&version("10000"))
        );
        let last = format!(
            r#"{{"current":"{0}","{0}":"{1}"}}"#,
            "z".repeat(16),
            "a".repeat(64)
        );
        let last = KeyringDocument::parse(&last).unwrap();
        assert!(matches!(
            last.with_new_version(),
            Err(RotationError::NoNameLeft)
        ));
    }

    #[test]
    fn current_goes_forward_only_and_what_is_needed_stays() {
        let one = KeyringDocument::generate().unwrap();
        let two = one.with_new_version().unwrap();
        let rotated = two.with_current(&version("2")).unwrap();
        assert!(matches!(
            rotated.with_current(&version("1")),
            Err(RotationError::Older(_))
        ));
        assert!(matches!(
            rotated.with_current(&version("3")),
            Err(RotationError::NoSuchVersion(_))
        ));
        for (document, needed) in [(&one, "1"), (&two, "1"), (&two, "2"), (&rotated, "2")] {
            assert!(matches!(
                document.without(&version(needed)),
                Err(RotationError::StillNeeded(_))
            ));
        }
        let pruned = rotated.without(&version("1")).unwrap();
        assert!(matches!(
            pruned.without(&version("1")),
            Err(RotationError::NoSuchVersion(_))
        ));
        assert_eq!(pruned.versions().collect::<Vec<_>>(), [&version("2")]);
    }

    #[test]
    fn debug_prints_no_root() {
        let document = KeyringDocument::generate().unwrap();
        let text = document.text();
        let root = text.rsplit('"').nth(1).unwrap();
        assert!(!format!("{document:?}").contains(root));
    }

    proptest! {
        /// However often a keyring is rotated and written down, everything that was ever stored under a version it still
        /// has opens, and moves to the current one as the same secret.
        #[test]
        fn what_was_stored_before_any_rotations_opens_and_moves_after_them(
            rotations in proptest::collection::vec(any::<bool>(), 0..6),
            secret in "[ -~]{1,80}",
        ) {
            let mut document = KeyringDocument::generate().unwrap();
            let mut stored = Vec::new();
            for finished in rotations {
                let secret = Secret::of_any_form(secret.clone());
                let keyring = document.keyring().unwrap();
                for scheme in [Scheme::Basic, Scheme::Hmac] {
                    stored.push(keyring.store(scheme, "hk_a", &secret).unwrap());
                }
                document = document.with_new_version().unwrap();
                if finished {
                    let newest = document.next().unwrap().clone();
                    document = document.with_current(&newest).unwrap();
                }
                let text = document.text();
                document = KeyringDocument::parse(&text).unwrap();
                prop_assert_eq!(document.text(), text);
            }
            let keyring = document.keyring().unwrap();
            for stored in stored {
                let secret = Secret::of_any_form(secret.clone());
                prop_assert!(keyring.open("hk_a", &stored).is_ok());
                let moved = match &stored {
                    crate::StoredSecret::Sealed { .. } => {
                        let moved = keyring.reseal("hk_a", &stored).unwrap();
                        prop_assert!(matches!(
                            keyring.open("hk_a", &moved),
                            Ok(crate::KnownSecret::Plain(opened)) if opened.expose() == secret.expose()
                        ));
                        moved
                    }
                    crate::StoredSecret::Digest { .. } => {
                        match keyring.move_digest("hk_a", &stored, &secret) {
                            None => {
                                prop_assert!(stored.keyring() >= keyring.current());
                                continue;
                            }
                            Some(moved) => {
                                let moved = keyring.accept_moved("hk_a", &stored, &moved).unwrap();
                                prop_assert!(keyring.open("hk_a", &moved).unwrap().is_password("hk_a", &secret));
                                moved
                            }
                        }
                    }
                };
                prop_assert_eq!(moved.keyring(), keyring.current());
            }
        }
    }
}

//! The keyring: root keys by version, and all that is derived from them. Pure: where it is kept is the store's affair.

mod document;
mod moving;

pub use document::{KeyringDocument, RotationError};
pub use moving::{MovedDigest, NotAccepted, ResealError};

use std::collections::BTreeMap;
use std::fmt;

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::Hmac;
use rand::TryRng as _;
use rand::rngs::{SysError, SysRng};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{KeyringVersion, KnownSecret, Pepper, Scheme, Secret, StoredSecret};

/// Root keys by version, one of them current. As JSON: `{"current":"2","1":"…","2":"…"}`, each root 32 bytes in base64 or
/// 64 letters and digits. What is made is made under the current one; what was made under an older one stays readable.
pub struct Keyring {
    current: KeyringVersion,
    versions: BTreeMap<KeyringVersion, Subkeys>,
}

/// What one root key is used for, each by a key of its own (HKDF-SHA-256, RFC 5869), so that no use can weaken another.
struct Subkeys {
    pepper: Pepper,
    seal: Aes256Gcm,
    cursor: Aes256Gcm,
    moved: Hmac<Sha256>,
}

// Changing an `info` makes every stored secret unreadable: keys would have to be issued anew.
const PEPPER_INFO: &[u8] = b"hubkeys/v1/pepper";
const SEAL_INFO: &[u8] = b"hubkeys/v1/seal";
const CURSOR_INFO: &[u8] = b"hubkeys/v1/cursor";
const MOVED_INFO: &[u8] = b"hubkeys/v1/moved";
const NONCE_LEN: usize = 12;

/// The text is not a keyring. Quotes nothing of it, for it holds the root keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringFormatError {
    /// Not a JSON object of strings.
    #[error("the keyring is not a JSON object of strings")]
    NotAnObject,
    /// No `current`, or one that names no root key.
    #[error("the keyring's \"current\" names none of its versions")]
    NoCurrent,
    /// A version that is not 1 to 16 ASCII letters and digits.
    #[error("a version of the keyring is not 1 to 16 ASCII letters and digits")]
    BadVersion,
    /// A root key that is neither 32 bytes in base64 nor 64 letters and digits.
    #[error(
        "version {0} of the keyring is neither 32 bytes in base64 nor 64 ASCII letters and digits"
    )]
    BadRoot(KeyringVersion),
}

/// A stored secret could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The keyring has no such version: it was read before that version was added, or it is the wrong keyring.
    #[error("the keyring has no version {0}")]
    UnknownVersion(KeyringVersion),
    /// The sealed bytes were not made by this keyring for this key.
    #[error("a sealed secret does not open under version {0} of the keyring")]
    NotAuthentic(KeyringVersion),
}

impl Keyring {
    /// The text of a new keyring with one version, `1`, from the operating system's randomness.
    ///
    /// # Errors
    /// The operating system gave no randomness.
    pub fn generate_text() -> Result<Zeroizing<String>, SysError> {
        Ok(KeyringDocument::generate()?.text())
    }

    /// Parses the JSON text of a keyring.
    ///
    /// # Errors
    /// [`KeyringFormatError`]; unknown versions are no error, a malformed one anywhere is.
    pub fn parse(text: &str) -> Result<Self, KeyringFormatError> {
        KeyringDocument::parse(text)?.keyring()
    }

    /// The version new secrets are stored under.
    pub fn current(&self) -> &KeyringVersion {
        &self.current
    }

    /// Whether it holds this version.
    pub fn has_version(&self, version: &KeyringVersion) -> bool {
        self.versions.contains_key(version)
    }

    /// What to keep of `secret`: a digest for Basic, the sealed secret for HMAC.
    ///
    /// # Errors
    /// The operating system gave no randomness for a nonce.
    pub fn store(
        &self,
        scheme: Scheme,
        key: &str,
        secret: &Secret,
    ) -> Result<StoredSecret, SysError> {
        let keyring = self.current.clone();
        let subkeys = self.current_subkeys();
        match scheme {
            Scheme::Basic => Ok(StoredSecret::Digest {
                keyring,
                mac: subkeys.pepper.digest(key, secret),
            }),
            Scheme::Hmac => {
                let (nonce, ciphertext) =
                    seal(&subkeys.seal, key.as_bytes(), secret.expose().as_bytes())?;
                Ok(StoredSecret::Sealed {
                    keyring,
                    nonce,
                    ciphertext,
                })
            }
        }
    }

    /// What a verifier needs to know of `stored` to check a request of `key`.
    ///
    /// # Errors
    /// [`OpenError`]; both mean that nothing can be decided, never that a request is refused.
    pub fn open(&self, key: &str, stored: &StoredSecret) -> Result<KnownSecret, OpenError> {
        let version = stored.keyring();
        let subkeys = self
            .versions
            .get(version)
            .ok_or_else(|| OpenError::UnknownVersion(version.clone()))?;
        match stored {
            StoredSecret::Digest { mac, .. } => Ok(KnownSecret::Digest {
                pepper: subkeys.pepper.clone(),
                mac: *mac,
            }),
            StoredSecret::Sealed {
                nonce, ciphertext, ..
            } => open(&subkeys.seal, key.as_bytes(), nonce, ciphertext)
                .map(|secret| KnownSecret::Plain(Secret::of_any_form(secret)))
                .ok_or_else(|| OpenError::NotAuthentic(version.clone())),
        }
    }

    /// An opaque token that says `text` to [`Keyring::open_cursor`] alone, and only in the same `context` (the account
    /// and the filters it continues): `<version>.<base64url>`.
    ///
    /// # Errors
    /// The operating system gave no randomness for a nonce.
    pub fn seal_cursor(&self, context: &str, text: &str) -> Result<String, SysError> {
        let (nonce, ciphertext) = seal(
            &self.current_subkeys().cursor,
            context.as_bytes(),
            text.as_bytes(),
        )?;
        Ok(format!(
            "{}.{}",
            self.current,
            URL_SAFE_NO_PAD.encode([nonce.as_slice(), &ciphertext].concat())
        ))
    }

    /// The text of a cursor, if it was sealed in this `context` by this keyring. Every other input is `None`.
    pub fn open_cursor(&self, context: &str, cursor: &str) -> Option<String> {
        let (version, sealed) = cursor.split_once('.')?;
        let subkeys = self
            .versions
            .get(&KeyringVersion::try_from(version.to_owned()).ok()?)?;
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LEN>()?;
        open(&subkeys.cursor, context.as_bytes(), nonce, ciphertext)
    }

    fn current_subkeys(&self) -> &Subkeys {
        #[expect(
            clippy::indexing_slicing,
            reason = "`parse` made sure that the current version is there"
        )]
        &self.versions[&self.current]
    }
}

impl Subkeys {
    fn derive(root: &[u8]) -> Option<Self> {
        // A root of letters and digits is random, but not uniformly: extracting makes it so, and lets one call serve all.
        let hkdf = Hkdf::<Sha256>::new(None, root);
        let subkey = |info: &[u8]| {
            let mut key = Zeroizing::new([0_u8; 32]);
            hkdf.expand(info, key.as_mut_slice()).ok().map(|()| key)
        };
        Some(Self {
            pepper: Pepper::new(&*subkey(PEPPER_INFO)?),
            seal: Aes256Gcm::new((&*subkey(SEAL_INFO)?).into()),
            cursor: Aes256Gcm::new((&*subkey(CURSOR_INFO)?).into()),
            moved: moving::proof_key(&*subkey(MOVED_INFO)?),
        })
    }
}

fn seal(
    cipher: &Aes256Gcm,
    aad: &[u8],
    msg: &[u8],
) -> Result<([u8; NONCE_LEN], Vec<u8>), SysError> {
    let mut nonce = [0_u8; NONCE_LEN];
    SysRng.try_fill_bytes(&mut nonce)?;
    #[expect(
        clippy::expect_used,
        reason = "AES-GCM fails only for messages above 64 GiB"
    )]
    let ciphertext = cipher
        .encrypt(&Nonce::from(nonce), Payload { msg, aad })
        .expect("a short message");
    Ok((nonce, ciphertext))
}

fn open(cipher: &Aes256Gcm, aad: &[u8], nonce: &[u8; NONCE_LEN], msg: &[u8]) -> Option<String> {
    let plain = cipher
        .decrypt(&Nonce::from(*nonce), Payload { msg, aad })
        .ok()?;
    String::from_utf8(plain).ok()
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("current", &self.current)
            .field("versions", &self.versions.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

    fn keyring() -> Result<Keyring> {
        Ok(Keyring::parse(&Keyring::generate_text()?)?)
    }

    #[test]
    fn a_basic_secret_is_recognised_for_its_own_key_only() -> Result {
        let keyring = keyring()?;
        let stored = keyring.store(Scheme::Basic, "hk_a", &Secret::of_any_form("right"))?;
        let known = keyring.open("hk_a", &stored)?;
        assert!(known.is_password("hk_a", &Secret::of_any_form("right")));
        assert!(!known.is_password("hk_a", &Secret::of_any_form("wrong")));
        assert!(!known.is_password("hk_b", &Secret::of_any_form("right")));
        Ok(())
    }

    #[test]
    fn a_sealed_secret_opens_for_its_own_key_only_and_is_never_a_password() -> Result {
        let keyring = keyring()?;
        let stored = keyring.store(Scheme::Hmac, "hk_a", &Secret::of_any_form("right"))?;
        let known = keyring.open("hk_a", &stored)?;
        assert!(matches!(&known, KnownSecret::Plain(secret) if secret.expose() == "right"));
        assert!(!known.is_password("hk_a", &Secret::of_any_form("right")));
        assert!(matches!(
            keyring.open("hk_b", &stored),
            Err(OpenError::NotAuthentic(_))
        ));
        Ok(())
    }

    #[test]
    fn what_an_older_version_stored_stays_readable_after_a_rotation() -> Result {
        let old = Keyring::generate_text()?;
        let stored =
            Keyring::parse(&old)?.store(Scheme::Hmac, "hk_a", &Secret::of_any_form("right"))?;
        let mut json: serde_json::Value = serde_json::from_str(&old)?;
        json["2"] = STANDARD.encode([7_u8; 32]).into();
        json["current"] = "2".into();
        let rotated = Keyring::parse(&json.to_string())?;
        assert!(rotated.open("hk_a", &stored).is_ok());
        assert_eq!(
            rotated
                .store(Scheme::Hmac, "hk_a", &Secret::of_any_form("x"))?
                .keyring()
                .as_str(),
            "2"
        );
        let only_new = serde_json::json!({"current": "2", "2": json["2"]});
        assert!(matches!(
            Keyring::parse(&only_new.to_string())?.open("hk_a", &stored),
            Err(OpenError::UnknownVersion(_))
        ));
        Ok(())
    }

    #[test]
    fn a_cursor_opens_only_in_its_own_context_and_unchanged() -> Result {
        let keyring = keyring()?;
        let cursor = keyring.seal_cursor("acme", "KEY#1")?;
        assert_eq!(
            keyring.open_cursor("acme", &cursor).as_deref(),
            Some("KEY#1")
        );
        assert_eq!(keyring.open_cursor("globex", &cursor), None);
        for at in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                keyring.open_cursor("acme", &String::from_utf8(changed)?),
                None,
                "position {at}"
            );
        }
        Ok(())
    }

    #[test]
    fn a_malformed_keyring_is_refused_without_quoting_it() {
        for (text, error) in [
            ("", KeyringFormatError::NotAnObject),
            (r#"{"1":"AAAA"}"#, KeyringFormatError::NoCurrent),
            (r#"{"current":"1"}"#, KeyringFormatError::NoCurrent),
            (
                r#"{"current":"1","":"AAAA"}"#,
                KeyringFormatError::BadVersion,
            ),
        ] {
            assert_eq!(Keyring::parse(text).map(|_| ()), Err(error), "{text}");
        }
        let short = Keyring::parse(r#"{"current":"1","1":"c2VjcmV0"}"#).map(|_| ());
        assert!(short.is_err_and(|error| !error.to_string().contains("c2VjcmV0")));
    }
}

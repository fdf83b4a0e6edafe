//! Stored secrets, moved from an older version of the keyring to the current one.

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::rngs::SysError;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::{Keyring, OpenError, open};
use crate::{KeyringVersion, Scheme, Secret, StoredSecret, base64_text};

/// A sealed secret could not be moved.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    /// It does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It is a digest, which only the secret itself makes anew.
    #[error("a digest can't be resealed")]
    Digest,
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    Randomness(#[from] SysError),
}

/// The digest of a Basic secret under the current version, made while a request presented the secret. A proposal: who
/// finds it somewhere asks [`Keyring::accept_moved`] whether it is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedDigest {
    /// The new digest.
    pub secret: StoredSecret,
    /// Shows that it was made by a holder of this keyring, for this key, from the digest it is to replace.
    #[serde(with = "base64_text")]
    proof: [u8; 32],
}

/// A proposal is none, or none any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// It was made under another version than the current one.
    #[error("it was made under version {0} of the keyring, which is not current")]
    NotCurrent(KeyringVersion),
    /// Its proof is not of this keyring, key and earlier digest.
    #[error("it was not made by a holder of this keyring from what is stored of this key")]
    NotProven,
}

impl Keyring {
    /// A sealed secret of `key`, sealed anew under the current version.
    ///
    /// # Errors
    /// [`ResealError`].
    pub fn reseal(&self, key: &str, stored: &StoredSecret) -> Result<StoredSecret, ResealError> {
        let StoredSecret::Sealed {
            keyring,
            nonce,
            ciphertext,
        } = stored
        else {
            return Err(ResealError::Digest);
        };
        let subkeys = self
            .versions
            .get(keyring)
            .ok_or_else(|| OpenError::UnknownVersion(keyring.clone()))?;
        let secret = open(&subkeys.seal, key.as_bytes(), nonce, ciphertext)
            .map(Secret::of_any_form)
            .ok_or_else(|| OpenError::NotAuthentic(keyring.clone()))?;
        Ok(self.store(Scheme::Hmac, key, &secret)?)
    }

    /// The digest of `secret`, which was presented and found to be that of `key`, made anew under the current version.
    /// `None` if `stored` is of the current version or a newer one, or no digest.
    pub fn move_digest(
        &self,
        key: &str,
        stored: &StoredSecret,
        secret: &Secret,
    ) -> Option<MovedDigest> {
        let StoredSecret::Digest { keyring, mac: from } = stored else {
            return None;
        };
        if *keyring >= self.current {
            return None;
        }
        let subkeys = self.current_subkeys();
        let mac = subkeys.pepper.digest(key, secret);
        Some(MovedDigest {
            secret: StoredSecret::Digest {
                keyring: self.current.clone(),
                mac,
            },
            proof: subkeys
                .proof(key, keyring, from, &mac)
                .finalize()
                .into_bytes()
                .into(),
        })
    }

    /// What may replace `stored` of `key`: the proposed digest, if a holder of the keyring as it is now made it from the
    /// very digest that is stored.
    ///
    /// # Errors
    /// [`NotAccepted`]; then what is stored stays.
    pub fn accept_moved(
        &self,
        key: &str,
        stored: &StoredSecret,
        moved: &MovedDigest,
    ) -> Result<StoredSecret, NotAccepted> {
        let version = moved.secret.keyring();
        if *version != self.current {
            return Err(NotAccepted::NotCurrent(version.clone()));
        }
        let (StoredSecret::Digest { keyring, mac: from }, StoredSecret::Digest { mac: to, .. }) =
            (stored, &moved.secret)
        else {
            return Err(NotAccepted::NotProven);
        };
        self.current_subkeys()
            .proof(key, keyring, from, to)
            .verify_slice(&moved.proof)
            .map_err(|_| NotAccepted::NotProven)?;
        Ok(moved.secret.clone())
    }
}

impl super::Subkeys {
    /// Key and version end in a NUL, which neither can hold, and digests have one length: no two proposals are one text.
    fn proof(
        &self,
        key: &str,
        version: &KeyringVersion,
        from: &[u8; 32],
        to: &[u8; 32],
    ) -> Hmac<Sha256> {
        let mut proof = self.moved.clone();
        for part in [
            key.as_bytes(),
            &[0],
            version.as_str().as_bytes(),
            &[0],
            from,
            to,
        ] {
            proof.update(part);
        }
        proof
    }
}

pub(super) fn proof_key(bytes: &[u8; 32]) -> Hmac<Sha256> {
    #[expect(
        clippy::expect_used,
        reason = "HMAC takes a key of any length (RFC 2104 section 2)"
    )]
    Hmac::new_from_slice(bytes).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring::KeyringDocument;

    /// A keyring with one version, and with a second that is current.
    fn rotated() -> (Keyring, Keyring, KeyringDocument) {
        let one = KeyringDocument::generate().unwrap();
        let two = one.with_new_version().unwrap();
        let two = two.with_current(two.next().unwrap()).unwrap();
        (one.keyring().unwrap(), two.keyring().unwrap(), two)
    }

    #[test]
    fn a_resealed_secret_is_the_same_and_of_its_own_key_only() {
        let (old, new, _) = rotated();
        let secret = Secret::of_any_form("right");
        let stored = old.store(Scheme::Hmac, "hk_a", &secret).unwrap();
        let moved = new.reseal("hk_a", &stored).unwrap();
        assert_eq!(moved.keyring().as_str(), "2");
        assert!(matches!(
            new.open("hk_a", &moved),
            Ok(crate::KnownSecret::Plain(secret)) if secret.expose() == "right"
        ));
        assert!(matches!(
            new.reseal("hk_b", &stored),
            Err(ResealError::Open(OpenError::NotAuthentic(_)))
        ));
        assert!(matches!(
            old.reseal("hk_a", &moved),
            Err(ResealError::Open(OpenError::UnknownVersion(_)))
        ));
        let digest = old.store(Scheme::Basic, "hk_a", &secret).unwrap();
        assert!(matches!(
            new.reseal("hk_a", &digest),
            Err(ResealError::Digest)
        ));
    }

    #[test]
    fn a_moved_digest_knows_the_secret_and_is_accepted_for_what_it_was_made_from_only() {
        let (old, new, document) = rotated();
        let secret = Secret::of_any_form("right");
        let stored = old.store(Scheme::Basic, "hk_a", &secret).unwrap();
        let moved = new.move_digest("hk_a", &stored, &secret).unwrap();
        let accepted = new.accept_moved("hk_a", &stored, &moved).unwrap();
        let known = new.open("hk_a", &accepted).unwrap();
        assert!(known.is_password("hk_a", &secret));
        assert!(!known.is_password("hk_a", &Secret::of_any_form("wrong")));

        // Another key, another earlier digest, another new digest, a sealed secret in either place.
        let others = old.store(Scheme::Basic, "hk_a", &Secret::of_any_form("other"));
        let sealed = old.store(Scheme::Hmac, "hk_a", &secret).unwrap();
        let mut planted = moved.clone();
        planted.secret = new
            .store(Scheme::Basic, "hk_a", &Secret::of_any_form("planted"))
            .unwrap();
        let mut of_a_signer = moved.clone();
        of_a_signer.secret = new.store(Scheme::Hmac, "hk_a", &secret).unwrap();
        for (key, stored, moved) in [
            ("hk_b", &stored, &moved),
            ("hk_a", &others.unwrap(), &moved),
            ("hk_a", &sealed, &moved),
            ("hk_a", &stored, &planted),
            ("hk_a", &stored, &of_a_signer),
        ] {
            let refused = new.accept_moved(key, stored, moved);
            assert_eq!(refused, Err(NotAccepted::NotProven), "{key}");
        }

        // Once the keyring has gone on, it is worth nothing any more.
        let three = document.with_new_version().unwrap();
        let three = three.with_current(three.next().unwrap()).unwrap();
        assert!(matches!(
            three
                .keyring()
                .unwrap()
                .accept_moved("hk_a", &stored, &moved),
            Err(NotAccepted::NotCurrent(_))
        ));
    }

    #[test]
    fn another_keyring_of_the_same_versions_proves_nothing() {
        let (old, new, _) = rotated();
        let (_, other, _) = rotated();
        let secret = Secret::of_any_form("right");
        let stored = old.store(Scheme::Basic, "hk_a", &secret).unwrap();
        let moved = other.move_digest("hk_a", &stored, &secret).unwrap();
        assert_eq!(
            new.accept_moved("hk_a", &stored, &moved),
            Err(NotAccepted::NotProven)
        );
    }

    #[test]
    fn a_digest_of_the_current_version_or_a_newer_one_is_not_moved() {
        let (old, new, _) = rotated();
        let secret = Secret::of_any_form("right");
        for (keyring, made_by) in [(&old, &old), (&new, &new), (&old, &new)] {
            let stored = made_by.store(Scheme::Basic, "hk_a", &secret).unwrap();
            assert_eq!(keyring.move_digest("hk_a", &stored, &secret), None);
        }
        let sealed = old.store(Scheme::Hmac, "hk_a", &secret).unwrap();
        assert_eq!(new.move_digest("hk_a", &sealed, &secret), None);
    }
}

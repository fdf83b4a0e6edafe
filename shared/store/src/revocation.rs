//! A revocation is what verify sees of it.

use hubkeys_domain::KeyId;
use hubkeys_domain::api_key::ApiKey;

use crate::rebuild::Mode;
use crate::{CredentialReader, Status, Store, StoreError};

impl Store {
    /// Makes sure that verify sees the revocation of a key whose events say that it is revoked.
    ///
    /// A revocation that is committed writes the row verify reads. One that finds the key revoked already writes nothing:
    /// should the row have been lost or brought back since (a restored backup), "it is revoked" would be false comfort.
    ///
    /// # Errors
    /// [`StoreError`], also if the row can't be mended: then the key may still verify, and nobody may be told otherwise.
    pub async fn confirm_revocation(&self, id: &KeyId) -> Result<(), StoreError> {
        if self.verify_sees_revocation(id).await? {
            return Ok(());
        }
        let mut drift = Vec::new();
        self.mend::<ApiKey>(id.as_str(), Mode::Mend, &mut drift)
            .await?;
        tracing::error!(key = %id, ?drift, "a revoked key's row did not say so");
        if self.verify_sees_revocation(id).await? {
            tracing::warn!(key = %id, "mended: the row says that the key is revoked");
            Ok(())
        } else {
            let problem = "the key is revoked and the row does not say so: it claims events that do not exist";
            Err(StoreError::unreadable(
                format!("row KEY#{id}/VERIFY"),
                problem,
            ))
        }
    }

    /// Whether no request of this key can be valid: its row is absent, unreadable or revoked.
    async fn verify_sees_revocation(&self, id: &KeyId) -> Result<bool, StoreError> {
        match CredentialReader::new(self.database.clone()).get(id).await {
            Ok(credential) => {
                Ok(credential.is_none_or(|credential| credential.status == Status::Revoked))
            }
            Err(StoreError::Unreadable { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }
}

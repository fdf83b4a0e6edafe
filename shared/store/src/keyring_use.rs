//! Under which versions of the keyring the keys are stored.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::{KeyId, KeyringVersion, Scheme};

use crate::stored_event::Item;
use crate::transaction::keys_of;
use crate::views::{credential, from_row};
use crate::walk::PAGE;
use crate::{Credential, Database, Status, Store, StoreError};

/// How many keys are stored under each version of the keyring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyringUse {
    /// By version, oldest first.
    pub versions: BTreeMap<KeyringVersion, VersionUse>,
}

/// How many keys are stored under one version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VersionUse {
    /// Live Basic keys: digests. Disabled ones are live: they come back.
    pub basic: u64,
    /// Live HMAC keys: sealed secrets. Disabled ones, too.
    pub hmac: u64,
    /// Revoked keys of either scheme. They need no version.
    pub revoked: u64,
}

impl KeyringUse {
    /// How many live keys need this version.
    pub fn live_under(&self, version: &KeyringVersion) -> u64 {
        self.versions
            .get(version)
            .map_or(0, |found| found.basic + found.hmac)
    }

    pub(crate) fn count(&mut self, credential: &Credential) {
        let version = credential.secret.keyring().clone();
        let of = self.versions.entry(version).or_default();
        match (credential.status, credential.scheme) {
            (Status::Revoked, _) => of.revoked += 1,
            (Status::Active | Status::Disabled, Scheme::Basic) => of.basic += 1,
            (Status::Active | Status::Disabled, Scheme::Hmac) => of.hmac += 1,
        }
    }
}

impl Store {
    /// Counts the keys by the version they are stored under, by the rows that verify reads.
    ///
    /// # Errors
    /// [`StoreError`]; a row that can't be read ends the count, for it may need any version.
    pub async fn keyring_use(&self) -> Result<KeyringUse, StoreError> {
        let mut found = KeyringUse::default();
        let mut page = None;
        loop {
            let (credentials, next) = self.database.credential_page(page).await?;
            for (_, credential) in &credentials {
                found.count(credential);
            }
            page = next;
            if page.is_none() {
                return Ok(found);
            }
        }
    }
}

impl Database {
    /// A page of the rows that verify reads, and where the next begins.
    pub(crate) async fn credential_page(
        &self,
        start: Option<Item>,
    ) -> Result<(Vec<(KeyId, Credential)>, Option<Item>), StoreError> {
        let answer = self
            .client
            .scan()
            .table_name(&self.tables.views)
            .filter_expression("sk = :verify")
            .expression_attribute_values(
                ":verify",
                AttributeValue::S(credential::SORT_KEY.to_owned()),
            )
            .consistent_read(true)
            .limit(i32::from(PAGE))
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(StoreError::unavailable("scan the views"))?;
        let mut credentials = Vec::new();
        for item in answer.items.unwrap_or_default() {
            let row = keys_of(&item);
            let id = credential::id_of(&row)?;
            credentials.push((id, from_row(&row, item)?));
        }
        Ok((credentials, answer.last_evaluated_key))
    }
}

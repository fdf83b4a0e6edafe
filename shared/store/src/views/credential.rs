//! `KEY#<id>` / `VERIFY`: all that verify needs to know of a key, in one row.

use std::str::FromStr;
use std::sync::Arc;

use hubkeys_domain::api_key::Key;
use hubkeys_domain::{AccountId, KeyId, Scheme, SigningPolicy, StoredSecret};
use serde::{Deserialize, Serialize};

use super::{from_row, to_row};
use crate::stored_event::Item;
use crate::{Database, StoreError};

/// Whether a key may verify. A status this code does not know is unreadable, and so verifies nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = KeyStatus))]
pub enum Status {
    /// It may.
    Active,
    /// It may not for now: its account is suspended.
    Disabled,
    /// It may not, ever again.
    Revoked,
}

impl Status {
    /// The status of a key.
    pub fn of(key: &Key) -> Self {
        match (&key.revocation, &key.disabled) {
            (Some(_), _) => Self::Revoked,
            (None, Some(_)) => Self::Disabled,
            (None, None) => Self::Active,
        }
    }

    /// The status as it stands in JSON and in rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Revoked => "revoked",
        }
    }
}

/// The text names no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a status is \"active\", \"disabled\" or \"revoked\"")]
pub struct StatusError;

impl FromStr for Status {
    type Err = StatusError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "active" => Ok(Self::Active),
            "disabled" => Ok(Self::Disabled),
            "revoked" => Ok(Self::Revoked),
            _ => Err(StatusError),
        }
    }
}

/// What verify decides on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    schema: Schema,
    /// The key's account.
    pub account: AccountId,
    /// The one scheme the key may be used with.
    pub scheme: Scheme,
    /// Whether it may verify.
    pub status: Status,
    /// What is kept of its secret. Stays when the key is disabled or revoked, so that only the holder of the secret learns of it.
    pub secret: StoredSecret,
    /// What the key may sign with. `None`: it never signs, or takes the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing: Option<SigningPolicy>,
    /// The version of the key's stream this row follows from.
    pub version: u64,
}

/// The form of the row. A row of another form is unreadable, and so verifies nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Schema {
    #[serde(rename = "verify-1")]
    V1,
}

pub(crate) const SORT_KEY: &str = "VERIFY";
const PREFIX: &str = "KEY#";

fn key(id: &str) -> (String, String) {
    (format!("{PREFIX}{id}"), SORT_KEY.to_owned())
}

/// The key that such a row is of.
pub(crate) fn id_of((pk, sk): &(String, String)) -> Result<KeyId, StoreError> {
    let id = pk.strip_prefix(PREFIX).and_then(|id| id.parse().ok());
    id.ok_or_else(|| StoreError::unreadable(format!("row {pk}/{sk}"), "it is of no key"))
}

pub(crate) fn row(of: &Key, version: u64) -> Result<Item, StoreError> {
    let credential = Credential {
        schema: Schema::V1,
        account: of.account.clone(),
        scheme: of.scheme,
        status: Status::of(of),
        secret: of.secret.clone(),
        signing: of.signing.clone(),
        version,
    };
    to_row(key(of.id.as_str()), credential)
}

/// Reads credentials, and can do nothing else.
#[derive(Clone, Debug)]
pub struct CredentialReader {
    database: Database,
    decoy: Arc<Item>,
}

impl CredentialReader {
    /// A reader of this database.
    pub fn new(database: Database) -> Self {
        // As long as that of most keys. Nobody holds its secret, and no key has its id.
        let decoy = r#"{"schema":"verify-1","account":"account","scheme":"hmac","status":"active","version":1,"secret":{
            "kind":"sealed","keyring":"1","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}"#;
        let decoy = serde_json::from_str::<Credential>(decoy)
            .ok()
            .and_then(|decoy| serde_dynamo::to_item(decoy).ok());
        Self {
            database,
            decoy: Arc::new(decoy.unwrap_or_default()),
        }
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// What is known of a key now: one consistent read. `None`: there is no such key.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing may be decided.
    pub async fn get(&self, id: &KeyId) -> Result<Option<Credential>, StoreError> {
        let key = key(id.as_str());
        match self.database.row(&key).await? {
            Some(item) => from_row(&key, item).map(Some),
            None => {
                // A key that does not exist takes the work of one that does, or the time would tell them apart.
                let _ = from_row::<Credential>(&key, Item::clone(&self.decoy));
                Ok(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tables;

    #[test]
    fn the_decoy_is_a_row_like_any_other() {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .build();
        let tables = Tables {
            events: "events".into(),
            views: "views".into(),
        };
        let reader = CredentialReader::new(Database::new(
            aws_sdk_dynamodb::Client::from_conf(config),
            tables,
        ));
        let row: Credential = from_row(&key("decoy"), Item::clone(&reader.decoy)).unwrap();
        assert_eq!(row.scheme, Scheme::Hmac);
    }
}

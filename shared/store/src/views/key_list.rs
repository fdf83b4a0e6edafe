//! `ACCOUNT#<id>` / `KEY#<created>#<id>`: what the list of an account's keys shows.

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::api_key::{Disablement, Key, Revocation};
use hubkeys_domain::{Actor, KeyId, KeyName, Scheme, SigningPolicy, Timestamp};
use serde::{Deserialize, Serialize};

use super::credential::Status;
use super::to_row;
use crate::stored_event::Item;
use crate::{Store, StoreError};

/// A key as a list shows it: everything but what is kept of its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeySummary {
    /// The public identifier.
    pub id: KeyId,
    /// The label.
    pub name: KeyName,
    /// What it is for.
    pub scheme: Scheme,
    /// What it may sign with, if it signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub signing: Option<SigningPolicy>,
    /// Whether it may verify.
    pub status: Status,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: Actor,
    /// Why it may not verify for now, if its status is `disabled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub disabled: Option<Disablement>,
    /// Its revocation, if it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub revocation: Option<Revocation>,
    /// The version of the key's stream this follows from.
    pub version: u64,
}

impl KeySummary {
    /// What a list shows of `key`.
    pub fn of(key: &Key, version: u64) -> Self {
        Self {
            id: key.id.clone(),
            name: key.name.clone(),
            scheme: key.scheme,
            signing: key.signing.clone(),
            status: Status::of(key),
            created_at: key.created_at,
            created_by: key.created_by.clone(),
            disabled: key.disabled.clone(),
            revocation: key.revocation.clone(),
            version,
        }
    }
}

/// A key as an administrator sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Key))]
pub struct KeyView {
    /// The key.
    #[serde(flatten)]
    pub summary: KeySummary,
    /// When it was last used, to 15 minutes. `null`: never, or it is not known yet.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub last_used_at: Option<Timestamp>,
}

pub(crate) const SORT_PREFIX: &str = "KEY#";

pub(crate) fn partition(account: &str) -> String {
    format!("ACCOUNT#{account}")
}

pub(crate) fn row(key: &Key, version: u64) -> Result<Item, StoreError> {
    let sort = format!("{SORT_PREFIX}{}#{}", key.created_at, key.id);
    to_row(
        (partition(key.account.as_str()), sort),
        KeySummary::of(key, version),
    )
}

impl Store {
    /// All rows of the list, consistently and in the order of creation.
    pub(crate) fn query_keys(
        &self,
        pk: &str,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.database
            .client
            .query()
            .table_name(&self.database.tables.views)
            .key_condition_expression("pk = :pk AND begins_with(sk, :keys)")
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
            .expression_attribute_values(":keys", AttributeValue::S(SORT_PREFIX.to_owned()))
            .consistent_read(true)
    }
}

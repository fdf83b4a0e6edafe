//! `ACCOUNT#<id>` / `KEY#<created>#<id>`: what the list of an account's keys shows.
//!
//! DynamoDB counts every row of a list whole, so a row leaves out what its sort key says and what is so of nearly every key.

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::api_key::{Disablement, Key, Revocation};
use hubkeys_domain::{Actor, KeyId, KeyName, Role, Scheme, SigningPolicy, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::credential::Status;
use super::{from_row, text, to_row};
use crate::stored_event::Item;
use crate::transaction::keys_of;
use crate::{Store, StoreError};

/// A key as a list shows it: everything but what is kept of its secret.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeySummary {
    /// The public identifier.
    pub id: KeyId,
    /// The label.
    pub name: KeyName,
    /// What it is for.
    pub scheme: Scheme,
    /// What it may sign with, if it signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub signing: Option<SigningPolicy>,
    /// Whether it may verify.
    pub status: Status,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: Actor,
    /// Why it may not verify for now, if its status is `disabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub disabled: Option<Disablement>,
    /// Its revocation, if it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
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
            signing: signing_of(key.scheme, key.signing.clone()),
            status: Status::of(key),
            created_at: key.created_at,
            created_by: key.created_by.clone(),
            disabled: key.disabled.clone(),
            revocation: key.revocation.clone(),
            version,
        }
    }

    /// What a row of the list says.
    pub(crate) fn of_row(row: Item) -> Result<Self, StoreError> {
        let place = keys_of(&row);
        let unreadable =
            |problem| StoreError::unreadable(format!("row {}/{}", place.0, place.1), problem);
        let (created_at, id) = named_by(&place.1).ok_or_else(|| unreadable("it is of no key"))?;
        let created_at = created_at.parse();
        let created_at = created_at.map_err(|_| unreadable("it was made at no time"))?;
        let id = id.parse().map_err(|_| unreadable("it is of no key"))?;
        let listed: Listed = from_row(&place, row)?;
        Ok(Self {
            id,
            name: listed.name,
            scheme: listed.scheme,
            signing: signing_of(listed.scheme, listed.signing),
            status: listed.status,
            created_at,
            created_by: listed.by.into(),
            disabled: listed.disabled,
            revocation: listed.revocation,
            version: listed.version,
        })
    }
}

/// A key that signs may sign with the default, unless it was made with a policy of its own.
fn signing_of(scheme: Scheme, policy: Option<SigningPolicy>) -> Option<SigningPolicy> {
    match scheme {
        Scheme::Hmac => Some(policy.unwrap_or_default()),
        Scheme::Basic => policy,
    }
}

/// What a row says besides its keys. Rows of versions before 0.2 also had `id`, `created_at`, every policy and an [`Actor`] named
/// `created_by`: they are read until a rebuild has made them anew.
#[derive(Serialize, Deserialize)]
struct Listed {
    name: KeyName,
    scheme: Scheme,
    status: Status,
    /// None, for a key that signs: the default. Whoever changes that changes what rows say until the next rebuild.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signing: Option<SigningPolicy>,
    #[serde(alias = "created_by")]
    by: Creator,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disabled: Option<Disablement>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revocation: Option<Revocation>,
    version: u64,
}

/// Keys are made by administrators: the user says it all.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Creator {
    Administrator(UserId),
    Other(Actor),
}

impl From<Actor> for Creator {
    fn from(actor: Actor) -> Self {
        match actor {
            Actor::User {
                user,
                role: Role::Administrator,
            } => Self::Administrator(user),
            other => Self::Other(other),
        }
    }
}

impl From<Creator> for Actor {
    fn from(creator: Creator) -> Self {
        match creator {
            Creator::Administrator(user) => Self::User {
                user,
                role: Role::Administrator,
            },
            Creator::Other(actor) => actor,
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
    let default = SigningPolicy::default();
    let listed = Listed {
        name: key.name.clone(),
        scheme: key.scheme,
        status: Status::of(key),
        signing: key.signing.clone().filter(|policy| *policy != default),
        by: key.created_by.clone().into(),
        disabled: key.disabled.clone(),
        revocation: key.revocation.clone(),
        version,
    };
    to_row((partition(key.account.as_str()), sort), listed)
}

/// When a key was made and which, by the sort key of its row.
pub(crate) fn named_by(sort_key: &str) -> Option<(&str, &str)> {
    sort_key.strip_prefix(SORT_PREFIX)?.split_once('#')
}

/// Which key a row of a list is of.
pub(crate) fn id_of(row: &Item) -> Option<&str> {
    named_by(text(row, "sk")?).map(|(_, id)| id)
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

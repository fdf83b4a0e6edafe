//! `ACCOUNT#<id>` / `KEY#<created>#<id>`: what the list of an account's keys shows.

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::api_key::{Key, Revocation};
use hubkeys_domain::{
    Actor, AuthorizedAdministrator, KeyId, KeyName, Scheme, SigningPolicy, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::credential::Status;
use super::{from_row, text, to_row};
use crate::stored_event::Item;
use crate::transaction::primary_key;
use crate::{Store, StoreError};

/// A key as a list shows it: everything but what is kept of its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Key))]
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
            revocation: key.revocation.clone(),
            version,
        }
    }
}

/// Which keys to list; the default is all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyFilter {
    /// Only those of this scheme.
    pub scheme: Option<Scheme>,
    /// Only those of this status.
    pub status: Option<Status>,
}

/// A part of the list, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyPage {
    /// The keys, as many as asked for at the most.
    pub keys: Vec<KeySummary>,
    /// Where the list goes on: the position to pass as `after`. `None`: this was the end.
    pub next: Option<String>,
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
    /// The administrator's keys, newest first, from position `after` on: consistent reads, as many as fill the page.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keys(
        &self,
        by: &AuthorizedAdministrator,
        filter: KeyFilter,
        limit: usize,
        after: Option<&str>,
    ) -> Result<KeyPage, StoreError> {
        let pk = partition(by.account().as_str());
        let mut start = after.map(|sk| primary_key(pk.clone(), sk.to_owned()));
        let mut keys: Vec<(String, KeySummary)> = Vec::new();
        loop {
            // One more than asked for tells whether the list goes on.
            let page = filtered(self.query_keys(&pk), filter)
                .limit(rows_a_read(filter, limit))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(StoreError::unavailable("list keys"))?;
            for item in page.items.unwrap_or_default() {
                let position = text(&item, "sk").unwrap_or_default().to_owned();
                let row = (pk.clone(), position);
                let summary = from_row(&row, item)?;
                keys.push((row.1, summary));
            }
            start = page.last_evaluated_key;
            if keys.len() > limit || start.is_none() {
                break;
            }
        }
        let more = keys.len() > limit;
        keys.truncate(limit);
        let next = keys
            .last()
            .filter(|_| more)
            .map(|(position, _)| position.clone());
        Ok(KeyPage {
            keys: keys.into_iter().map(|(_, summary)| summary).collect(),
            next,
        })
    }

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
            .scan_index_forward(false)
            .consistent_read(true)
    }
}

/// How many rows to read at once: no more than are wanted, unless a filter may drop most of them.
fn rows_a_read(filter: KeyFilter, limit: usize) -> i32 {
    let wanted = i32::try_from(limit.saturating_add(1)).unwrap_or(i32::MAX);
    if filter == KeyFilter::default() {
        wanted
    } else {
        wanted.max(250)
    }
}

fn filtered(
    mut query: aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder,
    filter: KeyFilter,
) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
    let mut conditions = Vec::new();
    if let Some(scheme) = filter.scheme {
        conditions.push("#scheme = :scheme");
        query = query
            .expression_attribute_names("#scheme", "scheme")
            .expression_attribute_values(":scheme", AttributeValue::S(scheme.as_str().to_owned()));
    }
    if let Some(status) = filter.status {
        conditions.push("#status = :status");
        query = query
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":status", AttributeValue::S(status.as_str().to_owned()));
    }
    if conditions.is_empty() {
        query
    } else {
        query.filter_expression(conditions.join(" AND "))
    }
}

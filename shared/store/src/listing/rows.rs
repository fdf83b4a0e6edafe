//! The rows of a list as they stand in the table, page by page.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use super::{KeyQuery, KeyStatuses};
use crate::stored_event::Item;
use crate::transaction::primary_key;
use crate::views::text;
use crate::{Status, Store, StoreError};

/// The rows that a query may want, read consistently. The table knows scheme and status; names are compared by us.
pub(super) struct Rows<'a> {
    store: &'a Store,
    query: &'a KeyQuery,
    pk: String,
    forward: bool,
    /// How many rows to read at once; `None`: as many as DynamoDB gives, which is 1 MB.
    at_once: Option<i32>,
    start: Option<Item>,
    ended: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn new(store: &'a Store, pk: String, query: &'a KeyQuery) -> Self {
        Self {
            store,
            query,
            pk,
            forward: true,
            at_once: None,
            start: None,
            ended: false,
        }
    }

    /// From the newest to the oldest, or the other way around, from this sort key on; no more at once than are wanted,
    /// unless a filter may drop most of them.
    pub(super) fn towards(mut self, forward: bool, after: Option<&str>, wanted: usize) -> Self {
        self.forward = forward;
        self.start = after.map(|sk| primary_key(self.pk.clone(), sk.to_owned()));
        let wanted = i32::try_from(wanted).unwrap_or(i32::MAX);
        let filtered = self.query.scheme.is_some() || self.query.status.is_some();
        self.at_once = Some(match (&self.query.search, filtered) {
            (None, false) => wanted,
            (None, true) => wanted.max(250),
            (Some(_), _) => wanted.max(1_000),
        });
        self
    }

    /// The next rows that are wanted, maybe none of a page; `None` after the last page.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Item>>, StoreError> {
        if self.ended {
            return Ok(None);
        }
        let answer = filtered(self.store.query_keys(&self.pk), self.query)
            .scan_index_forward(self.forward)
            .set_limit(self.at_once)
            .set_exclusive_start_key(self.start.take())
            .send()
            .await
            .map_err(StoreError::unavailable("list keys"))?;
        self.start = answer.last_evaluated_key;
        self.ended = self.start.is_none();
        let mut rows = answer.items.unwrap_or_default();
        if let Some(search) = &self.query.search {
            let mut wanted = Vec::new();
            for row in rows {
                if search.finds(self.member(&row, "name")?, self.member(&row, "id")?) {
                    wanted.push(row);
                }
            }
            rows = wanted;
        }
        Ok(Some(rows))
    }

    /// A text that every row has.
    pub(super) fn member<'r>(&self, row: &'r Item, name: &str) -> Result<&'r str, StoreError> {
        text(row, name).ok_or_else(|| {
            let sk = text(row, "sk").unwrap_or_default();
            StoreError::unreadable(format!("row {}/{sk}", self.pk), format!("no {name}"))
        })
    }
}

fn filtered(mut query: QueryFluentBuilder, by: &KeyQuery) -> QueryFluentBuilder {
    let mut conditions = Vec::new();
    if let Some(scheme) = by.scheme {
        conditions.push("#scheme = :scheme");
        query = query
            .expression_attribute_names("#scheme", "scheme")
            .expression_attribute_values(":scheme", AttributeValue::S(scheme.as_str().to_owned()));
    }
    if let Some(statuses) = by.status {
        let (condition, status) = match statuses {
            KeyStatuses::Only(status) => ("#status = :status", status),
            KeyStatuses::Live => ("#status <> :status", Status::Revoked),
        };
        conditions.push(condition);
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

//! The rows of a list as they stand in the table, page by page.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use super::{KeyQuery, KeyStatuses};
use crate::stored_event::Item;
use crate::transaction::primary_key;
use crate::views::{key_list, standing, text};
use crate::{Status, Store, StoreError};

/// The rows that a query may want, read consistently. The table knows scheme and status; names are compared by us.
pub(super) struct Rows<'a> {
    store: &'a Store,
    query: &'a KeyQuery,
    pk: String,
    forward: bool,
    /// How many rows to read at once; `None`: as many as DynamoDB gives, which is 1 MB.
    at_once: Option<i32>,
    /// Whether to read the account's other rows too.
    with_others: bool,
    standing: Option<Item>,
    start: Option<Item>,
    ended: bool,
}

/// The rows of an account that stand after its keys, `LIMITS` and `STANDING`. One more of them has to be counted here.
const OTHERS: i32 = 2;

impl<'a> Rows<'a> {
    pub(super) fn new(store: &'a Store, pk: String, query: &'a KeyQuery) -> Self {
        Self {
            store,
            query,
            pk,
            forward: true,
            at_once: None,
            with_others: false,
            standing: None,
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

    /// From the newest to the oldest, and before them the account's standing, which stands after its keys: one read gives both.
    pub(super) fn from_standing(
        store: &'a Store,
        pk: String,
        query: &'a KeyQuery,
        wanted: usize,
    ) -> Self {
        let rows = Self::new(store, pk, query).towards(false, None, wanted);
        Self {
            with_others: true,
            at_once: rows.at_once.map(|rows| rows.saturating_add(OTHERS)),
            ..rows
        }
    }

    /// The row of the account's standing, once the first rows were read.
    pub(super) fn take_standing(&mut self) -> Option<Item> {
        self.standing.take()
    }

    /// The next rows that are wanted, maybe none of a page; `None` after the last page.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Item>>, StoreError> {
        if self.ended {
            return Ok(None);
        }
        let mut rows = self.store.query_keys(&self.pk);
        if self.with_others {
            rows = rows.key_condition_expression("pk = :pk AND sk >= :keys");
        }
        let answer = filtered(rows, self.query, self.with_others)
            .scan_index_forward(self.forward)
            .set_limit(self.at_once)
            .set_exclusive_start_key(self.start.take())
            .send()
            .await
            .map_err(StoreError::unavailable("list keys"))?;
        self.start = answer.last_evaluated_key;
        self.ended = self.start.is_none();
        let mut rows = answer.items.unwrap_or_default();
        if self.with_others {
            let of_key = |sk: &str| sk.starts_with(key_list::SORT_PREFIX);
            for row in rows.extract_if(.., |row| !text(row, "sk").is_some_and(of_key)) {
                if text(&row, "sk") == Some(standing::SORT_KEY) {
                    self.standing = Some(row);
                }
            }
        }
        if let Some(search) = &self.query.search {
            let mut wanted = Vec::new();
            for row in rows {
                if search.finds(self.member(&row, "name")?, self.id(&row)?) {
                    wanted.push(row);
                }
            }
            rows = wanted;
        }
        Ok(Some(rows))
    }

    /// A text that every row has.
    pub(super) fn member<'r>(&self, row: &'r Item, name: &str) -> Result<&'r str, StoreError> {
        text(row, name).ok_or_else(|| self.without(name, row))
    }

    /// Which key a row is of.
    pub(super) fn id<'r>(&self, row: &'r Item) -> Result<&'r str, StoreError> {
        key_list::id_of(row).ok_or_else(|| self.without("id", row))
    }

    fn without(&self, what: &str, row: &Item) -> StoreError {
        let sk = text(row, "sk").unwrap_or_default();
        StoreError::unreadable(format!("row {}/{sk}", self.pk), format!("no {what}"))
    }
}

/// The rows that the table itself can tell are wanted. Other rows, if they are read, have no scheme and are never filtered.
fn filtered(mut query: QueryFluentBuilder, by: &KeyQuery, with_others: bool) -> QueryFluentBuilder {
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
        return query;
    }
    let of_keys = conditions.join(" AND ");
    if !with_others {
        return query.filter_expression(of_keys);
    }
    query
        .expression_attribute_names("#scheme", "scheme")
        .filter_expression(format!("attribute_not_exists(#scheme) OR ({of_keys})"))
}

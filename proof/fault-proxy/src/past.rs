//! What rows were before.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// How many values of a row are remembered.
const REMEMBERED: usize = 8;

/// The last values of every row that was put or deleted through the proxies that share this. `None`: it was not there.
#[derive(Clone, Debug, Default)]
pub struct Past(Arc<Mutex<Rows>>);

type Rows = HashMap<Row, VecDeque<Option<Value>>>;

/// Table, partition key, sort key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Row(String, String, String);

impl Row {
    /// The row that `keys`, an item or a primary key, is or names.
    fn of(table: &str, keys: &Value) -> Option<Self> {
        let part = |name: &str| keys.get(name)?.get("S")?.as_str().map(str::to_owned);
        Some(Self(table.to_owned(), part("pk")?, part("sk")?))
    }
}

fn table_of(request: &Value) -> &str {
    request
        .get("TableName")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

impl Past {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what a request that succeeded wrote. What an update makes of a row nobody tells: it is no past of it.
    pub(crate) fn wrote(&self, operation: &str, request: &Value) {
        match operation {
            "PutItem" => self.put(request),
            "DeleteItem" => self.deleted(request),
            "TransactWriteItems" => {
                let writes = request.get("TransactItems").and_then(Value::as_array);
                for write in writes.into_iter().flatten() {
                    if let Some(put) = write.get("Put") {
                        self.put(put);
                    } else if let Some(delete) = write.get("Delete") {
                        self.deleted(delete);
                    }
                }
            }
            _ => {}
        }
    }

    fn put(&self, put: &Value) {
        if let Some(item) = put.get("Item") {
            self.note(Row::of(table_of(put), item), Some(item.clone()));
        }
    }

    fn deleted(&self, delete: &Value) {
        if let Some(key) = delete.get("Key") {
            self.note(Row::of(table_of(delete), key), None);
        }
    }

    fn note(&self, row: Option<Row>, value: Option<Value>) {
        let Some(row) = row else { return };
        let mut rows = self.rows();
        let values = rows.entry(row).or_insert_with(|| VecDeque::from([None]));
        values.push_back(value);
        if values.len() > REMEMBERED {
            values.pop_front();
        }
    }

    /// What the row was `back` values before the last, or at first.
    fn earlier(&self, row: &Row, back: usize) -> Option<Option<Value>> {
        let rows = self.rows();
        let values = rows.get(row)?;
        let last = values.len().checked_sub(1)?;
        values.get(last.saturating_sub(back.max(1))).cloned()
    }

    /// The answer to a read that did not ask for consistency, as it was before. `None`: the read asked for it, or nothing is
    /// known of its rows.
    pub(crate) fn stale(&self, request: &Value, answer: &Value, back: usize) -> Option<Value> {
        if request.get("ConsistentRead") == Some(&Value::Bool(true)) {
            return None;
        }
        let table = table_of(request);
        let mut answer = answer.clone();
        let members = answer.as_object_mut()?;
        if let Some(key) = request.get("Key") {
            match self.earlier(&Row::of(table, key)?, back)? {
                Some(item) => members.insert("Item".to_owned(), item),
                None => members.remove("Item"),
            };
            return Some(answer);
        }
        let items = members.get_mut("Items")?.as_array_mut()?;
        let mut changed = false;
        let earlier = items.drain(..).filter_map(|item| {
            let found = Row::of(table, &item).and_then(|row| self.earlier(&row, back));
            changed |= found.is_some();
            found.unwrap_or(Some(item))
        });
        let earlier: Vec<Value> = earlier.collect();
        let count = Value::from(earlier.len());
        *items = earlier;
        members.insert("Count".to_owned(), count);
        changed.then_some(answer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key() -> Value {
        json!({"pk": {"S": "KEY#1"}, "sk": {"S": "VERIFY"}})
    }

    fn item(status: &str) -> Value {
        json!({"pk": {"S": "KEY#1"}, "sk": {"S": "VERIFY"}, "status": {"S": status}})
    }

    fn past() -> Past {
        let past = Past::default();
        let put = json!({"TableName": "Views", "Item": item("active")});
        past.wrote("PutItem", &put);
        let put = json!({"Put": {"TableName": "Views", "Item": item("revoked")}});
        past.wrote("TransactWriteItems", &json!({"TransactItems": [put]}));
        past
    }

    #[test]
    fn a_read_without_consistency_sees_what_was_there_before() {
        let get = json!({"TableName": "Views", "Key": key()});
        let now = json!({"Item": item("revoked")});
        let stale = past().stale(&get, &now, 1);
        assert_eq!(stale, Some(json!({"Item": item("active")})));
        for back in [2, 3, 100] {
            assert_eq!(past().stale(&get, &now, back), Some(json!({})));
        }
    }

    #[test]
    fn a_consistent_read_and_one_of_another_row_see_what_is_there() {
        let now = json!({"Item": item("revoked")});
        let get = json!({"TableName": "Views", "Key": key(), "ConsistentRead": true});
        assert_eq!(past().stale(&get, &now, 1), None);
        let get = json!({"TableName": "Others", "Key": key()});
        assert_eq!(past().stale(&get, &now, 1), None);
    }

    #[test]
    fn a_query_sees_each_of_its_rows_before() {
        let query = json!({"TableName": "Views"});
        let now = json!({"Items": [item("revoked")], "Count": 1, "ScannedCount": 1});
        let stale = past().stale(&query, &now, 1).unwrap();
        assert_eq!(stale["Items"], json!([item("active")]));
        let stale = past().stale(&query, &now, 2).unwrap();
        assert_eq!(stale["Count"], json!(0));
    }

    #[test]
    fn a_deleted_row_was_there_before() {
        let past = past();
        past.wrote("DeleteItem", &json!({"TableName": "Views", "Key": key()}));
        let get = json!({"TableName": "Views", "Key": key()});
        let stale = past.stale(&get, &json!({}), 1);
        assert_eq!(stale, Some(json!({"Item": item("revoked")})));
    }
}

//! An account with many keys, nearly all of them revoked, is listed as any other.

use std::collections::HashMap;
use std::time::Instant;

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use hubkeys_domain::{KeyId, Scheme};
use hubkeys_store::{KeyQuery, KeySort, Status};

use crate::backend::Backend;
use crate::given::{Given, Item, at, listed_as, text};

const KEYS: i64 = 5_000;
const LIVE: i64 = 100;

/// The rows of that many keys, as commands would have left them: made of one that a command made.
async fn inhabited(given: &Given) {
    let by = given.verified("acme").await;
    let id = given.key_of(&by, "Key 0000", Scheme::Basic, at(0)).await;
    let made = given.view("ACCOUNT#acme", &listed_as(&id, at(0))).await;
    let mut rows = Vec::new();
    // As long as a user's id may be: so all rows are more than the 1 MB that DynamoDB reads at once.
    let made_by = "u".repeat(128);
    for number in 1..KEYS {
        let id = KeyId::generate(at(number)).unwrap();
        let mut row = made.clone();
        let mut set = |name: &str, value: &str| row.insert(name.to_owned(), text(value));
        set("sk", &listed_as(&id, at(number)));
        set("by", &made_by);
        // 7 and 5,000 have no divisor in common, so every name is there once.
        set("name", &format!("Key {:04}", number * 7 % KEYS));
        if number >= LIVE {
            set("status", "revoked");
        }
        rows.push(row);
        rows.push(Item::from([
            ("pk".to_owned(), text("USED#acme")),
            ("sk".to_owned(), text(id.as_str())),
            (
                "last_used_at".to_owned(),
                text(&at(KEYS + number * 3 % KEYS).to_string()),
            ),
        ]));
    }
    for rows in rows.chunks(25) {
        let put = |row: &Item| {
            let put = PutRequest::builder().set_item(Some(row.clone()));
            let put = put.build().unwrap();
            WriteRequest::builder().put_request(put).build()
        };
        let writes = rows.iter().map(put).collect();
        let write = given.client().batch_write_item();
        let table = given.database.tables().views.clone();
        let answer = write.request_items(table, writes).send().await.unwrap();
        assert!(answer.unprocessed_items.is_none_or(|left| left.is_empty()));
    }
}

#[tokio::test]
async fn a_page_of_five_thousand_keys_takes_a_few_reads_in_every_order() {
    let given = Backend::embedded().await.fresh().await;
    inhabited(&given).await;
    let by = crate::given::administrator("acme");
    let mut took = HashMap::new();
    for sort in KeySort::ALL {
        for search in [None, Some("found nowhere")] {
            let query = KeyQuery {
                search: search.map(|search| search.parse().unwrap()),
                sort,
                ..KeyQuery::default()
            };
            let mut after = None;
            for page in 0..2 {
                let (reads, start) = (given.proxy.calls("Query"), Instant::now());
                let found = given.store.keys(&by, &query, 50, after.as_deref());
                let found = found.await.unwrap();
                let reads = given.proxy.calls("Query") - reads;
                // Shown with --no-capture. It asserts nothing: machines differ.
                println!(
                    "{:14} {search:?}: page {page}: {} keys, {reads} reads, {:?}",
                    sort.as_str(),
                    found.keys.len(),
                    start.elapsed()
                );
                assert!(reads <= 12, "{query:?}: {reads} reads");
                let places: Vec<_> = found.keys.iter().map(|key| place(key, sort)).collect();
                let ascending = places.is_sorted();
                let descending = places.iter().rev().is_sorted();
                let wanted = if sort.as_str().starts_with('-') {
                    descending
                } else {
                    ascending
                };
                assert!(wanted, "{query:?}: {places:?}");
                *took.entry((sort.as_str(), search)).or_insert(0) += found.keys.len();
                after = found.next;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    for ((sort, search), keys) in took {
        let expected = if search.is_some() { 0 } else { 100 };
        assert_eq!(keys, expected, "{sort} {search:?}");
    }
    let live = KeyQuery {
        status: Some(Status::Active.into()),
        sort: KeySort::Name,
        ..KeyQuery::default()
    };
    let page = given.store.keys(&by, &live, 100, None).await.unwrap();
    assert_eq!((page.keys.len(), page.next), (100, None));
}

/// What a key is sorted by, as a text that sorts as it does.
fn place(key: &hubkeys_store::KeyView, sort: KeySort) -> String {
    match sort {
        KeySort::Newest | KeySort::Oldest => key.summary.created_at.to_string(),
        KeySort::Name | KeySort::NameDescending => key.summary.name.to_string(),
        KeySort::LeastRecentlyUsed | KeySort::MostRecentlyUsed => {
            let used = key.last_used_at.map(|at| at.to_string());
            used.unwrap_or_default()
        }
    }
}

//! Everything that decides is read consistently. The embedded database ignores the flag, so it is asserted where the SDK
//! sends it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemInput;
use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::operation::query::QueryInput;
use aws_sdk_dynamodb::operation::scan::ScanInput;
use aws_sdk_dynamodb::types::AttributeValue;
use fault_proxy::Fault;
use hubkeys_domain::{KeyId, Role, Scheme};
use hubkeys_store::{KeyQuery, KeySort, LastUsed};

use crate::backend::Backend;
use crate::given::{Given, at, context, creation, operator, remembered, text, user};

/// How often each kind of read was sent, and whether it was consistent.
type Reads = BTreeMap<(&'static str, Option<bool>), usize>;

#[derive(Clone, Debug, Default)]
struct ReadRecorder(Arc<Mutex<Reads>>);

impl Intercept for ReadRecorder {
    fn name(&self) -> &'static str {
        "ReadRecorder"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input();
        let read = if let Some(get) = input.downcast_ref::<GetItemInput>() {
            let row = get.key().and_then(|key| key.get("pk"));
            if of_last_uses(row) {
                ("GetItem of last uses", Some(true))
            } else {
                ("GetItem", get.consistent_read())
            }
        } else if let Some(get) = input.downcast_ref::<BatchGetItemInput>() {
            let asked = get.request_items().into_iter().flatten();
            let flags: Vec<_> = asked.map(|(_, keys)| keys.consistent_read()).collect();
            assert_eq!(flags.len(), 1, "rows of one table");
            ("BatchGetItem", flags[0])
        } else if let Some(query) = input.downcast_ref::<QueryInput>() {
            assert_eq!(query.index_name(), None, "an index is never consistent");
            let values = query.expression_attribute_values();
            if of_last_uses(values.and_then(|values| values.get(":pk"))) {
                ("Query of last uses", Some(true))
            } else {
                ("Query", query.consistent_read())
            }
        } else if let Some(scan) = input.downcast_ref::<ScanInput>() {
            assert_eq!(scan.index_name(), None, "an index is never consistent");
            ("Scan", scan.consistent_read())
        } else {
            let kind = format!("{input:?}");
            let writes = ["TransactWriteItemsInput", "PutItemInput", "DeleteItemInput"];
            assert!(
                writes.iter().any(|write| kind.contains(write)),
                "an operation nobody has looked at: {kind}"
            );
            return Ok(());
        };
        *self.0.lock().unwrap().entry(read).or_default() += 1;
        Ok(())
    }
}

/// The rows that decide nothing, and so need not be read consistently.
fn of_last_uses(partition: Option<&AttributeValue>) -> bool {
    partition.is_some_and(|pk| pk.as_s().is_ok_and(|pk| pk.starts_with("USED#")))
}

impl ReadRecorder {
    /// What was read since the last call.
    fn take(&self) -> Reads {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn recorded(given: Given) -> (Given, ReadRecorder) {
    let recorder = ReadRecorder::default();
    let config = given.client().config().to_builder();
    let client = Client::from_conf(config.interceptor(recorder.clone()).build());
    (given.with_client(client), recorder)
}

#[tokio::test]
async fn every_read_that_decides_is_consistent() {
    let (given, recorder) = recorded(Backend::embedded().await.fresh().await);
    let by = given.verified("acme").await;
    let store = &given.store;
    let id = KeyId::generate(at(0)).unwrap();

    // Each step, and the reads it takes.
    let step = |name: &str, kinds: &[&str]| {
        let reads = recorder.take();
        for kind in kinds {
            assert!(
                reads.contains_key(&(*kind, Some(true))),
                "{name}: {reads:?}"
            );
        }
        for (kind, consistent) in reads.keys() {
            assert_eq!(*consistent, Some(true), "{name}: {kind}");
            assert!(kinds.contains(kind), "{name}: {reads:?}");
        }
    };
    step("verify an account", &["Query"]);
    store.standing(by.account()).await.unwrap();
    step("standing", &["GetItem"]);
    let earlier = store.earlier_request(by.account(), "once", at(0));
    assert_eq!(earlier.await.unwrap(), None);
    step("look for an earlier request", &["GetItem"]);
    for repeated in [false, true] {
        let command = creation(&id, &by, "Billing", Scheme::Basic, at(0));
        let row = remembered(&by, "once", &id, at(0));
        let created = store
            .execute_on_key(&id, command, Some(&row), &context())
            .await;
        assert_eq!(created.is_err(), repeated);
        step("create", &["Query"]);
    }
    let earlier = store.earlier_request(by.account(), "once", at(0));
    assert!(earlier.await.unwrap().is_some());
    step("find the earlier request", &["GetItem"]);
    store
        .keys(&by, &KeyQuery::default(), 10, None)
        .await
        .unwrap();
    step("list", &["Query", "Query of last uses"]);
    let (query, administrator) = (KeyQuery::default(), user("acme", Role::Administrator));
    let newest = store.newest_keys(administrator, &query, 10);
    newest.await.unwrap().unwrap();
    step(
        "list for whoever may see it",
        &["Query", "Query of last uses"],
    );
    let newest = store.newest_keys(user("acme", Role::Advanced), &query, 10);
    newest.await.unwrap().unwrap_err();
    step("list for a user of lesser role", &[]);
    for sort in KeySort::ALL {
        let query = KeyQuery {
            search: Some("b".parse().unwrap()),
            sort,
            ..KeyQuery::default()
        };
        store.keys(&by, &query, 10, None).await.unwrap();
        step("search and sort", &["Query", "Query of last uses"]);
    }
    store.key(&by, &id).await.unwrap();
    step("show", &["Query"]);
    store.live_keys(by.account()).await.unwrap();
    step("count live keys", &["GetItem"]);
    let last_used = LastUsed::new(given.database.clone());
    last_used.record(by.account(), &id, at(0));
    last_used.settled().await;
    step("record a use", &[]);
    store.last_used(by.account(), &id).await.unwrap();
    step("show a last use", &["GetItem of last uses"]);
    store.key_history(&by, &id).await.unwrap();
    step("history", &["Query"]);
    given.reader.get(&id).await.unwrap();
    step("verify", &["GetItem"]);
    given.rename(&id, &by, "Invoices").await.unwrap();
    step("rename", &["Query"]);
    // Twice, for what has nothing to write looks at what there is.
    for changed in [1, 0] {
        let suspended = store
            .suspend_account(by.account(), &operator(), at(1), "suspend-1", |_| ())
            .await;
        assert_eq!(suspended.unwrap().changed, changed);
        step("suspend", &["Query", "GetItem"]);
    }
    for changed in [1, 0] {
        let reinstated = store
            .reinstate_account(by.account(), &operator(), at(2), "reinstate-1", |_| ())
            .await;
        assert_eq!(reinstated.unwrap().changed, changed);
        step("reinstate", &["Query", "GetItem"]);
    }
    given.revoke(&id, &by).await.unwrap();
    step("revoke", &["Query"]);

    // With a row that is missing, one that differs and one too many, every branch is taken.
    let mut row = given.view(&format!("KEY#{id}"), "VERIFY").await;
    let orphan = KeyId::generate(at(1)).unwrap();
    given.delete_view(&format!("KEY#{id}"), "VERIFY").await;
    given.delete_view("ACCOUNT#acme", "LIMITS").await;
    row.insert("pk".to_owned(), text(&format!("KEY#{orphan}")));
    given.put_view(row).await;
    recorder.take();
    store.check(|_| ()).await.unwrap();
    step("check", &["BatchGetItem", "GetItem", "Query", "Scan"]);
    // What is not written together is looked at stream by stream.
    given
        .proxy
        .next("TransactWriteItems", Fault::TransactionConflict);
    store.rebuild(|_| ()).await.unwrap();
    step("rebuild", &["BatchGetItem", "GetItem", "Query", "Scan"]);
    // Keys that were left unread are asked for in a request of our own: it has the flag, too.
    given.proxy.next("BatchGetItem", Fault::Unprocessed);
    store.check(|_| ()).await.unwrap();
    step("check again", &["BatchGetItem", "Scan"]);
    store.keyring_use().await.unwrap();
    step("see the keyring's use", &["Scan"]);
}

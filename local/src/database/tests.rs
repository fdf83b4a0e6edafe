use std::collections::HashMap;

use aws_sdk_dynamodb::Config;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};

use super::*;
use crate::template::Template;
use crate::testing::Folder;

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

async fn put_an_event(database: &EmbeddedDatabase) {
    let put = database.client.put_item().table_name("Events");
    let put = put.item("pk", text("KEY#1")).item("sk", text("1"));
    put.send().await.unwrap();
}

async fn has_the_event(database: &EmbeddedDatabase) -> bool {
    let get = database.client.get_item().table_name("Events");
    let get = get.key("pk", text("KEY#1")).key("sk", text("1"));
    get.send().await.unwrap().item.is_some()
}

#[tokio::test]
async fn the_templates_tables_are_made_once_and_keep_their_items() {
    let folder = Folder::new();
    let tables = Template::embedded().unwrap().tables;
    for start in 0..2 {
        let data = DataFolder::open(folder.path()).unwrap();
        let database = EmbeddedDatabase::start(&data, &tables, 0).await.unwrap();
        let views = database
            .client
            .describe_time_to_live()
            .table_name("Views")
            .send();
        let ttl = views.await.unwrap().time_to_live_description.unwrap();
        assert_eq!(ttl.attribute_name(), Some("expires"));
        assert_eq!(has_the_event(&database).await, start == 1);
        put_an_event(&database).await;
        database.stop().await.unwrap();
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_in_the_file_though_nobody_closed_it() {
    let folder = Folder::new();
    let tables = Template::embedded().unwrap().tables;
    let data = DataFolder::open(folder.path()).unwrap();
    let database = EmbeddedDatabase::start(&data, &tables, 0).await.unwrap();
    put_an_event(&database).await;
    // What a killed process leaves behind: the files as they are now.
    let left = Folder::new();
    std::fs::create_dir_all(left.path()).unwrap();
    for name in ["dynamodb.sqlite", "dynamodb.sqlite-wal"] {
        std::fs::copy(data.file(name), left.path().join(name)).unwrap();
    }
    let data = DataFolder::open(left.path()).unwrap();
    let again = EmbeddedDatabase::start(&data, &tables, 0).await.unwrap();
    assert!(has_the_event(&again).await);
}

async fn started() -> (Folder, EmbeddedDatabase) {
    started_with(0).await
}

async fn started_with(readers: usize) -> (Folder, EmbeddedDatabase) {
    let folder = Folder::new();
    let data = DataFolder::open(folder.path()).unwrap();
    let tables = Template::embedded().unwrap().tables;
    let database = EmbeddedDatabase::start(&data, &tables, readers)
        .await
        .unwrap();
    (folder, database)
}

#[tokio::test]
async fn a_cancelled_transaction_says_why_as_dynamodb_does() {
    let (_folder, database) = started().await;
    let item = HashMap::from([("pk".to_owned(), text("a")), ("sk".to_owned(), text("1"))]);
    let put = database.client.put_item().table_name("Events");
    put.set_item(Some(item.clone())).send().await.unwrap();
    let again = Put::builder()
        .table_name("Events")
        .set_item(Some(item.clone()))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .unwrap();
    let other = Put::builder()
        .table_name("Events")
        .item("pk", text("b"))
        .item("sk", text("1"));
    let write = |put| TransactWriteItem::builder().put(put).build();
    let transaction = database.client.transact_write_items();
    let transaction = transaction
        .transact_items(write(again))
        .transact_items(write(other.build().unwrap()));
    let error = transaction.send().await.unwrap_err().into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        panic!("{error:?}");
    };
    let reasons = cancelled.cancellation_reasons();
    assert_eq!(reasons[0].code(), Some("ConditionalCheckFailed"));
    assert_eq!(reasons[0].item(), Some(&item));
    assert_eq!(reasons[1].code(), Some("None"));
    let get = database.client.get_item().table_name("Events");
    let get = get.key("pk", text("b")).key("sk", text("1")).send();
    assert!(get.await.unwrap().item.is_none());
}

#[tokio::test]
async fn a_refusal_is_a_typed_error_of_the_sdk() {
    let (_folder, database) = started().await;
    let get = database.client.get_item().table_name("Nothing");
    let get = get.key("pk", text("a")).key("sk", text("1")).send();
    let error = get.await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    let put = database.client.put_item().table_name("Events");
    let error = put.item("pk", text("a")).send().await.unwrap_err();
    assert_eq!(error.code(), Some("ValidationException"), "{error:?}");
    let absent = database.client.list_backups().send().await.unwrap_err();
    assert_eq!(absent.code(), Some("ValidationException"), "{absent:?}");
}

#[tokio::test]
async fn requests_are_answered_up_to_the_stop_and_fail_after_it() {
    for readers in 0..3 {
        let (_folder, database) = started_with(readers).await;
        let client = database.client.clone();
        let puts = (0..50).map(|number| {
            let put = client.put_item().table_name("Events");
            let put = put
                .item("pk", text("a"))
                .item("sk", text(&number.to_string()));
            put.send()
        });
        for put in futures::future::join_all(puts).await {
            put.unwrap();
        }
        let scanned = client.scan().table_name("Events").send().await.unwrap();
        assert_eq!(scanned.count(), 50);
        database.stop().await.unwrap();
        let listed = client.list_tables().send().await.unwrap_err();
        let listed = DisplayErrorContext(&listed).to_string();
        let scanned = client.scan().table_name("Events").send().await;
        let scanned = DisplayErrorContext(&scanned.unwrap_err()).to_string();
        let got = client.get_item().table_name("Events");
        let got = got.key("pk", text("a")).key("sk", text("1")).send().await;
        let got = DisplayErrorContext(&got.unwrap_err()).to_string();
        for error in [listed, scanned, got] {
            assert!(error.contains("the embedded database is closed"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_read_sees_what_was_written_and_waits_for_no_write_under_way() {
    let (folder, database) = started_with(1).await;
    let client = database.client.clone();
    let put = |sort: &str| {
        let put = client.put_item().table_name("Events");
        let put = put.item("pk", text("a")).item("sk", text(sort));
        // It fails in the end, if what comes after it waits for it.
        let once = Config::builder().retry_config(RetryConfig::disabled());
        put.customize().config_override(once).send()
    };
    put("1").await.unwrap();
    // Nothing can be written while somebody else writes.
    let other = rusqlite::Connection::open(folder.path().join(FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let writing = tokio::spawn(put("2"));
    // It is on its way now.
    tokio::task::yield_now().await;
    let key = HashMap::from([("pk".to_owned(), text("a")), ("sk".to_owned(), text("1"))]);
    let keys = KeysAndAttributes::builder().keys(key.clone()).build();
    let got = client.get_item().table_name("Events").set_key(Some(key));
    assert!(got.send().await.unwrap().item.is_some());
    let got = client
        .batch_get_item()
        .request_items("Events", keys.unwrap());
    assert_eq!(
        got.send().await.unwrap().responses.unwrap()["Events"].len(),
        1
    );
    let query = client.query().table_name("Events");
    let query = query.key_condition_expression("pk = :pk");
    let query = query.expression_attribute_values(":pk", text("a"));
    assert_eq!(query.send().await.unwrap().count(), 1);
    let scan = client.scan().table_name("Events").send();
    assert_eq!(scan.await.unwrap().count(), 1);
    assert!(!writing.is_finished());
    other.execute_batch("ROLLBACK").unwrap();
    writing.await.unwrap().unwrap();
    let scan = client.scan().table_name("Events").send();
    assert_eq!(scan.await.unwrap().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_sees_what_was_answered_before_it_began_whichever_thread_asks() {
    let (_folder, database) = started().await;
    let runtime = tokio::runtime::Handle::current();
    let (client, runtime) = (&database.client, &runtime);
    std::thread::scope(|scope| {
        let mut asking = Vec::new();
        for _ in 0..8 {
            let (ask, asked) = std::sync::mpsc::channel::<usize>();
            let (answer, answered) = std::sync::mpsc::channel();
            scope.spawn(move || {
                for round in asked {
                    let get = client.get_item().table_name("Events");
                    let get = get.key("pk", text("a")).key("sk", text("1")).send();
                    let item = runtime.block_on(get).unwrap().item.unwrap();
                    answer
                        .send(item["round"] == text(&round.to_string()))
                        .unwrap();
                }
            });
            asking.push((ask, answered));
        }
        for round in 0..20 {
            let put = client.put_item().table_name("Events");
            let put = put.item("pk", text("a")).item("sk", text("1"));
            let put = put.item("round", text(&round.to_string())).send();
            tokio::task::block_in_place(|| runtime.block_on(put).unwrap());
            for (ask, _) in &asking {
                ask.send(round).unwrap();
            }
            for (_, answered) in &asking {
                assert!(answered.recv().unwrap(), "{round}");
            }
        }
        drop(asking);
    });
}

#[tokio::test]
async fn a_file_that_is_no_database_is_one_line() {
    let folder = Folder::new();
    let data = DataFolder::open(folder.path()).unwrap();
    let file = data.ensure_private(FILE).unwrap();
    std::fs::write(file, "not a database, but long enough to be looked at").unwrap();
    let error = EmbeddedDatabase::start(&data, &[], 0)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the embedded database: ") && !error.contains('\n'),
        "{error}"
    );
}

#[test]
fn sqlite_is_built_as_the_workspaces_settings_say() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let mut options = connection.prepare("PRAGMA compile_options").unwrap();
    let options = options.query_map([], |row| row.get(0)).unwrap();
    let options: Vec<String> = options.map(Result::unwrap).collect();
    for set in [
        "DEFAULT_CACHE_SIZE=-512",
        "DEFAULT_PCACHE_INITSZ=-512",
        "DEFAULT_MEMSTATUS=0",
    ] {
        assert!(options.iter().any(|option| option == set), "{options:?}");
    }
    let is_shared = |option: &String| option == "ENABLE_MEMORY_MANAGEMENT";
    assert!(!options.iter().any(is_shared), "{options:?}");
}

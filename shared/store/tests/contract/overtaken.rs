//! A rebuild or check that a command overtakes: the command wins.

use hubkeys_domain::account::AccountCommand;
use hubkeys_domain::{KeyId, Scheme};
use hubkeys_store::{DriftProblem, Status};

use fault_proxy::Fault;

use crate::given::{Given, at, creation, number, operator, text};

contract!(
    rebuild_overtaken_by_a_revocation_leaves_the_key_revoked,
    a_stream_that_goes_on_keeps_no_other_from_being_mended,
    a_row_that_became_newer_is_left,
    a_row_whose_stream_went_on_is_not_written_from_what_it_was,
    removing_an_orphan_overtaken_by_its_creation_leaves_the_key,
    a_recount_overtaken_by_a_create_counts_it,
    a_command_during_a_check_is_no_drift,
);

async fn rebuild_overtaken_by_a_revocation_leaves_the_key_revoked(given: Given) {
    let by = given.verified("acme").await;
    // Among the streams of a page, and by itself.
    for alone in [false, true] {
        let id = given.key(&by).await;
        given.delete_view(&format!("KEY#{id}"), "VERIFY").await;
        if alone {
            given
                .proxy
                .next("TransactWriteItems", Fault::TransactionConflict);
        }
        // The rebuild has read that the key is active, and is about to write it.
        let (arrived, release) = given.proxy.hold("TransactWriteItems");
        let overtake = async {
            arrived.await.unwrap();
            given.revoke(&id, &by).await.unwrap();
            release.send(()).unwrap();
        };
        let (report, ()) = tokio::join!(given.store.rebuild(|_| ()), overtake);
        // The revocation itself has written the missing row.
        assert_eq!(report.unwrap().drift, []);
        let credential = given.reader.get(&id).await.unwrap().unwrap();
        assert_eq!(
            (credential.status, credential.version),
            (Status::Revoked, 2)
        );
        assert_eq!(given.check().await.drift, []);
    }
}

async fn a_stream_that_goes_on_keeps_no_other_from_being_mended(given: Given) {
    let by = given.verified("acme").await;
    let revoked = given.key(&by).await;
    let other = given.key_of(&by, "Other", Scheme::Basic, at(1)).await;
    for id in [&revoked, &other] {
        given.delete_view(&format!("KEY#{id}"), "VERIFY").await;
    }
    let (arrived, release) = given.proxy.hold("TransactWriteItems");
    let overtake = async {
        arrived.await.unwrap();
        given.revoke(&revoked, &by).await.unwrap();
        release.send(()).unwrap();
    };
    let (report, ()) = tokio::join!(given.store.rebuild(|_| ()), overtake);
    let drift = report.unwrap().drift;
    assert_eq!(drift.len(), 1);
    assert_eq!(drift[0].row, format!("KEY#{other}/VERIFY"));
    let status = async |id| given.reader.get(id).await.unwrap().unwrap().status;
    assert_eq!(status(&revoked).await, Status::Revoked);
    assert_eq!(status(&other).await, Status::Active);
    assert_eq!(given.check().await.drift, []);
}

async fn a_row_that_became_newer_is_left(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let pk = format!("KEY#{id}");
    let mut newer = given.view(&pk, "VERIFY").await;
    newer.insert("version".to_owned(), number(2));
    newer.insert("status".to_owned(), text("revoked"));
    given.delete_view(&pk, "VERIFY").await;
    let (arrived, release) = given.proxy.hold("TransactWriteItems");
    let overtake = async {
        arrived.await.unwrap();
        given.put_view(newer.clone()).await;
        release.send(()).unwrap();
    };
    let (report, ()) = tokio::join!(given.store.rebuild(|_| ()), overtake);
    assert_eq!(report.unwrap().drift[0].problem, DriftProblem::Ahead);
    assert_eq!(given.view(&pk, "VERIFY").await, newer);
}

async fn a_row_whose_stream_went_on_is_not_written_from_what_it_was(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let pk = format!("KEY#{id}");
    let before = given.views().await;
    given.revoke(&id, &by).await.unwrap();
    let revocation = given.events().await[&(pk.clone(), "00000002".to_owned())].clone();
    // Back to before the revocation, and without the row that a rebuild will write.
    given.delete_event(&pk, "00000002").await;
    for row in before.into_values() {
        given.put_view(row).await;
    }
    given.delete_view(&pk, "VERIFY").await;
    let (arrived, release) = given.proxy.hold("TransactWriteItems");
    let overtake = async {
        arrived.await.unwrap();
        given.put_event(revocation).await;
        release.send(()).unwrap();
    };
    let (report, ()) = tokio::join!(given.store.rebuild(|_| ()), overtake);
    report.unwrap();
    let credential = given.reader.get(&id).await.unwrap().unwrap();
    assert_eq!(
        (credential.status, credential.version),
        (Status::Revoked, 2)
    );
}

async fn removing_an_orphan_overtaken_by_its_creation_leaves_the_key(given: Given) {
    let by = given.verified("acme").await;
    let model = given.key(&by).await;
    let id = KeyId::generate(at(1)).unwrap();
    let mut orphan = given.view(&format!("KEY#{model}"), "VERIFY").await;
    orphan.insert("pk".to_owned(), text(&format!("KEY#{id}")));
    given.put_view(orphan).await;
    let (arrived, release) = given.proxy.hold("TransactWriteItems");
    let overtake = async {
        arrived.await.unwrap();
        let command = creation(&id, &by, "Billing", Scheme::Basic, at(1));
        given.execute(&id, command).await.unwrap();
        release.send(()).unwrap();
    };
    let (report, ()) = tokio::join!(given.store.rebuild(|_| ()), overtake);
    assert_eq!(report.unwrap().drift, []);
    assert!(given.reader.get(&id).await.unwrap().is_some());
    assert_eq!(given.check().await.drift, []);
}

async fn a_recount_overtaken_by_a_create_counts_it(given: Given) {
    let by = given.verified("acme").await;
    given.key(&by).await;
    let mut row = given.view("ACCOUNT#acme", "LIMITS").await;
    row.insert("live".to_owned(), number(40));
    given.put_view(row).await;
    let (arrived, release) = given.proxy.hold("TransactWriteItems");
    let overtake = async {
        arrived.await.unwrap();
        given.create(&by).await.unwrap();
        release.send(()).unwrap();
    };
    let (report, ()) = tokio::join!(given.store.rebuild(|_| ()), overtake);
    report.unwrap();
    assert_eq!(given.limits("acme").await.unwrap().0, 2);
}

async fn a_command_during_a_check_is_no_drift(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    // Once between the page of events and its rows, once between the stream by itself and its first row.
    for (operation, name) in [("BatchGetItem", "Invoices"), ("GetItem", "Receipts")] {
        let mut row = given.view(&format!("KEY#{id}"), "VERIFY").await;
        if operation == "GetItem" {
            // Or nothing would be looked at by itself. The command puts it right.
            row.insert("status".to_owned(), text("revoked"));
            given.put_view(row).await;
        }
        let (arrived, release) = given.proxy.hold(operation);
        let overtake = async {
            arrived.await.unwrap();
            given.rename(&id, &by, name).await.unwrap();
            let (by, at) = (operator(), at(3));
            let suspend = AccountCommand::Suspend { by, at };
            given.on_account("acme", suspend).await.unwrap();
            release.send(()).unwrap();
        };
        let (report, ()) = tokio::join!(given.store.check(|_| ()), overtake);
        assert_eq!(report.unwrap().drift, [], "{operation}");
    }
}

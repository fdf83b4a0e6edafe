//! Telling an administrator that a key is revoked already: only if verify sees it.

use hubkeys_store::{Status, StoreError};

use crate::given::{Given, number, text};

contract!(
    a_revocation_that_verify_sees_is_confirmed_without_a_write,
    a_row_brought_back_from_before_the_revocation_is_mended,
    a_row_that_can_not_be_mended_is_never_confirmed,
);

async fn a_revocation_that_verify_sees_is_confirmed_without_a_write(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    given.revoke(&id, &by).await.unwrap();
    let before = given.everything().await;
    given.store.confirm_revocation(&id).await.unwrap();
    assert_eq!(given.everything().await, before);
}

async fn a_row_brought_back_from_before_the_revocation_is_mended(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let live = given.view(&format!("KEY#{id}"), "VERIFY").await;
    given.revoke(&id, &by).await.unwrap();
    let healthy = given.everything().await;
    given.put_view(live).await;
    given.store.confirm_revocation(&id).await.unwrap();
    let credential = given.reader.get(&id).await.unwrap().unwrap();
    assert_eq!(credential.status, Status::Revoked);
    assert_eq!(given.everything().await, healthy);
}

async fn a_row_that_can_not_be_mended_is_never_confirmed(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    given.revoke(&id, &by).await.unwrap();
    let mut ahead = given.view(&format!("KEY#{id}"), "VERIFY").await;
    ahead.insert("status".to_owned(), text("active"));
    ahead.insert("version".to_owned(), number(99));
    given.put_view(ahead).await;
    let refused = given.store.confirm_revocation(&id).await;
    assert!(
        matches!(refused, Err(StoreError::Unreadable { .. })),
        "{refused:?}"
    );
}

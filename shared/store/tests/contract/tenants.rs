//! Another account's key is no key, whoever asks and however.

use hubkeys_domain::api_key::ApiKeyError;
use hubkeys_domain::{KeyId, Scheme};
use hubkeys_store::{ExecuteError, KeyFilter};

use crate::given::{Given, OfKey, at, context, creation, listed_as, remembered};

contract!(
    another_accounts_key_and_no_key_are_the_same_answer,
    another_accounts_list_shows_none_of_it,
    another_accounts_idempotency_key_is_another_one,
);

fn is_not_found(outcome: OfKey) {
    assert!(
        matches!(outcome, Err(ExecuteError::Domain(ApiKeyError::NotFound))),
        "{outcome:?}"
    );
}

async fn another_accounts_key_and_no_key_are_the_same_answer(given: Given) {
    let acme = given.verified("acme").await;
    let globex = given.verified("globex").await;
    let id = given.key(&acme).await;
    let before = given.everything().await;
    for id in [id, KeyId::generate(at(0)).unwrap()] {
        assert!(given.store.key(&globex, &id).await.unwrap().is_none());
        assert!(
            given
                .store
                .key_history(&globex, &id)
                .await
                .unwrap()
                .is_none()
        );
        is_not_found(given.rename(&id, &globex, "Mine").await);
        is_not_found(given.rename(&id, &globex, "Billing").await);
        is_not_found(given.revoke(&id, &globex).await);
    }
    assert_eq!(given.everything().await, before);
}

async fn another_accounts_list_shows_none_of_it(given: Given) {
    let acme = given.verified("acme").await;
    let globex = given.verified("globex").await;
    // An account whose name begins like another's.
    let acme_2 = given.verified("acme-2").await;
    let id = given.key(&acme).await;
    let own = given.key(&acme_2).await;
    let position = listed_as(&id, at(0));
    for after in [None, Some(position.as_str()), Some("KEY#9999")] {
        let page = given
            .store
            .keys(&globex, KeyFilter::default(), 10, after)
            .await
            .unwrap();
        assert_eq!((page.keys, page.next), (vec![], None));
    }
    let page = given
        .store
        .keys(&acme_2, KeyFilter::default(), 10, None)
        .await
        .unwrap();
    let ids: Vec<_> = page.keys.into_iter().map(|key| key.id).collect();
    assert_eq!(ids, [own]);
}

async fn another_accounts_idempotency_key_is_another_one(given: Given) {
    let acme = given.verified("acme").await;
    let globex = given.verified("globex").await;
    for by in [&acme, &globex] {
        let earlier = given.store.earlier_request(by.account(), "once", at(0));
        assert_eq!(earlier.await.unwrap(), None);
        let id = KeyId::generate(at(0)).unwrap();
        let command = creation(&id, by, "Billing", Scheme::Basic, at(0));
        let row = remembered(by, "once", &id, at(0));
        given
            .store
            .execute_on_key(&id, command, Some(&row), &context())
            .await
            .unwrap();
    }
}

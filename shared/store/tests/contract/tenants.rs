//! Another account's key is no key, whoever asks and however.

use hubkeys_domain::api_key::ApiKeyError;
use hubkeys_domain::{KeyId, Scheme};
use hubkeys_store::{ExecuteError, KeyQuery, KeySort, LastUsed};

use crate::given::{Given, OfKey, at, context, creation, listed_as, remembered};

contract!(
    another_accounts_key_and_no_key_are_the_same_answer,
    another_accounts_list_shows_none_of_it,
    no_search_and_no_order_shows_another_accounts_key_or_when_one_was_used,
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
            .keys(&globex, &KeyQuery::default(), 10, after)
            .await
            .unwrap();
        assert_eq!((page.keys, page.next), (vec![], None));
    }
    let page = given
        .store
        .keys(&acme_2, &KeyQuery::default(), 10, None)
        .await
        .unwrap();
    let ids: Vec<_> = page.keys.into_iter().map(|key| key.summary.id).collect();
    assert_eq!(ids, [own]);
}

async fn no_search_and_no_order_shows_another_accounts_key_or_when_one_was_used(given: Given) {
    let acme = given.verified("acme").await;
    let acme_2 = given.verified("acme-2").await;
    let theirs = given.key_of(&acme, "Shared", Scheme::Basic, at(1)).await;
    let own = given.key_of(&acme_2, "Shared", Scheme::Basic, at(2)).await;
    let last_used = LastUsed::new(given.database.clone());
    last_used.record(acme.account(), &theirs, at(3));
    last_used.settled().await;
    // As if somebody else's row bore the id of an own key.
    last_used.record(acme.account(), &own, at(4));
    last_used.settled().await;
    for sort in KeySort::ALL {
        for search in [None, Some("shared"), Some(theirs.as_str()), Some("hk_")] {
            let search = search.map(|text| text.parse().unwrap());
            let query = KeyQuery {
                search,
                sort,
                ..KeyQuery::default()
            };
            // Where the other account's list goes on.
            let foreign = match sort {
                KeySort::Newest | KeySort::Oldest => listed_as(&theirs, at(1)),
                _ => format!("{theirs}#shared"),
            };
            for after in [None, Some(foreign.as_str())] {
                let page = given.store.keys(&acme_2, &query, 10, after).await.unwrap();
                for key in page.keys {
                    assert_eq!((key.summary.id, key.last_used_at), (own.clone(), None));
                }
            }
        }
    }
    for key in [&theirs, &own] {
        let seen = given.store.last_used(acme_2.account(), key).await.unwrap();
        assert_eq!(seen, None);
        assert!(
            given
                .store
                .last_used(acme.account(), key)
                .await
                .unwrap()
                .is_some()
        );
    }
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

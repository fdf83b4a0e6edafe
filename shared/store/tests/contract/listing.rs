//! The list of an account's keys, page by page.

use hubkeys_domain::{KeyId, Scheme};
use hubkeys_store::{KeyFilter, Status};

use crate::given::{Given, administrator, at, listed_as, text};

contract!(
    every_key_is_listed_once_newest_first_whatever_the_page_and_the_filter,
    a_page_that_holds_the_rest_is_the_last,
    an_account_without_keys_has_an_empty_list,
    a_list_of_over_1_mb_is_listed_and_counted_whole,
    keys_made_in_one_millisecond_are_all_listed,
    a_key_made_between_two_pages_does_not_disturb_the_list,
);

async fn pages(given: &Given, filter: KeyFilter, limit: usize) -> Vec<KeyId> {
    let by = administrator("acme");
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let page = given
            .store
            .keys(&by, filter, limit, after.as_deref())
            .await
            .unwrap();
        assert!(page.keys.len() <= limit);
        // A page that is not the last is full.
        assert!(page.next.is_none() || page.keys.len() == limit);
        ids.extend(page.keys.into_iter().map(|key| key.id));
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
}

async fn every_key_is_listed_once_newest_first_whatever_the_page_and_the_filter(given: Given) {
    let by = given.verified("acme").await;
    let mut keys = Vec::new();
    for number in 0..11 {
        let scheme = if number % 3 == 0 {
            Scheme::Hmac
        } else {
            Scheme::Basic
        };
        let id = given.key_of(&by, "Billing", scheme, at(number)).await;
        let status = if number % 2 == 0 {
            given.revoke(&id, &by).await.unwrap();
            Status::Revoked
        } else {
            Status::Active
        };
        keys.insert(0, (id, scheme, status));
    }
    for scheme in [None, Some(Scheme::Basic), Some(Scheme::Hmac)] {
        for status in [None, Some(Status::Active), Some(Status::Revoked)] {
            let filter = KeyFilter { scheme, status };
            let expected: Vec<_> = keys
                .iter()
                .filter(|(_, of, _)| scheme.is_none_or(|scheme| scheme == *of))
                .filter(|(_, _, of)| status.is_none_or(|status| status == *of))
                .map(|(id, ..)| id.clone())
                .collect();
            for limit in [1, 3, 50] {
                assert_eq!(
                    pages(&given, filter, limit).await,
                    expected,
                    "{filter:?} by {limit}"
                );
            }
        }
    }
}

async fn a_page_that_holds_the_rest_is_the_last(given: Given) {
    let by = given.verified("acme").await;
    for number in 0..3 {
        given
            .key_of(&by, "Billing", Scheme::Basic, at(number))
            .await;
    }
    for (limit, more) in [(2, true), (3, false), (4, false)] {
        let page = given.store.keys(&by, KeyFilter::default(), limit, None);
        assert_eq!(page.await.unwrap().next.is_some(), more, "{limit}");
    }
}

async fn an_account_without_keys_has_an_empty_list(given: Given) {
    let by = given.verified("globex").await;
    let page = given.store.keys(&by, KeyFilter::default(), 1, None).await;
    let page = page.unwrap();
    assert_eq!((page.keys, page.next), (vec![], None));
}

async fn a_list_of_over_1_mb_is_listed_and_counted_whole(given: Given) {
    let by = given.verified("acme").await;
    let mut ids = Vec::new();
    for number in 0..9 {
        let created = at(number);
        let id = given.key_of(&by, "Billing", Scheme::Basic, created).await;
        let mut row = given.view("ACCOUNT#acme", &listed_as(&id, created)).await;
        // What a later version might add.
        row.insert("more".to_owned(), text(&"m".repeat(300_000)));
        given.put_view(row).await;
        ids.insert(0, id);
    }
    let live = KeyFilter {
        scheme: None,
        status: Some(Status::Active),
    };
    for limit in [1, 2, 3, 4, 6, 9] {
        assert_eq!(pages(&given, live, limit).await, ids, "by {limit}");
    }
    let queries = given.proxy.calls("Query");
    assert_eq!(pages(&given, live, 9).await, ids);
    assert!(given.proxy.calls("Query") - queries > 1, "it was one page");
    for drift in given.check().await.drift {
        assert!(!drift.row.ends_with("/LIMITS"), "{drift:?}");
    }
}

async fn keys_made_in_one_millisecond_are_all_listed(given: Given) {
    let by = given.verified("acme").await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(given.key(&by).await);
    }
    ids.sort();
    ids.reverse();
    assert_eq!(pages(&given, KeyFilter::default(), 2).await, ids);
}

async fn a_key_made_between_two_pages_does_not_disturb_the_list(given: Given) {
    let by = given.verified("acme").await;
    let mut ids = Vec::new();
    for number in 0..4 {
        ids.insert(
            0,
            given
                .key_of(&by, "Billing", Scheme::Basic, at(number))
                .await,
        );
    }
    let all = KeyFilter::default();
    let first = given.store.keys(&by, all, 2, None).await.unwrap();
    given.key_of(&by, "Later", Scheme::Basic, at(9)).await;
    let second = given.store.keys(&by, all, 2, first.next.as_deref());
    let second = second.await.unwrap();
    assert_eq!(second.next, None);
    let listed = first.keys.into_iter().chain(second.keys);
    assert_eq!(listed.map(|key| key.id).collect::<Vec<_>>(), ids);
}

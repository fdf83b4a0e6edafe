//! The list of an account's keys, page by page.

use hubkeys_domain::account::AccountCommand;
use hubkeys_domain::api_key::ApiKeyCommand;
use hubkeys_domain::{KeyId, NotAllowed, Role, Scheme, Timestamp};
use hubkeys_store::{KeyQuery, KeySort, KeyStatuses, LastUsed, Status, StoreError};

use crate::given::{Given, administrator, at, listed_as, operator, text, user};

contract!(
    every_key_is_listed_once_newest_first_whatever_the_page_and_the_filter,
    the_newest_keys_are_for_administrators_of_verified_accounts,
    a_page_that_holds_the_rest_is_the_last,
    an_account_without_keys_has_an_empty_list,
    a_list_of_over_1_mb_is_listed_and_counted_whole,
    keys_made_in_one_millisecond_are_all_listed,
    a_key_made_between_two_pages_does_not_disturb_the_list,
    every_order_lists_every_key_once_whatever_the_page_and_the_filter,
    keys_of_one_name_or_never_used_are_in_the_order_of_their_ids,
    a_search_finds_by_name_in_any_case_and_by_a_part_of_the_id,
    a_search_that_finds_little_reads_on_until_the_page_is_full,
    keys_listed_in_any_order_say_when_they_were_last_used,
    a_position_of_another_order_is_an_error,
);

async fn pages(given: &Given, query: &KeyQuery, limit: usize) -> Vec<KeyId> {
    let by = administrator("acme");
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let page = given
            .store
            .keys(&by, query, limit, after.as_deref())
            .await
            .unwrap();
        assert!(page.keys.len() <= limit);
        if query.sort == KeySort::Newest && after.is_none() {
            let principal = user("acme", Role::Administrator);
            let newest = given.store.newest_keys(principal, query, limit).await;
            assert_eq!(newest.unwrap().unwrap(), (by.clone(), page.clone()));
        }
        // A page that is not the last is full.
        assert!(page.next.is_none() || page.keys.len() == limit);
        ids.extend(page.keys.into_iter().map(|key| key.summary.id));
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
        let status = match number % 4 {
            0 | 2 => {
                given.revoke(&id, &by).await.unwrap();
                Status::Revoked
            }
            1 => Status::Disabled,
            _ => Status::Active,
        };
        keys.insert(0, (id, scheme, status));
    }
    disable(&given, keys.iter().filter(|key| key.2 == Status::Disabled)).await;
    for scheme in [None, Some(Scheme::Basic), Some(Scheme::Hmac)] {
        for (statuses, found) in [
            (
                None,
                &[Status::Active, Status::Disabled, Status::Revoked][..],
            ),
            (Some(KeyStatuses::Live), &[Status::Active, Status::Disabled]),
            (Some(Status::Active.into()), &[Status::Active]),
            (Some(Status::Disabled.into()), &[Status::Disabled]),
            (Some(Status::Revoked.into()), &[Status::Revoked]),
        ] {
            let query = KeyQuery {
                scheme,
                status: statuses,
                ..KeyQuery::default()
            };
            let expected: Vec<_> = keys
                .iter()
                .filter(|(_, of, _)| scheme.is_none_or(|scheme| scheme == *of))
                .filter(|(_, _, of)| found.contains(of))
                .map(|(id, ..)| id.clone())
                .collect();
            for limit in [1, 3, 50] {
                assert_eq!(
                    pages(&given, &query, limit).await,
                    expected,
                    "{query:?} by {limit}"
                );
            }
        }
    }
}

/// As a reinstatement leaves them that ended half-way.
async fn disable<'a>(given: &Given, keys: impl Iterator<Item = &'a (KeyId, Scheme, Status)>) {
    let (by, at) = (operator(), at(20));
    let suspend = AccountCommand::Suspend { by: by.clone(), at };
    given.on_account("acme", suspend).await.unwrap();
    for (id, ..) in keys {
        let disable = ApiKeyCommand::Disable { by: by.clone(), at };
        given.execute(id, disable).await.unwrap();
    }
    let reinstate = AccountCommand::Reinstate { by, at };
    given.on_account("acme", reinstate).await.unwrap();
}

async fn the_newest_keys_are_for_administrators_of_verified_accounts(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    // With a filter that the standing does not pass, and without.
    let filtered = KeyQuery {
        status: Some(KeyStatuses::Live),
        ..KeyQuery::default()
    };
    let queries = [KeyQuery::default(), filtered];
    let sees = async |account: &str, role: Role, expected: Result<&[&KeyId], NotAllowed>| {
        for query in &queries {
            let seen = given.store.newest_keys(user(account, role), query, 10);
            let seen = seen.await.unwrap();
            let ids = seen.as_ref().map(|(by, page)| {
                assert_eq!(by.account().as_str(), account);
                page.keys.iter().map(|key| &key.summary.id).collect()
            });
            let ids: Result<Vec<_>, _> = ids.map_err(|not_allowed| *not_allowed);
            assert_eq!(
                ids,
                expected.map(<[_]>::to_vec),
                "{account} {role:?} {query:?}"
            );
        }
    };
    sees("acme", Role::Administrator, Ok(&[&id])).await;
    for role in [Role::Basic, Role::Advanced] {
        for account in ["acme", "globex"] {
            sees(account, role, Err(NotAllowed::NotAdministrator)).await;
        }
    }
    let unverified = Err(NotAllowed::AccountNotVerified);
    sees("globex", Role::Administrator, unverified).await;
    let open = AccountCommand::Open {
        by: user("globex", Role::Administrator),
        at: at(1),
    };
    given.on_account("globex", open).await.unwrap();
    sees("globex", Role::Administrator, unverified).await;
    let suspend = AccountCommand::Suspend {
        by: operator(),
        at: at(2),
    };
    given.on_account("acme", suspend).await.unwrap();
    sees(
        "acme",
        Role::Administrator,
        Err(NotAllowed::AccountSuspended),
    )
    .await;
    // Nor is it decided by a standing that can't be read, or is not there.
    let mut standing = given.view("ACCOUNT#acme", "STANDING").await;
    standing.insert("standing".to_owned(), text("trusted"));
    given.put_view(standing).await;
    let administrator = user("acme", Role::Administrator);
    let seen = given
        .store
        .newest_keys(administrator, &queries[0], 10)
        .await;
    assert!(
        matches!(seen, Err(StoreError::Unreadable { .. })),
        "{seen:?}"
    );
    given.delete_view("ACCOUNT#acme", "STANDING").await;
    sees("acme", Role::Administrator, unverified).await;
}

async fn a_page_that_holds_the_rest_is_the_last(given: Given) {
    let by = given.verified("acme").await;
    for number in 0..3 {
        given
            .key_of(&by, "Billing", Scheme::Basic, at(number))
            .await;
    }
    for (limit, more) in [(2, true), (3, false), (4, false)] {
        let query = KeyQuery::default();
        let page = given.store.keys(&by, &query, limit, None).await.unwrap();
        assert_eq!(page.next.is_some(), more, "{limit}");
    }
}

async fn an_account_without_keys_has_an_empty_list(given: Given) {
    let by = given.verified("globex").await;
    let page = given.store.keys(&by, &KeyQuery::default(), 1, None).await;
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
    let live = KeyQuery {
        status: Some(Status::Active.into()),
        ..KeyQuery::default()
    };
    for limit in [1, 2, 3, 4, 6, 9] {
        assert_eq!(pages(&given, &live, limit).await, ids, "by {limit}");
    }
    let queries = given.proxy.calls("Query");
    assert_eq!(pages(&given, &live, 9).await, ids);
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
    assert_eq!(pages(&given, &KeyQuery::default(), 2).await, ids);
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
    let all = &KeyQuery::default();
    let first = given.store.keys(&by, all, 2, None).await.unwrap();
    given.key_of(&by, "Later", Scheme::Basic, at(9)).await;
    let second = given.store.keys(&by, all, 2, first.next.as_deref());
    let second = second.await.unwrap();
    assert_eq!(second.next, None);
    let listed = first.keys.into_iter().chain(second.keys);
    assert_eq!(listed.map(|key| key.summary.id).collect::<Vec<_>>(), ids);
}

/// Keys whose names, creation and last use are in three different orders: ids by name, by creation, by last use.
async fn in_three_orders(given: &Given) -> [Vec<KeyId>; 3] {
    let by = given.verified("acme").await;
    let last_used = LastUsed::new(given.database.clone());
    let mut keys = Vec::new();
    for number in 0..11 {
        // 4 and 7 have no divisor in common with 11. In two cases, for that is not what they are sorted by.
        let (name, used) = (number * 4 % 11, number * 7 % 11);
        let name = if number % 2 == 0 {
            format!("key {name:02}")
        } else {
            format!("KEY {name:02}")
        };
        let scheme = if number % 3 == 0 {
            Scheme::Hmac
        } else {
            Scheme::Basic
        };
        let id = given.key_of(&by, &name, scheme, at(number)).await;
        if used > 0 {
            last_used.record(by.account(), &id, at(1_000 + used));
        }
        keys.push((id, name.to_lowercase(), used));
    }
    last_used.settled().await;
    let ids = |keys: &[(KeyId, String, i64)]| keys.iter().map(|(id, ..)| id.clone()).collect();
    let created = ids(&keys);
    keys.sort_by(|(_, one, _), (_, other, _)| one.cmp(other));
    let named = ids(&keys);
    keys.sort_by_key(|(_, _, used)| *used);
    [named, created, ids(&keys)]
}

async fn every_order_lists_every_key_once_whatever_the_page_and_the_filter(given: Given) {
    let [named, created, used] = in_three_orders(&given).await;
    let hmac: Vec<_> = created.iter().step_by(3).cloned().collect();
    for (ascending, descending, ids) in [
        (KeySort::Name, KeySort::NameDescending, named),
        (KeySort::Oldest, KeySort::Newest, created),
        (KeySort::LeastRecentlyUsed, KeySort::MostRecentlyUsed, used),
    ] {
        let reversed = ids.iter().rev().cloned().collect();
        for (sort, ids) in [(ascending, ids), (descending, reversed)] {
            for (scheme, search) in [(None, None), (Some(Scheme::Hmac), Some("Y"))] {
                let query = KeyQuery {
                    scheme,
                    search: search.map(|search: &str| search.parse().unwrap()),
                    sort,
                    ..KeyQuery::default()
                };
                let wanted = |id: &&KeyId| scheme.is_none() || hmac.contains(id);
                let expected: Vec<_> = ids.iter().filter(wanted).cloned().collect();
                for limit in [1, 2, 3, 11, 50] {
                    assert_eq!(
                        pages(&given, &query, limit).await,
                        expected,
                        "{query:?} by {limit}"
                    );
                }
            }
        }
    }
}

async fn keys_of_one_name_or_never_used_are_in_the_order_of_their_ids(given: Given) {
    let by = given.verified("acme").await;
    let mut ids = Vec::new();
    for name in ["Billing", "billing", "BILLING", "Billing"] {
        ids.push(given.key_of(&by, name, Scheme::Basic, at(0)).await);
    }
    ids.sort();
    let reversed: Vec<_> = ids.iter().rev().cloned().collect();
    for (sort, expected) in [
        (KeySort::Name, &ids),
        (KeySort::NameDescending, &reversed),
        (KeySort::LeastRecentlyUsed, &ids),
        (KeySort::MostRecentlyUsed, &reversed),
    ] {
        let query = KeyQuery {
            sort,
            ..KeyQuery::default()
        };
        assert_eq!(&pages(&given, &query, 1).await, expected, "{sort:?}");
    }
}

async fn a_search_finds_by_name_in_any_case_and_by_a_part_of_the_id(given: Given) {
    let by = given.verified("acme").await;
    let mut ids = Vec::new();
    for (number, name) in (0..).zip(["Büro München", "BÜRO Wien", "Billing #1"]) {
        ids.push(given.key_of(&by, name, Scheme::Basic, at(number)).await);
    }
    let whole = ids[1].to_string();
    for (search, expected) in [
        ("büro", vec![1, 0]),
        ("MÜNCHEN", vec![0]),
        ("#", vec![2]),
        (whole.as_str(), vec![1]),
        (&whole[10..], vec![1]),
        ("hk_", vec![2, 1, 0]),
        ("nobody", vec![]),
        (".*", vec![]),
    ] {
        let query = KeyQuery {
            search: Some(search.parse().unwrap()),
            ..KeyQuery::default()
        };
        let expected: Vec<_> = expected
            .into_iter()
            .map(|at: usize| ids[at].clone())
            .collect();
        for limit in [1, 5] {
            assert_eq!(pages(&given, &query, limit).await, expected, "{search}");
        }
    }
}

async fn a_search_that_finds_little_reads_on_until_the_page_is_full(given: Given) {
    let by = given.verified("acme").await;
    let mut ids = Vec::new();
    for number in 0..9 {
        let name = if number % 4 == 0 { "Wanted" } else { "Other" };
        let created = at(number);
        let id = given.key_of(&by, name, Scheme::Basic, created).await;
        let mut row = given.view("ACCOUNT#acme", &listed_as(&id, created)).await;
        // Three rows are as much as one read gives.
        row.insert("more".to_owned(), text(&"m".repeat(300_000)));
        given.put_view(row).await;
        if name == "Wanted" {
            ids.push(id);
        }
    }
    for sort in KeySort::ALL {
        let query = KeyQuery {
            search: Some("want".parse().unwrap()),
            sort,
            ..KeyQuery::default()
        };
        for limit in [1, 2, 3] {
            let mut found = pages(&given, &query, limit).await;
            found.sort();
            assert_eq!(found, ids, "{sort:?} by {limit}");
        }
    }
}

async fn keys_listed_in_any_order_say_when_they_were_last_used(given: Given) {
    let [_, created, used] = in_three_orders(&given).await;
    let by = administrator("acme");
    // What is no instant is not known, and keeps nobody from seeing the list.
    let broken = &used[3];
    let mut row = given.view("USED#acme", broken.as_str()).await;
    row.insert("last_used_at".to_owned(), text("yesterday"));
    given.put_view(row).await;
    let expected = |id: &KeyId| -> Option<Timestamp> {
        let place = used.iter().position(|other| other == id).unwrap();
        (place > 0 && id != broken).then(|| at(1_000 + i64::try_from(place).unwrap()))
    };
    for sort in KeySort::ALL {
        let query = KeyQuery {
            sort,
            ..KeyQuery::default()
        };
        let page = given.store.keys(&by, &query, 50, None).await.unwrap();
        assert_eq!(page.keys.len(), created.len());
        for key in page.keys {
            assert_eq!(key.last_used_at, expected(&key.summary.id), "{sort:?}");
        }
    }
    for id in &created {
        let seen = given.store.last_used(by.account(), id).await.unwrap();
        assert_eq!(seen, expected(id));
    }
}

async fn a_position_of_another_order_is_an_error(given: Given) {
    let by = given.verified("acme").await;
    let query = KeyQuery {
        sort: KeySort::Name,
        ..KeyQuery::default()
    };
    let answer = given.store.keys(&by, &query, 1, Some("KEY")).await;
    assert!(answer.is_err(), "{answer:?}");
}

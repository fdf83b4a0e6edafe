//! The rows that follow from events, as verify and the list read them.

use hubkeys_domain::account::{AccountCommand, Standing};
use hubkeys_domain::api_key::ApiKeyCommand;
use hubkeys_domain::{Algorithm, KeyId, Role, Scheme, SigningPolicy};
use hubkeys_store::{KeyQuery, Status, StoreError};
use serde_json::json;

use crate::given::{Given, at, creation, digest, listed_as, operator, sealed, text, user};

contract!(
    a_key_can_be_verified_and_listed_from_its_creation_to_its_revocation,
    an_hmac_key_keeps_its_sealed_secret_for_verify_only,
    an_accounts_standing_follows_each_decision,
    a_credential_of_an_unknown_form_is_an_error,
    a_listed_key_of_an_unknown_form_is_an_error,
    a_row_of_the_list_as_versions_before_0_2_wrote_it_is_read_until_a_rebuild,
    a_standing_of_an_unknown_form_is_an_error,
    a_key_that_never_was_has_no_credential,
);

async fn a_key_can_be_verified_and_listed_from_its_creation_to_its_revocation(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let credential = async || given.reader.get(&id).await.unwrap().unwrap();
    let listed = async || {
        let page = given
            .store
            .keys(&by, &KeyQuery::default(), 10, None)
            .await
            .unwrap();
        assert_eq!((page.keys.len(), page.next), (1, None));
        page.keys.into_iter().next().unwrap().summary
    };

    let active = credential().await;
    assert_eq!((active.status, active.version), (Status::Active, 1));
    assert_eq!((active.scheme, &active.secret), (Scheme::Basic, &digest()));
    assert_eq!(active.account, *by.account());
    let row = listed().await;
    assert_eq!((&row.id, row.name.as_str()), (&id, "Billing"));
    assert_eq!((row.scheme, row.status), (Scheme::Basic, Status::Active));
    assert_eq!((row.created_at, row.created_by), (at(0), by.actor()));
    assert_eq!((row.revocation, row.version), (None, 1));
    assert_eq!(given.limits("acme").await, Some((1, 1)));

    given.rename(&id, &by, "Invoices").await.unwrap();
    let renamed = credential().await;
    assert_eq!((renamed.status, renamed.version), (Status::Active, 2));
    let row = listed().await;
    assert_eq!((row.name.as_str(), row.version), ("Invoices", 2));
    assert_eq!(given.limits("acme").await, Some((1, 1)));

    given.revoke(&id, &by).await.unwrap();
    let revoked = credential().await;
    assert_eq!((revoked.status, revoked.version), (Status::Revoked, 3));
    // Only the holder of the secret is to learn that it is revoked.
    assert_eq!(revoked.secret, digest());
    let row = listed().await;
    assert_eq!(
        (row.name.as_str(), row.status, row.version),
        ("Invoices", Status::Revoked, 3)
    );
    let revocation = row.revocation.unwrap();
    assert_eq!((revocation.at, revocation.by), (at(2), by.actor()));
    assert_eq!(revocation.reason.unwrap().as_str(), "laptop lost");
    assert_eq!(given.limits("acme").await, Some((0, 2)));
    // One row for verify, one in the list, the account's two, and no other.
    assert_eq!(given.views().await.len(), 4);
}

async fn an_hmac_key_keeps_its_sealed_secret_for_verify_only(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key_of(&by, "Signing", Scheme::Hmac, at(7)).await;
    let credential = given.reader.get(&id).await.unwrap().unwrap();
    assert_eq!(
        (credential.scheme, credential.secret),
        (Scheme::Hmac, sealed())
    );
    let row = given.view("ACCOUNT#acme", &listed_as(&id, at(7))).await;
    assert!(!row.contains_key("secret"), "{row:?}");
}

async fn an_accounts_standing_follows_each_decision(given: Given) {
    let account = "acme".parse().unwrap();
    let standing = async || given.store.standing(&account).await.unwrap();
    let never = standing().await;
    assert_eq!((never.standing, never.version), (Standing::Unverified, 0));
    given.verified("acme").await;
    let verified = standing().await;
    assert_eq!(
        (verified.standing, verified.version),
        (Standing::Verified, 2)
    );
    let (by, at) = (operator(), at(3));
    let suspend = AccountCommand::Suspend { by, at };
    given.on_account("acme", suspend).await.unwrap();
    let suspended = standing().await;
    assert_eq!(
        (suspended.standing, suspended.version),
        (Standing::Suspended, 3)
    );
    assert_eq!(suspended.standing_since, Some(at));
    assert_eq!(suspended.opened_at, Some(crate::given::at(0)));
}

async fn a_credential_of_an_unknown_form_is_an_error(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let row = given.view(&format!("KEY#{id}"), "VERIFY").await;
    for (part, value) in [
        ("status", "suspended"),
        ("status", "Active"),
        ("scheme", "digest"),
        ("schema", "verify-2"),
        ("account", "acme#KEY"),
        ("secret", "none"),
        ("version", "1"),
    ] {
        let mut changed = row.clone();
        changed.insert(part.to_owned(), text(value));
        given.put_view(changed).await;
        let answer = given.reader.get(&id).await;
        assert!(
            matches!(answer, Err(StoreError::Unreadable { .. })),
            "{part}: {answer:?}"
        );
        let mut without = row.clone();
        without.remove(part);
        given.put_view(without).await;
        let answer = given.reader.get(&id).await;
        assert!(
            matches!(answer, Err(StoreError::Unreadable { .. })),
            "no {part}: {answer:?}"
        );
    }
}

async fn a_listed_key_of_an_unknown_form_is_an_error(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let row = given.view("ACCOUNT#acme", &listed_as(&id, at(0))).await;
    let elsewhere = [
        format!("KEY#{}", at(0)),
        format!("KEY#{}#hk_1", at(0)),
        format!("KEY#yesterday#{id}"),
    ];
    let elsewhere = elsewhere.iter().map(|sk| ("sk", sk.as_str()));
    for (part, value) in [("status", "paused"), ("scheme", "digest"), ("by", "")]
        .into_iter()
        .chain(elsewhere)
    {
        let mut changed = row.clone();
        changed.insert(part.to_owned(), text(value));
        given.put_view(changed).await;
        let query = KeyQuery::default();
        let answer = given.store.keys(&by, &query, 10, None).await;
        assert!(
            matches!(answer, Err(StoreError::Unreadable { .. })),
            "{part}: {answer:?}"
        );
        let principal = user("acme", Role::Administrator);
        let answer = given.store.newest_keys(principal, &query, 10).await;
        assert!(
            matches!(answer, Err(StoreError::Unreadable { .. })),
            "{part}: {answer:?}"
        );
        if part == "sk" {
            given.delete_view("ACCOUNT#acme", value).await;
        }
        given.put_view(row.clone()).await;
    }
    assert!(
        given
            .store
            .keys(&by, &KeyQuery::default(), 10, None)
            .await
            .is_ok()
    );
}

async fn a_row_of_the_list_as_versions_before_0_2_wrote_it_is_read_until_a_rebuild(given: Given) {
    let by = given.verified("acme").await;
    let default = SigningPolicy::default();
    let own = SigningPolicy {
        algorithms: [Algorithm::HmacSha512].into(),
        ..SigningPolicy::default()
    };
    let mut ids = Vec::new();
    for (number, signing) in [(0, None), (1, Some(&default)), (2, Some(&own))] {
        let id = KeyId::generate(at(number)).unwrap();
        let scheme = signing.map_or(Scheme::Basic, |_| Scheme::Hmac);
        let mut command = creation(&id, &by, "Billing", scheme, at(number));
        if let ApiKeyCommand::Create {
            signing: policy, ..
        } = &mut command
        {
            *policy = signing.cloned();
        }
        given.execute(&id, command).await.unwrap();
        ids.push((id, at(number), signing));
    }
    let listed = async || {
        let page = given.store.keys(&by, &KeyQuery::default(), 10, None).await;
        page.unwrap().keys
    };
    let (shown, healthy) = (listed().await, given.views().await);
    let policies: Vec<_> = shown
        .iter()
        .rev()
        .map(|key| key.summary.signing.as_ref())
        .collect();
    assert_eq!(policies, [None, Some(&default), Some(&own)]);

    for (id, created, signing) in &ids {
        let mut row = given.view("ACCOUNT#acme", &listed_as(id, *created)).await;
        assert!(row.remove("by").is_some());
        assert_eq!(row.remove("signing").is_some(), *signing == Some(&own));
        row.insert("id".to_owned(), text(id.as_str()));
        row.insert("created_at".to_owned(), text(&created.to_string()));
        let created_by = json!({"kind": "user", "user": "ann@acme", "role": "administrator"});
        row.insert(
            "created_by".to_owned(),
            serde_dynamo::to_attribute_value(created_by).unwrap(),
        );
        if let Some(signing) = signing {
            row.insert(
                "signing".to_owned(),
                serde_dynamo::to_attribute_value(signing).unwrap(),
            );
        }
        given.put_view(row).await;
    }
    assert_eq!(listed().await, shown);
    let drifted = given.rebuild().await.drifted;
    assert_eq!((drifted.differs, drifted.rows()), (3, 3));
    assert_eq!(given.views().await, healthy);
}

async fn a_standing_of_an_unknown_form_is_an_error(given: Given) {
    let by = given.verified("acme").await;
    let mut row = given.view("ACCOUNT#acme", "STANDING").await;
    row.insert("standing".to_owned(), text("trusted"));
    given.put_view(row).await;
    let answer = given.store.standing(by.account()).await;
    assert!(
        matches!(answer, Err(StoreError::Unreadable { .. })),
        "{answer:?}"
    );
}

async fn a_key_that_never_was_has_no_credential(given: Given) {
    let id = KeyId::generate(at(0)).unwrap();
    assert_eq!(given.reader.get(&id).await.unwrap(), None);
}

//! One key, from its creation to its revocation.

use cqrs_es::Aggregate as _;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use hubkeys_domain::api_key::{ApiKey, ApiKeyCommand, ApiKeyError, ApiKeyEvent};
use hubkeys_domain::{ReplayProtection, Scheme, SigningPolicy, StoredSecret};

use crate::given::{
    administrator, administrator_of_acme, created, digest, key_id, minute, moved, name, operator,
    renamed, resealed, revoked, sealed,
};

fn given(events: &[ApiKeyEvent]) -> AggregateTestExecutor<ApiKey> {
    TestFramework::with(()).given(events.to_vec())
}

fn create() -> ApiKeyCommand {
    ApiKeyCommand::Create {
        id: key_id(),
        name: name("Billing"),
        scheme: Scheme::Basic,
        secret: digest(),
        signing: None,
        by: administrator("acme"),
        at: minute(0),
    }
}

fn rename(account: &str, to: &str) -> ApiKeyCommand {
    ApiKeyCommand::Rename {
        name: name(to),
        by: administrator(account),
        at: minute(1),
    }
}

fn revoke(account: &str, reason: Option<&str>) -> ApiKeyCommand {
    ApiKeyCommand::Revoke {
        reason: reason.map(|reason| reason.parse().unwrap()),
        by: administrator(account),
        at: minute(2),
    }
}

#[test]
fn a_created_key_belongs_to_the_account_of_the_administrator_who_made_it() {
    given(&[])
        .when(create())
        .then_expect_events(vec![created()]);
}

#[test]
fn an_identifier_that_is_taken_makes_no_second_key() {
    for events in [vec![created()], vec![created(), revoked(None)]] {
        given(&events)
            .when(create())
            .then_expect_error(ApiKeyError::AlreadyExists);
    }
}

#[test]
fn a_live_key_can_be_renamed() {
    given(&[created()])
        .when(rename("acme", "Invoices"))
        .then_expect_events(vec![renamed("Invoices")]);
}

#[test]
fn renaming_to_the_name_it_has_writes_nothing() {
    given(&[created()])
        .when(rename("acme", " Billing "))
        .then_expect_events(vec![]);
    given(&[created(), renamed("Invoices")])
        .when(rename("acme", "Invoices"))
        .then_expect_events(vec![]);
}

#[test]
fn a_name_can_be_changed_back() {
    given(&[created(), renamed("Invoices")])
        .when(rename("acme", "Billing"))
        .then_expect_events(vec![renamed("Billing")]);
}

#[test]
fn a_revoked_key_keeps_the_name_it_was_revoked_under() {
    for to in ["Invoices", "Billing"] {
        given(&[created(), revoked(None)])
            .when(rename("acme", to))
            .then_expect_error(ApiKeyError::Revoked);
    }
}

#[test]
fn a_live_key_can_be_revoked_with_a_reason_or_without() {
    for reason in [None, Some("laptop lost")] {
        given(&[created(), renamed("Invoices")])
            .when(revoke("acme", reason))
            .then_expect_events(vec![revoked(reason)]);
    }
}

#[test]
fn revoking_again_writes_nothing_whatever_the_reason() {
    for reason in [None, Some("another reason")] {
        given(&[created(), revoked(Some("laptop lost"))])
            .when(revoke("acme", reason))
            .then_expect_events(vec![]);
    }
}

#[test]
fn another_accounts_key_and_no_key_are_the_same_error() {
    let other = [created()];
    let other_and_revoked = [created(), revoked(None)];
    for events in [&[][..], &other, &other_and_revoked] {
        for command in [
            rename("globex", "Mine"),
            rename("globex", "Billing"),
            revoke("globex", None),
        ] {
            given(events)
                .when(command)
                .then_expect_error(ApiKeyError::NotFound);
        }
    }
}

#[test]
fn account_ids_that_differ_in_case_only_are_two_accounts() {
    given(&[created()])
        .when(revoke("Acme", None))
        .then_expect_error(ApiKeyError::NotFound);
}

#[test]
fn a_key_is_what_its_events_made_of_it() {
    let mut key = ApiKey::default();
    assert!(key.key().is_none());
    key.apply(created());
    key.apply(renamed("Invoices"));
    let live = key.key().unwrap().clone();
    assert!(live.is_live());
    assert_eq!(live.name, name("Invoices"));
    assert_eq!(
        (live.created_at, live.created_by),
        (minute(0), administrator_of_acme())
    );
    assert_eq!(live.secret, digest());
    key.apply(revoked(Some("laptop lost")));
    let ended = key.key().unwrap();
    let revocation = ended.revocation.as_ref().unwrap();
    assert!(!ended.is_live());
    assert_eq!(revocation.at, minute(2));
    assert_eq!(revocation.reason.as_ref().unwrap().as_str(), "laptop lost");
}

#[test]
fn a_stream_that_does_not_begin_with_a_creation_makes_no_key() {
    let mut key = ApiKey::default();
    key.apply(renamed("Invoices"));
    key.apply(revoked(None));
    assert!(key.key().is_none());
}

#[test]
fn a_key_is_renamed_500_times_at_the_most_so_that_its_revocation_stays_quick() {
    let mut events = vec![created()];
    events.extend((0..500).map(|number| renamed(&format!("Name {number}"))));
    given(&events)
        .when(rename("acme", "One too many"))
        .then_expect_error(ApiKeyError::RenamedTooOften);
    // Its own name is no change, and its end is always allowed.
    given(&events)
        .when(rename("acme", "Name 499"))
        .then_expect_events(Vec::new());
    given(&events)
        .when(revoke("acme", None))
        .then_expect_events(vec![revoked(None)]);
}

#[test]
fn a_signing_key_says_what_it_may_sign_with_and_a_basic_key_never_signs() {
    let careful = SigningPolicy {
        replay_protection: ReplayProtection::All,
        ..SigningPolicy::default()
    };
    for (scheme, asked, kept) in [
        (Scheme::Hmac, None, Some(SigningPolicy::default())),
        (Scheme::Hmac, Some(careful.clone()), Some(careful.clone())),
        (Scheme::Basic, None, None),
        (Scheme::Basic, Some(careful), None),
    ] {
        let create = ApiKeyCommand::Create {
            id: key_id(),
            name: name("Billing"),
            scheme,
            secret: digest(),
            signing: asked,
            by: administrator("acme"),
            at: minute(0),
        };
        let events = given(&[]).when(create).inspect_result().unwrap();
        let [ApiKeyEvent::KeyCreated { signing, .. }] = events.as_slice() else {
            panic!("{events:?}");
        };
        assert_eq!(*signing, kept);
    }
}

fn reseal(from: StoredSecret, secret: StoredSecret) -> ApiKeyCommand {
    ApiKeyCommand::Reseal {
        from,
        secret,
        by: operator(),
        at: minute(3),
    }
}

#[test]
fn a_live_key_is_resealed_under_a_newer_version_of_the_keyring() {
    given(&[created(), renamed("Invoices")])
        .when(reseal(digest(), moved(&digest())))
        .then_expect_events(vec![resealed(&digest())]);
    let mut key = ApiKey::default();
    key.apply(created());
    key.apply(resealed(&digest()));
    assert_eq!(key.key().unwrap().secret, moved(&digest()));
    assert_eq!(key.key().unwrap().name, name("Billing"));
}

#[test]
fn resealing_again_or_backwards_writes_nothing() {
    let then = [created(), resealed(&digest())];
    for (from, secret) in [
        (digest(), moved(&digest())),
        (moved(&digest()), moved(&digest())),
        // Version 1, which is older than what the key has.
        (moved(&digest()), digest()),
    ] {
        given(&then)
            .when(reseal(from, secret))
            .then_expect_events(vec![]);
    }
}

#[test]
fn a_revoked_key_is_not_resealed() {
    given(&[created(), revoked(None)])
        .when(reseal(digest(), moved(&digest())))
        .then_expect_events(vec![]);
}

#[test]
fn what_was_made_from_something_else_than_the_key_has_is_refused() {
    let other = StoredSecret::Digest {
        keyring: digest().keyring().clone(),
        mac: [9; 32],
    };
    for (from, secret) in [
        (other, moved(&digest())),
        // A key has one scheme for life.
        (digest(), moved(&sealed())),
    ] {
        given(&[created()])
            .when(reseal(from, secret))
            .then_expect_error(ApiKeyError::ResealedOtherwise);
    }
    given(&[])
        .when(reseal(digest(), moved(&digest())))
        .then_expect_error(ApiKeyError::NotFound);
}

fn repeat_revocation(account: Option<&str>) -> ApiKeyCommand {
    ApiKeyCommand::RepeatRevocation {
        account: account.map(|account| account.parse().unwrap()),
        reason: Some("laptop lost".parse().unwrap()),
        by: administrator_of_acme(),
        at: minute(2),
    }
}

#[test]
fn a_revocation_that_a_restored_backup_forgot_is_repeated_as_it_was() {
    for account in [None, Some("acme")] {
        given(&[created()])
            .when(repeat_revocation(account))
            .then_expect_events(vec![revoked(Some("laptop lost"))]);
    }
    given(&[created(), revoked(None)])
        .when(repeat_revocation(Some("acme")))
        .then_expect_events(vec![]);
    given(&[])
        .when(repeat_revocation(Some("acme")))
        .then_expect_error(ApiKeyError::NotFound);
    given(&[created()])
        .when(repeat_revocation(Some("globex")))
        .then_expect_error(ApiKeyError::OfAnotherAccount);
}

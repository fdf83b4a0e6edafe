//! What becomes of a key while its account is suspended.

use cqrs_es::Aggregate as _;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use hubkeys_domain::Actor;
use hubkeys_domain::api_key::{ApiKey, ApiKeyCommand, ApiKeyError, ApiKeyEvent};

use crate::given::{
    administrator, created, digest, disabled, enabled, minute, moved, name, operator, renamed,
    resealed, revoked,
};

fn given(events: &[ApiKeyEvent]) -> AggregateTestExecutor<ApiKey> {
    TestFramework::with(()).given(events.to_vec())
}

fn disable() -> ApiKeyCommand {
    ApiKeyCommand::Disable {
        by: operator(),
        at: minute(4),
    }
}

fn enable() -> ApiKeyCommand {
    ApiKeyCommand::Enable {
        by: operator(),
        at: minute(5),
    }
}

fn revoke_for_platform() -> ApiKeyCommand {
    ApiKeyCommand::RevokeForPlatform {
        reason: Some("laptop lost".parse().unwrap()),
        by: operator(),
        at: minute(2),
    }
}

fn revoked_by_platform() -> ApiKeyEvent {
    ApiKeyEvent::KeyRevoked {
        reason: Some("laptop lost".parse().unwrap()),
        by: Actor::from(&operator()),
        at: minute(2),
    }
}

#[test]
fn a_live_key_is_disabled_once_and_enabled_once() {
    given(&[created()])
        .when(disable())
        .then_expect_events(vec![disabled()]);
    given(&[created(), disabled()])
        .when(disable())
        .then_expect_events(vec![]);
    given(&[created(), disabled()])
        .when(enable())
        .then_expect_events(vec![enabled()]);
    given(&[created(), disabled(), enabled()])
        .when(enable())
        .then_expect_events(vec![]);
    given(&[created(), disabled(), enabled()])
        .when(disable())
        .then_expect_events(vec![disabled()]);
}

#[test]
fn a_key_that_was_not_disabled_is_not_enabled() {
    given(&[created()])
        .when(enable())
        .then_expect_events(vec![]);
}

#[test]
fn a_revoked_key_is_neither_disabled_nor_brought_back() {
    for events in [
        vec![created(), revoked(None)],
        vec![created(), disabled(), revoked(None)],
    ] {
        for command in [disable(), enable()] {
            given(&events).when(command).then_expect_events(vec![]);
        }
    }
}

#[test]
fn what_was_never_created_is_neither_disabled_nor_enabled() {
    for command in [disable(), enable(), revoke_for_platform()] {
        given(&[])
            .when(command)
            .then_expect_error(ApiKeyError::NotFound);
    }
    let mut key = ApiKey::default();
    key.apply(disabled());
    key.apply(enabled());
    assert!(key.key().is_none());
}

#[test]
fn a_disabled_key_is_live_and_keeps_all_that_it_was() {
    let mut key = ApiKey::default();
    key.apply(created());
    let before = key.key().unwrap().clone();
    key.apply(disabled());
    let held = key.key().unwrap();
    assert!(held.is_live());
    let disablement = held.disabled.as_ref().unwrap();
    assert_eq!(
        (disablement.at, &disablement.by),
        (minute(4), &Actor::from(&operator()))
    );
    key.apply(enabled());
    assert_eq!(*key.key().unwrap(), before);
}

#[test]
fn a_disabled_key_is_revoked_by_its_administrator_and_by_an_operator_alike() {
    let revoke = ApiKeyCommand::Revoke {
        reason: None,
        by: administrator("acme"),
        at: minute(2),
    };
    given(&[created(), disabled()])
        .when(revoke)
        .then_expect_events(vec![revoked(None)]);
    given(&[created(), disabled()])
        .when(revoke_for_platform())
        .then_expect_events(vec![revoked_by_platform()]);
    let mut key = ApiKey::default();
    for event in [created(), disabled(), revoked(None)] {
        key.apply(event);
    }
    let ended = key.key().unwrap();
    assert!(!ended.is_live() && ended.disabled.is_none());
}

#[test]
fn an_operator_revokes_a_key_once_whatever_its_account() {
    given(&[created(), renamed("Invoices")])
        .when(revoke_for_platform())
        .then_expect_events(vec![revoked_by_platform()]);
    given(&[created(), revoked(None)])
        .when(revoke_for_platform())
        .then_expect_events(vec![]);
}

#[test]
fn a_disabled_key_is_resealed_and_renamed_for_it_may_come_back() {
    let reseal = ApiKeyCommand::Reseal {
        from: digest(),
        secret: moved(&digest()),
        by: operator(),
        at: minute(3),
    };
    given(&[created(), disabled()])
        .when(reseal)
        .then_expect_events(vec![resealed(&digest())]);
    // While the account is suspended no administrator gets this far.
    let rename = ApiKeyCommand::Rename {
        name: name("Invoices"),
        by: administrator("acme"),
        at: minute(1),
    };
    given(&[created(), disabled()])
        .when(rename)
        .then_expect_events(vec![renamed("Invoices")]);
}

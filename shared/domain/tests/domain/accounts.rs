//! What the platform decides about an account.

use cqrs_es::Aggregate as _;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use hubkeys_domain::account::{Account, AccountCommand, AccountError, AccountEvent, Standing};
use hubkeys_domain::{Actor, NotAllowed, Role};

use crate::given::{
    administrator_of_acme, minute, opened, operator, reinstated, suspended, user,
    verification_requested, verified,
};

fn given(events: &[AccountEvent]) -> AggregateTestExecutor<Account> {
    TestFramework::with(()).given(events.to_vec())
}

fn open(role: Role) -> AccountCommand {
    AccountCommand::Open {
        by: user("acme", role),
        at: minute(0),
    }
}

fn request(role: Role) -> AccountCommand {
    AccountCommand::RequestVerification {
        by: user("acme", role),
        at: minute(0),
    }
}

fn verify() -> AccountCommand {
    AccountCommand::Verify {
        account: "acme".parse().unwrap(),
        by: operator(),
        at: minute(0),
    }
}

fn suspend() -> AccountCommand {
    AccountCommand::Suspend {
        by: operator(),
        at: minute(0),
    }
}

fn reinstate() -> AccountCommand {
    AccountCommand::Reinstate {
        by: operator(),
        at: minute(0),
    }
}

fn opened_by_administrator() -> AccountEvent {
    opened(administrator_of_acme())
}

fn opened_by_operator() -> AccountEvent {
    opened(Actor::from(&operator()))
}

/// A stream for every standing an account can have.
fn streams() -> Vec<(Standing, Vec<AccountEvent>)> {
    let open = opened_by_administrator;
    vec![
        (Standing::Unverified, vec![]),
        (Standing::Unverified, vec![open()]),
        (
            Standing::VerificationRequested,
            vec![open(), verification_requested()],
        ),
        (Standing::Verified, vec![open(), verified()]),
        (Standing::Suspended, vec![open(), verified(), suspended()]),
        (
            Standing::Verified,
            vec![open(), verified(), suspended(), reinstated()],
        ),
    ]
}

#[test]
fn every_event_leads_to_its_standing() {
    for (standing, events) in streams() {
        let mut account = Account::default();
        let last = !events.is_empty();
        for event in events {
            account.apply(event);
        }
        assert_eq!(account.standing, standing);
        assert_eq!(account.opened_at, last.then(|| minute(0)));
        assert_eq!(account.standing_since, last.then(|| minute(0)));
    }
}

#[test]
fn an_account_is_opened_once() {
    given(&[])
        .when(open(Role::Administrator))
        .then_expect_events(vec![opened_by_administrator()]);
    for (_, events) in streams().into_iter().skip(1) {
        given(&events)
            .when(open(Role::Administrator))
            .then_expect_events(vec![]);
    }
}

#[test]
fn asking_for_verification_opens_the_account_if_need_be() {
    given(&[])
        .when(request(Role::Administrator))
        .then_expect_events(vec![opened_by_administrator(), verification_requested()]);
    given(&[opened_by_administrator()])
        .when(request(Role::Administrator))
        .then_expect_events(vec![verification_requested()]);
}

#[test]
fn asking_again_or_when_verified_writes_nothing() {
    for (standing, events) in streams() {
        if matches!(
            standing,
            Standing::VerificationRequested | Standing::Verified
        ) {
            given(&events)
                .when(request(Role::Administrator))
                .then_expect_events(vec![]);
        }
    }
}

#[test]
fn only_an_administrator_opens_an_account_or_asks_for_its_verification() {
    for (_, events) in streams() {
        for role in [Role::Basic, Role::Advanced] {
            for command in [open(role), request(role)] {
                given(&events)
                    .when(command)
                    .then_expect_error(NotAllowed::NotAdministrator.into());
            }
        }
    }
}

#[test]
fn an_operator_verifies_an_account_asked_for_or_not() {
    given(&[])
        .when(verify())
        .then_expect_events(vec![opened_by_operator(), verified()]);
    given(&[opened_by_administrator()])
        .when(verify())
        .then_expect_events(vec![verified()]);
    given(&[opened_by_administrator(), verification_requested()])
        .when(verify())
        .then_expect_events(vec![verified()]);
}

#[test]
fn verifying_a_verified_account_writes_nothing() {
    given(&[opened_by_operator(), verified()])
        .when(verify())
        .then_expect_events(vec![]);
}

#[test]
fn neither_asking_nor_verifying_is_a_way_around_a_suspension() {
    let events = [opened_by_operator(), verified(), suspended()];
    for command in [request(Role::Administrator), verify()] {
        given(&events)
            .when(command)
            .then_expect_error(AccountError::NotAllowed(NotAllowed::AccountSuspended));
    }
}

#[test]
fn a_verified_account_is_suspended_once_and_reinstated_once() {
    let verified = [opened_by_operator(), verified()];
    let suspended_once = [&verified[..], &[suspended()]].concat();
    given(&verified)
        .when(suspend())
        .then_expect_events(vec![suspended()]);
    given(&suspended_once)
        .when(suspend())
        .then_expect_events(vec![]);
    given(&suspended_once)
        .when(reinstate())
        .then_expect_events(vec![reinstated()]);
    given(&verified)
        .when(reinstate())
        .then_expect_events(vec![]);
}

#[test]
fn an_account_that_was_never_verified_can_neither_be_suspended_nor_reinstated() {
    for (standing, events) in streams() {
        if matches!(
            standing,
            Standing::Unverified | Standing::VerificationRequested
        ) {
            for command in [suspend(), reinstate()] {
                given(&events)
                    .when(command)
                    .then_expect_error(AccountError::NotVerified);
            }
        }
    }
}

//! Histories that are right, and histories that are not.

use proptest::prelude::*;

use super::*;

fn seen(name: &str, revoked: bool, version: u64) -> Seen {
    Seen {
        name: name.to_owned(),
        revoked,
        version,
    }
}

fn call(start: Instant, end: Instant, asked: Asked, answer: Answer) -> Call {
    Call {
        start,
        end,
        asked,
        answer,
    }
}

fn create(start: Instant, end: Instant, key: &str) -> Call {
    let name = "Billing".to_owned();
    let (key, seen) = (key.to_owned(), seen("Billing", false, 1));
    let asked = Asked::Create { name, once: false };
    call(start, end, asked, Answer::Created { key, seen })
}

fn create_once(start: Instant, end: Instant, answer: Answer) -> Call {
    let name = "Billing".to_owned();
    call(start, end, Asked::Create { name, once: true }, answer)
}

fn created(key: &str) -> Answer {
    Answer::Created {
        key: key.to_owned(),
        seen: seen("Billing", false, 1),
    }
}

fn repeated(key: &str) -> Answer {
    Answer::Repeated {
        key: key.to_owned(),
        seen: seen("Billing", false, 1),
    }
}

fn rename(start: Instant, end: Instant, name: &str, answer: Answer) -> Call {
    let (key, name) = ("k".to_owned(), name.to_owned());
    call(start, end, Asked::Rename { key, name }, answer)
}

fn revoke(start: Instant, end: Instant, answer: Answer) -> Call {
    let key = "k".to_owned();
    call(start, end, Asked::Revoke { key }, answer)
}

fn get(start: Instant, end: Instant, seen: Seen) -> Call {
    let key = "k".to_owned();
    call(start, end, Asked::Get { key }, Answer::Key(seen))
}

fn verify(start: Instant, end: Instant, outcome: &str, version: Option<u64>) -> Call {
    let (key, outcome) = ("k".to_owned(), outcome.to_owned());
    let asked = Asked::Verify { key, right: true };
    call(start, end, asked, Answer::Decision { outcome, version })
}

fn valid(start: Instant, end: Instant, version: u64) -> Call {
    verify(start, end, "valid", Some(version))
}

fn found(key: &str, seen: Seen, events: &[Event]) -> Found {
    Found {
        key: key.to_owned(),
        seen,
        events: events.to_vec(),
    }
}

fn billing() -> Event {
    Event::Created("Billing".to_owned())
}

fn live() -> Found {
    found("k", seen("Billing", false, 1), &[billing()])
}

fn ended() -> Found {
    let events = [billing(), Event::Revoked];
    found("k", seen("Billing", true, 2), &events)
}

fn revoked() -> Answer {
    Answer::Key(seen("Billing", true, 2))
}

/// What is wrong, in a word or two each.
fn wrong(calls: &[Call], found: &[Found], lease: Instant) -> Vec<&'static str> {
    let violations = violations(calls, found, lease);
    violations.iter().map(Violation::kind).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_key_that_is_made_used_renamed_and_revoked_is_explained() {
    let calls = [
        create(0, 10, "k"),
        valid(11, 20, 1),
        rename(21, 30, "Invoices", Answer::Key(seen("Invoices", false, 2))),
        get(31, 40, seen("Invoices", false, 2)),
        valid(41, 50, 2),
        revoke(51, 60, Answer::Key(seen("Invoices", true, 3))),
        verify(61, 70, "revoked", None),
    ];
    let renamed = Event::Renamed("Invoices".to_owned());
    let end = found(
        "k",
        seen("Invoices", true, 3),
        &[billing(), renamed, Event::Revoked],
    );
    assert_eq!(wrong(&calls, &[end], 0), NOTHING);
}

#[test]
fn a_request_that_begins_after_a_revocation_returned_is_never_valid() {
    let calls = [
        create(0, 10, "k"),
        revoke(20, 30, revoked()),
        valid(31, 40, 1),
    ];
    for lease in [0, 1_000] {
        let wrong = wrong(&calls, &[ended()], lease);
        assert!(wrong.contains(&"valid after revoked"), "{lease}: {wrong:?}");
    }
}

#[test]
fn a_request_beside_a_revocation_is_valid_or_revoked() {
    for request in [valid(25, 40, 1), verify(25, 40, "revoked", None)] {
        let calls = [create(0, 10, "k"), revoke(20, 30, revoked()), request];
        assert_eq!(wrong(&calls, &[ended()], 0), NOTHING);
    }
}

#[test]
fn a_revocation_that_was_seen_is_not_taken_back() {
    // The revocation itself is not answered yet.
    let calls = [
        create(0, 10, "k"),
        revoke(20, 90, revoked()),
        verify(30, 40, "revoked", None),
        valid(50, 60, 1),
    ];
    assert_eq!(wrong(&calls, &[ended()], 0), ["no order"]);
    // Another instance may remember for as long as a lease, while the revocation has not returned.
    assert_eq!(wrong(&calls, &[ended()], 30), NOTHING);
    assert_eq!(wrong(&calls, &[ended()], 5), ["no order"]);
}

#[test]
fn a_revocation_without_an_answer_may_take_effect_late_or_never() {
    let lost = revoke(20, 30, Answer::Nothing);
    let late = [
        create(0, 10, "k"),
        lost.clone(),
        valid(40, 50, 1),
        verify(60, 70, "revoked", None),
    ];
    assert_eq!(wrong(&late, &[ended()], 0), NOTHING);
    let never = [create(0, 10, "k"), lost, valid(40, 50, 1)];
    assert_eq!(wrong(&never, &[live()], 0), NOTHING);
}

#[test]
fn a_key_that_was_made_is_never_refused_its_own_secret() {
    for outcome in ["unknown_key", "wrong_secret", "signature_mismatch"] {
        let calls = [create(0, 10, "k"), verify(11, 20, outcome, None)];
        let wrong = wrong(&calls, &[live()], 0);
        assert!(wrong.contains(&"never right"), "{outcome}: {wrong:?}");
    }
    let revoked = [create(0, 10, "k"), verify(11, 20, "revoked", None)];
    assert_eq!(wrong(&revoked, &[live()], 0), ["no order"]);
    let nobody = Answer::Nothing;
    let asked = valid(11, 20, 1).asked;
    let calls = [create(0, 10, "k"), call(11, 20, asked, nobody)];
    assert_eq!(wrong(&calls, &[live()], 0), NOTHING);
}

#[test]
fn another_secret_is_never_valid_and_learns_nothing() {
    let with_another = |outcome: &str| {
        let asked = Asked::Verify {
            key: "k".to_owned(),
            right: false,
        };
        let decision = Answer::Decision {
            outcome: outcome.to_owned(),
            version: None,
        };
        [create(0, 10, "k"), call(11, 20, asked, decision)]
    };
    for outcome in ["wrong_secret", "signature_mismatch"] {
        assert_eq!(wrong(&with_another(outcome), &[live()], 0), NOTHING);
    }
    for outcome in ["valid", "revoked", "unknown_key"] {
        assert_eq!(wrong(&with_another(outcome), &[live()], 0), ["never right"]);
    }
}

#[test]
fn names_are_read_in_an_order_in_which_they_were_written() {
    let (a, b) = ("A", "B");
    let calls = |first: &str, second: &str| {
        vec![
            create(0, 10, "k"),
            rename(20, 50, a, Answer::Nothing),
            rename(21, 51, b, Answer::Nothing),
            get(30, 40, seen(first, false, 2)),
            get(60, 70, seen(second, false, 3)),
        ]
    };
    let end = |first: &str, second: &str| {
        let renamed = |name: &str| Event::Renamed(name.to_owned());
        found(
            "k",
            seen(second, false, 3),
            &[billing(), renamed(first), renamed(second)],
        )
    };
    assert_eq!(wrong(&calls(a, b), &[end(a, b)], 0), NOTHING);
    assert_eq!(wrong(&calls(b, a), &[end(b, a)], 0), NOTHING);
    let lost = wrong(&calls(a, "Billing"), &[end(a, b)], 0);
    assert!(lost.contains(&"no order"), "{lost:?}");
}

#[test]
fn an_answered_rename_that_is_not_there_is_noticed() {
    let calls = [
        create(0, 10, "k"),
        rename(20, 30, "A", Answer::Key(seen("A", false, 2))),
        rename(21, 31, "B", Answer::Key(seen("B", false, 2))),
    ];
    let events = [billing(), Event::Renamed("B".to_owned())];
    let end = found("k", seen("B", false, 2), &events);
    assert_eq!(wrong(&calls, &[end], 0), ["no order"]);
}

#[test]
fn a_key_that_was_made_is_there_and_no_other() {
    let calls = [create(0, 10, "k")];
    assert!(wrong(&calls, &[], 0).contains(&"lost"));
    let other = found("other", seen("Billing", false, 1), &[billing()]);
    // Nobody made it, so no order has it in the end either.
    let unmade = ["invented", "no order"];
    assert_eq!(wrong(&calls, &[live(), other.clone()], 0), unmade);
    let stranger = found(
        "x",
        seen("Nobody", false, 1),
        &[Event::Created("Nobody".to_owned())],
    );
    assert_eq!(wrong(&calls, &[live(), stranger], 0), ["invented"]);
    // A try without an answer may have made it.
    let mut lost = create(0, 10, "k");
    lost.answer = Answer::Nothing;
    let calls = [lost, create(20, 30, "k")];
    assert_eq!(wrong(&calls, &[live(), other], 0), NOTHING);
}

#[test]
fn one_idempotency_key_is_one_key_and_one_secret() {
    let calls = [
        create_once(0, 10, Answer::Nothing),
        create_once(11, 20, repeated("k")),
        create_once(21, 30, repeated("k")),
    ];
    assert_eq!(wrong(&calls, &[live()], 0), NOTHING);
    let twice = [
        create_once(0, 10, created("k")),
        create_once(11, 20, created("k")),
    ];
    assert!(wrong(&twice, &[live()], 0).contains(&"not once"));
    let two = [
        create_once(0, 10, created("k")),
        create_once(11, 20, repeated("l")),
    ];
    let other = found("l", seen("Billing", false, 1), &[billing()]);
    assert!(wrong(&two, &[live(), other], 0).contains(&"not once"));
}

#[test]
fn events_are_no_more_than_were_asked_for_and_lead_to_what_is_listed() {
    let calls = [
        create(0, 10, "k"),
        rename(20, 30, "A", Answer::Key(seen("A", false, 2))),
    ];
    let renamed = || Event::Renamed("A".to_owned());
    let twice = found("k", seen("A", false, 3), &[billing(), renamed(), renamed()]);
    assert!(wrong(&calls, &[twice], 0).contains(&"events"));
    let not_listed = found("k", seen("Billing", false, 1), &[billing(), renamed()]);
    assert!(wrong(&calls, &[not_listed], 0).contains(&"events"));
    let after_the_end = found(
        "k",
        seen("Billing", true, 3),
        &[billing(), Event::Revoked, Event::Revoked],
    );
    assert!(wrong(&calls, &[after_the_end], 0).contains(&"events"));
}

/// What a client of the model does, how long before and after the instant it takes effect at, and whether it is answered.
type Step = (u8, u64, u64, bool);

/// What a right service answers when each step takes effect at its own instant, and what there is in the end.
fn played(steps: &[Step]) -> (Vec<Call>, Found) {
    let mut state = seen("Billing", false, 1);
    let mut events = vec![billing()];
    let mut calls = vec![create(0, 5, "k")];
    for (number, (kind, before, after, answered)) in (1_u64..).zip(steps) {
        let instant = 10 + number * 10;
        let (start, end) = (instant - before.min(&(instant - 6)), instant + after);
        let lost = |answer| if *answered { answer } else { Answer::Nothing };
        calls.push(match kind {
            0 => {
                let name = format!("Name {number}");
                let answer = if state.revoked {
                    Answer::Refused("key-revoked".to_owned())
                } else {
                    state.name.clone_from(&name);
                    state.version += 1;
                    events.push(Event::Renamed(name.clone()));
                    Answer::Key(state.clone())
                };
                rename(start, end, &name, lost(answer))
            }
            1 => {
                if !state.revoked {
                    state.revoked = true;
                    state.version += 1;
                    events.push(Event::Revoked);
                }
                revoke(start, end, lost(Answer::Key(state.clone())))
            }
            2 => get(start, end, state.clone()),
            _ if state.revoked => verify(start, end, "revoked", None),
            _ => valid(start, end, state.version),
        });
    }
    (calls, found("k", state, &events))
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kind = prop_oneof![2 => Just(0_u8), 1 => Just(1), 3 => Just(2), 5 => Just(3)];
    proptest::collection::vec(
        (kind, 0..40_u64, 0..40_u64, proptest::bool::weighted(0.8)),
        0..40,
    )
}

proptest! {
    #[test]
    fn what_a_right_service_answers_is_explained(steps in steps()) {
        let (calls, found) = played(&steps);
        prop_assert_eq!(violations(&calls, std::slice::from_ref(&found), 0), []);
        prop_assert_eq!(violations(&calls, &[found], 15), []);
    }

    #[test]
    fn a_valid_answer_after_a_revocation_is_noticed_wherever_it_stands(steps in steps(), late in 1..50_u64) {
        let (mut calls, found) = played(&steps);
        let end = calls.iter().map(|call| call.end).max().unwrap_or(0);
        let (answer, version) = if found.seen.revoked {
            (Answer::Key(found.seen.clone()), found.seen.version)
        } else {
            let ended = Seen { revoked: true, version: found.seen.version + 1, ..found.seen.clone() };
            (Answer::Key(ended.clone()), ended.version)
        };
        calls.push(revoke(end + 1, end + 2, answer));
        calls.push(valid(end + 2 + late, end + 100, version - 1));
        let wrong = wrong(&calls, &[], 10);
        prop_assert!(wrong.contains(&"valid after revoked"), "{:?}", wrong);
    }

    #[test]
    fn a_read_of_the_past_is_noticed(steps in steps()) {
        let (mut calls, found) = played(&steps);
        prop_assume!(found.seen.version > 1);
        let end = calls.iter().map(|call| call.end).max().unwrap_or(0);
        calls.push(get(end + 1, end + 2, found.seen.clone()));
        calls.push(get(end + 3, end + 4, seen("Billing", false, 1)));
        let wrong = wrong(&calls, &[found], 0);
        prop_assert!(wrong.contains(&"no order"), "{:?}", wrong);
    }

    #[test]
    fn an_event_that_is_lost_is_noticed(steps in steps()) {
        let (calls, mut found) = played(&steps);
        let answered = |call: &Call| call.asked.is_write() && matches!(&call.answer, Answer::Key(seen) if *seen == found.seen);
        prop_assume!(calls.iter().any(answered) && found.events.len() > 1);
        found.events.pop();
        found.seen.version -= 1;
        let wrong = wrong(&calls, &[found], 0);
        prop_assert!(!wrong.is_empty());
    }
}

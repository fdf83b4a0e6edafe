//! Leases: what is answered from memory and for how long, what is read every time, and what a revocation waits for.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use futures::future::join_all;
use hubkeys_domain::KeyId;
use hubkeys_store::{Lease, LeaseChangeError, LeasedReader, Moment, Status, StoreError};

use crate::fleet::{Ring, create, outcome};
use crate::given::Given;
use fault_proxy::Fault;

const READ: &str = "GetItem";
const WRITE: &str = "TransactWriteItems";

contract!(
    a_live_key_is_read_once_a_lease_whoever_asks,
    a_lease_ends_by_the_monotonic_clock_and_by_the_wall_clock,
    a_lease_is_counted_from_before_the_read,
    many_who_ask_at_once_share_one_read,
    who_asks_while_a_key_is_made_does_not_hear_that_it_is_unknown,
    who_waits_for_a_read_that_fails_reads_by_himself,
    an_unknown_and_a_revoked_key_are_read_every_time,
    without_a_lease_every_answer_is_read,
    a_lease_that_can_not_be_read_again_is_used_for_ten_seconds_at_most,
    the_lease_in_force_is_read_twice_in_ten_seconds,
    no_answer_waits_for_a_lease_that_does_not_come,
    a_lease_is_lengthened_in_one_write_and_shortened_in_two,
    a_shortening_that_was_killed_keeps_revocations_waiting_and_is_finished_by_the_next,
    of_two_changes_at_once_one_is_refused,
    a_revocation_waits_for_the_longest_lease_in_force,
    a_revocation_that_can_not_read_the_lease_is_not_done,
    where_no_lease_was_ever_set_verify_is_strict_and_a_revocation_waits_longest,
    a_wrong_secret_is_refused_on_what_the_row_says_now,
    strangers_who_ask_at_once_cost_as_many_reads_whatever_the_key_is,
    a_key_that_is_found_revoked_is_forgotten,
    a_key_revoked_under_load_never_verifies_after_its_revocation_was_answered,
);

fn lease(millis: u32) -> Lease {
    Lease::try_from(millis).unwrap()
}

/// Two clocks that stand still until they are told.
#[derive(Clone)]
struct Hands(Arc<Mutex<(Duration, Duration)>>);

impl Hands {
    fn at_start() -> Self {
        Self(Arc::default())
    }

    fn move_by(&self, monotonic: Duration, wall: Duration) {
        let mut hands = self.0.lock().unwrap();
        hands.0 += monotonic;
        hands.1 += wall;
    }

    fn pass(&self, time: Duration) {
        self.move_by(time, time);
    }
}

/// A reader that knows the lease in force, by clocks of its own.
async fn reader(given: &Given) -> (LeasedReader, Hands) {
    let hands = Hands::at_start();
    let (shown, monotonic, wall) = (hands.clone(), Instant::now(), SystemTime::now());
    let clock = Arc::new(move || {
        let (passed, by_wall) = *shown.0.lock().unwrap();
        Moment::new(monotonic + passed, wall + by_wall)
    });
    let reader = LeasedReader::with_clock(given.reader.clone(), clock);
    reader.refresh().await.unwrap();
    (reader, hands)
}

async fn with_lease(given: &Given, millis: u32) -> (LeasedReader, Hands) {
    given.store.change_lease_alone(lease(millis)).await.unwrap();
    reader(given).await
}

/// How verify asks: from memory if that is allowed.
async fn ask(reader: &LeasedReader, id: &KeyId) -> Option<Status> {
    reader.landed(id).await;
    if let Some(held) = reader.held(id) {
        return Some(held.status);
    }
    reader.read(id).await.unwrap().map(|found| found.status)
}

const MILLI: Duration = Duration::from_millis(1);

async fn a_live_key_is_read_once_a_lease_whoever_asks(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let (reader, hands) = with_lease(&given, 1_000).await;
    let calls = given.proxy.calls(READ);
    for second in 1..=4 {
        for _ in 0..100 {
            assert_eq!(ask(&reader, &id).await, Some(Status::Active));
        }
        assert_eq!(given.proxy.calls(READ) - calls, second);
        hands.pass(Duration::from_secs(1));
    }
}

async fn a_lease_ends_by_the_monotonic_clock_and_by_the_wall_clock(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let second = Duration::from_secs(1);
    for (monotonic, wall) in [(second, Duration::ZERO), (Duration::ZERO, second)] {
        let (reader, hands) = with_lease(&given, 1_000).await;
        ask(&reader, &id).await;
        hands.move_by(monotonic.saturating_sub(MILLI), wall.saturating_sub(MILLI));
        assert!(reader.held(&id).is_some());
        hands.move_by(monotonic.min(MILLI), wall.min(MILLI));
        assert!(reader.held(&id).is_none(), "{monotonic:?} {wall:?}");
    }
}

async fn a_lease_is_counted_from_before_the_read(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let (reader, hands) = with_lease(&given, 1_000).await;
    let (arrived, release) = given.proxy.hold(READ);
    let slow = async {
        arrived.await.unwrap();
        hands.pass(Duration::from_millis(999));
        release.send(()).unwrap();
    };
    let (found, ()) = tokio::join!(ask(&reader, &id), slow);
    assert_eq!(found, Some(Status::Active));
    assert!(reader.held(&id).is_some());
    hands.pass(MILLI);
    assert!(reader.held(&id).is_none());
}

async fn many_who_ask_at_once_share_one_read(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let (reader, _) = with_lease(&given, 1_000).await;
    let calls = given.proxy.calls(READ);
    let (arrived, release) = given.proxy.hold(READ);
    let all = join_all((0..50).map(|_| ask(&reader, &id)));
    let ((), found) = tokio::join!(
        async {
            arrived.await.unwrap();
            release.send(()).unwrap();
        },
        all
    );
    assert!(found.iter().all(|status| *status == Some(Status::Active)));
    assert_eq!(given.proxy.calls(READ) - calls, 1);
}

async fn who_asks_while_a_key_is_made_does_not_hear_that_it_is_unknown(given: Given) {
    let by = given.verified("acme").await;
    let id = KeyId::generate(crate::given::at(0)).unwrap();
    let (reader, _) = with_lease(&given, 1_000).await;
    let calls = given.proxy.calls(READ);
    let (arrived, release) = given.proxy.hold(READ);
    // The proxy holds the request, so the answer is held that would say that there is no such key.
    let early = ask(&reader, &id);
    let late = async {
        arrived.await.unwrap();
        let command = crate::given::creation(
            &id,
            &by,
            "Billing",
            hubkeys_domain::Scheme::Basic,
            crate::given::at(0),
        );
        let waiting = async {
            let asked = ask(&reader, &id);
            tokio::pin!(asked);
            // It waits for the read that is held.
            assert!(futures::poll!(&mut asked).is_pending());
            assert_eq!(given.proxy.calls(READ) - calls, 1);
            given.execute(&id, command).await.unwrap();
            given.proxy.next(READ, Fault::None);
            release.send(()).unwrap();
            asked.await
        };
        waiting.await
    };
    let (_, late) = tokio::join!(early, late);
    assert_eq!(late, Some(Status::Active));
}

async fn who_waits_for_a_read_that_fails_reads_by_himself(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let (reader, _) = with_lease(&given, 1_000).await;
    let (arrived, release) = given.proxy.hold(READ);
    let mut first = Box::pin(reader.read(&id));
    assert!(futures::poll!(&mut first).is_pending());
    tokio::select! {
        biased;
        _ = arrived => {}
        _ = &mut first => panic!("it is held"),
    }
    let calls = given.proxy.calls(READ);
    let mut second = Box::pin(ask(&reader, &id));
    assert!(futures::poll!(&mut second).is_pending());
    assert_eq!(given.proxy.calls(READ), calls, "it waits");
    // Whoever asked first hangs up.
    drop(first);
    drop(release);
    assert_eq!(second.await, Some(Status::Active));
    // And nobody waits for a read that nobody makes.
    assert_eq!(ask(&reader, &id).await, Some(Status::Active));
    assert!(reader.held(&id).is_some());
}

async fn an_unknown_and_a_revoked_key_are_read_every_time(given: Given) {
    let by = given.verified("acme").await;
    let revoked = given.key(&by).await;
    given.revoke(&revoked, &by).await.unwrap();
    let unknown = KeyId::generate(crate::given::at(0)).unwrap();
    let (reader, _) = with_lease(&given, 1_000).await;
    let calls = given.proxy.calls(READ);
    for asked in 1..=3 {
        assert_eq!(ask(&reader, &revoked).await, Some(Status::Revoked));
        assert_eq!(ask(&reader, &unknown).await, None);
        assert_eq!(given.proxy.calls(READ) - calls, 2 * asked);
    }
}

async fn without_a_lease_every_answer_is_read(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let (reader, _) = with_lease(&given, 0).await;
    let calls = given.proxy.calls(READ);
    let found = join_all((0..10).map(|_| ask(&reader, &id))).await;
    assert!(found.iter().all(|status| *status == Some(Status::Active)));
    assert_eq!(given.proxy.calls(READ) - calls, 10);
}

async fn a_lease_that_can_not_be_read_again_is_used_for_ten_seconds_at_most(given: Given) {
    let by = given.verified("acme").await;
    let (first, second) = (given.key(&by).await, given.key(&by).await);
    let (reader, hands) = with_lease(&given, 5_000).await;
    hands.pass(Duration::from_secs(10) - MILLI);
    // It asks for the lease beside this read, and nobody answers.
    given.proxy.next(READ, Fault::None);
    for _ in 0..3 {
        given.proxy.next(READ, Fault::InternalError);
    }
    let (found, ()) = tokio::join!(ask(&reader, &first), async {});
    assert_eq!(found, Some(Status::Active));
    assert!(reader.held(&first).is_some());
    hands.pass(MILLI);
    given.proxy.heal();
    assert_eq!(ask(&reader, &second).await, Some(Status::Active));
    assert!(reader.held(&second).is_none(), "a lease nobody vouches for");
    assert!(
        reader.held(&second).is_none(),
        "nobody asks for it again within a second"
    );
    hands.pass(Duration::from_secs(1));
    assert_eq!(ask(&reader, &second).await, Some(Status::Active));
    // The lease was read beside it, and is known again.
    assert_eq!(ask(&reader, &second).await, Some(Status::Active));
    assert!(reader.held(&second).is_some());
}

async fn the_lease_in_force_is_read_twice_in_ten_seconds(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let (reader, hands) = with_lease(&given, 1_000).await;
    let calls = given.proxy.calls(READ);
    for _ in 0..100 {
        hands.pass(Duration::from_millis(100));
        assert_eq!(ask(&reader, &id).await, Some(Status::Active));
    }
    // Ten of the key, and the lease after five seconds and after ten, beside the next read of the key.
    assert_eq!(given.proxy.calls(READ) - calls, 11);
    hands.pass(Duration::from_secs(1));
    assert_eq!(ask(&reader, &id).await, Some(Status::Active));
    assert_eq!(given.proxy.calls(READ) - calls, 13);
}

async fn no_answer_waits_for_a_lease_that_does_not_come(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let (reader, hands) = with_lease(&given, 1_000).await;
    given.proxy.choose(|call| match call.names("SETTINGS") {
        true => Fault::Silent {
            done: false,
            then: None,
        },
        false => Fault::None,
    });
    // Due to be read again, and good for as long as that is not done.
    hands.pass(Duration::from_secs(6));
    let patience = Duration::from_secs(10);
    let asked = tokio::time::timeout(patience, ask(&reader, &id)).await;
    assert_eq!(asked, Ok(Some(Status::Active)));
    assert!(reader.held(&id).is_some());
    // Too old: what is read now may not be answered from.
    hands.pass(Duration::from_secs(5));
    let asked = tokio::time::timeout(patience, ask(&reader, &id)).await;
    assert_eq!(asked, Ok(Some(Status::Active)));
    assert!(reader.held(&id).is_none());
}

async fn a_lease_is_lengthened_in_one_write_and_shortened_in_two(given: Given) {
    let store = &given.store;
    store.change_lease_alone(lease(50)).await.unwrap();
    let writes = given.proxy.calls(WRITE);
    let longer = store.change_lease(lease(1_000)).await.unwrap().now;
    assert_eq!((longer.lease, longer.longest), (lease(1_000), lease(1_000)));
    assert_eq!(given.proxy.calls(WRITE) - writes, 1);
    let shorter = store.change_lease_alone(lease(0)).await.unwrap();
    assert_eq!(shorter.before, longer);
    assert_eq!(
        (shorter.now.lease, shorter.now.longest),
        (lease(0), lease(0))
    );
    assert_eq!(given.proxy.calls(WRITE) - writes, 3);
    let same = store.change_lease(lease(0)).await.unwrap();
    assert_eq!(same.before, same.now);
    assert_eq!(given.proxy.calls(WRITE) - writes, 3);
}

async fn a_shortening_that_was_killed_keeps_revocations_waiting_and_is_finished_by_the_next(
    given: Given,
) {
    let store = given.store.clone();
    store.change_lease_alone(lease(1_000)).await.unwrap();
    let mut shortening = Box::pin(store.change_lease(lease(100)));
    let in_force = loop {
        tokio::select! {
            biased;
            _ = &mut shortening => panic!("it waits for instances that use the longer one"),
            in_force = given.store.lease_in_force() => {
                let in_force = in_force.unwrap();
                if in_force.lease == lease(100) {
                    break in_force;
                }
            }
        }
    };
    drop(shortening);
    assert_eq!(in_force.longest, lease(1_000));
    let finished = given
        .store
        .change_lease_alone(lease(100))
        .await
        .unwrap()
        .now;
    assert_eq!((finished.lease, finished.longest), (lease(100), lease(100)));
}

async fn of_two_changes_at_once_one_is_refused(given: Given) {
    given.store.change_lease_alone(lease(50)).await.unwrap();
    let (arrived, release) = given.proxy.hold(WRITE);
    let overtake = async {
        arrived.await.unwrap();
        given.store.change_lease_alone(lease(200)).await.unwrap();
        release.send(()).unwrap();
    };
    let (refused, ()) = tokio::join!(given.store.change_lease_alone(lease(100)), overtake);
    assert!(
        matches!(refused, Err(LeaseChangeError::Overtaken)),
        "{refused:?}"
    );
    let in_force = given.store.lease_in_force().await.unwrap();
    assert_eq!((in_force.lease, in_force.longest), (lease(200), lease(200)));
}

async fn a_revocation_waits_for_the_longest_lease_in_force(given: Given) {
    given.store.change_lease_alone(lease(0)).await.unwrap();
    let reads = given.proxy.calls(READ);
    given.store.wait_out_leases().await.unwrap();
    assert_eq!(given.proxy.calls(READ) - reads, 1);
    given.store.change_lease_alone(lease(120)).await.unwrap();
    let began = Instant::now();
    given.store.wait_out_leases().await.unwrap();
    assert!(began.elapsed() > Duration::from_millis(121));
}

async fn a_revocation_that_can_not_read_the_lease_is_not_done(given: Given) {
    given.store.change_lease_alone(lease(0)).await.unwrap();
    given.proxy.always(READ, || Fault::InternalError);
    let waited = given.store.wait_out_leases().await;
    assert!(
        matches!(waited, Err(StoreError::Unavailable { .. })),
        "{waited:?}"
    );
    given.proxy.heal();
    let mut row = given.view("SETTINGS", "LEASE").await;
    row.insert("schema".into(), crate::given::text("lease-9"));
    given.put_view(row.clone()).await;
    let waited = given.store.wait_out_leases().await;
    assert!(
        matches!(waited, Err(StoreError::Unreadable { .. })),
        "{waited:?}"
    );
    row.insert("schema".into(), crate::given::text("lease-1"));
    // What instances may use for longer than anybody waits.
    row.insert("lease".into(), crate::given::number(5_000));
    given.put_view(row).await;
    let waited = given.store.wait_out_leases().await;
    assert!(
        matches!(waited, Err(StoreError::Unreadable { .. })),
        "{waited:?}"
    );
    // And verify knows of none.
    let fresh = LeasedReader::new(given.reader.clone());
    assert!(fresh.refresh().await.is_err());
}

async fn where_no_lease_was_ever_set_verify_is_strict_and_a_revocation_waits_longest(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let (reader, _) = reader(&given).await;
    ask(&reader, &id).await;
    assert!(reader.held(&id).is_none());
    let in_force = given.store.lease_in_force().await.unwrap();
    assert!(!in_force.is_chosen());
    assert_eq!(in_force.longest, Lease::LONGEST);
}

async fn a_wrong_secret_is_refused_on_what_the_row_says_now(given: Given) {
    let by = given.verified("acme").await;
    given
        .store
        .change_lease_alone(Lease::LONGEST)
        .await
        .unwrap();
    let ring = Ring::of(&given).await;
    let (verifier, _) = ring.verifier(&given).await;
    for held in create(&given, &by, &ring).await {
        assert_eq!(outcome(&verifier, &held).await, "valid");
        let calls = given.proxy.calls(READ);
        assert_eq!(outcome(&verifier, &held).await, "valid");
        assert_eq!(given.proxy.calls(READ), calls, "from memory");
        let expected = match held.scheme {
            hubkeys_domain::Scheme::Basic => "wrong_secret",
            hubkeys_domain::Scheme::Hmac => "signature_mismatch",
        };
        let stranger = crate::fleet::Held {
            secret: hubkeys_domain::Secret::generate().unwrap(),
            ..held
        };
        for asked in 1..=2 {
            assert_eq!(outcome(&verifier, &stranger).await, expected);
            assert_eq!(given.proxy.calls(READ) - calls, asked);
        }
        given.revoke(&stranger.id, &by).await.unwrap();
        // The holder of the wrong secret hears nothing of what is in memory, nor of the revocation.
        assert_eq!(outcome(&verifier, &stranger).await, expected);
    }
}

async fn a_key_revoked_under_load_never_verifies_after_its_revocation_was_answered(given: Given) {
    let by = given.verified("acme").await;
    given.store.change_lease_alone(lease(50)).await.unwrap();
    let ring = Ring::of(&given).await;
    let verifiers = [ring.verifier(&given).await.0, ring.verifier(&given).await.0];
    for _ in 0..5 {
        for held in create(&given, &by, &ring).await {
            for verifier in &verifiers {
                assert_eq!(outcome(verifier, &held).await, "valid");
            }
            let answered = Mutex::new(false);
            let revoke = async {
                given.revoke(&held.id, &by).await.unwrap();
                given.store.wait_out_leases().await.unwrap();
                *answered.lock().unwrap() = true;
            };
            let ask = async |verifier| {
                let mut valid = 0;
                loop {
                    let was_answered = *answered.lock().unwrap();
                    let found = outcome(verifier, &held).await;
                    // One that began before may end either way.
                    assert!(
                        found == "revoked" || !was_answered && found == "valid",
                        "{found}"
                    );
                    if was_answered {
                        return valid;
                    }
                    valid += usize::from(found == "valid");
                    tokio::task::yield_now().await;
                }
            };
            let ((), first, second) = tokio::join!(revoke, ask(&verifiers[0]), ask(&verifiers[1]));
            assert!(first + second > 0, "it was valid for a while");
        }
    }
}

async fn strangers_who_ask_at_once_cost_as_many_reads_whatever_the_key_is(given: Given) {
    let by = given.verified("acme").await;
    given
        .store
        .change_lease_alone(Lease::LONGEST)
        .await
        .unwrap();
    let ring = Ring::of(&given).await;
    let (verifier, _) = ring.verifier(&given).await;
    let [live, _] = create(&given, &by, &ring).await;
    let [revoked, _] = create(&given, &by, &ring).await;
    given.revoke(&revoked.id, &by).await.unwrap();
    let unknown = KeyId::generate(crate::given::at(0)).unwrap();
    for id in [live.id, revoked.id, unknown] {
        let stranger = crate::fleet::Held {
            id,
            scheme: hubkeys_domain::Scheme::Basic,
            secret: hubkeys_domain::Secret::generate().unwrap(),
        };
        let calls = given.proxy.calls(READ);
        let (arrived, release) = given.proxy.hold(READ);
        let let_go = async {
            arrived.await.unwrap();
            release.send(()).unwrap();
        };
        let (first, second, ()) = tokio::join!(
            outcome(&verifier, &stranger),
            outcome(&verifier, &stranger),
            let_go
        );
        assert_eq!(first, second);
        assert_eq!(given.proxy.calls(READ) - calls, 2, "{first}");
    }
}

async fn a_key_that_is_found_revoked_is_forgotten(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let (reader, _) = with_lease(&given, 5_000).await;
    ask(&reader, &id).await;
    assert!(reader.held(&id).is_some());
    given.revoke(&id, &by).await.unwrap();
    // Somebody who is not answered from memory reads.
    let found = reader.read(&id).await.unwrap().unwrap();
    assert_eq!(found.status, Status::Revoked);
    assert!(reader.held(&id).is_none());
}

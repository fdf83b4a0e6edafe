//! Every command, and verify, with every fault at every call it makes of the database, once and for as long as it lasts: what it
//! answers is right, sent again it is done, and it is done once and whole.
//!
//! Against the embedded database alone: it is some hundred runs, and the other implementation takes one request at a time.

use std::time::Duration;

use fault_proxy::{Fault, Twin};
use hubkeys_domain::account::{AccountCommand, Standing};
use hubkeys_domain::api_key::ApiKeyCommand;
use hubkeys_domain::{AuthorizedAdministrator, KeyId, Principal, Role, Scheme, Secret};
use hubkeys_store::{ExecuteError, Refusal, Status};

use crate::backend::Backend;
use crate::fleet::{Held, Ring, create, outcome};
use crate::given::{Given, at, creation, operator, remembered, revocation, within};

const FAULTS: usize = 15;
/// From this one on a fault spoils no answer, or not each time: that it lasts makes no difference.
const HARMLESS: usize = 7;

/// The fault of this number, somewhere else in every call where it has a place.
fn fault(number: usize, call: usize) -> Fault {
    let millis = Duration::from_millis(3);
    match number {
        0 => Fault::TransactionConflict,
        1 => Fault::RowThrottled,
        2 => Fault::Throttled,
        3 => Fault::InternalError,
        4 => Fault::LostRequest,
        5 => Fault::LostAnswer,
        6 => Fault::Truncated,
        7 => Fault::Delayed(millis),
        8 => Fault::Duplicated(Twin::First),
        9 => Fault::Duplicated(Twin::Second),
        10 => Fault::Duplicated(Twin::Late(millis)),
        11 => Fault::Stale(1),
        12 => Fault::Stale(2),
        // Primes, so that the bits are all over the answer.
        _ => Fault::Corrupted((number * 7_919 + call * 104_729) as u64),
    }
}

/// Runs `attempt` with each fault at each call, sends it again where it failed, and looks whether all is `right`.
async fn sweep<P, A, E: std::fmt::Debug>(
    prepare: impl AsyncFn(&Given) -> P,
    attempt: impl AsyncFn(&Given, &P) -> Result<A, E>,
    right: impl AsyncFn(&Given, &P, A, usize),
) {
    let backend = Backend::embedded().await;
    let mut met = 0;
    for number in 0..FAULTS {
        let lasting: &[bool] = if number < HARMLESS {
            &[false, true]
        } else {
            &[false]
        };
        for on in lasting.iter().copied() {
            for call in 0.. {
                let given = backend.fresh().await;
                let prepared = prepare(&given).await;
                given.proxy.after(call, on, move || fault(number, call));
                let first = attempt(&given, &prepared).await;
                let was_met = given.proxy.met();
                given.proxy.heal();
                let (answer, attempts) = match first {
                    Ok(answer) => (answer, 1),
                    Err(_) => (attempt(&given, &prepared).await.unwrap(), 2),
                };
                given.proxy.settled().await;
                right(&given, &prepared, answer, attempts).await;
                let drift = given.check().await.drift;
                assert_eq!(
                    drift,
                    [],
                    "{:?} at call {call}, on: {on}",
                    fault(number, call)
                );
                if !was_met {
                    break;
                }
                met += 1;
            }
        }
    }
    // One fault at each of two calls at the least, or nothing was swept.
    assert!(met >= 2 * FAULTS, "{met}");
}

/// How many events there are of this stream.
async fn events(given: &Given, stream: &str) -> usize {
    let events = given.events().await.into_keys();
    events.filter(|(pk, _)| pk == stream).count()
}

fn patience() -> hubkeys_store::WhoAndWhere {
    within(Duration::from_millis(600))
}

#[tokio::test]
async fn opening_and_verifying_an_account_are_done_once_whatever_happens() {
    let by = || Principal {
        account: "acme".parse().unwrap(),
        user: "ann@acme".parse().unwrap(),
        role: Role::Administrator,
    };
    let account = || "acme".parse().unwrap();
    sweep(
        async |_| (),
        async |given, ()| {
            let open = AccountCommand::Open {
                by: by(),
                at: at(0),
            };
            let (account, context) = (account(), patience());
            let store = &given.store;
            store.execute_on_account(&account, open, &context).await
        },
        async |given, (), opened, _| {
            assert_eq!(opened.version, 1);
            assert_eq!(events(given, "ACCOUNT#acme").await, 1);
        },
    )
    .await;
    sweep(
        async |_| (),
        async |given, ()| {
            let verify = AccountCommand::Verify {
                account: account(),
                by: operator(),
                at: at(0),
            };
            let (account, context) = (account(), patience());
            let store = &given.store;
            store.execute_on_account(&account, verify, &context).await
        },
        async |given, (), verified, _| {
            assert_eq!(
                verified.version as usize,
                events(given, "ACCOUNT#acme").await
            );
            let standing = given.store.standing(&account()).await.unwrap();
            assert_eq!(standing.standing, Standing::Verified);
        },
    )
    .await;
}

#[tokio::test]
async fn a_create_is_a_whole_key_for_each_time_it_was_sent_at_most() {
    sweep(
        async |given| given.verified("acme").await,
        async |given, by| {
            let id = KeyId::generate(at(0)).unwrap();
            let command = creation(&id, by, "Billing", Scheme::Basic, at(0));
            let store = &given.store;
            store.execute_on_key(&id, command, None, &patience()).await
        },
        async |given, _, created, attempts| {
            let id = created.aggregate.key().unwrap().id.clone();
            let credential = given.reader.get(&id).await.unwrap().unwrap();
            assert_eq!((credential.status, credential.version), (Status::Active, 1));
            assert_eq!(events(given, &format!("KEY#{id}")).await, 1);
            let live = given.limits("acme").await.unwrap().0;
            assert!((1..=attempts as i64).contains(&live), "{live}");
        },
    )
    .await;
}

#[tokio::test]
async fn a_create_under_an_idempotency_key_is_one_key() {
    // As `functions/create-key` does it.
    async fn once(
        given: &Given,
        by: &AuthorizedAdministrator,
    ) -> Result<KeyId, Box<dyn std::error::Error>> {
        let earlier = || given.store.earlier_request(by.account(), "once", at(0));
        if let Some(earlier) = earlier().await? {
            return Ok(earlier.key);
        }
        let id = KeyId::generate(at(0))?;
        let command = creation(&id, by, "Billing", Scheme::Basic, at(0));
        let row = remembered(by, "once", &id, at(0));
        let store = &given.store;
        match store
            .execute_on_key(&id, command, Some(&row), &patience())
            .await
        {
            Ok(_) => Ok(id),
            Err(ExecuteError::Refused(Refusal::IdempotencyKeyUsed)) => {
                Ok(earlier().await?.ok_or("it is remembered")?.key)
            }
            Err(error) => Err(error.into()),
        }
    }
    sweep(
        async |given| given.verified("acme").await,
        async |given, by| once(given, by).await,
        async |given, by, id, _| {
            assert_eq!(given.limits("acme").await.unwrap().0, 1);
            assert_eq!(given.seen(&id, by).await.1, 1);
            assert_eq!(once(given, by).await.unwrap(), id);
        },
    )
    .await;
}

/// A key, and who may change it.
async fn with_key(given: &Given) -> (AuthorizedAdministrator, KeyId) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    (by, id)
}

#[tokio::test]
async fn a_rename_is_one_event_whatever_happens() {
    sweep(
        with_key,
        async |given, (by, id)| {
            let rename = ApiKeyCommand::Rename {
                name: "Invoices".parse().unwrap(),
                by: by.clone(),
                at: at(1),
            };
            let store = &given.store;
            store.execute_on_key(id, rename, None, &patience()).await
        },
        async |given, (by, id), renamed, _| {
            assert_eq!(renamed.version, 2);
            assert_eq!(events(given, &format!("KEY#{id}")).await, 2);
            let (key, version) = given.seen(id, by).await;
            assert_eq!((key.name.to_string().as_str(), version), ("Invoices", 2));
        },
    )
    .await;
}

#[tokio::test]
async fn a_revocation_is_one_event_and_seen_by_verify_whatever_happens() {
    sweep(
        with_key,
        // As `functions/revoke` does it.
        async |given, (by, id)| -> Result<(), Box<dyn std::error::Error>> {
            let store = &given.store;
            let revoked = store
                .execute_on_key(id, revocation(by), None, &patience())
                .await?;
            if !revoked.changed {
                store.confirm_revocation(id).await?;
            }
            Ok(())
        },
        async |given, (_, id), (), _| {
            let credential = given.reader.get(id).await.unwrap().unwrap();
            let seen = (credential.status, credential.version);
            assert_eq!(seen, (Status::Revoked, 2));
            assert_eq!(events(given, &format!("KEY#{id}")).await, 2);
            assert_eq!(given.limits("acme").await.unwrap().0, 0);
        },
    )
    .await;
}

#[tokio::test]
async fn resealing_moves_every_key_once_whatever_happens() {
    sweep(
        async |given| {
            let ring = Ring::of(given).await;
            let by = given.verified("acme").await;
            let keys = create(given, &by, &ring).await;
            ring.editor(given).rotate().await.unwrap();
            (ring, keys)
        },
        async |given, (ring, _)| -> Result<(), String> {
            let resealed = crate::fleet::reseal(given, ring).await;
            let resealed = resealed.map_err(|error| error.to_string())?;
            if resealed.failed.is_empty() {
                Ok(())
            } else {
                Err(format!("{:?}", resealed.failed))
            }
        },
        async |given, (ring, keys), (), _| {
            let (verifier, mover) = ring.verifier(given).await;
            for held in keys {
                assert_eq!(outcome(&verifier, held).await, "valid");
            }
            mover.settled().await;
            // The HMAC secret was moved; the digest waits for a proposal.
            for (held, expected) in keys.iter().zip([1, 2]) {
                assert_eq!(events(given, &format!("KEY#{}", held.id)).await, expected);
            }
        },
    )
    .await;
}

/// A live key of each scheme, one that is revoked, and the secrets of nobody.
async fn holders(given: &Given) -> (Ring, Vec<(Held, &'static str)>) {
    let ring = Ring::of(given).await;
    let by = given.verified("acme").await;
    let [basic, hmac] = create(given, &by, &ring).await;
    let [revoked, _] = create(given, &by, &ring).await;
    given.revoke(&revoked.id, &by).await.unwrap();
    let with = |of: &Held, secret| Held {
        id: of.id.clone(),
        scheme: of.scheme,
        secret,
    };
    let nobodys = || Secret::generate().unwrap();
    let unknown = Held {
        id: KeyId::generate(at(0)).unwrap(),
        scheme: Scheme::Basic,
        secret: nobodys(),
    };
    let holders = vec![
        (with(&basic, nobodys()), "wrong_secret"),
        (basic, "valid"),
        (hmac, "valid"),
        (revoked, "revoked"),
        (unknown, "unknown_key"),
    ];
    (ring, holders)
}

#[tokio::test]
async fn verify_is_right_or_does_not_decide_whatever_happens() {
    sweep(
        holders,
        async |given, (ring, holders)| -> Result<(), &'static str> {
            let (verifier, mover) = ring.verifier(given).await;
            let mut undecided = false;
            for (held, expected) in holders {
                match outcome(&verifier, held).await {
                    "nobody can tell" => undecided = true,
                    outcome => assert_eq!(outcome, *expected, "{}", held.id),
                }
            }
            mover.settled().await;
            if undecided { Err("undecided") } else { Ok(()) }
        },
        async |_, _, (), _| (),
    )
    .await;
}

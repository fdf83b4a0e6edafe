//! The keyring rotated and every key moved: wherever it stops, every key still verifies.

use hubkeys_domain::KeyringVersion;
use hubkeys_store::{EditError, KeyringError};
use tokio::join;

use crate::fleet::{Held, Ring, all_verify, create, outcome, reseal};
use crate::given::Given;

contract!(
    killed_before_any_call_of_rotation_and_resealing_every_key_still_verifies,
    killed_after_any_call_of_rotation_and_resealing_every_key_still_verifies,
    two_rotations_at_once_are_one_after_the_other_or_one_is_told,
    a_version_that_a_live_key_needs_is_not_removed,
    a_revoked_key_keeps_no_version_and_is_refused_without_it,
);

fn version(text: &str) -> KeyringVersion {
    KeyringVersion::try_from(text.to_owned()).unwrap()
}

/// What an operator does, and what may be killed at any of its calls. Where the keyring is a secret, its own calls are
/// looked at: the others are the same, and take that server long.
async fn rotate_and_reseal(given: &Given, ring: &Ring) -> Result<(), String> {
    let failed = |error: &dyn std::error::Error| error.to_string();
    if given.keeps_secrets() {
        let rotated = ring.editor(given).rotate().await;
        return rotated.map(drop).map_err(|error| failed(&error));
    }
    reseal(given, ring).await.map_err(|error| failed(&error))?;
    let editor = ring.editor(given);
    editor.rotate().await.map_err(|error| failed(&error))?;
    reseal(given, ring).await.map_err(|error| failed(&error))?;
    Ok(())
}

/// Runs it once and kills it at call `calls`. Returns whether it was killed before its end.
async fn killed_after(given: &Given, calls: usize, done: bool) -> bool {
    let ring = Ring::of(given).await;
    let by = given.verified("acme").await;
    // Created under version 1, which one of the verifiers will know alone; between, under version 2.
    let mut keys: Vec<Held> = create(given, &by, &ring).await.into();
    let (before, _) = ring.verifier(given).await;
    ring.editor(given).rotate().await.unwrap();
    keys.extend(create(given, &by, &ring).await);
    let (between, mover) = ring.verifier(given).await;
    assert!(all_verify(&between, &keys).await);
    mover.settled().await;

    given.proxy.kill_after(calls, done);
    let killed = rotate_and_reseal(given, &ring).await.is_err();
    given.proxy.heal();

    // Whoever ran on, whoever starts now, and who comes after.
    let (after, mover) = ring.verifier(given).await;
    keys.extend(create(given, &by, &ring).await);
    for (verifier, who) in [
        (&before, "before"),
        (&between, "between"),
        (&after, "after"),
    ] {
        assert!(
            all_verify(verifier, &keys).await,
            "{who}, killed at call {calls} (done: {done})"
        );
    }
    mover.settled().await;

    // The same again goes on from there.
    rotate_and_reseal(given, &ring).await.unwrap();
    let (last, mover) = ring.verifier(given).await;
    assert!(all_verify(&last, &keys).await);
    mover.settled().await;
    let resealed = reseal(given, &ring).await.unwrap();
    assert_eq!((resealed.waiting, resealed.failed), (0, vec![]));
    let newest = ring.source(given).await.current().await.current().clone();
    let found = given.store.keyring_use().await.unwrap();
    assert_eq!(found.live_under(&newest), keys.len() as u64);
    assert!(all_verify(&before, &keys).await);
    assert_eq!(given.check().await.drift, []);
    killed
}

async fn killed_at_every_call(given: &Given, done: bool) {
    let mut calls = 0;
    while killed_after(&given.another().await, calls, done).await {
        calls += 1;
    }
    // Two reads and four writes of the secret, or two scans and four keys: fewer calls would mean that it stood still.
    let least = if given.keeps_secrets() { 6 } else { 12 };
    assert!(calls >= least, "{calls}");
}

async fn killed_before_any_call_of_rotation_and_resealing_every_key_still_verifies(given: Given) {
    killed_at_every_call(&given, false).await;
}

async fn killed_after_any_call_of_rotation_and_resealing_every_key_still_verifies(given: Given) {
    killed_at_every_call(&given, true).await;
}

async fn two_rotations_at_once_are_one_after_the_other_or_one_is_told(given: Given) {
    let ring = Ring::of(&given).await;
    let by = given.verified("acme").await;
    let keys = create(&given, &by, &ring).await;
    let (one, other) = (ring.editor(&given), ring.editor(&given));
    let (one, other) = join!(one.rotate(), other.rotate());
    let told = |rotated: &Result<_, EditError>| {
        matches!(
            rotated,
            Ok(_) | Err(EditError::Keyring(KeyringError::Overtaken))
        )
    };
    assert!(told(&one) && told(&other), "{one:?} {other:?}");
    assert!(one.is_ok() || other.is_ok());
    let document = ring.editor(&given).document().await.unwrap();
    assert_eq!(document.next(), None);
    let (verifier, _) = ring.verifier(&given).await;
    assert!(all_verify(&verifier, &keys).await);
}

async fn a_version_that_a_live_key_needs_is_not_removed(given: Given) {
    let ring = Ring::of(&given).await;
    let by = given.verified("acme").await;
    let keys = create(&given, &by, &ring).await;
    let editor = ring.editor(&given);
    let refused = editor.prune(&given.store, &version("1")).await;
    assert!(
        matches!(refused, Err(EditError::Rotation(_))),
        "{refused:?}"
    );
    editor.rotate().await.unwrap();
    let pruned = editor.prune(&given.store, &version("1")).await;
    if given.keeps_secrets() {
        // A function that read it before the rotation may still make a key under version 1.
        assert!(
            matches!(pruned, Err(EditError::NotSettled(_))),
            "{pruned:?}"
        );
        return;
    }
    assert!(
        matches!(&pruned, Err(EditError::InUse { live: 2, .. })),
        "{pruned:?}"
    );
    assert_eq!(reseal(&given, &ring).await.unwrap().waiting, 1);
    let pruned = editor.prune(&given.store, &version("1")).await;
    assert!(
        matches!(&pruned, Err(EditError::InUse { live: 1, .. })),
        "{pruned:?}"
    );

    let (verifier, mover) = ring.verifier(&given).await;
    assert!(all_verify(&verifier, &keys).await);
    mover.settled().await;
    assert_eq!(reseal(&given, &ring).await.unwrap().digests, 1);
    // A row that was lost may hide who needs the version.
    let row = format!("KEY#{}", keys[0].id);
    let lost = given.view(&row, "VERIFY").await;
    given.delete_view(&row, "VERIFY").await;
    let pruned = editor.prune(&given.store, &version("1")).await;
    assert!(matches!(pruned, Err(EditError::Drift(1))), "{pruned:?}");
    given.put_view(lost).await;

    editor.prune(&given.store, &version("1")).await.unwrap();
    let (pruned, _) = ring.verifier(&given).await;
    assert!(all_verify(&pruned, &keys).await);
    let held = editor.document().await.unwrap();
    assert_eq!(held.versions().collect::<Vec<_>>(), [&version("2")]);
}

async fn a_revoked_key_keeps_no_version_and_is_refused_without_it(given: Given) {
    let ring = Ring::of(&given).await;
    let by = given.verified("acme").await;
    let keys = create(&given, &by, &ring).await;
    for held in &keys {
        given.revoke(&held.id, &by).await.unwrap();
    }
    let editor = ring.editor(&given);
    editor.rotate().await.unwrap();
    let resealed = reseal(&given, &ring).await.unwrap();
    assert_eq!(
        (resealed.keys, resealed.sealed, resealed.waiting),
        (2, 0, 0)
    );
    let (verifier, _) = ring.verifier(&given).await;
    for held in &keys {
        assert_eq!(outcome(&verifier, held).await, "revoked");
    }
    if given.keeps_secrets() {
        return;
    }
    editor.prune(&given.store, &version("1")).await.unwrap();
    let (verifier, _) = ring.verifier(&given).await;
    let refused = [
        outcome(&verifier, &keys[0]).await,
        outcome(&verifier, &keys[1]).await,
    ];
    // Nobody can show any more that they hold the secret: they learn what everybody does.
    assert_eq!(refused, ["wrong_secret", "signature_mismatch"]);
}

//! Which digest may take the place of another one, and what becomes of everything else.

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::api_key::ApiKeyEvent;
use hubkeys_domain::{Actor, Scheme};

use crate::fleet::{Held, Ring, all_verify, create, reseal};
use crate::given::{Given, Item, operator, text};
use fault_proxy::Fault;

contract!(
    sealed_secrets_move_at_once_and_digests_when_they_were_presented,
    a_proposal_is_put_once_by_an_instance_and_does_not_hold_up_an_answer,
    a_proposal_of_nobodys_making_changes_nothing,
    a_proposal_from_before_another_rotation_waits_for_the_next_one,
    a_verifier_with_the_old_keyring_opens_what_is_made_under_a_new_version_at_once,
    a_key_that_is_revoked_while_it_is_moved_stays_revoked,
);

async fn rotated(given: &Given) -> (Ring, Vec<Held>) {
    let ring = Ring::of(given).await;
    let by = given.verified("acme").await;
    let keys = create(given, &by, &ring).await.into();
    ring.editor(given).rotate().await.unwrap();
    (ring, keys)
}

fn proposal(held: &Held) -> String {
    format!("MOVED#{}", held.id)
}

/// Presents every key to a verifier that starts now.
async fn present(given: &Given, ring: &Ring, keys: &[Held]) {
    let (verifier, mover) = ring.verifier(given).await;
    assert!(all_verify(&verifier, keys).await);
    mover.settled().await;
}

async fn sealed_secrets_move_at_once_and_digests_when_they_were_presented(given: Given) {
    let (ring, keys) = rotated(&given).await;
    let first = reseal(&given, &ring).await.unwrap();
    assert_eq!((first.keys, first.sealed, first.digests), (2, 1, 0));
    assert_eq!((first.waiting, first.failed), (1, vec![]));
    present(&given, &ring, &keys).await;
    let second = reseal(&given, &ring).await.unwrap();
    assert_eq!((second.sealed, second.digests, second.waiting), (0, 1, 0));
    let before = given.everything().await;
    let third = reseal(&given, &ring).await.unwrap();
    assert_eq!((third.sealed, third.digests, third.waiting), (0, 0, 0));
    assert_eq!(given.everything().await, before);

    // The proposal went with what was made of it.
    let proposals = before.1.keys().filter(|(pk, _)| pk.starts_with("MOVED#"));
    assert_eq!(proposals.count(), 0);
    let by = crate::given::administrator("acme");
    for held in &keys {
        let history = given.store.key_history(&by, &held.id).await.unwrap();
        let history = history.unwrap();
        let [_, resealed] = history.as_slice() else {
            panic!("{history:?}");
        };
        assert!(matches!(
            &resealed.event,
            ApiKeyEvent::KeyResealed { by, .. } if *by == Actor::from(&operator())
        ));
        assert_eq!(resealed.request_id, "reseal-1");
        let credential = given.reader.get(&held.id).await.unwrap().unwrap();
        assert_eq!(credential.secret.keyring().as_str(), "2");
        assert_eq!(credential.version, 2);
    }
    present(&given, &ring, &keys).await;
    assert_eq!(given.check().await.drift, []);
}

async fn a_proposal_is_put_once_by_an_instance_and_does_not_hold_up_an_answer(given: Given) {
    let (ring, keys) = rotated(&given).await;
    let (verifier, mover) = ring.verifier(&given).await;
    let (arrived, release) = given.proxy.hold("PutItem");
    // The answer is there while the proposal is still under way.
    assert!(all_verify(&verifier, &keys).await);
    arrived.await.unwrap();
    assert!(all_verify(&verifier, &keys).await);
    release.send(()).unwrap();
    mover.settled().await;
    assert_eq!(given.proxy.calls("PutItem"), 1);
    let row = given.view(&proposal(&keys[0]), "DIGEST").await;
    assert!(row.contains_key("expires"));

    // One that is lost is lost, and nobody notices.
    let (verifier, mover) = ring.verifier(&given).await;
    given.proxy.always("PutItem", || Fault::InternalError);
    assert!(all_verify(&verifier, &keys).await);
    mover.settled().await;
}

async fn a_proposal_of_nobodys_making_changes_nothing(given: Given) {
    let (ring, mut keys) = rotated(&given).await;
    let by = crate::given::administrator("acme");
    keys.truncate(1);
    present(&given, &ring, &keys).await;
    let honest = given.view(&proposal(&keys[0]), "DIGEST").await;
    let events = given.events().await;

    let other = create(&given, &by, &ring).await;
    let mut planted = honest.clone();
    let digest = given.view(&format!("KEY#{}", other[0].id), "VERIFY").await;
    planted.insert("secret".to_owned(), digest["secret"].clone());
    let mut unproven = honest.clone();
    unproven.insert("proof".to_owned(), text(&format!("{}=", "A".repeat(43))));
    let mut of_no_form = honest.clone();
    of_no_form.insert("secret".to_owned(), AttributeValue::Null(true));
    let mut without_proof: Item = honest.clone();
    without_proof.remove("proof");
    for row in [planted, unproven, of_no_form, without_proof] {
        given.put_view(row).await;
        let resealed = reseal(&given, &ring).await.unwrap();
        assert_eq!(resealed.digests, 0, "{resealed:?}");
        assert_eq!(resealed.waiting as usize + resealed.failed.len(), 1);
    }
    // But for the creations, nothing has happened to the Basic keys.
    let resealed = |rows: &crate::given::Rows| {
        rows.values()
            .filter(|row| row["type"] == text("KeyResealed"))
            .count()
    };
    assert_eq!(resealed(&events), 0);
    assert_eq!(resealed(&given.events().await), 1, "the HMAC key alone");
    given.put_view(honest).await;
    assert_eq!(reseal(&given, &ring).await.unwrap().digests, 1);
    present(&given, &ring, &keys).await;
}

async fn a_proposal_from_before_another_rotation_waits_for_the_next_one(given: Given) {
    let (ring, keys) = rotated(&given).await;
    present(&given, &ring, &keys).await;
    ring.editor(&given).rotate().await.unwrap();
    let resealed = reseal(&given, &ring).await.unwrap();
    assert_eq!((resealed.digests, resealed.waiting), (0, 1));
    assert_eq!(resealed.failed, []);
    present(&given, &ring, &keys).await;
    let resealed = reseal(&given, &ring).await.unwrap();
    assert_eq!((resealed.digests, resealed.waiting), (1, 0));
    let credential = given.reader.get(&keys[0].id).await.unwrap().unwrap();
    assert_eq!(credential.secret.keyring().as_str(), "3");
}

async fn a_verifier_with_the_old_keyring_opens_what_is_made_under_a_new_version_at_once(
    given: Given,
) {
    let ring = Ring::of(&given).await;
    let by = given.verified("acme").await;
    // It has read the keyring this very moment: that is no reason not to look for the new version.
    let (old, _) = ring.verifier(&given).await;
    for _ in 0..3 {
        ring.editor(&given).rotate().await.unwrap();
        let keys = create(&given, &by, &ring).await;
        assert!(all_verify(&old, &keys).await);
    }
}

async fn a_key_that_is_revoked_while_it_is_moved_stays_revoked(given: Given) {
    let (ring, keys) = rotated(&given).await;
    let by = crate::given::administrator("acme");
    let signer = keys.iter().find(|held| held.scheme == Scheme::Hmac);
    let signer = signer.unwrap();
    let (arrived, release) = given.proxy.hold("TransactWriteItems");
    let overtake = async {
        arrived.await.unwrap();
        given.revoke(&signer.id, &by).await.unwrap();
        release.send(()).unwrap();
    };
    let (resealed, ()) = tokio::join!(reseal(&given, &ring), overtake);
    assert_eq!(resealed.unwrap().sealed, 0);
    let (verifier, _) = ring.verifier(&given).await;
    assert_eq!(crate::fleet::outcome(&verifier, signer).await, "revoked");
    assert_eq!(given.check().await.drift, []);
}

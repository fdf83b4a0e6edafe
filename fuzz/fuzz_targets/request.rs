//! Any request: its facts, its claim, the decision on it, and what is said of it to the author of a client.

#![no_main]

use fuzz::{Request, decided_when_signed, known};
use hubkeys_auth::{check, method_signed, parse, signing_string, suspicious};
use hubkeys_domain::{KnownSecret, Pepper, Secret};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let Some(request) = Request::read(text) else {
        return;
    };
    let Ok(facts) = request.facts() else { return };
    if let Some(suspicion) = suspicious(&facts) {
        let name = suspicion.component;
        assert!(name.len() <= 64 && name.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    }
    let Ok(claim) = parse(&facts) else { return };
    assert!((1..=128).contains(&claim.key().len()));
    let _ = signing_string(&facts, &claim);
    let _ = method_signed(&facts, &claim, &Secret::of_any_form("s"));
    // Nobody who does not hold the secret is let in.
    assert!(check(&facts, &claim, &known(), request.now).is_err());
    let digest = KnownSecret::Digest {
        pepper: Pepper::new(&[7; 32]),
        mac: [7; 32],
    };
    assert!(check(&facts, &claim, &digest, request.now).is_err());
    let _ = decided_when_signed(request);
});

//! No answer but a clear `valid` passes.

use hubkeys_client::{Decision, Outcome, VerifyError};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fake::{Fake, Reply, facts, refused, valid, valid_with_body};

fn is_allowed(answer: &[u8]) -> bool {
    Decision::from_json(answer).is_ok_and(|decision| decision.is_allowed())
}

#[tokio::test]
async fn what_can_not_be_read_is_an_error_and_asked_once() {
    for answer in [
        "",
        "null",
        "[]",
        "\"valid\"",
        "{}",
        "<html>valid</html>",
        r#"{"allowed":true}"#,
        r#"{"outcome":"valid"}"#,
    ] {
        let fake = Fake::replying([Reply::ok(answer)]).await;
        let error = fake.verify().ask(&facts()).await.unwrap_err();
        assert!(
            matches!(error, VerifyError::Unreadable(_)),
            "{answer}: {error}"
        );
        assert_eq!(fake.questions().len(), 1, "{answer}");
    }
    let mut large = valid();
    large["padding"] = json!("x".repeat(70_000));
    let fake = Fake::replying([Reply::ok(large)]).await;
    let error = fake.verify().ask(&facts()).await.unwrap_err();
    assert!(matches!(error, VerifyError::TooLarge), "{error}");
}

#[test]
fn a_contradiction_is_a_refusal() {
    let mut allowed_refusal = refused("revoked");
    allowed_refusal["allowed"] = json!(true);
    let mut forbidden_valid = valid();
    forbidden_valid["allowed"] = json!(false);
    for (answer, outcome) in [(allowed_refusal, "revoked"), (forbidden_valid, "valid")] {
        let decision = Decision::from_json(answer.to_string().as_bytes()).unwrap();
        assert_eq!(
            decision.into_result().unwrap_err().outcome,
            Outcome::named(outcome)
        );
    }
}

#[test]
fn fields_from_the_future_are_passed_over() {
    let mut answer = valid();
    answer["weather"] = json!({"sky": ["blue"]});
    answer["bound"]["moon"] = json!(true);
    answer["scheme"] = json!("passkey");
    assert!(is_allowed(answer.to_string().as_bytes()));
}

#[test]
fn a_member_that_is_there_twice_is_unreadable() {
    for twice in [
        r#""allowed":false,"#,
        r#""outcome":"revoked","#,
        r#""key":"hk_x","#,
    ] {
        let answer = valid().to_string().replacen('{', &format!("{{{twice}"), 1);
        assert!(Decision::from_json(answer.as_bytes()).is_err(), "{answer}");
    }
}

#[test]
fn valid_without_what_it_must_say_is_unreadable() {
    for missing in ["key", "account", "scheme", "version", "bound"] {
        for instead in [None, Some(json!(null)), Some(json!("")), Some(json!([]))] {
            let mut answer = valid();
            match instead {
                Some(value) => answer[missing] = value,
                None => drop(answer.as_object_mut().unwrap().remove(missing)),
            }
            assert!(
                Decision::from_json(answer.to_string().as_bytes()).is_err(),
                "{answer}"
            );
        }
    }
    for (kind, digest) in [
        ("md5", ""),
        ("md5", "00"),
        ("sha-256", "zz"),
        ("sha-512", &"0".repeat(64)),
    ] {
        let answer = valid_with_body(kind, digest).to_string();
        assert!(Decision::from_json(answer.as_bytes()).is_err(), "{answer}");
    }
}

/// A value that could stand in the place of `allowed` or `outcome`.
fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(true)),
        Just(json!(false)),
        Just(json!(null)),
        Just(json!(1)),
        Just(json!("true")),
        Just(json!("valid")),
        Just(json!("Valid")),
        Just(json!("valid ")),
        Just(json!(["valid"])),
        "[a-z_]{0,12}".prop_map(Value::from),
    ]
}

proptest! {
    #[test]
    fn only_allowed_and_valid_together_pass(outcome in anything(), allowed in anything()) {
        let mut answer = valid();
        answer["outcome"] = outcome.clone();
        answer["allowed"] = allowed.clone();
        let clear = outcome == json!("valid") && allowed == json!(true);
        prop_assert_eq!(is_allowed(answer.to_string().as_bytes()), clear);
    }

    #[test]
    fn a_beginning_of_an_answer_never_passes(cut in 0..valid().to_string().len()) {
        prop_assert!(!is_allowed(&valid().to_string().as_bytes()[..cut]));
    }

    #[test]
    fn arbitrary_bytes_never_pass(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(!is_allowed(&bytes));
    }

    #[test]
    fn a_refusal_with_any_name_never_passes(name in ".{0,40}") {
        prop_assert!(!is_allowed(refused(&name).to_string().as_bytes()));
    }
}

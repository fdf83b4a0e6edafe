//! `hubkeys explain`: what it says of requests, good and bad.

use std::fs;

use crate::run::{VECTORS, hubkeys};
use serde_json::{Value, json};

/// The cases of a file of vectors.
fn cases(file: &str) -> Vec<Value> {
    let text = fs::read_to_string(format!("{VECTORS}/{file}.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    document["cases"].as_array().unwrap().clone()
}

/// A case of `attacks.json`.
fn case(name: &str) -> Value {
    let all = cases("attacks");
    all.into_iter().find(|case| case["name"] == name).unwrap()
}

fn lines(stdout: &str) -> Vec<Value> {
    stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_vector_comes_out_as_expected() {
    let mut judged = 0;
    for file in ["published", "clients", "attacks", "dialect-attacks"] {
        let cases = cases(file);
        let run = hubkeys(
            &["explain", "--json", &format!("{VECTORS}/{file}.json")],
            "",
        );
        let lines = lines(&run.stdout);
        assert_eq!(lines.len(), cases.len(), "{file}");
        for (case, line) in cases.iter().zip(&lines) {
            let (name, outcome) = (&case["name"], &line["outcome"]);
            assert_eq!(&line["name"], name);
            let expected = case["expect"] == "valid";
            assert_eq!(outcome == "valid", expected, "{name}: {line}");
            assert_eq!(line.get("detail").is_none(), expected, "{line}");
            judged += 1;
        }
        assert_eq!(run.code, 0, "{file}: {}", run.stderr);
    }
    assert!(judged > 280, "{judged}");
}

#[test]
fn a_case_that_is_sent_twice_is_replayed_the_second_time() {
    for name in ["ok-get-sha256", "ok-post-sha256"] {
        let mut case = case(name);
        case["expect"] = "valid-then-refused".into();
        let run = hubkeys(&["explain", "--json", "-"], &case.to_string());
        assert_eq!(
            lines(&run.stdout)[0]["outcome"],
            "replayed",
            "{}",
            run.stdout
        );
        assert_eq!(run.code, 0);
    }
    // What is refused the first time is not sent again.
    let mut stale = case("deny-stale");
    stale["expect"] = "valid-then-refused".into();
    let run = hubkeys(&["explain", "--json", "-"], &stale.to_string());
    assert_eq!(lines(&run.stdout)[0]["outcome"], "clock_skew");
    assert_eq!(run.code, 1);
}

#[test]
fn refusals_are_typed_and_say_what_to_change() {
    for (name, outcome, detail) in [
        ("deny-body-tampered", "body_mismatch", "its MD5 is "),
        (
            "deny-stale",
            "clock_skew",
            "the verifier's clock says 2026-11-23T08:30:00.000Z",
        ),
        (
            "deny-date-not-signed",
            "insufficient_coverage",
            "no date is signed",
        ),
        ("deny-listed-but-absent", "malformed", "does not have"),
        ("deny-dup-date", "malformed", "more than one date"),
        ("deny-bare-lf-in-date", "malformed", "line break"),
        (
            "deny-target-trailing-slash",
            "signature_mismatch",
            "it was signed for the target",
        ),
    ] {
        let run = hubkeys(&["explain", "--json", "-"], &case(name).to_string());
        let line = &lines(&run.stdout)[0];
        assert_eq!(line["outcome"], outcome, "{line}");
        assert!(line["detail"].as_str().unwrap().contains(detail), "{line}");
        assert_eq!(run.code, 0, "{name}");
    }
    let put = cases("clients")
        .into_iter()
        .find(|case| case["name"] == "mm-node-2.0.3-hmac-put-cancel")
        .unwrap();
    let run = hubkeys(&["explain", "-"], &put.to_string());
    assert!(
        run.stdout.contains("signed for POST and sent as PUT"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_signing_string_is_shown_line_by_line() {
    let run = hubkeys(&["explain", "-"], &case("ok-get-sha256").to_string());
    let expected = "    |Date: Mon, 23 Nov 2026 08:30:00 GMT\\n\n    |GET /v1/replies HTTP/1.1\n";
    assert!(run.stdout.contains(expected), "{}", run.stdout);
    let run = hubkeys(
        &["explain", "--json", "-"],
        &case("ok-get-sha256").to_string(),
    );
    assert_eq!(
        lines(&run.stdout)[0],
        json!({
            "name": "ok-get-sha256",
            "outcome": "valid",
            "signing_string": "Date: Mon, 23 Nov 2026 08:30:00 GMT\nGET /v1/replies HTTP/1.1",
        })
    );
}

#[test]
fn one_case_a_list_and_a_document_of_cases_are_read() {
    let (one, two) = (case("ok-get-sha256"), case("deny-stale"));
    for (input, count) in [
        (one.clone(), 1),
        (json!([one, two]), 2),
        (json!({ "note": "…", "cases": [one, two] }), 2),
    ] {
        let run = hubkeys(&["explain", "--json", "-"], &input.to_string());
        assert_eq!((lines(&run.stdout).len(), run.code), (count, 0), "{input}");
    }
}

#[test]
fn another_outcome_than_expected_fails_and_is_told() {
    let mut stale = case("deny-stale");
    for (expect, code) in [
        ("valid", 1),
        ("malformed", 1),
        ("clock_skew", 0),
        ("refused", 0),
    ] {
        stale["expect"] = expect.into();
        let run = hubkeys(&["explain", "-"], &stale.to_string());
        assert_eq!(run.code, code, "{expect}");
        assert_eq!(
            run.stdout.contains("NOT AS EXPECTED"),
            code == 1,
            "{expect}"
        );
    }
    stale.as_object_mut().unwrap().remove("expect");
    assert_eq!(hubkeys(&["explain", "-"], &stale.to_string()).code, 0);
}

#[test]
fn the_keys_scheme_and_the_claims_are_held_against_each_other() {
    let outcome = |change: &[(&str, &str)]| {
        let mut case = case("ok-get-sha256");
        case.as_object_mut().unwrap().remove("expect");
        for (member, value) in change {
            match *value {
                "" => drop(case.as_object_mut().unwrap().remove(*member)),
                value => case[*member] = value.into(),
            }
        }
        let run = hubkeys(&["explain", "--json", "-"], &case.to_string());
        lines(&run.stdout)[0]["outcome"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(outcome(&[]), "valid");
    assert_eq!(outcome(&[("scheme", "")]), "valid");
    assert_eq!(outcome(&[("scheme", "basic")]), "wrong_scheme");
    assert_eq!(outcome(&[("scheme", "rfc9421")]), "forbidden_dialect");
    assert_eq!(outcome(&[("scheme", "hmac")]), "valid");
    assert_eq!(outcome(&[("scheme", "digest")]), "unsupported_scheme");
    assert_eq!(outcome(&[("key", "another")]), "unknown_key");
    assert_eq!(outcome(&[("secret", "another")]), "signature_mismatch");
    assert_eq!(
        outcome(&[("scheme", "basic"), ("key", "another")]),
        "unknown_key"
    );
}

#[test]
fn one_case_that_can_not_be_read_leaves_the_others_judged() {
    let mut broken = case("deny-stale");
    broken["now"] = json!(5);
    let input = json!({ "cases": [broken, 7, case("ok-get-sha256")] }).to_string();
    let run = hubkeys(&["explain", "--json", "-"], &input);
    let lines = lines(&run.stdout);
    assert_eq!(lines[0]["outcome"], "error");
    assert_eq!(lines[0]["detail"], "`now` is not a string");
    assert_eq!(
        (&lines[1]["name"], &lines[1]["outcome"]),
        (&json!("case 2"), &json!("error"))
    );
    assert_eq!(lines[2]["outcome"], "valid");
    assert_eq!(run.code, 1);
}

#[test]
fn what_can_not_be_read_is_one_line_and_exit_code_2() {
    let deep = "[".repeat(100_000);
    for input in [
        "",
        "{",
        "garbage",
        "null",
        "{\"cases\":3}",
        "{\"secret\":\"hunter2\"}",
        "\u{0}",
        &deep,
    ] {
        let run = hubkeys(&["explain", "-"], input);
        assert_eq!(
            (run.code, run.stderr.lines().count()),
            (2, 1),
            "{}",
            run.stderr
        );
        assert!(run.stdout.is_empty() && !run.stderr.contains("hunter2"));
    }
    let run = hubkeys(&["explain", "no-such-file.json"], "");
    assert_eq!(
        (run.code, run.stderr.lines().count()),
        (2, 1),
        "{}",
        run.stderr
    );
    let run = hubkeys(&["explain", "-"], &" ".repeat(16 * 1024 * 1024 + 1));
    assert_eq!(
        (run.code, run.stderr.lines().count()),
        (2, 1),
        "{}",
        run.stderr
    );
}

#[test]
fn no_case_however_mangled_is_more_than_an_error_line() {
    let sound = case("ok-post-sha256");
    let values = [
        json!(null),
        json!(-1),
        json!([]),
        json!({}),
        json!(""),
        json!("\u{0}\r\n\u{1b}[2J\u{202e}"),
        json!("é".repeat(10_000)),
        json!([["Authorization", "hmac "], ["authorization", "\u{ff}"]]),
        json!([["Authorization", "Basic ://"]]),
        json!([["", ""]]),
    ];
    let members: Vec<_> = sound.as_object().unwrap().keys().cloned().collect();
    let mut cases = Vec::new();
    for member in &members {
        for value in &values {
            let mut case = sound.clone();
            case[member] = value.clone();
            cases.push(case);
        }
    }
    let count = cases.len();
    let input = json!({ "cases": cases }).to_string();
    let run = hubkeys(&["explain", "--json", "-"], &input);
    assert_eq!(
        (lines(&run.stdout).len(), run.code),
        (count, 1),
        "{}",
        run.stderr
    );
    let run = hubkeys(&["explain", "-"], &input);
    assert_eq!(run.code, 1);
    assert!(!run.stdout.contains(['\u{1b}', '\u{0}', '\u{202e}']));
}

#[test]
fn explain_prints_no_secret() {
    for file in ["published", "clients", "attacks"] {
        for arguments in [&["explain"][..], &["explain", "--json"]] {
            let path = format!("{VECTORS}/{file}.json");
            let run = hubkeys(&[arguments, &[path.as_str()]].concat(), "");
            for case in cases(file) {
                let secret = case["secret"].as_str().unwrap();
                // Shorter ones are words of any text.
                if secret.len() > 4 {
                    assert!(!run.stdout.contains(secret), "{}", case["name"]);
                    assert!(!run.stderr.contains(secret), "{}", case["name"]);
                }
            }
        }
    }
    // Key and secret swapped: the secret is sent as the key.
    let mut swapped = case("ok-get-sha256");
    let (key, secret) = (swapped["key"].take(), swapped["secret"].take());
    let key_text = key.as_str().unwrap().to_owned();
    (swapped["key"], swapped["secret"]) = (secret, key);
    let run = hubkeys(&["explain", "--json", "-"], &swapped.to_string());
    assert!(
        run.stdout.contains("swap them") && !run.stdout.contains(&key_text),
        "{}",
        run.stdout
    );
}

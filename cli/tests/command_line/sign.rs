//! `hubkeys sign`: what it signs verifies.

use std::fs;

use crate::run::{hubkeys, hubkeys_with};
use serde_json::{Value, json};

const SECRET: &str = "s3cr3tForHm4cT3sts0nly9xQ2";

/// The outcome that `explain` gives to what `sign --facts` printed.
fn outcome(facts: &str, now: &str) -> Value {
    let mut case: Value = serde_json::from_str(facts).unwrap();
    case["now"] = now.into();
    case["key"] = "hk_test".into();
    case["secret"] = SECRET.into();
    let run = hubkeys(&["explain", "--json", "-"], &case.to_string());
    serde_json::from_str::<Value>(&run.stdout).unwrap()["outcome"].take()
}

#[test]
fn what_sign_signs_verifies() {
    let now = "2026-11-23T08:30:00Z";
    let folder = std::env::temp_dir().join(format!("hubkeys-sign-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let body = folder.join("body.json");
    fs::write(&body, r#"{"messages":[]}"#).unwrap();
    let body = body.to_str().unwrap();
    let url = "https://api.example.com/v1/messages?x=1%2F2&y";
    let common = [
        "sign",
        "--key",
        "hk_test",
        "--secret-stdin",
        "--facts",
        "--date",
        now,
        "--url",
    ];
    for algorithm in ["hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512"] {
        for rest in [
            &["--method", "GET"][..],
            &["--method", "POST", "--body-file", body],
        ] {
            let arguments = [&common[..], &[url, "--algorithm", algorithm], rest].concat();
            let run = hubkeys(&arguments, &format!("{SECRET}\n"));
            assert_eq!(run.code, 0, "{}", run.stderr);
            assert!(!run.stdout.contains(SECRET));
            assert_eq!(outcome(&run.stdout, now), "valid", "{}", run.stdout);
            assert_eq!(outcome(&run.stdout, "2026-11-23T09:30:00Z"), "clock_skew");
        }
    }
    let arguments = [
        &common[..],
        &["https://api.example.com", "--scheme", "basic"],
    ]
    .concat();
    let run = hubkeys(&arguments, SECRET);
    assert_eq!(outcome(&run.stdout, now), "valid");
    assert_eq!(
        serde_json::from_str::<Value>(&run.stdout).unwrap()["target"],
        "/"
    );
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn headers_are_printed_as_they_are_sent_or_as_json() {
    let arguments = [
        "sign",
        "--key",
        "k",
        "--url",
        "http://localhost/",
        "--date",
        "2026-11-23T08:30:00Z",
    ];
    let secret = [("HUBKEYS_SECRET", "s"), ("OTHER", "s")];
    let run = hubkeys_with(&arguments, "", &secret);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines[0], "Date: Mon, 23 Nov 2026 08:30:00 GMT");
    assert!(lines[1].starts_with("Authorization: hmac username=\"k\", algorithm=\"hmac-sha256\""));
    let json_arguments = [&arguments[..], &["--json", "--secret-env", "OTHER"]].concat();
    let headers: Value =
        serde_json::from_str(&hubkeys_with(&json_arguments, "", &secret).stdout).unwrap();
    assert_eq!(headers[0], json!(["Date", "Mon, 23 Nov 2026 08:30:00 GMT"]));
}

#[test]
fn what_can_not_be_signed_is_one_line_and_exit_code_1() {
    let secret = [("HUBKEYS_SECRET", "hunter2")];
    for arguments in [
        &["--key", "a\"b", "--url", "http://localhost/"][..],
        &["--key", "k", "--url", "localhost"],
        &["--key", "k", "--url", "http://u:p@localhost/"],
        &[
            "--key",
            "k",
            "--url",
            "http://localhost/",
            "--method",
            "GE T",
        ],
        &[
            "--key",
            "a:b",
            "--url",
            "http://localhost/",
            "--scheme",
            "basic",
        ],
        &[
            "--key",
            "k",
            "--url",
            "http://localhost/",
            "--secret-env",
            "HUBKEYS_NO_SUCH",
        ],
        &[
            "--key",
            "k",
            "--url",
            "http://localhost/",
            "--body-file",
            "-",
            "--secret-stdin",
        ],
    ] {
        let run = hubkeys_with(&[&["sign"], arguments].concat(), "", &secret);
        assert_eq!(
            (run.code, run.stderr.lines().count()),
            (1, 1),
            "{arguments:?}: {}",
            run.stderr
        );
        assert!(run.stdout.is_empty() && !run.stderr.contains("hunter2"));
    }
}

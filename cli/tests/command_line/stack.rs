//! The commands that speak to a service, against the stack that the same binary starts.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::run::{Run, hubkeys_with};

/// A running stack with a folder of its own, stopped and removed at the end.
struct Stack {
    process: Child,
    url: String,
    folder: PathBuf,
}

impl Stack {
    fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("hubkeys-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (process, url) = serve(&folder);
        Self {
            process,
            url,
            folder,
        }
    }

    /// What `hubkeys admin` prints as JSON about the data of this stack, which is stopped for it and started again.
    fn admin(&mut self, arguments: &[&str]) -> Value {
        self.stop();
        let data = self.path("data");
        let arguments = [&["admin"], arguments, &["--by", "staff-7", "--data", &data]].concat();
        let answer = self.json(&arguments);
        (self.process, self.url) = serve(&self.folder);
        answer
    }

    fn stop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, arguments: &[&str], stdin: &str) -> Run {
        let folder = self.path("config");
        hubkeys_with(arguments, stdin, &[("HUBKEYS_CONFIG_DIR", &folder)])
    }

    fn login(&self, user: &str) {
        let run = self.run(&["login", "--user", user, "--url", &self.url], "");
        assert_eq!(run.code, 0, "{}", run.stderr);
    }

    /// The JSON that a command prints.
    fn json(&self, arguments: &[&str]) -> Value {
        let run = self.run(&[arguments, &["--json"]].concat(), "");
        assert_eq!(run.code, 0, "{}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    }

    /// Signs a request with the key of an `--env-file` and asks the service about it.
    fn sign_and_verify(&self, scheme: &str, env_file: &str) -> Run {
        let text = fs::read_to_string(env_file).unwrap();
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap().to_owned()
        };
        let (key, secret) = (value("HUBKEYS_KEY="), value("HUBKEYS_SECRET="));
        let url = "https://api.example.com/v1/messages?x=1";
        let arguments = [
            "sign",
            "--key",
            &key,
            "--scheme",
            scheme,
            "--url",
            url,
            "--facts",
            "--secret-stdin",
        ];
        let facts = self.run(&arguments, &secret).stdout;
        let data = self.path("data");
        self.run(
            &["verify", "-", "--url", &self.url, "--data", &data],
            &facts,
        )
    }
}

/// Starts a stack on the data in a folder, and waits until it serves. Returns where it does.
fn serve(folder: &Path) -> (Child, String) {
    let mut process = Command::new(env!("CARGO_BIN_EXE_hubkeys"))
        .args(["--port", "0", "--data"])
        .arg(folder.join("data"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The first line says where it serves, and comes when it does.
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let url = line
        .split([' ', ','])
        .find(|word| word.starts_with("http://"));
    let url = url.expect("the address it serves").to_owned();
    (process, url)
}

impl Drop for Stack {
    fn drop(&mut self) {
        // What is left behind is in the system's folder for that.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn a_key_is_created_listed_renamed_verified_revoked_and_then_refused() {
    let stack = Stack::start("keys");
    let run = stack.run(&["keys", "list"], "");
    assert!(
        run.code == 1 && run.stderr.contains("hubkeys login"),
        "{}",
        run.stderr
    );
    stack.login("admin@acme");
    let session = fs::metadata(stack.path("config/session.json")).unwrap();
    assert_eq!(session.permissions().mode() & 0o777, 0o600);

    let mut ids = Vec::new();
    for scheme in ["basic", "hmac"] {
        let file = stack.path(scheme);
        let create = [
            "keys",
            "create",
            "A key",
            "--scheme",
            scheme,
            "--env-file",
            &file,
        ];
        let key = stack.json(&create);
        assert_eq!(key.get("secret"), None);
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(
            stack.run(&create, "").code,
            1,
            "an earlier secret is not overwritten"
        );
        let decision = stack.sign_and_verify(scheme, &file);
        assert_eq!(decision.code, 0, "{}{}", decision.stdout, decision.stderr);
        ids.push(key["id"].as_str().unwrap().to_owned());
    }
    let (one, two) = (ids[0].as_str(), ids[1].as_str());

    assert_eq!(
        stack.json(&["keys", "list", "--limit", "1"])["keys"][0]["id"],
        two
    );
    let all = stack.json(&["keys", "list", "--limit", "1", "--all"]);
    assert_eq!(
        (all["keys"].as_array().unwrap().len(), &all["next_cursor"]),
        (2, &Value::Null)
    );
    let search = ["keys", "list", "--search", &one[10..], "--sort", "-name"];
    let found = stack.json(&search);
    let found = found["keys"].as_array().unwrap();
    assert_eq!((found.len(), &found[0]["id"]), (1, &Value::from(one)));
    let table = stack.run(&search[..4], "").stdout;
    assert!(
        table.contains("LAST USED") && table.contains(one),
        "{table}"
    );
    stack.json(&["keys", "rename", one, "Another name"]);
    assert_eq!(stack.json(&["keys", "show", one])["name"], "Another name");

    stack.json(&["keys", "revoke", one, "--reason", "lost"]);
    stack.json(&["keys", "revoke", one, two]);
    for scheme in ["basic", "hmac"] {
        let decision = stack.sign_and_verify(scheme, &stack.path(scheme));
        assert_eq!(decision.code, 1, "{}", decision.stderr);
        assert!(
            decision.stdout.starts_with("outcome  revoked\n"),
            "{}",
            decision.stdout
        );
    }
    let history = stack.json(&["keys", "history", one]);
    let events = history["events"].as_array().unwrap();
    assert_eq!(events.len(), 3, "{history}");
    let unknown = "hk_01jd3v9m2x8c5q7w4n6t0r1z2y";
    assert_eq!(stack.run(&["keys", "revoke", one, unknown], "").code, 1);
}

#[test]
fn the_secret_of_a_repeated_create_is_not_shown_again() {
    let stack = Stack::start("idempotency");
    stack.login("admin@acme");
    let create = [
        "keys",
        "create",
        "A key",
        "--scheme",
        "basic",
        "--idempotency-key",
        "one",
    ];
    let (first, second) = (stack.json(&create), stack.json(&create));
    assert_eq!(first["id"], second["id"]);
    assert!(first.get("secret").is_some() && second.get("secret").is_none());
    let file = stack.path("env");
    let run = stack.run(&[&create[..], &["--env-file", &file]].concat(), "");
    assert!(
        run.code == 1 && !fs::exists(&file).unwrap(),
        "{}",
        run.stderr
    );
}

#[test]
fn a_refusal_is_told_with_its_type_and_what_to_do() {
    let stack = Stack::start("problems");
    stack.login("advanced@acme");
    let run = stack.run(&["keys", "list"], "");
    assert_eq!((run.code, run.stderr.lines().count()), (1, 1));
    assert!(run.stderr.contains("ask your administrator") && run.stderr.contains("request "));

    stack.login("admin@globex");
    assert_eq!(
        stack
            .run(&["keys", "create", "A key", "--scheme", "basic"], "")
            .code,
        1
    );
    stack.json(&["account", "request-verification"]);
    stack.login("operator@hubkeys");
    stack.json(&["account", "verify", "globex"]);
    stack.login("admin@globex");
    assert_eq!(stack.json(&["account", "show"])["standing"], "verified");
    stack.json(&["keys", "create", "A key", "--scheme", "basic"]);

    let facts = r#"{"method":"GET","target":"/","headers":[]}"#;
    let verify = [
        "verify",
        "-",
        "--url",
        &stack.url,
        "--service-token-file",
        "/dev/null",
    ];
    assert_eq!(stack.run(&verify, facts).code, 2);
}

#[test]
fn a_port_or_folder_in_use_is_one_line_and_exit_code_1() {
    let stack = Stack::start("in-use");
    let port = stack.url.rsplit(':').next().unwrap();
    for (port, folder) in [(port, "other"), ("0", "data")] {
        let folder = stack.path(folder);
        let run = stack.run(&["--port", port, "--data", &folder], "");
        assert_eq!(
            (run.code, run.stderr.lines().count()),
            (1, 1),
            "{}",
            run.stderr
        );
        assert!(
            run.stdout.is_empty() && run.stderr.contains("in use"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn a_key_is_made_with_what_it_may_sign_with() {
    let stack = Stack::start("signing");
    stack.login("admin@acme");
    let key = stack.json(&[
        "keys",
        "create",
        "Careful",
        "--scheme",
        "hmac",
        "--dialect",
        "rfc9421",
        "--dialect",
        "cavage-12",
        "--algorithm",
        "hmac-sha512",
        "--replay-protection",
        "all",
    ]);
    assert_eq!(
        key["signing"],
        json!({
            "dialects": ["rfc9421", "cavage-12"], "algorithms": ["hmac-sha512"], "replay_protection": "all"
        })
    );
    let plain = stack.json(&["keys", "create", "Plain", "--scheme", "basic"]);
    assert!(plain.get("signing").is_none(), "{plain}");
}

#[test]
fn a_suspended_accounts_keys_are_refused_until_it_is_reinstated() {
    let mut stack = Stack::start("suspension");
    stack.login("admin@acme");
    let mut ids = Vec::new();
    for scheme in ["basic", "hmac"] {
        let file = stack.path(scheme);
        let create = ["keys", "create", "A key", "--scheme", scheme];
        let key = stack.json(&[&create[..], &["--env-file", &file]].concat());
        ids.push(key["id"].as_str().unwrap().to_owned());
    }
    let outcomes = |stack: &Stack| {
        ["basic", "hmac"].map(|scheme| {
            let decision = stack.sign_and_verify(scheme, &stack.path(scheme));
            let first = decision.stdout.lines().next().unwrap_or_default();
            (decision.code, first.to_owned())
        })
    };
    let refused = (1, "outcome  account_suspended".to_owned());

    let suspended = stack.admin(&["account", "suspend", "acme"]);
    assert_eq!(
        suspended,
        json!({"id": "acme", "standing": "suspended", "changed": true, "keys": 2, "disabled": 2})
    );
    assert_eq!(outcomes(&stack), [refused.clone(), refused.clone()]);
    stack.login("admin@acme");
    for arguments in [
        &["keys", "list"][..],
        &["keys", "create", "Another", "--scheme", "basic"],
        &["keys", "rename", &ids[0], "Renamed"],
        &["keys", "revoke", &ids[0]],
    ] {
        let run = stack.run(arguments, "");
        assert_eq!(run.code, 1, "{arguments:?}");
        assert!(run.stderr.contains("account-suspended"), "{}", run.stderr);
    }
    let again = stack.admin(&["account", "suspend", "acme"]);
    assert_eq!(
        (&again["changed"], &again["disabled"]),
        (&json!(false), &json!(0))
    );

    let revoke = ["key", "revoke", &ids[1], "--reason", "leaked"];
    let revoked = stack.admin(&revoke);
    assert_eq!(
        revoked,
        json!({"id": ids[1], "account": "acme", "status": "revoked", "changed": true})
    );
    assert_eq!(stack.admin(&revoke)["changed"], false);
    assert_eq!(stack.admin(&["check"])["drift"], json!([]));

    let reinstated = stack.admin(&["account", "reinstate", "acme"]);
    assert_eq!(
        reinstated,
        json!({"id": "acme", "standing": "verified", "changed": true, "keys": 1, "enabled": 1})
    );
    let [basic, hmac] = outcomes(&stack);
    assert_eq!((basic.0, hmac.1.as_str()), (0, "outcome  revoked"));
    stack.login("admin@acme");
    let listed = stack.json(&["keys", "list", "--status", "live"]);
    assert_eq!(listed["keys"].as_array().unwrap().len(), 1);
    let history = stack.json(&["keys", "history", &ids[0]]);
    let kinds: Vec<_> = history["events"].as_array().unwrap().iter().collect();
    let kinds: Vec<_> = kinds.iter().map(|event| &event["type"]).collect();
    assert_eq!(kinds, ["created", "disabled", "enabled"]);
    assert_eq!(history["events"][1]["because"], "account_suspended");
    assert_eq!(history["events"][1]["by"]["user"], "staff-7");

    // What can't be is told in one line.
    stack.stop();
    let data = stack.path("data");
    let suspend = ["admin", "account", "suspend", "globex", "--data", &data];
    let run = stack.run(&suspend, "");
    assert_eq!((run.code, run.stderr.lines().count()), (1, 1));
    assert!(run.stderr.contains("never verified"), "{}", run.stderr);
    let unknown = "hk_01jd3v9m2x8c5q7w4n6t0r1z2y";
    let run = stack.run(&["admin", "key", "revoke", unknown, "--data", &data], "");
    assert_eq!(run.code, 1);
    let suspend = ["admin", "account", "suspend", "acme", "--data", &data];
    let run = stack.run(&suspend, "");
    assert!(
        run.stdout.contains("acme is suspended.\n") && run.stdout.contains("none verifies"),
        "{}",
        run.stdout
    );
}

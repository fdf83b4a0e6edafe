//! Runs the built binary.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// The folder of the vectors.
pub(crate) const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors");

/// What a run of `hubkeys` left.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `hubkeys` with this on its standard input.
pub(crate) fn hubkeys(arguments: &[&str], stdin: &str) -> Run {
    hubkeys_with(arguments, stdin, &[])
}

/// Runs `hubkeys` with these environment variables, and none of its own from outside.
pub(crate) fn hubkeys_with(arguments: &[&str], stdin: &str, variables: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hubkeys"));
    for name in [
        "HUBKEYS_SECRET",
        "HUBKEYS_SERVICE_TOKEN",
        "HUBKEYS_CONFIG_DIR",
    ] {
        command.env_remove(name);
    }
    let mut child = command
        .args(arguments)
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input closes it: what it says is what counts.
    let mut pipe = child.stdin.take().unwrap();
    let text = stdin.to_owned();
    let writer = std::thread::spawn(move || drop(pipe.write_all(text.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        code: output.status.code().expect("it exits by itself"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

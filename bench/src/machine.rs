//! What the figures were taken on: without it they say nothing.

use std::fs;
use std::thread;

use serde::Serialize;

/// How to take the figures again.
pub(crate) const COMMAND: &str = "cargo run --profile measured -p bench";

/// A machine, at an instant.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) command: &'static str,
    pub(crate) build: &'static str,
    /// RFC 3339, in UTC, to the second.
    pub(crate) at: String,
    pub(crate) processor: String,
    pub(crate) cores: usize,
}

impl Machine {
    pub(crate) fn here() -> Self {
        Self {
            command: COMMAND,
            build: if cfg!(debug_assertions) {
                "DEBUG: no figures"
            } else {
                "release"
            },
            at: format!("{:.0}", jiff::Timestamp::now()),
            processor: processor().unwrap_or_else(|| "unknown processor".to_owned()),
            cores: thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// The model, where the system tells it as Linux does.
fn processor() -> Option<String> {
    let described = fs::read_to_string("/proc/cpuinfo").ok()?;
    let (_, model) = described
        .lines()
        .find(|line| line.starts_with("model name"))?
        .split_once(':')?;
    Some(model.trim().to_owned())
}

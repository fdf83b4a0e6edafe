//! Compares every row with the events it follows from, and says what it found. It writes nothing: what to do about a row that
//! differs is for a person to decide, with `hubkeys admin`.

use std::error::Error;
use std::num::NonZeroU32;
use std::time::Duration;

use hubkeys_store::{Checkpoint, Mode, Report, Store, StoreError};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

/// What is kept of the function's time to say that the rest was not enough. Lambda's own line about it names no reason.
const TO_SAY_SO: Duration = Duration::from_secs(5);

/// Segments of a table that are read side by side: enough that the function's share of a processor is what it waits for. Of each, a
/// few pages of at most 1 MB are held.
const SEGMENTS: NonZeroU32 = NonZeroU32::MIN.saturating_add(3);

/// The check did not get to its end. Nothing is known of the rows it did not come to, so no metric says that all is well.
#[derive(Debug, thiserror::Error)]
pub enum Unfinished {
    /// The tables could not be read.
    #[error("the check ended after {streams} streams: {}", chain(.source))]
    Store {
        /// How many streams were checked.
        streams: u64,
        /// Why it ended.
        source: StoreError,
    },
    /// There is more to check than there is time.
    #[error(
        "the function's time was over after {streams} streams: run `hubkeys admin check` from a machine instead"
    )]
    Time {
        /// How many streams were checked.
        streams: u64,
    },
}

/// Checks all streams until shortly before `deadline`, and logs each row that does not follow from its events.
///
/// # Errors
/// [`Unfinished`].
pub async fn check(store: &Store, deadline: Instant) -> Result<Report, Unfinished> {
    let mut streams = 0;
    let until = deadline.checked_sub(TO_SAY_SO).unwrap_or(deadline);
    let start = Checkpoint::start(Mode::Check, SEGMENTS);
    let walk = store.walk(start, |reached| streams = reached.progress().streams);
    let checked = timeout_at(until, walk).await;
    let report = match checked {
        Ok(Ok(report)) => report,
        Ok(Err(source)) => return Err(Unfinished::Store { streams, source }),
        Err(_) => return Err(Unfinished::Time { streams }),
    };
    for drift in &report.drift {
        tracing::warn!(row = drift.row, problem = %drift.problem, "a row does not follow from its events");
    }
    let more = report.drifted.rows() - report.drift.len() as u64;
    if more > 0 {
        tracing::warn!(more, "other rows do not follow from their events either");
    }
    Ok(report)
}

/// How many streams were checked and how many rows drifted, as a line in CloudWatch's embedded metric format.
pub fn metrics(stack: &str, report: &Report, now: Timestamp) -> Value {
    json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "Hubkeys",
                "Dimensions": [["Stack"]],
                "Metrics": [
                    {"Name": "ProjectionDrift", "Unit": "Count"},
                    {"Name": "StreamsChecked", "Unit": "Count"},
                ],
            }],
        },
        "Stack": stack,
        "ProjectionDrift": report.drifted.rows(),
        "StreamsChecked": report.streams,
    })
}

/// An error and what caused it: of a failed invocation Lambda logs one line.
fn chain(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

//! Instants, to the millisecond.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// An instant in UTC, in whole milliseconds. Printed and stored as RFC 3339 with three decimals, always the same
/// width, so that its text sorts as it does: `2026-11-23T08:30:00.000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(jiff::Timestamp);

/// The instant is before 1970 or at the very end of the year 9999, or its text is not RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 instant between the years 1970 and 9999")]
pub struct TimestampError;

impl Timestamp {
    /// An instant from milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// Before 1970 or after 9999-12-30T22:00:00Z, where jiff ends so that every time zone still has four-digit years.
    pub fn from_millis(millis: i64) -> Result<Self, TimestampError> {
        let instant = jiff::Timestamp::from_millisecond(millis).map_err(|_| TimestampError)?;
        if millis < 0 {
            Err(TimestampError)
        } else {
            Ok(Self(instant))
        }
    }

    /// Milliseconds since the Unix epoch, never negative.
    pub fn as_millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// Seconds since the Unix epoch, rounded down.
    pub fn as_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// The instant `duration` later; the end of time stays the end of time.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.as_millis().saturating_add(millis)).unwrap_or(self)
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimestampError;

    /// Fails for a clock that stands before 1970: such a clock can't be read, and nothing may be decided by it.
    fn try_from(time: SystemTime) -> Result<Self, Self::Error> {
        let since_epoch = time
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_err(|_| TimestampError)?;
        Self::from_millis(i64::try_from(since_epoch.as_millis()).map_err(|_| TimestampError)?)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| TimestampError)?;
        Self::from_millis(instant.as_millisecond())
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

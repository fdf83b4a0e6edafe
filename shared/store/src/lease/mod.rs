//! Leases: for how long verify may answer from memory, and what a revocation does about it.
//!
//! An instance of verify that has read a key's row may answer from it for the lease, counted from before the read began. A change
//! that takes rights away commits first, then waits out the longest lease in force, and only then says that it is done. So a key
//! never verifies once its revocation was answered with success. The argument is in docs/adr/0027-leases.md, and
//! `tests/lease_model.rs` goes through every order of a small system.

mod leased_reader;
mod moment;
mod setting;
mod waiting;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use leased_reader::LeasedReader;
pub use moment::{Clock, Moment};
pub use setting::{LeaseChange, LeaseChangeError};

/// For how long verify may answer from memory: 0 to 5 seconds, in whole milliseconds. 0 is strict: every answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Lease(u32);

/// More milliseconds than a lease may have, or no whole number of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a lease is 0 to {} milliseconds, in whole ones", Lease::LONGEST.0)]
pub struct LeaseError;

impl Lease {
    /// Strict: verify answers nothing from memory, and a revocation waits for nothing.
    pub const NONE: Self = Self(0);
    /// What a new stack has.
    pub const DEFAULT: Self = Self(1_000);
    /// The most. A revocation waits for as long within one request: `infra/template.yaml` gives a function 10 seconds.
    pub const LONGEST: Self = Self(5_000);

    /// The lease as a time.
    pub fn duration(self) -> Duration {
        Duration::from_millis(self.0.into())
    }

    /// How long to wait by this machine's clock until the lease has ended by everybody's: clocks that are kept right run up to 0.05 %
    /// faster or slower than each other (NTP slews by 500 ppm). Twenty times that, and a millisecond for what clocks round.
    pub(crate) fn waited_out(self) -> Duration {
        if self == Self::NONE {
            return Duration::ZERO;
        }
        self.duration() + self.duration() / 100 + Duration::from_millis(1)
    }
}

impl TryFrom<u32> for Lease {
    type Error = LeaseError;

    fn try_from(millis: u32) -> Result<Self, Self::Error> {
        if millis > Self::LONGEST.0 {
            return Err(LeaseError);
        }
        Ok(Self(millis))
    }
}

impl From<Lease> for u32 {
    fn from(lease: Lease) -> Self {
        lease.0
    }
}

impl FromStr for Lease {
    type Err = LeaseError;

    /// Milliseconds, e.g. `1000`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<u32>()
            .map_err(|_| LeaseError)
            .and_then(Self::try_from)
    }
}

impl fmt::Display for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_at_most_5_seconds() {
        for (text, expected) in [
            ("0", Ok(Lease::NONE)),
            ("1000", Ok(Lease::DEFAULT)),
            ("5000", Ok(Lease::LONGEST)),
            ("5001", Err(LeaseError)),
            ("-1", Err(LeaseError)),
            ("1s", Err(LeaseError)),
            ("", Err(LeaseError)),
        ] {
            assert_eq!(text.parse(), expected, "{text:?}");
        }
        assert!(serde_json::from_str::<Lease>("5001").is_err());
    }

    #[test]
    fn whoever_waits_a_lease_out_waits_longer_than_any_clock_counts_it() {
        assert_eq!(Lease::NONE.waited_out(), Duration::ZERO);
        for millis in [1, 50, 1_000, 5_000] {
            let lease = Lease::try_from(millis).unwrap();
            let by_the_slowest_clock = lease.duration().mul_f64(1.001);
            assert!(lease.waited_out() > by_the_slowest_clock, "{lease}");
        }
    }
}

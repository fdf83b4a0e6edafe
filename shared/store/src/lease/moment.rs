//! Now, by two clocks.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// An instant by the monotonic clock and by the wall clock. Each alone can be fooled: the monotonic one stands still while Lambda
/// has an instance frozen or starts it from a snapshot, the wall clock can be set back.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    monotonic: Instant,
    wall: SystemTime,
}

/// What time it is. A test has its own.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

impl Moment {
    /// What the two clocks show.
    pub fn new(monotonic: Instant, wall: SystemTime) -> Self {
        Self { monotonic, wall }
    }

    /// Now, by this machine's clocks.
    pub fn now() -> Self {
        Self::new(Instant::now(), SystemTime::now())
    }

    /// Whether less than `time` has passed since `then`, by both clocks. `false` if one of them shows an earlier time than then: nobody
    /// knows how much has passed.
    pub(crate) fn is_within(self, time: Duration, then: Self) -> bool {
        let by_monotonic = self.monotonic.checked_duration_since(then.monotonic);
        let by_wall = self.wall.duration_since(then.wall).ok();
        by_monotonic.is_some_and(|passed| passed < time)
            && by_wall.is_some_and(|passed| passed < time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_has_passed_as_soon_as_one_of_the_clocks_says_so() {
        let then = Moment::now();
        let lease = Duration::from_secs(1);
        let at = |monotonic: u64, wall: i64| {
            let shifted = Duration::from_millis(wall.unsigned_abs());
            Moment {
                monotonic: then.monotonic + Duration::from_millis(monotonic),
                wall: if wall < 0 {
                    then.wall - shifted
                } else {
                    then.wall + shifted
                },
            }
        };
        for (monotonic, wall, within) in [
            (0, 0, true),
            (999, 999, true),
            (1_000, 999, false),
            (999, 1_000, false),
            // Frozen for an hour.
            (5, 3_600_000, false),
            // Set back.
            (5, -1, false),
        ] {
            assert_eq!(
                at(monotonic, wall).is_within(lease, then),
                within,
                "{monotonic} {wall}"
            );
        }
        // A snapshot restored on a machine that started later.
        assert!(!then.is_within(lease, at(5, 0)));
    }
}

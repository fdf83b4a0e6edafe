//! How long to wait before a command is tried again.

use std::time::Duration;

use rand::TryRng as _;
use rand::rngs::SysRng;

/// How often a command is tried in all. At 16 attempts, fifty writers of one row all pass.
pub(crate) const ATTEMPTS: u32 = 16;
const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_millis(250);

/// How long to wait before attempt `attempt + 1`: a random time up to an exponentially growing one, so that writers who met once
/// do not meet again ("full jitter").
pub(crate) fn delay(attempt: u32) -> Duration {
    let ceiling = FIRST.saturating_mul(1 << attempt.min(10)).min(LONGEST);
    // Without randomness everyone waits longest: slower, not wrong.
    let fraction = SysRng
        .try_next_u32()
        .map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX));
    ceiling.mul_f64(fraction)
}

/// Waits as long.
pub(crate) async fn pause(attempt: u32) {
    tokio::time::sleep(delay(attempt)).await;
}

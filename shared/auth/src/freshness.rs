//! How long a signature is good for.

use std::time::Duration;

use hubkeys_domain::Timestamp;

use crate::{Outcome, Refusal};

/// How far a signed date may be from now, either way, and still be fresh.
pub const MAX_SKEW: Duration = Duration::from_secs(300);

/// Refuses a date that is too far from now.
pub(crate) fn require_fresh(date: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let apart = now.as_millis().abs_diff(date.as_millis());
    if u128::from(apart) <= MAX_SKEW.as_millis() {
        return Ok(());
    }
    let side = if date < now { "behind" } else { "ahead of" };
    Err(Refusal::new(
        Outcome::ClockSkew,
        format!(
            "the signed date is {}.{:03} s {side} the verifier's clock, and 300 s are allowed: sign each request when it is sent, and set the client's clock",
            apart / 1000,
            apart % 1000
        ),
    ))
}

/// Refuses what its client wanted to be over by now. At the very instant it is not.
pub(crate) fn require_unexpired(expires: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    match expires {
        Some(expires) if expires < now => Err(Refusal::new(
            Outcome::Expired,
            "the signature expired by its own parameter: sign each request when it is sent, or let it expire later",
        )),
        _ => Ok(()),
    }
}

/// Refuses a signature that was over before it began.
pub(crate) fn require_order(
    created: Option<Timestamp>,
    expires: Option<Timestamp>,
) -> Result<(), Refusal> {
    match (created, expires) {
        (Some(created), Some(expires)) if expires <= created => Err(Refusal::malformed(
            "the parameter expires is not after the parameter created",
        )),
        _ => Ok(()),
    }
}

/// The instant of this many seconds since 1970, if it is not before and within what a clock can say.
pub(crate) fn from_seconds(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_millis(seconds.checked_mul(1000)?).ok()
}

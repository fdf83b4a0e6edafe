//! When a question is asked again.

use std::time::Duration;

use rand::TryRng as _;
use rand::rngs::SysRng;
use tokio::time::{Instant, sleep, timeout_at};

use super::VerifyError;

/// How often a question is asked again.
const RETRIES: u32 = 2;
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// Why an attempt gave no answer, and whether another one is safe.
pub(super) struct Failure {
    pub(super) error: VerifyError,
    /// Not before this much time has passed. `None`: the question may have been decided on, so it is not asked again.
    pub(super) again: Option<Duration>,
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        Self { error, again: None }
    }
}

/// The answer to a question that is asked, and asked again, within this time.
pub(super) async fn within<T, F>(
    timeout: Duration,
    mut attempt: impl FnMut() -> F,
) -> Result<T, VerifyError>
where
    F: Future<Output = Result<T, Failure>>,
{
    let deadline = Instant::now() + timeout;
    let mut asked = 0;
    loop {
        let Failure { error, again } = match timeout_at(deadline, attempt()).await {
            Err(_) => return Err(VerifyError::TimedOut),
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(failure)) => failure,
        };
        let Some(pause) = again.filter(|_| asked < RETRIES) else {
            return Err(error);
        };
        let pause = pause + jitter(asked);
        // Whoever waits for us learns now what they would learn later.
        if Instant::now() + pause >= deadline {
            return Err(error);
        }
        sleep(pause).await;
        asked += 1;
    }
}

/// A random part of a growing pause, so that services that failed together do not come back together.
fn jitter(asked: u32) -> Duration {
    let fraction = SysRng
        .try_next_u32()
        .map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX));
    FIRST_PAUSE.saturating_mul(1 << asked).mul_f64(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(2);

    async fn attempts_of(again: Option<Duration>) -> (usize, Duration) {
        let (mut attempts, start) = (0, Instant::now());
        let answer: Result<(), _> = within(TIMEOUT, || {
            attempts += 1;
            let error = VerifyError::Unavailable;
            std::future::ready(Err(Failure { error, again }))
        })
        .await;
        assert!(matches!(answer, Err(VerifyError::Unavailable)));
        (attempts, start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_have_been_decided_is_asked_once() {
        assert_eq!(attempts_of(None).await.0, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_decided_is_asked_three_times_at_most() {
        assert_eq!(attempts_of(Some(Duration::ZERO)).await.0, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_ends_after_the_deadline_is_not_waited_for() {
        assert_eq!(attempts_of(Some(TIMEOUT)).await, (1, Duration::ZERO));
        let (attempts, elapsed) = attempts_of(Some(Duration::from_secs(1))).await;
        assert_eq!(attempts, 2);
        assert!(elapsed < TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_is_for_all_attempts_together() {
        let start = Instant::now();
        let answer: Result<(), _> = within(TIMEOUT, || async {
            sleep(Duration::from_millis(900)).await;
            let error = VerifyError::Unavailable;
            Err(Failure {
                error,
                again: Some(Duration::ZERO),
            })
        })
        .await;
        assert!(matches!(answer, Err(VerifyError::TimedOut)));
        assert_eq!(start.elapsed(), TIMEOUT);
    }
}

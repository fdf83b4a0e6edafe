//! When keys were last used, written beside verify's answers and never in their way.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::{AccountId, KeyId, Timestamp};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::views::last_used;
use crate::{Database, StoreError};

/// Writes when keys were last used. All it can do is put such a row where there is none or an older one.
#[derive(Clone, Debug)]
pub struct LastUsed {
    database: Database,
    uses: Arc<Mutex<Uses>>,
    hashing: RandomState,
    under_way: Arc<Semaphore>,
}

/// How long an instance writes nothing more of a key it wrote of: so many minutes an answer may lag behind.
const INTERVAL: Duration = Duration::from_mins(15);
/// How many keys an instance remembers to have written of, in 4 MB. It takes [`INTERVAL`] to write of so many, so who is forgotten is due, or
/// will be in a second.
const REMEMBERED: usize = 100_000;
/// How many are forgotten at once that are due again: more come due at once when an instance was idle, and no answer is to wait for that.
const FORGOTTEN_AT_ONCE: usize = 64;
/// How many writes are under way at once. Further uses are not recorded then: the key's next one is.
const AT_ONCE: u32 = 32;
/// A write every so often is enough to write of all keys that are remembered, once in [`INTERVAL`]. An instance that begins with many keys
/// in use would otherwise write of each at once, and take a fifth of the processor from its answers.
const PACE: Duration = Duration::from_millis(9);
/// How many writes may come at once nevertheless.
const BURST: u32 = 100;

impl LastUsed {
    /// A writer to this database.
    pub fn new(database: Database) -> Self {
        Self {
            database,
            uses: Arc::new(Mutex::new(Uses {
                written: Written::new(),
                pace: Pace {
                    next: Instant::now(),
                },
            })),
            hashing: RandomState::new(),
            under_way: Arc::new(Semaphore::new(AT_ONCE as usize)),
        }
    }

    /// Records that a key was used at `at`, unless this instance has in the 15 minutes before. Returns at once: the write goes
    /// on by itself, and one that fails or is lost leaves an older instant, or none. Call it in a Tokio runtime.
    pub fn record(&self, account: &AccountId, key: &KeyId, at: Timestamp) {
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let hash = self.hashing.hash_one(key);
        // Under the lock from the look to the note, so that of many uses at once one is written.
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        if !uses.written.is_due(hash, at) {
            return;
        }
        let now = Instant::now();
        if !uses.pace.allows(now) {
            return;
        }
        let Ok(permit) = Arc::clone(&self.under_way).try_acquire_owned() else {
            return;
        };
        // Noted before it is written: a table that can't take the write is not asked again by every request.
        uses.written.note(hash, at);
        uses.pace.take(now);
        drop(uses);
        let (database, account, key) = (self.database.clone(), account.clone(), key.clone());
        runtime.spawn(async move {
            if let Err(error) = put(&database, &account, &key, at).await {
                let error: &dyn std::error::Error = &error;
                tracing::debug!(%key, error, "the last use of a key was not recorded");
            }
            drop(permit);
        });
    }

    /// Waits until no write is under way.
    pub async fn settled(&self) {
        // Nobody closes the semaphore, so this fails never; and if it did, there would be nothing to wait for.
        let _ = self.under_way.acquire_many(AT_ONCE).await;
    }
}

/// Under one lock.
#[derive(Debug)]
struct Uses {
    written: Written,
    pace: Pace,
}

/// When the next write is due at an even pace. So much earlier as a burst of them takes, it may come.
#[derive(Debug)]
struct Pace {
    next: Instant,
}

impl Pace {
    fn allows(&self, now: Instant) -> bool {
        self.next.saturating_duration_since(now) <= PACE * (BURST - 1)
    }

    fn take(&mut self, now: Instant) {
        self.next = self.next.max(now) + PACE;
    }
}

/// Of which keys an instance wrote within [`INTERVAL`], by their hashes. Of two keys with one hash, which hardly ever meet, one would be
/// written of less often.
#[derive(Debug)]
struct Written {
    hashes: HashSet<u64>,
    /// The same, the first one first.
    in_turn: VecDeque<(Timestamp, u64)>,
}

impl Written {
    /// Has room for all from the start, so nothing is copied into twice the room while answers wait.
    fn new() -> Self {
        Self {
            hashes: HashSet::with_capacity(REMEMBERED + 1),
            in_turn: VecDeque::with_capacity(REMEMBERED + 1),
        }
    }

    fn is_due(&mut self, key: u64, at: Timestamp) -> bool {
        for _ in 0..FORGOTTEN_AT_ONCE {
            // So far in the future lies what a clock said that has been set since: it must not keep those behind it waiting.
            match self.in_turn.front() {
                Some((last, _)) if at >= last.plus(INTERVAL) || *last >= at.plus(INTERVAL) => {
                    self.forget_first();
                }
                _ => break,
            }
        }
        !self.hashes.contains(&key)
    }

    /// To be called of a key that is due.
    fn note(&mut self, key: u64, at: Timestamp) {
        self.hashes.insert(key);
        self.in_turn.push_back((at, key));
        if self.in_turn.len() > REMEMBERED {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some((_, key)) = self.in_turn.pop_front() {
            self.hashes.remove(&key);
        }
    }
}

async fn put(
    database: &Database,
    account: &AccountId,
    key: &KeyId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let answer = database
        .client
        .put_item()
        .table_name(&database.tables.views)
        .set_item(Some(last_used::row(account, key, at)))
        // Instances write in any order, and time only goes forward.
        .condition_expression("attribute_not_exists(pk) OR last_used_at < :at")
        .expression_attribute_values(":at", AttributeValue::S(at.to_string()))
        .send()
        .await;
    match answer {
        Err(error)
            if !matches!(
                error.as_service_error(),
                Some(PutItemError::ConditionalCheckFailedException(_))
            ) =>
        {
            Err(StoreError::unavailable("record the use of a key")(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn so_many_keys_are_remembered_and_the_one_that_was_written_of_first_is_forgotten() {
        let mut written = Written::new();
        let at = Timestamp::try_from(SystemTime::UNIX_EPOCH).unwrap();
        let keys = 0..100_000;
        for key in keys.clone() {
            assert!(written.is_due(key, at), "{key}");
            written.note(key, at);
        }
        let mut due = |at| keys.clone().filter(|key| written.is_due(*key, at)).count();
        assert_eq!(due(at.plus(INTERVAL - Duration::from_secs(1))), 0);
        let later = at.plus(Duration::from_secs(1));
        written.note(100_000, later);
        assert!(written.is_due(0, later));
        assert!(!written.is_due(1, later));
        assert!(!written.is_due(100_000, later));
        let due_again = at.plus(INTERVAL);
        assert!(written.is_due(1, due_again));
        // The rest of them comes with the next questions.
        assert_eq!(written.in_turn.len(), 100_000 - 64);
        while !written.is_due(99_999, due_again) {}
        assert!(!written.is_due(100_000, due_again));
        assert_eq!(written.in_turn.len(), 1);
        assert_eq!(written.hashes.len(), 1);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_the_keys_due_that_were_written_of_in_its_future() {
        let mut written = Written::new();
        let now = Timestamp::try_from(SystemTime::UNIX_EPOCH).unwrap();
        written.note(1, now.plus(INTERVAL));
        written.note(2, now);
        assert!(written.is_due(1, now));
        assert!(!written.is_due(2, now));
    }

    #[test]
    fn a_hundred_writes_may_come_at_once_and_then_as_many_in_15_minutes_as_keys_are_remembered() {
        let start = Instant::now();
        let mut pace = Pace { next: start };
        let mut written = |after: Duration| {
            let now = start + after;
            let mut count = 0;
            while pace.allows(now) {
                pace.take(now);
                count += 1;
            }
            count
        };
        assert_eq!(written(Duration::ZERO), 100);
        assert_eq!(written(PACE - Duration::from_millis(1)), 0);
        assert_eq!(written(PACE), 1);
        assert_eq!(written(PACE * 11), 10);
        // Who rested saves up no more than that.
        assert_eq!(written(INTERVAL), 100);
        let steadily = (1..=100_000).map(|number| written(INTERVAL + PACE * number));
        assert_eq!(steadily.sum::<u32>(), 100_000);
        assert_eq!(PACE * 100_000, INTERVAL);
    }
}

//! When keys were last used, written beside verify's answers and never in their way.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::{AccountId, KeyId, Timestamp};
use lru::LruCache;
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
/// How many keys an instance remembers to have written of (6 MB, taken as they come). One that is forgotten is written of more often.
const REMEMBERED: usize = 100_000;
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
                written: Written(LruCache::unbounded()),
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

/// What an instance wrote, by the hash of the key. Of two keys with one hash, which hardly ever meet, one would be written of less
/// often.
#[derive(Debug)]
struct Written(LruCache<u64, Timestamp>);

impl Written {
    fn is_due(&mut self, key: u64, at: Timestamp) -> bool {
        self.0
            .get(&key)
            .is_none_or(|last| at >= last.plus(INTERVAL))
    }

    fn note(&mut self, key: u64, at: Timestamp) {
        self.0.put(key, at);
        if self.0.len() > REMEMBERED {
            self.0.pop_lru();
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
    fn so_many_keys_are_remembered_and_the_one_that_was_used_least_lately_is_forgotten() {
        let mut written = Written(LruCache::unbounded());
        let at = Timestamp::try_from(SystemTime::UNIX_EPOCH).unwrap();
        let keys = 0..100_000;
        for key in keys.clone() {
            assert!(written.is_due(key, at), "{key}");
            written.note(key, at);
        }
        let mut due = |at| keys.clone().filter(|key| written.is_due(*key, at)).count();
        assert_eq!(due(at.plus(INTERVAL - Duration::from_secs(1))), 0);
        assert_eq!(due(at.plus(INTERVAL)), 100_000);
        written.note(100_000, at);
        assert!(written.is_due(0, at));
        assert!(!written.is_due(1, at));
        assert!(!written.is_due(100_000, at));
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

//! Credentials read once a lease.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hubkeys_domain::KeyId;
use lru::LruCache;
use tokio::sync::watch;

use super::{Clock, Lease, Moment};
use crate::{Credential, CredentialReader, Status, StoreError};

/// How many credentials are held at once (about 10 MB). The one not asked for longest makes place, and is read again.
const HELD: NonZeroUsize = NonZeroUsize::new(10_000).expect("it is not 0");
/// For how long an instance uses a lease that it read, counted as the lease itself is. Whoever shortens leases waits for as long, so
/// it is not long; each instance reads the row twice in it, so it is not short.
pub(crate) const KNOWN_FOR: Duration = Duration::from_secs(10);
/// For how long a request waits for the lease in force beside its key. A lease that comes late is no reason to keep an answer back.
const PATIENCE: Duration = Duration::from_millis(200);
/// For how long nobody asks again for a lease that somebody has asked for.
const BETWEEN: Duration = Duration::from_secs(1);

/// Reads credentials, consistently, and answers live ones from memory for as long as the lease in force allows. It can do nothing
/// else. What is held is what the row says: no secret is opened in it.
///
/// Only live credentials are held. That a key is unknown or revoked is read every time, and an error is never remembered.
#[derive(Clone)]
pub struct LeasedReader {
    reader: CredentialReader,
    clock: Clock,
    memory: Arc<Mutex<Memory>>,
}

struct Memory {
    known: Option<Known>,
    /// When the lease in force was last asked for beside a key.
    asked: Option<Moment>,
    held: LruCache<KeyId, Held>,
    /// Reads under way, each of which whoever wants the same key waits for. They end when what was read is held, or is not.
    flights: HashMap<KeyId, watch::Receiver<()>>,
}

/// The lease in force, and when the read that found it began.
#[derive(Clone, Copy)]
struct Known {
    lease: Lease,
    since: Moment,
}

struct Held {
    credential: Arc<Credential>,
    /// Before the read began: the row may have changed at any instant after it.
    since: Moment,
    lease: Lease,
}

/// A read that others wait for. Dropped, whatever became of it, it lets them go.
struct Flight {
    memory: Arc<Mutex<Memory>>,
    key: KeyId,
    since: Moment,
    lease: Lease,
    /// Closed with it.
    _waiting: watch::Sender<()>,
}

impl LeasedReader {
    /// A reader that knows of no lease yet, and so is strict: see [`LeasedReader::refresh`].
    pub fn new(reader: CredentialReader) -> Self {
        Self::with_clock(reader, Arc::new(Moment::now))
    }

    /// The same by another clock.
    pub fn with_clock(reader: CredentialReader, clock: Clock) -> Self {
        let memory = Memory {
            known: None,
            asked: None,
            held: LruCache::new(HELD),
            flights: HashMap::new(),
        };
        Self {
            reader,
            clock,
            memory: Arc::new(Mutex::new(memory)),
        }
    }

    /// Reads the lease in force. Without it, or once what was read is too old, every credential is read every time.
    ///
    /// # Errors
    /// [`StoreError`]; what was known stays known, for as long as it may.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let since = (self.clock)();
        let found = self.reader.database().lease_in_force().await?;
        self.memory().known = Some(Known {
            lease: found.lease,
            since,
        });
        Ok(())
    }

    /// A live credential that was read so lately that the lease allows to answer from it now.
    pub fn held(&self, id: &KeyId) -> Option<Arc<Credential>> {
        let mut memory = self.memory();
        let held = memory.held.get(id)?;
        if held.is_good((self.clock)()) {
            return Some(Arc::clone(&held.credential));
        }
        memory.held.pop(id);
        None
    }

    /// Waits for a read of this key that is under way, so that many who ask at once cost one read. Whoever is not answered from what
    /// it found reads by himself: it began before he asked, and what it did not find may be there by now.
    pub async fn landed(&self, id: &KeyId) {
        let flight = self.memory().flights.get(id).cloned();
        if let Some(mut flight) = flight {
            // Nothing is ever sent: it fails when the read has ended, whatever became of it.
            let _ = flight.changed().await;
        }
    }

    /// What is known of a key: read now. `None`: there is no such key.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing may be decided.
    pub async fn read(&self, id: &KeyId) -> Result<Option<Arc<Credential>>, StoreError> {
        let (flight, ask) = self.begin(id);
        let read = async {
            let found = self.reader.get(id).await?.map(Arc::new);
            let live = found
                .as_ref()
                .filter(|found| found.status == Status::Active);
            match (live, &flight) {
                (Some(credential), Some(flight)) => flight.hold(credential),
                (Some(_), None) => {}
                // Whatever was held of it, nobody shall hear any more.
                (None, _) => drop(self.memory().held.pop(id)),
            }
            drop(flight);
            Ok(found)
        };
        if !ask {
            return read.await;
        }
        // Seldom: apart, or every read would carry its 5 KB.
        let refresh = Box::pin(tokio::time::timeout(PATIENCE, self.refresh()));
        let (credential, refreshed) = futures::join!(read, refresh);
        match refreshed {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "the lease in force could not be read");
            }
            Err(_) => tracing::warn!("the lease in force was not read in time"),
        }
        credential
    }

    /// Begins a read: for everybody who wants the key meanwhile, unless there is no lease, or somebody else reads it; and whether the
    /// lease in force is to be read beside it. The lease is the one known *now*, before the read begins: one that is lengthened
    /// meanwhile may not be waited out by who revokes the key meanwhile.
    fn begin(&self, id: &KeyId) -> (Option<Flight>, bool) {
        let since = (self.clock)();
        let mut memory = self.memory();
        let is_younger_than = |age| move |known: &Known| since.is_within(age, known.since);
        let known = memory.known.filter(is_younger_than(KNOWN_FOR));
        // Halfway, so that what is asked for all the time is never read strictly for want of it.
        let is_due = !known.is_some_and(|known| is_younger_than(KNOWN_FOR / 2)(&known));
        let was_asked = memory
            .asked
            .is_some_and(|asked| since.is_within(BETWEEN, asked));
        let ask = is_due && !was_asked;
        if ask {
            memory.asked = Some(since);
        }
        let lease = known.map_or(Lease::NONE, |known| known.lease);
        if lease == Lease::NONE || memory.flights.contains_key(id) {
            return (None, ask);
        }
        let (waiting, flight) = watch::channel(());
        memory.flights.insert(id.clone(), flight);
        let flight = Flight {
            memory: Arc::clone(&self.memory),
            key: id.clone(),
            since,
            lease,
            _waiting: waiting,
        };
        (Some(flight), ask)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        locked(&self.memory)
    }
}

/// Nothing is done under the lock that could leave it half done.
fn locked(memory: &Mutex<Memory>) -> MutexGuard<'_, Memory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for LeasedReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LeasedReader").finish_non_exhaustive()
    }
}

impl Held {
    fn is_good(&self, now: Moment) -> bool {
        now.is_within(self.lease.duration(), self.since)
    }
}

impl Flight {
    fn hold(&self, credential: &Arc<Credential>) {
        let held = Held {
            credential: Arc::clone(credential),
            since: self.since,
            lease: self.lease,
        };
        locked(&self.memory).held.put(self.key.clone(), held);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        locked(&self.memory).flights.remove(&self.key);
    }
}

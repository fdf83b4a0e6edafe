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
    /// Somebody is reading the lease in force.
    refreshing: bool,
    held: LruCache<KeyId, Held>,
    /// Reads under way, each of which whoever wants the same key waits for.
    flights: HashMap<KeyId, watch::Receiver<Option<Held>>>,
}

/// The lease in force, and when the read that found it began.
#[derive(Clone, Copy)]
struct Known {
    lease: Lease,
    since: Moment,
}

#[derive(Clone)]
struct Held {
    credential: Arc<Credential>,
    /// Before the read began: the row may have changed at any instant after it.
    since: Moment,
    lease: Lease,
}

/// How a credential is to be read.
enum Way {
    /// By oneself, for oneself.
    Strict,
    /// For everybody who wants it meanwhile.
    Lead(Flight),
    /// Somebody is reading it.
    Follow(watch::Receiver<Option<Held>>),
}

/// A read that others wait for. Dropped, whatever became of it, it lets them go.
struct Flight {
    memory: Arc<Mutex<Memory>>,
    key: KeyId,
    since: Moment,
    lease: Lease,
    landed: watch::Sender<Option<Held>>,
}

/// Somebody is reading the lease in force. Dropped, whatever became of it, it lets the next one do so.
struct Refreshing(Arc<Mutex<Memory>>);

impl LeasedReader {
    /// A reader that knows of no lease yet, and so is strict: see [`LeasedReader::refresh`].
    pub fn new(reader: CredentialReader) -> Self {
        Self::with_clock(reader, Arc::new(Moment::now))
    }

    /// The same by another clock.
    pub fn with_clock(reader: CredentialReader, clock: Clock) -> Self {
        let memory = Memory {
            known: None,
            refreshing: false,
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

    /// What is known of a key: read now, or by a read under way that the lease allows to answer from. `None`: there is no such
    /// key.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing may be decided.
    pub async fn read(&self, id: &KeyId) -> Result<Option<Arc<Credential>>, StoreError> {
        let (way, refresh) = self.way(id);
        let read = async {
            match way {
                Way::Strict => self.read_alone(id).await,
                Way::Lead(flight) => {
                    let credential = self.read_alone(id).await?;
                    flight.land(credential.as_ref());
                    Ok(credential)
                }
                Way::Follow(mut flight) => {
                    let held = match flight.wait_for(Option::is_some).await {
                        Ok(held) => held.clone(),
                        Err(_) => None,
                    };
                    match held {
                        Some(held) if held.is_good((self.clock)()) => Ok(Some(held.credential)),
                        // That read found no live key, failed, or took longer than the lease. It began before we were asked, so
                        // what it found may be wrong by now: a key that was just made is no unknown key.
                        _ => self.read_alone(id).await,
                    }
                }
            }
        };
        let Some(_refreshing) = refresh else {
            return read.await;
        };
        let (credential, refreshed) = futures::join!(read, self.refresh());
        if let Err(error) = refreshed {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "the lease in force could not be read");
        }
        credential
    }

    /// How to read this credential, and whether the lease in force is to be read beside it. The lease is the one known *now*, before
    /// the read begins: one that is lengthened meanwhile may not be waited out by who revokes the key meanwhile.
    fn way(&self, id: &KeyId) -> (Way, Option<Refreshing>) {
        let since = (self.clock)();
        let mut memory = self.memory();
        let is_younger_than = |age| move |known: &Known| since.is_within(age, known.since);
        let known = memory.known.filter(is_younger_than(KNOWN_FOR));
        // Halfway, so that what is asked for all the time is never read strictly for want of it.
        let is_due = !known.is_some_and(|known| is_younger_than(KNOWN_FOR / 2)(&known));
        let refresh = (is_due && !memory.refreshing).then(|| {
            memory.refreshing = true;
            Refreshing(Arc::clone(&self.memory))
        });
        let lease = known.map_or(Lease::NONE, |known| known.lease);
        let way = if lease == Lease::NONE {
            Way::Strict
        } else if let Some(flight) = memory.flights.get(id) {
            Way::Follow(flight.clone())
        } else {
            let (landed, waiting) = watch::channel(None);
            memory.flights.insert(id.clone(), waiting);
            Way::Lead(Flight {
                memory: Arc::clone(&self.memory),
                key: id.clone(),
                since,
                lease,
                landed,
            })
        };
        (way, refresh)
    }

    async fn read_alone(&self, id: &KeyId) -> Result<Option<Arc<Credential>>, StoreError> {
        Ok(self.reader.get(id).await?.map(Arc::new))
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
    /// Holds what was read, if the key is live, and gives it to those who wait.
    fn land(&self, credential: Option<&Arc<Credential>>) {
        let Some(credential) = credential.filter(|found| found.status == Status::Active) else {
            return;
        };
        let held = Held {
            credential: Arc::clone(credential),
            since: self.since,
            lease: self.lease,
        };
        locked(&self.memory)
            .held
            .put(self.key.clone(), held.clone());
        self.landed.send_replace(Some(held));
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        locked(&self.memory).flights.remove(&self.key);
    }
}

impl Drop for Refreshing {
    fn drop(&mut self) {
        locked(&self.0).refreshing = false;
    }
}

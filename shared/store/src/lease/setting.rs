//! The lease in force, changed so that no instance ever uses one that a revocation does not wait for.

use std::time::Duration;

use super::Lease;
use super::leased_reader::KNOWN_FOR;
use crate::views::lease::LeaseInForce;
use crate::{Store, StoreError};

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseChange {
    /// What was in force before.
    pub before: LeaseInForce,
    /// What is in force now.
    pub now: LeaseInForce,
}

/// Why the lease in force was not changed, or not for good.
#[derive(Debug, thiserror::Error)]
pub enum LeaseChangeError {
    /// Somebody else changed it at the same time. What is in force is safe; run it again for what you want.
    #[error(
        "somebody else changed the lease at the same time: look what is in force, and run it again"
    )]
    Overtaken,
    /// The store could not answer. What is in force is safe; run it again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// The lease in force.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lease_in_force(&self) -> Result<LeaseInForce, StoreError> {
        self.database.lease_in_force().await
    }

    /// Changes the lease in force, beside a running service. To lengthen is one write: whoever may use the longer lease has read the row
    /// that makes revocations wait for it. To shorten is two, and a wait of up to 16 seconds between them: until no instance uses the
    /// longer lease, revocations wait it out. Killed in between, it is safe, and may be run again.
    ///
    /// # Errors
    /// [`LeaseChangeError`].
    pub async fn change_lease(&self, lease: Lease) -> Result<LeaseChange, LeaseChangeError> {
        let settled = |longest: Lease| {
            // An instance may have read the longer lease just before it was changed, use it for a read at the end of the time it
            // knows it for, and answer from that for the lease.
            let known = KNOWN_FOR + KNOWN_FOR / 100 + Duration::from_millis(1);
            tokio::time::sleep(known + longest.waited_out())
        };
        self.change(lease, settled).await
    }

    /// The same where no instance of verify runs that could use a longer lease, as in the data folder of a stopped stack: nobody is
    /// waited for.
    ///
    /// # Errors
    /// [`LeaseChangeError`].
    pub async fn change_lease_alone(&self, lease: Lease) -> Result<LeaseChange, LeaseChangeError> {
        self.change(lease, |_| std::future::ready(())).await
    }

    async fn change<W: Future<Output = ()>>(
        &self,
        lease: Lease,
        settled: impl FnOnce(Lease) -> W,
    ) -> Result<LeaseChange, LeaseChangeError> {
        let before = self.lease_in_force().await?;
        let mut now = before;
        if before.lease != lease || before.longest < lease {
            now = self
                .put_next(now.changed_to(lease, before.longest.max(lease)))
                .await?;
        }
        if now.longest > lease {
            settled(now.longest).await;
            now = self.put_next(now.changed_to(lease, lease)).await?;
        }
        Ok(LeaseChange { before, now })
    }

    async fn put_next(&self, next: LeaseInForce) -> Result<LeaseInForce, LeaseChangeError> {
        if self.database.put_lease(next).await? {
            Ok(next)
        } else {
            Err(LeaseChangeError::Overtaken)
        }
    }
}

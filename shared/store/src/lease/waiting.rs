//! The end of every change that takes rights away.

use crate::{Store, StoreError};

impl Store {
    /// Waits until no instance of verify answers from what it read before this was called. Call it after the commit: then it is true
    /// that a revoked key does not verify, and may be said.
    ///
    /// # Errors
    /// [`StoreError`]; then nobody knows for how long to wait, and success may not be said. Send the command again.
    pub async fn wait_out_leases(&self) -> Result<(), StoreError> {
        // Read after the commit, never before: an instance that used a longer lease for a read that began before the commit had read
        // that lease from this row by then.
        let in_force = self.lease_in_force().await?;
        tokio::time::sleep(in_force.longest.waited_out()).await;
        Ok(())
    }
}

//! `SETTINGS` / `LEASE`: for how long verify may answer from memory, and the longest for which any instance of it still may.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};

use super::{from_row, to_row};
use crate::lease::Lease;
use crate::transaction::{Guard, Outcome, Write};
use crate::{Database, StoreError};

/// The lease in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseInForce {
    schema: Schema,
    /// What an instance that reads this row may use.
    pub lease: Lease,
    /// The longest that any instance may use, whenever it read the row: what a revocation waits out. Never below `lease`.
    pub longest: Lease,
    /// Counts the changes, so that of two at once one is refused.
    pub version: u64,
}

/// The form of the row. A row of another form is unreadable: verify then answers nothing from memory, and no revocation says that
/// it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Schema {
    #[serde(rename = "lease-1")]
    V1,
}

impl LeaseInForce {
    /// No row: no lease is given, and any may have been, for somebody may have lost the row.
    const UNKNOWN: Self = Self {
        schema: Schema::V1,
        lease: Lease::NONE,
        longest: Lease::LONGEST,
        version: 0,
    };

    /// Whether somebody has set it. If not, verify is strict, and every revocation waits for the longest lease there can be.
    pub fn is_chosen(&self) -> bool {
        self.version > 0
    }

    pub(crate) fn changed_to(self, lease: Lease, longest: Lease) -> Self {
        Self {
            lease,
            longest,
            version: self.version + 1,
            ..self
        }
    }
}

fn key() -> (String, String) {
    ("SETTINGS".to_owned(), "LEASE".to_owned())
}

impl Database {
    /// The lease in force now: one consistent read.
    pub(crate) async fn lease_in_force(&self) -> Result<LeaseInForce, StoreError> {
        let key = key();
        match self.row(&key).await? {
            Some(item) => {
                let in_force: LeaseInForce = from_row(&key, item)?;
                // Nobody would wait for what instances may use.
                if in_force.longest < in_force.lease {
                    let row = format!("row {}/{}", key.0, key.1);
                    return Err(StoreError::unreadable(
                        row,
                        "the longest lease is shorter than the lease",
                    ));
                }
                Ok(in_force)
            }
            None => Ok(LeaseInForce::UNKNOWN),
        }
    }

    /// Puts the successor of what was read, unless somebody else has been first: then `false`.
    pub(crate) async fn put_lease(&self, next: LeaseInForce) -> Result<bool, StoreError> {
        let before = next.version - 1;
        let condition = if before == 0 {
            "attribute_not_exists(pk)"
        } else {
            "version = :before"
        };
        let mut put = Write::put_if(Guard::Unchanged, to_row(key(), next)?, condition);
        if before > 0 {
            put = put.value(":before", AttributeValue::N(before.to_string()));
        }
        let token = uuid::Uuid::now_v7().to_string();
        Ok(self.write(vec![put], &token).await? == Outcome::Written)
    }
}

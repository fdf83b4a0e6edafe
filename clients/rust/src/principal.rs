//! Who sent the request that a service is handling.

use crate::{Scheme, Valid};

/// The sender of a request that passed. A protected service finds it in the request's extensions, where no client can put
/// one: headers never make a principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    decision: Valid,
}

impl Principal {
    /// The account of the key.
    pub fn account(&self) -> &str {
        &self.decision.account
    }

    /// The key, e.g. `hk_01jd…`. Safe to log.
    pub fn key(&self) -> &str {
        &self.decision.key
    }

    /// How the key was presented.
    pub fn scheme(&self) -> &Scheme {
        &self.decision.scheme
    }

    /// The whole decision: what else the credential vouched for, and on which version of the key it was decided.
    pub fn decision(&self) -> &Valid {
        &self.decision
    }
}

/// For a service's own tests, and for those that ask without the layer.
impl From<Valid> for Principal {
    fn from(decision: Valid) -> Self {
        Self { decision }
    }
}

//! Who acts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::AccountId;

/// The sign-in service's identifier of a person: 1 to 128 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct UserId(String);

/// The text is not a user's identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a user id is 1 to 128 visible ASCII characters")]
pub struct UserIdError;

impl UserId {
    /// Whoever operates from a command line that does not know its user.
    pub fn of_the_command_line() -> Self {
        Self("hubkeys-admin".to_owned())
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserId {
    type Err = UserIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(UserIdError)
        }
    }
}

impl TryFrom<String> for UserId {
    type Error = UserIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A user's permissions in an account, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// Sends messages. Not the authentication scheme of the same name.
    Basic,
    /// Sends messages and configures some of the account.
    Advanced,
    /// Configures the account, and alone may administer its API keys.
    Administrator,
}

impl Role {
    /// The role as people read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Advanced => "advanced",
            Self::Administrator => "administrator",
        }
    }
}

/// A signed-in user of one account, as the gateway's authorizer established it. Never read from a header or a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account the user belongs to, and the only one they can see.
    pub account: AccountId,
    /// The user.
    pub user: UserId,
    /// What the user may do there.
    pub role: Role,
}

/// A member of the platform's staff, who decides about accounts and belongs to none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The member of staff.
    pub user: UserId,
}

/// Who did it, as an event remembers them for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Actor {
    /// A user of the account.
    User {
        /// The user.
        user: UserId,
        /// The role they acted in.
        role: Role,
    },
    /// The platform's staff.
    Operator {
        /// The member of staff.
        user: UserId,
    },
}

impl Actor {
    /// The person behind the act.
    pub fn user(&self) -> &UserId {
        match self {
            Self::User { user, .. } | Self::Operator { user } => user,
        }
    }
}

impl From<&Principal> for Actor {
    fn from(principal: &Principal) -> Self {
        Self::User {
            user: principal.user.clone(),
            role: principal.role,
        }
    }
}

impl From<&Operator> for Actor {
    fn from(operator: &Operator) -> Self {
        Self::Operator {
            user: operator.user.clone(),
        }
    }
}

//! The demo users: one of every role, in accounts of either standing, and an operator.

/// Who can sign in locally, with any password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    /// What they sign in as, e.g. `admin@acme`.
    pub name: &'static str,
    /// Their account; `None` for the platform's staff.
    pub account: Option<&'static str>,
    /// Their group: `Administrator`, `Advanced`, `Basic` or `Operator`.
    pub group: &'static str,
    /// Whether their account is verified at first start. False for the platform's staff, who have none.
    pub verified: bool,
}

const fn user(
    name: &'static str,
    account: &'static str,
    group: &'static str,
    verified: bool,
) -> User {
    User {
        name,
        account: Some(account),
        group,
        verified,
    }
}

/// Everybody who can sign in locally.
pub const DEMO_USERS: [User; 10] = [
    user("admin@acme", "acme", "Administrator", true),
    user("advanced@acme", "acme", "Advanced", true),
    user("basic@acme", "acme", "Basic", true),
    user("admin@initech", "initech", "Administrator", true),
    user("advanced@initech", "initech", "Advanced", true),
    user("basic@initech", "initech", "Basic", true),
    user("admin@globex", "globex", "Administrator", false),
    user("advanced@globex", "globex", "Advanced", false),
    user("basic@globex", "globex", "Basic", false),
    User {
        name: "operator@hubkeys",
        account: None,
        group: "Operator",
        verified: false,
    },
];

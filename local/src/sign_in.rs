//! The sign-in service: an OpenID Connect issuer (code flow with PKCE) for the demo users, with the routes and claims that
//! Cognito has. Any password will do: this is a machine's own stack, with nobody's real account.

mod authorize;
mod cookie;
mod discovery;
mod logout;
mod origin;
mod page;
mod parameters;
mod redirect;
mod tickets;
mod token;

pub(crate) use authorize::authorize;
pub(crate) use discovery::{hub_settings, key_set, metadata};
pub(crate) use logout::logout;
pub(crate) use origin::to_canonical_origin;
pub(crate) use page::{page, stylesheet};
pub(crate) use redirect::redirect;
pub(crate) use token::token;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{DEMO_USERS, User};
use redirect::OwnUrl;
use tickets::Tickets;

/// Seconds a code may take from the browser to the token endpoint.
const CODE_LIFETIME: i64 = 60;
/// Seconds until a session, and what was refreshed from it, ends.
const SESSION_LIFETIME: i64 = 12 * 60 * 60;
/// A form that is larger is none of ours.
const MAX_FORM: usize = 12 * 1024;

/// What the issuer remembers, until it is stopped.
pub(crate) struct SignIn {
    sessions: Tickets<Session>,
    codes: Tickets<Code>,
    refresh_tokens: Tickets<Refresh>,
}

/// Somebody signed in, in one browser.
#[derive(Clone)]
struct Session {
    id: Uuid,
    user: User,
    /// When they chose who to be, in seconds.
    signed_in_at: i64,
}

/// What a code was given out for, and what must be shown to redeem it.
#[derive(Clone)]
struct Code {
    /// Tells the tokens of this code from those of another.
    id: Uuid,
    session: Session,
    redirect_uri: OwnUrl,
    challenge: String,
    nonce: Option<String>,
    lifetime: i64,
    used: bool,
}

#[derive(Clone)]
struct Refresh {
    code: Uuid,
    session: Session,
}

impl SignIn {
    pub(crate) fn new() -> Self {
        Self {
            sessions: Tickets::new(SESSION_LIFETIME),
            codes: Tickets::new(CODE_LIFETIME),
            refresh_tokens: Tickets::new(SESSION_LIFETIME),
        }
    }
}

/// Who can sign in.
pub(crate) fn users() -> Value {
    DEMO_USERS
        .iter()
        .map(|user| {
            json!({
                "user": user.name,
                "account": user.account,
                "role": user.group,
                "standing": user.account.map(|_| if user.verified { "verified" } else { "unverified" }),
            })
        })
        .collect()
}

fn user_named(name: &str) -> Option<User> {
    DEMO_USERS.into_iter().find(|user| user.name == name)
}

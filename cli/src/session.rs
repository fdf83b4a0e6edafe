//! The sign-in that `hubkeys login` keeps for the commands after it.

use std::env;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use hubkeys_domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::service::Service;
use crate::{input, private_file};

const MAX_SESSION: u64 = 64 * 1024;

/// Who is signed in where. The token goes to that service only.
#[derive(Serialize, Deserialize)]
pub(crate) struct Session {
    url: String,
    user: String,
    token: String,
    expires_at: Timestamp,
}

impl Session {
    /// A sign-in that ends in this time.
    pub(crate) fn new(
        url: String,
        user: String,
        token: String,
        lifetime: Duration,
    ) -> Result<Self, Failure> {
        Ok(Self {
            url,
            user,
            token,
            expires_at: now()?.plus(lifetime),
        })
    }

    /// Keeps it, in place of an earlier one. Returns where.
    pub(crate) fn save(&self) -> Result<PathBuf, Failure> {
        let path = path()?;
        let text =
            serde_json::to_string(self).map_err(|error| Failure::Input(error.to_string()))?;
        private_file::replace(&path, &text)?;
        Ok(path)
    }

    /// The service, as the one who is signed in.
    ///
    /// # Errors
    /// Nobody is, or not any more.
    pub(crate) fn service() -> Result<Service, Failure> {
        let path = path()?;
        let text = match input::read(&path, MAX_SESSION) {
            Ok(text) => text,
            Err(Failure::Read { reason, .. }) if reason.kind() == io::ErrorKind::NotFound => {
                return Err(Failure::NotSignedIn);
            }
            Err(failure) => return Err(failure),
        };
        // What is wrong with it is not told: it would quote the token.
        let session: Self = serde_json::from_slice(&text).map_err(|_| Failure::NotSignedIn)?;
        if session.expires_at <= now()? {
            return Err(Failure::SignInExpired {
                user: session.user,
                url: session.url,
            });
        }
        Ok(Service::at(&session.url)?.with_user(session.token))
    }
}

/// The machine's time.
pub(crate) fn now() -> Result<Timestamp, Failure> {
    Timestamp::try_from(SystemTime::now())
        .map_err(|_| Failure::Input("this machine's clock can't be read: set it".to_owned()))
}

fn path() -> Result<PathBuf, Failure> {
    let folder = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    folder("HUBKEYS_CONFIG_DIR")
        .or_else(|| folder("XDG_CONFIG_HOME").map(|base| base.join("hubkeys")))
        .or_else(|| folder("HOME").map(|home| home.join(".config").join("hubkeys")))
        .map(|folder| folder.join("session.json"))
        .ok_or_else(|| {
            Failure::Input(
                "there is no folder to keep the sign-in in: set HUBKEYS_CONFIG_DIR".to_owned(),
            )
        })
}

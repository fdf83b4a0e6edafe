//! The keys that `script/bench` measures Hubkeys with, next to others: the data folder of a stopped stack, and a line for each
//! credential that is asked about.

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
use hubkeys_domain::api_key::ApiKeyEvent;
use hubkeys_domain::keyring::Keyring;
use hubkeys_domain::{AccountId, Actor, KeyId, Role, Scheme, Secret, Timestamp};
use hubkeys_store::SeedRows;

use crate::Result;
use crate::seed::{EVENTS, VIEWS, items, seed};

/// Whose list is measured. Its users can sign in.
const LISTED: &str = "acme";
/// Keys a transaction of the file.
const AT_ONCE: u64 = 2_000;

#[derive(Args, Debug)]
pub(crate) struct SeedArguments {
    /// How many
    #[arg(long)]
    keys: u64,
    /// The data folder to make
    data: PathBuf,
}

/// Makes the keys, and prints those for Basic: `valid` or `revoked`, and key and secret as they are sent. A quarter of all belongs
/// to one account, all of them revoked, for no account may have many that live.
pub(crate) fn run(arguments: &SeedArguments) -> Result<()> {
    let listed = arguments.keys / 4;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut printed = Ok(());
    seed(&arguments.data, arguments.keys - listed, |key| {
        if key.scheme == Scheme::Basic && printed.is_ok() {
            let kind = if key.revoked { "revoked" } else { "valid" };
            printed = writeln!(out, "{kind} {}:{}", key.id, key.secret.expose());
        }
    })?;
    printed?;
    out.flush()?;
    seed_revoked(&arguments.data, &LISTED.parse()?, listed)
}

fn seed_revoked(data: &Path, account: &AccountId, keys: u64) -> Result<()> {
    let keyring = Keyring::parse(&std::fs::read_to_string(data.join("keyring.json"))?)?;
    let file = data.join("dynamodb.sqlite");
    let database = dynoxide::Database::new(file.to_str().ok_or("a path that is not UTF-8")?)?;
    let at = Timestamp::try_from(SystemTime::now())?;
    let by = Actor::User {
        user: format!("admin@{account}").parse()?,
        role: Role::Administrator,
    };
    let secret = Secret::generate()?;
    let mut left = keys;
    while left > 0 {
        let mut rows = SeedRows::default();
        for number in 0..left.min(AT_ONCE) {
            let id = KeyId::generate(at)?;
            let created = ApiKeyEvent::KeyCreated {
                id: id.clone(),
                account: account.clone(),
                name: format!("Ended {}", left - number).parse()?,
                scheme: Scheme::Basic,
                secret: keyring.store(Scheme::Basic, id.as_str(), &secret)?,
                signing: None,
                by: by.clone(),
                at,
            };
            let by = by.clone();
            let reason = None;
            let revoked = ApiKeyEvent::KeyRevoked { reason, by, at };
            let of_key = SeedRows::of_key(&id, vec![created, revoked])?;
            rows.events.extend(of_key.events);
            rows.views.extend(of_key.views);
        }
        left -= left.min(AT_ONCE);
        let options = dynoxide::ImportOptions::default;
        database.import_items(EVENTS, items(rows.events)?, options())?;
        database.import_items(VIEWS, items(rows.views)?, options())?;
    }
    Ok(())
}

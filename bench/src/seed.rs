//! A database of as many keys as are asked for, in the form that commands would have left it, without a transaction for each:
//! straight into the file of a stack that does not run. `hubkeys admin check` finds nothing to mend in it.

use std::collections::HashMap;
use std::path::Path;
use std::time::SystemTime;

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::account::AccountEvent;
use hubkeys_domain::api_key::ApiKeyEvent;
use hubkeys_domain::keyring::Keyring;
use hubkeys_domain::{AccountId, Actor, KeyId, Operator, Role, Scheme, Secret, Timestamp, UserId};
use hubkeys_local::Options;
use hubkeys_store::SeedRows;

use crate::Result;

/// The names that infra/template.yaml gives.
pub(crate) const EVENTS: &str = "Events";
pub(crate) const VIEWS: &str = "Views";

/// Keys an account: as many live ones as it may have, and half as many that were revoked.
const KEYS_OF_AN_ACCOUNT: u64 = 150;
/// Keys a transaction of the file: few enough to hold them in memory.
const KEYS_AT_ONCE: u64 = 10 * KEYS_OF_AN_ACCOUNT;

/// A key as its client has it.
pub(crate) struct SeededKey {
    pub(crate) id: KeyId,
    pub(crate) secret: Secret,
    pub(crate) scheme: Scheme,
    pub(crate) revoked: bool,
}

/// Makes the data folder of a stack that holds `keys` keys, and stops it again. Of three keys one is revoked, of two one is for
/// Basic; every tenth has another name than at first. Each is shown to `see`, the only one who learns its secret.
pub(crate) fn seed(data: &Path, keys: u64, mut see: impl FnMut(SeededKey)) -> Result<()> {
    empty_stack(data)?;
    let keyring = Keyring::parse(&std::fs::read_to_string(data.join("keyring.json"))?)?;
    let file = data.join("dynamodb.sqlite");
    let file = file.to_str().ok_or("a path that is not UTF-8")?;
    let database = dynoxide::Database::new(file)?;
    let now = Timestamp::try_from(SystemTime::now())?;
    let mut first = 0;
    while first < keys {
        let after = keys.min(first + KEYS_AT_ONCE);
        let mut rows = SeedRows::default();
        let mut account = first;
        while account < after {
            let last = after.min(account + KEYS_OF_AN_ACCOUNT);
            seed_account(account..last, &keyring, now, &mut rows, &mut see)?;
            account = last;
        }
        database.import_items(
            EVENTS,
            items(rows.events)?,
            dynoxide::ImportOptions::default(),
        )?;
        database.import_items(
            VIEWS,
            items(rows.views)?,
            dynoxide::ImportOptions::default(),
        )?;
        first = after;
        if first % (KEYS_AT_ONCE * 20) == 0 {
            eprintln!("bench: seeding, key {first} of {keys}");
        }
    }
    Ok(())
}

/// How many accounts hold that many keys.
#[allow(dead_code, reason = "a benchmark that sends requests needs only keys")]
pub(crate) fn seeded_accounts(keys: u64) -> u64 {
    keys.div_ceil(KEYS_OF_AN_ACCOUNT)
}

/// A data folder as the first start makes it: tables and keyring.
fn empty_stack(data: &Path) -> Result<()> {
    let options = Options {
        data: data.to_owned(),
        port: 0,
        hub: None,
        database: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stack = hubkeys_local::Stack::start(options).await?;
        stack.serve_until(std::future::ready(())).await?;
        Ok(())
    })
}

fn seed_account(
    keys: std::ops::Range<u64>,
    keyring: &Keyring,
    now: Timestamp,
    rows: &mut SeedRows,
    see: &mut impl FnMut(SeededKey),
) -> Result<()> {
    let account: AccountId = format!("seeded-{:07}", keys.start / KEYS_OF_AN_ACCOUNT).parse()?;
    let operator: UserId = "bench".parse()?;
    let by = Actor::User {
        user: format!("ann@{account}").parse()?,
        role: Role::Administrator,
    };
    let (mut live, mut changes) = (0, 0);
    for number in keys {
        let id = KeyId::generate(now)?;
        let secret = Secret::generate()?;
        let scheme = if number % 2 == 0 {
            Scheme::Basic
        } else {
            Scheme::Hmac
        };
        let revoked = number % 3 == 2;
        let mut events = vec![ApiKeyEvent::KeyCreated {
            id: id.clone(),
            account: account.clone(),
            name: format!("Seeded {number}").parse()?,
            scheme,
            secret: keyring.store(scheme, id.as_str(), &secret)?,
            signing: (scheme == Scheme::Hmac).then(Default::default),
            by: by.clone(),
            at: now,
        }];
        if number % 10 == 0 {
            events.push(ApiKeyEvent::KeyRenamed {
                name: format!("Renamed {number}").parse()?,
                by: by.clone(),
                at: now,
            });
        }
        if revoked {
            events.push(ApiKeyEvent::KeyRevoked {
                reason: None,
                by: by.clone(),
                at: now,
            });
        }
        live += u32::from(!revoked);
        changes += 1 + u32::from(revoked);
        extend(rows, SeedRows::of_key(&id, events)?);
        see(SeededKey {
            id,
            secret,
            scheme,
            revoked,
        });
    }
    let verified = AccountEvent::AccountVerified {
        by: Actor::from(&Operator { user: operator }),
        at: now,
    };
    extend(
        rows,
        SeedRows::of_account(&account, vec![verified], live, changes)?,
    );
    Ok(())
}

fn extend(rows: &mut SeedRows, more: SeedRows) {
    rows.events.extend(more.events);
    rows.views.extend(more.views);
}

pub(crate) fn items(rows: Vec<HashMap<String, AttributeValue>>) -> Result<Vec<dynoxide::Item>> {
    rows.into_iter().map(item).collect()
}

fn item(row: HashMap<String, AttributeValue>) -> Result<dynoxide::Item> {
    let pairs = row.into_iter();
    pairs
        .map(|(name, value)| Ok((name, embedded(value)?)))
        .collect()
}

/// The SDK's value as the embedded database has it. Others than these are in no row of ours.
fn embedded(value: AttributeValue) -> Result<dynoxide::AttributeValue> {
    Ok(match value {
        AttributeValue::S(text) => dynoxide::AttributeValue::S(text),
        AttributeValue::N(number) => dynoxide::AttributeValue::N(number),
        AttributeValue::Bool(value) => dynoxide::AttributeValue::BOOL(value),
        AttributeValue::Null(value) => dynoxide::AttributeValue::NULL(value),
        AttributeValue::L(values) => {
            let values = values.into_iter().map(embedded);
            dynoxide::AttributeValue::L(values.collect::<Result<_>>()?)
        }
        AttributeValue::M(values) => dynoxide::AttributeValue::M(item(values)?),
        other => return Err(format!("a row with a value of another type: {other:?}").into()),
    })
}

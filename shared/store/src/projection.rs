//! Which rows follow from an aggregate, and on what its next events depend.

use aws_sdk_dynamodb::types::AttributeValue;
use cqrs_es::Aggregate;
use hubkeys_domain::account::{Account, AccountEvent, Standing};
use hubkeys_domain::api_key::{ApiKey, ApiKeyEvent};
use hubkeys_domain::{AccountId, MAX_LIVE_KEYS};

use crate::stored_event::Item;
use crate::transaction::{Guard, Write};
use crate::views::{credential, key_list, limits, standing};
use crate::{Refusal, StoreError};

/// An aggregate whose streams we store.
pub(crate) trait Projected: Aggregate {
    /// What stands before an id in the partition key of its stream, in both tables.
    const PREFIX: &'static str;

    /// The rows of this state at this version. Commit and rebuild both use it, so they cannot disagree.
    ///
    /// Their keys are settled by the first event: a later one changes what a row says, and neither its place nor how many there are.
    /// [`Store::rebuild`](crate::Store::rebuild) tells by it which rows follow from no stream.
    fn rows(&self, id: &str, version: u64) -> Result<Vec<Item>, StoreError>;

    /// What else the transaction of these events must check and count. Only a commit does this.
    fn guards(&self, events: &[Self::Event]) -> Vec<Write>;

    /// The partition key of stream `id`.
    fn stream(id: &str) -> String {
        format!("{}{id}", Self::PREFIX)
    }
}

impl Projected for ApiKey {
    const PREFIX: &'static str = "KEY#";

    fn rows(&self, _id: &str, version: u64) -> Result<Vec<Item>, StoreError> {
        match self.key() {
            None => Ok(Vec::new()),
            Some(key) => Ok(vec![
                credential::row(key, version)?,
                key_list::row(key, version)?,
            ]),
        }
    }

    fn guards(&self, events: &[ApiKeyEvent]) -> Vec<Write> {
        let Some(key) = self.key() else {
            return Vec::new();
        };
        events
            .iter()
            .flat_map(|event| match event {
                // The account may lose its standing, or reach its limit, between our look and this transaction.
                ApiKeyEvent::KeyCreated { .. } => {
                    vec![verified(&key.account), one_more(&key.account)]
                }
                // So that of a suspension and a reinstatement at once the one that was decided last has the last word on
                // every key, however late the other one's transactions arrive.
                ApiKeyEvent::KeyDisabled { .. } => vec![suspended(&key.account)],
                ApiKeyEvent::KeyEnabled { .. } => vec![verified(&key.account)],
                ApiKeyEvent::KeyRevoked { .. } => vec![one_less(&key.account)],
                ApiKeyEvent::KeyRenamed { .. } | ApiKeyEvent::KeyResealed { .. } => Vec::new(),
            })
            .collect()
    }
}

impl Projected for Account {
    const PREFIX: &'static str = "ACCOUNT#";

    fn rows(&self, id: &str, version: u64) -> Result<Vec<Item>, StoreError> {
        Ok(vec![standing::row(id, self, version)?])
    }

    fn guards(&self, _events: &[AccountEvent]) -> Vec<Write> {
        Vec::new()
    }
}

fn verified(account: &AccountId) -> Write {
    stands_as(account, Standing::Verified, Refusal::AccountNotVerified)
}

fn suspended(account: &AccountId) -> Write {
    stands_as(account, Standing::Suspended, Refusal::AccountNotSuspended)
}

fn stands_as(account: &AccountId, standing: Standing, otherwise: Refusal) -> Write {
    let (pk, sk) = standing::key(account.as_str());
    let standing = AttributeValue::S(standing.as_str().to_owned());
    Write::check(Guard::Standing(otherwise), pk, sk, "standing = :standing")
        .value(":standing", standing)
}

fn one_more(account: &AccountId) -> Write {
    let (pk, sk) = limits::key(account);
    Write::update(Guard::Limit, pk, sk, "ADD live :one, version :one")
        .condition("attribute_not_exists(live) OR live < :limit")
        .value(":one", AttributeValue::N("1".to_owned()))
        .value(":limit", AttributeValue::N(MAX_LIVE_KEYS.to_string()))
}

/// Without a condition: nothing may stand between a key and its revocation, least of all a counter.
fn one_less(account: &AccountId) -> Write {
    let (pk, sk) = limits::key(account);
    Write::update(Guard::None, pk, sk, "ADD live :less, version :one")
        .value(":less", AttributeValue::N("-1".to_owned()))
        .value(":one", AttributeValue::N("1".to_owned()))
}

//! `REQUEST#<account>#<idempotency key>` / `CREATE`: which key a repeated create made.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::{AccountId, KeyId, KeyName, Scheme, SigningPolicy, Timestamp};
use serde::{Deserialize, Serialize};

use super::{from_row, to_row};
use crate::transaction::{Guard, Write};
use crate::{Store, StoreError};

/// How long a repeated create is recognised.
const REMEMBERED: Duration = Duration::from_hours(24);

/// A create request and the key it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The account it was made in: another account's idempotency key is another one.
    pub account: AccountId,
    /// The client's `Idempotency-Key`.
    pub idempotency_key: String,
    /// The name it asked for.
    pub name: KeyName,
    /// The scheme it asked for.
    pub scheme: Scheme,
    /// What it asked to sign with; `None` is the default.
    pub signing: Option<SigningPolicy>,
    /// The key it made.
    pub key: KeyId,
    /// When.
    pub at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Content {
    name: KeyName,
    scheme: Scheme,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signing: Option<SigningPolicy>,
    key: KeyId,
    at: Timestamp,
    /// DynamoDB's time to live, in seconds since the epoch. DynamoDB removes the row some time after, so readers compare.
    expires: i64,
}

fn row_key(account: &AccountId, idempotency_key: &str) -> (String, String) {
    // An account id has no '#', so the first one ends it whatever the client's key holds.
    (
        format!("REQUEST#{account}#{idempotency_key}"),
        "CREATE".to_owned(),
    )
}

/// Remembers the request unless one with the same key is remembered.
pub(crate) fn write(request: &Idempotency) -> Result<Write, StoreError> {
    let content = Content {
        name: request.name.clone(),
        scheme: request.scheme,
        signing: request.signing.clone(),
        key: request.key.clone(),
        at: request.at,
        expires: request.at.plus(REMEMBERED).as_seconds(),
    };
    let row = to_row(row_key(&request.account, &request.idempotency_key), content)?;
    Ok(Write::put_if(
        Guard::Idempotency,
        row,
        "attribute_not_exists(pk) OR expires <= :now",
    )
    .value(
        ":now",
        AttributeValue::N(request.at.as_seconds().to_string()),
    ))
}

impl Store {
    /// The request that used this idempotency key in the 24 hours before `now`, if one did: one consistent read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn earlier_request(
        &self,
        account: &AccountId,
        idempotency_key: &str,
        now: Timestamp,
    ) -> Result<Option<Idempotency>, StoreError> {
        let key = row_key(account, idempotency_key);
        let Some(item) = self.database.row(&key).await? else {
            return Ok(None);
        };
        let content: Content = from_row(&key, item)?;
        Ok((content.expires > now.as_seconds()).then(|| Idempotency {
            account: account.clone(),
            idempotency_key: idempotency_key.to_owned(),
            name: content.name,
            scheme: content.scheme,
            signing: content.signing,
            key: content.key,
            at: content.at,
        }))
    }
}

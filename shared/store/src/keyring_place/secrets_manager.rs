//! The keyring as a secret of Secrets Manager.

use std::time::SystemTime;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Edition;
use crate::KeyringError;

const CURRENT: &str = "AWSCURRENT";
/// A version needs a label to be kept. This one is on the version that is about to become current.
const DRAFT: &str = "HUBKEYS_DRAFT";

pub(super) async fn read(
    client: &Client,
    secret: &str,
) -> Result<(Zeroizing<String>, Edition), KeyringError> {
    let answer = client
        .get_secret_value()
        .secret_id(secret)
        // As it is by default. Said all the same: it is the label that a change moves.
        .version_stage(CURRENT)
        .send()
        .await;
    let answer = answer.map_err(|error| KeyringError::SecretsManager(Box::new(error)))?;
    let since = answer
        .created_date
        .and_then(|date| SystemTime::try_from(date).ok());
    let edition = Edition {
        version_id: answer.version_id,
        since,
    };
    let text = Zeroizing::new(answer.secret_string.unwrap_or_default());
    Ok((text, edition))
}

/// Two steps, because putting a value moves `AWSCURRENT` from whatever has it, and a rotation that came between would be
/// undone: its keys could be opened by nobody. So the value is put beside, and the label is moved from the very version
/// that was read, or not at all.
pub(super) async fn replace(
    client: &Client,
    secret: &str,
    old: &str,
    text: &str,
) -> Result<(), KeyringError> {
    let new = Uuid::now_v7().to_string();
    client
        .put_secret_value()
        .secret_id(secret)
        // The same token again, after a lost answer, makes no second version.
        .client_request_token(&new)
        .version_stages(DRAFT)
        .secret_string(text)
        .send()
        .await
        .map_err(|error| KeyringError::NotTaken(Box::new(error)))?;
    let moved = client
        .update_secret_version_stage()
        .secret_id(secret)
        .version_stage(CURRENT)
        .remove_from_version_id(old)
        .move_to_version_id(&new)
        .send()
        .await;
    let Err(error) = moved else {
        return Ok(());
    };
    // The answer of a first try may have been lost: then the label is where it should be, and not where it was.
    match read(client, secret).await {
        Ok((_, edition)) if edition.version_id.as_deref() == Some(&new) => Ok(()),
        Ok((_, edition)) if edition.version_id.as_deref() != Some(old) => {
            Err(KeyringError::Overtaken)
        }
        _ if error.code() == Some("InvalidParameterException") => Err(KeyringError::Overtaken),
        _ => Err(KeyringError::NotTaken(Box::new(error))),
    }
}

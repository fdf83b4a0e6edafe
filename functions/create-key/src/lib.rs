//! `POST /v1/keys`: makes a key and shows its secret, this once.
//!
//! With an `Idempotency-Key` the same request again, for 24 hours, gives the same key and never a secret; another request
//! under the same idempotency key is refused with 422.

mod idempotency_key;
#[cfg(feature = "openapi")]
pub mod openapi;

use hubkeys_api::context::{now, who_and_where};
use hubkeys_api::{
    Answer, Body, Problem, ProblemType, Request, Response, body, caller, json, respond,
};
use hubkeys_domain::api_key::{ApiKeyCommand, ApiKeyError};
use hubkeys_domain::{
    AuthorizedAdministrator, KeyId, KeyName, Scheme, Secret, SigningPolicy, Timestamp,
};
use hubkeys_store::{
    ExecuteError, Idempotency, KeySummary, KeyView, KeyringSource, Refusal, Store,
};
use lambda_http::http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};

/// What a client asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct NewKey {
    name: KeyName,
    scheme: Scheme,
    /// What an HMAC key may sign with; left out, everything.
    #[serde(default, deserialize_with = "object")]
    #[cfg_attr(feature = "openapi", schema(schema_with = openapi::wanted_policy))]
    signing: Option<SigningPolicy>,
}

/// Reads a policy from an object only: serde would take the list of its members' values as well.
fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SigningPolicy>, D::Error> {
    let members = Option::<Map<String, Value>>::deserialize(deserializer)?;
    let policy = members.map(|members| serde_json::from_value(Value::Object(members)));
    policy.transpose().map_err(de::Error::custom)
}

/// A key just made: the only answer that holds a secret.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct CreatedKey<'a> {
    #[serde(flatten)]
    key: KeyView,
    #[cfg_attr(
        feature = "openapi",
        schema(
            pattern = "^hs_[0-9A-Za-z]{49}$",
            example = "hs_ThisIsAnExampleAndOpensNothing0000000000000000000000"
        )
    )]
    secret: &'a str,
}

/// Answers one request.
pub async fn handle(store: &Store, keyring: &KeyringSource, request: Request) -> Answer {
    respond(&request, create(store, keyring, &request).await)
}

async fn create(
    store: &Store,
    keyring: &KeyringSource,
    request: &Request,
) -> Result<Response<Body>, Problem> {
    let principal = caller::principal(request)?;
    let standing = store.standing(&principal.account).await?.standing;
    let by = principal.administer_keys(standing)?;
    let mut wanted: NewKey = body::json(request, body::LARGEST)?;
    if wanted.scheme == Scheme::Basic && wanted.signing.is_some() {
        return Err(Problem::invalid(
            "a Basic key never signs: leave `signing` out, or make an HMAC key",
        ));
    }
    // Left out and spelt out, the default is one request.
    if wanted.scheme == Scheme::Hmac {
        wanted.signing.get_or_insert_default();
    }
    let idempotency_key = idempotency_key::of(request)?;
    let at = now()?;

    if let Some(idempotency_key) = &idempotency_key
        && let Some(earlier) = store
            .earlier_request(by.account(), idempotency_key, at)
            .await?
    {
        return repeat(store, &by, &wanted, &earlier).await;
    }
    let id = KeyId::generate(at).map_err(Problem::internal)?;
    let secret = Secret::generate().map_err(Problem::internal)?;
    let stored = keyring
        .recent()
        .await
        .map_err(Problem::unavailable)?
        .store(wanted.scheme, id.as_str(), &secret)
        .map_err(Problem::internal)?;
    let idempotency = idempotency_key.map(|idempotency_key| Idempotency {
        account: by.account().clone(),
        idempotency_key,
        name: wanted.name.clone(),
        scheme: wanted.scheme,
        signing: wanted.signing.clone(),
        key: id.clone(),
        at,
    });
    let command = ApiKeyCommand::Create {
        id: id.clone(),
        name: wanted.name.clone(),
        scheme: wanted.scheme,
        secret: stored,
        signing: wanted.signing.clone(),
        by: by.clone(),
        at,
    };
    match store
        .execute_on_key(&id, command, idempotency.as_ref(), &who_and_where(request))
        .await
    {
        Ok(created) => match created.aggregate.key() {
            Some(key) => {
                let key = KeyView {
                    summary: KeySummary::of(key, created.version),
                    last_used_at: None,
                };
                json(
                    StatusCode::CREATED,
                    &CreatedKey {
                        key,
                        secret: secret.expose(),
                    },
                )
            }
            None => Err(Problem::internal("a created key is absent")),
        },
        // The same request came twice at once, and the other one was first.
        Err(ExecuteError::Refused(Refusal::IdempotencyKeyUsed)) => {
            overtaken(store, &by, &wanted, idempotency, at).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn overtaken(
    store: &Store,
    by: &AuthorizedAdministrator,
    wanted: &NewKey,
    ours: Option<Idempotency>,
    at: Timestamp,
) -> Result<Response<Body>, Problem> {
    let earlier = match ours {
        Some(ours) => {
            store
                .earlier_request(by.account(), &ours.idempotency_key, at)
                .await?
        }
        None => None,
    };
    match earlier {
        Some(earlier) => repeat(store, by, wanted, &earlier).await,
        None => Err(Problem::unavailable(Refusal::IdempotencyKeyUsed)),
    }
}

/// The key an earlier request made, as it is now, without its secret: that was shown once.
async fn repeat(
    store: &Store,
    by: &AuthorizedAdministrator,
    wanted: &NewKey,
    earlier: &Idempotency,
) -> Result<Response<Body>, Problem> {
    if earlier.name != wanted.name
        || earlier.scheme != wanted.scheme
        || earlier.signing != wanted.signing
    {
        return Err(Problem::new(
            ProblemType::IdempotencyKeyReused,
            "this Idempotency-Key was used for another key in the last 24 hours: use a new one for a new key",
        ));
    }
    let (key, version) = store
        .key(by, &earlier.key)
        .await?
        .ok_or(ApiKeyError::NotFound)?;
    let shown = KeyView {
        summary: KeySummary::of(&key, version),
        last_used_at: store.last_used(by.account(), &key.id).await?,
    };
    let mut response = json(StatusCode::OK, &shown)?;
    let replayed = (
        HeaderName::from_static("idempotency-replayed"),
        HeaderValue::from_static("true"),
    );
    response.headers_mut().insert(replayed.0, replayed.1);
    Ok(response)
}

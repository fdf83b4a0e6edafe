//! Keys whose secrets are known, the keyring they are stored under, and the verifier that decides about them.

use aws_sdk_secretsmanager::Client as Secrets;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Credentials, Region};
use hubkeys_auth::hub_hmac::{self, NameStyle};
use hubkeys_auth::{Algorithm, Body, RequestFacts, Unsigned};
use hubkeys_domain::api_key::ApiKeyCommand;
use hubkeys_domain::{AuthorizedAdministrator, KeyId, Scheme, Secret};
use hubkeys_store::{
    CredentialReader, Database, DigestMover, KeyringEditor, KeyringSource, LastUsed, LeasedReader,
    ReplayGuard,
};
use tempfile::TempDir;
use verify::Verifier;

use crate::given::{Given, at, operator};

/// A key and its secret.
pub(crate) struct Held {
    pub(crate) id: KeyId,
    pub(crate) scheme: Scheme,
    pub(crate) secret: Secret,
}

/// A keyring: in Secrets Manager where the server is one, and in a file elsewhere.
pub(crate) struct Ring {
    pub(crate) folder: TempDir,
    secrets: Option<Secrets>,
}

const NAME: &str = "keyring";
/// As `GenerateSecretString` in the template gives it.
const GENERATED: &str =
    r#"{"1":"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZab","current":"1"}"#;

impl Ring {
    pub(crate) async fn of(given: &Given) -> Self {
        let folder = TempDir::new().unwrap();
        if !given.keeps_secrets() {
            KeyringSource::from_file(folder.path().join("keyring.json"))
                .await
                .unwrap();
            return Self {
                folder,
                secrets: None,
            };
        }
        let config = aws_sdk_secretsmanager::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .endpoint_url(given.proxy.url())
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(
                RetryConfig::standard().with_initial_backoff(std::time::Duration::from_millis(1)),
            )
            .build();
        let secrets = Secrets::from_conf(config);
        let name = given.database.tables().views.replace("Views", NAME);
        let create = secrets.create_secret().name(&name).secret_string(GENERATED);
        create.send().await.unwrap();
        Self {
            folder,
            secrets: Some(secrets),
        }
    }

    pub(crate) fn editor(&self, given: &Given) -> KeyringEditor {
        match &self.secrets {
            Some(secrets) => {
                let name = given.database.tables().views.replace("Views", NAME);
                KeyringEditor::of_secret(secrets.clone(), name)
            }
            None => KeyringEditor::of_file(self.folder.path().join("keyring.json")),
        }
    }

    /// The keyring as a process that starts now has it.
    pub(crate) async fn source(&self, given: &Given) -> KeyringSource {
        self.editor(given).source().await.unwrap()
    }

    /// A verifier that starts now.
    pub(crate) async fn verifier(&self, given: &Given) -> (Verifier, DigestMover) {
        let mover = DigestMover::new(given.database.clone());
        let reader = LeasedReader::new(CredentialReader::new(given.database.clone()));
        // As the function does: a lease that can't be read is no reason not to start.
        let _ = reader.refresh().await;
        let verifier = Verifier::new(
            reader,
            ReplayGuard::new(given.database.clone()),
            elsewhere(given),
            self.source(given).await,
        )
        .await
        .unwrap()
        .moving_digests(mover.clone());
        (verifier, mover)
    }
}

/// Last uses are written past the proxy, to where nobody listens: their loss is harmless, and here only calls of the
/// rotation are counted.
fn elsewhere(given: &Given) -> LastUsed {
    let config = given.database.client().config().to_builder();
    let config = config.endpoint_url("http://127.0.0.1:9").build();
    let client = aws_sdk_dynamodb::Client::from_conf(config);
    LastUsed::new(Database::new(client, given.database.tables().clone()))
}

/// A new key of each scheme.
pub(crate) async fn create(given: &Given, by: &AuthorizedAdministrator, ring: &Ring) -> [Held; 2] {
    let keyring = ring.source(given).await.recent().await.unwrap();
    let one = async |scheme| {
        let id = KeyId::generate(at(0)).unwrap();
        let secret = Secret::generate().unwrap();
        let command = ApiKeyCommand::Create {
            id: id.clone(),
            name: "Billing".parse().unwrap(),
            scheme,
            secret: keyring.store(scheme, id.as_str(), &secret).unwrap(),
            signing: None,
            by: by.clone(),
            at: at(0),
        };
        given.execute(&id, command).await.unwrap();
        Held { id, scheme, secret }
    };
    [one(Scheme::Basic).await, one(Scheme::Hmac).await]
}

/// The outcome of a request with this key, as verify decides it.
pub(crate) async fn outcome(verifier: &Verifier, held: &Held) -> &'static str {
    let now = at(60_000);
    let headers = match held.scheme {
        Scheme::Basic => {
            use base64::Engine as _;
            let pair = format!("{}:{}", held.id, held.secret.expose());
            let pair = base64::engine::general_purpose::STANDARD.encode(pair);
            vec![("Authorization".to_owned(), format!("Basic {pair}"))]
        }
        Scheme::Hmac => {
            let request = Unsigned {
                method: "GET",
                target: "/v1/messages",
                date: now,
                body: None,
            };
            hub_hmac::sign(
                held.id.as_str(),
                &held.secret,
                Algorithm::HmacSha256,
                NameStyle::Documented,
                &request,
            )
            .unwrap()
        }
    };
    let facts = RequestFacts::new("GET", "/v1/messages", headers, Body::Absent, None).unwrap();
    match verifier.decide_on(&facts, now).await {
        Ok(decision) => decision.outcome(),
        Err(_) => "nobody can tell",
    }
}

/// Whether every one of these keys verifies.
pub(crate) async fn all_verify<'a>(
    verifier: &Verifier,
    keys: impl IntoIterator<Item = &'a Held>,
) -> bool {
    for held in keys {
        let found = outcome(verifier, held).await;
        if found != "valid" {
            eprintln!("{} ({}): {found}", held.id, held.scheme);
            return false;
        }
    }
    true
}

/// Has every live key moved that can be.
pub(crate) async fn reseal(
    given: &Given,
    ring: &Ring,
) -> Result<hubkeys_store::Resealed, hubkeys_store::ResealingError> {
    let source = ring.editor(given).source().await?;
    given
        .store
        .reseal(&source, &operator(), "reseal-1", |_| ())
        .await
}

//! The stack's start, service and stop.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hubkeys_store::{
    CredentialReader, Database, DigestMover, KeyringSource, LastUsed, LeasedReader, ReplayGuard,
    Store, Tables,
};
use rand::TryRng as _;
use rand::rngs::{SysError, SysRng};
use tokio::net::TcpListener;
use verify::Verifier;
use zeroize::Zeroizing;

use crate::StartError;
use crate::authorizer::Authorizers;
use crate::data_folder::DataFolder;
use crate::database::EmbeddedDatabase;
use crate::functions;
use crate::gateway::Gateway;
use crate::http_server::{self, Site};
use crate::issuer::Issuer;
use crate::pages::Pages;
use crate::seed;
use crate::sign_in::SignIn;
use crate::template::{Route, Table, Template};

/// Where the Hub is built, in the root of the repository.
const HUB: &str = "hub/dist";
const ISSUER_KEY: &str = "issuer-key.pem";
pub(crate) const KEYRING: &str = "keyring.json";
const SERVICE_TOKEN: &str = "service-token";

/// Where the stack keeps its data and listens.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the database, the keys and the token. Made if missing.
    pub data: PathBuf,
    /// The port on 127.0.0.1; 0 for a free one.
    pub port: u16,
    /// The folder the Hub is built into. It may be missing; `None` for `hub/dist`, of the current folder.
    pub hub: Option<PathBuf>,
    /// Where a DynamoDB is served on this machine, to use its tables instead of the folder's own. It checks no signatures, so
    /// whoever can reach it can let any key in: this is for tests of several stacks on one database.
    pub database: Option<SocketAddr>,
}

/// The local stack: started, its port bound, not serving yet.
pub struct Stack {
    address: SocketAddr,
    listener: TcpListener,
    site: Arc<Site>,
    routes: Vec<String>,
    service_token_file: PathBuf,
    database: EmbeddedDatabase,
    // Last, so that it is unlocked when everything else is closed.
    _folder: DataFolder,
}

/// The embedded database did not close as it should. What was acknowledged is on disk all the same.
#[derive(Debug, thiserror::Error)]
#[error("the embedded database did not close: {0}")]
pub struct ServeError(pub(crate) String);

impl Stack {
    /// Opens the data folder, the database and the port. A Tokio runtime with I/O and time must run.
    ///
    /// # Errors
    /// [`StartError`]; nothing is left running then.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let template =
            Template::embedded().map_err(|error| StartError::Template(error.to_string()))?;
        let folder = DataFolder::open(&options.data)?;
        let pages = pages(options.hub)?;
        let (listener, address) = listen(options.port).await?;
        let authorizers = authorizers(&folder, &format!("http://{address}"))?;
        // One for the functions and one for verify, as they have when deployed.
        let keyrings = (keyring(&folder).await?, keyring(&folder).await?);
        let routes = template.routes.iter().map(Route::key).collect();
        let database = match options.database {
            Some(address) => EmbeddedDatabase::served_at(address, &template.tables).await?,
            None => EmbeddedDatabase::start(&folder, &template.tables, 0).await?,
        };
        let owned = options.database.is_none();
        let gateway =
            match gateway(&folder, template, (&database, owned), keyrings, authorizers).await {
                Ok(gateway) => gateway,
                Err(error) => {
                    // Why it did not start is worth more to say than why it did not close, too.
                    let _ = database.stop().await;
                    return Err(error);
                }
            };
        Ok(Self {
            address,
            listener,
            site: Arc::new(Site {
                gateway,
                sign_in: SignIn::new(),
                pages,
                address,
            }),
            routes,
            service_token_file: folder.file(SERVICE_TOKEN),
            database,
            _folder: folder,
        })
    }

    /// Where it listens: 127.0.0.1 and the port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a URL without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The file that holds the token with which services ask `verify`. Only its owner can read it.
    pub fn service_token_file(&self) -> &Path {
        &self.service_token_file
    }

    /// Whether the Hub is built, and so served.
    pub fn serves_hub(&self) -> bool {
        self.site.pages.are_built()
    }

    /// The routes it serves, each as `GET /v1/keys`, by path.
    pub fn routes(&self) -> &[String] {
        &self.routes
    }

    /// Serves until `shutdown` completes, then finishes the requests under way and closes the database.
    ///
    /// # Errors
    /// The database did not close as it should.
    pub async fn serve_until(self, shutdown: impl Future<Output = ()>) -> Result<(), ServeError> {
        // A function whose client is gone may still run: the database answers it no more, and what it committed is committed.
        http_server::serve(self.listener, self.site, shutdown).await;
        self.database.stop().await.map_err(ServeError)
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stack({})", self.address)
    }
}

/// The gateway, with the functions behind it and the demo accounts open.
async fn gateway(
    folder: &DataFolder,
    template: Template,
    (database, owned): (&EmbeddedDatabase, bool),
    (keyring, verifiers_keyring): (KeyringSource, KeyringSource),
    authorizers: Authorizers,
) -> Result<Gateway, StartError> {
    let tables = tables(database, &template.tables)?;
    let store = Store::new(tables.clone());
    // One that others use too has the lease that somebody set in it.
    if owned {
        seed::lease(&store).await?;
    }
    let reader = LeasedReader::new(CredentialReader::new(tables.clone()));
    reader
        .refresh()
        .await
        .map_err(|error| StartError::Database(error.to_string()))?;
    let guard = ReplayGuard::new(tables.clone());
    let last_used = LastUsed::new(tables.clone());
    let verifier = Verifier::new(reader, guard, last_used, verifiers_keyring)
        .await
        .map_err(|error| failed(folder, KEYRING, &error))?
        .moving_digests(DigestMover::new(tables));
    let functions = functions::all(store, keyring, verifier);
    let gateway = Gateway::new(template.routes, functions, authorizers)
        .map_err(|error| StartError::Template(error.to_string()))?;
    seed::demo_accounts(&gateway).await?;
    Ok(gateway)
}

/// The pages' folder. One that was named has to be right; the usual one may not be built yet.
fn pages(named: Option<PathBuf>) -> Result<Pages, StartError> {
    let usual = named.is_none();
    let folder = named.unwrap_or_else(|| PathBuf::from(HUB));
    let pages = Pages::new(&folder).map_err(StartError::PagesHeaders)?;
    if usual || pages.are_built() {
        Ok(pages)
    } else {
        Err(StartError::Hub(folder))
    }
}

async fn listen(port: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let refused = |reason: std::io::Error| match reason.kind() {
        ErrorKind::AddrInUse => StartError::PortInUse(address),
        _ => StartError::Port { address, reason },
    };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

fn authorizers(folder: &DataFolder, origin: &str) -> Result<Authorizers, StartError> {
    let pem = folder.text(ISSUER_KEY, || {
        Issuer::generate_key().map_err(|error| failed(folder, ISSUER_KEY, &error))
    })?;
    let issuer =
        Issuer::from_pem(&pem, origin).map_err(|error| failed(folder, ISSUER_KEY, &error))?;
    let service_token = folder.text(SERVICE_TOKEN, || {
        service_token().map_err(|error| failed(folder, SERVICE_TOKEN, &error))
    })?;
    // An empty file would let everybody in.
    if service_token.trim_end().len() < 32 {
        return Err(failed(folder, SERVICE_TOKEN, &ServiceTokenTooShort));
    }
    Ok(Authorizers {
        issuer,
        service_token,
    })
}

fn service_token() -> Result<Zeroizing<String>, SysError> {
    let mut random = Zeroizing::new([0_u8; 32]);
    SysRng.try_fill_bytes(random.as_mut_slice())?;
    let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(random.as_slice()));
    Ok(Zeroizing::new(format!("hst_{}", text.as_str())))
}

#[derive(Debug, thiserror::Error)]
#[error("shorter than 32 characters: delete it to have a new one made")]
struct ServiceTokenTooShort;

async fn keyring(folder: &DataFolder) -> Result<KeyringSource, StartError> {
    folder.refuse_unsafe(KEYRING)?;
    KeyringSource::from_file(folder.file(KEYRING))
        .await
        .map_err(|error| failed(folder, KEYRING, &error))
}

/// The tables as functions know them, under the names the template gives them.
pub(crate) fn tables(
    database: &EmbeddedDatabase,
    declared: &[Table],
) -> Result<Database, StartError> {
    let named = |name: &str| match declared.iter().find(|table| table.name == name) {
        Some(table) => Ok(table.name.clone()),
        None => Err(StartError::Template(format!("there is no table {name}"))),
    };
    let tables = Tables {
        events: named("Events")?,
        views: named("Views")?,
    };
    Ok(Database::new(database.client.clone(), tables))
}

/// What is wrong with a file of the folder, with what caused it.
fn failed(folder: &DataFolder, name: &str, error: &dyn Error) -> StartError {
    let mut reason = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        reason = format!("{reason}: {source}");
        next = source.source();
    }
    StartError::Folder {
        path: folder.file(name),
        reason,
    }
}

#[cfg(test)]
mod tests;

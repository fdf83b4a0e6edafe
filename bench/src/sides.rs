//! What a verify is measured on: the verifier in process, the bare client it uses, the whole stack, and keys.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_auth::RequestFacts;
use hubkeys_domain::{Scheme, Timestamp};
use hubkeys_store::{
    CredentialReader, KeyringSource, LastUsed, Lease, LeasedReader, ReplayGuard, Store, Tables,
};
use tokio::runtime::{Builder, Runtime};
use verify::{Decision, Verifier};

use crate::Result;
use crate::database::Database;
use crate::seed::{EVENTS, VIEWS};
use crate::server::Server;
use crate::stack::{Key, Stack};

/// All sides, and the keys that each of them knows.
pub(crate) struct Sides {
    pub(crate) runtime: Runtime,
    pub(crate) stack: Stack,
    pub(crate) basic: Keys,
    pub(crate) hmac: Keys,
    /// The instant at which everything is signed and judged.
    pub(crate) now: Timestamp,
    client: Client,
    store: Store,
    reader: LeasedReader,
    pub(crate) verifier: Arc<Verifier>,
    database: Server,
}

/// Keys of one scheme.
pub(crate) struct Keys {
    pub(crate) live: Key,
    pub(crate) revoked: Key,
}

impl Sides {
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        // One thread, as the Lambda has.
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let data = folder.join("data");
        eprintln!("bench: verify, starting the stack and making keys");
        let stack = Stack::start(&data)?;
        let [basic, hmac] = runtime.block_on(keys(&stack))?;
        stack.stop()?;

        // Rows that the product wrote, read by both sides: of a file each, for a file has one owner.
        let copy = folder.join("copy");
        copy_files(&data, &copy)?;
        let Database { client, server } = Database::start(&copy.join("dynamodb.sqlite"))?;
        let stack = Stack::start(&data)?;
        let tables = Tables {
            events: EVENTS.to_owned(),
            views: VIEWS.to_owned(),
        };
        let views = hubkeys_store::Database::new(client.clone(), tables);
        // Every answer is read. A new stack has a lease of a second.
        let store = Store::new(views.clone());
        runtime.block_on(store.change_lease_alone(Lease::NONE))?;
        let reader = LeasedReader::new(CredentialReader::new(views.clone()));
        let guard = ReplayGuard::new(views.clone());
        let last_used = LastUsed::new(views);
        let keyring = runtime.block_on(KeyringSource::from_file(copy.join("keyring.json")))?;
        let verifier =
            runtime.block_on(Verifier::new(reader.clone(), guard, last_used, keyring))?;
        Ok(Self {
            runtime,
            stack,
            basic,
            hmac,
            now: Timestamp::try_from(SystemTime::now())?,
            client,
            store,
            reader,
            verifier: Arc::new(verifier),
            database: server,
        })
    }

    /// The bare read: the SDK's own. Whether there is such a row.
    pub(crate) async fn get_item(&self, row: &str) -> Result<bool> {
        let answer = self
            .client
            .get_item()
            .table_name(VIEWS)
            .key("pk", AttributeValue::S(row.to_owned()))
            .key("sk", AttributeValue::S("VERIFY".to_owned()))
            .consistent_read(true)
            .send()
            .await?;
        Ok(answer.item.is_some())
    }

    pub(crate) async fn decide(&self, facts: &RequestFacts) -> Result<Decision> {
        Ok(self.verifier.decide_on(facts, self.now).await?)
    }

    /// Lets the verifier answer from memory for a second, from now on.
    pub(crate) fn lend(&self) -> Result<()> {
        let lengthened = self.store.change_lease_alone(Lease::DEFAULT);
        self.runtime.block_on(lengthened)?;
        Ok(self.runtime.block_on(self.reader.refresh())?)
    }

    pub(crate) fn stop(self) -> Result<()> {
        drop(self.verifier);
        drop(self.reader);
        drop(self.store);
        drop(self.client);
        // Closing connections is the runtime's work, and the servers wait for it.
        drop(self.runtime);
        self.stack.stop()?;
        self.database.stop()
    }
}

async fn keys(stack: &Stack) -> Result<[Keys; 2]> {
    let token = stack.sign_in().await?;
    let keys = async |scheme| -> Result<Keys> {
        let keys = Keys {
            live: stack.create_key(&token, scheme).await?,
            revoked: stack.create_key(&token, scheme).await?,
        };
        stack.revoke(&token, &keys.revoked.id).await?;
        Ok(keys)
    };
    Ok([keys(Scheme::Basic).await?, keys(Scheme::Hmac).await?])
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

//! A store on two fresh tables, and the people who use it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::account::{Account, AccountCommand, AccountError, Standing};
use hubkeys_domain::api_key::{ApiKey, ApiKeyCommand, ApiKeyError, Key};
use hubkeys_domain::{
    AuthorizedAdministrator, KeyId, KeyringVersion, Operator, Principal, Role, Scheme,
    StoredSecret, Timestamp,
};
use hubkeys_store::{
    Committed, CredentialReader, Database, ExecuteError, Idempotency, Report, Store, WhoAndWhere,
};

use crate::backend::Backend;
use fault_proxy::FaultProxy;

pub(crate) type Item = std::collections::HashMap<String, AttributeValue>;
/// All rows of a table by their keys.
pub(crate) type Rows = BTreeMap<(String, String), Item>;
pub(crate) type OfKey = Result<Committed<ApiKey>, ExecuteError<ApiKeyError>>;

/// A store, what is beneath it, and the way there.
pub(crate) struct Given {
    pub(crate) store: Store,
    pub(crate) reader: CredentialReader,
    pub(crate) database: Database,
    pub(crate) proxy: FaultProxy,
    backend: Arc<Backend>,
}

/// The instant `millis` milliseconds into the story.
pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_422_600_000 + millis).unwrap()
}

/// An administrator who was let in while the account was verified, whatever became of it since.
pub(crate) fn administrator(account: &str) -> AuthorizedAdministrator {
    let principal = user(account, Role::Administrator);
    principal.administer_keys(Standing::Verified).unwrap()
}

/// A user who signed in and was let in nowhere yet.
pub(crate) fn user(account: &str, role: Role) -> Principal {
    Principal {
        account: account.parse().unwrap(),
        user: format!("ann@{account}").parse().unwrap(),
        role,
    }
}

pub(crate) fn operator() -> Operator {
    Operator {
        user: "staff-7".parse().unwrap(),
    }
}

pub(crate) fn context() -> WhoAndWhere {
    within(Duration::from_secs(60))
}

pub(crate) fn within(time: Duration) -> WhoAndWhere {
    WhoAndWhere {
        request_id: "request-1".to_owned(),
        deadline: Instant::now() + time,
    }
}

pub(crate) fn digest() -> StoredSecret {
    StoredSecret::Digest {
        keyring: KeyringVersion::try_from("1".to_owned()).unwrap(),
        mac: [7; 32],
    }
}

pub(crate) fn sealed() -> StoredSecret {
    StoredSecret::Sealed {
        keyring: KeyringVersion::try_from("1".to_owned()).unwrap(),
        nonce: [1; 12],
        ciphertext: vec![2; 68],
    }
}

pub(crate) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(crate) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A command that makes a key of this scheme.
pub(crate) fn creation(
    id: &KeyId,
    by: &AuthorizedAdministrator,
    name: &str,
    scheme: Scheme,
    at: Timestamp,
) -> ApiKeyCommand {
    ApiKeyCommand::Create {
        id: id.clone(),
        name: name.parse().unwrap(),
        scheme,
        secret: match scheme {
            Scheme::Basic => digest(),
            Scheme::Hmac => sealed(),
        },
        signing: None,
        by: by.clone(),
        at,
    }
}

/// The row that remembers a create.
pub(crate) fn remembered(
    by: &AuthorizedAdministrator,
    idempotency_key: &str,
    key: &KeyId,
    at: Timestamp,
) -> Idempotency {
    Idempotency {
        account: by.account().clone(),
        idempotency_key: idempotency_key.to_owned(),
        name: "Billing".parse().unwrap(),
        scheme: Scheme::Basic,
        signing: None,
        key: key.clone(),
        at,
    }
}

impl Given {
    pub(crate) fn new(backend: Arc<Backend>, proxy: FaultProxy, database: Database) -> Self {
        Self {
            store: Store::new(database.clone()),
            reader: CredentialReader::new(database.clone()),
            database,
            proxy,
            backend,
        }
    }

    /// Two other empty tables of the same database.
    pub(crate) async fn another(&self) -> Self {
        self.backend.fresh().await
    }

    /// Whether the server is a Secrets Manager, too.
    pub(crate) fn keeps_secrets(&self) -> bool {
        self.backend.keeps_secrets()
    }

    /// The same tables by another client.
    pub(crate) fn with_client(self, client: Client) -> Self {
        let database = Database::new(client, self.database.tables().clone());
        Self::new(self.backend, self.proxy, database)
    }

    pub(crate) fn client(&self) -> &Client {
        self.database.client()
    }

    /// A verified account and its administrator.
    pub(crate) async fn verified(&self, account: &str) -> AuthorizedAdministrator {
        let command = AccountCommand::Verify {
            account: account.parse().unwrap(),
            by: operator(),
            at: at(0),
        };
        self.on_account(account, command).await.unwrap();
        administrator(account)
    }

    pub(crate) async fn on_account(
        &self,
        account: &str,
        command: AccountCommand,
    ) -> Result<Committed<Account>, ExecuteError<AccountError>> {
        let id = account.parse().unwrap();
        self.store
            .execute_on_account(&id, command, &context())
            .await
    }

    pub(crate) async fn execute(&self, id: &KeyId, command: ApiKeyCommand) -> OfKey {
        self.store
            .execute_on_key(id, command, None, &context())
            .await
    }

    /// A Basic key named "Billing".
    pub(crate) async fn key(&self, by: &AuthorizedAdministrator) -> KeyId {
        self.key_of(by, "Billing", Scheme::Basic, at(0)).await
    }

    pub(crate) async fn key_of(
        &self,
        by: &AuthorizedAdministrator,
        name: &str,
        scheme: Scheme,
        at: Timestamp,
    ) -> KeyId {
        let id = KeyId::generate(at).unwrap();
        let command = creation(&id, by, name, scheme, at);
        self.execute(&id, command).await.unwrap();
        id
    }

    pub(crate) async fn create(&self, by: &AuthorizedAdministrator) -> OfKey {
        let id = KeyId::generate(at(0)).unwrap();
        let command = creation(&id, by, "Billing", Scheme::Basic, at(0));
        self.execute(&id, command).await
    }

    pub(crate) async fn rename(
        &self,
        id: &KeyId,
        by: &AuthorizedAdministrator,
        name: &str,
    ) -> OfKey {
        let command = ApiKeyCommand::Rename {
            name: name.parse().unwrap(),
            by: by.clone(),
            at: at(1),
        };
        self.execute(id, command).await
    }

    pub(crate) async fn revoke(&self, id: &KeyId, by: &AuthorizedAdministrator) -> OfKey {
        self.execute(id, revocation(by)).await
    }

    /// The key as its administrator sees it.
    pub(crate) async fn seen(&self, id: &KeyId, by: &AuthorizedAdministrator) -> (Key, u64) {
        self.store.key(by, id).await.unwrap().unwrap()
    }

    pub(crate) async fn check(&self) -> Report {
        self.store.check(|_| ()).await.unwrap()
    }

    pub(crate) async fn rebuild(&self) -> Report {
        self.store.rebuild(|_| ()).await.unwrap()
    }

    pub(crate) async fn events(&self) -> Rows {
        self.rows_of(&self.database.tables().events).await
    }

    pub(crate) async fn views(&self) -> Rows {
        self.rows_of(&self.database.tables().views).await
    }

    /// Everything there is.
    pub(crate) async fn everything(&self) -> (Rows, Rows) {
        (self.events().await, self.views().await)
    }

    async fn rows_of(&self, table: &str) -> Rows {
        let mut rows = Rows::new();
        let mut start = None;
        loop {
            let scan = self.client().scan().table_name(table);
            let page = scan
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .unwrap();
            for item in page.items.unwrap_or_default() {
                let part = |name: &str| item[name].as_s().unwrap().clone();
                rows.insert((part("pk"), part("sk")), item);
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return rows;
            }
        }
    }

    /// The account's count of live keys, and how often it changed.
    pub(crate) async fn limits(&self, account: &str) -> Option<(i64, i64)> {
        let views = self.views().await;
        let row = views.get(&(format!("ACCOUNT#{account}"), "LIMITS".to_owned()))?;
        let part = |name: &str| row[name].as_n().unwrap().parse().unwrap();
        Some((part("live"), part("version")))
    }

    /// Writes a row into the events, as no code of ours can.
    pub(crate) async fn put_event(&self, item: Item) {
        self.put(&self.database.tables().events, item).await;
    }

    /// Writes a row into the views.
    pub(crate) async fn put_view(&self, item: Item) {
        self.put(&self.database.tables().views, item).await;
    }

    async fn put(&self, table: &str, item: Item) {
        let put = self.client().put_item().table_name(table);
        put.set_item(Some(item)).send().await.unwrap();
    }

    pub(crate) async fn delete_event(&self, pk: &str, sk: &str) {
        self.delete(&self.database.tables().events, pk, sk).await;
    }

    pub(crate) async fn delete_view(&self, pk: &str, sk: &str) {
        self.delete(&self.database.tables().views, pk, sk).await;
    }

    async fn delete(&self, table: &str, pk: &str, sk: &str) {
        let delete = self.client().delete_item().table_name(table);
        let delete = delete.key("pk", text(pk)).key("sk", text(sk));
        delete.send().await.unwrap();
    }

    /// Makes it everything there is again.
    pub(crate) async fn put_back(&self, (events, views): &(Rows, Rows)) {
        let tables = self.database.tables();
        for (table, wanted) in [(&tables.events, events), (&tables.views, views)] {
            let there = self.rows_of(table).await;
            for (pk, sk) in there.keys().filter(|row| !wanted.contains_key(row)) {
                self.delete(table, pk, sk).await;
            }
            for (row, item) in wanted {
                if there.get(row) != Some(item) {
                    self.put(table, item.clone()).await;
                }
            }
        }
    }

    /// A row of the views as it stands.
    pub(crate) async fn view(&self, pk: &str, sk: &str) -> Item {
        self.views().await[&(pk.to_owned(), sk.to_owned())].clone()
    }
}

pub(crate) fn revocation(by: &AuthorizedAdministrator) -> ApiKeyCommand {
    ApiKeyCommand::Revoke {
        reason: Some("laptop lost".parse().unwrap()),
        by: by.clone(),
        at: at(2),
    }
}

/// The sort key of a key's row in the list.
pub(crate) fn listed_as(id: &KeyId, created: Timestamp) -> String {
    format!("KEY#{created}#{id}")
}

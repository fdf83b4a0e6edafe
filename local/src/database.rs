//! The embedded DynamoDB: `dynoxide` on a file, spoken to by the real SDK over a port of its own on 127.0.0.1.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    TimeToLiveSpecification, TimeToLiveStatus,
};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::StartError;
use crate::data_folder::DataFolder;
use crate::template::Table;

/// The running database. Every commit is in its write-ahead log before it is acknowledged, so a killed process loses none.
#[derive(Debug)]
pub(crate) struct EmbeddedDatabase {
    pub(crate) client: Client,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), String>>,
}

impl EmbeddedDatabase {
    /// Opens the file and makes the tables that are missing.
    pub(crate) async fn start(folder: &DataFolder, tables: &[Table]) -> Result<Self, StartError> {
        let failed = |error: String| StartError::Database(error);
        let path = folder.ensure_private("dynamodb.sqlite")?;
        let path = path
            .to_str()
            .ok_or_else(|| failed("the data folder's path is not UTF-8".to_owned()))?;
        let database = dynoxide::Database::new(path).map_err(|error| failed(error.to_string()))?;
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(|error| failed(error.to_string()))?;
        let address = listener
            .local_addr()
            .map_err(|error| failed(error.to_string()))?;
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(dynoxide::server::serve_with_shutdown(
            listener,
            database,
            async {
                // A sender that was dropped stops it too.
                let _ = stopped.await;
            },
        ));
        let running = Self {
            client: client(&format!("http://{address}")),
            stop,
            server,
        };
        let existing = running
            .client
            .list_tables()
            .send()
            .await
            .map_err(|error| failed(DisplayErrorContext(&error).to_string()))?;
        for table in tables {
            if !existing.table_names().contains(&table.name) {
                create(&running.client, table).await.map_err(failed)?;
            }
            expire(&running.client, table).await.map_err(failed)?;
        }
        Ok(running)
    }

    /// Finishes the requests under way and closes the file.
    pub(crate) async fn stop(self) -> Result<(), String> {
        // The client's idle connections go with it.
        drop(self.client);
        let _ = self.stop.send(());
        self.server.await.map_err(|error| error.to_string())?
    }
}

fn client(endpoint: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(endpoint)
        // Signed like everything, and checked by nobody.
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

async fn create(client: &Client, table: &Table) -> Result<(), String> {
    let key = |name: &str, kind: KeyType| {
        let element = KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build();
        let attribute = AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build();
        Ok::<_, String>((
            element.map_err(|error| error.to_string())?,
            attribute.map_err(|error| error.to_string())?,
        ))
    };
    let (partition, partition_type) = key(&table.partition_key, KeyType::Hash)?;
    let (sort, sort_type) = key(&table.sort_key, KeyType::Range)?;
    client
        .create_table()
        .table_name(&table.name)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(partition)
        .key_schema(sort)
        .attribute_definitions(partition_type)
        .attribute_definitions(sort_type)
        .send()
        .await
        .map_err(|error| DisplayErrorContext(&error).to_string())?;
    Ok(())
}

async fn expire(client: &Client, table: &Table) -> Result<(), String> {
    let Some(attribute) = &table.time_to_live else {
        return Ok(());
    };
    let described = client
        .describe_time_to_live()
        .table_name(&table.name)
        .send()
        .await
        .map_err(|error| DisplayErrorContext(&error).to_string())?;
    let enabled = described
        .time_to_live_description()
        .and_then(|ttl| ttl.time_to_live_status())
        == Some(&TimeToLiveStatus::Enabled);
    if enabled {
        return Ok(());
    }
    let specification = TimeToLiveSpecification::builder()
        .attribute_name(attribute)
        .enabled(true)
        .build()
        .map_err(|error| error.to_string())?;
    client
        .update_time_to_live()
        .table_name(&table.name)
        .time_to_live_specification(specification)
        .send()
        .await
        .map_err(|error| DisplayErrorContext(&error).to_string())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;
    use crate::template::Template;
    use crate::testing::Folder;

    fn text(value: &str) -> AttributeValue {
        AttributeValue::S(value.to_owned())
    }

    #[tokio::test]
    async fn the_templates_tables_are_made_once_and_keep_their_items() {
        let folder = Folder::new();
        let tables = Template::embedded().unwrap().tables;
        for start in 0..2 {
            let data = DataFolder::open(folder.path()).unwrap();
            let database = EmbeddedDatabase::start(&data, &tables).await.unwrap();
            let views = database
                .client
                .describe_time_to_live()
                .table_name("Views")
                .send();
            let ttl = views.await.unwrap().time_to_live_description.unwrap();
            assert_eq!(ttl.attribute_name(), Some("expires"));
            let get = database.client.get_item().table_name("Events");
            let get = get.key("pk", text("KEY#1")).key("sk", text("1")).send();
            assert_eq!(get.await.unwrap().item.is_some(), start == 1);
            let put = database.client.put_item().table_name("Events");
            put.item("pk", text("KEY#1"))
                .item("sk", text("1"))
                .send()
                .await
                .unwrap();
            database.stop().await.unwrap();
        }
    }

    #[tokio::test]
    async fn what_was_acknowledged_is_in_the_file_though_nobody_closed_it() {
        let folder = Folder::new();
        let tables = Template::embedded().unwrap().tables;
        let data = DataFolder::open(folder.path()).unwrap();
        let database = EmbeddedDatabase::start(&data, &tables).await.unwrap();
        let put = database.client.put_item().table_name("Events");
        put.item("pk", text("KEY#1"))
            .item("sk", text("1"))
            .send()
            .await
            .unwrap();
        // What a killed process leaves behind: the files as they are now.
        let left = Folder::new();
        std::fs::create_dir_all(left.path()).unwrap();
        for name in ["dynamodb.sqlite", "dynamodb.sqlite-wal"] {
            std::fs::copy(data.file(name), left.path().join(name)).unwrap();
        }
        let data = DataFolder::open(left.path()).unwrap();
        let again = EmbeddedDatabase::start(&data, &tables).await.unwrap();
        let get = again.client.get_item().table_name("Events");
        let get = get.key("pk", text("KEY#1")).key("sk", text("1")).send();
        assert!(get.await.unwrap().item.is_some());
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_one_line() {
        let folder = Folder::new();
        let data = DataFolder::open(folder.path()).unwrap();
        std::fs::write(
            data.file("dynamodb.sqlite"),
            "not a database, but long enough to be looked at",
        )
        .unwrap();
        let error = EmbeddedDatabase::start(&data, &[])
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("the embedded database: ") && !error.contains('\n'),
            "{error}"
        );
    }
}

//! What may be logged. Other crates print requests as they are on the wire, and those hold secrets.

/// Our own targets, by the start of their names.
const OURS: [&str; 8] = [
    "hubkeys",
    "account",
    "create_key",
    "get_key",
    "list_keys",
    "rename_key",
    "revoke",
    "verify",
];

/// An `EnvFilter` text that logs our own code at `level` (`off`, `error`, `warn`, `info`, `debug` or `trace`) and
/// everything else at `info` at most, whatever is asked for: below that the AWS SDK prints bodies. A list of what may
/// speak, not of what may not, so that a new dependency is silent until it was looked at.
pub fn log_directives(level: &str) -> String {
    let others = match level {
        "debug" | "trace" => "info",
        other => other,
    };
    let ours = OURS.map(|target| format!("{target}={level}")).join(",");
    format!("{others},{ours}")
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use tracing_subscriber::EnvFilter;

    use super::*;
    use crate::data_folder::DataFolder;
    use crate::database::EmbeddedDatabase;
    use crate::template::Template;
    use crate::testing::{Folder, Log};

    /// What is logged, under a filter, while an item with a secret is written and read.
    async fn logged(directives: &str) -> String {
        let log = Log::default();
        let sink = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::try_new(directives).unwrap())
            .with_writer(move || sink.clone())
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        let folder = Folder::new();
        let data = DataFolder::open(folder.path()).unwrap();
        let tables = Template::embedded().unwrap().tables;
        let database = EmbeddedDatabase::start(&data, &tables, 0).await.unwrap();
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let put = database.client.put_item().table_name("Views");
        let put = put
            .item("pk", text("a"))
            .item("sk", text("b"))
            .item("c", text("hs_canary"));
        put.send().await.unwrap();
        let get = database.client.get_item().table_name("Views");
        get.key("pk", text("a"))
            .key("sk", text("b"))
            .send()
            .await
            .unwrap();
        let refused = database.client.put_item().table_name("hs_canary");
        refused
            .item("pk", text("hs_canary"))
            .send()
            .await
            .unwrap_err();
        tracing::trace!(target: "hubkeys_local", "ours");
        database.stop().await.unwrap();
        drop(guard);
        log.take()
    }

    #[tokio::test]
    async fn the_wire_prints_secrets_at_trace_and_our_directives_keep_it_from_that() {
        let everything = logged("trace").await;
        assert!(everything.contains("hs_canary"), "the test can't fail");
        let filtered = logged(&log_directives("trace")).await;
        assert!(filtered.contains("ours"), "{filtered}");
        assert!(!filtered.contains("hs_canary"), "{filtered}");
    }

    #[test]
    fn every_level_is_a_valid_filter() {
        for level in ["off", "error", "warn", "info", "debug", "trace"] {
            EnvFilter::try_new(log_directives(level)).unwrap();
        }
    }
}

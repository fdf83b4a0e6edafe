//! What an operation costs in DynamoDB's units: every request of a handler is asked for its consumed capacity.
//!
//! The embedded database counts by DynamoDB's rules, which the last test holds against them: a consistent read is 1 unit for each
//! 4 KB, another one half of that; a write is 1 for each KB, and in a transaction 2, a check of a condition included.

#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsInput, TransactWriteItemsOutput,
};
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, ConsumedCapacity, ReturnConsumedCapacity, TransactWriteItem,
};
use hubkeys_api::{Answer, Request};
use hubkeys_auth::hub_hmac::{self, NameStyle};
use hubkeys_auth::{Algorithm, Unsigned};
use hubkeys_domain::account::AccountCommand;
use hubkeys_domain::{Operator, Secret, Timestamp};
use hubkeys_local::{Options, Stack, StoppedStack};
use hubkeys_store::{
    CredentialReader, Database, KeyringSource, LastUsed, LeasedReader, ReplayGuard, Store,
    WhoAndWhere,
};
use lambda_http::RequestExt as _;
use lambda_http::http::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use verify::{AuthorizerAnswer, Verifier};

/// Units of one operation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Units {
    reads: f64,
    writes: f64,
}

/// Asks every request for its capacity, and adds it up.
#[derive(Clone, Debug, Default)]
struct Meter(Arc<Mutex<Units>>);

impl Meter {
    /// What was used since the last call.
    fn take(&self) -> Units {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    fn add(&self, reads: &[ConsumedCapacity], writes: &[ConsumedCapacity]) {
        assert!(reads.len() + writes.len() > 0, "nothing was counted");
        let units = |capacity: &[ConsumedCapacity]| -> f64 {
            capacity.iter().map(|of| of.capacity_units().unwrap()).sum()
        };
        let mut held = self.0.lock().unwrap();
        held.reads += units(reads);
        held.writes += units(writes);
    }
}

const INDEXES: Option<ReturnConsumedCapacity> = Some(ReturnConsumedCapacity::Indexes);

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input_mut();
        if let Some(get) = input.downcast_mut::<GetItemInput>() {
            get.return_consumed_capacity = INDEXES;
        } else if let Some(query) = input.downcast_mut::<QueryInput>() {
            query.return_consumed_capacity = INDEXES;
        } else if let Some(put) = input.downcast_mut::<PutItemInput>() {
            put.return_consumed_capacity = INDEXES;
        } else if let Some(write) = input.downcast_mut::<TransactWriteItemsInput>() {
            write.return_consumed_capacity = INDEXES;
        } else {
            return Err(format!("a request that nobody measures: {input:?}").into());
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Ok(output) = context.output_or_error() else {
            return Ok(());
        };
        let one = |capacity: Option<&ConsumedCapacity>| -> Vec<_> {
            capacity.cloned().into_iter().collect()
        };
        if let Some(got) = output.downcast_ref::<GetItemOutput>() {
            self.add(&one(got.consumed_capacity()), &[]);
        } else if let Some(found) = output.downcast_ref::<QueryOutput>() {
            self.add(&one(found.consumed_capacity()), &[]);
        } else if let Some(put) = output.downcast_ref::<PutItemOutput>() {
            self.add(&[], &one(put.consumed_capacity()));
        } else if let Some(written) = output.downcast_ref::<TransactWriteItemsOutput>() {
            self.add(&[], written.consumed_capacity());
        }
        Ok(())
    }
}

/// The handlers on the data of a stack, in which the account "acme" is verified.
struct Handlers {
    store: Store,
    keyring: KeyringSource,
    meter: Meter,
    stack: StoppedStack,
    _folder: TempDir,
}

impl Handlers {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        let options = Options {
            data: data.clone(),
            port: 0,
            hub: None,
            database: None,
        };
        let stack = Stack::start(options).await.unwrap();
        stack.serve_until(std::future::ready(())).await.unwrap();
        let stack = StoppedStack::open(&data).await.unwrap();
        let meter = Meter::default();
        let database = stack.database();
        let config = database.client().config().to_builder();
        let client = Client::from_conf(config.interceptor(meter.clone()).build());
        let database = Database::new(client, database.tables().clone());
        let keyring = KeyringSource::from_file(stack.keyring_file());
        Self {
            store: Store::new(database),
            keyring: keyring.await.unwrap(),
            meter,
            stack,
            _folder: folder,
        }
    }

    async fn decide(&self, of: &Who, command: AccountCommand) {
        let context = WhoAndWhere {
            request_id: "r-0".to_owned(),
            deadline: Instant::now() + Duration::from_secs(60),
        };
        let id = of.account.parse().unwrap();
        let decided = self.store.execute_on_account(&id, command, &context);
        decided.await.unwrap();
    }

    /// A search in the list of an account that is suspended.
    async fn refused_search(&self, by: &Who) -> Units {
        self.meter.take();
        let request = event(by, "GET /v1/keys", &json!({}), &json!({}), &Value::Null)
            .with_query_string_parameters(HashMap::from([("q".to_owned(), vec!["x".to_owned()])]));
        let refused = list_keys::handle(&self.store, &self.keyring, request).await;
        assert_eq!(refused.unwrap().status(), StatusCode::FORBIDDEN);
        self.meter.take()
    }

    async fn create(&self, by: &Who, number: usize, scheme: &str, more: Value) -> (Value, Units) {
        let mut body = json!({"name": format!("Billing system {number}"), "scheme": scheme});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        // With all that a create can have: an idempotency key as long as a UUID.
        let headers = json!({"content-type": "application/json",
            "idempotency-key": format!("0190c1d2-7e1a-7000-8000-{number:012}")});
        let request = event(by, "POST /v1/keys", &json!({}), &headers, &body);
        let made = create_key::handle(&self.store, &self.keyring, request).await;
        (answered(made), self.meter.take())
    }

    /// A function that starts now.
    async fn verifier(&self) -> (Arc<Verifier>, LastUsed) {
        let database = self.store.database().clone();
        let last_used = LastUsed::new(database.clone());
        let keyring = KeyringSource::from_file(self.stack.keyring_file());
        let reader = LeasedReader::new(CredentialReader::new(database.clone()));
        reader.refresh().await.unwrap();
        let verifier = Verifier::new(
            reader,
            ReplayGuard::new(database),
            last_used.clone(),
            keyring.await.unwrap(),
        );
        let verifier = Arc::new(verifier.await.unwrap());
        // It has its connection ready by now, and knows the lease.
        self.meter.take();
        (verifier, last_used)
    }

    /// A verify of this request.
    async fn verify(
        &self,
        (verifier, last_used): &(Arc<Verifier>, LastUsed),
        facts: &Value,
    ) -> Units {
        let event = json!({
            "version": "2.0", "routeKey": "POST /v1/verify", "rawPath": "/v1/verify", "rawQueryString": "",
            "headers": {"content-type": "application/json"},
            "requestContext": {"http": {"method": "POST", "path": "/v1/verify"}, "requestId": "r-1",
                "authorizer": {"iam": {"userArn": "arn:aws:iam::123456789012:role/gateway"}}},
            "body": facts.to_string(), "isBase64Encoded": false
        });
        let event = lambda_runtime::LambdaEvent::new(event, lambda_runtime::Context::default());
        let answer = verify::handle(Arc::clone(verifier), AuthorizerAnswer::Simple, event);
        let answer = serde_json::to_value(answer.await.unwrap()).unwrap();
        let decision: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(decision["outcome"], "valid", "{decision}");
        last_used.settled().await;
        self.meter.take()
    }

    /// Lists 100 keys, 50 a page: half of them HMAC, all but those that the account has already used.
    async fn list(&self, by: &Who, already: usize) -> [Units; 2] {
        for number in already..100 {
            let scheme = if number % 2 == 0 { "basic" } else { "hmac" };
            let (key, _) = self.create(by, number, scheme, json!({})).await;
            self.used(by, &key).await;
        }
        self.meter.take();
        let mut request = event(by, "GET /v1/keys", &json!({}), &json!({}), &Value::Null);
        let mut units = [Units::default(); 2];
        for page in &mut units {
            let list = answered(list_keys::handle(&self.store, &self.keyring, request).await);
            assert_eq!(list["keys"].as_array().unwrap().len(), 50);
            *page = self.meter.take();
            let cursor = list["next_cursor"].as_str().unwrap_or_default();
            request = event(by, "GET /v1/keys", &json!({}), &json!({}), &Value::Null)
                .with_query_string_parameters(HashMap::from([(
                    "cursor".to_owned(),
                    vec![cursor.to_owned()],
                )]));
        }
        units
    }

    /// Records a use of a key.
    async fn used(&self, by: &Who, key: &Value) {
        let account = by.account.parse().unwrap();
        let id = key["id"].as_str().unwrap().parse().unwrap();
        let last_used = LastUsed::new(self.store.database().clone());
        last_used.record(
            &account,
            &id,
            Timestamp::try_from(SystemTime::now()).unwrap(),
        );
        last_used.settled().await;
    }
}

/// A signed-in administrator.
struct Who {
    account: &'static str,
    user: &'static str,
}

const ACME: Who = Who {
    account: "acme",
    user: "administrator@acme",
};

/// With ids as long as UUIDs, which a sign-in service may give.
const LONG: Who = Who {
    account: "0190c1d2-7e1a-7000-8000-000000000001",
    user: "0190c1d2-7e1a-7000-8000-000000000002",
};

/// The put of a last use: one row of less than 1 KB, not in a transaction.
const LAST_USE: f64 = 1.0;

fn event(who: &Who, route: &str, path: &Value, headers: &Value, body: &Value) -> Request {
    let (method, raw_path) = route.split_once(' ').unwrap();
    let event = json!({
        "version": "2.0", "routeKey": route, "rawPath": raw_path, "rawQueryString": "",
        "headers": headers, "pathParameters": path,
        "requestContext": {
            "http": {"method": method, "path": raw_path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": ""},
            "requestId": "0190c1d2-7e1a-7000-8000-000000000000", "stage": "$default", "timeEpoch": 0, "accountId": "1",
            "apiId": "1", "time": "25/Nov/2026:12:00:00 +0000", "domainName": "x", "domainPrefix": "x", "routeKey": route,
            "authorizer": {"jwt": {"scopes": null, "claims": {
                "sub": who.user, "custom:account": who.account, "cognito:groups": "[Administrator]"}}},
        },
        "body": body.to_string(), "isBase64Encoded": false,
    });
    lambda_http::request::from_str(&event.to_string()).unwrap()
}

fn answered(answer: Answer) -> Value {
    let response = answer.unwrap();
    let status = response.status();
    let body: &[u8] = response.body().as_ref();
    let body: Value = serde_json::from_slice(body).unwrap();
    assert!(status.is_success(), "{body}");
    body
}

fn basic_facts(key: &Value) -> Value {
    use base64::Engine as _;
    let part = |name: &str| key[name].as_str().unwrap();
    let pair = format!("{}:{}", part("id"), part("secret"));
    let pair = base64::engine::general_purpose::STANDARD.encode(pair);
    json!({"method": "GET", "target": "/", "headers": [["Authorization", format!("Basic {pair}")]]})
}

fn signed_facts(key: &Value) -> Value {
    let unsigned = Unsigned {
        method: "GET",
        target: "/v1/messages",
        date: Timestamp::try_from(SystemTime::now()).unwrap(),
        body: None,
    };
    let id = key["id"].as_str().unwrap();
    let secret = Secret::of_any_form(key["secret"].as_str().unwrap().to_owned());
    let style = NameStyle::Documented;
    let headers = hub_hmac::sign(id, &secret, Algorithm::HmacSha256, style, &unsigned).unwrap();
    json!({"method": unsigned.method, "target": unsigned.target, "headers": headers})
}

/// What docs/operations.md tells of each operation: units read and written.
const TOLD: [(&str, Units); 12] = [
    ("create, Basic", units(3.0, 12.0)),
    ("create, HMAC", units(3.0, 12.0)),
    ("verify, Basic", units(1.0, 0.0)),
    ("verify, Basic, again within the lease", units(0.0, 0.0)),
    ("verify, HMAC", units(1.0, 0.0)),
    ("verify, HMAC, replay protection", units(1.0, 1.0)),
    // 2 are the standing and the rows of the list, half a unit are the last uses.
    ("list of 50, half of them HMAC", units(2.5, 0.0)),
    // Its rows do not stand beside the standing.
    ("list of 50, the next page", units(3.5, 0.0)),
    // The aim was 3, and is missed with such ids, which stand in every row: the rows take a unit more, and the last uses half of one.
    ("list of 50, ids as long as UUIDs", units(4.0, 0.0)),
    // It waits for the standing: it would read a thousand rows.
    ("search, refused", units(1.0, 0.0)),
    // One of the reads is the lease that is waited out.
    ("revoke", units(3.5, 8.0)),
    // It looks whether the revocation has reached what verify reads.
    ("revoke, again", units(4.5, 0.0)),
];

const fn units(reads: f64, writes: f64) -> Units {
    Units { reads, writes }
}

#[tokio::test]
async fn every_operation_costs_the_capacity_that_is_told() {
    let handlers = Handlers::start().await;
    let mut measured = Vec::new();
    let (basic, created) = handlers.create(&ACME, 0, "basic", json!({})).await;
    measured.push(("create, Basic", created));
    let (hmac, created) = handlers.create(&ACME, 1, "hmac", json!({})).await;
    measured.push(("create, HMAC", created));
    let replay = json!({"signing": {"replay_protection": "all"}});
    let (once, _) = handlers.create(&ACME, 2, "hmac", replay).await;
    for (name, facts) in [
        ("verify, Basic", basic_facts(&basic)),
        ("verify, HMAC", signed_facts(&hmac)),
        ("verify, HMAC, replay protection", signed_facts(&once)),
    ] {
        let verifier = handlers.verifier().await;
        let mut used = handlers.verify(&verifier, &facts).await;
        used.writes -= LAST_USE;
        measured.push((name, used));
        if name == "verify, Basic" {
            let again = handlers.verify(&verifier, &facts).await;
            measured.push(("verify, Basic, again within the lease", again));
        }
    }

    let [first, next] = handlers.list(&ACME, 3).await;
    measured.push(("list of 50, half of them HMAC", first));
    measured.push(("list of 50, the next page", next));
    let by = || Operator {
        user: "staff-7".parse().unwrap(),
    };
    let at = Timestamp::try_from(SystemTime::now()).unwrap();
    let account = LONG.account.parse().unwrap();
    let verify = AccountCommand::Verify {
        account,
        by: by(),
        at,
    };
    handlers.decide(&LONG, verify).await;
    let [first, _] = handlers.list(&LONG, 0).await;
    measured.push(("list of 50, ids as long as UUIDs", first));
    let suspend = AccountCommand::Suspend { by: by(), at };
    handlers.decide(&LONG, suspend).await;
    let refused = handlers.refused_search(&LONG).await;
    measured.push(("search, refused", refused));

    for name in ["revoke", "revoke, again"] {
        let path = json!({"id": basic["id"]});
        let headers = json!({"content-type": "application/json"});
        let body = json!({"reason": "laptop lost"});
        let request = event(&ACME, "POST /v1/keys/{id}/revoke", &path, &headers, &body);
        answered(revoke::handle(&handlers.store, request).await);
        measured.push((name, handlers.meter.take()));
    }
    assert_eq!(measured, TOLD);
}

#[tokio::test]
async fn the_embedded_database_counts_by_dynamodbs_rules() {
    let handlers = Handlers::start().await;
    let client = handlers.store.database().client();
    let text = |text: &str| AttributeValue::S(text.to_owned());
    for (bytes, writes, reads) in [
        (1_024, 1.0, 1.0),
        (1_025, 2.0, 1.0),
        (4_096, 4.0, 1.0),
        (4_097, 5.0, 2.0),
    ] {
        // Names count as values do.
        let named = ["pk", "row", "sk", "1", "padding"].map(str::len);
        let padding = "x".repeat(bytes - named.iter().sum::<usize>());
        let put = client.put_item().table_name("Views");
        let put = put.item("pk", text("row")).item("sk", text("1"));
        put.item("padding", text(&padding)).send().await.unwrap();
        let expected = Units { reads: 0.0, writes };
        assert_eq!(handlers.meter.take(), expected, "{bytes} bytes");
        for (consistent, share) in [(true, 1.0), (false, 0.5)] {
            let get = client.get_item().table_name("Views");
            let get = get.key("pk", text("row")).key("sk", text("1"));
            get.consistent_read(consistent).send().await.unwrap();
            assert_eq!(handlers.meter.take().reads, reads * share, "{bytes} bytes");
        }
        let check = ConditionCheck::builder()
            .table_name("Views")
            .key("pk", text("row"))
            .key("sk", text("1"))
            .condition_expression("attribute_exists(pk)");
        let check = TransactWriteItem::builder().condition_check(check.build().unwrap());
        let transaction = client.transact_write_items().transact_items(check.build());
        transaction.send().await.unwrap();
        assert_eq!(handlers.meter.take().writes, 2.0 * writes, "{bytes} bytes");
    }
}

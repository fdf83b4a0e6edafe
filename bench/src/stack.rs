//! The whole local stack, spoken to over HTTP.

use std::path::Path;

use hubkeys_domain::{KeyId, Scheme, Secret};
use hubkeys_local::Options;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::Result;
use crate::server::Server;

/// The running stack, and a client that keeps its connection.
pub(crate) struct Stack {
    url: String,
    service_token: String,
    http: Client,
    server: Server,
}

/// A key just made.
pub(crate) struct Key {
    pub(crate) id: KeyId,
    pub(crate) secret: Secret,
}

impl Stack {
    /// Starts it on this data folder and a free port.
    pub(crate) fn start(data: &Path) -> Result<Self> {
        let data = data.to_owned();
        let ((url, token_file), server) = Server::start(move |ready, stopped| async move {
            let options = Options {
                data,
                port: 0,
                hub: None,
                database: None,
            };
            let stack = hubkeys_local::Stack::start(options).await;
            let stack = stack.map_err(|error| error.to_string())?;
            let token_file = stack.service_token_file().to_owned();
            // Nobody listens only if the run has ended already.
            let _ = ready.send((stack.url(), token_file));
            let served = stack.serve_until(stopped).await;
            served.map_err(|error| error.to_string())
        })?;
        Ok(Self {
            url,
            service_token: std::fs::read_to_string(token_file)?.trim().to_owned(),
            http: client()?,
            server,
        })
    }

    /// The token of a demo user who may make keys.
    pub(crate) async fn sign_in(&self) -> Result<String> {
        let request = self
            .http
            .post(format!("{}/oauth2/token", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=password&username=admin%40acme");
        text(&answer(request).await?, "access_token")
    }

    /// A new key.
    pub(crate) async fn create_key(&self, token: &str, scheme: Scheme) -> Result<Key> {
        let request = self
            .http
            .post(format!("{}/v1/keys", self.url))
            .bearer_auth(token)
            .json(&json!({"name": "Benchmark", "scheme": scheme}));
        let made = answer(request).await?;
        Ok(Key {
            id: text(&made, "id")?.parse()?,
            secret: Secret::of_any_form(text(&made, "secret")?),
        })
    }

    /// Ends a key.
    pub(crate) async fn revoke(&self, token: &str, key: &KeyId) -> Result<()> {
        let url = format!("{}/v1/keys/{key}/revoke", self.url);
        answer(self.http.post(url).bearer_auth(token)).await?;
        Ok(())
    }

    /// Asks verify, and fails unless the request may pass.
    pub(crate) async fn verify(&self, document: &Value) -> Result<()> {
        let request = self
            .http
            .post(format!("{}/v1/verify", self.url))
            .bearer_auth(&self.service_token)
            .json(document);
        let decision = answer(request).await?;
        match decision.get("allowed") {
            Some(Value::Bool(true)) => Ok(()),
            _ => Err(format!("verify refused a good request: {decision}").into()),
        }
    }

    /// Finishes what is under way and closes the database.
    pub(crate) fn stop(self) -> Result<()> {
        // The stack waits for connections to close.
        drop(self.http);
        self.server.stop()
    }
}

async fn answer(request: RequestBuilder) -> Result<Value> {
    Ok(request.send().await?.error_for_status()?.json().await?)
}

fn text(answer: &Value, member: &str) -> Result<String> {
    match answer.get(member) {
        Some(Value::String(text)) => Ok(text.clone()),
        _ => Err(format!("an answer without {member}").into()),
    }
}

/// An HTTP client. It speaks no TLS, but the features that other crates of the workspace give `reqwest` want a provider.
fn client() -> reqwest::Result<Client> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build()
}

//! `hubkeys keys create`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use hubkeys_domain::{Algorithm, Dialect, KeyName, Scheme};
use serde_json::{Map, Value, json};
use ureq::http::Method;
use uuid::Uuid;

use crate::failure::Failure;
use crate::output::{self, visible, word};
use crate::private_file::NewPrivateFile;
use crate::service::Service;

#[derive(Args, Debug)]
pub(crate) struct CreateArguments {
    /// What the key is for, in 1 to 64 characters
    name: KeyName,
    /// How the key proves itself: basic or hmac
    #[arg(long)]
    scheme: Scheme,
    /// A dialect that an HMAC key may sign in: hub-hmac, rfc9421 or cavage-12; give it again for another [default: all]
    #[arg(long, value_name = "DIALECT")]
    dialect: Vec<Dialect>,
    /// An algorithm that an HMAC key may sign with, e.g. hmac-sha256; give it again for another [default: all]
    #[arg(long, value_name = "ALGORITHM")]
    algorithm: Vec<Algorithm>,
    /// Which of an HMAC key's signatures are good for one use only [default: nonce]
    #[arg(long, value_name = "WHICH", value_parser = ["nonce", "off", "unsafe-methods", "all"])]
    replay_protection: Option<String>,
    /// The same request under the same key is the same one, for 24 hours [default: a new one]
    #[arg(long, value_name = "K")]
    idempotency_key: Option<String>,
    /// Write key and secret to this new file, which only you can read, and do not print the secret
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Creates the key and hands over its secret, once.
pub(crate) fn run(
    arguments: CreateArguments,
    service: &Service,
    out: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let env_file = match &arguments.env_file {
        Some(path) => Some((path.as_path(), NewPrivateFile::create(path)?)),
        None => None,
    };
    let (key, env_file) = match create(&arguments, service) {
        Ok(key) => (key, env_file),
        Err(failure) => {
            if let Some((_, file)) = env_file {
                file.discard();
            }
            return Err(failure);
        }
    };
    let secret = key.get("secret").and_then(Value::as_str).map(str::to_owned);
    match (env_file, secret) {
        (Some((path, file)), Some(secret)) => {
            save(&key, &secret, path, file)?;
            print(&arguments, without_secret(key), out)?;
            if !arguments.json {
                writeln!(
                    out,
                    "\nKey and secret are in {}.",
                    visible(&path.display().to_string())
                )?;
            }
        }
        (Some((_, file)), None) => {
            file.discard();
            return Err(Failure::Input(format!(
                "{} was created by this request before, and its secret is shown once only: if it is lost, revoke the key and create another",
                word(&key, "id")
            )));
        }
        (None, Some(_)) => {
            print(&arguments, key, out)?;
            if !arguments.json {
                writeln!(out, "\nKeep the secret now: it is not shown again.")?;
            }
        }
        (None, None) => {
            print(&arguments, key, out)?;
            if !arguments.json {
                writeln!(
                    out,
                    "\nThis request created the key before; the secret was shown then and is not again."
                )?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn create(arguments: &CreateArguments, service: &Service) -> Result<Value, Failure> {
    let idempotency_key = match &arguments.idempotency_key {
        Some(key) => key.clone(),
        None => Uuid::now_v7().to_string(),
    };
    let (name, scheme) = (&arguments.name, arguments.scheme);
    let body = json!({ "name": name, "scheme": scheme, "signing": signing(arguments) });
    let headers = [("Idempotency-Key", idempotency_key.as_str())];
    let key = service.send(Method::POST, "/v1/keys", &headers, Some(&body));
    key.map_err(|failure| match failure {
        // It may have been made all the same. Asked again with the same key, the service says which it is.
        Failure::NoAnswer { url, reason } => Failure::NoAnswer {
            url,
            reason: format!(
                "{reason} (the key may exist; the same command with --idempotency-key {idempotency_key} makes no second one)"
            ),
        },
        other => other,
    })
}

/// What the key may sign with, as far as it was said: the service knows the rest.
fn signing(arguments: &CreateArguments) -> Option<Value> {
    let mut signing = Map::new();
    if !arguments.dialect.is_empty() {
        signing.insert("dialects".to_owned(), json!(arguments.dialect));
    }
    if !arguments.algorithm.is_empty() {
        signing.insert("algorithms".to_owned(), json!(arguments.algorithm));
    }
    if let Some(which) = &arguments.replay_protection {
        signing.insert("replay_protection".to_owned(), json!(which));
    }
    (!signing.is_empty()).then_some(Value::Object(signing))
}

fn save(key: &Value, secret: &str, path: &Path, file: NewPrivateFile) -> Result<(), Failure> {
    let id = word(key, "id");
    file.write(&format!("HUBKEYS_KEY={id}\nHUBKEYS_SECRET={secret}\n"))
        .map_err(|failure| {
            Failure::Input(format!(
                "{failure}. The secret of {id} is lost with it: remove {path:?}, run `hubkeys keys revoke {id}` and create another key"
            ))
        })
}

fn without_secret(mut key: Value) -> Value {
    if let Some(members) = key.as_object_mut() {
        members.remove("secret");
    }
    key
}

fn print(arguments: &CreateArguments, key: Value, out: &mut dyn Write) -> Result<(), Failure> {
    if arguments.json {
        output::json(out, &key)?;
        return Ok(());
    }
    for name in ["id", "secret", "name", "scheme", "created_at"] {
        if key.get(name).is_some() {
            writeln!(out, "{name:10}  {}", word(&key, name))?;
        }
    }
    Ok(())
}

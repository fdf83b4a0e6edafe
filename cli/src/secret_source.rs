//! Where a secret comes from: never from the command line, which every process of the machine can read and the shell
//! remembers.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;
use hubkeys_domain::Secret;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::input;

const MAX_SECRET: u64 = 64 * 1024;
const DEFAULT_VARIABLE: &str = "HUBKEYS_SECRET";

/// Where the secret is. Without any of these and without HUBKEYS_SECRET it is asked for.
#[derive(Args, Debug)]
#[group(multiple = false)]
pub(crate) struct SecretSource {
    /// Read the secret from this file
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Read the secret from this environment variable [default: HUBKEYS_SECRET, if it is set]
    #[arg(long, value_name = "VAR")]
    secret_env: Option<String>,
    /// Read the secret from standard input
    #[arg(long)]
    secret_stdin: bool,
}

impl SecretSource {
    /// Whether standard input is taken.
    pub(crate) fn takes_stdin(&self) -> bool {
        self.secret_stdin || self.secret_file.as_deref().is_some_and(input::is_stdin)
    }

    /// The secret, without the line break that ends a file or an input.
    pub(crate) fn read(&self, key: &str) -> Result<Secret, Failure> {
        let text = if let Some(path) = &self.secret_file {
            file(path)?
        } else if self.secret_stdin {
            file(Path::new("-"))?
        } else if let Some(name) = &self.secret_env {
            variable(name)?.ok_or_else(|| {
                Failure::Input(format!("the environment variable {name} is not set"))
            })?
        } else if let Some(secret) = variable(DEFAULT_VARIABLE)? {
            secret
        } else {
            prompt(key)?
        };
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.is_empty() {
            return Err(Failure::Input("the secret is empty".to_owned()));
        }
        Ok(Secret::of_any_form(text))
    }
}

fn file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    String::from_utf8(input::read(path, MAX_SECRET)?)
        .map(Zeroizing::new)
        .map_err(|_| Failure::Input("the secret is not UTF-8".to_owned()))
}

fn variable(name: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    match env::var(name) {
        Ok(secret) => Ok(Some(Zeroizing::new(secret))),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::Input(format!(
            "the environment variable {name} is not UTF-8"
        ))),
    }
}

fn prompt(key: &str) -> Result<Zeroizing<String>, Failure> {
    rpassword::prompt_password(format!("Secret of {key}: "))
        .map(Zeroizing::new)
        .map_err(|_| {
            Failure::Input(
                "there is no terminal to ask for the secret: give --secret-file, --secret-env or --secret-stdin"
                    .to_owned(),
            )
        })
}

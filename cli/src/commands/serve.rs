//! `hubkeys` without a command: the local stack.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use hubkeys_local::{DEMO_USERS, Options, Stack, log_directives};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::failure::Failure;
use crate::output::visible;
use crate::service::LOCAL_URL;

#[derive(Args, Debug)]
pub(crate) struct ServeArguments {
    /// The port to serve on, at 127.0.0.1; 0 for a free one
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// The folder of the database, the keyring and the service token
    #[arg(long, value_name = "DIR", default_value = ".hubkeys")]
    data: PathBuf,
    /// The folder the Hub is built into [default: hub/dist, if it is there]
    #[arg(long, value_name = "DIR", env = "HUBKEYS_HUB")]
    hub: Option<PathBuf>,
    /// What is logged, as JSON lines on standard error
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "warn")]
    log: Level,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Level {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// Starts the stack and serves until it is interrupted.
pub(crate) fn run(arguments: ServeArguments, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    tracing_subscriber::fmt()
        .json()
        .with_writer(io::stderr)
        .with_env_filter(EnvFilter::new(log_directives(arguments.log.as_str())))
        .init();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(no_runtime)?
        .block_on(serve(arguments, out))
}

async fn serve(arguments: ServeArguments, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    // Before anything else: a signal that comes during the start must not leave a half-made folder locked.
    let mut interrupted = signal(SignalKind::interrupt()).map_err(no_runtime)?;
    let mut terminated = signal(SignalKind::terminate()).map_err(no_runtime)?;
    let stack = Stack::start(Options {
        data: arguments.data.clone(),
        port: arguments.port,
        hub: arguments.hub.clone(),
        database: None,
    })
    .await?;
    banner(&stack, &arguments, out)?;
    let shutdown = std::future::poll_fn(move |context| {
        if interrupted.poll_recv(context).is_ready() || terminated.poll_recv(context).is_ready() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    });
    stack.serve_until(shutdown).await?;
    Ok(ExitCode::SUCCESS)
}

fn banner(stack: &Stack, arguments: &ServeArguments, out: &mut dyn Write) -> io::Result<()> {
    let url = stack.url();
    let data = visible(&arguments.data.display().to_string());
    let token = visible(&stack.service_token_file().display().to_string());
    let at = if url == LOCAL_URL {
        String::new()
    } else {
        format!(" --url {url}")
    };
    let path = path_line();
    writeln!(
        out,
        "Hubkeys serves {url}, with its data in {data}. Ctrl-C stops it.\n"
    )?;
    if stack.serves_hub() {
        writeln!(out, "The Hub is at {url}/.\n\nThe API's routes:\n")?;
    } else {
        writeln!(
            out,
            "The Hub's page is not built: script/server builds it, with Node 20 or newer.\n\nThe API's routes:\n"
        )?;
    }
    for route in stack.routes() {
        writeln!(out, "  {route}")?;
    }
    writeln!(out, "\nUsers, who sign in without a password:\n")?;
    for user in &DEMO_USERS {
        match user.account {
            Some(account) => writeln!(
                out,
                "  {:18} {} of {account}, which is {}",
                user.name,
                user.group,
                if user.verified {
                    "verified"
                } else {
                    "not verified"
                }
            )?,
            None => writeln!(out, "  {:18} {}", user.name, user.group)?,
        }
    }
    writeln!(
        out,
        "
To paste in another terminal:

{path}  hubkeys login --user admin@acme{at}
  hubkeys keys create 'My first key' --scheme basic --env-file '{data}/first-key.env'
  export $(cat '{data}/first-key.env')

Clients of your API then send

  curl --user \"$HUBKEYS_KEY:$HUBKEYS_SECRET\" https://api.example.com/v1/messages

and your API asks who that was, as either of these does:

  hubkeys sign --key $HUBKEYS_KEY --scheme basic --url https://api.example.com/v1/messages --facts \\
    | hubkeys verify - --service-token-file '{token}'{at}
  curl {url}/v1/verify -H \"Authorization: Bearer $(cat '{token}')\" -H 'Content-Type: application/json' \\
    -d '{{\"method\":\"GET\",\"target\":\"/v1/messages\",\"headers\":[[\"Authorization\",\"Basic …\"]]}}'
"
    )?;
    // Whoever started us waits for these lines.
    out.flush()
}

/// What makes `hubkeys` a command of another terminal; nothing if the system does not tell where it is.
fn path_line() -> String {
    std::env::current_exe()
        .ok()
        .and_then(|binary| Some(visible(&binary.parent()?.display().to_string())))
        .map(|folder| format!("  export PATH=\"$PATH:{folder}\"\n"))
        .unwrap_or_default()
}

fn no_runtime(reason: io::Error) -> Failure {
    Failure::Input(format!(
        "the system gives no runtime to serve with: {reason}"
    ))
}

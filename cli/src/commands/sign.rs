//! `hubkeys sign`: the client's side.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use hubkeys_auth::hub_hmac::{self, NameStyle};
use hubkeys_auth::{Algorithm, Body, RequestFacts, Unsigned, UrlScheme, basic, cavage, rfc9421};
use hubkeys_domain::{Dialect, Scheme, Secret, Timestamp};
use serde_json::json;
use ureq::http::{Request, Uri};

use crate::failure::Failure;
use crate::input::{self, MAX_INPUT};
use crate::output::{self, visible};
use crate::secret_source::SecretSource;
use crate::{service, session};

#[derive(Args, Debug)]
pub(crate) struct SignArguments {
    /// The key
    #[arg(long, value_name = "ID", env = "HUBKEYS_KEY")]
    key: String,
    #[command(flatten)]
    secret: SecretSource,
    /// How the key proves itself
    #[arg(long, default_value = "hmac", value_parser = ["hmac", "basic"])]
    scheme: String,
    /// The dialect an HMAC key signs in
    #[arg(long, default_value = "hub-hmac", value_parser = Dialect::ALL.map(Dialect::as_str))]
    dialect: String,
    /// Sign a nonce too, which makes the signature good for one use only (rfc9421)
    #[arg(long, value_name = "TEXT")]
    nonce: Option<String>,
    /// What the signature is made with; rfc9421 takes hmac-sha256 only
    #[arg(long, default_value = "hmac-sha256", value_parser = Algorithm::ALL.map(Algorithm::as_str))]
    algorithm: String,
    /// The request's method
    #[arg(long, default_value = "GET")]
    method: String,
    /// The request's URL
    #[arg(long)]
    url: Uri,
    /// The request's body; `-` for standard input
    #[arg(long, value_name = "FILE")]
    body_file: Option<PathBuf>,
    /// The type of the body that is sent
    #[arg(long, value_name = "TYPE", default_value = "application/json")]
    content_type: String,
    /// The instant of signing, e.g. 2026-11-23T08:30:00Z [default: now]
    #[arg(long)]
    date: Option<Timestamp>,
    /// Send the request, and print the body of its answer
    #[arg(long, conflicts_with_all = ["facts", "json"])]
    send: bool,
    /// Print the request's facts, for `hubkeys verify -`
    #[arg(long, conflicts_with = "json")]
    facts: bool,
    /// Print the headers as a JSON list of [name, value]
    #[arg(long)]
    json: bool,
}

type Headers = Vec<(String, String)>;

/// Signs, and prints or sends.
pub(crate) fn run(arguments: &SignArguments, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let target = target(&arguments.url)?;
    let body = body(arguments)?;
    let headers = headers(arguments, &target, body.as_deref())?;
    if arguments.send {
        return send(arguments, headers, body, out);
    }
    if arguments.facts {
        let host = arguments
            .url
            .authority()
            .map(|host| ("Host", host.as_str()));
        let headers: Vec<_> = host
            .into_iter()
            .chain(
                headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str())),
            )
            .collect();
        let facts = json!({
            "method": arguments.method,
            "target": target,
            "headers": headers,
            "body_base64": body.map(|body| STANDARD.encode(body)),
            "url_scheme": arguments.url.scheme_str(),
        });
        output::json(out, &facts)?;
    } else if arguments.json {
        output::json(out, &json!(headers))?;
    } else {
        for (name, value) in headers {
            writeln!(out, "{name}: {value}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The target as it will stand on the request line.
fn target(url: &Uri) -> Result<String, Failure> {
    if !matches!(url.scheme_str(), Some("http" | "https")) {
        return Err(Failure::Input(
            "--url is not an http:// or https:// URL".to_owned(),
        ));
    }
    // Credentials in a URL would be sent beside the signature, and stay in histories and logs.
    if url
        .authority()
        .is_some_and(|host| host.as_str().contains('@'))
    {
        return Err(Failure::Input(
            "--url has a user name in it: give the key with --key".to_owned(),
        ));
    }
    let query = url.query().map(|query| format!("?{query}"));
    Ok(format!("{}{}", url.path(), query.unwrap_or_default()))
}

fn body(arguments: &SignArguments) -> Result<Option<Vec<u8>>, Failure> {
    let Some(path) = &arguments.body_file else {
        return Ok(None);
    };
    if input::is_stdin(path) && arguments.secret.takes_stdin() {
        return Err(Failure::Input(
            "standard input can't be both the body and the secret".to_owned(),
        ));
    }
    input::read(path, MAX_INPUT).map(Some)
}

fn headers(
    arguments: &SignArguments,
    target: &str,
    body: Option<&[u8]>,
) -> Result<Headers, Failure> {
    let scheme = arguments.scheme.parse::<Scheme>().map_err(input_failure)?;
    let date = match arguments.date {
        Some(date) => date,
        None => session::now()?,
    };
    let secret = arguments.secret.read(&arguments.key)?;
    match scheme {
        Scheme::Hmac => {
            let request = Unsigned {
                method: &arguments.method,
                target,
                date,
                body,
            };
            sign(arguments, &secret, &request)
        }
        Scheme::Basic => {
            let method = arguments.method.as_str();
            RequestFacts::new(method, target, Vec::new(), Body::Absent, None)
                .map_err(input_failure)?;
            let value = basic::authorization(&arguments.key, &secret).map_err(input_failure)?;
            Ok(vec![("Authorization".to_owned(), value.to_string())])
        }
    }
}

fn sign(
    arguments: &SignArguments,
    secret: &Secret,
    request: &Unsigned<'_>,
) -> Result<Headers, Failure> {
    let key = &arguments.key;
    let algorithm = arguments
        .algorithm
        .parse::<Algorithm>()
        .map_err(input_failure)?;
    let dialect = arguments
        .dialect
        .parse::<Dialect>()
        .map_err(input_failure)?;
    if arguments.nonce.is_some() && dialect != Dialect::Rfc9421 {
        return Err(Failure::Input(
            "--nonce is for --dialect rfc9421".to_owned(),
        ));
    }
    let host = arguments.url.authority().map_or("", |host| host.as_str());
    let headers = match dialect {
        Dialect::HubHmac => hub_hmac::sign(key, secret, algorithm, NameStyle::Documented, request),
        Dialect::Rfc9421 if algorithm != Algorithm::HmacSha256 => {
            return Err(Failure::Input(
                "rfc9421 signs with hmac-sha256 only".to_owned(),
            ));
        }
        Dialect::Rfc9421 => {
            let scheme = arguments
                .url
                .scheme_str()
                .and_then(UrlScheme::from_name)
                .unwrap_or_default();
            let options = rfc9421::Options {
                nonce: arguments.nonce.as_deref(),
                ..rfc9421::Options::default()
            };
            rfc9421::sign(key, secret, scheme, host, &options, request)
        }
        Dialect::Cavage12 => {
            let options = cavage::Options {
                algorithm,
                ..cavage::Options::default()
            };
            cavage::sign(key, secret, host, &options, request)
        }
    };
    headers.map_err(input_failure)
}

fn send(
    arguments: &SignArguments,
    headers: Headers,
    body: Option<Vec<u8>>,
    out: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let failed = |reason: String| Failure::NoAnswer {
        url: arguments.url.to_string(),
        reason,
    };
    let mut request = Request::builder()
        .method(arguments.method.as_str())
        .uri(arguments.url.clone());
    for (name, value) in &headers {
        request = request.header(name, value);
    }
    let agent = service::agent(&arguments.url);
    let answer = match body {
        Some(body) => request
            .header("Content-Type", &arguments.content_type)
            .body(body)
            .map_err(ureq::Error::from)
            .and_then(|request| agent.run(request)),
        None => request
            .body(())
            .map_err(ureq::Error::from)
            .and_then(|request| agent.run(request)),
    };
    let mut answer = answer.map_err(|error| failed(error.to_string()))?;
    let status = answer.status();
    let text = answer
        .body_mut()
        .with_config()
        .limit(MAX_INPUT)
        .read_to_vec()
        .map_err(|error| failed(error.to_string()))?;
    out.write_all(&text)?;
    if status.is_success() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::Input(format!(
        "{} answered HTTP {status}",
        visible(&arguments.url.to_string())
    )))
}

fn input_failure(error: impl std::fmt::Display) -> Failure {
    Failure::Input(error.to_string())
}

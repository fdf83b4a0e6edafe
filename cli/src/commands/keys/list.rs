//! `hubkeys keys list`.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use hubkeys_domain::Scheme;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::{self, actor, word};
use crate::service::Service;

#[derive(Args, Debug)]
pub(crate) struct ListArguments {
    /// Only keys of this scheme: basic or hmac
    #[arg(long)]
    scheme: Option<Scheme>,
    /// Only keys of this status; live: all but the revoked ones
    #[arg(long, value_parser = ["live", "active", "disabled", "revoked"])]
    status: Option<String>,
    /// Only keys whose name contains this text, in any case, or whose id does
    #[arg(long)]
    search: Option<String>,
    /// In this order; with - before it descending
    #[arg(long, allow_hyphen_values = true, default_value = "-created_at", value_parser = [
        "-created_at", "created_at", "name", "-name", "last_used_at", "-last_used_at",
    ])]
    sort: String,
    /// At most this many, or this many at a time with --all
    #[arg(long)]
    limit: Option<u32>,
    /// All keys, however many there are
    #[arg(long)]
    all: bool,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// Prints a page of keys, or all pages as one.
pub(crate) fn run(
    arguments: &ListArguments,
    service: &Service,
    out: &mut dyn Write,
) -> Result<ExitCode, Failure> {
    let mut keys = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut page = service.get("/v1/keys", &query(arguments, cursor.as_deref()))?;
        let Some(Value::Array(found)) = page.get_mut("keys").map(Value::take) else {
            return Err(unexpected(service, "a page without keys"));
        };
        keys.extend(found);
        let next = page.get("next_cursor").and_then(Value::as_str);
        // A service that goes in a circle would keep us for ever.
        if next.is_some() && next == cursor.as_deref() {
            return Err(unexpected(service, "a page that continues with itself"));
        }
        cursor = next.map(str::to_owned);
        if !arguments.all || cursor.is_none() {
            break;
        }
    }
    if arguments.json {
        output::json(out, &json!({ "keys": keys, "next_cursor": cursor }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<_> = keys.iter().map(row).collect();
    // The name last: how wide its characters are is the terminal's secret.
    let titles = [
        "ID",
        "SCHEME",
        "STATUS",
        "CREATED",
        "LAST USED",
        "BY",
        "NAME",
    ];
    output::table(out, titles, &rows)?;
    if cursor.is_some() {
        writeln!(out, "There are more: --all lists them.")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn query(arguments: &ListArguments, cursor: Option<&str>) -> Vec<(&'static str, String)> {
    [
        ("scheme", arguments.scheme.map(|scheme| scheme.to_string())),
        ("status", arguments.status.clone()),
        ("q", arguments.search.clone()),
        ("sort", Some(arguments.sort.clone())),
        ("limit", arguments.limit.map(|limit| limit.to_string())),
        ("cursor", cursor.map(str::to_owned)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

fn row(key: &Value) -> [String; 7] {
    [
        word(key, "id"),
        word(key, "scheme"),
        word(key, "status"),
        word(key, "created_at"),
        word(key, "last_used_at"),
        actor(key, "created_by"),
        word(key, "name"),
    ]
}

fn unexpected(service: &Service, reason: &str) -> Failure {
    Failure::Answer {
        url: service.url().to_owned(),
        reason: reason.to_owned(),
    }
}

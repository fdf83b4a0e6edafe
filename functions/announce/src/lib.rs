//! Events as other systems may see them: from the stream of the events table to the bus.
//!
//! A record of the stream has the whole event, and so what is kept of a key's secret. What goes on is what is listed here, member
//! by member, and nothing else. An event of a type that is not listed is an error and not left out: a subscriber must not miss what
//! nobody thought of.

mod attribute;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// One record of the stream.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    event_name: String,
    dynamodb: Change,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    /// In seconds since the epoch.
    approximate_creation_date_time: f64,
    keys: Map<String, Value>,
    #[serde(default)]
    new_image: Map<String, Value>,
}

/// One event for the bus. The pipe takes its detail-type and its detail from here.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Announcement {
    detail_type: &'static str,
    detail: Map<String, Value>,
}

/// A record is not what the events table holds.
#[derive(Debug, thiserror::Error)]
pub enum AnnounceError {
    /// A member is missing, or of another form.
    #[error("event {event}: no {member}")]
    Malformed {
        /// Which event, as `<stream>/<sequence>`.
        event: String,
        /// Which member.
        member: &'static str,
    },
    /// Nobody has said what may be told of such an event.
    #[error("event {event}: the type {kind} is not listed")]
    Unlisted {
        /// Which event, as `<stream>/<sequence>`.
        event: String,
        /// Its type.
        kind: String,
    },
}

/// What an event is announced as, and what of its payload is told beside who and when.
///
/// `secret` must never be in here. Subscribers rely on these names: add, and change none.
fn listed(kind: &str) -> Option<(&'static str, &'static [&'static str])> {
    Some(match kind {
        "KeyCreated" => (
            "hubkeys.key.created",
            &["account", "name", "scheme", "signing"],
        ),
        "KeyRenamed" => ("hubkeys.key.renamed", &["name"]),
        "KeyResealed" => ("hubkeys.key.resealed", &[]),
        "KeyDisabled" => ("hubkeys.key.disabled", &["because"]),
        "KeyEnabled" => ("hubkeys.key.enabled", &[]),
        "KeyRevoked" => ("hubkeys.key.revoked", &["reason"]),
        "AccountOpened" => ("hubkeys.account.opened", &[]),
        "VerificationRequested" => ("hubkeys.account.verification-requested", &[]),
        "AccountVerified" => ("hubkeys.account.verified", &[]),
        "AccountSuspended" => ("hubkeys.account.suspended", &[]),
        "AccountReinstated" => ("hubkeys.account.reinstated", &[]),
        _ => return None,
    })
}

/// What these records announce, in their order.
///
/// # Errors
/// [`AnnounceError`] if one can't be announced; then the pipe halves the batch, until that one stands alone.
pub fn announce(records: &[Record]) -> Result<Vec<Announcement>, AnnounceError> {
    records.iter().map(announcement).collect()
}

fn announcement(record: &Record) -> Result<Announcement, AnnounceError> {
    let change = &record.dynamodb;
    let stream = text(&change.keys, "pk");
    let sequence = text(&change.keys, "sk");
    let event = format!("{stream}/{sequence}");
    let lacks = |member| AnnounceError::Malformed {
        event: event.clone(),
        member,
    };
    // Nobody may change or remove an event. If it happens, that is the news, and not what the event says now.
    if record.event_name != "INSERT" {
        let at = changed_at(change).ok_or_else(|| lacks("time"))?;
        let detail = json!({"event": event, "change": record.event_name, "at": at.to_string()});
        return Ok(Announcement {
            detail_type: "hubkeys.event.changed",
            detail: members(detail),
        });
    }
    let row: Map<String, Value> = change
        .new_image
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), attribute::plain(value)?)))
        .collect();
    let kind = row.get("type").and_then(Value::as_str);
    let kind = kind.ok_or_else(|| lacks("type"))?;
    let (detail_type, told) = listed(kind).ok_or_else(|| AnnounceError::Unlisted {
        event: event.clone(),
        kind: kind.to_owned(),
    })?;
    let payload = row.get("payload").ok_or_else(|| lacks("payload"))?;
    let metadata = row.get("metadata").ok_or_else(|| lacks("metadata"))?;
    let version: u64 = sequence.parse().map_err(|_| lacks("sequence"))?;
    let (subject, id) = match stream.split_once('#') {
        Some(("KEY", id)) => ("key", id),
        Some(("ACCOUNT", id)) => ("account", id),
        _ => return Err(lacks("stream of ours")),
    };
    let mut detail = members(json!({"type": kind, subject: id, "version": version}));
    for member in ["event_id", "request_id"] {
        let value = metadata.get(member).ok_or_else(|| lacks(member))?;
        detail.insert(member.to_owned(), value.clone());
    }
    for member in ["by", "at"] {
        let value = payload.get(member).ok_or_else(|| lacks(member))?;
        detail.insert(member.to_owned(), value.clone());
    }
    for member in told {
        if let Some(value) = payload.get(*member) {
            detail.insert((*member).to_owned(), value.clone());
        }
    }
    Ok(Announcement {
        detail_type,
        detail,
    })
}

/// How many seconds ago the oldest of these records happened, as a line in CloudWatch's embedded metric format.
pub fn age(stack: &str, records: &[Record], now: Timestamp) -> Option<Value> {
    let oldest = records
        .iter()
        .filter_map(|record| changed_at(&record.dynamodb))
        .min()?;
    let age = (now.as_second() - oldest.as_second()).max(0);
    Some(json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "Hubkeys",
                "Dimensions": [["Stack"]],
                "Metrics": [{"Name": "AnnouncementAge", "Unit": "Seconds"}],
            }],
        },
        "Stack": stack,
        "AnnouncementAge": age,
    }))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float becomes the nearest integer there is; the instant checks its range"
)]
fn changed_at(change: &Change) -> Option<Timestamp> {
    Timestamp::from_second(change.approximate_creation_date_time as i64).ok()
}

/// A key attribute; empty if it is none, which no event of ours has.
fn text<'a>(attributes: &'a Map<String, Value>, name: &str) -> &'a str {
    attributes
        .get(name)
        .and_then(|value| value.get("S"))
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

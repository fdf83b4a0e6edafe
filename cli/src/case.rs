//! A request to be judged offline, in the format of the published vectors.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hubkeys_auth::{Body, UrlScheme};
use hubkeys_domain::{Secret, Timestamp};
use serde_json::{Map, Value};

use crate::failure::Failure;

/// A request as it arrived, the credential it is judged by, and when.
pub(crate) struct Case {
    /// The scheme of the key, in the vectors' words. None: whichever the request presents it with.
    pub(crate) scheme: Option<String>,
    pub(crate) now: Timestamp,
    /// How the request was sent: RFC 9421 may sign that.
    pub(crate) url_scheme: UrlScheme,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    pub(crate) key: String,
    pub(crate) secret: Secret,
    /// `valid`, `refused`, or a typed refusal.
    pub(crate) expect: Option<String>,
}

/// One entry of a file: a case, or why it is none.
pub(crate) struct Entry {
    /// Its name, or its place in the file.
    pub(crate) name: String,
    pub(crate) case: Result<Case, String>,
}

/// The entries of a file: of its `cases`, of a list, or the file itself as one.
///
/// # Errors
/// It is not JSON, holds no case, or is one that can't be read.
pub(crate) fn read(text: &[u8]) -> Result<Vec<Entry>, Failure> {
    // Told by place only: a case holds a secret.
    let document: Value = serde_json::from_slice(text).map_err(|error| {
        Failure::Input(format!(
            "not JSON, at line {}, column {}",
            error.line(),
            error.column()
        ))
    })?;
    let cases = match document {
        Value::Array(cases) => cases,
        Value::Object(mut members) => match members.remove("cases") {
            Some(Value::Array(cases)) => cases,
            Some(_) => return Err(Failure::Input("`cases` is not a list".to_owned())),
            None => return single(&Value::Object(members)).map(|entry| vec![entry]),
        },
        _ => {
            return Err(Failure::Input(
                "neither a case nor a list of `cases`".to_owned(),
            ));
        }
    };
    if cases.is_empty() {
        return Err(Failure::Input("there is no case in it".to_owned()));
    }
    Ok(cases
        .iter()
        .zip(1_usize..)
        .map(|(case, place)| entry(case, place))
        .collect())
}

fn single(document: &Value) -> Result<Entry, Failure> {
    let entry = entry(document, 1);
    match entry.case {
        Ok(_) => Ok(entry),
        Err(fault) => Err(Failure::Input(format!("not a case: {fault}"))),
    }
}

fn entry(value: &Value, place: usize) -> Entry {
    let name = value.get("name").and_then(Value::as_str);
    Entry {
        name: name.map_or_else(|| format!("case {place}"), str::to_owned),
        case: match value {
            Value::Object(members) => Members(members).case(),
            _ => Err("it is not a JSON object".to_owned()),
        },
    }
}

/// The members of a case, each read by itself: a fault names the member and never quotes it, for it may be the secret.
struct Members<'a>(&'a Map<String, Value>);

impl Members<'_> {
    fn case(&self) -> Result<Case, String> {
        self.optional("name")?;
        Ok(Case {
            scheme: self.optional("scheme")?,
            now: self
                .text("now")?
                .parse()
                .map_err(|error| format!("`now` is {error}"))?,
            url_scheme: self.url_scheme()?,
            method: self.text("method")?,
            target: self.text("target")?,
            headers: self.headers()?,
            body: self.body()?,
            key: self.text("key")?,
            secret: Secret::of_any_form(self.text("secret")?),
            expect: self.optional("expect")?,
        })
    }

    fn member(&self, name: &str) -> Result<&Value, String> {
        self.0
            .get(name)
            .ok_or_else(|| format!("`{name}` is missing"))
    }

    fn text(&self, name: &str) -> Result<String, String> {
        match self.member(name)? {
            Value::String(text) => Ok(text.clone()),
            _ => Err(format!("`{name}` is not a string")),
        }
    }

    fn optional(&self, name: &str) -> Result<Option<String>, String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.text(name).map(Some),
        }
    }

    fn url_scheme(&self) -> Result<UrlScheme, String> {
        match self.optional("url_scheme")? {
            None => Ok(UrlScheme::default()),
            Some(name) => UrlScheme::from_name(&name)
                .ok_or_else(|| "`url_scheme` is neither http nor https".to_owned()),
        }
    }

    fn headers(&self) -> Result<Vec<(String, String)>, String> {
        let fault = || "`headers` is not a list of [name, value]".to_owned();
        let headers = self.member("headers")?.as_array().ok_or_else(fault)?;
        headers
            .iter()
            .map(|header| match header.as_array().map(Vec::as_slice) {
                Some([Value::String(name), Value::String(value)]) => {
                    Ok((name.clone(), value.clone()))
                }
                _ => Err(fault()),
            })
            .collect()
    }

    fn body(&self) -> Result<Body, String> {
        match self.0.get("body_base64") {
            None | Some(Value::Null) => Ok(Body::Absent),
            Some(Value::String(text)) => STANDARD
                .decode(text)
                .map(Body::Raw)
                .map_err(|_| "`body_base64` is not padded standard base64".to_owned()),
            _ => Err("`body_base64` is neither a string nor null".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fault(member: &str, value: Option<Value>) -> String {
        let mut case = json!({
            "now": "2026-11-23T08:30:00Z", "method": "GET", "target": "/", "headers": [], "body_base64": null,
            "key": "k", "secret": "hunter2",
        });
        match value {
            Some(value) => case[member] = value,
            None => {
                case.as_object_mut().unwrap().remove(member);
            }
        }
        entry(&case, 1).case.err().unwrap()
    }

    #[test]
    fn a_fault_names_its_member_and_quotes_nothing() {
        for member in ["now", "method", "target", "headers", "key", "secret"] {
            assert_eq!(fault(member, None), format!("`{member}` is missing"));
            let mistyped = fault(member, Some(json!({ "hunter2": 1 })));
            assert!(
                mistyped.contains(member) && !mistyped.contains("hunter2"),
                "{mistyped}"
            );
        }
        for (member, value) in [
            ("name", json!(1)),
            ("scheme", json!([])),
            ("expect", json!(true)),
            ("now", json!("yesterday")),
            ("headers", json!([["Date"]])),
            ("body_base64", json!("hunter2")),
        ] {
            assert!(fault(member, Some(value)).contains(member), "{member}");
        }
    }

    #[test]
    fn what_is_no_case_is_unreadable() {
        for text in [
            "",
            "{",
            "null",
            "1",
            "\"x\"",
            "[]",
            "{\"cases\":[]}",
            "{\"cases\":{}}",
            "{}",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
        assert!(read("[".repeat(1_000_000).as_bytes()).is_err());
    }
}

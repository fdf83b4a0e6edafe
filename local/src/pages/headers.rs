//! The headers of pages, from `infra/pages-headers.json`, which says them once for every place the pages are served from.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use http::{HeaderName, HeaderValue};
use serde::Deserialize;

const DOCUMENT: &str = include_str!("../../../infra/pages-headers.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "about")]
    _about: String,
    prefixes: Vec<Prefix>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prefix {
    prefix: String,
    headers: BTreeMap<String, String>,
}

/// What pages are sent with, by path.
pub(crate) struct PageHeaders {
    /// The shortest first.
    prefixes: Vec<(String, HeaderMap)>,
}

impl PageHeaders {
    /// Those of the document, for a sign-in service on the pages' own origin.
    pub(crate) fn embedded() -> Result<Self, String> {
        Self::parse(DOCUMENT)
    }

    fn parse(document: &str) -> Result<Self, String> {
        let document: Document =
            serde_json::from_str(document).map_err(|error| error.to_string())?;
        let mut prefixes = Vec::new();
        for Prefix { prefix, headers } in document.prefixes {
            let is_path = prefix == "/" || (prefix.starts_with('/') && !prefix.ends_with('/'));
            if !is_path {
                return Err(format!("{prefix:?} is not the start of a path"));
            }
            let headers = headers.iter().map(|(name, value)| header(name, value));
            prefixes.push((prefix, headers.collect::<Result<_, _>>()?));
        }
        prefixes.sort_by_key(|(prefix, _)| prefix.len());
        Ok(Self { prefixes })
    }

    /// Sets those of this path.
    pub(crate) fn apply(&self, path: &str, to: &mut HeaderMap) {
        for (prefix, headers) in &self.prefixes {
            if is_under(path, prefix) {
                for (name, value) in headers {
                    to.insert(name, value.clone());
                }
            }
        }
    }
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    // The sign-in is on the pages' own origin here, and `'self'` is said already.
    let value = value.replace(" {issuer}", "");
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("{name:?}: no name"))?;
    match HeaderValue::try_from(value) {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(format!("{name}: not a value that can be sent")),
    }
}

fn is_under(path: &str, prefix: &str) -> bool {
    prefix == "/"
        || path
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(headers: &PageHeaders, path: &str, name: &str) -> String {
        let mut sent = HeaderMap::new();
        headers.apply(path, &mut sent);
        sent[name].to_str().unwrap().to_owned()
    }

    #[test]
    fn a_longer_prefix_is_laid_over_a_shorter_one_header_by_header() {
        let headers = PageHeaders::embedded().unwrap();
        let caching = |path| value(&headers, path, "cache-control");
        assert_eq!(caching("/"), "no-cache");
        assert_eq!(caching("/assets.html"), "no-cache");
        assert_eq!(
            caching("/assets/a.js"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(
            value(&headers, "/assets/a.js", "x-content-type-options"),
            "nosniff"
        );
    }

    #[test]
    fn no_page_runs_a_script_that_is_not_a_file_of_the_same_origin() {
        let headers = PageHeaders::embedded().unwrap();
        for (prefix, _) in &headers.prefixes {
            let policy = value(&headers, prefix, "content-security-policy");
            let directives: Vec<_> = policy.split("; ").collect();
            for directive in [
                "default-src 'none'",
                "script-src 'self'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            ] {
                assert!(directives.contains(&directive), "{prefix}: {policy}");
            }
            assert!(!policy.contains("unsafe-"), "{prefix}: {policy}");
            assert!(!policy.contains("{issuer}"), "{prefix}: {policy}");
        }
    }

    #[test]
    fn a_document_that_can_not_be_meant_is_refused() {
        for document in [
            "",
            "{}",
            r#"{"about":"","prefixes":[{"prefix":"assets","headers":{}}]}"#,
            r#"{"about":"","prefixes":[{"prefix":"/assets/","headers":{}}]}"#,
            r#"{"about":"","prefixes":[{"prefix":"/","headers":{"a b":"c"}}]}"#,
            r#"{"about":"","prefixes":[{"prefix":"/","headers":{"a":"b\n"}}]}"#,
            r#"{"about":"","prefixes":[{"prefix":"/","header":{}}]}"#,
        ] {
            assert!(PageHeaders::parse(document).is_err(), "{document}");
        }
    }
}

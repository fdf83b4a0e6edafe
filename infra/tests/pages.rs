//! The Hub's pages are served by CloudFront as the local stack serves them: the same headers, the same files.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use crate::template::{Template, read};

type Headers = BTreeMap<String, String>;

fn is_under(path: &str, prefix: &str) -> bool {
    let prefix = prefix.trim_end_matches('/');
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What `pages-headers.json` says: the longest prefix is laid over the shorter ones.
fn promised(path: &str) -> Headers {
    let file: Value = serde_json::from_str(&read("pages-headers.json")).unwrap();
    let mut prefixes: Vec<_> = file["prefixes"].as_array().unwrap().iter().collect();
    prefixes.sort_by_key(|entry| entry["prefix"].as_str().unwrap().len());
    let mut headers = Headers::new();
    for entry in prefixes {
        if is_under(path, entry["prefix"].as_str().unwrap()) {
            for (name, value) in entry["headers"].as_object().unwrap() {
                headers.insert(name.clone(), value.as_str().unwrap().to_owned());
            }
        }
    }
    headers
}

/// What the distribution adds: the first pattern that matches decides.
fn deployed(template: &Template, path: &str) -> Headers {
    let distribution = &template.properties("Hub")["DistributionConfig"];
    let behaviors = distribution["CacheBehaviors"].as_array().unwrap();
    let behavior = behaviors
        .iter()
        .find(
            |behavior| match behavior["PathPattern"].as_str().unwrap().split_once('*') {
                None => behavior["PathPattern"] == path,
                Some((start, "")) => path.starts_with(start),
                Some(_) => panic!("a pattern this test does not know"),
            },
        )
        .unwrap_or(&distribution["DefaultCacheBehavior"]);
    let policy = behavior["ResponseHeadersPolicyId"].as_str().unwrap();
    let config = &template.properties(policy)["ResponseHeadersPolicyConfig"];
    let mut headers = Headers::new();
    let security = config["SecurityHeadersConfig"].as_object().unwrap();
    for (kind, setting) in security {
        assert_eq!(setting["Override"], true, "{policy}: {kind}");
        let (name, value) = match kind.as_str() {
            "ContentSecurityPolicy" => {
                let text = &setting["ContentSecurityPolicy"];
                let text = text.as_str().or_else(|| text[0].as_str()).unwrap();
                (
                    "content-security-policy",
                    text.replace("${Issuer}", "{issuer}"),
                )
            }
            "ContentTypeOptions" => ("x-content-type-options", "nosniff".to_owned()),
            "ReferrerPolicy" => (
                "referrer-policy",
                setting["ReferrerPolicy"].as_str().unwrap().to_owned(),
            ),
            // Only where there is TLS.
            "StrictTransportSecurity" => continue,
            other => panic!("{policy}: {other}"),
        };
        headers.insert(name.to_owned(), value);
    }
    for item in config["CustomHeadersConfig"]["Items"].as_array().unwrap() {
        assert_eq!(item["Override"], true, "{policy}");
        headers.insert(
            item["Header"].as_str().unwrap().to_owned(),
            item["Value"].as_str().unwrap().to_owned(),
        );
    }
    headers
}

#[test]
fn every_page_has_the_headers_it_has_locally() {
    let template = Template::read();
    let file: Value = serde_json::from_str(&read("pages-headers.json")).unwrap();
    let prefixes = file["prefixes"].as_array().unwrap().iter();
    let mut paths: Vec<_> = prefixes
        .map(|entry| entry["prefix"].as_str().unwrap().to_owned())
        .collect();
    // A folder of files: nothing is served at its own path.
    paths.retain(|path| path != "/assets");
    for path in [
        "/assets/index-1.js",
        "/config.json",
        "/docs",
        "/docs/guides/hmac",
        "/docs/reference/index.html",
        "/docs/references",
        "/settings/api-settings",
        "/sign-in/callback",
        "/signed-out",
    ] {
        paths.push(path.to_owned());
    }
    for path in paths {
        assert_eq!(deployed(template, &path), promised(&path), "{path}");
    }
}

#[test]
fn pages_are_found_where_the_local_stack_finds_them() {
    let template = Template::read();
    let code = template.properties("WhichPage")["FunctionCode"]
        .as_str()
        .unwrap();
    for (path, file) in [
        ("/", "/index.html"),
        ("/settings/api-settings", "/index.html"),
        ("/settings/api-settings/keys/hk_1", "/index.html"),
        ("/sign-in/callback", "/index.html"),
        ("/signed-out", "/index.html"),
        ("/signed-outside", "/signed-outside"),
        ("/settingsx", "/settingsx"),
        ("/docs", "/docs/index.html"),
        ("/docs/guides/hmac", "/docs/index.html"),
        ("/docs/reference", "/docs/reference/index.html"),
        ("/docs/other", "/docs/other"),
        ("/assets/index-1.js", "/assets/index-1.js"),
        ("/config.json", "/config.json"),
    ] {
        let script =
            format!("{code}\nconsole.log(handler({{request: {{uri: process.argv[1]}}}}).uri)");
        let output = Command::new("node")
            .args(["-e", &script, path])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim_end(),
            file,
            "{path}"
        );
    }
}

#[test]
fn every_page_is_asked_for_through_the_function_and_the_api_is_not() {
    let template = Template::read();
    let distribution = &template.properties("Hub")["DistributionConfig"];
    let behaviors = distribution["CacheBehaviors"].as_array().unwrap();
    for behavior in behaviors
        .iter()
        .chain([&distribution["DefaultCacheBehavior"]])
    {
        let pattern = behavior["PathPattern"].as_str().unwrap_or("*");
        assert_ne!(behavior["ViewerProtocolPolicy"], "allow-all", "{pattern}");
        let rewritten =
            behavior["FunctionAssociations"][0]["FunctionARN"] == "WhichPage.FunctionARN";
        assert_eq!(
            rewritten,
            !["/v1/*", "/assets/*"].contains(&pattern),
            "{pattern}"
        );
        assert_eq!(behavior["TargetOriginId"] == "api", pattern == "/v1/*");
    }
}

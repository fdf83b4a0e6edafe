//! The guides say what is so: no code of their own, links that lead somewhere, every error there is, and real numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::samples::{all, samples};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(docs().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every guide with its name.
fn guides() -> Vec<(String, String)> {
    let mut guides: Vec<_> = std::fs::read_dir(docs().join("guides"))
        .expect("the guides")
        .map(|entry| entry.expect("an entry").file_name())
        .filter_map(|name| Some(name.to_str()?.to_owned()))
        .filter(|name| name.ends_with(".md"))
        .map(|name| (name.clone(), text(&format!("guides/{name}"))))
        .collect();
    guides.sort();
    guides
}

/// What the links of a guide lead to.
fn links(guide: &str) -> impl Iterator<Item = &str> {
    guide
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
}

#[test]
fn no_guide_has_code_of_its_own() {
    for (name, guide) in guides() {
        for line in guide.lines() {
            let code =
                line.starts_with("```") || line.starts_with("~~~") || line.starts_with("    ");
            assert!(!code, "{name}: code that no test runs: {line}");
        }
    }
}

#[test]
fn every_sample_that_a_guide_shows_is_there_and_every_one_there_is_shown() {
    let mut shown = BTreeSet::new();
    for (name, guide) in guides() {
        for link in links(&guide) {
            let Some(sample) = link.strip_prefix("../samples/") else {
                continue;
            };
            let (file, region) = sample.split_once('#').unwrap_or((sample, ""));
            let code = std::fs::read_to_string(samples().join(file))
                .unwrap_or_else(|error| panic!("{name}: {file}: {error}"));
            let marked = code
                .lines()
                .any(|line| line.trim_start_matches(['#', '/', ' ']) == format!("region {region}"));
            assert!(
                region.is_empty() || marked,
                "{name}: no region {region} in {file}"
            );
            shown.insert(file.to_owned());
        }
    }
    let unseen: Vec<_> = all()
        .into_iter()
        .filter(|file| !shown.contains(file) && file != "rust/Cargo.toml")
        .collect();
    assert!(unseen.is_empty(), "in no guide: {unseen:?}");
}

#[test]
fn every_guide_is_in_the_contents() {
    let contents: Value = serde_json::from_str(&text("guides/contents.json")).expect("JSON");
    let listed: BTreeSet<_> = contents
        .as_array()
        .expect("chapters")
        .iter()
        .flat_map(|chapter| chapter["guides"].as_array().expect("guides"))
        .map(|guide| format!("{}.md", guide.as_str().expect("a name")))
        .collect();
    for (name, guide) in guides() {
        assert!(listed.contains(&name), "{name}");
        for link in links(&guide).filter(|link| !link.starts_with(['/', '#'])) {
            let file = link.split('#').next().unwrap_or_default();
            assert!(docs().join("guides").join(file).is_file(), "{name}: {link}");
        }
    }
    for name in listed {
        assert!(docs().join("guides").join(&name).is_file(), "{name}");
    }
}

/// The first two columns of the tables under this heading.
fn rows(guide: &str, heading: &str) -> BTreeMap<String, String> {
    let under = guide.split(heading).nth(1).expect("the heading");
    let under = under.split("\n## ").next().unwrap_or_default();
    let mut rows = BTreeMap::new();
    for line in under.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let told = cells.get(3).is_some_and(|cell| !cell.is_empty());
        assert!(told, "no word on what to do: {line}");
        rows.insert(cells[1].trim_matches('`').to_owned(), cells[2].to_owned());
    }
    rows
}

#[test]
fn the_list_of_errors_has_every_problem_and_every_outcome_of_the_api() {
    let document: Value = serde_json::from_str(&text("openapi.json")).expect("JSON");
    let schemas = &document["components"]["schemas"];
    let names = |schema: &str| -> BTreeSet<String> {
        let all = schemas[schema]["enum"].as_array().expect("an enumeration");
        all.iter()
            .map(|name| {
                name.as_str()
                    .expect("text")
                    .rsplit(':')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect()
    };
    let guide = text("guides/errors.md");

    let problems = rows(&guide, "\n## Problems\n");
    let told: BTreeSet<_> = problems.keys().cloned().collect();
    assert_eq!(told, names("ProblemType"));
    // The status of each is in the document's own table.
    let table = schemas["ProblemType"]["description"]
        .as_str()
        .expect("a table");
    for (name, status) in &problems {
        let row = format!("| `{name}` | {status} |");
        assert!(table.contains(&row), "{row} is not in {table}");
    }

    let outcomes = rows(&guide, "\n## Outcomes of verify\n");
    let mut told: BTreeSet<_> = outcomes.keys().cloned().collect();
    assert!(told.remove("valid"));
    assert_eq!(told, names("Outcome"));
    for (name, status) in outcomes {
        let expected = match name.as_str() {
            "valid" => "",
            // Who has proven who they are, and may not.
            "account_suspended" => "403",
            forbidden if forbidden.starts_with("forbidden_") => "403",
            _ => "401",
        };
        assert_eq!(status, expected, "{name}");
    }
}

#[test]
fn the_worked_example_is_the_case_that_explain_judges() {
    let guide = text("guides/hmac.md");
    let case: Value =
        serde_json::from_str(&text("samples/worked-example/case.json")).expect("JSON");
    let body = std::fs::read(samples().join("worked-example/body.json")).expect("the body");
    assert!(guide.contains(&format!("these {} bytes", body.len())));
    for value in [&case["key"], &case["secret"], &case["headers"][0][1]] {
        let value = value.as_str().expect("text");
        assert!(guide.contains(&format!("| `{value}` |")), "{value}");
    }
    let signature = text("samples/worked-example/3-signature.out");
    let digest = text("samples/worked-example/1-digest.out");
    let headers = case["headers"].to_string();
    assert!(headers.contains(signature.trim()), "{signature}");
    assert!(
        headers.contains(digest.split(' ').next().expect("a digest")),
        "{digest}"
    );
    let judged = text("samples/worked-example/5-explain.out");
    assert!(
        judged.starts_with("the worked example: valid\n"),
        "{judged}"
    );
}

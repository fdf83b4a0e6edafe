//! The document that is kept is the one the code makes, and says all that is deployed.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

const REWRITE: &str = "cargo run -p hubkeys-openapi > docs/openapi.json";

fn file(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn document() -> Value {
    serde_json::from_str(&hubkeys_openapi::text().unwrap()).unwrap()
}

/// Every operation, as `GET /v1/keys`.
fn operations(document: &Value) -> BTreeMap<String, &Value> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap();
        methods.iter().map(move |(method, operation)| {
            (format!("{} {path}", method.to_uppercase()), operation)
        })
    });
    operations.collect()
}

/// Calls `look` with every object in the document.
fn each_object(value: &Value, look: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            look(members);
            members
                .values()
                .for_each(|member| each_object(member, look));
        }
        Value::Array(items) => items.iter().for_each(|item| each_object(item, look)),
        _ => {}
    }
}

#[test]
fn the_document_that_is_kept_is_the_one_the_code_makes() {
    assert!(
        file("docs/openapi.json") == hubkeys_openapi::text().unwrap(),
        "docs/openapi.json is not what the code says. Rewrite it:\n\n    {REWRITE}\n"
    );
}

#[test]
fn every_route_of_the_template_is_documented_and_no_other() {
    // Tags such as `!Ref` are dropped, and leave the name they refer to.
    let template: Value = serde_saphyr::from_str(&file("infra/template.yaml")).unwrap();
    let mut routes = BTreeSet::new();
    for resource in template["Resources"].as_object().unwrap().values() {
        let Some(events) = resource["Properties"]["Events"].as_object() else {
            continue;
        };
        for event in events.values() {
            let route = &event["Properties"];
            // The sample's routes are its own.
            if route["ApiId"] != "Api" {
                continue;
            }
            let (method, path) = (route["Method"].as_str(), route["Path"].as_str());
            routes.insert(format!("{} {}", method.unwrap(), path.unwrap()));
        }
    }
    let document = document();
    let documented: BTreeSet<_> = operations(&document).into_keys().collect();
    assert_eq!(documented, routes);
}

#[test]
fn every_operation_has_a_name_of_its_own_a_tag_and_somebody_it_is_for() {
    let document = document();
    let mut names = BTreeSet::new();
    for (route, operation) in operations(&document) {
        assert!(
            names.insert(operation["operationId"].as_str().unwrap()),
            "{route}"
        );
        for member in ["summary", "description"] {
            assert!(operation[member].is_string(), "{route}: {member}");
        }
        assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{route}");
        let security = operation["security"].as_array().unwrap();
        let services_only = security.iter().all(|way| way.get("user").is_none());
        assert_eq!(services_only, route == "POST /v1/verify");
        for status in ["400", "401", "500", "503"] {
            assert!(
                operation["responses"][status].is_object(),
                "{route}: {status}"
            );
        }
    }
    assert_eq!(
        names.into_iter().collect::<Vec<_>>(),
        [
            "createKey",
            "getAccount",
            "getKey",
            "getKeyHistory",
            "listKeys",
            "openAccount",
            "renameKey",
            "requestVerification",
            "revokeKey",
            "revokeKeys",
            "verify",
            "verifyAccount",
        ]
    );
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_referred_to() {
    let document = document();
    let mut referred = BTreeSet::new();
    each_object(&document, &mut |object| {
        if let Some(Value::String(reference)) = object.get("$ref") {
            referred.insert(reference.clone());
        }
    });
    for reference in &referred {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for kind in ["schemas", "responses"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            let reference = format!("#/components/{kind}/{name}");
            assert!(referred.contains(&reference), "{reference}");
        }
    }
}

#[test]
fn every_problem_type_is_documented_with_its_status() {
    let document = document();
    let types = document["components"]["schemas"]["ProblemType"]["enum"].as_array();
    let answers = document["components"]["responses"].as_object().unwrap();
    let mut examples = BTreeSet::new();
    for answer in answers.values() {
        let content = &answer["content"]["application/problem+json"];
        for example in content["examples"].as_object().unwrap().values() {
            examples.insert(example["value"]["type"].clone().to_string());
        }
    }
    // An operation can't answer that there is no such operation.
    let elsewhere = ["method-not-allowed"];
    for kind in types.unwrap() {
        let name = kind.as_str().unwrap().rsplit(':').next().unwrap();
        assert_eq!(
            examples.contains(&kind.to_string()),
            !elsewhere.contains(&name),
            "{name}"
        );
    }
    let kept = hubkeys_api::ProblemType::ALL.map(hubkeys_api::ProblemType::uri);
    assert_eq!(BTreeSet::from(kept.clone()).len(), kept.len());
}

#[test]
fn the_tables_of_the_guide_and_the_document_have_the_same_problems() {
    let guide = file("docs/api.md");
    for kind in hubkeys_api::ProblemType::ALL {
        let row = format!("| `{}` | {} |", kind.name(), kind.status().as_u16());
        assert!(guide.contains(&row), "{row}");
    }
}

#[test]
fn every_outcome_of_the_guide_is_one_of_the_document() {
    let document = document();
    let outcomes = document["components"]["schemas"]["Outcome"]["enum"]
        .as_array()
        .unwrap();
    let guide = file("docs/verify.md");
    let table = guide.split("## Outcomes").nth(1).unwrap();
    let table = table.split("\n## ").next().unwrap();
    let told: BTreeSet<_> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .filter(|outcome| *outcome != "valid")
        .collect();
    let documented: BTreeSet<_> = outcomes
        .iter()
        .map(|outcome| outcome.as_str().unwrap())
        .collect();
    assert_eq!(documented, told);
}

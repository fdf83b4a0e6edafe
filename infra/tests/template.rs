//! `template.yaml` as JSON. Tags are dropped and leave what they refer to: `!GetAtt Events.Arn` is `"Events.Arn"`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

pub(crate) fn infra(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

pub(crate) fn read(file: &str) -> String {
    fs::read_to_string(infra(file)).unwrap()
}

pub(crate) struct Template(Value);

impl Template {
    /// Parsed once for all tests.
    pub(crate) fn read() -> &'static Self {
        static READ: LazyLock<Template> =
            LazyLock::new(|| Template(serde_saphyr::from_str(&read("template.yaml")).unwrap()));
        &READ
    }

    pub(crate) fn resources(&self) -> impl Iterator<Item = (&str, &Value)> {
        let resources = self.0["Resources"].as_object().unwrap();
        resources
            .iter()
            .map(|(name, resource)| (name.as_str(), resource))
    }

    pub(crate) fn of_type(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.resources()
            .filter(move |(_, resource)| resource["Type"] == kind)
    }

    pub(crate) fn resource(&self, name: &str) -> &Value {
        let found = self.resources().find(|(resource, _)| *resource == name);
        found.unwrap_or_else(|| panic!("there is no {name}")).1
    }

    pub(crate) fn properties(&self, name: &str) -> &Value {
        &self.resource(name)["Properties"]
    }

    pub(crate) fn globals(&self) -> &Value {
        &self.0["Globals"]["Function"]
    }

    pub(crate) fn outputs(&self) -> &Value {
        &self.0["Outputs"]
    }
}

/// One text or several.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        other => panic!("not a text: {other}"),
    }
}

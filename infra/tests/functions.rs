//! How functions run, who calls them, and who may.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::template::{Template, infra};

/// Those that no route calls.
const WITHOUT_ROUTES: [&str; 2] = ["Announce", "CheckProjections"];

#[test]
fn functions_are_built_by_cargo_lambda_for_the_chosen_architecture() {
    let template = Template::read();
    let globals = template.globals();
    assert_eq!(globals["Architectures"], json!(["Architecture"]));
    assert_eq!(globals["Runtime"], "provided.al2023");
    assert_eq!(globals["Tracing"], "Active");
    assert_eq!(globals["LoggingConfig"]["LogFormat"], "JSON");
    for (name, function) in template.of_type("AWS::Serverless::Function") {
        assert_eq!(
            function["Metadata"]["BuildMethod"], "rust-cargolambda",
            "{name}"
        );
        assert!(
            function["Properties"].get("FunctionName").is_none(),
            "{name}"
        );
        assert!(
            function["Properties"].get("Architectures").is_none(),
            "{name}"
        );
    }
}

#[test]
fn every_crate_of_a_function_is_deployed() {
    let template = Template::read();
    let declared: BTreeSet<_> = template
        .of_type("AWS::Serverless::Function")
        .map(|(_, function)| function["Properties"]["CodeUri"].as_str().unwrap())
        .map(|uri| uri.strip_prefix("../functions/").unwrap().to_owned())
        .collect();
    let crates: BTreeSet<_> = fs::read_dir(infra("../functions"))
        .unwrap()
        .map(|folder| folder.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(declared, crates);
}

#[test]
fn every_function_and_api_has_a_log_of_its_own_that_is_kept_for_a_while() {
    let template = Template::read();
    let mut used = BTreeSet::new();
    for (name, function) in template.of_type("AWS::Serverless::Function") {
        let log = &function["Properties"]["LoggingConfig"]["LogGroup"];
        assert_eq!(*log, format!("{name}Logs"));
        assert!(used.insert(log.as_str().unwrap()));
    }
    for (name, api) in template.of_type("AWS::Serverless::HttpApi") {
        assert_eq!(
            api["Properties"]["AccessLogSettings"]["DestinationArn"],
            format!("{name}Logs.Arn")
        );
    }
    for (name, log) in template.of_type("AWS::Logs::LogGroup") {
        assert_eq!(
            log["Properties"]["RetentionInDays"], "LogRetentionDays",
            "{name}"
        );
        assert_eq!(log["Properties"]["KmsKeyId"], "OperationsKey.Arn", "{name}");
    }
}

#[test]
fn access_logs_hold_nothing_a_secret_could_be_in() {
    let template = Template::read();
    for (name, api) in template.of_type("AWS::Serverless::HttpApi") {
        let format = api["Properties"]["AccessLogSettings"]["Format"]
            .as_str()
            .unwrap();
        let _: Value = serde_json::from_str(format).unwrap();
        for told in ["header", "query", "$context.path", "claims", "ody"] {
            assert!(!format.contains(told), "{name} tells {told}");
        }
    }
}

#[test]
fn verify_starts_from_a_snapshot_or_waits_and_is_called_by_its_alias() {
    let template = Template::read();
    let verify = template.properties("Verify");
    assert_eq!(verify["AutoPublishAlias"], "live");
    assert_eq!(verify["AutoPublishAliasAllProperties"], true);
    assert_eq!(
        verify["SnapStart"],
        json!({"ApplyOn": ["SnapStart", "PublishedVersions", "None"]})
    );
    assert_eq!(verify["ProvisionedConcurrencyConfig"][0], "Provisioned");
    assert_eq!(
        template.outputs()["VerifyFunction"]["Value"],
        "Verify.Alias"
    );
}

#[test]
fn the_authorizer_keeps_no_answer() {
    let template = Template::read();
    let authorizer = &template.properties("SampleApi")["Auth"]["Authorizers"]["Hubkeys"];
    assert_eq!(
        *authorizer,
        json!({
            "FunctionArn": "Verify.Alias",
            "EnableFunctionDefaultPermissions": true,
            "AuthorizerPayloadFormatVersion": "2.0",
            "EnableSimpleResponses": true,
            "Identity": {"ReauthorizeEvery": 0},
        })
    );
}

#[test]
fn routes_need_a_token_unless_they_need_an_iam_signature() {
    let template = Template::read();
    let auth = &template.properties("Api")["Auth"];
    assert_eq!(auth["DefaultAuthorizer"], "SignIn");
    let mut by_iam = Vec::new();
    for (name, function) in template.of_type("AWS::Serverless::Function") {
        let events = function["Properties"]["Events"].as_object();
        assert_eq!(events.is_none(), WITHOUT_ROUTES.contains(&name), "{name}");
        for event in events.into_iter().flat_map(|events| events.values()) {
            assert_eq!(event["Type"], "HttpApi", "{name}");
            match event["Properties"]["Auth"]["Authorizer"].as_str() {
                None => {}
                Some("AWS_IAM") => by_iam.push(event["Properties"]["Path"].as_str().unwrap()),
                Some(other) => panic!("{name}: {other}"),
            }
        }
    }
    assert_eq!(by_iam, ["/v1/verify"]);
}

#[test]
fn browsers_may_call_the_api_from_the_hub_only() {
    let template = Template::read();
    let cors = &template.properties("Api")["CorsConfiguration"];
    assert_eq!(
        cors["AllowOrigins"],
        json!([["HubOriginKnown", "HubOrigin", "https://hub.invalid"]])
    );
    assert_eq!(cors["AllowCredentials"], false);
    let mut used: Vec<_> = template
        .of_type("AWS::Serverless::Function")
        .flat_map(|(_, function)| {
            function["Properties"]["Events"]
                .as_object()
                .into_iter()
                .flatten()
        })
        .filter(|(_, event)| event["Properties"]["ApiId"] == "Api")
        .map(|(_, event)| event["Properties"]["Method"].as_str().unwrap())
        .collect();
    used.sort_unstable();
    used.dedup();
    let mut allowed = crate::template::texts(&cors["AllowMethods"]);
    allowed.sort_unstable();
    assert_eq!(allowed, used);
}

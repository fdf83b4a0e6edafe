//! Who may do what, word by word. Whoever changes a role changes the table below, and a reviewer sees it.

use serde_json::{Value, json};

use crate::template::{Template, texts};

/// Every statement of every function's role: `function: action on resource, of rows, on condition`.
const ROLES: &str = "\
Account: logs:CreateLogStream on AccountLogs.Arn
Account: logs:PutLogEvents on AccountLogs.Arn
Account: dynamodb:Query on Events.Arn, rows ACCOUNT#*
Account: dynamodb:PutItem on Events.Arn, rows ACCOUNT#*, in transactions
Account: dynamodb:GetItem on Views.Arn, rows ACCOUNT#*
Account: dynamodb:PutItem on Views.Arn, rows ACCOUNT#*
Account: kms:Decrypt on TablesKey.Arn, via dynamodb
Announce: logs:CreateLogStream on AnnounceLogs.Arn
Announce: logs:PutLogEvents on AnnounceLogs.Arn
CheckProjections: logs:CreateLogStream on CheckProjectionsLogs.Arn
CheckProjections: logs:PutLogEvents on CheckProjectionsLogs.Arn
CheckProjections: sqs:SendMessage on ChecksLost.Arn
CheckProjections: dynamodb:BatchGetItem on Events.Arn
CheckProjections: dynamodb:GetItem on Events.Arn
CheckProjections: dynamodb:Query on Events.Arn
CheckProjections: dynamodb:Scan on Events.Arn
CheckProjections: dynamodb:BatchGetItem on Views.Arn
CheckProjections: dynamodb:GetItem on Views.Arn
CheckProjections: dynamodb:Query on Views.Arn
CheckProjections: dynamodb:Scan on Views.Arn
CheckProjections: kms:Decrypt on TablesKey.Arn, via dynamodb
CreateKey: logs:CreateLogStream on CreateKeyLogs.Arn
CreateKey: logs:PutLogEvents on CreateKeyLogs.Arn
CreateKey: dynamodb:Query on Events.Arn, rows KEY#*
CreateKey: dynamodb:PutItem on Events.Arn, rows KEY#*, in transactions
CreateKey: dynamodb:GetItem on Views.Arn, rows ACCOUNT#* REQUEST#* USED#*
CreateKey: dynamodb:PutItem on Views.Arn, rows KEY#* ACCOUNT#* REQUEST#*
CreateKey: dynamodb:ConditionCheckItem on Views.Arn, rows ACCOUNT#*
CreateKey: dynamodb:UpdateItem on Views.Arn, rows ACCOUNT#*
CreateKey: kms:Decrypt on TablesKey.Arn, via dynamodb
CreateKey: secretsmanager:GetSecretValue on Keyring
CreateKey: kms:Decrypt on KeyringKey.Arn, via secretsmanager
GetKey: logs:CreateLogStream on GetKeyLogs.Arn
GetKey: logs:PutLogEvents on GetKeyLogs.Arn
GetKey: dynamodb:Query on Events.Arn, rows KEY#*
GetKey: dynamodb:GetItem on Views.Arn, rows ACCOUNT#* USED#*
GetKey: kms:Decrypt on TablesKey.Arn, via dynamodb
ListKeys: logs:CreateLogStream on ListKeysLogs.Arn
ListKeys: logs:PutLogEvents on ListKeysLogs.Arn
ListKeys: dynamodb:GetItem on Views.Arn, rows ACCOUNT#*
ListKeys: dynamodb:Query on Views.Arn, rows ACCOUNT#* USED#*
ListKeys: kms:Decrypt on TablesKey.Arn, via dynamodb
ListKeys: secretsmanager:GetSecretValue on Keyring
ListKeys: kms:Decrypt on KeyringKey.Arn, via secretsmanager
RenameKey: logs:CreateLogStream on RenameKeyLogs.Arn
RenameKey: logs:PutLogEvents on RenameKeyLogs.Arn
RenameKey: dynamodb:Query on Events.Arn, rows KEY#*
RenameKey: dynamodb:PutItem on Events.Arn, rows KEY#*, in transactions
RenameKey: dynamodb:GetItem on Views.Arn, rows ACCOUNT#* USED#*
RenameKey: dynamodb:PutItem on Views.Arn, rows KEY#* ACCOUNT#*
RenameKey: kms:Decrypt on TablesKey.Arn, via dynamodb
Revoke: logs:CreateLogStream on RevokeLogs.Arn
Revoke: logs:PutLogEvents on RevokeLogs.Arn
Revoke: dynamodb:Query on Events.Arn, rows KEY#*
Revoke: dynamodb:ConditionCheckItem on Events.Arn, rows KEY#*
Revoke: dynamodb:PutItem on Events.Arn, rows KEY#*, in transactions
Revoke: dynamodb:GetItem on Views.Arn, rows KEY#* ACCOUNT#* USED#* SETTINGS
Revoke: dynamodb:PutItem on Views.Arn, rows KEY#* ACCOUNT#*
Revoke: dynamodb:UpdateItem on Views.Arn, rows ACCOUNT#*
Revoke: kms:Decrypt on TablesKey.Arn, via dynamodb
SampleBackend: logs:CreateLogStream on SampleBackendLogs.Arn
SampleBackend: logs:PutLogEvents on SampleBackendLogs.Arn
Verify: logs:CreateLogStream on VerifyLogs.Arn
Verify: logs:PutLogEvents on VerifyLogs.Arn
Verify: dynamodb:GetItem on Views.Arn, rows KEY#* SETTINGS
Verify: dynamodb:PutItem on Views.Arn, rows REPLAY#* USED#* MOVED#*
Verify: kms:Decrypt on TablesKey.Arn, via dynamodb
Verify: secretsmanager:GetSecretValue on Keyring
Verify: kms:Decrypt on KeyringKey.Arn, via secretsmanager
";

/// The roles that are no function's, and the service that takes each on.
const SERVICES: [(&str, &str); 4] = [
    ("AnnouncementsRole", "pipes.amazonaws.com"),
    ("CheckEveryNightRole", "scheduler.amazonaws.com"),
    ("LogRevocationsRole", "events.amazonaws.com"),
    ("RevocationStreamRole", "firehose.amazonaws.com"),
];

fn policies(role: &Value) -> Vec<&Value> {
    let policies = role["Properties"]["Policies"].as_array().unwrap();
    policies
        .iter()
        .flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap())
        .collect()
}

/// A condition in words. One that is not known here is no condition to rely on.
fn condition(condition: &Value) -> String {
    let mut words = String::new();
    let Some(operators) = condition.as_object() else {
        return words;
    };
    for (operator, keys) in operators {
        for (key, value) in keys.as_object().unwrap() {
            words += &match (operator.as_str(), key.as_str()) {
                ("ForAllValues:StringLike", "dynamodb:LeadingKeys") => {
                    format!(", rows {}", texts(value).join(" "))
                }
                ("StringEquals", "dynamodb:EnclosingOperation")
                    if value == "TransactWriteItems" =>
                {
                    ", in transactions".to_owned()
                }
                ("StringEquals", "kms:ViaService") => {
                    let service = value
                        .as_str()
                        .unwrap()
                        .strip_suffix(".${AWS::Region}.amazonaws.com");
                    format!(", via {}", service.unwrap())
                }
                other => panic!("the condition {other:?}"),
            };
        }
    }
    words
}

fn in_words(name: &str, statement: &Value) -> Vec<String> {
    assert_eq!(statement["Effect"], "Allow", "{name}");
    assert!(
        statement.get("NotAction").is_none() && statement.get("NotResource").is_none(),
        "{name}"
    );
    let condition = condition(&statement["Condition"]);
    let mut words = Vec::new();
    for action in texts(&statement["Action"]) {
        for resource in texts(&statement["Resource"]) {
            words.push(format!("{name}: {action} on {resource}{condition}"));
        }
    }
    words
}

#[test]
fn each_function_may_do_exactly_what_the_table_says() {
    let template = Template::read();
    let mut found = String::new();
    for (name, function) in sorted(template.of_type("AWS::Serverless::Function")) {
        let role = format!("{name}Role");
        // SAM makes a role of its own otherwise, which may write to every log.
        assert_eq!(
            function["Properties"]["Role"],
            format!("{role}.Arn"),
            "{name}"
        );
        assert!(function["Properties"].get("Policies").is_none(), "{name}");
        let role = template.resource(&role);
        let trust = &role["Properties"]["AssumeRolePolicyDocument"]["Statement"];
        assert_eq!(
            *trust,
            json!([{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}])
        );
        assert_eq!(
            role["Properties"]["ManagedPolicyArns"],
            json!(["SendTraces"]),
            "{name}"
        );
        for statement in policies(role) {
            for words in in_words(name, statement) {
                found += &words;
                found.push('\n');
            }
        }
    }
    assert_eq!(found, ROLES);
}

#[test]
fn traces_are_all_that_functions_share() {
    let template = Template::read();
    assert_eq!(
        template.properties("SendTraces")["PolicyDocument"]["Statement"],
        json!([{"Effect": "Allow", "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "Resource": "*"}])
    );
}

#[test]
fn no_action_and_no_resource_is_a_wildcard() {
    let template = Template::read();
    let mut statements = Vec::new();
    for (name, role) in template.of_type("AWS::IAM::Role") {
        statements.extend(
            policies(role)
                .into_iter()
                .map(|statement| (name, statement)),
        );
    }
    for (name, policy) in template.of_type("AWS::IAM::ManagedPolicy") {
        let document = policy["Properties"]["PolicyDocument"]["Statement"]
            .as_array()
            .unwrap();
        statements.extend(document.iter().map(|statement| (name, statement)));
    }
    assert!(statements.len() > 50);
    for (name, statement) in statements {
        for action in texts(&statement["Action"]) {
            assert!(!action.contains('*'), "{name} may {action}");
        }
        for resource in texts(&statement["Resource"]) {
            // Objects under a prefix of one of our buckets; and X-Ray, which knows no resources.
            let narrow = !resource.contains('*')
                || resource.starts_with("${RevocationLog.Arn}/")
                    && resource.matches('*').count() == 1
                || name == "SendTraces";
            assert!(narrow, "{name} on {resource}");
        }
    }
}

#[test]
fn roles_of_services_are_taken_on_for_this_account_only() {
    let template = Template::read();
    let others = template.of_type("AWS::IAM::Role").filter(|(_, role)| {
        role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
            != "lambda.amazonaws.com"
    });
    let mut found = Vec::new();
    for (name, role) in sorted(others) {
        let trust = &role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0];
        assert_eq!(
            trust["Condition"],
            json!({"StringEquals": {"aws:SourceAccount": "AWS::AccountId"}}),
            "{name}"
        );
        found.push((name, trust["Principal"]["Service"].as_str().unwrap()));
    }
    assert_eq!(found, SERVICES);
}

#[test]
fn the_pipe_may_read_the_stream_and_hand_it_on_and_nothing_else() {
    let template = Template::read();
    let words: Vec<_> = policies(template.resource("AnnouncementsRole"))
        .into_iter()
        .flat_map(|statement| in_words("pipe", statement))
        .collect();
    assert_eq!(
        words,
        [
            "pipe: dynamodb:DescribeStream on Events.StreamArn",
            "pipe: dynamodb:GetRecords on Events.StreamArn",
            "pipe: dynamodb:GetShardIterator on Events.StreamArn",
            "pipe: dynamodb:ListStreams on Events.StreamArn",
            "pipe: kms:Decrypt on TablesKey.Arn, via dynamodb",
            "pipe: lambda:InvokeFunction on Announce.Arn",
            "pipe: events:PutEvents on Announced.Arn",
            "pipe: sqs:SendMessage on AnnouncementsLost.Arn",
        ]
    );
}

#[test]
fn operators_may_change_no_event_and_mend_every_row() {
    let template = Template::read();
    let statements = template.properties("OperateHubkeys")["PolicyDocument"]["Statement"]
        .as_array()
        .unwrap();
    let on = |resource: &str| -> Vec<String> {
        let all = statements
            .iter()
            .flat_map(|statement| in_words("operators", statement));
        all.filter_map(|words| {
            let (action, rest) = words.strip_prefix("operators: ")?.split_once(" on ")?;
            let condition = rest.strip_prefix(resource)?;
            (condition.is_empty() || condition.starts_with(','))
                .then(|| format!("{action}{condition}"))
        })
        .collect()
    };
    assert_eq!(
        on("Events.Arn"),
        [
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DescribeTable",
            "dynamodb:PutItem, in transactions",
        ]
    );
    // A suspension lists keys, checks the standing, and puts rows; a revocation counts, a rebuild removes.
    assert_eq!(
        on("Views.Arn"),
        [
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DescribeTable",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
        ]
    );
    assert_eq!(
        on("Keyring"),
        [
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
        ]
    );
    assert_eq!(
        on("KeyringKey.Arn"),
        [
            "kms:Decrypt, via secretsmanager",
            "kms:GenerateDataKey, via secretsmanager",
        ]
    );
}

#[test]
fn the_keyring_is_read_by_its_readers_and_by_operators_only() {
    let template = Template::read();
    let statement = &template.properties("KeyringReaders")["ResourcePolicy"]["Statement"][0];
    assert_eq!(statement["Effect"], "Deny");
    assert_eq!(statement["Principal"], "*");
    assert_eq!(statement["Action"], "secretsmanager:GetSecretValue");
    let mut readers: Vec<_> = ROLES
        .lines()
        .filter_map(|line| line.strip_suffix(": secretsmanager:GetSecretValue on Keyring"))
        .map(|function| json!(format!("{function}Role.Arn")))
        .collect();
    readers.push(json!(["OperatorsKnown", "OperatorRoleArn", "AWS::NoValue"]));
    assert_eq!(
        statement["Condition"]["ArnNotEquals"]["aws:PrincipalArn"],
        Value::Array(readers)
    );
}

fn sorted<'a>(resources: impl Iterator<Item = (&'a str, &'a Value)>) -> Vec<(&'a str, &'a Value)> {
    let mut resources: Vec<_> = resources.collect();
    resources.sort_by_key(|(name, _)| *name);
    resources
}

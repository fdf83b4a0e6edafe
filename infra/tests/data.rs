//! Tables, keyring and the log of revocations: what must not get lost, be changed, or be read by others.

use serde_json::json;

use crate::template::Template;

/// What holds something that is nowhere else, or opens it.
const KEPT: [&str; 10] = [
    "AccessLogs",
    "Events",
    "HubFiles",
    "Keyring",
    "KeyringKey",
    "OperationsKey",
    "RevocationLog",
    "TablesKey",
    "UserPool",
    "Views",
];

#[test]
fn tables_are_on_demand_protected_backed_up_and_encrypted_with_their_key() {
    let template = Template::read();
    let tables: Vec<_> = template.of_type("AWS::DynamoDB::Table").collect();
    assert_eq!(tables.len(), 2);
    for (name, table) in tables {
        let table = &table["Properties"];
        assert_eq!(table["BillingMode"], "PAY_PER_REQUEST", "{name}");
        assert_eq!(table["DeletionProtectionEnabled"], true, "{name}");
        assert_eq!(
            table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true,
            "{name}"
        );
        assert_eq!(
            table["SSESpecification"],
            json!({"SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": "TablesKey.Arn"}),
            "{name}"
        );
        assert!(
            table.get("TableName").is_none(),
            "{name}: its name is CloudFormation's to give"
        );
    }
    assert_eq!(
        template.properties("Events")["StreamSpecification"],
        json!({"StreamViewType": "NEW_IMAGE"})
    );
    assert!(
        template
            .properties("Events")
            .get("TimeToLiveSpecification")
            .is_none()
    );
    assert_eq!(
        template.properties("Views")["TimeToLiveSpecification"],
        json!({"AttributeName": "expires", "Enabled": true})
    );
}

#[test]
fn events_are_appended_in_transactions_and_never_changed_by_anybody() {
    let template = Template::read();
    let policy = &template.properties("Events")["ResourcePolicy"]["PolicyDocument"]["Statement"];
    assert_eq!(
        *policy,
        json!([
            {"Sid": "AppendOnly", "Effect": "Deny", "Principal": "*", "Resource": "*", "Action": [
                "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
                "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete",
            ]},
            {"Sid": "PutInTransactionsOnly", "Effect": "Deny", "Principal": "*", "Resource": "*", "Action": "dynamodb:PutItem",
             "Condition": {"StringNotEquals": {"dynamodb:EnclosingOperation": "TransactWriteItems"}}},
        ])
    );
}

#[test]
fn what_is_nowhere_else_outlives_the_stack() {
    let template = Template::read();
    let mut kept: Vec<_> = template
        .resources()
        .filter(|(_, resource)| {
            resource["DeletionPolicy"] == "Retain" && resource["UpdateReplacePolicy"] == "Retain"
        })
        .map(|(name, _)| name)
        .collect();
    kept.sort_unstable();
    assert_eq!(kept, KEPT);
    for kind in [
        "AWS::KMS::Key",
        "AWS::S3::Bucket",
        "AWS::DynamoDB::Table",
        "AWS::SecretsManager::Secret",
        "AWS::Cognito::UserPool",
    ] {
        for (name, _) in template.of_type(kind) {
            assert!(kept.contains(&name), "{name}");
        }
    }
}

/// CloudFormation puts a new value in place of the keyring when a word of this changes, and every key is lost.
#[test]
fn the_keyrings_first_value_is_described_as_it_always_was() {
    let template = Template::read();
    assert_eq!(
        template.properties("Keyring")["GenerateSecretString"],
        json!({
            "SecretStringTemplate": "{\"current\":\"1\"}",
            "GenerateStringKey": "1",
            "PasswordLength": 64,
            "ExcludePunctuation": true,
        })
    );
    assert_eq!(template.properties("Keyring")["KmsKeyId"], "KeyringKey.Arn");
}

#[test]
fn keys_are_rotated_and_waited_for_before_they_are_deleted() {
    let template = Template::read();
    for (name, key) in template.of_type("AWS::KMS::Key") {
        assert_eq!(key["Properties"]["EnableKeyRotation"], true, "{name}");
        assert_eq!(key["Properties"]["PendingWindowInDays"], 30, "{name}");
    }
}

#[test]
fn buckets_are_versioned_private_and_spoken_to_by_tls() {
    let template = Template::read();
    for (name, bucket) in template.of_type("AWS::S3::Bucket") {
        let bucket = &bucket["Properties"];
        assert_eq!(
            bucket["VersioningConfiguration"]["Status"], "Enabled",
            "{name}"
        );
        assert!(bucket["BucketEncryption"].is_object(), "{name}");
        for switch in [
            "BlockPublicAcls",
            "BlockPublicPolicy",
            "IgnorePublicAcls",
            "RestrictPublicBuckets",
        ] {
            assert_eq!(
                bucket["PublicAccessBlockConfiguration"][switch], true,
                "{name}"
            );
        }
        let policy = &template.properties(&format!("{name}Policy"))["PolicyDocument"]["Statement"];
        let tls = policy
            .as_array()
            .unwrap()
            .iter()
            .find(|statement| statement["Sid"] == "TlsOnly");
        assert_eq!(
            tls.unwrap()["Condition"],
            json!({"Bool": {"aws:SecureTransport": "false"}}),
            "{name}"
        );
    }
}

#[test]
fn nobody_shortens_the_log_of_revocations() {
    let template = Template::read();
    let policy = template.properties("RevocationLogPolicy")["PolicyDocument"]["Statement"]
        .as_array()
        .unwrap();
    let append_only = policy
        .iter()
        .find(|statement| statement["Sid"] == "AppendOnly")
        .unwrap();
    assert_eq!(append_only["Effect"], "Deny");
    assert_eq!(append_only["Principal"], "*");
    let denied = append_only["Action"].as_array().unwrap();
    assert!(
        denied.contains(&json!("s3:DeleteObject"))
            && denied.contains(&json!("s3:DeleteObjectVersion"))
    );
}

#[test]
fn users_do_not_choose_their_account() {
    let template = Template::read();
    let client = template.properties("UserPoolClient");
    assert_eq!(client["WriteAttributes"], json!(["email"]));
    assert!(
        client["ReadAttributes"]
            .as_array()
            .unwrap()
            .contains(&json!("custom:account"))
    );
    assert_eq!(client["GenerateSecret"], false);
    assert_eq!(client["AllowedOAuthFlows"], json!(["code"]));
    let pool = template.properties("UserPool");
    assert_eq!(
        pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"],
        true
    );
    assert_eq!(pool["Schema"][0]["Name"], "account");
    assert_eq!(pool["Schema"][0]["Mutable"], false);
    let mut groups: Vec<_> = template
        .of_type("AWS::Cognito::UserPoolGroup")
        .map(|(_, group)| group["Properties"]["GroupName"].as_str().unwrap())
        .collect();
    groups.sort_unstable();
    assert_eq!(groups, ["Administrator", "Advanced", "Basic", "Operator"]);
}

//! Announcements, queues and alarms: what fails is seen.

use std::collections::BTreeSet;

use serde_json::json;

use crate::template::{Template, read};

#[test]
fn what_cannot_be_announced_is_halved_put_aside_and_never_in_the_way() {
    let template = Template::read();
    let pipe = template.properties("Announcements");
    assert_eq!(pipe["Source"], "Events.StreamArn");
    let source = &pipe["SourceParameters"]["DynamoDBStreamParameters"];
    assert_eq!(source["OnPartialBatchItemFailure"], "AUTOMATIC_BISECT");
    assert_eq!(source["DeadLetterConfig"]["Arn"], "AnnouncementsLost.Arn");
    // DynamoDB forgets after a day: what is put aside before is in the queue, what is not is gone.
    assert!(source["MaximumRecordAgeInSeconds"].as_u64().unwrap() < 86_400);
    assert!(source["MaximumRetryAttempts"].as_u64().unwrap() > 0);
}

#[test]
fn only_the_function_decides_what_is_announced() {
    let template = Template::read();
    let pipe = template.properties("Announcements");
    assert_eq!(pipe["Enrichment"], "Announce.Arn");
    assert_eq!(
        pipe["TargetParameters"],
        json!({
            "InputTemplate": "<$.detail>",
            "EventBridgeEventBusParameters": {"Source": "hubkeys", "DetailType": "$.detail_type", "Time": "$.detail.at"},
        })
    );
}

#[test]
fn every_rule_has_a_queue_for_what_it_could_not_deliver() {
    let template = Template::read();
    for (name, rule) in template.of_type("AWS::Events::Rule") {
        for target in rule["Properties"]["Targets"].as_array().unwrap() {
            let queue = target["DeadLetterConfig"]["Arn"]
                .as_str()
                .unwrap_or_default();
            let queue = queue
                .strip_suffix(".Arn")
                .unwrap_or_else(|| panic!("{name} has none"));
            let policy = template.properties(&format!("{queue}Policy"));
            let allowed = &policy["PolicyDocument"]["Statement"][0];
            assert_eq!(
                allowed["Condition"]["ArnEquals"]["aws:SourceArn"],
                format!("{name}.Arn")
            );
        }
    }
    for (name, schedule) in template.of_type("AWS::Scheduler::Schedule") {
        assert!(
            schedule["Properties"]["Target"]["DeadLetterConfig"].is_object(),
            "{name}"
        );
    }
    assert_eq!(
        template.properties("CheckInvocations")["DestinationConfig"]["OnFailure"]["Destination"],
        "ChecksLost.Arn"
    );
}

#[test]
fn every_queue_is_encrypted_kept_long_and_watched() {
    let template = Template::read();
    let watched: BTreeSet<_> = template
        .of_type("AWS::CloudWatch::Alarm")
        .filter(|(_, alarm)| {
            alarm["Properties"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
        })
        .map(|(_, alarm)| {
            alarm["Properties"]["Dimensions"][0]["Value"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    for (name, queue) in template.of_type("AWS::SQS::Queue") {
        assert_eq!(queue["Properties"]["SqsManagedSseEnabled"], true, "{name}");
        assert_eq!(
            queue["Properties"]["MessageRetentionPeriod"], 1_209_600,
            "{name}"
        );
        assert!(
            watched.contains(&format!("{name}.QueueName")),
            "{name} is watched by nobody"
        );
    }
}

#[test]
fn every_alarm_reaches_somebody_and_the_runbook_says_what_to_do() {
    let template = Template::read();
    let runbook = read("../docs/operations.md");
    let alarms: Vec<_> = template.of_type("AWS::CloudWatch::Alarm").collect();
    assert!(alarms.len() >= 14);
    for (name, alarm) in alarms {
        assert_eq!(
            alarm["Properties"]["AlarmActions"],
            json!(["Alarms"]),
            "{name}"
        );
        assert!(
            alarm["Properties"]["TreatMissingData"].is_string(),
            "{name}"
        );
        assert!(
            runbook.contains(&format!("`{name}`")),
            "docs/operations.md does not speak of {name}"
        );
    }
}

#[test]
fn the_log_of_revocations_is_made_of_lines_by_the_day() {
    let template = Template::read();
    let rule = template.properties("LogRevocations");
    assert_eq!(
        rule["EventPattern"],
        json!({"source": ["hubkeys"], "detail-type": ["hubkeys.key.revoked"]})
    );
    assert_eq!(rule["Targets"][0]["InputPath"], "$.detail");
    let stream = &template.properties("RevocationStream")["ExtendedS3DestinationConfiguration"];
    assert_eq!(stream["Prefix"], "revocations/!{timestamp:yyyy/MM/dd}/");
    assert_eq!(stream["CompressionFormat"], "UNCOMPRESSED");
    assert_eq!(
        stream["ProcessingConfiguration"]["Processors"][0]["Type"],
        "AppendDelimiterToRecord"
    );
    assert_eq!(
        stream["ProcessingConfiguration"]["Processors"][0]["Parameters"][0]["ParameterValue"],
        "\\n"
    );
}

#[test]
fn the_dashboard_is_json() {
    let template = Template::read();
    let body = template.properties("Dashboard")["DashboardBody"]
        .as_str()
        .unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert!(body["widgets"].as_array().unwrap().len() >= 8);
}

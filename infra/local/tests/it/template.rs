//! The template reader.

use std::collections::BTreeMap;
use std::time::Duration;

use yam_local::template::{EMBEDDED, Rate, Surroundings, Template};

fn surroundings() -> Surroundings {
    Surroundings {
        parameters: BTreeMap::from([("Stage".to_owned(), "local".to_owned())]),
        stack: "yam".to_owned(),
        queue_base: "http://sqs".to_owned(),
    }
}

#[test]
fn the_hubs_own_template_says_all_there_is_to_run() {
    let template = Template::parse(EMBEDDED, &surroundings()).unwrap();
    let functions: Vec<&str> = template.functions.keys().map(String::as_str).collect();
    let all = [
        "console", "dispatch", "notices", "notify", "openpay", "orders", "payments", "rates", "relay",
        "sync", "tracking",
    ];
    assert_eq!(functions, all);

    let dispatch = &template.functions["dispatch"];
    assert_eq!(dispatch.environment["YAM_STAGE"], "local");
    let table = &template.tables[0];
    assert_eq!(dispatch.environment["YAM_TABLE"], table.name);
    assert_eq!(dispatch.environment["YAM_QUEUE_SYNC_URL"], "http://sqs/000000000000/yam-sync");
    let source = dispatch.queues.iter().find(|s| s.queue == "yam-dispatch").unwrap();
    assert!(source.partial_batches && source.batch_size <= 10);

    let queue = template.queues.iter().find(|q| q.name == "yam-dispatch").unwrap();
    assert_eq!(queue.redrive.as_ref().unwrap().dead_queue, "yam-dispatch-dead");
    let visible = Duration::from_secs(u64::try_from(queue.visibility_seconds).unwrap());
    assert!(visible >= dispatch.timeout * 6, "visibility must be six times the time-out");

    assert_eq!((table.partition_key.as_str(), table.sort_key.as_deref()), ("pk", Some("sk")));
    assert_eq!(table.ttl_attribute.as_deref(), Some("expires_at"));
    let relay = &template.functions["relay"].schedules[0];
    assert_eq!(relay.rate, Rate::parse("rate(1 minute)").unwrap());
    let routes = &template.functions["orders"].routes;
    assert!(routes.iter().any(|r| r.path == "/v1/orders/{proxy+}" && r.method.is_none()));
}

fn function(properties: &str) -> String {
    format!(
        "Parameters:\n  Flag: {{Type: String, Default: 'on'}}\nMappings:\n  Sizes: {{small: {{memory: 512}}}}\n\
         Conditions:\n  On: !Equals [!Ref Flag, 'on']\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    \
         Properties:\n      CodeUri: functions/f\n{properties}"
    )
}

#[test]
fn intrinsic_functions_are_resolved_in_both_forms() {
    let text = function(
        "      Timeout: !If [On, 7, 8]\n      MemorySize: !FindInMap [Sizes, small, memory]\n      \
         Environment:\n        Variables:\n          A: !Sub '${AWS::StackName}-${Flag}-${!literal}'\n          \
         B: {'Fn::Sub': ['${x}/${Flag}', {x: !Ref AWS::Region}]}\n          \
         C: !If [On, !Ref AWS::NoValue, gone]\n          D: {Ref: Flag}\n",
    );
    let template = Template::parse(&text, &surroundings()).unwrap();
    let f = &template.functions["f"];
    assert_eq!((f.timeout.as_secs(), f.memory_mb), (7, 512));
    assert_eq!(f.environment["A"], "yam-on-${literal}");
    assert_eq!(f.environment["B"], "us-east-1/on");
    assert!(!f.environment.contains_key("C"));
    assert_eq!(f.environment["D"], "on");
}

#[test]
fn what_is_not_understood_names_its_resource() {
    for (properties, words) in [
        ("      Timeout: !Select [0, [1]]\n", "template.yaml, F: Select is not understood"),
        (
            "      Environment: {Variables: {A: !Ref Nowhere}}\n",
            "template.yaml, F: there is no parameter or resource",
        ),
        ("      Events: {E: {Type: SNS}}\n", "template.yaml, F.Events.E: events of SNS"),
        (
            "      Events: {E: {Type: Schedule, Properties: {Schedule: rate(1 week)}}}\n",
            "F.Events.E: the schedule",
        ),
        (
            "      Events: {E: {Type: SQS, Properties: {Queue: 'arn:q'}}}\n",
            "template.yaml, F: no queue \"q\"",
        ),
    ] {
        let error = Template::parse(&function(properties), &surroundings()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn what_nobody_reads_may_be_anything() {
    let text = function("      Role: !Transform {Name: x}\n      VpcConfig: !Select [0, []]\n");
    assert!(Template::parse(&text, &surroundings()).is_ok());
}

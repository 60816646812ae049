"""What must hold in template.yaml whatever else changes. Reads the template as SAM expands it."""

import json
import os
import pathlib
import re
import unittest

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import yaml
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The only statements that may name every resource: AWS takes no other value for these actions.
EVERY_RESOURCE = {
    "Traces": {"xray:PutTraceSegments", "xray:PutTelemetryRecords"},
    # A text goes to a number and not to a topic; topics are denied beside it.
    "Texts": {"sns:Publish"},
    "Interfaces": {
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    },
    # A phone number is no resource, and topics are shut out beside it; speech belongs to no lexicon.
    "Texts": {"sns:Publish"},
    "TestTexts": {"sns:Publish"},
    "VoicePreviews": {"polly:SynthesizeSpeech"},
}

# The parts of the table that a statement may name.
LEADING_KEYS = {
    "M#*",
    "DUE#*",
    "OUTBOX#*",
    "POLL#*",
    "BUCKETS#*",
    "DWELL#*",
    "SLIPS#*",
    "HUB#KEYS",
    "HUB#PRICES",
    "HUB#SENDERS",
    "HUB#*",
}

# Reliability: lease and time-out leave 15 s after the longest call; an HTTP API ends at 30 s.
TIMEOUTS = {"rates": 10, "orders": 15, "console": 15, "notices": 15, "dispatch": 75, "sync": 60, "relay": 55, "tracking": 300, "openpay": 60, "payments": 60, "notify": 60}


class CloudFormation(yaml.SafeLoader):
    """YAML with CloudFormation's short tags."""


def intrinsic(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    return {name: value}


CloudFormation.add_multi_constructor("!", intrinsic)


def read(path):
    return yaml.load((ROOT / path).read_text(), Loader=CloudFormation)


def as_list(value):
    return value if isinstance(value, list) else [value]


class TemplateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.source = read("template.yaml")
        local = read("template.yaml")
        for resource in local["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["CodeUri"] = "s3://bucket/key"
        values = {name: p.get("Default", "") for name, p in local["Parameters"].items()}
        cls.template = Translator({}, Parser()).translate(local, values)
        cls.resources = cls.template["Resources"]
        cls.alarms = {path.name: read(path) for path in sorted((ROOT / "infra/stacks").glob("*alarms.yaml"))}

    def of_type(self, kind, resources=None):
        return {n: r for n, r in (resources or self.resources).items() if r["Type"] == kind}

    def functions(self):
        return {
            resource["Metadata"]["BuildProperties"]["Binary"]: (name, resource["Properties"])
            for name, resource in self.source["Resources"].items()
            if resource["Type"] == "AWS::Serverless::Function"
        }

    def statements(self):
        for name, resource in self.resources.items():
            documents = [p["PolicyDocument"] for p in resource.get("Properties", {}).get("Policies", [])]
            if resource["Type"] in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
                documents.append(resource["Properties"]["PolicyDocument"])
            for document in documents:
                for statement in as_list(document["Statement"]):
                    yield name, statement

    def test_every_folder_of_functions_is_deployed_as_the_binary_of_its_name(self):
        folders = {path.parent.name for path in (ROOT / "functions").glob("*/Cargo.toml")}
        self.assertEqual(set(self.functions()), folders)
        for binary, (_, properties) in self.functions().items():
            self.assertEqual(properties["CodeUri"], f"functions/{binary}")
            self.assertEqual(properties["Timeout"], TIMEOUTS[binary], binary)

    def test_every_queue_event_reports_single_failures_and_bounds_its_parallelism(self):
        mappings = self.of_type("AWS::Lambda::EventSourceMapping")
        self.assertEqual(len(mappings), 6)
        for name, mapping in mappings.items():
            properties = mapping["Properties"]
            self.assertEqual(properties["FunctionResponseTypes"], ["ReportBatchItemFailures"], name)
            # The emulator wants a number here, not a parameter.
            self.assertIsInstance(properties["ScalingConfig"]["MaximumConcurrency"], int, name)

    def test_visibility_is_six_times_the_time_out_of_the_consumer(self):
        for binary, (_, properties) in self.functions().items():
            for event in properties["Events"].values():
                if event["Type"] == "SQS":
                    queue = event["Properties"]["Queue"]["Fn::GetAtt"][0]
                    visibility = self.resources[queue]["Properties"]["VisibilityTimeout"]
                    self.assertEqual(visibility, 6 * properties["Timeout"], f"{queue} of {binary}")

    def test_every_queue_is_encrypted_and_has_dead_letters_or_holds_them(self):
        queues = self.of_type("AWS::SQS::Queue")
        dead = set()
        for name, queue in queues.items():
            self.assertTrue(queue["Properties"]["SqsManagedSseEnabled"], name)
            if policy := queue["Properties"].get("RedrivePolicy"):
                self.assertEqual(policy["maxReceiveCount"], 5, name)
                dead.add(policy["deadLetterTargetArn"]["Fn::GetAtt"][0])
        for name, queue in queues.items():
            self.assertNotEqual("RedrivePolicy" in queue["Properties"], name in dead, name)
        for name in dead:
            self.assertEqual(queues[name]["Properties"]["MessageRetentionPeriod"], 14 * 86400, name)

    def test_no_policy_holds_a_wildcard_that_aws_does_not_force(self):
        seen = set()
        for name, statement in self.statements():
            actions = as_list(statement["Action"])
            for action in actions:
                self.assertNotIn("*", action, name)
            for resource in as_list(statement["Resource"]):
                if resource == "*":
                    self.assertEqual(set(actions), EVERY_RESOURCE.get(statement.get("Sid")), name)
                    seen.add(statement["Sid"])
                else:
                    self.assertNotIsInstance(resource, str, f"{name}: name resources by reference")
        self.assertEqual(seen, set(EVERY_RESOURCE))

    def test_sam_adds_no_managed_policy_of_its_own(self):
        for name, role in self.of_type("AWS::IAM::Role").items():
            for arn in role["Properties"].get("ManagedPolicyArns", []):
                self.assertIn("Policy", json.dumps(arn), name)
                self.assertNotIn("arn:", json.dumps(arn), name)

    def test_every_access_to_the_table_is_bound_to_leading_keys(self):
        for name, statement in self.statements():
            if any(action.startswith("dynamodb:") for action in as_list(statement["Action"])):
                ((operator, bound),) = statement["Condition"].items()
                self.assertIn(operator, ("ForAllValues:StringLike", "ForAllValues:StringEquals"), name)
                keys = bound["dynamodb:LeadingKeys"]
                self.assertLessEqual(set(keys), LEADING_KEYS, name)
                self.assertNotIn("dynamodb:Scan", statement["Action"], name)

    def test_texts_go_to_phones_and_never_to_topics(self):
        publishing = [(n, s) for n, s in self.statements() if "sns:Publish" in as_list(s["Action"])]
        allowed = [name for name, statement in publishing if statement["Effect"] == "Allow"]
        refused = {n: s["Resource"] for n, s in publishing if s["Effect"] == "Deny"}
        self.assertEqual(sorted(allowed), sorted(refused))
        for name, resource in refused.items():
            self.assertIn(":sns:*:*:*", json.dumps(resource), name)

    def test_functions_that_serve_merchants_never_reach_the_hubs_own_items(self):
        for name, statement in self.statements():
            if name != "ConsoleRole":
                self.assertNotIn("HUB#*", json.dumps(statement), name)

    def test_every_function_has_a_log_group_that_forgets(self):
        groups = self.of_type("AWS::Logs::LogGroup")
        for name, group in groups.items():
            self.assertEqual(group["Properties"]["RetentionInDays"], {"Ref": "LogRetentionDays"}, name)
        used = []
        for name, function in self.of_type("AWS::Lambda::Function").items():
            logging = function["Properties"]["LoggingConfig"]
            self.assertEqual(logging["LogFormat"], "JSON", name)
            used.append(logging["LogGroup"]["Ref"])
        self.assertEqual(len(set(used)), len(self.functions()))
        self.assertLessEqual(set(used), set(groups))

    def test_the_access_log_tells_routes_and_never_paths(self):
        (stage,) = self.of_type("AWS::ApiGatewayV2::Stage").values()
        written = stage["Properties"]["AccessLogSettings"]["Format"]
        self.assertIsInstance(json.loads(written), dict)
        variables = set(re.findall(r"\$context\.(\w+)", written))
        self.assertLessEqual({"requestId", "routeKey", "status", "integrationErrorMessage"}, variables)
        self.assertTrue(variables.isdisjoint({"path", "identity", "requestOverride", "customDomain"}), variables)

    def test_the_table_and_the_key_outlive_the_stack(self):
        for name in ("Table", "SealingKey"):
            self.assertEqual(self.resources[name]["DeletionPolicy"], "Retain", name)
            self.assertEqual(self.resources[name]["UpdateReplacePolicy"], "Retain", name)
        table = self.resources["Table"]["Properties"]
        self.assertTrue(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"])
        self.assertEqual(self.source["Parameters"]["DeletionProtection"]["Default"], "true")
        self.assertNotIn("GlobalSecondaryIndexes", table)

    def test_no_secret_stands_in_the_environment(self):
        for name, function in self.of_type("AWS::Lambda::Function").items():
            variables = function["Properties"]["Environment"]["Variables"]
            for variable in variables:
                self.assertRegex(variable, r"^YAM_[A-Z0-9_]+$", name)
                self.assertNotRegex(variable, r"PASSWORD|SECRET|TOKEN|API_KEY", name)

    def test_every_setting_in_the_environment_is_one_the_functions_know(self):
        documented = set(re.findall(r"^\| `(YAM_\w+)`", (ROOT / "docs/configuration.md").read_text(), re.M))
        for name, function in self.of_type("AWS::Lambda::Function").items():
            self.assertLessEqual(set(function["Properties"]["Environment"]["Variables"]), documented, name)

    def test_every_function_and_queue_has_its_alarms_and_each_can_speak(self):
        stacks = self.of_type("AWS::CloudFormation::Stack", self.alarms["alarms.yaml"]["Resources"]).values()
        watched = [s["Properties"]["Parameters"] for s in stacks]
        functions = {w["FunctionName"]["Ref"]: w["SlowMs"] for w in watched if "FunctionName" in w}
        self.assertEqual(functions, {b.capitalize(): t * 800 for b, t in TIMEOUTS.items()})
        queues = {w["QueueName"]["Ref"] for w in watched if "QueueName" in w}
        sources = {n for n, q in self.of_type("AWS::SQS::Queue").items() if "RedrivePolicy" in q["Properties"]}
        self.assertEqual(queues, sources)
        handed = self.source["Resources"]["Alarms"]["Properties"]["Parameters"]
        self.assertEqual(set(handed), set(self.alarms["alarms.yaml"]["Parameters"]))
        for file, template in self.alarms.items():
            for name, alarm in self.of_type("AWS::CloudWatch::Alarm", template["Resources"]).items():
                self.assertIn({"Ref": "AlarmTopicArn"}, alarm["Properties"]["AlarmActions"]["Fn::If"][2], f"{file} {name}")
                self.assertEqual(alarm["Properties"]["TreatMissingData"], "notBreaching", f"{file} {name}")

    def test_the_manual_says_of_every_alarm_what_it_means_and_what_to_do(self):
        manual = (ROOT / "docs/deploy.md").read_text().split("\n## Alarms\n")[1].split("\n## ")[0]
        rows = [line.strip("|").split("|") for line in manual.splitlines() if line.startswith("| `")]
        for row in rows:
            self.assertEqual([bool(cell.strip()) for cell in row], [True, True, True], row)
        alarms = set()
        for template in self.alarms.values():
            for name, alarm in self.of_type("AWS::CloudWatch::Alarm", template["Resources"]).items():
                given = alarm["Properties"].get("AlarmName", {"Fn::Sub": name})["Fn::Sub"]
                alarms.add(given.removeprefix("${HubName}-"))
        documented = [name for alarm, *_ in rows for name in re.findall(r"`([^`]+)`", alarm)]
        self.assertEqual(sorted(documented), sorted(alarms))


if __name__ == "__main__":
    unittest.main()

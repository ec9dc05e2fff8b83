"""Functions, queues and tables of a stack, and the HTTP API."""

import base64
import http.server
import json
import re
import threading
import time

from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from strict_aws import OPTIONAL, RULES, chosen, load

from . import test_browsers, test_keys, test_resources, test_s3, test_users  # noqa: F401 (their proofs count)
from .support import HERE, HTTP, ORIGIN, PROVEN, Case, in_shell, proves, zipped

# Answers with the names of its variables.
ENVIRONMENT = in_shell("""env | sed 's/=.*//' | tr '\\n' ' '; echo " $AWS_ENDPOINT_URL\"""")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """Signs tokens, and serves its key like an OpenID provider."""

    def __init__(self):
        self.key = rsa.generate_private_key(65537, 2048)
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                numbers = issuer.key.public_key().public_numbers()
                key = {"kty": "RSA", "kid": "k", "alg": "RS256", "use": "sig", "e": b64(b"\1\0\1"),
                       "n": b64(numbers.n.to_bytes(256, "big"))}
                found = self.path == "/jwks"
                twins = [{**key, "kid": "twin"}, {**key, "kid": "twin", "alg": "RS512"}]
                body = json.dumps({"keys": [key, *twins]} if found else {"jwks_uri": f"{issuer.url}/jwks"}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def token(self, algorithm="RS256", header=None, **claims):
        header = {"alg": algorithm, "kid": "k", "typ": "JWT"} | (header or {})
        text = ".".join(b64(json.dumps(part).encode()) for part in (header, {"iss": self.url, "aud": "a", **claims}))
        return f"{text}.{b64(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


class Api(Case):
    def setUp(self):
        self.issuer = Issuer()
        self.addCleanup(self.issuer.stop)

    def deploy(self, aws):
        """An API whose one route requires a token; the answer of its integration does not matter."""
        ref = {"Ref": "A"}
        made = aws.stack({"Resources": {
            "A": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {
                "Name": "a", "ProtocolType": "HTTP", "CorsConfiguration": {
                    "AllowOrigins": [ORIGIN], "AllowMethods": ["GET"], "AllowHeaders": ["authorization"],
                    "MaxAge": "60"}}},
            "S": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {
                "ApiId": ref, "StageName": "$default", "AutoDeploy": True}},
            "J": {"Type": "AWS::ApiGatewayV2::Authorizer", "Properties": {
                "ApiId": ref, "Name": "j", "AuthorizerType": "JWT", "IdentitySource": ["$request.header.Authorization"],
                "JwtConfiguration": {"Issuer": self.issuer.url, "Audience": ["a"]}}},
            "I": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {
                "ApiId": ref, "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET",
                "IntegrationUri": f"{self.issuer.url}/jwks", "PayloadFormatVersion": "1.0"}},
            "R": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {
                "ApiId": ref, "RouteKey": "GET /r", "AuthorizationType": "JWT", "AuthorizerId": {"Ref": "J"},
                "Target": {"Fn::Sub": "integrations/${I}"}}},
        }, "Outputs": {"Id": {"Value": ref}}})
        return f"{aws.url}/_aws/execute-api/{made['Id']}/$default/r"

    def get(self, url, **claims):
        return HTTP.request("GET", url, headers={"authorization": f"Bearer {self.issuer.token(**claims)}"}).status

    @proves("http_apis_keep_their_cors")
    def test_preflight_is_answered(self, aws):
        answer = HTTP.request("OPTIONS", self.deploy(aws), headers={
            "origin": ORIGIN, "access-control-request-method": "GET"})
        self.assertEqual(answer.status, 204, answer.data)
        self.assertEqual(answer.headers["access-control-allow-origin"], ORIGIN)
        self.assertEqual(answer.headers["access-control-max-age"], "60")

    @proves("tokens_expire")
    def test_a07_tokens_without_a_usable_exp_are_refused(self, aws):
        url, now = self.deploy(aws), int(time.time())
        self.assertEqual(self.get(url, exp=now + 60), 200)
        for claims in ({}, {"exp": f"{now + 60}"}, {"exp": now + 60.5}, {"exp": True}, {"exp": float("inf")}, {"exp": now + 60, "nbf": "x"}):
            self.assertEqual(self.get(url, **claims), 401, claims)

    @proves("tokens_name_an_rsa_algorithm")
    def test_a02_the_header_must_name_an_rsa_algorithm(self, aws):
        url, now = self.deploy(aws), int(time.time())
        self.assertEqual(self.get(url, exp=now + 60), 200)
        for algorithm in ("none", "None", "HS256", "ES256", "PS256"):
            self.assertEqual(self.get(url, algorithm=algorithm, exp=now + 60), 401, algorithm)

    @proves("tokens_demand_nothing_unknown")
    def test_a17_a_header_may_not_demand_an_extension(self, aws):
        url, now = self.deploy(aws), int(time.time())
        self.assertEqual(self.get(url, exp=now + 60), 200)
        for header in ({"crit": ["exp"]}, {"crit": []}, {"b64": False}):
            self.assertEqual(self.get(url, header=header, exp=now + 60), 401, header)

    @proves("tokens_have_one_spelling")
    def test_a17_nothing_may_stand_beside_the_token(self, aws):
        url, good = self.deploy(aws), self.issuer.token(exp=int(time.time()) + 60)
        head, claims, signature = good.split(".")
        for bad in (f"{good}!", f"{good}=", f"{good}==", f"{head}=.{claims}.{signature}", f"{good}, x"):
            self.assertEqual(HTTP.request("GET", url, headers={"authorization": f"Bearer {bad}"}).status, 401, bad[-9:])
        self.assertEqual(HTTP.request("GET", url, headers={"authorization": f"Bearer {good}"}).status, 200)

    @proves("key_ids_name_one_key")
    def test_a06_a_key_id_that_stands_twice_names_no_key(self, aws):
        url, now = self.deploy(aws), int(time.time())
        self.assertEqual(self.get(url, exp=now + 60), 200)
        self.assertEqual(self.get(url, header={"kid": "twin"}, exp=now + 60), 401)

    @proves("heads_have_a_limit")
    def test_a16_a_long_head_is_refused(self, aws):
        url, now = self.deploy(aws), int(time.time())
        self.assertEqual(self.get(url, exp=now + 60, x="x" * 6000), 200)
        self.assertEqual(self.get(url, exp=now + 60, x="x" * 10_000), 431)

    @proves("cors_on_refusals")
    def test_a_refusal_can_carry_cors_headers(self, aws):
        answer = HTTP.request("GET", self.deploy(aws), headers={"origin": ORIGIN})
        self.assertEqual(answer.status, 401)
        self.assertEqual(answer.headers.get("access-control-allow-origin"), ORIGIN)


class Functions(Case):
    RIGHTS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")

    def template(self, aws, actions=RIGHTS, timeout=30):
        """A queue, and a function that answers with its environment and consumes the queue."""
        files = aws.bucket()
        aws.client("s3").put_object(Bucket=files, Key="f.zip", Body=zipped("bootstrap", ENVIRONMENT))
        lambdas = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        reads = {"Effect": "Allow", "Action": list(actions), "Resource": {"Fn::GetAtt": ["Q", "Arn"]}}
        return {"Resources": {
            "Q": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30}},
            "Role": {"Type": "AWS::IAM::Role", "Properties": {
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [lambdas]},
                "Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [reads]}}]}},
            "F": {"Type": "AWS::Lambda::Function", "Properties": {
                "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": timeout,
                "Code": {"S3Bucket": files, "S3Key": "f.zip"}, "Role": {"Fn::GetAtt": ["Role", "Arn"]}}},
            "E": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {
                "EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]}, "FunctionName": {"Ref": "F"}}},
        }, "Outputs": {"Name": {"Value": {"Ref": "F"}}}}

    @proves("event_sources_need_their_rights")
    def test_an_event_source_needs_its_three_rights(self, aws):
        aws.stack(self.template(aws))
        for missing in self.RIGHTS:
            with self.assertRaisesRegex(AssertionError, missing.removeprefix("sqs:")):
                aws.stack(self.template(aws, actions=(right for right in self.RIGHTS if right != missing)))

    @proves("event_sources_outlast_their_function")
    def test_f72_a_message_must_stay_hidden_as_long_as_the_function_may_take(self, aws):
        with self.assertRaisesRegex(AssertionError, "less than Function timeout"):
            aws.stack(self.template(aws, timeout=31))

    @proves("event_sources_count_in_numbers")
    def test_the_concurrency_of_an_event_source_may_be_a_parameter(self, aws):
        template = self.template(aws)
        template["Parameters"] = {"Most": {"Type": "Number", "Default": 2}}
        template["Resources"]["E"]["Properties"]["ScalingConfig"] = {"MaximumConcurrency": {"Ref": "Most"}}
        template["Outputs"] = {"Q": {"Value": {"Ref": "Q"}}, "E": {"Value": {"Ref": "E"}}}
        made, sqs = aws.stack(template), aws.client("sqs")
        sqs.send_message(QueueUrl=made["Q"], MessageBody="m")
        try:
            for _ in range(100):
                counts = sqs.get_queue_attributes(QueueUrl=made["Q"], AttributeNames=["All"])["Attributes"]
                if counts["ApproximateNumberOfMessages"] == "0":
                    return
                time.sleep(0.05)
            self.fail("nobody takes the message")
        finally:
            aws.client("lambda").delete_event_source_mapping(UUID=made["E"])

    @proves("functions_do_not_see_this_machine")
    def test_a_function_has_an_environment_of_its_own(self, aws):
        name = aws.stack(self.template(aws))["Name"]
        seen = aws.client("lambda").invoke(FunctionName=name)["Payload"].read().decode().split()
        self.assertIn("AWS_LAMBDA_FUNCTION_NAME", seen, seen)
        self.assertNotIn("PROBE", seen)
        self.assertNotIn("HOME", seen)

    @proves("functions_may_name_an_endpoint")
    def test_a_functions_own_endpoint_is_kept(self, aws):
        template = self.template(aws)
        endpoint = "http://127.0.0.1:9"
        template["Resources"]["F"]["Properties"]["Environment"] = {"Variables": {"AWS_ENDPOINT_URL": endpoint}}
        name = aws.stack(template)["Name"]
        seen = aws.client("lambda").invoke(FunctionName=name)["Payload"].read().decode().strip('"')
        self.assertIn(endpoint, seen.split())


class Events(Case):
    @proves("policies_see_the_source_of_events")
    def test_who_may_publish_one_source_may_publish_no_other(self, aws):
        scanner = aws.user([{"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*",
                             "Condition": {"StringEquals": {"events:source": "crowfly.scanner"}}}])
        client = aws.client("events", *scanner)

        def entry(source):
            return {"Source": source, "DetailType": "t", "Detail": "{}"}

        self.assertEqual(client.put_events(Entries=[entry("crowfly.scanner")])["FailedEntryCount"], 0)
        with self.assertRaises(ClientError) as refused:
            client.put_events(Entries=[entry("aws.guardduty.forged")])
        self.assertIn("AccessDenied", refused.exception.response["Error"]["Code"])


class Queues(Case):
    @proves("batches_need_the_right_of_the_single_call")
    def test_who_may_send_may_send_a_batch(self, aws):
        queue = aws.client("sqs").create_queue(QueueName=f"q{time.monotonic_ns()}")["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:000000000000:{queue.rpartition('/')[2]}"
        sends = aws.user([{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}])
        batch = {"QueueUrl": queue, "Entries": [{"Id": "a", "MessageBody": "b"}]}
        self.assertIn("Successful", aws.client("sqs", *sends).send_message_batch(**batch))
        other = aws.user([{"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": arn}])
        with self.assertRaises(ClientError):
            aws.client("sqs", *other).send_message_batch(**batch)


    @proves("dead_letters_move_back")
    def test_f54_dead_letters_move_back(self, aws):
        sqs, dead, queue = aws.client("sqs"), f"d{time.monotonic_ns()}", f"q{time.monotonic_ns()}"
        arn = "arn:aws:sqs:us-east-1:000000000000:"
        at = sqs.create_queue(QueueName=dead)["QueueUrl"]
        redrive = {"deadLetterTargetArn": f"{arn}{dead}", "maxReceiveCount": 1}
        back = sqs.create_queue(QueueName=queue, Attributes={"RedrivePolicy": json.dumps(redrive)})["QueueUrl"]
        sent = [sqs.send_message(QueueUrl=at, MessageBody=f"m{n}")["MessageId"] for n in range(3)]
        task = {"SourceArn": f"{arn}{dead}", "DestinationArn": f"{arn}{queue}", "MaxNumberOfMessagesPerSecond": 20}
        sqs.start_message_move_task(**task)
        with self.assertRaisesRegex(ClientError, "already a task running"):
            sqs.start_message_move_task(**task)
        while (seen := sqs.list_message_move_tasks(SourceArn=f"{arn}{dead}")["Results"][0])["Status"] == "RUNNING":
            time.sleep(0.05)
        self.assertEqual((seen["Status"], seen["ApproximateNumberOfMessagesMoved"]), ("COMPLETED", 3))
        came = sqs.receive_message(QueueUrl=back, MaxNumberOfMessages=10)["Messages"]
        self.assertEqual(sorted(message["Body"] for message in came), ["m0", "m1", "m2"])
        self.assertFalse({message["MessageId"] for message in came} & set(sent), "a message that comes back is a new one")
        self.assertNotIn("Messages", sqs.receive_message(QueueUrl=at))
        with self.assertRaisesRegex(ClientError, "Dead Letter Queue"):
            sqs.start_message_move_task(SourceArn=f"{arn}{queue}", DestinationArn=f"{arn}{dead}")
        with self.assertRaisesRegex(ClientError, "doesn't exist"):
            sqs.list_message_move_tasks(SourceArn=f"{arn}none")

    @proves("moves_need_their_right_on_the_source")
    def test_a_move_needs_its_right_on_the_dead_letter_queue(self, aws):
        sqs, name = aws.client("sqs"), f"d{time.monotonic_ns()}"
        dead, other = (f"arn:aws:sqs:us-east-1:000000000000:{name}{end}" for end in "ao")
        redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 1})}
        sqs.create_queue(QueueName=f"{name}a")
        sqs.create_queue(QueueName=f"{name}o", Attributes=redrive)
        moves = {"Effect": "Allow", "Action": ["sqs:StartMessageMoveTask", "sqs:ListMessageMoveTasks"]}
        may = aws.client("sqs", *aws.user([moves | {"Resource": dead}]))
        may.start_message_move_task(SourceArn=dead, DestinationArn=other)
        self.assertEqual(len(may.list_message_move_tasks(SourceArn=dead)["Results"]), 1)
        may_not = aws.client("sqs", *aws.user([moves | {"Resource": other}]))
        with self.assertRaisesRegex(ClientError, "not authorized"):
            may_not.start_message_move_task(SourceArn=dead, DestinationArn=other)


class Tables(Case):
    @proves("queries_alias_reserved_words")
    def test_a_reserved_word_needs_an_alias(self, aws):
        dynamodb, name = aws.client("dynamodb"), f"t{time.monotonic_ns()}"
        dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST",
                              AttributeDefinitions=[{"AttributeName": "owner", "AttributeType": "S"}],
                              KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}])
        query = {"TableName": name, "ExpressionAttributeValues": {":o": {"S": "x"}}}
        aliased = {**query, "KeyConditionExpression": "#o = :o", "ExpressionAttributeNames": {"#o": "owner"}}
        self.assertEqual(dynamodb.query(**aliased)["Count"], 0)
        for refused in ({**query, "KeyConditionExpression": "owner = :o"}, {**aliased, "FilterExpression": "status = :o"}):
            with self.assertRaisesRegex(dynamodb.exceptions.ClientError, "reserved keyword: (owner|status)"):
                dynamodb.query(**refused)


    @proves("policies_see_the_partition")
    def test_h6_who_may_write_one_partition_may_write_no_other(self, aws):
        name = f"t{time.monotonic_ns()}"
        aws.client("dynamodb").create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "owner", "AttributeType": "S"}])
        counts = aws.user([{"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": "*", "Condition": {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": "reads:*"}, "Null": {"dynamodb:LeadingKeys": "false"}}}])
        client = aws.client("dynamodb", *counts)
        client.update_item(TableName=name, Key={"owner": {"S": "reads:a"}})
        for other in ("a", "xreads:a"):
            with self.assertRaisesRegex(ClientError, "not authorized"):
                client.update_item(TableName=name, Key={"owner": {"S": other}})


class Registry(Case):
    def test_every_rule_is_tested_and_documented(self):
        load()
        self.assertEqual(PROVEN.keys(), RULES.keys() | OPTIONAL.keys())
        page = (HERE.parent.parent / "docs" / "LOCAL.md").read_text()
        documented = dict(re.findall(r"^\| `(\w+)` \|.*\| `(test_\w+)` \|$", page, re.MULTILINE))
        self.assertEqual(documented, PROVEN)

    def test_switches(self):
        load()
        self.assertEqual(chosen({}).keys(), RULES.keys())
        self.assertNotIn("loopback_is_tls", chosen({"CROWFLY_LOCAL_TLS": "off"}))
        self.assertEqual(chosen({"CROWFLY_LOCAL_OFF": "all", "CROWFLY_LOCAL_ON": "cors_on_refusals"}).keys(),
                         {"cors_on_refusals"})
        with self.assertRaises(SystemExit):
            chosen({"CROWFLY_LOCAL_OFF": "no_such_rule"})

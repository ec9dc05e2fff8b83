"""Access keys that the local AWS accepts and refuses."""

import hashlib
import json
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from .support import HTTP, Case, function, proves


def scope(key, service="iam"):
    """The query of a presigned request by this key, with a made-up signature."""
    day = time.strftime("%Y%m%d", time.gmtime())
    return (f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={key}/{day}/us-east-1/{service}/aws4_request"
            f"&X-Amz-Date={day}T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature={'0' * 64}")


class Keys(Case):
    CALLS = (("iam", "list_users"), ("s3", "list_buckets"), ("sqs", "list_queues"), ("lambda", "list_functions"),
             ("dynamodb", "list_tables"), ("cloudformation", "list_stacks"), ("sts", "get_caller_identity"),
             ("cognito-idp", "list_user_pools"), ("logs", "describe_log_groups"), ("secretsmanager", "list_secrets"))

    def denied(self, client, call, **arguments):
        """Asserts that the call is refused like one by an unknown key."""
        arguments = arguments or ({"MaxResults": 1} if call == "list_user_pools" else {})
        with self.assertRaises(ClientError, msg=f"{call} of {client.meta.service_model.service_name}") as refused:
            getattr(client, call)(**arguments)
        self.assertIn(refused.exception.response["ResponseMetadata"]["HTTPStatusCode"], (400, 403))

    @proves("root_has_one_key")
    def test_h3_no_key_that_is_known_beforehand_opens_anything(self, aws):
        for service, call in self.CALLS:
            for key, secret in (("test", "test"), ("000000000000", "test"), ("123456789012", aws.secret), ("test", aws.secret)):
                self.denied(aws.client(service, key, secret), call)
        bucket = aws.bucket()
        for key in ("test", "000000000000"):
            url = aws.client("s3", key, aws.secret).generate_presigned_url(
                "put_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=300)
            self.assertEqual(HTTP.request("PUT", url, body=b"x").status, 403, key)

    @proves("roots_signature_is_checked")
    def test_h3_roots_key_opens_nothing_without_its_secret(self, aws):
        for service, call in self.CALLS:
            self.denied(aws.client(service, aws.key, "guessed"), call)
        for service, query in (("iam", "Action=ListUsers&Version=2010-05-08"), ("lambda", ""), ("s3", "")):
            path = "/2015-03-31/functions" if service == "lambda" else "/"
            answer = HTTP.request("GET", f"{aws.url}{path}?{query}&{scope(aws.key, service)}")
            self.assertIn(answer.status, (400, 403), service)

    @proves("requests_need_a_signature")
    def test_h3_what_is_not_signed_opens_what_is_public(self, aws):
        bucket, queue = aws.bucket(), aws.client("sqs").create_queue(QueueName=f"q{time.monotonic_ns()}")["QueueUrl"]
        json_of = {"content-type": "application/x-amz-json-1.0"}
        form = {"content-type": "application/x-www-form-urlencoded"}
        requests = [
            ("GET", "/", {}, ""), ("PUT", f"/new{time.monotonic_ns()}", {}, ""), ("GET", f"/{bucket}?policy", {}, ""),
            ("GET", "/2015-03-31/functions", {}, ""), ("PUT", f"/{bucket}/k", {}, "x"),
            ("POST", "/", form, "Action=CreateUser&Version=2010-05-08&UserName=u"),
            # A bucket's path does not make it an S3 request.
            ("POST", f"/{bucket}/", form, "Action=CreateUser&Version=2010-05-08&UserName=u"),
            ("POST", f"/{bucket}/", {**json_of, "x-amz-target": "AmazonSQS.ListQueues"}, "{}"),
            ("POST", "/", {**json_of, "x-amz-target": "AmazonSQS.SendMessage"}, json.dumps({"QueueUrl": queue, "MessageBody": "m"})),
            ("POST", "/", {**json_of, "x-amz-target": "DynamoDB_20120810.ListTables"}, "{}"),
            ("POST", "/", {**json_of, "x-amz-target": "NoSuch.Target"}, "{}"),
            ("POST", "/", {**json_of, "x-amz-target": "AWSCognitoIdentityProviderService.ListUserPools"}, '{"MaxResults": 1}'),
            ("GET", "/v20180820/jobs", {}, ""), ("POST", "/Execute", json_of, "{}"), ("GET", "/v2/apis", {}, "")]
        for method, path, headers, body in requests:
            # Neither a token for another service nor an incomplete signature counts as a key.
            for more in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic dGVzdDp0ZXN0"}):
                answer = HTTP.request(method, f"{aws.url}{path}", headers={**headers, **more}, body=body)
                self.assertIn(answer.status, (400, 403, 405), (method, path, more, answer.data[:200]))
                self.assertNotIn(b"<CreateUserResponse", answer.data)
        self.assertEqual(HTTP.request("GET", f"{aws.url}/_ministack/health").status, 200)
        # Nor does a presigned S3 URL, whose signature only S3 checks.
        key, _secret = aws.user([{"Effect": "Allow", "Action": "*", "Resource": "*"}])
        answer = HTTP.request("POST", f"{aws.url}/?{scope(key, 's3')}", body="{}", headers={
            **json_of, "x-amz-target": "AmazonSQS.ListQueues", "authorization": "Bearer x"})
        self.assertEqual(answer.status, 403, answer.data)

    @proves("functions_have_random_keys")
    def test_h3_a_functions_key_does_not_follow_from_its_name(self, aws):
        program = 'printf %s "$AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN"'
        name, _role = function(aws, program)
        key, secret, token = json.loads(aws.client("lambda").invoke(FunctionName=name)["Payload"].read()).split()
        seen = aws.client("lambda").get_function_configuration(FunctionName=name)
        known = hashlib.sha256(f"{seen['FunctionArn']}:{seen['Role']}".encode()).hexdigest()
        self.assertNotIn(known[:16].upper(), key)
        request = AWSRequest("POST", aws.url, {"content-type": "application/x-www-form-urlencoded"},
                             "Action=GetCallerIdentity&Version=2011-06-15")
        SigV4Auth(Credentials(key, secret, token), "sts", "us-east-1").add_auth(request)
        answer = HTTP.request("POST", f"{aws.url}/", headers=dict(request.headers), body=request.data)
        self.assertIn(b":assumed-role/", answer.data)

"""Two servers of the local AWS, one with the rules and one without, and clients of both."""

import atexit
import functools
import io
import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

import botocore.session
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

HERE = pathlib.Path(__file__).resolve().parent.parent
HTTP = urllib3.PoolManager(retries=False)
PROVEN = {}
ORIGIN = "http://localhost:3000"
# The origins of the system's pages.
PAGES = ("http://127.0.0.1:3000", ORIGIN)
# The port of a proxy that passes on what pages send.
PROXY = "3001"


class Server:
    """A local AWS of its own on a free port of this machine."""

    def __init__(self, **rules):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.key, self.secret = f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30)
        self.state = tempfile.TemporaryDirectory()
        env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CROWFLY_"))}
        env |= {
            "AUTH": "true", "BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "STATE_DIR": f"{self.state.name}/state", "S3_DATA_DIR": f"{self.state.name}/s3", "LOG_LEVEL": "ERROR", "TMPDIR": self.state.name,
            "AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, "AWS_ENDPOINT_URL": self.url,
            "CROWFLY_LOCAL_PAGES": ",".join(PAGES), "CROWFLY_LOCAL_PROXIES": PROXY, "PROBE": "1",
            "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1", **rules,
        }
        self.process = subprocess.Popen([sys.executable, "-m", "strict_aws"], env=env, cwd=self.state.name,
                                        start_new_session=True, stdout=subprocess.DEVNULL)
        atexit.register(self.stop)
        for _ in range(600):
            try:
                if HTTP.request("GET", f"{self.url}/_ministack/health").status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        raise RuntimeError("the local AWS did not start")

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
        self.state.cleanup()

    def client(self, service, key=None, secret=None):
        """A client of one service, with the root key by default; it adds no checksums by itself."""
        session = botocore.session.Session()
        session.set_credentials(key or self.key, secret or self.secret)
        config = Config(s3={"addressing_style": "path"}, signature_version="s3v4" if service == "s3" else None,
                        request_checksum_calculation="when_required", response_checksum_validation="when_required",
                        retries={"total_max_attempts": 1})
        return session.create_client(service, region_name="us-east-1", endpoint_url=self.url, config=config)

    def bucket(self):
        """A new bucket's name."""
        name = f"test-{time.monotonic_ns()}"
        self.client("s3").create_bucket(Bucket=name)
        return name

    def user(self, statements):
        """Key and secret of a new user with these policy statements."""
        iam, name = self.client("iam"), f"user{time.monotonic_ns()}"
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy(statements))
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]

    def presigned_put(self, bucket, key="k", **parameters):
        """A presigned PUT of this bucket."""
        return self.client("s3").generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": key, **parameters},
                                                        ExpiresIn=300)

    def stack(self, template):
        """Creates a stack and returns its outputs; an AssertionError if it fails."""
        cloudformation, name = self.client("cloudformation"), f"s{time.monotonic_ns()}"
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template),
                                    Capabilities=["CAPABILITY_IAM"])
        while True:
            stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
            if not stack["StackStatus"].endswith("IN_PROGRESS"):
                break
            time.sleep(0.05)
        if stack["StackStatus"] != "CREATE_COMPLETE":
            events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
            raise AssertionError("; ".join(event.get("ResourceStatusReason", "") for event in events))
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def policy(statements):
    """A policy document of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def bucket(**properties):
    """A template of one bucket."""
    return {"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": properties}},
            "Outputs": {"Bucket": {"Value": {"Ref": "B"}}}}


def in_shell(program):
    """A function as a shell script on the runtime API; it answers with the output of `program`."""
    return rf"""#!/bin/sh
runtime="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while id=$(curl -sS -D - -o /dev/null "$runtime/next" | tr -d '\r' | sed -n 's/^lambda-runtime-aws-request-id: //Ip'); do
  curl -sS -o /dev/null "$runtime/$id/response" -d "\"$({program})\""
done
"""


def zipped(name, text):
    """A zip of one program."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, text)
    return made.getvalue()


def function(aws, program):
    """A new function that answers with the output of `program`; returns its name and its role's."""
    name = f"f{time.monotonic_ns()}"
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy([trust]))["Role"]["Arn"]
    aws.client("lambda").create_function(FunctionName=name, Role=role, Runtime="provided.al2023", Handler="bootstrap",
                                         Code={"ZipFile": zipped("bootstrap", in_shell(program))})
    return name, role


@functools.cache
def strict():
    """The server with all rules, including the optional ones."""
    return Server(CROWFLY_LOCAL_ON="cors_on_refusals")


@functools.cache
def plain():
    """The server without any rule."""
    return Server(CROWFLY_LOCAL_OFF="all")


def proves(name):
    """Runs a test of a rule twice: it must pass with the rules and fail on plain MiniStack."""

    def decorate(test):
        PROVEN[name] = test.__name__

        @functools.wraps(test)
        def run(self):
            with self.subTest("under the rules"):
                test(self, strict())
            with self.subTest("plain"), self.assertRaises((AssertionError, KeyError, ClientError)):
                test(self, plain())

        return run

    return decorate


class Case(unittest.TestCase):
    """A test of rules."""

    def error(self, answer, status, code):
        """Asserts this refusal by S3."""
        self.assertEqual(answer.status, status, answer.data)
        self.assertIn(f"<Code>{code}</Code>".encode(), answer.data)

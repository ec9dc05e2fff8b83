"""Two servers of the local AWS, one under the rules and one plain, and what a test needs to talk to them."""

import atexit
import functools
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import botocore.session
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

HERE = pathlib.Path(__file__).resolve().parent.parent
HTTP = urllib3.PoolManager(retries=False)
PROVEN = {}


class Server:
    """A local AWS of its own on a free port of this machine."""

    def __init__(self, **rules):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.state = tempfile.TemporaryDirectory()
        env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CROWFLY_"))}
        env |= {
            "AUTH": "true", "BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "STATE_DIR": f"{self.state.name}/state", "S3_DATA_DIR": f"{self.state.name}/s3", "LOG_LEVEL": "ERROR", "TMPDIR": self.state.name,
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": self.url, "PROBE": "1",
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

    def client(self, service, key="test", secret="test"):
        """A client of one service; requests carry checksums only where a test says so."""
        session = botocore.session.Session()
        session.set_credentials(key, secret)
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
        """Key and secret of a new user who may do what the statements say."""
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
        """Creates a stack and gives its outputs; an AssertionError if it failed."""
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


@functools.cache
def strict():
    """The server under all rules, the optional ones too."""
    return Server(CROWFLY_LOCAL_ON="cors_on_refusals")


@functools.cache
def plain():
    """The server without any rule."""
    return Server(CROWFLY_LOCAL_OFF="all")


def proves(name):
    """The test shows the rule: it holds under the rules and fails on plain MiniStack."""

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
        """The answer is this refusal of S3."""
        self.assertEqual(answer.status, status, answer.data)
        self.assertIn(f"<Code>{code}</Code>".encode(), answer.data)

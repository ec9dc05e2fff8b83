"""The stack: where it is, and the operator's clients for its services."""

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .errors import Unusable, named

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# What the checks rely on; a stack of an older template may lack one.
OUTPUTS = ("Api", "ApiId", "Bucket", "Table", "Dlq", "Issuer", "Audience")


@dataclass(frozen=True, repr=False)
class Place:
    """Which stack, and how AWS is reached. It has no representation: it may hold a key."""

    stack: str
    region: str
    endpoint: str | None
    session: boto3.Session

    @property
    def local(self) -> bool:
        """Whether it is the local AWS of this machine."""
        return bool(self.endpoint) and urlsplit(self.endpoint).hostname in LOOPBACK

    def client(self, service: str):
        """The operator's client of a service."""
        config = Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=10, read_timeout=60,
                        s3={"addressing_style": "path" if self.endpoint else "virtual"})
        return self.session.client(service, region_name=self.region, endpoint_url=self.endpoint, config=config)


# The types of the files that are sent, and the size of the largest.
TYPES = ("text/plain", "application/octet-stream")
LARGEST = 17 * 1024 * 1024


@dataclass(frozen=True)
class Stack:
    """What the stack's outputs and parameters say."""

    api: str
    bucket: str
    table: str
    # The URL of the dead-letter queue.
    dead_letters: str
    issuer: str
    client_id: str
    # The stack's own pool; None if another issuer makes the tokens.
    pool: str | None
    origins: list[str]
    parameters: dict[str, str]


def of_env(file: Path, chosen: str | None, profile: str | None) -> Place:
    """The place that `target/dev/env.json` describes, or a stack by its name in the one of the tests."""
    try:
        described = json.loads(file.read_text())
        described = described["stacks"][chosen] if chosen else described
        name = described["queue"].rsplit("/", 1)[-1].removesuffix("-events")
        session = boto3.Session(described["accessKeyId"], described["secretAccessKey"]) if "accessKeyId" in described \
            else boto3.Session(profile_name=profile)
        return Place(name, described["region"], described["s3"], session)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unusable(f"{file} does not describe a stack ({type(error).__name__}): run `cargo xtask dev`, or name "
                       "a stack on AWS with --stack and --region") from None


def describe(place: Place, api: str | None) -> Stack:
    """Reads the stack's outputs and parameters; `api` is the address of a domain of its own, if callers use one."""
    try:
        found = place.client("cloudformation").describe_stacks(StackName=place.stack)["Stacks"][0]
    except (BotoCoreError, ClientError) as error:
        raise Unusable(f"the stack {place.stack} in {place.region} cannot be described ({named(error)}): check name, region "
                       "and credentials (`aws sts get-caller-identity`)") from None
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
    parameters = {one["ParameterKey"]: one.get("ParameterValue", "") for one in found.get("Parameters", [])}
    if missing := [name for name in OUTPUTS if name not in outputs]:
        raise Unusable(f"the stack {place.stack} has no output {', '.join(missing)}: is it one of Crowfly's template?")
    allowed = parameters.get("AllowedTypes", "*/*").split(",")
    if not all({"*/*", kind, f"{kind.split('/')[0]}/*"} & set(allowed) for kind in TYPES):
        raise Unusable(f"the stack {place.stack} takes no {' or no '.join(TYPES)} (AllowedTypes): check one that does")
    if int(float(parameters.get("MaxFileBytes") or LARGEST)) < LARGEST:
        raise Unusable(f"the stack {place.stack} takes no files of 17 MiB (MaxFileBytes): check one that does")
    # On AWS an API has a host name of its own, which no resolver knows locally.
    local = f"{place.endpoint}/_aws/execute-api/{outputs['ApiId']}/$default"
    return Stack(
        api=(api or (local if place.local else outputs["Api"])).rstrip("/"),
        bucket=outputs["Bucket"], table=outputs["Table"], dead_letters=outputs["Dlq"], issuer=outputs["Issuer"],
        client_id=outputs["Audience"], pool=outputs.get("UserPoolId"),
        origins=[one.strip() for one in parameters.get("AllowedOrigins", "").split(",")],
        parameters=parameters)

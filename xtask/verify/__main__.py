"""`python -m verify`: checks a deployed stack, and exits with 1 if anything is otherwise than on the local AWS."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

# Each registers its checks when it is imported, so they run in this order.
from . import (checks_files, checks_urls, checks_parts, checks_limits, checks_events, checks_tokens, checks_cors,
               checks_paths, checks_transport)
from . import table
from .errors import Unusable, named
from .registry import CHECKS, OTHERWISE, Result, perform
from .run import Run
from .stack import Place, describe, of_env


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="cargo xtask verify", description=__doc__.split(": ", 1)[1])
    parser.add_argument("--stack", help="the stack's name; with --env, the name of one of the tests' stacks")
    parser.add_argument("--region", help="its region")
    parser.add_argument("--profile", help="the profile of the AWS CLI with the operator's credentials, also by SSO")
    parser.add_argument("--endpoint-url", help="another endpoint than AWS, such as that of a local one")
    parser.add_argument("--env", type=Path, help="the description of a local stack: target/dev/env.json")
    parser.add_argument("--api", help="the API's address on a domain of its own, with the path of its mapping")
    parser.add_argument("--origin", help="an origin that the stack allows; by default the first of AllowedOrigins")
    parser.add_argument("--slow", action="store_true", help="also wait until a URL expires")
    parser.add_argument("--only", help="only the checks whose ids begin with this")
    parser.add_argument("--list", action="store_true", help="list the checks and do nothing")
    return parser.parse_args()


def place(asked: argparse.Namespace) -> Place:
    """Where the stack is."""
    if asked.env:
        return of_env(asked.env, asked.stack, asked.profile)
    if not asked.stack:
        raise Unusable("name the stack: --stack NAME --region REGION, or --env target/dev/env.json")
    try:
        session = boto3.Session(profile_name=asked.profile)
    except BotoCoreError as error:
        raise Unusable(f"the profile cannot be used ({named(error)}): `aws configure list-profiles` lists them") from None
    region = asked.region or session.region_name
    if not region:
        raise Unusable("name the region of the stack: --region REGION")
    # The variable of the AWS SDKs; here it also decides how the API is addressed.
    endpoint = asked.endpoint_url or os.environ.get("AWS_ENDPOINT_URL") or None
    return Place(asked.stack, region, endpoint, session)


def checked(run: Run, only: str) -> list[Result]:
    """Runs the checks one after another, and prints each when it is done."""
    print(table.head(), flush=True)
    results = []
    for one in CHECKS:
        if one.id.startswith(only):
            results.append(perform(one, run))
            print(table.shown(results[-1]), flush=True)
    return results


def main() -> int:
    """Runs everything; what was made is removed whatever happens."""
    asked = arguments()
    if asked.list:
        print("\n".join(f"{one.id}: {one.sentence} [{one.expected}]" for one in CHECKS))
        return 0
    started = time.monotonic()
    where = place(asked)
    stack = describe(where, asked.api)
    if asked.origin and asked.origin not in stack.origins:
        raise Unusable(f"{asked.origin} is none of the stack's AllowedOrigins: {', '.join(stack.origins)}")
    print(f"stack {where.stack} in {where.region}{', the local AWS' if where.local else ''}\n")
    run = Run(where, stack, asked.origin, asked.slow)
    try:
        run.sign_in()
        results = checked(run, asked.only or "")
    finally:
        left = removed(run)
    print("".join(f"\nmeasured: {note}" for note in run.notes))
    print(f"\n{table.cost(run.http.sent)}; {time.monotonic() - started:.0f} s")
    print(table.summary(results))
    return 1 if left or any(result.state == OTHERWISE for result in results) else 0


def removed(run: Run) -> list[str]:
    """Removes what was made, and says what is left."""
    print("\nremoving what was made ...", flush=True)
    left = []
    for remove in (lambda: run.leftovers.remove(run.known), run.users.remove):
        try:
            left += remove()
        except Exception as error:
            left.append(named(error))
    print("\n".join(f"NOT removed: {what}" for what in left) or "all of it is removed, but for lines in logs", flush=True)
    return left


def interrupted(*_: object) -> None:
    """A signal ends the checks, not the removal."""
    raise KeyboardInterrupt


signal.signal(signal.SIGTERM, interrupted)
try:
    sys.exit(main())
except Unusable as unusable:
    sys.exit(f"error: {unusable}")
except (BotoCoreError, ClientError) as error:
    sys.exit(f"error: a call of the operator failed ({named(error)}): the rights that are needed are in docs/OPERATIONS.md")
except KeyboardInterrupt:
    sys.exit(130)

"""The list of checks, and how one of them is run."""

from collections.abc import Callable
from dataclasses import dataclass

from .errors import Otherwise, Skip, named

AS_EXPECTED, OTHERWISE, SKIPPED = "as expected", "otherwise", "skipped"


@dataclass(frozen=True)
class Check:
    """One check: `run` returns what it saw, which should be `expected`."""

    id: str
    sentence: str
    expected: str
    run: Callable[..., str]


@dataclass(frozen=True)
class Result:
    """What came out of a check. `seen` is the reason if it was skipped."""

    check: Check
    state: str
    seen: str


CHECKS: list[Check] = []


def check(name: str, sentence: str, expected: str) -> Callable:
    """Registers a function of a `Run` under an id; `expected` is what it returns on the local AWS."""

    def register(run: Callable) -> Callable:
        if any(known.id == name for known in CHECKS):
            raise ValueError(f"two checks have the id {name}")
        CHECKS.append(Check(name, sentence, expected, run))
        return run

    return register


def perform(one: Check, run: object) -> Result:
    """Runs a check. Whatever goes wrong in it is what was seen; no error contains an address or a token."""
    try:
        seen = one.run(run)
    except Skip as skip:
        return Result(one, SKIPPED, str(skip))
    except Otherwise as otherwise:
        seen = str(otherwise)
    except Exception as error:
        # One check that breaks off does not keep the others from running.
        seen = named(error)
    return Result(one, AS_EXPECTED if seen == one.expected else OTHERWISE, seen)

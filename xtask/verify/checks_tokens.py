"""Whom the gateway and the functions admit."""

import json
from base64 import urlsafe_b64encode

from .errors import Skip
from .registry import check
from .run import Run
from .users import claims

REFUSED = "401 Unauthorized"


def _altered(token: str, **changed: object) -> str:
    """A token with other claims under the old signature."""
    header, _, signature = token.split(".")
    payload = json.dumps({**claims(token), **changed}).encode()
    return f"{header}.{urlsafe_b64encode(payload).rstrip(b'=').decode()}.{signature}"


def _unsigned(token: str) -> str:
    """A token that says it needs no signature."""
    header = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


TOKENS = {
    "none": ("without a token", lambda _: ""),
    "garbage": ("with a text that is no token", lambda _: "garbage"),
    "expired": ("with a token whose exp is in the past", lambda token: _altered(token, exp=1_600_000_000)),
    "subject": ("with a token whose subject was changed", lambda token: _altered(token, sub="somebody")),
    "unsigned": ("with a token that needs no signature (alg none)", _unsigned),
    "padded": ("with a token followed by `=`", lambda token: token + "="),
}


def _refused(label: str, what: str, change) -> None:
    @check(f"token-{label}", f"A call {what} is refused.", REFUSED)
    def refused(run: Run) -> str:
        return str(run.caller(change(run.me.access)).call("GET", "/uploads"))


for _label, (_what, _change) in TOKENS.items():
    _refused(_label, _what, _change)


@check("token-id", "An ID token is refused: it has no scope.", "403 Forbidden")
def id_token(run: Run) -> str:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html."""
    if not run.me.identity:
        raise Skip("the tokens come from another issuer")
    return str(run.caller(run.me.identity).call("GET", "/uploads"))


@check("token-query", "A token in the query string is none.", REFUSED)
def in_query(run: Run) -> str:
    """Only the header counts. What is sent is no token: a gateway may log a query."""
    return str(run.caller("").call("GET", "/uploads?access_token=x"))


@check("token-scheme", "A token under another scheme than Bearer is refused.", REFUSED)
def scheme(run: Run) -> str:
    """The scheme is part of the header."""
    return str(run.caller("").call("GET", "/uploads", headers={"authorization": f"Basic {run.me.access}"}))


@check("token-other-user", "An upload of another user does not exist: record, cancellation, parts, completion, content.",
       "404 not_found, 5 times")
def other_user(run: Run) -> str:
    """The same answer as for an id that nobody has."""
    upload = run.spare()
    path = f"/uploads/{upload.id}"
    calls: tuple[tuple[str, str, dict | None], ...] = (
        ("GET", path, None), ("DELETE", path, None), ("GET", f"{path}/parts", None), ("POST", f"{path}/complete", {}),
        ("GET", f"{path}/content", None))
    seen = {str(run.other.call(method, at, body)) for method, at, body in calls}
    return f"{', '.join(sorted(seen))}, {len(calls)} times" if len(seen) == 1 else ", ".join(sorted(seen))


@check("head-limit", "Request line and headers of more than 10,240 bytes are refused.",
       "431 Request Header Fields Too Large")
def head_limit(run: Run) -> str:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html."""
    return str(run.api.call("GET", "/uploads", headers={"x-padding": "x" * 10_240}))

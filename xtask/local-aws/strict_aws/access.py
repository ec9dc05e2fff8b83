"""Access control before MiniStack: who sends a request and what for, by its head."""

import contextvars
import json
import os
import re
from urllib.parse import parse_qs

from ministack import app
from ministack.services import s3

from . import names

# The origins of the pages that `cargo xtask` serves. Read at import, because a rule clears the environment.
PAGES = names(os.environ.get("CROWFLY_LOCAL_PAGES", ""))
# The own port, and those of the proxies that `cargo xtask` puts before this server.
PORTS = {os.environ.get("GATEWAY_PORT", "4566"), *names(os.environ.get("CROWFLY_LOCAL_PROXIES", ""))}
COGNITO = "AWSCognitoIdentityProviderService"
SIGN_IN = {f"{COGNITO}.InitiateAuth", f"{COGNITO}.RespondToAuthChallenge"}
# Only a complete signature identifies the sender: not another kind of header, nor a query without one of these.
SIGNED_HEADER = ("AWS4-HMAC-SHA256 ", "AWS4-ECDSA-P256-SHA256 ", "AWS ")
SIGNED_QUERIES = (
    {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature"},
    {"AWSAccessKeyId", "Expires", "Signature"},
)
API = re.compile(r"/_aws/execute-api/[^/]+/")
KEYS = re.compile(r"/([^/]+)/\.well-known/(?:jwks\.json|openid-configuration)")

# Set for a request that was admitted because of its bucket: only S3 may handle it, whatever its headers and form say.
only_s3 = contextvars.ContextVar("only_s3", default=False)


class Head:
    """Method, path, query and headers of a request, or of the handshake of a WebSocket."""

    def __init__(self, scope):
        self.websocket = scope["type"] == "websocket"
        self.method, self.path = scope.get("method", "GET"), scope["path"]
        self.query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        self.headers = {}
        for name, value in scope.get("headers", ()):
            self.headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))

    def header(self, name):
        """All values of a header, joined; empty without it."""
        return ", ".join(self.headers.get(name, ()))

    @property
    def browser(self):
        """Whether a browser sent it: Origin comes with all but GET and HEAD, Sec-Fetch-Site with everything.

        https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
        """
        return "origin" in self.headers or "sec-fetch-site" in self.headers

    @property
    def page(self):
        """Whether a page that `cargo xtask` serves sent it."""
        return self.header("origin") in PAGES

    @property
    def signed(self):
        """Whether it has a complete signature, which MiniStack then checks."""
        if authorization := self.header("authorization"):
            return authorization.startswith(SIGNED_HEADER)
        return any(parts <= self.query.keys() for parts in SIGNED_QUERIES)

    @property
    def aim(self):
        """Which target it has of those that AWS serves unsigned: `api`, `bucket`, `sign-in`, `keys`, `health`, or None."""
        if API.match(self.path):
            return "api"
        if self.path == "/_ministack/health":
            return "health" if self.method == "GET" else None
        if self.path == "/":
            return "sign-in" if self._signs_in() else None
        if self.method in ("GET", "OPTIONS") and (found := KEYS.fullmatch(self.path)):
            if app._get_module("cognito")._get_pool_unscoped(found[1]) is not None:
                return "keys"
        bucket = self.path.removeprefix("/").partition("/")[0]
        return "bucket" if bucket and s3._bucket_owner_account(bucket) is not None else None

    def _signs_in(self):
        if self.query or "authorization" in self.headers:
            return False
        if self.method == "OPTIONS":
            return self.header("access-control-request-method") == "POST"
        return self.method == "POST" and self.header("x-amz-target") in SIGN_IN


def guard(check):
    """Calls `check(head)` before MiniStack sees a request; a returned `(code, message)` refuses it with 403."""
    serve = app.app

    async def guarded(scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            return await serve(scope, receive, send)
        head = Head(scope)
        if (refused := check(head)) is None:
            return await serve(scope, receive, send)
        if head.websocket:
            return await send({"type": "websocket.close", "code": 1008})
        code, message = refused
        await answer(send, 403, [(b"x-amzn-errortype", code.encode())], json.dumps({"__type": code, "message": message}))

    app.app = guarded


async def answer(send, status, headers, body=""):
    """Sends an answer and closes the connection, because the body of the request may be unread."""
    fields = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()),
              (b"cache-control", b"no-store"), (b"connection", b"close"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body.encode()})


def keep_buckets_to_s3():
    """Dispatches requests with `only_s3` to S3, whatever service a header or a form names."""
    if hasattr(app.detect_service, "keeps_buckets"):
        return
    detect = app.detect_service

    def detect_service(method, path, headers, query):
        return "s3" if only_s3.get() else detect(method, path, headers, query)

    detect_service.keeps_buckets = True
    app.detect_service = detect_service

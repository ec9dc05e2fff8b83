"""What a page in the developer's browser can reach: any page, of any site, can send requests to this computer."""

import http.server
import re

from ministack import app

from . import access, rule

# MiniStack's own, unauthenticated paths; no bucket name begins with `_`.
OWN = re.compile(r"/(?:_.*|health|login|logout|oauth2/.*|restapis/[^/]+/[^/]+/_user_request_.*)")
# Cognito's own answer to a preflight, for one origin instead of all.
PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"content-type, x-amz-target, x-amz-user-agent, amz-sdk-invocation-id, amz-sdk-request"),
    (b"access-control-max-age", b"600"),
]


@rule
def functions_answer_no_browser():
    """The runtime interface answers its function alone: no browser, and no Host but its own."""
    parse = http.server.BaseHTTPRequestHandler.parse_request

    def parse_request(self):
        if not parse(self):
            return False
        host = f"127.0.0.1:{self.server.server_address[1]}"
        if self.headers.get_all("host") == [host] and not {"origin", "sec-fetch-site"} & {*map(str.lower, self.headers)}:
            return True
        self.send_error(403)
        return False

    http.server.BaseHTTPRequestHandler.parse_request = parse_request


@rule
def ministacks_own_paths_are_closed():
    """There is nothing beside AWS: of the emulator's own paths only the health check answers, and no WebSocket does."""

    def refused(head):
        own = OWN.fullmatch(head.path) or app._is_ecr_registry_path(head.path) or app._APPSYNC_GRAPHQL_RE.match(head.path)
        if head.websocket or (own and head.aim not in ("api", "health")):
            return "AccessDeniedException", "This path is not served."
        return None

    access.guard(refused)


@rule
def browsers_reach_api_and_bucket():
    """A browser reaches the API and the buckets by their own CORS, and from this system's page Cognito's sign-in and keys: 403 for all else."""

    def refused(head):
        if not head.browser:
            return None
        access.only_s3.set(head.aim == "bucket")
        if head.aim in ("api", "bucket") or (head.page and head.aim in ("sign-in", "keys")):
            return None
        return "AccessDeniedException", "A browser reaches the API and the buckets, and from this system's page the sign-in."

    access.keep_buckets_to_s3()
    pages_sign_in()
    access.guard(refused)


@rule
def hosts_are_this_computer():
    """Host is 127.0.0.1 or localhost, with the own port or a proxy's: 403 before all else, so that no name that was bound to this computer reads an answer."""
    own = {f"{name}:{port}" for name in ("127.0.0.1", "localhost") for port in access.PORTS}

    def refused(head):
        hosts = [host.lower() for host in head.headers.get("host", ())]
        if len(hosts) == 1 and (hosts[0] in own or (passed_on(hosts[0]) and head.signed and not head.browser)):
            return None
        return "AccessDeniedException", "Host is neither 127.0.0.1 nor localhost with the port of this server."

    def passed_on(host):
        # A proxy before this server keeps the signed Host, which has another port.
        return re.fullmatch(r"(127\.0\.0\.1|localhost):\d+", host)

    access.guard(refused)


def pages_sign_in():
    """Gives the sign-in and the keys CORS headers for the page's own origin; MiniStack gives all services' answers to all."""
    serve = app.app

    async def serve_page(scope, receive, send):
        if scope["type"] != "http":
            return await serve(scope, receive, send)
        head = access.Head(scope)
        aim = head.aim
        if aim in ("api", "bucket"):
            return await serve(scope, receive, send)
        cors = []
        if head.page and aim in ("sign-in", "keys"):
            cors = [(b"access-control-allow-origin", head.header("origin").encode()), (b"vary", b"Origin")]
        if head.method == "OPTIONS":
            return await access.answer(send, 200 if cors else 403, cors and [*cors, *PREFLIGHT])

        async def send_ours(message):
            if message["type"] == "http.response.start":
                kept = [field for field in message.get("headers", ()) if not field[0].lower().startswith(b"access-control-")]
                message = {**message, "headers": [*kept, *cors]}
            await send(message)

        await serve(scope, receive, send_ours)

    app.app = serve_page

"""The example as a server: the routes of the five functions, and the page of ../signer-node."""

import json
import os
import re
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from signer import Refusal, Signer

HERE = Path(__file__).parent
PAGE = HERE.parent / "signer-node" / "public"
PACKAGE = Path(os.environ.get("CROWFLY", HERE / "node_modules" / "crowfly"))
ROUTE = re.compile(r"/uploads(?:/([0-9A-Z]{26})(/parts|/complete)?)?")
SIGNER = Signer(
    bucket=os.environ["BUCKET"],
    secret=os.environ["STATE_SECRET"],  # `openssl rand -base64 32`; the same for every instance
    # boto3 finds AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY by itself, but not AWS_REGION.
    region=os.environ["AWS_REGION"],
    endpoint=os.environ.get("ENDPOINT"),
    lifetime=int(os.environ.get("URL_SECONDS", 300)),
    checksums=os.environ.get("CHECKSUMS") != "off",
)


def user_of(request):
    """YOUR AUTHORISATION: who asks? The text becomes part of the key, so nobody reaches the uploads of others."""
    return "demo"


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = {".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm"}

    def translate_path(self, path):
        package = path.removeprefix("/crowfly/")
        folder, name = (PACKAGE, package) if package != path else (PAGE, path.lstrip("/") or "index.html")
        return str(folder / Path(name).name)

    def do_GET(self):
        return self.answer() if self.path.startswith("/uploads") else super().do_GET()

    def answer(self):
        try:
            status, body = 200, self.route()
        except Refusal as refusal:
            status, body = refusal.status, {"error": {"code": refusal.code, "message": refusal.code}}
        except Exception as error:  # pylint: disable=broad-except
            # The message of an SDK's error may hold a URL, which is a credential.
            print(type(error).__name__, file=sys.stderr)
            # The client asks eight times: with these pauses a store may be down for half a minute.
            again = {"code": "service_unavailable", "message": "storage is unavailable", "retryAfterMs": 5000}
            status, body = 503, {"error": again}
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(204 if body is None else status)
        if text:
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_DELETE = answer

    def route(self):
        body = self.rfile.read(min(int(self.headers.get("content-length") or 0), 1024**2))
        match, user = ROUTE.fullmatch(self.path), user_of(self)
        if not user:
            raise Refusal(401, "unauthenticated")
        if not match:
            raise Refusal(404, "not_found")
        upload_id, what = match.groups()
        route, state = (self.command, bool(upload_id), what), self.headers.get("crowfly-state")
        if route == ("GET", True, "/parts"):
            return SIGNER.parts(user, upload_id, state)
        if route == ("DELETE", True, None):
            return SIGNER.abort(user, upload_id)
        # A form of another site cannot send this type, so that a session cookie is of no use there.
        if not (self.headers.get("content-type") or "").startswith("application/json"):
            raise Refusal(415, "unsupported_media_type")
        try:
            request = json.loads(body)
        except ValueError as error:
            raise Refusal(400, "invalid_json") from error
        if len(request.get("uploads") or request.get("parts") or []) > 100:
            raise Refusal(400, "invalid_batch")
        if route == ("POST", False, None):
            return SIGNER.create(user, request)
        if route == ("POST", True, "/parts"):
            return SIGNER.sign(user, upload_id, request)
        if route == ("POST", True, "/complete"):
            return SIGNER.complete(user, upload_id, request)
        raise Refusal(404, "not_found")

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 8080))), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
    server.serve_forever()

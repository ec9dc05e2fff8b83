"""What the connection must be."""

import socket
import ssl
from urllib.parse import urlsplit

from .errors import Skip
from .http import CERTIFICATES
from .registry import check
from .run import SMALL, Run


def shake(host: str, oldest: ssl.TLSVersion, newest: ssl.TLSVersion) -> str:
    """The version of TLS that a server agrees to between these two, with a certificate that is verified."""
    context = ssl.create_default_context(cafile=CERTIFICATES)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = oldest, newest
    try:
        with socket.create_connection((host, 443), 10) as raw, context.wrap_socket(raw, server_hostname=host) as done:
            return str(done.version())
    except ssl.SSLCertVerificationError:
        return "a certificate that cannot be verified"
    except (ssl.SSLError, ConnectionError):
        return "refused"


def hosts(run: Run) -> dict[str, str]:
    """The hosts of the API and of the bucket."""
    if run.place.local:
        raise Skip("the local AWS has no TLS")
    return {"API": urlsplit(run.stack.api).hostname or "", "bucket": urlsplit(run.spare().url).hostname or ""}


@check("tls", "API and bucket speak TLS 1.2 or newer, with a certificate of their name.",
       "both do")
def tls(run: Run) -> str:
    """Notes the newest version that both sides know."""
    newest = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
    spoken = {name: shake(host, *newest) for name, host in hosts(run).items()}
    text = ", ".join(f"{name} {version}" for name, version in spoken.items())
    run.notes.append(text)
    return "both do" if all(version.startswith("TLS") for version in spoken.values()) else text


@check("tls-old", "API and bucket refuse TLS 1.1.", "API refused, bucket refused")
def tls_old(run: Run) -> str:
    """A client that offers nothing newer."""
    old = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    return ", ".join(f"{name} {shake(host, *old)}" for name, host in hosts(run).items())


@check("plain-http", "The bucket's policy refuses plain HTTP.", "403 AccessDenied; nothing stored")
def plain_http(run: Run) -> str:
    """The local AWS takes loopback for TLS, unless the request says otherwise."""
    upload = run.spare()
    local = {"x-forwarded-proto": "http"} if run.place.local else {}
    url = upload.url.replace("https://", "http://", 1)
    return run.refused(upload, run.api.put(upload.plan["put"], SMALL, headers=local, url=url))

"""Which pages may call: the origins of the stack, at the API and at the bucket."""

from .http import Answer
from .registry import check
from .run import SMALL, Run

FOREIGN = "https://evil.example"
NO_CORS = "no CORS headers"


def preflight(run: Run, kind: str, url: str, origin: str, method: str, headers: str) -> Answer:
    """The request that a browser sends before another one."""
    asked = {"origin": origin, "access-control-request-method": method, "access-control-request-headers": headers}
    return run.http.send(kind, "OPTIONS", url, asked)


def allows(run: Run, answer: Answer) -> str:
    """Whom the answer lets in."""
    allowed = answer.headers.get("access-control-allow-origin")
    return {None: NO_CORS, run.origin: "its origin"}.get(allowed, "ANOTHER ORIGIN")


def listed(answer: Answer, name: str) -> str:
    """The list in a header, sorted."""
    items = answer.headers.get(f"access-control-{name}", "nothing").lower().split(",")
    return " ".join(sorted(item.strip() for item in items))


def at_api(run: Run, origin: str) -> Answer:
    """The preflight of a create call."""
    return preflight(run, "api", f"{run.stack.api}/uploads", origin, "POST", "authorization,content-type")


def at_bucket(run: Run, origin: str) -> Answer:
    """The preflight of a presigned PUT, with the headers that it has."""
    put = run.spare().plan["put"]
    return preflight(run, "s3", put["url"], origin, "PUT", ",".join(sorted(put["headers"])))


@check("cors-api", "The API lets a page of the stack in, for two hours.",
       "204; its origin; delete get post; authorization content-type traceparent; 7200 s")
def api(run: Run) -> str:
    """Status and lists of the preflight."""
    answer = at_api(run, run.origin)
    return (f"{answer.status}; {allows(run, answer)}; {listed(answer, 'allow-methods')}; {listed(answer, 'allow-headers')}; "
            f"{answer.headers.get('access-control-max-age')} s")


@check("cors-api-foreign", "The API lets no other page in.", NO_CORS)
def api_foreign(run: Run) -> str:
    """Whatever the status, a browser needs the header."""
    answer = at_api(run, FOREIGN)
    run.notes.append(f"the API answers the preflight of a foreign page with {answer.status}")
    return allows(run, answer)


@check("cors-api-answer", "Answers of the functions can be read by the page: 200, 400 and 404.", "its origin, 3 times")
def api_answer(run: Run) -> str:
    """The gateway adds the headers."""
    paths = ("/uploads?limit=1", "/uploads?limit=0", "/uploads/x")
    seen = [allows(run, run.api.call("GET", path, headers={"origin": run.origin})) for path in paths]
    return f"{seen[0]}, {len(seen)} times" if len(set(seen)) == 1 else ", ".join(seen)


@check("cors-401", "Whether the authorizer's 401 can be read by the page, which no document says.", f"401; {NO_CORS}")
def api_refusal(run: Run) -> str:
    """Clients handle both: without the headers the page sees a network error."""
    answer = run.caller("").call("GET", "/uploads", headers={"origin": run.origin})
    return f"{answer.status}; {allows(run, answer)}"


@check("cors-bucket", "The bucket lets a page of the stack send what is signed.",
       "200; its origin; content-type if-none-match x-amz-checksum-crc64nvme")
def bucket(run: Run) -> str:
    """The headers are those of the grant."""
    answer = at_bucket(run, run.origin)
    return f"{answer.status}; {allows(run, answer)}; {listed(answer, 'allow-headers')}"


@check("cors-bucket-foreign", "The bucket lets no other page send.", f"403; {NO_CORS}")
def bucket_foreign(run: Run) -> str:
    """S3 refuses the preflight itself."""
    answer = at_bucket(run, FOREIGN)
    return f"{answer.status}; {allows(run, answer)}"


@check("cors-bucket-answer", "The page can read the answer to a PUT, with ETag and checksum.",
       "200; its origin; etag x-amz-checksum-crc64nvme x-amz-checksum-type x-amz-id-2 x-amz-request-id x-amz-version-id")
def bucket_answer(run: Run) -> str:
    """What is exposed."""
    answer = run.api.put(run.small().plan["put"], SMALL, headers={"origin": run.origin})
    return f"{answer.status}; {allows(run, answer)}; {listed(answer, 'expose-headers')}"


@check("cors-bucket-refusal", "The page can read storage's refusal, and so tell it from a network error.", "403; its origin")
def bucket_refusal(run: Run) -> str:
    """Of a type that was not signed."""
    answer = run.api.put(run.spare().plan["put"], SMALL, headers={"origin": run.origin, "content-type": "text/html"})
    return f"{answer.status}; {allows(run, answer)}"

"""What the HTTP API and its JWT authorizer refuse."""

import base64
import json

from ministack.services import apigateway

from . import optional, rule

RSA = ("RS256", "RS384", "RS512")
LONGEST_HEAD = 10_240


@rule
def tokens_expire():
    """A token without exp, or with an exp, nbf or iat that is no whole number, is refused: 401."""
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html

    def acceptable(_header, claims):
        times = [claims.get("exp")] + [claims[name] for name in ("nbf", "iat") if name in claims]
        return all(isinstance(time, int) and not isinstance(time, bool) and abs(time) < 2**53 for time in times)

    tokens_must_be(acceptable)


@rule
def tokens_name_an_rsa_algorithm():
    """A token whose header names no RSA algorithm is refused, whatever its signature: 401."""
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
    tokens_must_be(lambda header, _claims: header.get("alg") in RSA)


@rule
def tokens_demand_nothing_unknown():
    """A token whose header demands an extension (crit, b64) is refused: 401."""
    # https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11
    tokens_must_be(lambda header, _claims: not header.keys() & {"crit", "b64"})


@rule
def tokens_have_one_spelling():
    """A token is three segments of base64url, without padding and without any other character: 401."""
    # https://www.rfc-editor.org/rfc/rfc7515#section-2
    tokens_must_be(lambda _header, _claims: True, canonical)


@rule
def key_ids_name_one_key():
    """A key id that stands twice in an issuer's key set names no key: 401."""
    fetch = apigateway._fetch_jwks

    async def fetch_jwks(url):
        keys = (await fetch(url)).get("keys") or []
        names = [key.get("kid") for key in keys]
        return {"keys": [key for key in keys if names.count(key.get("kid")) == 1]}

    apigateway._fetch_jwks = fetch_jwks


@rule
def heads_have_a_limit():
    """Request line and header values together have at most 10,240 bytes: 431."""
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
    handle = apigateway.handle_execute

    async def handle_execute(api_id, stage, path, method, headers, body, query_params, raw_query_string=None):
        line = len(method) + len(path) + len(raw_query_string or "")
        if line + sum(len(str(value).encode()) for value in headers.values()) > LONGEST_HEAD:
            return 431, {"Content-Type": "application/json"}, b'{"message":"Request Header Fields Too Large"}'
        return await handle(api_id, stage, path, method, headers, body, query_params, raw_query_string)

    apigateway.handle_execute = handle_execute


@optional
def cors_on_refusals():
    """The authorizer's 401 and 403 carry CORS headers, so that a page can tell them from a network error."""
    handle = apigateway.handle_execute

    async def handle_execute(api_id, stage, path, method, headers, *args, **kwargs):
        answer = await handle(api_id, stage, path, method, headers, *args, **kwargs)
        if answer[0] in (401, 403) and method != "OPTIONS" and (scope := apigateway.find_api_scope(api_id)):
            cors = apigateway._apis.get_scoped(*scope, api_id).get("corsConfiguration") or {}
            for name, value in apigateway._cors_response_headers(cors, headers.get("origin", "")).items():
                answer[1].setdefault(name, value)
        return answer

    apigateway.handle_execute = handle_execute


def tokens_must_be(acceptable, spelled=lambda _token: True):
    """Refuses tokens that `acceptable(header, claims)` and `spelled(token)` do not hold for."""
    validate = apigateway._validate_jwt_authorizer

    async def strict(route, authorizer, headers, query):
        token = apigateway._extract_token_from_identity_source(authorizer.get("identitySource", []), headers, query)
        if token and not (spelled(token) and readable(token, acceptable)):
            return None, None, apigateway._jwt_unauthorized()
        return await validate(route, authorizer, headers, query)

    apigateway._validate_jwt_authorizer = strict


def readable(token, acceptable):
    """Whether the token's header and claims are JSON objects that `acceptable` holds for."""
    try:
        header, claims = (json.loads(apigateway._b64url_decode(part)) for part in token.split(".")[:2])
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and isinstance(claims, dict) and acceptable(header, claims)


def canonical(token):
    """Whether each of three segments is the one base64url text of its bytes."""
    segments = token.split(".")
    try:
        texts = [base64.urlsafe_b64encode(apigateway._b64url_decode(segment)).rstrip(b"=").decode() for segment in segments]
    except ValueError:
        return False
    return len(segments) == 3 and texts == segments

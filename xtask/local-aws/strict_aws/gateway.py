"""What the HTTP API's JWT authorizer refuses."""

import json

from ministack.services import apigateway

from . import optional, rule

RSA = ("RS256", "RS384", "RS512")


@rule
def tokens_expire():
    """A token without exp, or with an exp, nbf or iat that is no number, is refused: 401."""

    def acceptable(_header, claims):
        times = [claims.get("exp")] + [claims[name] for name in ("nbf", "iat") if name in claims]
        return all(isinstance(time, (int, float)) and not isinstance(time, bool) and abs(time) < 2**53 for time in times)

    tokens_must_be(acceptable)


@rule
def tokens_name_an_rsa_algorithm():
    """A token whose header names no RSA algorithm is refused, whatever its signature: 401."""
    tokens_must_be(lambda header, _claims: header.get("alg") in RSA)


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


def tokens_must_be(acceptable):
    """Refuses tokens that `acceptable(header, claims)` does not hold for."""
    validate = apigateway._validate_jwt_authorizer

    async def strict(route, authorizer, headers, query):
        token = apigateway._extract_token_from_identity_source(authorizer.get("identitySource", []), headers, query)
        if token and not readable(token, acceptable):
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

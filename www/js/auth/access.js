// Whether an access token can be one for this service. The gateway decides; but its refusal has no words, and where it
// has no CORS headers a page cannot even read it, so what is visible beforehand is explained beforehand.

import { claimsOf, wordsOf } from "./claims.js";
import { problem } from "./problem.js";

const TELL = "Tell the people who run this service.";

/** Scopes about the person and the session; all others are rights at the API. */
const OWN = new Set(["openid", "profile", "email", "address", "phone", "offline_access"]);

/** The scopes that a sign-in asks for. */
export function scopesOf(auth) {
  return wordsOf(auth.scope) ?? ["openid", "profile", "offline_access"];
}

/**
 * Throws a problem if the token is not for this service. `granted` is the `scope` of the issuer's answer, which it may
 * leave out when it granted all: https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function checkAccess(auth, token, granted) {
  const host = new URL(auth.issuer).host;
  const claims = claimsOf(token);
  if (token.split(".").length !== 3) {
    throw problem(`The access token of ${host} is of a kind that this service does not accept. ${TELL}`, {
      facts: "The access token is not a signed JWT. Most issuers give one only for an API that they know: set auth.audience in config.json to its audience.",
    });
  }
  // Without an audience, API Gateway looks at the client: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
  const audiences = [claims.aud ?? claims.client_id ?? []].flat();
  if (auth.audience && !audiences.includes(auth.audience)) {
    throw problem(`The access token of ${host} is for another service than this one. ${TELL}`, {
      facts: `Its audience is ${quoted(audiences)}; this service wants "${auth.audience}".`,
    });
  }
  checkScopes(auth, host, [wordsOf(granted), wordsOf(claims.scope), wordsOf(claims.scp)]);
}

function checkScopes(auth, host, lists) {
  const needed = scopesOf(auth).filter((scope) => !OWN.has(scope));
  const lacks = (list) => needed.filter((scope) => !list.some((has) => has === scope || scope.endsWith(`/${has}`)));
  const stated = lists.filter(Boolean);
  const missing = [...new Set(stated.flatMap(lacks))];
  if (missing.length === 0) return;
  throw problem(
    `You are signed in at ${host}, but without the permission ${quoted(missing)}, which sending files needs. ` +
      "Ask the people who run this service for it, then sign in again.",
    {
      facts: `Missing scope: ${missing.join(" ")}. Granted: ${[...new Set(stated.flat())].join(" ") || "none"}. The issuer must allow it for this API, this client and this person.`,
    },
  );
}

function quoted(words) {
  return words.map((word) => `"${word}"`).join(", ") || "none";
}

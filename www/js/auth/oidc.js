// Sign-in at any OpenID Connect provider by authorization code with PKCE, as RFC 9700 wants it:
// https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1

import { checkAccess, scopesOf } from "./access.js";
import { claimsOf, nameIn } from "./claims.js";
import { ask, discover } from "./discovery.js";
import { notRenewed, refused } from "./oidc-words.js";
import { problem } from "./problem.js";

const PENDING = "crowfly-sign-in";

/** Redirects to the provider's sign-in page, which redirects back to this page's URL. */
export async function beginSignIn(auth) {
  if (!crypto.subtle) {
    throw problem("This page can sign you in only over https. Tell the people who run this service.", {
      facts: "Browsers offer crypto.subtle, which PKCE needs, to https pages and those of this computer alone.",
    });
  }
  const provider = await discover(auth);
  const pending = { issuer: auth.issuer, state: randomText(), nonce: randomText(), verifier: randomText() };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  location.assign(await authorizationUrl(auth, provider, pending, redirectUri()));
}

/** The address to sign in at. */
export async function authorizationUrl(auth, provider, { state, nonce, verifier }, back) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const scopes = scopesOf(auth);
  const url = new URL(provider.authorization_endpoint);
  const parameters = {
    response_type: "code",
    client_id: auth.clientId,
    redirect_uri: back,
    scope: scopes.join(" "),
    state,
    nonce,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
    // Auth0's own parameter, from before RFC 8707; others ignore it.
    ...(auth.audience ? { audience: auth.audience } : {}),
    ...resource(auth),
    ...consent(provider, scopes),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/**
 * The API that the token is for: https://www.rfc-editor.org/rfc/rfc8707#section-2. It must be an absolute URI without a
 * fragment; an audience of another form can only be sent as `audience`.
 */
function resource({ audience = "" }) {
  return URL.canParse(audience) && !audience.includes("#") ? { resource: audience } : {};
}

/**
 * A provider gives a refresh token for `offline_access` only to a person who was asked:
 * https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess
 */
function consent({ prompt_values_supported: known }, scopes) {
  const offered = !Array.isArray(known) || known.includes("consent");
  return scopes.includes("offline_access") && offered ? { prompt: "consent" } : {};
}

/** Whether the page was loaded by the provider's redirect, which {@link finishSignIn} reads. */
export function isAnswer(query = location.search) {
  const answer = new URLSearchParams(query);
  return answer.has("state") && (answer.has("code") || answer.has("error"));
}

/** Resolves to a grant (see session.js) after the provider has redirected back. */
export async function finishSignIn(auth) {
  const answer = new URLSearchParams(location.search);
  const pending = takePending();
  // Neither code nor state stays in the history.
  history.replaceState(null, "", redirectUri());
  if (pending?.state !== answer.get("state") || pending.issuer !== auth.issuer) {
    throw problem("This answer of the sign-in page belongs to another window, or to an earlier attempt. Sign in again.");
  }
  const provider = await discover(auth);
  checkSender(auth, provider, answer.get("iss"));
  if (answer.has("error")) throw refused(auth, Object.fromEntries(answer));
  const parameters = {
    grant_type: "authorization_code",
    code: answer.get("code"),
    redirect_uri: redirectUri(),
    code_verifier: pending.verifier,
  };
  const given = await tokens(auth, provider, parameters, refused);
  const claims = checkIdToken(auth, given.id_token, (nonce) => nonce === pending.nonce);
  return toGrant(auth, provider, given, { nonce: pending.nonce, sub: claims?.sub, name: nameIn(claims ?? {}) });
}

function takePending() {
  const text = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

/** An answer in the name of another issuer: https://www.rfc-editor.org/rfc/rfc9207#section-2.4 */
export function checkSender({ issuer }, provider, named) {
  const silent = named === null && !provider.authorization_response_iss_parameter_supported;
  if (named === issuer || silent) return;
  throw problem("The answer came from another sign-in service than the one that was asked. Sign in again.", {
    facts: `The answer's iss is ${named ?? "missing"}; the issuer is ${issuer}.`,
  });
}

/**
 * Checks the claims of an ID token, if there is one, and returns them. It came from the issuer itself over a protected
 * connection, so its signature need not be verified: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
 */
export function checkIdToken(auth, token, isNonce) {
  if (token === undefined) return undefined;
  const claims = claimsOf(String(token));
  const audiences = [claims.aud ?? []].flat();
  const good = {
    iss: claims.iss === auth.issuer,
    aud: audiences.includes(auth.clientId),
    azp: claims.azp === undefined ? audiences.length === 1 : claims.azp === auth.clientId,
    exp: Number.isFinite(claims.exp),
    sub: typeof claims.sub === "string",
    nonce: isNonce(claims.nonce),
  };
  const wrong = Object.keys(good).filter((name) => !good[name]);
  if (wrong.length === 0) return claims;
  throw problem("The sign-in service's answer does not belong to this sign-in. Sign in again.", {
    facts: `Not as it must be in the ID token: ${wrong.join(", ")}.`,
  });
}

/** A request for tokens by a public client; `explain` words a refusal. */
async function tokens(auth, provider, parameters, explain) {
  const body = new URLSearchParams({ client_id: auth.clientId, ...parameters, ...resource(auth) });
  const { host } = new URL(auth.issuer);
  const { ok, status, answer } = await ask(provider.token_endpoint, host, { method: "POST", body });
  if (!ok) throw explain(auth, answer, status);
  const bearer = String(answer.token_type).toLowerCase() === "bearer";
  if (typeof answer.access_token !== "string" || !bearer) {
    throw problem(`${host} gave no access token that this page can use. Tell the people who run this service.`, {
      facts: `The answer's token_type is ${answer.token_type ?? "missing"}; it must be Bearer, with an access_token.`,
    });
  }
  checkAccess(auth, answer.access_token, answer.scope);
  return answer;
}

function toGrant(auth, provider, answer, person, earlier) {
  // Each refresh token is used once where the provider rotates them: https://www.rfc-editor.org/rfc/rfc9700#section-4.14
  const next = answer.refresh_token ?? earlier;
  return {
    name: person.name,
    accessToken: answer.access_token,
    expiresInMs: Number.isFinite(answer.expires_in) ? answer.expires_in * 1000 : undefined,
    refresh: next ? () => refresh(auth, provider, next, person) : undefined,
    revoke: next ? () => revoke(auth, provider, next) : undefined,
  };
}

async function refresh(auth, provider, token, person) {
  const given = await tokens(auth, provider, { grant_type: "refresh_token", refresh_token: token }, notRenewed);
  // https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse
  const claims = checkIdToken(auth, given.id_token, (nonce) => nonce === undefined || nonce === person.nonce);
  if (claims && person.sub && claims.sub !== person.sub) {
    throw problem("The sign-in service answered for another person. Sign in again.");
  }
  return toGrant(auth, provider, given, person, token);
}

/** Ends the session at the provider as well, if it offers that: https://www.rfc-editor.org/rfc/rfc7009#section-2.1 */
async function revoke(auth, { revocation_endpoint: endpoint }, token) {
  if (!endpoint) return;
  const body = new URLSearchParams({ client_id: auth.clientId, token, token_type_hint: "refresh_token" });
  await ask(endpoint, new URL(auth.issuer).host, { method: "POST", body, keepalive: true });
}

function redirectUri() {
  return location.origin + location.pathname;
}

function randomText() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(raw) {
  return btoa(String.fromCharCode(...raw)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

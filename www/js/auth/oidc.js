// Sign-in at any OpenID Connect issuer (such as Auth0) by authorization code with PKCE:
// https://www.rfc-editor.org/rfc/rfc7636

import { temporary } from "./session.js";

const PENDING = "crowfly-sign-in";

/** Redirects to the issuer's sign-in page, which redirects back to this page's URL. */
export async function beginSignIn(auth) {
  const { authorization_endpoint: endpoint } = await discover(auth);
  const verifier = randomText();
  const state = randomText();
  sessionStorage.setItem(PENDING, JSON.stringify({ verifier, state }));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const target = new URL(endpoint);
  const parameters = {
    response_type: "code",
    client_id: auth.clientId,
    redirect_uri: redirectUri(),
    scope: auth.scope ?? "openid profile offline_access",
    state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
    ...(auth.audience ? { audience: auth.audience } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
  location.assign(target);
}

/**
 * After the issuer has redirected back: resolves to a grant (see session.js), or to `undefined` when
 * the page was loaded otherwise.
 */
export async function finishSignIn(auth) {
  const answer = new URLSearchParams(location.search);
  if (!answer.has("state") || !(answer.has("code") || answer.has("error"))) return undefined;
  const pending = takePending();
  history.replaceState(null, "", redirectUri());
  if (!pending || pending.state !== answer.get("state")) {
    throw new Error("The answer of the sign-in page does not belong to this window. Sign in again.");
  }
  if (answer.has("error")) {
    throw new Error(answer.get("error_description") || `The sign-in page said: ${answer.get("error")}.`);
  }
  return exchange(auth, {
    grant_type: "authorization_code",
    code: answer.get("code"),
    redirect_uri: redirectUri(),
    code_verifier: pending.verifier,
  });
}

function takePending() {
  const text = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function exchange(auth, parameters) {
  const { token_endpoint: endpoint } = await discover(auth);
  const body = new URLSearchParams({ client_id: auth.clientId, ...parameters });
  const answer = await json(endpoint, { method: "POST", body });
  if (typeof answer.access_token !== "string") throw new Error("The issuer gave no access token.");
  const next = answer.refresh_token ?? parameters.refresh_token;
  return {
    accessToken: answer.access_token,
    expiresInMs: Number.isFinite(answer.expires_in) ? answer.expires_in * 1000 : undefined,
    refresh: next ? () => exchange(auth, { grant_type: "refresh_token", refresh_token: next }) : undefined,
  };
}

async function discover(auth) {
  const base = auth.issuer.endsWith("/") ? auth.issuer : `${auth.issuer}/`;
  const found = await json(new URL(".well-known/openid-configuration", base));
  if (!found.authorization_endpoint || !found.token_endpoint) {
    throw new Error("This issuer offers no sign-in page. Paste an access token instead.");
  }
  return found;
}

async function json(address, init = {}) {
  let response;
  try {
    response = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer", ...init });
  } catch (cause) {
    throw temporary("The issuer does not answer. Check the connection and the page's security policy.", cause);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.status >= 500) throw temporary(`The issuer answered ${response.status}.`);
  if (!response.ok) {
    throw new Error(answer.error_description || `The issuer answered ${response.status}.`);
  }
  return answer;
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

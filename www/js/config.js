// This page's configuration: `config.json` beside index.html (README.md describes it).

import { isSafe } from "./auth/discovery.js";

/** Reads and checks the configuration; throws an Error whose message says what is wrong with it. */
export async function readConfig(address = new URL("../config.json", import.meta.url)) {
  let response;
  try {
    response = await fetch(address, { cache: "no-store", credentials: "same-origin" });
  } catch (cause) {
    throw new Error("config.json could not be read: the page's server does not answer.", { cause });
  }
  if (!response.ok) {
    throw new Error(`config.json could not be read: the page's server answered ${response.status}.`);
  }
  let config;
  try {
    config = await response.json();
  } catch (cause) {
    throw new Error("config.json is not JSON.", { cause });
  }
  return checkConfig(config);
}

function checkConfig(config) {
  const auth = config?.auth;
  requireUrl(config?.api, "api");
  if (auth?.kind === "cognito") {
    requireUrl(auth.endpoint, "auth.endpoint");
    requireText(auth.clientId, "auth.clientId");
  } else if (auth?.kind === "oidc") {
    requireIssuer(auth.issuer);
    requireText(auth.clientId, "auth.clientId");
    for (const name of ["audience", "scope"]) {
      if (auth[name] !== undefined) requireText(auth[name], `auth.${name}`);
    }
  } else {
    throw new Error('config.json needs auth.kind: "cognito" or "oidc".');
  }
  if (config.trouble !== undefined) requireText(config.trouble, "trouble");
  return config;
}

function requireText(value, name) {
  if (typeof value !== "string" || value === "") throw new Error(`config.json needs ${name}.`);
}

function requireUrl(value, name) {
  requireText(value, name);
  if (!/^https?:$/.test(protocolOf(value))) {
    throw new Error(`config.json: ${name} must be an http or https address.`);
  }
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html#IssuerDiscovery */
function requireIssuer(value) {
  requireUrl(value, "auth.issuer");
  if (!isSafe(value) || /[?#]/.test(value)) {
    throw new Error("config.json: auth.issuer must be an https address without query and fragment.");
  }
}

function protocolOf(value) {
  try {
    return new URL(value).protocol;
  } catch {
    return "";
  }
}

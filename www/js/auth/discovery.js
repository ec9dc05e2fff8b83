// What an OpenID provider says of itself: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata

import { problem } from "./problem.js";

const TELL = "Tell the people who run this service.";

/** Reads the issuer's discovery document. Nothing is sent to an address of it that has not been checked. */
export async function discover({ issuer }) {
  const { host } = new URL(issuer);
  const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const { ok, status, answer } = await ask(address, host);
  if (!ok || typeof answer.issuer !== "string") {
    throw problem(`${host} does not say how to sign in there. ${TELL}`, {
      facts: `There is no discovery document at ${address} (status ${status}).`,
    });
  }
  // Otherwise one issuer could collect the codes of another: https://www.rfc-editor.org/rfc/rfc8414#section-3.3
  if (answer.issuer !== issuer) {
    throw problem(`${host} is not the sign-in service that this page was set up for. ${TELL}`, {
      facts: `The document at ${address} names the issuer ${answer.issuer}, and config.json has ${issuer}. They must be equal, a slash at the end included.`,
    });
  }
  if (!answer.authorization_endpoint || !answer.token_endpoint) {
    throw problem(`${host} has no sign-in page. Paste an access token instead.`, {
      facts: `The document at ${address} lacks authorization_endpoint or token_endpoint.`,
    });
  }
  for (const name of ["authorization_endpoint", "token_endpoint", "revocation_endpoint"]) {
    if (answer[name] === undefined || isSafe(answer[name])) continue;
    throw problem(`The sign-in at ${host} is not protected against eavesdropping, so nothing was sent there. ${TELL}`, {
      facts: `${name} is ${answer[name]}; it must be an https address.`,
    });
  }
  const methods = answer.code_challenge_methods_supported;
  if (Array.isArray(methods) && !methods.includes("S256")) {
    throw problem(`${host} lacks a protection that this page needs to sign in. ${TELL}`, {
      facts: `code_challenge_methods_supported lacks S256 (PKCE): ${methods.join(" ")}.`,
    });
  }
  return answer;
}

/** Whether what is sent to this address can be read on no network: https, or this computer. */
export function isSafe(address) {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  const here = hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return protocol === "https:" || (protocol === "http:" && here);
}

/** A request to the issuer, whose answers are JSON; `answer` is `{}` where there is none. */
export async function ask(address, host, init = {}) {
  let response;
  try {
    response = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer", ...init });
  } catch (cause) {
    throw problem(`${host} does not answer. Check the connection, then try again.`, {
      facts: `${address} cannot be reached from ${globalThis.location?.origin}. If it can otherwise: its CORS must allow this origin, and this page's Content-Security-Policy (connect-src) that address.`,
      cause,
      temporary: true,
    });
  }
  const { ok, status } = response;
  if (status === 429 || status >= 500) {
    throw problem(`${host} is too busy or has failed. Try again in a moment.`, {
      facts: `${address} answered ${status}.`,
      temporary: true,
    });
  }
  const answer = await response.json().catch(() => undefined);
  return { ok, status, answer: answer && typeof answer === "object" ? answer : {} };
}

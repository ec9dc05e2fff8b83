// An OpenID provider's refusals in plain words: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1,
// https://openid.net/specs/openid-connect-core-1_0.html#AuthError, https://www.rfc-editor.org/rfc/rfc8707#section-2

import { scopesOf } from "./access.js";
import { problem } from "./problem.js";

const TELL = "Tell the people who run this service.";
const MISMATCH = "does not accept how this page signs in";

/** What follows the host in the sentence. */
const WORDS = {
  access_denied: "did not let you in, or you did not allow this page to sign you in.",
  invalid_scope: `refuses a permission that this page asks for. ${TELL}`,
  invalid_target: `does not know this service, or gives no access to it. ${TELL}`,
  invalid_client: `does not know this page (its client id). ${TELL}`,
  unauthorized_client: `does not allow this page to sign anyone in. ${TELL}`,
  invalid_request: `${MISMATCH}. ${TELL}`,
  unsupported_response_type: `${MISMATCH}. ${TELL}`,
  unsupported_grant_type: `${MISMATCH}. ${TELL}`,
  invalid_grant: "has closed this sign-in: too much time has passed, or it was completed already. Sign in again.",
  login_required: "wants you to sign in there first. Try again.",
  interaction_required: "wants to ask you something first. Try again.",
  consent_required: "wants to ask you for consent first. Try again.",
  account_selection_required: "wants you to choose an account first. Try again.",
  server_error: "has failed. Try again in a moment.",
  temporarily_unavailable: "is too busy. Try again in a moment.",
};

/** Refusals whose description is for the person: an issuer's own rule may have written it. */
const PERSONAL = new Set(["access_denied", "login_required", "interaction_required"]);
const PASSING = new Set(["server_error", "temporarily_unavailable"]);

/** The problem for a refusal `{error, error_description}`. */
export function refused(auth, { error, error_description: said }, status) {
  const { host } = new URL(auth.issuer);
  const known = Object.hasOwn(WORDS, error ?? "");
  const words = known ? WORDS[error] : `refused the sign-in. ${TELL}`;
  const own = said && (PERSONAL.has(error) || !known) ? ` It says: ${said}` : "";
  const facts = [error ?? `status ${status}`, said, asked(auth, error)].filter(Boolean);
  return problem(`${host} ${words}${own}`, { facts: facts.join(" · "), temporary: PASSING.has(error) });
}

/** The same while a session is renewed: a refresh token that is not accepted any more has ended it. */
export function notRenewed(auth, answer, status) {
  if (answer.error !== "invalid_grant") return refused(auth, answer, status);
  const { error_description: said } = answer;
  return problem("Your session has ended. Sign in again to go on.", { facts: ["invalid_grant", said].filter(Boolean).join(" · ") });
}

/** What the page asked for, where that was refused. */
function asked(auth, error) {
  if (error === "invalid_scope") return `asked for the scope: ${scopesOf(auth).join(" ")}`;
  if (error === "invalid_target") return `asked for the resource: ${auth.audience ?? "none"}`;
  return undefined;
}

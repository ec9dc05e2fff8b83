// Sign-in at an Amazon Cognito user pool with name and password. A user created by an administrator has a
// temporary password, and the pool issues tokens only after the challenge NEW_PASSWORD_REQUIRED.
// https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-create-user-accounts.html

import { hasLapsed, isThrottled, isUnsuitable, refused, unanswerable } from "./cognito-words.js";
import { problem } from "./problem.js";

/**
 * Signs in. Resolves to `{grant}` (see session.js), or to `{newPassword}` when the pool requires a new password first:
 * `attributes` are the names of further attributes that it requires, and `choose(password, values)` continues, to a
 * result of the same two kinds. Throws an Error with a sentence for the person, marked `startOver` if the step has ended,
 * and `unsuitable` if the pool rejects the new password.
 */
export async function signIn(auth, username, password) {
  const parameters = { USERNAME: username, PASSWORD: password };
  return outcome(auth, username, await initiate(auth, "USER_PASSWORD_AUTH", parameters));
}

function outcome(auth, username, answer) {
  if (!answer.ChallengeName) return { grant: toGrant(auth, answer.AuthenticationResult) };
  if (answer.ChallengeName !== "NEW_PASSWORD_REQUIRED") {
    throw Object.assign(new Error(unanswerable(answer.ChallengeName)), { startOver: true });
  }
  const asked = answer.ChallengeParameters ?? {};
  // After a sign-in by an alias, such as an e-mail address, the pool expects the real user name.
  const user = asked.USER_ID_FOR_SRP || username;
  return {
    newPassword: {
      attributes: requiredAttributes(asked),
      async choose(password, values = {}) {
        const given = Object.entries(values).map(([name, value]) => [ATTRIBUTE + name, value]);
        const next = await call(auth, "RespondToAuthChallenge", {
          ChallengeName: answer.ChallengeName,
          Session: answer.Session,
          ChallengeResponses: { ...Object.fromEntries(given), USERNAME: user, NEW_PASSWORD: password },
        });
        return outcome(auth, username, next);
      },
    },
  };
}

const ATTRIBUTE = "userAttributes.";

/** The list in the JSON text `["userAttributes.email"]`, as `["email"]`. */
function requiredAttributes({ requiredAttributes: text = "[]" }) {
  try {
    const names = JSON.parse(text);
    return names.map((name) => String(name).replace(ATTRIBUTE, ""));
  } catch {
    return [];
  }
}

async function refresh(auth, refreshToken) {
  const answer = await initiate(auth, "REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: refreshToken });
  return toGrant(auth, { RefreshToken: refreshToken, ...answer.AuthenticationResult });
}

function toGrant(auth, result) {
  if (typeof result?.AccessToken !== "string") throw new Error("The sign-in service gave no access token.");
  const { AccessToken, ExpiresIn, RefreshToken } = result;
  return {
    accessToken: AccessToken,
    expiresInMs: Number.isFinite(ExpiresIn) ? ExpiresIn * 1000 : undefined,
    refresh: RefreshToken ? () => refresh(auth, RefreshToken) : undefined,
  };
}

function initiate(auth, flow, parameters) {
  return call(auth, "InitiateAuth", { AuthFlow: flow, AuthParameters: parameters });
}

async function call(auth, action, input) {
  let response;
  try {
    response = await fetch(auth.endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityProviderService.${action}`,
      },
      body: JSON.stringify({ ClientId: auth.clientId, ...input }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
  } catch (cause) {
    throw problem("The sign-in service does not answer. Check the connection.", { cause, temporary: true });
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (response.status >= 500) throw problem(`The sign-in service answered ${response.status}.`, { temporary: true });
  const refusal = {
    status: response.status,
    type: String(answer.__type ?? "").split("#").pop(),
    message: String(answer.message ?? answer.Message ?? ""),
  };
  const error = problem(refused(refusal), { temporary: isThrottled(refusal) });
  throw Object.assign(error, { startOver: hasLapsed(refusal), unsuitable: isUnsuitable(refusal) });
}

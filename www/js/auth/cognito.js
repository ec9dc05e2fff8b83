// Sign-in at an Amazon Cognito user pool with a name and a password.

import { temporary } from "./session.js";

/** Signs in; resolves to a grant (see session.js). Throws an Error with a sentence for the person. */
export async function signIn(auth, username, password) {
  const answer = await initiate(auth, "USER_PASSWORD_AUTH", { USERNAME: username, PASSWORD: password });
  if (answer.ChallengeName) {
    throw new Error(
      `This account needs another step first (${answer.ChallengeName}). ` +
        "Set a permanent password for it, then sign in here.",
    );
  }
  return toGrant(auth, answer.AuthenticationResult);
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

async function initiate(auth, flow, parameters) {
  let response;
  try {
    response = await fetch(auth.endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
      },
      body: JSON.stringify({ AuthFlow: flow, ClientId: auth.clientId, AuthParameters: parameters }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
  } catch (cause) {
    throw temporary("The sign-in service does not answer. Check the connection.", cause);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (response.status >= 500) throw temporary(`The sign-in service answered ${response.status}.`);
  throw new Error(refusal(String(answer.__type ?? "").split("#").pop(), response.status));
}

function refusal(type, status) {
  switch (type) {
    case "NotAuthorizedException":
    case "UserNotFoundException":
      return "The name or the password is wrong.";
    case "UserNotConfirmedException":
      return "This account is not confirmed yet.";
    case "PasswordResetRequiredException":
      return "This account needs a new password first.";
    case "TooManyRequestsException":
      return "Too many attempts. Wait a moment, then try again.";
    default:
      return `The sign-in service answered ${status}${type ? ` (${type})` : ""}.`;
  }
}

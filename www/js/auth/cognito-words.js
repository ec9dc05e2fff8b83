// Amazon Cognito's refusals and challenges in plain words. The names are those of its API reference:
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html

const ASK = "Ask the people who run this service.";

/** Challenges that this page cannot answer, and what they require. */
const CHALLENGES = {
  SMS_MFA: "a code sent by text message",
  SMS_OTP: "a code sent by text message",
  EMAIL_OTP: "a code sent by e-mail",
  SOFTWARE_TOKEN_MFA: "a code from an authenticator app",
  MFA_SETUP: "a second factor to be set up, such as an authenticator app",
  SELECT_MFA_TYPE: "a choice between several second factors",
  SELECT_CHALLENGE: "a choice between several ways to sign in",
  WEB_AUTHN: "a passkey",
  DEVICE_SRP_AUTH: "a device that it remembers",
  DEVICE_PASSWORD_VERIFIER: "a device that it remembers",
  CUSTOM_CHALLENGE: "an extra step that the people who run this service have added",
};

/** A sentence for a challenge that this page cannot answer. */
export function unanswerable(challenge) {
  const wanted = Object.hasOwn(CHALLENGES, challenge) ? CHALLENGES[challenge] : `a step that this page does not know (${challenge})`;
  return `To sign in, this account needs ${wanted}. This page cannot do that: sign in with an app that can.`;
}

/** Whether a refusal means that the challenge can no longer be answered, so that the sign-in starts again. */
export function hasLapsed({ type, message }) {
  if (type === "ExpiredCodeException") return true;
  return ["NotAuthorizedException", "CodeMismatchException"].includes(type) && /\bsession\b/i.test(message);
}

/** Whether the refusal is about the new password. */
export function isUnsuitable({ type }) {
  return ["InvalidPasswordException", "PasswordHistoryPolicyViolationException"].includes(type);
}

/** Whether the refusal is temporary. */
export function isThrottled({ status, type, message }) {
  const types = ["TooManyRequestsException", "TooManyFailedAttemptsException", "LimitExceededException"];
  return status === 429 || types.includes(type) || (type === "NotAuthorizedException" && /attempts? .*exceeded/i.test(message));
}

/** A sentence for a refusal: `{status, type, message}` of Cognito's answer. */
export function refused(refusal) {
  const { status, type, message } = refusal;
  if (hasLapsed(refusal)) {
    return (
      "This step is no longer valid: too much time has passed, or it was completed already. Sign in again, with your new " +
      "password if you have set it. If the temporary password is not accepted any more, ask for another one."
    );
  }
  if (isUnsuitable(refusal)) return unsuitable(message);
  if (isThrottled(refusal)) return "Too many attempts. Wait a few minutes, then try again.";
  switch (type) {
    case "NotAuthorizedException":
      return unauthorized(message);
    case "UserNotFoundException":
      return "The name or the password is wrong.";
    case "UserNotConfirmedException":
      return "This account has not been confirmed yet. Confirm it with the code that you were sent, or ask the people who run this service.";
    case "PasswordResetRequiredException":
      return "The password of this account was reset. Ask the people who run this service for a temporary one.";
    case "ResourceNotFoundException":
      return `The sign-in service does not know this page (its client id). ${ASK}`;
    default:
      return `The sign-in service answered ${status}${type ? ` (${type})` : ""}.${message ? ` It says: ${message}` : ""}`;
  }
}

/** Cognito has one code for all of these, which only the message distinguishes. */
function unauthorized(message) {
  if (/expired/i.test(message) && /administrator/i.test(message)) {
    return "The temporary password is too old. Ask the people who run this service for another one.";
  }
  if (/disabled/i.test(message)) return `This account is disabled. ${ASK}`;
  if (/refresh token/i.test(message)) return "Your session has ended. Sign in again.";
  if (/security reasons/i.test(message)) return `The sign-in was stopped because it looked unusual. ${ASK}`;
  return "The name or the password is wrong.";
}

/** `Password did not conform with policy: Password not long enough` and similar messages. */
function unsuitable(message) {
  const reasons = message
    .replace(/^.*?polic(y|ies):\s*/i, "")
    .split(/;\s*/)
    .map((reason) => reason.trim().replace(/[.\s]+$/, ""))
    .filter(Boolean)
    .map(rule);
  return reasons.length ? `This password cannot be used: ${reasons.join("; ")}.` : "This password cannot be used. Choose another one.";
}

const RULES = [
  [/not long enough/i, "it is too short"],
  [/length greater than or equal to (\d+)/i, "it needs at least $1 characters"],
  [/uppercase/i, "it needs an upper-case letter"],
  [/lowercase/i, "it needs a lower-case letter"],
  [/numeric/i, "it needs a digit"],
  [/symbol/i, "it needs a symbol, such as ! or -"],
  [/used|history/i, "it was used before"],
];

function rule(reason) {
  for (const [pattern, words] of RULES) {
    const found = pattern.exec(reason);
    if (found) return words.replace("$1", found[1] ?? "");
  }
  return lower(reason);
}

function lower(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

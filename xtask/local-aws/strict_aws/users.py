"""Cognito: the step from a temporary password to one's own."""

import json
import time

from ministack.core.responses import error_response_json
from ministack.services import cognito

from . import rule

CHALLENGE = "NEW_PASSWORD_REQUIRED"


@rule
def new_passwords_keep_the_policy():
    """A new password that answers NEW_PASSWORD_REQUIRED follows the pool's policy: InvalidPasswordException."""
    # https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html

    def check(data):
        password = data.get("ChallengeResponses", {}).get("NEW_PASSWORD")
        if not password:
            return error_response_json("InvalidParameterException", "Missing required parameter NEW_PASSWORD", 400)
        return cognito._validate_password(cognito._pool_for_client(data.get("ClientId"))[0] or {}, password)

    before_answer(check)


@rule
def new_passwords_need_their_session():
    """NEW_PASSWORD_REQUIRED is answered with the session of this sign-in, in its time, by its user, and once."""
    # https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html
    sessions = Sessions()
    result = cognito._password_auth_result

    def opened(pool, pid, cid, user, *args, **kwargs):
        answer = result(pool, pid, cid, user, *args, **kwargs)
        body = json.loads(answer[2])
        if body.get("ChallengeName") == CHALLENGE:
            minutes = pool["_clients"][cid].get("AuthSessionValidity", 3)
            sessions.open(body["Session"], (cid, user["Username"]), minutes * 60)
        return answer

    def check(data):
        cid, token = data.get("ClientId"), data.get("Session")
        pool = cognito._pool_for_client(cid)[0]
        user = cognito._resolve_user(pool, data.get("ChallengeResponses", {}).get("USERNAME"))[0] if pool else None
        refusal = sessions.refusal(token, (cid, user and user["Username"]))
        return error_response_json(*refusal, 400) if refusal else None

    cognito._password_auth_result = opened
    before_answer(check, lambda data: sessions.use(data["Session"]))


class Sessions:
    """Which sessions may still answer; `now` gives seconds."""

    def __init__(self, now=time.time):
        self.now = now
        self.open_ones = {}
        self.used = set()

    def open(self, token, owner, seconds):
        self.open_ones[token] = (owner, self.now() + seconds)

    def use(self, token):
        del self.open_ones[token]
        self.used.add(token)

    def refusal(self, token, owner):
        """Code and message of the refusal, if this owner may not answer with this session."""
        if token in self.used:
            return "CodeMismatchException", "Invalid session for the user, session can only be used once."
        known, until = self.open_ones.get(token, (None, 0))
        if known != owner:
            return "NotAuthorizedException", "Invalid session for the user."
        if self.now() > until:
            return "NotAuthorizedException", "Invalid session for the user, session is expired."
        return None


def before_answer(check, after=lambda data: None):
    """Runs `check(data)` before the challenge is answered, where an answer refuses it, and `after(data)` when it was."""

    def strict(handle):
        def answered(data):
            if data.get("ChallengeName") != CHALLENGE:
                return handle(data)
            if refused := check(data):
                return refused
            answer = handle(data)
            if answer[0] == 200:
                after(data)
            return answer

        return answered

    cognito._respond_to_auth_challenge = strict(cognito._respond_to_auth_challenge)
    cognito._admin_respond_to_auth_challenge = strict(cognito._admin_respond_to_auth_challenge)
